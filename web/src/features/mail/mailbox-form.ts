import { newKey } from "@/api/key";
import type { AfterAction, Mailbox, MailboxEdit, MailboxNew, MailboxPurpose, MailRule, MailSecurity } from "@/api/schema";

export interface MailboxForm {
  agencyId: string;
  address: string;
  host: string;
  port: string;
  security: MailSecurity;
  username: string;
  password: string;
  folder: string;
  afterAction: AfterAction;
  moveTo: string;
  enabled: boolean;
  purpose: MailboxPurpose;
  // yyyy-MM-dd, or empty: all is read.
  readFrom: string;
  silentDays: string;
  authServer: string;
  tokens: boolean;
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  rules: readonly FormRule[];
}

// A rule has no name; the form needs one to tell rules apart.
export type FormRule = MailRule & { key: string };

export function freshRule(): FormRule {
  return { key: newKey(), field: "sender", pattern: "", act: "allow" };
}

export const usualPort: Record<MailSecurity, string> = { tls: "993", starttls: "143", none: "143" };

const fresh = {
  address: "",
  host: "",
  port: usualPort.tls,
  security: "tls",
  username: "",
  password: "",
  folder: "INBOX",
  afterAction: "keyword",
  moveTo: "",
  enabled: true,
  purpose: "office",
  readFrom: "",
  silentDays: "0",
  authServer: "",
  tokens: false,
  tokenUrl: "",
  clientId: "",
  clientSecret: "",
  rules: [],
} as const satisfies Omit<MailboxForm, "agencyId">;

export function mailboxForm(mailbox: Mailbox | undefined, agencyId: string): MailboxForm {
  if (!mailbox) return { ...fresh, agencyId };
  return {
    ...fresh,
    agencyId: mailbox.agencyId,
    address: mailbox.address,
    host: mailbox.host,
    port: String(mailbox.port),
    security: mailbox.security,
    username: mailbox.username,
    folder: mailbox.folder,
    afterAction: mailbox.afterAction,
    moveTo: mailbox.moveTo,
    enabled: mailbox.enabled,
    purpose: mailbox.purpose ?? "office",
    silentDays: String(mailbox.silentDays ?? 0),
    authServer: mailbox.authServer ?? "",
    tokens: mailbox.auth === "oauth2",
    tokenUrl: mailbox.tokenUrl ?? "",
    clientId: mailbox.clientId ?? "",
    rules: (mailbox.rules ?? []).map((r) => ({ key: newKey(), field: r.field, pattern: r.pattern, act: r.act, note: r.note })),
  };
}

function shared(f: MailboxForm) {
  return {
    host: f.host.trim(),
    port: Number(f.port),
    security: f.security,
    username: f.username.trim(),
    folder: f.folder.trim() || undefined,
    afterAction: f.afterAction,
    moveTo: f.afterAction === "move" ? f.moveTo.trim() : undefined,
    purpose: f.purpose,
    silentDays: Number(f.silentDays) || 0,
    authServer: f.authServer.trim(),
    tokenUrl: f.tokens ? f.tokenUrl.trim() : "",
    clientId: f.tokens ? f.clientId.trim() : "",
    clientSecret: f.tokens && f.clientSecret ? f.clientSecret : undefined,
    rules: f.rules.filter((r) => r.pattern.trim() !== "").map((r) => ({ field: r.field, act: r.act, pattern: r.pattern.trim(), note: r.act === "note" ? r.note?.trim() : undefined })),
  };
}

export function toMailboxNew(f: MailboxForm): MailboxNew {
  return {
    ...shared(f),
    agencyId: f.agencyId,
    address: f.address.trim(),
    password: f.password,
    readFrom: f.readFrom ? `${f.readFrom}T00:00:00+07:00` : undefined,
  };
}

// The password is replaced only when one was typed.
export function toMailboxEdit(f: MailboxForm): MailboxEdit {
  return { ...shared(f), enabled: f.enabled, password: f.password || undefined };
}
