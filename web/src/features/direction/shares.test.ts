import { expect, test } from "vitest";
import { nextRow, toShares, withRole, type ShareRow } from "./shares";

const row = (key: number, role: ShareRow["role"], holder = `unit:${key}`): ShareRow => ({ key, holder, role, due: "2026-03-20" });

test("the first leads and the next ones coordinate", () => {
  expect(nextRow([], "").role).toBe("lead");
  expect(nextRow([row(1, "lead")], "2026-03-20")).toEqual({ key: 2, holder: "", role: "coordinate", due: "2026-03-20" });
});

test("a new lead takes it from the one before", () => {
  expect(withRole([row(1, "lead"), row(2, "inform")], 2, "lead").map((r) => r.role)).toEqual(["coordinate", "lead"]);
});

test("only the lead is asked for a direction, and nothing is due of who is informed", () => {
  expect(toShares([row(1, "lead", "position:a"), row(2, "inform"), row(3, "coordinate", "")], "direction", false)).toEqual([
    { positionId: "a", role: "lead", asks: "direction", dueDate: "2026-03-20" },
    { unitId: "2", role: "inform", asks: "work", dueDate: undefined },
  ]);
  expect(toShares([row(1, "lead")], "direction", true)).toEqual([{ unitId: "1", role: "inform", asks: "work", dueDate: undefined }]);
});
