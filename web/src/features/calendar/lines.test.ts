import { describe, expect, test } from "vitest";
import { readLines, writeLines } from "./lines";

describe("H4: lines of a calendar", () => {
  test("are read as they are pasted", () => {
    expect(readLines("17/02/2026; nghỉ; Tết Nguyên đán\n\n10/1\tlàm bù\tLàm bù 2/1\r\n", 2026)).toEqual({
      items: [
        { day: "2026-02-17", working: false, name: "Tết Nguyên đán" },
        { day: "2026-01-10", working: true, name: "Làm bù 2/1" },
      ],
    });
  });
  test("that cannot be read are named", () => {
    expect(readLines("17/02/2026; nghỉ; Tết\n31/02/2026; nghỉ; Tết", 2026)).toEqual({ badLine: 2 });
    expect(readLines("17/02/2026; có lẽ; Tết", 2026)).toEqual({ badLine: 1 });
    expect(readLines("17/02/2026; nghỉ", 2026)).toEqual({ badLine: 1 });
  });
  test("come back as they were written, in both languages", () => {
    const items = [{ day: "2026-02-17", working: false, name: "Tết" }, { day: "2026-01-10", working: true, name: "Bù" }];
    for (const words of [{ working: "Làm bù", rest: "Nghỉ" }, { working: "Worked", rest: "Day of rest" }]) {
      expect(readLines(writeLines(items, words), 2026)).toEqual({ items });
    }
  });
});
