import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useRef } from "react";
import { compact, filtered } from "@/api/pick";
import type { DocumentSummary } from "@/api/schema";
import { useKinds } from "@/features/document/kinds";
import { DocumentBadge, Due, Progress, SubjectCell } from "@/features/document/marks";
import { failureOf } from "@/features/session/failure";
import { agenciesOf, briefAgency, useMe } from "@/features/session/me";
import { useText } from "@/text/text";
import { showBrief, showDay, today } from "@/ui/dates";
import { FilterBar, FilterDays, FilterPick, SearchBox } from "@/ui/filters";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { Table, TwoLines, type Column } from "@/ui/table";
import { documentsQuery } from "./queries";
import { documentStates, urgencies, type OutgoingSearch } from "./search";

export function OutgoingPage() {
  const t = useText();
  const search = useSearch({ from: "/desk/outgoing" });
  const navigate = useNavigate();
  const list = useInfiniteQuery(documentsQuery(search));
  const rows = useMemo(() => list.data?.pages.flatMap((p) => p.items), [list.data]);
  const find = useRef<HTMLInputElement>(null);
  const columns = useColumns();
  return (
    <Page title={t.document.outgoing} bar={<Filters search={search} find={find} />}>
      <Table
        label={t.document.outgoing}
        columns={columns}
        rows={rows}
        rowId={(d) => d.id}
        autoFocus
        tall
        onOpen={(d) => void navigate({ to: "/outgoing/$id", params: { id: d.id } })}
        look={(d) => (d.state === "discarded" || d.state === "voided" ? "faint" : undefined)}
        failed={failureOf(list.error)}
        onRetry={() => void list.refetch()}
        hasMore={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
        onFind={() => find.current?.focus()}
        empty={
          myDrafts(search) ? (
            <EmptyState title={t.document.noDrafts} hint={t.document.noDraftsHint} />
          ) : filtered(search) ? (
            <EmptyState filtered />
          ) : (
            <EmptyState title={t.document.empty} hint={t.document.emptyHint} />
          )
        }
      />
    </Page>
  );
}

// The menu's own list is not a search that found nothing.
function myDrafts({ state, mine, ...rest }: OutgoingSearch): boolean {
  return mine === true && state?.length === 1 && state[0] === "draft" && Object.keys(rest).length === 0;
}

function useColumns(): readonly Column<DocumentSummary>[] {
  const t = useText().document;
  const kinds = useKinds();
  const several = agenciesOf(useMe()).length > 1;
  const now = today();
  return [
    {
      id: "reference",
      title: t.reference,
      width: "150px",
      cell: (d) => (
        <TwoLines title={d.reference} top={<strong>{d.reference}</strong>} below={d.documentDate ? showDay(d.documentDate) : ""} />
      ),
    },
    { id: "subject", title: t.kindAndSubject, cell: (d) => <SubjectCell kind={kinds.name(d.kind)} subject={d.subject} urgency={d.urgency} /> },
    {
      id: "author",
      title: t.author,
      width: "170px",
      cell: (d) => <TwoLines title={d.agencyName} top={d.authorName} below={several ? briefAgency(d.agencyName) : ""} />,
    },
    { id: "due", title: t.dueDate, width: "92px", cell: (d) => <Due stacked day={d.dueDate} over={d.state === "issued"} /> },
    {
      id: "state",
      title: t.state,
      width: "126px",
      cell: (d) => <DocumentBadge state={d.state} sentBack={d.sentBack} short />,
    },
    { id: "progress", title: t.progress, width: "164px", cell: (d) => <Progress counts={d.deliveries} /> },
    { id: "updated", title: t.updated, width: "84px", align: "end", cell: (d) => showBrief(d.updatedAt, now) },
  ];
}

function Filters({ search, find }: { search: OutgoingSearch; find: React.RefObject<HTMLInputElement | null> }) {
  const t = useText().document;
  const kinds = useKinds();
  const agencies = agenciesOf(useMe());
  const navigate = useNavigate();
  const set = (change: OutgoingSearch) =>
    void navigate({ to: "/outgoing", search: compact({ ...search, ...change }), replace: true });
  return (
    <FilterBar active={filtered(search)} onClear={() => void navigate({ to: "/outgoing", search: {} })}>
      <SearchBox ref={find} value={search.q ?? ""} placeholder={t.find} onChange={(q) => set({ q: q || undefined })} />
      <FilterPick
        label={t.state}
        value={search.state?.[0]}
        choices={documentStates.filter((s) => s !== "signed").map((s) => [s, t.statesShort[s]] as const)}
        onChange={(s) => set({ state: s ? [s] : undefined })}
      />
      <FilterPick
        label={t.kind}
        value={search.kind}
        choices={kinds.all.map((k) => [k.code, kinds.name(k.code)] as const)}
        onChange={(kind) => set({ kind })}
      />
      <FilterPick
        label={t.urgency}
        value={search.urgency}
        choices={urgencies.map((u) => [u, t.urgencies[u]] as const)}
        onChange={(urgency) => set({ urgency })}
      />
      {agencies.length > 1 ? (
        <FilterPick
          label={t.agency}
          value={search.agencyId}
          choices={agencies.map((a) => [a.id, a.name] as const)}
          onChange={(agencyId) => set({ agencyId })}
        />
      ) : null}
      <FilterPick
        label={t.author}
        value={search.mine ? "mine" : undefined}
        choices={[["mine", t.mine]]}
        onChange={(mine) => set({ mine: mine ? true : undefined })}
      />
      {search.refusedSince ? (
        <FilterPick
          label={t.refusedSince}
          value={search.refusedSince}
          choices={[[search.refusedSince, t.refusedFrom(showDay(search.refusedSince))]]}
          onChange={(refusedSince) => set({ refusedSince })}
        />
      ) : null}
      <FilterDays from={search.from} until={search.until} onChange={(days) => set({ from: days.from, until: days.until })} />
    </FilterBar>
  );
}
