import type { AfterAction, Mailbox, MailboxEdit, MailboxNew, MailSecurity } from "@/api/schema";

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
}

export const usualPort: Record<MailSecurity, string> = { tls: "993", starttls: "143", none: "143" };

export function mailboxForm(mailbox: Mailbox | undefined, agencyId: string): MailboxForm {
  return mailbox
    ? { ...mailbox, port: String(mailbox.port), password: "" }
    : {
        agencyId,
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
  };
}

export function toMailboxNew(f: MailboxForm): MailboxNew {
  return { ...shared(f), agencyId: f.agencyId, address: f.address.trim(), password: f.password };
}

// The password is replaced only when one was typed.
export function toMailboxEdit(f: MailboxForm): MailboxEdit {
  return { ...shared(f), enabled: f.enabled, password: f.password || undefined };
}
