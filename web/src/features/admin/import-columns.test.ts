import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { en } from "@/text/en";
import { vi } from "@/text/vi";
import { badLines, columns, parts, sampleFile } from "./import-columns";

const forms = readFileSync(new URL("../../../../server/provider/sheet/forms.go", import.meta.url), "utf8");

test("every head of the sample is one that the server takes, and every column is explained", () => {
  for (const part of parts) {
    for (const c of columns[part]) {
      expect(forms, `${part}: ${c.header}`).toContain(`"${c.header}"`);
      expect(forms, `${part}: ${c.name}`).toContain(`Name: "${c.name}"`);
      for (const text of [vi, en]) expect(text.admin.importing.notes[c.name], c.name).toBeTruthy();
    }
  }
});

test("a sample opens in a Vietnamese spreadsheet: semicolons, a mark of UTF-8, and cells that hold commas in quotes", () => {
  const [head, line] = sampleFile("agencies").split("\r\n");
  expect(head?.startsWith("\ufeffMã định danh;")).toBe(true);
  expect(line).toContain('"Sở, ban, ngành"');
  expect(line?.split(";")).toHaveLength(columns.agencies.length);
});

test("two mistakes of one line are one line to correct", () => {
  expect(badLines([{ line: 2 }, { line: 2 }, { line: 5 }])).toBe(2);
});
