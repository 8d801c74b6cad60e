import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { CaseFile, CaseFileLying } from "@/api/schema";
import { useKinds } from "@/features/document/kinds";
import { SubjectCell } from "@/features/document/marks";
import { Timeline } from "@/features/document/timeline";
import { useCommand } from "@/features/session/command";
import { LoadFailed } from "@/features/session/load-failed";
import { FormProblem } from "@/features/session/problem-note";
import { briefAgency } from "@/features/session/me";
import { useText } from "@/text/text";
import { Button, buttonClass } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm";
import { showDay, showMoment } from "@/ui/dates";
import { Facts, Page, Section } from "@/ui/page";
import { Bone, EmptyState, Notice } from "@/ui/states";
import { Table, TwoLines, type Column } from "@/ui/table";
import { Tabs } from "@/ui/tabs";
import css from "@/features/document/side.module.css";
import { ActDialog, type DirectAct } from "./act-dialog";
import { CaseFileBadge } from "./marks";
import { caseFileEventsQuery, caseFileQuery } from "./queries";

type Tab = "contents" | "facts" | "history";

const order: readonly DirectAct[] = ["edit", "hand_over", "freeze", "release", "reopen", "destroy", "close"];

export function CaseFilePage() {
  const { id } = useParams({ from: "/desk/case-files/$id" });
  const { data, error, refetch } = useQuery(caseFileQuery(id));
  if (error && !data) return <LoadFailed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Bone width="60%" />;
  return <Whole key={id} file={data} />;
}

function Whole({ file: f }: { file: CaseFile }) {
  const t = useText().casefile;
  const [tab, setTab] = useState<Tab>("contents");
  const [act, setAct] = useState<DirectAct>();
  const acts = order.filter((a) => f.acts.includes(a));
  return (
    <Page
      title={f.title}
      sub={
        <span>
          <Link to="/case-files">
            <ChevronLeft size={14} /> {t.title}
          </Link>{" "}
          · {f.code} · {t.retentionOf(f.retention)} <CaseFileBadge state={f.state} frozen={f.frozen} />
        </span>
      }
      acts={
        <>
          {acts.map((a) => (
            <Button key={a} small look={a === "close" ? "primary" : a === "destroy" ? "danger" : "normal"} onClick={() => setAct(a)}>
              {t.acts[a]}
            </Button>
          ))}
        </>
      }
      bar={
        <>
          <Tabs
            label={f.title}
            value={tab}
            tabs={(["contents", "facts", "history"] as const).map((v) => ({ value: v, label: t[v] }))}
            onChange={setTab}
          />
          {f.frozenReason ? (
            <div className={css.pad}>
              <Notice>{t.frozenBecause(f.frozenReason)}</Notice>
            </div>
          ) : null}
          {f.state === "destroyed" ? (
            <div className={css.pad}>
              <Notice look="stop">{t.destroyedStub}</Notice>
            </div>
          ) : null}
        </>
      }
    >
      {tab === "contents" ? <Contents file={f} /> : null}
      {tab === "facts" ? <FactsOf file={f} /> : null}
      {tab === "history" ? <History id={f.id} /> : null}
      {act ? <ActDialog file={f} act={act} onClose={() => setAct(undefined)} /> : null}
    </Page>
  );
}

