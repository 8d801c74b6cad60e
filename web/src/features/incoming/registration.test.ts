import { expect, test } from "vitest";
import type { Arrival } from "@/api/schema";
import { dateOfMail, firstMissing, nextInQueue, prefilled, splitReference, toRegistration, unnamed } from "./registration";

const pdf = { role: "annex", name: "a.pdf", sha256: "a".repeat(64), size: 1, mediaType: "application/pdf" } as const;
const docx = { role: "annex", name: "b.docx", sha256: "b".repeat(64), size: 1, mediaType: "application/x" } as const;

function arrival(files: unknown[], more: object = {}): Arrival {
  return { number: "15", symbol: "QĐ-UBND", issuerName: "UBND", kind: "quyet_dinh", subject: "Về việc", urgency: "normal", signerName: "", signerTitle: "", note: "", files, ...more } as unknown as Arrival;
}

test("G1: fields are filled in from what arrived, the day is today", () => {
  const form = prefilled(arrival([{ ...pdf, role: "main" }], { documentDate: "2026-03-01" }), "2026-03-05");
  expect(form).toMatchObject({ number: "15", arrivalDay: "2026-03-05", documentDate: "2026-03-01", mainSha256: pdf.sha256 });
  expect(firstMissing(form)).toBeUndefined();
});

test("the seen hash is the one the server holds; another choice is named apart", () => {
  const held = arrival([{ ...pdf, role: "main" }, docx]);
  expect(toRegistration(prefilled(held, "2026-03-05"), held)).toMatchObject({ seenSha256: pdf.sha256, mainSha256: undefined });
  const other = { ...prefilled(held, "2026-03-05"), mainSha256: docx.sha256 };
  expect(toRegistration(other, held)).toMatchObject({ seenSha256: pdf.sha256, mainSha256: docx.sha256 });
});

test("a mail without a main file offers its PDF", () => {
  const mail = arrival([docx, pdf]);
  const sent = toRegistration(prefilled(mail, "2026-03-05"), mail);
  expect(sent).toMatchObject({ seenSha256: "", mainSha256: pdf.sha256 });
  const bare = arrival([]);
  expect(toRegistration(prefilled(bare, "2026-03-05"), bare)).toMatchObject({ seenSha256: "", mainSha256: undefined });
});

test("the keyboard goes to the first field that is missing", () => {
  expect(firstMissing(prefilled(arrival([], { number: "", kind: "" }), "2026-03-05"))).toBe("number");
});

test("number and symbol typed together are told apart at the first slash", () => {
  expect(splitReference("15/QĐ-UBND")).toEqual({ number: "15", symbol: "QĐ-UBND" });
  expect(splitReference("12/2026/QĐ-UBND")).toEqual({ number: "12", symbol: "2026/QĐ-UBND" });
  expect(splitReference("15")).toEqual({ number: "15" });
});

test("save and next walks the queue to its end", () => {
  expect(nextInQueue(["a", "b", "c"], "a")).toBe("b");
  expect(nextInQueue(["a", "b", "c"], "c")).toBe("b");
  expect(nextInQueue(["a"], "a")).toBeUndefined();
  expect(nextInQueue(["b"], "gone")).toBe("b");
});

test("K: the day of a mail is told apart from the date on the paper", () => {
  const mail = arrival([pdf], { documentDate: "2026-03-02", mail: { sentAt: "2026-03-01T18:30:00Z" } });
  const form = prefilled(mail, "2026-03-05");
  expect(dateOfMail(form, mail), "half past one in the night in Trà Vinh").toBe(true);
  expect(dateOfMail({ ...form, documentDate: "2026-02-28" }, mail)).toBe(false);
  expect(dateOfMail({ ...form, documentDate: "" }, mail)).toBe(false);
  expect(dateOfMail(form, arrival([pdf], { documentDate: "2026-03-02" }))).toBe(false);
});

test("what is registered without number or kind is asked about", () => {
  const form = prefilled(arrival([pdf]), "2026-03-05");
  expect(unnamed(form)).toEqual([]);
  expect(unnamed({ ...form, symbol: " " })).toEqual(["reference"]);
  expect(unnamed({ ...form, number: "", kind: "" })).toEqual(["reference", "kind"]);
});
