import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { useState } from "react";
import type { Circuit, Document } from "@/api/schema";
import { InCaseFiles } from "@/features/casefile/put-button";
import { CopyNote, MakeCopy } from "@/features/copy/copies";
import { FileReader } from "@/features/document/file-reader";
import { FileList, Sha } from "@/features/document/file-list";
import { firstFile, mainFile } from "@/features/document/files";
import { useKinds } from "@/features/document/kinds";
import { DocumentBadge, Due, UrgencyMark } from "@/features/document/marks";
import { Timeline } from "@/features/document/timeline";
import { lastNote } from "@/features/document/told";
import { useAgencyName } from "@/features/recipient/names";
import { certificatesQuery } from "@/features/signing/queries";
import { PlacesDialog } from "@/features/signing/places-dialog";
import { SignaturesPanel } from "@/features/signing/signatures-panel";
import { useText, type Text } from "@/text/text";
import { Count } from "@/ui/badge";
import { Button, buttonClass } from "@/ui/button";
import { showDay, showMoment } from "@/ui/dates";
import { Facts, Section } from "@/ui/page";
import { Split } from "@/ui/split";
import { Bone, Notice } from "@/ui/states";
import { LoadFailed } from "@/features/session/load-failed";
import { Tabs } from "@/ui/tabs";
import { ChangedSince } from "@/features/circuit/changed-since";
import { CircuitTab } from "@/features/circuit/circuit-tab";
import { CircuitStrip } from "@/features/circuit/circuit-strip";
import { SignerBlock } from "@/features/circuit/signer-block";
import { awaitedNames } from "@/features/circuit/standing";
import { circuitQuery, useOpened } from "@/features/circuit/queries";
import { ActDialog, type Direct, type DraftAct } from "./act-dialogs";
import { AfterIssue } from "./after-issue";
import { DeliveriesTable } from "./deliveries-table";
import { EarlierFiles } from "./earlier-files";
import css from "@/features/document/side.module.css";
import { documentEventsQuery, documentQuery } from "./queries";

export function DocumentPage() {
  const t = useText();
  const { id } = useParams({ from: "/desk/outgoing/$id" });
  const { data, error, refetch } = useQuery(documentQuery(id));
  const [shown, setShown] = useState<string>();
  if (error && !data) return <LoadFailed error={error} onRetry={() => void refetch()} />;
  if (!data) {
    return (
      <div className={css.head}>
        <Bone width="30%" />
        <Bone width="70%" />
      </div>
    );
  }
  const file = shown ?? firstFile(data.files)?.sha256;
  return (
    <Split
      name="document"
      label={t.parts.pdf.viewer}
      share={46}
      left={<DocumentSide document={data} shown={file} onShow={setShown} />}
      right={<FileReader owner={{ type: "documents", id }} files={data.files} shown={file} onShow={setShown} />}
    />
  );
}

interface SideProps {
  document: Document;
  shown: string | undefined;
  onShow: (sha256: string) => void;
}

function DocumentSide({ document: d, shown, onShow }: SideProps) {
  const t = useText();
  const kinds = useKinds();
  useOpened(d);
  const { tab = "story" } = useSearch({ from: "/desk/outgoing/$id" });
  const navigate = useNavigate();
  return (
    <article className={css.side}>
      <div className={css.head}>
        <div className={css.crumb}>
          <Link to="/outgoing">
            <ChevronLeft size={14} /> {t.document.outgoing}
          </Link>
        </div>
        <div className={css.line}>
          {d.reference ? <span className={css.reference}>{d.reference}</span> : null}
          <span>{kinds.name(d.kind)}</span>
          <UrgencyMark urgency={d.urgency} />
          <DocumentBadge state={d.state} sentBack={d.sentBackReason !== ""} />
        </div>
        <h1 className={css.subject} title={d.subject}>
          {d.subject || t.document.noSubject}
        </h1>
      </div>
      <Asked document={d} />
      <CircuitStrip document={d} />
      <AfterIssue document={d} />
      {d.state === "draft" && d.sentBackReason ? (
        <div className={css.pad} style={{ paddingTop: 10 }}>
          <Notice>
            <strong>{t.document.sentBack}:</strong> {d.sentBackReason}
          </Notice>
        </div>
      ) : null}
      <Tabs
        label={t.document.story}
        value={tab}
        tabs={[
          { value: "story", label: t.document.story },
          { value: "circuit", label: t.circuit.title },
          { value: "recipients", label: t.recipient.title, count: <Count value={d.recipientCount} /> },
          { value: "history", label: t.document.history },
        ]}
        onChange={(next) =>
          void navigate({ to: "/outgoing/$id", params: { id: d.id }, search: next === "story" ? {} : { tab: next }, replace: true })
        }
      />
      {tab === "story" ? <Story document={d} shown={shown} onShow={onShow} /> : null}
      {tab === "circuit" ? <CircuitTab document={d} /> : null}
      {tab === "recipients" ? <Recipients document={d} /> : null}
      {tab === "history" ? <History id={d.id} /> : null}
    </article>
  );
}

