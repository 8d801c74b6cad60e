import { expect, test } from "vitest";
import { IntentKey, newKey } from "./key";

test("keys are long enough for the contract and do not repeat", () => {
  const keys = new Set(Array.from({ length: 100 }, newKey));
  expect(keys.size).toBe(100);
  for (const k of keys) expect(k).toMatch(/^[0-9a-f]{32}$/);
});

test("trying the same again keeps the key; other input and a finished act take a new one", () => {
  const intent = new IntentKey();
  const first = intent.of({ a: 1 });
  expect(intent.of({ a: 1 })).toBe(first);
  const second = intent.of({ a: 2 });
  expect(second).not.toBe(first);
  intent.done();
  expect(intent.of({ a: 2 })).not.toBe(second);
});
