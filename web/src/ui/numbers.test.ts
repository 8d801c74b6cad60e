import { expect, test } from "vitest";
import { showCount, showOrdinal, showSize } from "./numbers";

test("sizes are written as each language writes them", () => {
  expect(showSize(512, "vi")).toBe("512 B");
  expect(showSize(1536, "vi")).toBe("1,5 kB");
  expect(showSize(5_242_880, "en")).toBe("5.2 MB");
  expect(showSize(999_999, "en")).toBe("1,000 kB");
});

test("numbers of documents below ten carry a leading zero", () => {
  expect(showOrdinal(7)).toBe("07");
  expect(showOrdinal(10)).toBe("10");
});

test("counters are capped", () => {
  expect(showCount(999)).toBe("999");
  expect(showCount(1000)).toBe("999+");
});