function Contents({ file: f }: { file: CaseFile }) {
  const text = useText();
  const t = text.casefile;
  const kinds = useKinds();
  const navigate = useNavigate();
  const [removing, setRemoving] = useState<CaseFileLying>();
  const columns: readonly Column<CaseFileLying>[] = [
    { id: "ordinal", title: t.ordinal, width: "56px", align: "end", cell: (l) => l.ordinal },
    { id: "day", title: t.day, width: "100px", cell: (l) => showDay(l.day) },
    { id: "reference", title: t.reference, width: "140px", cell: (l) => (l.document ?? l.arrival)?.reference },
    {
      id: "subject",
      title: t.subject,
      cell: (l) => {
        const d = l.document ?? l.arrival;
        return d ? <SubjectCell kind={kinds.name(d.kind)} subject={d.subject} urgency={d.urgency} /> : null;
      },
    },
    { id: "from", title: t.from, width: "180px", cell: (l) => briefAgency(l.arrival ? l.arrival.issuerName : (l.document?.agencyName ?? "")) },
    { id: "added", title: t.addedBy, width: "150px", cell: (l) => <TwoLines top={l.addedBy} below={showMoment(l.addedAt)} /> },
    {
      id: "remove",
      title: "",
      width: "76px",
      cell: (l) =>
        f.acts.includes("fill") ? (
          <Button
            small
            look="plain"
            onClick={(e) => {
              e.stopPropagation();
              setRemoving(l);
            }}
          >
            {t.remove}
          </Button>
        ) : null,
    },
  ];
  return (
    <>
      <Table
        label={t.contents}
        columns={columns}
        rows={f.contents}
        rowId={(l) => l.document?.id ?? l.arrival?.id ?? String(l.ordinal)}
        tall
        autoFocus
        onOpen={(l) => {
          if (l.document) void navigate({ to: "/outgoing/$id", params: { id: l.document.id }, search: {} });
          else if (l.arrival) void navigate({ to: "/incoming/$id", params: { id: l.arrival.id } });
        }}
        empty={<EmptyState title={t.nothingInside} hint={t.nothingHint} />}
      />
      {removing ? <RemoveDialog file={f} lying={removing} onClose={() => setRemoving(undefined)} /> : null}
    </>
  );
}

function RemoveDialog({ file: f, lying: l, onClose }: { file: CaseFile; lying: CaseFileLying; onClose: () => void }) {
  const t = useText().casefile;
  const run = useCommand({
    agencyId: f.agencyId,
    spoils: [["casefiles"]],
    run: (reason: string, header) =>
      value(
        client.POST("/api/casefiles/{id}/remove", {
          params: { path: { id: f.id }, header },
          body: { documentId: l.document?.id, arrivalId: l.arrival?.id, reason },
        }),
      ),
    said: () => t.removed,
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={t.removeTitle}
      action={t.remove}
      danger
      reason="needed"
      maxLength={500}
      busy={run.isPending}
      problem={<FormProblem error={run.error} />}
      onClose={onClose}
      onConfirm={(reason) => run.mutate(reason)}
    >
      <p>{(l.document ?? l.arrival)?.subject}</p>
    </ConfirmDialog>
  );
}

function FactsOf({ file: f }: { file: CaseFile }) {
  const t = useText().casefile;
  return (
    <div className={css.scroll}>
      <Section>
        <Facts
          facts={[
            [t.code, f.code],
            [t.fileTitle, f.title],
            [t.retention, t.retentionOf(f.retention)],
            [t.rights, t.rightsOf[f.rights]],
            [t.unit, f.unitName],
            [t.creator, f.creatorName],
            [t.keeper, f.keeperName],
            [t.start, showDay(f.start)],
            f.end && [t.end, showDay(f.end)],
            [t.closedBy, f.closedBy],
            f.keptUntil && [t.keptUntil, showDay(f.keptUntil)],
            f.transferDue && [t.transferDue, showDay(f.transferDue)],
            f.destroyedAt && [t.destroyedAt, showMoment(f.destroyedAt)],
            [t.decision, f.decision],
            [t.description, f.description],
          ]}
        />
      </Section>
      <Section title={t.export}>
        {(["pdf", "xml", "zip"] as const).map((format) => (
          <a key={format} className={buttonClass()} style={{ marginRight: 8 }} download href={`/api/casefiles/${f.id}/export?format=${format}`}>
            {t.exports[format]}
          </a>
        ))}
      </Section>
    </div>
  );
}

function History({ id }: { id: string }) {
  const query = useInfiniteQuery(caseFileEventsQuery(id));
  return (
    <div className={css.scroll}>
      <div className={css.timeline}>
        <Timeline query={query} />
      </div>
    </div>
  );
}
