import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ChevronLeft, Download, RotateCcw } from "lucide-react";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { MailItem } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { LoadFailed } from "@/features/session/load-failed";
import { FormProblem } from "@/features/session/problem-note";
import { useText, useWording } from "@/text/text";
import { Button, buttonClass } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm";
import { showMoment } from "@/ui/dates";
import { showSize } from "@/ui/numbers";
import { Facts, Narrow, Page, Section, cardClass } from "@/ui/page";
import { Notice } from "@/ui/states";
import { useToast } from "@/ui/toast";
import { MailPreview } from "./mail-preview";
import { quarantinedQuery } from "./queries";
import { ReleaseDialog } from "./release-dialog";
import { TrustNote } from "./trust-note";
import css from "./mail.module.css";

const spoils = [["quarantine"], ["work"], ["arrivals"], ["mailboxes"]] as const;

export function QuarantinedPage() {
  const { text, language } = useWording();
  const t = text.office.quarantine;
  const { id } = useParams({ from: "/desk/mail/quarantine/$id" });
  const navigate = useNavigate();
  const toast = useToast();
  const [discarding, setDiscarding] = useState(false);
  const [releasing, setReleasing] = useState(false);
  const { data: mail, error, refetch } = useQuery(quarantinedQuery(id));
  const retry = useCommand({
    spoils,
    tell: true,
    run: (_: undefined, header) => value(client.POST("/api/quarantine/{id}/retry", { params: { path: { id }, header } })),
    onDone: (after: MailItem) => {
      const said = { arrived: t.retried, received: t.fetching, duplicate: t.repeated, quarantined: t.stillThere, discarded: t.discarded, answered: t.answered, ignored: t.ignored };
      toast({ text: said[after.state], wrong: after.state === "quarantined" });
      if (after.arrivalId) void navigate({ to: "/incoming/$id", params: { id: after.arrivalId } });
    },
  });
  if (error && !mail) return <LoadFailed error={error} onRetry={() => void refetch()} />;
  if (!mail) return null;
  const held = mail.state === "quarantined";
  const infected = mail.reason === "infected";
  return (
    <Page
      title={mail.subject || t.noSubject}
      sub={
        <Link to="/mail/quarantine" className={css.back}>
          <ChevronLeft size={14} /> {t.title}
        </Link>
      }
      acts={
        <>
          {mail.arrivalId ? (
            <Link className={buttonClass("primary")} to="/incoming/$id" params={{ id: mail.arrivalId }}>
              {t.open}
            </Link>
          ) : null}
          {mail.hasRaw && !infected ? (
            <a className={buttonClass()} href={`/api/quarantine/${id}/raw`} download>
              <Download size={15} /> {t.raw}
            </a>
          ) : null}
          {held ? (
            <>
              <Button look="danger" onClick={() => setDiscarding(true)}>
                {t.discard}
              </Button>
              {mail.hasRaw && !infected && mail.reason !== "unreadable" ? <Button onClick={() => setReleasing(true)}>{t.release}</Button> : null}
              <Button look="primary" icon={<RotateCcw size={15} />} busy={retry.isPending} onClick={() => retry.mutate(undefined)}>
                {t.retry}
              </Button>
            </>
          ) : null}
        </>
      }
    >
      <Narrow>
        {held ? (
          <Notice>
            <strong>{t.reasons[mail.reason] ?? mail.reason}</strong>
            {mail.detail ? ` · ${mail.detail}` : ""}
            {mail.reason === "no_document" ? <div>{t.accepted}</div> : null}
          </Notice>
        ) : null}
        <div className={cardClass} style={{ marginTop: 12 }}>
          <Section>
            <Facts
              facts={[
                [t.from, `${mail.fromName} <${mail.fromAddress}>`],
                mail.trust && [t.trust, <TrustNote key="trust" trust={mail.trust} />],
                [t.mailbox, mail.mailbox],
                mail.sentAt && [t.sent, showMoment(mail.sentAt)],
                [t.received, showMoment(mail.receivedAt)],
                [t.size, showSize(mail.size, language)],
                [t.attempts, String(mail.attempts)],
              ]}
            />
          </Section>
          {mail.bodyText ? (
            <Section title={t.body}>
              <pre className={css.body}>{mail.bodyText}</pre>
            </Section>
          ) : null}
          {mail.parts.length > 0 ? <Parts mail={mail} /> : null}
          {infected ? null : <MailPreview id={mail.id} />}
        </div>
      </Narrow>
      {releasing ? <ReleaseDialog mail={mail} onClose={() => setReleasing(false)} /> : null}
      {discarding ? <DiscardDialog id={id} onClose={() => setDiscarding(false)} /> : null}
    </Page>
  );
}

function Parts({ mail }: { mail: MailItem }) {
  const { text, language } = useWording();
  const t = text.office.quarantine;
  return (
    <Section title={t.parts}>
      <table className={css.parts}>
        <thead>
          <tr>
            <th>{t.part}</th>
            <th>{t.name}</th>
            <th>{t.declared}</th>
            <th>{t.detected}</th>
            <th>{t.size}</th>
          </tr>
        </thead>
        <tbody>
          {mail.parts.map((p) => (
            <tr key={p.path}>
              <td>{p.path}</td>
              <td>{p.name}</td>
              <td>{p.declaredType}</td>
              <td>{p.detectedType}</td>
              <td>{showSize(p.size, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function DiscardDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useText().office.quarantine;
  const discard = useCommand({
    spoils,
    said: () => t.discarded,
    onDone: onClose,
    run: (reason: string, header) =>
      value(client.POST("/api/quarantine/{id}/discard", { params: { path: { id }, header }, body: { reason } })),
  });
  return (
    <ConfirmDialog
      title={t.discard}
      action={t.discard}
      danger
      reason="needed"
      busy={discard.isPending}
      problem={<FormProblem error={discard.error} />}
      onClose={onClose}
      onConfirm={(reason) => discard.mutate(reason)}
    >
      <p>{t.discardHint}</p>
    </ConfirmDialog>
  );
}