const answers = ["review", "initial", "check_layout", "give_opinion"] as const;
const forward: ReadonlySet<DraftAct> = new Set(["submit", "approve", "sign", "number", "seal", "issue", ...answers]);
const order: readonly (Direct | "edit")[] = ["sign", "seal", "issue", "number", "approve", "initial_sign", ...answers, "submit", "edit", "send_back", "withdraw", "reopen", "discard"];

// What is asked of me, and the acts that the server allows me.
function Asked({ document: d }: { document: Document }) {
  const t = useText().document;
  const [act, setAct] = useState<Direct>();
  const circuit = useQuery({ ...circuitQuery(d.id), enabled: d.state === "submitted" }).data;
  const steps = useText().circuit.steps;
  const acts = useOffered(d);
  // A signed document gets its number and its seal before it goes out.
  const first = d.state === "signed" ? (["seal", "number"] as const).find((a) => acts.includes(a)) : undefined;
  const lead = first ?? acts.find((a) => a === "initial_sign" || forward.has(a));
  // The dialog stays in its place when its own act leaves nothing to do: it still says what came of it.
  return (
    <>
      {acts.length > 0 ? (
        <div className={css.asked}>
          <p>
            {told(d, t, circuit, steps)}
            {d.actions.includes("approve") ? <SubmissionNote id={d.id} /> : null}
            {d.state === "submitted" ? <ChangedSince document={d} /> : null}
          </p>
          {acts.map((a) =>
            a === "edit" ? (
              <Link key={a} to="/outgoing/$id/edit" params={{ id: d.id }} className={buttonClass()}>
                {t.actions.edit}
              </Link>
            ) : (
              <Button
                key={a}
                look={a === lead ? "primary" : a === "discard" || a === "send_back" ? "danger" : "normal"}
                onClick={() => setAct(a)}
              >
                {t.actions[a]}
              </Button>
            ),
          )}
        </div>
      ) : null}
      {act ? <ActDialog act={act} document={d} onClose={() => setAct(undefined)} /> : null}
    </>
  );
}

// Who has a certificate of their own may initial a PDF with it.
function useOffered(d: Document): (Direct | "edit")[] {
  const signable = d.actions.includes("initial") && mainFile(d.files)?.mediaType === "application/pdf";
  const certificates = useQuery({ ...certificatesQuery, enabled: signable }).data?.items;
  return order.filter((a) => (a === "initial_sign" ? signable && !!certificates?.length : d.actions.includes(a)));
}

// What the author wrote to the one who decides stands where it is decided.
function SubmissionNote({ id }: { id: string }) {
  const t = useText().document;
  const { data } = useInfiniteQuery(documentEventsQuery(id));
  const note = lastNote(data?.pages.flatMap((p) => p.items) ?? [], "submitted");
  return note ? (
    <span className={css.submission}>
      <strong>{t.noteToApprover}:</strong> {note}
    </span>
  ) : null;
}

