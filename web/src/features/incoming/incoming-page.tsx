import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useRef } from "react";
import { compact, filtered } from "@/api/pick";
import type { ArrivalSummary } from "@/api/schema";
import { useKinds } from "@/features/document/kinds";
import { ArrivalBadge, Due, SubjectCell } from "@/features/document/marks";
import { useForwardMany } from "@/features/direction/use-forward-many";
import { failureOf } from "@/features/session/failure";
import { agenciesOf, briefAgency, useMe } from "@/features/session/me";
import { useText } from "@/text/text";
import { showBrief, showDay, today } from "@/ui/dates";
import { FilterBar, FilterDays, FilterPick, SearchBox } from "@/ui/filters";
import { showOrdinal } from "@/ui/numbers";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { Table, TwoLines, type Column } from "@/ui/table";
import { arrivalsQuery } from "./queries";
import { arrivalStates, sources, urgencies, type IncomingSearch } from "./search";

export function IncomingPage() {
  const t = useText().arrival;
  const search = useSearch({ from: "/desk/incoming" });
  const navigate = useNavigate();
  const list = useInfiniteQuery(arrivalsQuery(search));
  const rows = useMemo(() => list.data?.pages.flatMap((p) => p.items), [list.data]);
  const find = useRef<HTMLInputElement>(null);
  const columns = useColumns();
  const many = useForwardMany();
  return (
    <Page title={t.title} acts={many.button} bar={<Filters search={search} find={find} />}>
      <Table
        label={t.title}
        columns={columns}
        rows={rows}
        rowId={(a) => a.id}
        autoFocus
        tall
        onOpen={(a) => void navigate({ to: "/incoming/$id", params: { id: a.id } })}
        look={(a) => (a.state === "refused" ? "faint" : a.read ? undefined : "strong")}
        failed={failureOf(list.error)}
        onRetry={() => void list.refetch()}
        hasMore={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
        onFind={() => find.current?.focus()}
        selection={many.selection}
        empty={<Empty search={search} />}
      />
      {many.dialog((rows ?? []).map((a) => ({ arrivalId: a.id, agencyId: a.agencyId, name: a.reference || a.subject })))}
    </Page>
  );
}

// A queue that is done is a good thing, not a search that failed.
function Empty({ search }: { search: IncomingSearch }) {
  const t = useText();
  if (!filtered(search)) return <EmptyState title={t.arrival.empty} hint={t.arrival.emptyHint} />;
  if (search.state === "awaiting" && Object.keys(search).length === 1) {
    return <EmptyState title={t.arrival.allDone} hint={t.work.nothingHint} />;
  }
  return <EmptyState filtered />;
}

function useColumns(): readonly Column<ArrivalSummary>[] {
  const t = useText();
  const kinds = useKinds();
  const several = agenciesOf(useMe()).length > 1;
  const now = today();
  return [
    {
      id: "number",
      title: t.arrival.arrivalNumber,
      width: "92px",
      cell: (a) => (
        <TwoLines
          top={a.arrivalNumber === undefined ? "" : <strong>{showOrdinal(a.arrivalNumber)}</strong>}
          below={showBrief(a.arrivedAt, now)}
        />
      ),
    },
    {
      id: "reference",
      title: t.document.reference,
      width: "130px",
      cell: (a) => <TwoLines title={a.reference} top={a.reference} below={a.documentDate ? showDay(a.documentDate) : ""} />,
    },
    {
      id: "subject",
      title: t.document.kindAndSubject,
      cell: (a) => <SubjectCell kind={kinds.name(a.kind)} subject={a.subject} urgency={a.urgency} />,
    },
    {
      id: "issuer",
      title: t.arrival.issuer,
      width: "196px",
      cell: (a) => (
        <TwoLines title={a.issuerName} top={briefAgency(a.issuerName)} below={several ? `→ ${briefAgency(a.agencyName)}` : ""} />
      ),
    },
    {
      id: "due",
      title: t.document.dueDate,
      width: "92px",
      cell: (a) => <Due stacked day={a.dueDate} over={a.state === "refused"} />,
    },
    {
      id: "source",
      title: t.arrival.source,
      width: "110px",
      cell: (a) => <TwoLines top={t.arrival.sources[a.source]} below={a.fileCount > 0 ? t.arrival.files(a.fileCount) : ""} />,
    },
    { id: "state", title: t.document.state, width: "124px", cell: (a) => <ArrivalBadge state={a.state} /> },
  ];
}

function Filters({ search, find }: { search: IncomingSearch; find: React.RefObject<HTMLInputElement | null> }) {
  const t = useText();
  const kinds = useKinds();
  const agencies = agenciesOf(useMe());
  const navigate = useNavigate();
  const set = (change: IncomingSearch) =>
    void navigate({ to: "/incoming", search: compact({ ...search, ...change }), replace: true });
  return (
    <FilterBar active={filtered(search)} onClear={() => void navigate({ to: "/incoming", search: {} })}>
      <SearchBox ref={find} value={search.q ?? ""} placeholder={t.arrival.find} onChange={(q) => set({ q: q || undefined })} />
      <FilterPick
        label={t.document.state}
        value={search.state}
        choices={arrivalStates.map((s) => [s, t.arrival.states[s]] as const)}
        onChange={(state) => set({ state })}
      />
      <FilterPick
        label={t.arrival.source}
        value={search.source}
        choices={sources.map((s) => [s, t.arrival.sources[s]] as const)}
        onChange={(source) => set({ source })}
      />
      <FilterPick
        label={t.document.kind}
        value={search.kind}
        choices={kinds.all.map((k) => [k.code, kinds.name(k.code)] as const)}
        onChange={(kind) => set({ kind })}
      />
      <FilterPick
        label={t.document.urgency}
        value={search.urgency}
        choices={urgencies.map((u) => [u, t.document.urgencies[u]] as const)}
        onChange={(urgency) => set({ urgency })}
      />
      {agencies.length > 1 ? (
        <FilterPick
          label={t.document.agency}
          value={search.agencyId}
          choices={agencies.map((a) => [a.id, a.name] as const)}
          onChange={(agencyId) => set({ agencyId })}
        />
      ) : null}
      <FilterPick
        label={t.arrival.followed}
        value={search.followed ? "followed" : undefined}
        choices={[["followed", t.arrival.followed]]}
        onChange={(followed) => set({ followed: followed ? true : undefined })}
      />
      <FilterDays from={search.from} until={search.until} onChange={(days) => set({ from: days.from, until: days.until })} />
    </FilterBar>
  );
}
