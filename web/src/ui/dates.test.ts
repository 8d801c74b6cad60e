import { expect, test } from "vitest";
import { addDays, dayOf, daysBetween, parseDay, showBrief, showDay, showMoment, showNear } from "./dates";

const now = "2026-03-20";

test.each([
  ["5/3", "2026-03-05"],
  ["05/03/2026", "2026-03-05"],
  ["5-3-25", "2025-03-05"],
  ["5.3.2024", "2024-03-05"],
  ["0503", "2026-03-05"],
  ["050326", "2026-03-05"],
  ["05032026", "2026-03-05"],
  [" 29/2/2024 ", "2024-02-29"],
  ["2026-12-31", "2026-12-31"],
])("parseDay reads %s", (typed, day) => {
  expect(parseDay(typed, now)).toBe(day);
});

test.each(["", "31/2", "29/2/2026", "32/1", "5/13", "hôm nay", "5/3/1", "123", "1/1/20266"])(
  "parseDay refuses %s",
  (typed) => {
    expect(parseDay(typed, now)).toBeUndefined();
  },
);

test("days and moments are those of Việt Nam, not of the machine", () => {
  expect(dayOf(new Date("2025-12-31T17:00:00Z"))).toBe("2026-01-01");
  expect(showMoment("2025-12-31T17:05:00Z")).toBe("01/01/2026 00:05");
});

test("what is shown round-trips through what is typed", () => {
  expect(parseDay(showDay("2026-03-05"), now)).toBe("2026-03-05");
});

test("lists show as little as is needed", () => {
  expect(showBrief("2026-03-20T02:05:00Z", now)).toBe("09:05");
  expect(showBrief("2026-03-19T02:05:00Z", now)).toBe("19/03");
  expect(showBrief("2025-03-19T02:05:00Z", now)).toBe("19/03/2025");
});

test("counting days crosses months and years", () => {
  expect(daysBetween("2026-02-27", "2026-03-02")).toBe(3);
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
});

test("a day of another year is shown with it", () => {
  expect(showNear("2026-12-10", "2026-11-25")).toBe("10/12");
  expect(showNear("2099-12-10", "2026-11-25")).toBe("10/12/2099");
});
