import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { useEffect, useState } from "react";
import { client, value } from "@/api/client";
import type { Arrival } from "@/api/schema";
import { InCaseFiles } from "@/features/casefile/put-button";
import { MakeCopy } from "@/features/copy/copies";
import { FileReader } from "@/features/document/file-reader";
import { FileList } from "@/features/document/file-list";
import { firstFile } from "@/features/document/files";
import { useKinds } from "@/features/document/kinds";
import { ArrivalBadge, Due, UrgencyMark } from "@/features/document/marks";
import { Timeline } from "@/features/document/timeline";
import { AnsweredLink, TrustNote } from "@/features/mail/trust-note";
import { ArrivalBar } from "@/features/direction/arrival-bar";
import { LineTree } from "@/features/direction/line-tree";
import { PaperActs } from "@/features/paper/paper-page";
import { LoadFailed } from "@/features/session/load-failed";
import { SignaturesPanel } from "@/features/signing/signatures-panel";
import { useText } from "@/text/text";
import { showDay, showMoment } from "@/ui/dates";
import { showOrdinal } from "@/ui/numbers";
import { Badge } from "@/ui/badge";
import { Facts, Section } from "@/ui/page";
import { Split } from "@/ui/split";
import { Bone, Notice } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import css from "@/features/document/side.module.css";
import { Heard } from "./heard";
import { arrivalEventsQuery, arrivalQuery, awaitingQuery } from "./queries";
import { RegistrationForm } from "./registration-form";

export function ArrivalPage() {
  const t = useText();
  const { id } = useParams({ from: "/desk/incoming/$id" });
  const { data, error, refetch } = useQuery(arrivalQuery(id));
  const [shown, setShown] = useState<string>();
  useMarkRead(data);
  if (error && !data) return <LoadFailed error={error} onRetry={() => void refetch()} />;
  if (!data) {
    return (
      <div className={css.head}>
        <Bone width="30%" />
        <Bone width="70%" />
      </div>
    );
  }
  // What the sender has out again leaves its description here, and nothing to read.
  const files = data.state === "taken_back" || data.state === "recalled" ? [] : data.files;
  const file = shown ?? firstFile(files)?.sha256;
  return (
    <Split
      name="arrival"
      label={t.parts.pdf.viewer}
      share={44}
      left={<ArrivalSide key={id} arrival={data} shown={file} onShow={setShown} />}
      right={<FileReader owner={{ type: "arrivals", id }} files={files} shown={file} onShow={setShown} />}
    />
  );
}

// Opening is reading; reading never changes a state (office's rule), only one's own lines.
function useMarkRead(arrival: Arrival | undefined) {
  const queries = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: (id: string) => value(client.POST("/api/arrivals/{id}/read", { params: { path: { id } } })),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["arrivals", "list"] }),
        queries.invalidateQueries({ queryKey: ["work"] }),
      ]),
  });
  const id = arrival?.id;
  useEffect(() => {
    if (id) mutate(id);
  }, [id, mutate]);
}

interface SideProps {
  arrival: Arrival;
  shown: string | undefined;
  onShow: (sha256: string) => void;
}

type Tab = "register" | "work" | "story" | "history";

function ArrivalSide({ arrival: a, shown, onShow }: SideProps) {
  const t = useText();
  const kinds = useKinds();
  const navigate = useNavigate();
  const registering = a.actions.includes("register");
  const [tab, setTab] = useState<Tab>(registering ? "register" : "work");
  const worked = a.state === "registered" || a.state === "inside";
  const at = tab === "register" && !registering ? "work" : tab;
  const open = at === "work" && !worked ? "story" : at;
  return (
    <article className={css.side}>
      <div className={css.head}>
        <div className={css.crumb}>
          <Link to="/incoming" search={registering ? { state: "awaiting" } : {}}>
            <ChevronLeft size={14} /> {t.arrival.title}
          </Link>
          <QueuePlace arrival={a} />
        </div>
        <div className={css.line}>
          {a.arrivalNumber === undefined ? null : (
            <span className={css.reference}>
              {t.arrival.arrivalNumber} {showOrdinal(a.arrivalNumber)}
            </span>
          )}
          {a.kind || a.reference ? <span>{[kinds.name(a.kind), a.reference].filter(Boolean).join(" ")}</span> : null}
          <UrgencyMark urgency={a.urgency} />
          <ArrivalBadge state={a.state} />
          {a.restricted ? <Badge tone="late">{t.direction.restricted}</Badge> : null}
        </div>
        <h1 className={css.subject} title={a.subject}>
          {a.subject || t.document.noSubject}
        </h1>
      </div>
      <Heard arrival={a} />
      {a.lookAlikes.length > 0 ? <LookAlikes arrival={a} /> : null}
      <Tabs
        label={t.arrival.title}
        value={open}
        tabs={[
          ...(registering ? [{ value: "register" as const, label: t.arrival.register }] : []),
          ...(worked ? [{ value: "work" as const, label: t.direction.title }] : []),
          { value: "story", label: t.document.story },
          { value: "history", label: t.document.history },
        ]}
        onChange={setTab}
      />
      {open === "register" ? (
        <RegistrationForm
          arrival={a}
          shown={shown}
          onShow={onShow}
          onNext={(next) =>
            next
              ? void navigate({ to: "/incoming/$id", params: { id: next } })
              : void navigate({ to: "/incoming", search: { state: "awaiting" } })
          }
        />
      ) : null}
      {open === "work" ? (
        <div className={css.scroll}>
          <PaperActs arrival={a} />
          <ArrivalBar arrival={a} />
          <LineTree arrival={a} />
          <InCaseFiles agencyId={a.agencyId} arrivalId={a.id} />
          {a.state === "registered" ? <MakeCopy agencyId={a.agencyId} kind={a.kind} arrivalId={a.id} /> : null}
        </div>
      ) : null}
      {open === "story" ? <Story arrival={a} shown={shown} onShow={onShow} /> : null}
      {open === "history" ? <History id={a.id} /> : null}
    </article>
  );
}

