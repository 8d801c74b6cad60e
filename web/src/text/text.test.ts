import { expect, test } from "vitest";
import { en } from "./en";
import { vi } from "./vi";

type Tree = { [key: string]: string | Tree | ((...args: never[]) => string) };

function walk(tree: Tree, path = ""): [string, string | ((...args: never[]) => string)][] {
  return Object.entries(tree).flatMap(([k, v]) =>
    typeof v === "object" ? walk(v, `${path}${k}.`) : [[path + k, v] as [string, typeof v]],
  );
}

test("N6: both languages have the same keys, none empty", () => {
  const a = walk(vi);
  const b = walk(en);
  expect(b.map(([k]) => k).sort()).toEqual(a.map(([k]) => k).sort());
  for (const [key, value] of [...a, ...b]) {
    if (typeof value === "string") expect(value.trim(), key).not.toBe("");
  }
});

test("N6: Vietnamese words are composed (NFC) and English ones carry no Vietnamese letters", () => {
  for (const [key, value] of walk(vi)) {
    if (typeof value === "string") expect(value, key).toBe(value.normalize("NFC"));
  }
  for (const [key, value] of walk(en)) {
    if (typeof value === "string") expect(value, key).not.toMatch(/[ạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹđơư]/i);
  }
});
