import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ChevronLeft, PlugZap } from "lucide-react";
import { useState } from "react";
import { client, value } from "@/api/client";
import { asProblem } from "@/api/problem";
import { LoadFailed } from "@/features/session/load-failed";
import { agenciesUnder, useMe } from "@/features/session/me";
import { useText } from "@/text/text";
import { Button, buttonClass } from "@/ui/button";
import { showMoment } from "@/ui/dates";
import { cardClass, Facts, Narrow, Page, Section } from "@/ui/page";
import { EmptyState, Notice } from "@/ui/states";
import { useToast } from "@/ui/toast";
import { MailboxDialog } from "./mailbox-dialog";
import { MailboxFacts } from "./mailbox-facts";
import { mailboxesQuery } from "./queries";
import css from "./mail.module.css";

// One mailbox: how it stands, what to do about it, and how it is read.
export function MailboxPage() {
  const m = useText().office.mailboxes;
  const t = useText();
  const { id } = useParams({ from: "/desk/mail/mailboxes/$id" });
  const toast = useToast();
  const own = agenciesUnder(useMe(), "admin");
  const [editing, setEditing] = useState(false);
  const { data, error, refetch } = useQuery(mailboxesQuery);
  const test = useMutation({
    mutationFn: () => value(client.POST("/api/mailboxes/{id}/test", { params: { path: { id } } })),
    onSuccess: () => toast({ text: m.testing }),
    onError: (failed) => toast({ text: asProblem(failed).title || t.common.unexpected, wrong: true }),
  });
  if (error && !data) return <LoadFailed error={error} onRetry={() => void refetch()} />;
  if (!data) return null;
  const back = (
    <Link to="/mail/mailboxes" className={css.back}>
      <ChevronLeft size={14} /> {m.title}
    </Link>
  );
  const box = data.find((b) => b.id === id);
  if (!box) return <Page title={m.title} sub={back}><EmptyState title={m.gone} /></Page>;
  const manages = own === undefined || own.has(box.agencyId);
  const help = box.state === "failing" ? (m.troubleHelp[box.lastError] ?? m.troubleHelp.other) : undefined;
  return (
    <Page
      title={box.address}
      sub={back}
      acts={
        <>
          {box.quarantined > 0 ? (
            <Link className={buttonClass()} to="/mail/quarantine">
              {m.quarantined}: {box.quarantined}
            </Link>
          ) : null}
          {manages ? <Button onClick={() => setEditing(true)}>{m.change}</Button> : null}
          {manages ? (
            <Button look="primary" icon={<PlugZap size={15} />} busy={test.isPending} onClick={() => test.mutate()}>
              {m.test}
            </Button>
          ) : null}
        </>
      }
    >
      <Narrow>
        <div className={cardClass}>
          <Section>
            <MailboxFacts mailbox={box} />
            {help ? <p className={css.hint}>{help}</p> : null}
            {box.failingSince ? <p className={css.hint}>{m.failingSince(showMoment(box.failingSince))}</p> : null}
            {box.pending && box.state === "connected" ? <p className={css.hint}>{m.pendingHint}</p> : null}
            {box.undecided ? <p className={css.hint}>{m.undecidedHint}</p> : null}
          </Section>
          <Section title={m.howRead}>
            <Facts
              facts={[
                [m.agency, box.agencyName],
                [m.host, `${box.host}:${box.port} · ${m.securities[box.security]}`],
                [m.username, box.username],
                [m.folder, box.folder],
                [m.after, `${m.afters[box.afterAction]}${box.moveTo ? ` · ${box.moveTo}` : ""}`],
                [m.purpose, m.purposes[box.purpose ?? "office"]],
                [m.silentDays, String(box.silentDays ?? 0)],
                box.authServer && [m.authServer, box.authServer],
                (box.rules?.length ?? 0) > 0 && [m.rules, String(box.rules?.length)],
              ]}
            />
            {box.silentDays ? null : <Notice>{m.noSilence}</Notice>}
          </Section>
        </div>
      </Narrow>
      {editing ? <MailboxDialog mailbox={box} onClose={() => setEditing(false)} /> : null}
    </Page>
  );
}
