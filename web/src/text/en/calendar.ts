import type { Text } from "../text";

export const calendar: Text["calendar"] = {
  title: "Working days",
  of: (province: string) => `Shared by ${province}`,
  year: "Year",
  day: "Day",
  weekday: "Weekday",
  what: "Is",
  working: "Worked",
  rest: "Day of rest",
  name: "Name",
  empty: "No holidays of this year yet",
  emptyHint: "Until they are entered, due dates leave out weekends alone.",
  edit: "Edit the list",
  list: "One day a line",
  listHint: "For instance: 17/02/2026; rest; Lunar New Year. Write “worked” for a day that is worked instead. Lines can be pasted from a spreadsheet.",
  check: "Check",
  good: (n: number) => `The list is valid: ${n} days.`,
  badLine: (n: number) => `Line ${n} cannot be read.`,
  saved: "The calendar is saved.",
};
