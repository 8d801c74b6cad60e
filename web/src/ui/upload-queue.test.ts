import { expect, test } from "vitest";
import { advance, uploadId, type QueueStep, type Sending } from "./upload-queue";

function run(...steps: QueueStep<string>[]): readonly Sending<string>[] {
  let queue: readonly Sending<string>[] = [];
  for (const s of steps) queue = advance(queue, s);
  return queue;
}
const begin = { step: "begin", key: "a", name: "x.pdf", size: 100 } as const;

test("progress never runs back and ends full", () => {
  expect(run(begin, { step: "progress", key: "a", sent: 60 }, { step: "progress", key: "a", sent: 40 })[0]?.sent).toBe(60);
  expect(run(begin, { step: "done", key: "a", done: "id" })[0]).toMatchObject({ state: "done", sent: 100, done: "id" });
});

test("a broken line waits, a failure can be taken up again", () => {
  expect(run(begin, { step: "waiting", key: "a" }, { step: "progress", key: "a", sent: 1 })[0]?.state).toBe("sending");
  const failed = run(begin, { step: "failed", key: "a", message: "no" });
  expect(failed[0]).toMatchObject({ state: "failed", message: "no" });
  expect(advance(failed, { step: "again", key: "a" })[0]).toMatchObject({ state: "sending", message: undefined });
});

test("what was dropped is gone, and late reports of it change nothing", () => {
  expect(run(begin, { step: "drop", key: "a" }, { step: "progress", key: "a", sent: 5 })).toEqual([]);
});

test("the id of an upload is read from its address", () => {
  expect(uploadId("http://localhost:8080/api/uploads/0192-ab")).toBe("0192-ab");
  expect(uploadId("/api/uploads/0192-ab?x=1")).toBe("0192-ab");
});
