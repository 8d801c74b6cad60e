import { expect, test } from "vitest";
import { lastNote, placeOf, told } from "./told";

test("A6: a receiver's act is told by the receiver and its person, not by the system that carried it", () => {
  const event = { actorName: "", actorTitle: "", data: { recipient: "Sở Nội vụ", byName: "Thạch Thị Hoa", arrivalNumber: "12", reason: "" } };
  expect(told(event)).toEqual({ about: "Sở Nội vụ", by: "Thạch Thị Hoa", rest: [["arrivalNumber", "12"]] });
});

test("A6: one's own act is told with name and title", () => {
  const event = { actorName: "Sơn Quốc Dũng", actorTitle: "Chủ tịch", data: { reference: "15/CT-UBND", day: "2026-03-20" } };
  expect(told(event)).toEqual({ about: "15/CT-UBND", by: "Sơn Quốc Dũng, Chủ tịch", rest: [["day", "2026-03-20"]] });
  expect(told({ actorName: "", actorTitle: "", data: {} })).toEqual({ about: "", by: "", rest: [] });
});

test("C1: the note of the last submission is what the approver reads", () => {
  const events = [
    { verb: "submitted", data: { note: "Lần đầu" } },
    { verb: "sent_back", data: { reason: "Sai thể thức" } },
    { verb: "submitted", data: { note: "Đã sửa theo ý kiến" } },
    { verb: "edited", data: {} as Record<string, string> },
  ];
  expect(lastNote(events, "submitted")).toBe("Đã sửa theo ý kiến");
  expect(lastNote([], "submitted")).toBe("");
});

test("a place for a signature is known by its kind and its number", () => {
  expect(placeOf("congvan-signature-1")).toEqual({ kind: "signature", nth: 1 });
  expect(placeOf("congvan-initial-12")).toEqual({ kind: "initial", nth: 12 });
  expect(placeOf("Sig1")).toBeUndefined();
});