function QueuePlace({ arrival: a }: { arrival: Arrival }) {
  const t = useText().arrival;
  const { data } = useQuery({ ...awaitingQuery(a.agencyId), enabled: a.state === "awaiting" });
  const at = data?.indexOf(a.id) ?? -1;
  return at >= 0 && data ? <span>{t.position(at + 1, data.length)}</span> : null;
}

function LookAlikes({ arrival: a }: { arrival: Arrival }) {
  const t = useText().arrival;
  return (
    <div className={css.pad}>
      <Notice>
        <strong>{t.lookAlike}</strong>
        {a.lookAlikes.map((l) => (
          <div key={l.id}>
            <Link to="/incoming/$id" params={{ id: l.id }}>
              {t.lookAlikeLine(l.arrivalNumber === undefined ? "" : showOrdinal(l.arrivalNumber), l.reference || l.subject)}
            </Link>{" "}
            ({t.why[l.why]})
          </div>
        ))}
      </Notice>
    </div>
  );
}

function Story({ arrival: a, shown, onShow }: SideProps) {
  const t = useText();
  const kinds = useKinds();
  const reasons: Record<string, string> = t.arrival.reasons;
  return (
    <div className={css.scroll}>
      {a.state === "refused" ? (
        <div className={css.pad} style={{ paddingTop: 10 }}>
          <Notice look="stop">
            <strong>{t.arrival.refuseReason}:</strong> {reasons[a.refusedReason] ?? a.refusedReason}
            {a.refusedNote ? ` · ${a.refusedNote}` : ""}
          </Notice>
        </div>
      ) : null}
      <Section title={t.document.files}>
        {a.files.length > 0 ? <FileList files={a.files} shown={shown} onShow={onShow} /> : t.arrival.noMain}
      </Section>
      <SignaturesPanel owner="arrivals" id={a.id} files={a.files} />
      <Section>
        <Facts
          facts={[
            [t.arrival.issuer, a.issuerName],
            [t.arrival.issuerCode, a.issuerCode],
            [t.document.kind, kinds.name(a.kind)],
            [t.document.reference, a.reference],
            a.documentDate && [t.document.documentDate, showDay(a.documentDate)],
            [t.document.signer, [a.signerName, a.signerTitle].filter(Boolean).join(", ")],
            a.dueDate && [t.document.dueDate, <Due key="due" day={a.dueDate} over={a.state === "refused"} />],
            [t.document.agency, a.agencyName],
            [t.arrival.source, `${t.arrival.sources[a.source]} · ${t.arrival.roles[a.role]}`],
            [t.arrival.arrivedAt, showMoment(a.arrivedAt)],
            a.registeredAt && [t.arrival.registeredAt, showMoment(a.registeredAt)],
            [t.arrival.registeredBy, a.registeredBy],
            [t.arrival.registerBook, a.registerName],
            a.refusedAt && [t.arrival.refusedAt, showMoment(a.refusedAt)],
            [t.arrival.refusedBy, a.refusedBy],
            [t.document.note, a.note],
          ]}
        />
      </Section>
      {a.mail ? <MailPart arrival={a} /> : null}
    </div>
  );
}

function MailPart({ arrival: a }: { arrival: Arrival }) {
  const t = useText().arrival;
  if (!a.mail) return null;
  return (
    <Section title={t.mail}>
      <Facts
        facts={[
          [t.mailFrom, `${a.mail.fromName} <${a.mail.fromAddress}>`],
          a.mail.trust && [t.mailTrust, <TrustNote key="trust" trust={a.mail.trust} />],
          a.mail.answers && [t.mailAnswers, <AnsweredLink key="answers" mail={a.mail} />],
          [t.mailSubject, a.mail.subject],
          [t.mailbox, a.mail.mailbox],
          a.mail.sentAt && [t.sentAt, showMoment(a.mail.sentAt)],
        ]}
      />
      {a.mail.bodyText ? <pre className={css.mailBody}>{a.mail.bodyText}</pre> : null}
    </Section>
  );
}

function History({ id }: { id: string }) {
  const query = useInfiniteQuery(arrivalEventsQuery(id));
  return (
    <div className={css.scroll}>
      <div className={css.timeline}>
        <Timeline query={query} />
      </div>
    </div>
  );
}
