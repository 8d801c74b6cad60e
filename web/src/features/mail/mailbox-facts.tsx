import type { Mailbox } from "@/api/schema";
import { useText } from "@/text/text";
import { showMoment } from "@/ui/dates";
import { Facts } from "@/ui/page";
import { Notice } from "@/ui/states";

// How a mailbox fares: what an administrator looks at first.
export function MailboxFacts({ mailbox: b }: { mailbox: Mailbox }) {
  const m = useText().office.mailboxes;
  return (
    <>
      {b.state === "failing" ? (
        <Notice>
          <strong>{m.troubles[b.lastError] ?? m.trouble}</strong>
          {b.lastErrorAt ? ` · ${showMoment(b.lastErrorAt)}` : ""}
        </Notice>
      ) : null}
      {b.silent ? <Notice>{m.silent(b.silentDays ?? 0)}</Notice> : null}
      <Facts
        facts={[
          [m.state, m.states[b.state]],
          b.connectedAt && [m.connected, showMoment(b.connectedAt)],
          b.checkedAt && [m.checked, showMoment(b.checkedAt)],
          b.lastMessageAt && [m.lastMessage, showMoment(b.lastMessageAt)],
          b.pending ? [m.pending, String(b.pending)] : undefined,
          b.undecided ? [m.undecided, String(b.undecided)] : undefined,
          b.quarantined > 0 ? [m.quarantined, String(b.quarantined)] : undefined,
          b.readFrom && [m.older, m.olderCount(showMoment(b.readFrom), b.older ?? 0)],
        ]}
      />
    </>
  );
}