// Where the document stands, as the person before it needs to hear it.
function told(d: Document, t: Text["document"], circuit: Circuit | undefined, steps: Text["circuit"]["steps"]): string {
  if (d.state === "submitted") {
    if (d.actions.includes("approve")) return t.stands.forYou;
    const asked = answers.find((a) => d.actions.includes(a));
    if (asked) return t.stands[asked];
    const step = circuit?.steps[circuit.current];
    if (step && step.kind !== "approve") return t.stands.waits(awaitedNames(step), steps[step.kind]);
    return t.stands.submitted(d.approverName ?? "");
  }
  if (d.actions.includes("sign")) return t.stands.forSignature;
  if (d.actions.includes("seal")) return t.stands.forSeal;
  return d.state === "signed" || d.state === "draft" || d.state === "approved" || d.state === "numbered" ? t.stands[d.state] : "";
}

function Story({ document: d, shown, onShow }: SideProps) {
  const t = useText().document;
  const kinds = useKinds();
  const main = d.files.find((f) => f.role === "main");
  return (
    <div className={css.scroll}>
      <Section title={t.files} aside={<PlacesButton document={d} />}>
        <FileList files={d.files} shown={shown} onShow={onShow} />
        {d.approvedSha256 && main?.sha256 === d.approvedSha256 ? (
          <Facts facts={[[t.approvedBytes, <Sha key="sha" value={d.approvedSha256} />]]} />
        ) : null}
      </Section>
      <SignaturesPanel owner="documents" id={d.id} files={d.files} />
      <Section>
        <Facts
          facts={[
            [t.kind, kinds.name(d.kind)],
            [t.reference, d.reference],
            d.documentDate && [t.documentDate, showDay(d.documentDate)],
            d.dueDate && [t.dueDate, <Due key="due" day={d.dueDate} over={d.state === "issued"} />],
            [t.agency, d.agencyName],
            [t.unit, d.unitName],
            [t.author, d.authorName],
            [t.approver, d.approverName],
            [t.signer, d.signerName && [d.signerName, d.signerTitle].filter(Boolean).join(", ")],
            [t.signerBlock, d.signerBlock && <SignerBlock key="block" lines={d.signerBlock} />],
            [t.created, showMoment(d.createdAt)],
            d.submittedAt && [t.submittedAt, showMoment(d.submittedAt)],
            d.approvedAt && [t.approvedAt, showMoment(d.approvedAt)],
            d.numberedAt && [t.numberedAt, showMoment(d.numberedAt)],
            d.issuedAt && [t.issuedAt, showMoment(d.issuedAt)],
            [t.note, d.note],
          ]}
        />
      </Section>
      {d.state === "issued" || d.state === "voided" || d.state === "recalled" ? <InCaseFiles agencyId={d.agencyId} documentId={d.id} /> : null}
      <CopyNote document={d} />
      {d.state === "issued" ? <MakeCopy agencyId={d.agencyId} kind={d.kind} documentId={d.id} /> : null}
      <EarlierFiles document={d} />
    </div>
  );
}

// Until somebody signs, the places of signatures can be looked at and moved.
function PlacesButton({ document: d }: { document: Document }) {
  const t = useText().signing.places;
  const [open, setOpen] = useState(false);
  const unsigned = d.state === "draft" || d.state === "submitted" || d.state === "approved";
  if (!unsigned || mainFile(d.files)?.mediaType !== "application/pdf") return null;
  return (
    <>
      <Button small onClick={() => setOpen(true)}>
        {t.open}
      </Button>
      {open ? <PlacesDialog document={d} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function Recipients({ document: d }: { document: Document }) {
  const t = useText().recipient;
  const nameOf = useAgencyName();
  if (d.state === "issued" || d.state === "voided" || d.state === "recalled") return <DeliveriesTable document={d} />;
  return (
    <div className={css.scroll}>
      <div className={css.recipients}>
        <p>{d.recipients.length > 0 ? t.notIssued : t.none}</p>
        <ul>
          {d.recipients.map((r) => (
            <li key={`${r.agencyId ?? ""}${r.unitId ?? ""}${r.positionId ?? ""}${r.name}`}>
              <span>{r.type === "agency" ? nameOf(r.agencyId, r.name) : r.name}</span>
              <small>
                {t.roles[r.role]}
                {r.channel ? ` · ${t.channels[r.channel]}` : ""}
              </small>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function History({ id }: { id: string }) {
  const query = useInfiniteQuery(documentEventsQuery(id));
  return (
    <div className={css.scroll}>
      <div className={css.timeline}>
        <Timeline query={query} />
      </div>
    </div>
  );
}
