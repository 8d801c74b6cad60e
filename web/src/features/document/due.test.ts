import { expect, test } from "vitest";
import { dueTone } from "./due";

test.each([
  ["2026-03-19", false, "late"],
  ["2026-03-20", false, "soon"],
  ["2026-03-22", false, "soon"],
  ["2026-03-23", false, "quiet"],
  ["2026-03-01", true, "quiet"],
] as const)("due %s, over %s: %s", (due, over, tone) => {
  expect(dueTone(due, "2026-03-20", over)).toBe(tone);
});
