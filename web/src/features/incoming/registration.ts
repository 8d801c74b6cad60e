import type { Arrival, Registration, Urgency } from "@/api/schema";
import { mainFile } from "@/features/document/files";
import { dayOf } from "@/ui/dates";

// The registration form as a value, filled in from what arrived.
export interface RegistrationForm {
  registerId: string | undefined;
  expectedNumber: number | undefined;
  arrivalDay: string;
  number: string;
  symbol: string;
  documentDate: string;
  issuerName: string;
  kind: string;
  subject: string;
  signerName: string;
  signerTitle: string;
  urgency: Urgency;
  dueDate: string;
  note: string;
  mainSha256: string | undefined;
  restricted: boolean;
}

export function prefilled(a: Arrival, today: string): RegistrationForm {
  const only = a.files.length === 1 ? a.files[0]?.sha256 : undefined;
  return {
    registerId: undefined,
    expectedNumber: undefined,
    arrivalDay: today,
    number: a.number,
    symbol: a.symbol,
    documentDate: a.documentDate ?? "",
    issuerName: a.issuerName,
    kind: a.kind,
    subject: a.subject,
    signerName: a.signerName,
    signerTitle: a.signerTitle,
    urgency: a.urgency,
    dueDate: a.workDueDate ?? a.dueDate ?? "",
    note: a.note,
    restricted: a.restricted,
    mainSha256: mainFile(a.files)?.sha256 ?? only ?? a.files.find((f) => f.mediaType === "application/pdf")?.sha256,
  };
}

const nfc = (text: string) => text.trim().normalize("NFC");

// What is sent: the hash that was seen is the one the server holds as main, the
// chosen one is named only when it differs.
export function toRegistration(form: RegistrationForm, a: Arrival): Registration {
  const held = mainFile(a.files)?.sha256 ?? "";
  return {
    seenSha256: held,
    mainSha256: form.mainSha256 && form.mainSha256 !== held ? form.mainSha256 : undefined,
    registerId: form.registerId,
    expectedNumber: form.expectedNumber,
    arrivalDay: form.arrivalDay || undefined,
    kind: form.kind || undefined,
    issuerName: nfc(form.issuerName),
    number: nfc(form.number),
    symbol: nfc(form.symbol),
    documentDate: form.documentDate || undefined,
    subject: nfc(form.subject),
    urgency: form.urgency,
    dueDate: form.dueDate || undefined,
    restricted: form.restricted || undefined,
    signerName: nfc(form.signerName),
    signerTitle: nfc(form.signerTitle),
    note: nfc(form.note),
  };
}

// The first field that a person must fill in before this can be registered.
export function firstMissing(form: RegistrationForm): keyof RegistrationForm | undefined {
  const needed = ["number", "symbol", "documentDate", "issuerName", "kind", "subject"] as const;
  return needed.find((name) => form[name].trim() === "");
}

// What a register usually holds of every document, and this one would not.
export type Unnamed = "reference" | "kind";

export function unnamed(form: RegistrationForm): readonly Unnamed[] {
  const bare = form.number.trim() === "" || form.symbol.trim() === "";
  return [...(bare ? (["reference"] as const) : []), ...(form.kind === "" ? (["kind"] as const) : [])];
}

// A mail tells when it was sent, not what date stands on the paper: who registers
// must know which of the two the form holds.
export function dateOfMail(form: RegistrationForm, a: Arrival): boolean {
  return a.mail?.sentAt !== undefined && form.documentDate !== "" && form.documentDate === dayOf(new Date(a.mail.sentAt));
}

// "12/QĐ-UBND" typed into the number field is number and symbol at once
// (NĐ 30/2020, phụ lục I: a slash stands between them).
export function splitReference(typed: string): { number: string; symbol?: string } {
  const at = typed.indexOf("/");
  if (at < 0) return { number: typed };
  return { number: typed.slice(0, at).trim(), symbol: typed.slice(at + 1).trim() };
}

// The one to open after this: the next of the queue, or else the one before it.
export function nextInQueue(queue: readonly string[], id: string): string | undefined {
  const at = queue.indexOf(id);
  const rest = queue.filter((q) => q !== id);
  return at < 0 ? rest[0] : (rest[at] ?? rest.at(-1));
}
