import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { LineSummary, LineView } from "@/api/schema";
import { useKinds } from "@/features/document/kinds";
import { Due, SubjectCell } from "@/features/document/marks";
import { briefAgency, hasRole, useMe } from "@/features/session/me";
import { countOf, type Expected } from "@/features/work/groups";
import { workQuery } from "@/features/work/queries";
import { useText } from "@/text/text";
import { Badge, Count } from "@/ui/badge";
import { buttonClass } from "@/ui/button";
import { showBrief, today } from "@/ui/dates";
import { showOrdinal } from "@/ui/numbers";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { Table, TwoLines, type Column } from "@/ui/table";
import { Tabs } from "@/ui/tabs";
import css from "./direction.module.css";
import { useForwardMany } from "./use-forward-many";
import { lateQuery, linesQuery, lineViews } from "./queries";

// Work by due date: mine, my unit's, what I gave, what is late and with whom.
export function LinesPage() {
  const t = useText().direction;
  const me = useMe();
  const search = useSearch({ from: "/desk/work" });
  const view = search.view ?? "todo";
  const navigate = useNavigate();
  const list = useInfiniteQuery(linesQuery(search));
  const rows = useMemo(() => list.data?.pages.flatMap((p) => p.items), [list.data]);
  const many = useForwardMany();
  const views = lineViews.filter((v) => v !== "to_give" || hasRole(me, "clerk"));
  return (
    <Page
      title={t.lists}
      acts={view === "to_give" ? many.button : undefined}
      bar={
        <>
          <Tabs
            label={t.lists}
            value={view}
            tabs={views.map((v) => ({ value: v, label: t.viewNames[v], count: <TabCount view={v} /> }))}
            onChange={(next) => void navigate({ to: "/work", search: { view: next } })}
          />
          {view === "late" ? <LateBy chosen={search.holderId} /> : null}
        </>
      }
    >
      <Table
        label={t.viewNames[view]}
        columns={useColumns()}
        rows={rows}
        rowId={(l) => (view === "to_give" ? l.arrivalId : l.id)}
        selection={view === "to_give" ? many.selection : undefined}
        autoFocus
        tall
        onOpen={(l) => void navigate({ to: "/incoming/$id", params: { id: l.arrivalId } })}
        look={(l) => (l.read ? undefined : "strong")}
        failed={list.isError}
        onRetry={() => void list.refetch()}
        hasMore={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
        empty={<EmptyState title={t.empty} />}
      />
      {many.dialog((rows ?? []).map((l) => ({ arrivalId: l.arrivalId, agencyId: l.agencyId, name: l.reference || l.subject })))}
    </Page>
  );
}

// What waits, by the same count as the work list and its badge.
function TabCount({ view }: { view: LineView }) {
  const work = useQuery(workQuery).data;
  const of: Partial<Record<LineView, readonly Expected[]>> = {
    todo: ["mine", "direct", "to_give"],
    mine: ["mine"],
    direct: ["direct"],
    unit: ["unit"],
    to_give: ["to_give"],
  };
  const n = countOf(work, ...(of[view] ?? []));
  return n > 0 ? <Count value={n} /> : null;
}

// Who is late, by unit and person; one press shows exactly what was counted.
function LateBy({ chosen }: { chosen: string | undefined }) {
  const t = useText().direction;
  const counts = useQuery(lateQuery).data ?? [];
  return (
    <nav className={css.late} aria-label={t.lateBy}>
      {counts.map((n) => (
        <Link
          key={n.holderId}
          to="/work"
          search={{ view: "late", holderId: n.holderId === chosen ? undefined : n.holderId }}
          className={buttonClass(n.holderId === chosen ? "primary" : "normal", true)}
        >
          {n.name}: {t.lateLine(n.late)}
        </Link>
      ))}
    </nav>
  );
}

function useColumns(): readonly Column<LineSummary>[] {
  const t = useText();
  const kinds = useKinds();
  const now = today();
  return [
    {
      id: "number",
      title: t.arrival.arrivalNumber,
      width: "92px",
      cell: (l) => (
        <TwoLines top={l.arrivalNumber === undefined ? "" : <strong>{showOrdinal(l.arrivalNumber)}</strong>} below={showBrief(l.createdAt, now)} />
      ),
    },
    {
      id: "subject",
      title: t.document.kindAndSubject,
      cell: (l) => <SubjectCell kind={kinds.name(l.kind)} subject={l.subject} urgency={l.urgency} />,
    },
    {
      id: "issuer",
      title: t.arrival.issuer,
      width: "180px",
      cell: (l) => <TwoLines title={l.issuerName} top={briefAgency(l.issuerName)} below={l.reference} />,
    },
    {
      id: "holder",
      title: t.direction.holderColumn,
      width: "190px",
      cell: (l) => <TwoLines top={l.holderName || t.direction.agencyLine} below={l.giverName ? t.direction.from(l.giverName) : ""} />,
    },
    { id: "due", title: t.document.dueDate, width: "96px", cell: (l) => <Due stacked day={l.dueDate} over={false} /> },
    {
      id: "state",
      title: t.document.state,
      width: "130px",
      cell: (l) => (
        <Badge tone={l.givenBack ? "late" : "accent"}>
          {l.givenBack
            ? t.direction.givenBack
            : l.started && l.state === "open"
              ? t.direction.started
              : (t.arrival.lineStates[l.state as keyof typeof t.arrival.lineStates] ?? l.state)}
        </Badge>
      ),
    },
  ];
}
