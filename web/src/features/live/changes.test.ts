import { expect, test } from "vitest";
import { parseChange, spoiled, Spoils } from "./changes";

test("a change names the lists, the page and the counters it makes untrue", () => {
  expect(spoiled({ subjectType: "document", subjectId: "1" })).toContainEqual(["documents", "one", "1"]);
  expect(spoiled({ subjectType: "arrival", subjectId: "1" })).toContainEqual(["work"]);
  expect(spoiled({ subjectType: "mail_item", subjectId: "1" })).toContainEqual(["quarantine"]);
});

test("M3: a change whose object is not named makes everything of its kind untrue", () => {
  expect(spoiled({ subjectType: "document" })).toEqual([["documents"], ["work"]]);
  expect(spoiled({ subjectType: "arrival" })).toEqual([["arrivals"], ["requests"], ["work"]]);
  expect(parseChange('{"agencyId":"a","subjectType":"document"}')).toMatchObject({ subjectType: "document" });
});

test("a burst of changes reads each thing once", () => {
  const spoils = new Spoils();
  for (let i = 0; i < 100; i++) spoils.add(spoiled({ subjectType: "document", subjectId: "1" }));
  expect(spoils.take()).toHaveLength(3);
  expect(spoils.take()).toHaveLength(0);
});

test("what is no change is passed over", () => {
  expect(parseChange("{")).toBeUndefined();
  expect(parseChange("{}")).toBeUndefined();
  expect(parseChange('{"agencyId":"a","subjectType":"document","subjectId":"1"}')).toMatchObject({ subjectId: "1" });
});
