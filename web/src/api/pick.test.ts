import { expect, test } from "vitest";
import { compact, day, filtered, flag, id, oneOf, someOf, text } from "./pick";

test("only known values pass from the address bar", () => {
  expect(oneOf("b", ["a", "b"])).toBe("b");
  expect(oneOf("<script>", ["a", "b"])).toBeUndefined();
  expect(someOf(["b", "x", "a"], ["a", "b"])).toEqual(["a", "b"]);
  expect(someOf("a", ["a", "b"])).toEqual(["a"]);
  expect(someOf([], ["a"])).toBeUndefined();
  expect(day("2026-03-05")).toBe("2026-03-05");
  expect(day("5/3")).toBeUndefined();
  expect(id("0192f3a4-1111-7222-8333-444455556666")).toBeDefined();
  expect(id("../me")).toBeUndefined();
  expect(flag("true")).toBe(true);
  expect(flag("1")).toBeUndefined();
});

test("a number typed as a search stays a text, and long ones are cut", () => {
  expect(text(15)).toBe("15");
  expect(text("x".repeat(300))).toHaveLength(200);
  expect(text("")).toBeUndefined();
});

test("absent filters are no filters", () => {
  expect(compact({ a: undefined, b: 1 })).toEqual({ b: 1 });
  expect(filtered({ a: undefined })).toBe(false);
  expect(filtered({ a: "x" })).toBe(true);
});
