import { expect, test } from "vitest";
import { ProblemError, problemOf } from "@/api/problem";
import { failureOf } from "./failure";

test.each([
  [401, "signedOut"],
  [403, "forbidden"],
  [404, "missing"],
  [500, "broken"],
  [502, "away"],
  [503, "away"],
] as const)("an answer of %i is told as %s, never as a fault in the line", (status, failure) => {
  expect(failureOf(new ProblemError(problemOf({ type: "about:blank", title: "x", status, code: "x" }, status)))).toBe(failure);
  expect(failureOf(new ProblemError(problemOf("a proxy's own page", status)))).toBe(failure);
});

test("only silence is told as a fault in the line", () => {
  expect(failureOf(ProblemError.unreachable(new TypeError("fetch failed")))).toBe("line");
  expect(failureOf(new Error("a mistake of the page itself"))).toBe("broken");
  expect(failureOf(null)).toBeUndefined();
});
