import { expect, test } from "vitest";
import type { WorkGroup } from "@/api/schema";
import { countOf, countText, late, ordered, total } from "./groups";

const group = (expected: WorkGroup["expected"], count: number, items: object[] = []): WorkGroup => ({
  expected,
  count,
  more: count >= 1000,
  documents: items as WorkGroup["documents"],
  arrivals: [],
  lines: [],
});

test("decisions come before registration, empty groups are not shown", () => {
  const groups = [group("read", 1), group("register", 2), group("approve", 1), group("issue", 0)];
  expect(ordered(groups).map((g) => g.expected)).toEqual(["approve", "register", "read"]);
});

test("counters say what was counted, and that there is more", () => {
  expect(countOf([group("number", 2), group("issue", 3)], "number", "issue")).toBe(5);
  expect(countOf(undefined, "number")).toBe(0);
  expect(countText(group("register", 1000))).toBe("1000+");
});

test("what a recipient refused is not late work of the sender", () => {
  const sent = { id: "a", dueDate: "2026-03-01" };
  expect(late([group("refused", 1, [sent])], "2026-03-20")).toEqual([]);
  expect(ordered([group("finish", 1), group("refused", 1), group("register", 1)]).map((g) => g.expected)).toEqual(["register", "refused", "finish"]);
});

test("late work is listed once, the longest late first, and today is not late", () => {
  const a = { id: "a", dueDate: "2026-03-19" };
  const b = { id: "b", dueDate: "2026-03-01" };
  const c = { id: "c", dueDate: "2026-03-20" };
  const found = late([group("approve", 2, [a, c]), group("finish", 2, [b, a])], "2026-03-20");
  expect(found.map((f) => f.item.id)).toEqual(["b", "a"]);
});

test("the badge of the page counts what the page shows", () => {
  const groups = [group("sign", 2), group("read", 3), group("refused", 1), group("issue", 0)];
  expect(total(groups)).toEqual({ count: ordered(groups).reduce((n, g) => n + g.count, 0), more: false });
  expect(total([group("register", 1000)])).toEqual({ count: 1000, more: true });
  expect(total(undefined)).toEqual({ count: 0, more: false });
});
