import { expect, test } from "vitest";
import { asProblem, fieldMessage, passing, problemOf, ProblemError } from "./problem";

const refused = new ProblemError({
  type: "about:blank",
  title: "Thông tin nhập chưa đúng.",
  status: 400,
  code: "invalid_request",
  fields: [{ name: "/subject", code: "required", message: "Cần trích yếu." }],
});

test("a refusal gives its field messages by name", () => {
  expect(fieldMessage(refused, "subject")).toBe("Cần trích yếu.");
  expect(fieldMessage(refused, "kind")).toBeUndefined();
  expect(fieldMessage(new Error("boom"), "kind")).toBeUndefined();
});

test("only silence and a resting server are worth another try", () => {
  expect(passing(ProblemError.unreachable(new TypeError("failed to fetch")))).toBe(true);
  expect(passing(new ProblemError(problemOf(undefined, 503)))).toBe(true);
  expect(passing(refused)).toBe(false);
  expect(passing(new Error("boom"))).toBe(false);
});

test("an answer without a problem body still has a code", () => {
  expect(problemOf("<html>", 502).code).toBe("unreachable");
  expect(problemOf(undefined, 500).code).toBe("unknown");
  expect(asProblem(undefined).code).toBe("unknown");
});
