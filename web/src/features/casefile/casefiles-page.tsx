import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { compact } from "@/api/pick";
import type { CaseFileSummary } from "@/api/schema";
import { AgencyField } from "@/features/recipient/agency-field";
import { failureOf } from "@/features/session/failure";
import { agenciesOf, useMe } from "@/features/session/me";
import { useText } from "@/text/text";
import { Button, buttonClass } from "@/ui/button";
import { showDay, today } from "@/ui/dates";
import { FilterBar, FilterPick, SearchBox } from "@/ui/filters";
import { showOrdinal } from "@/ui/numbers";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { Table, TwoLines, type Column } from "@/ui/table";
import { Tabs } from "@/ui/tabs";
import { AddLineDialog, ApproveButton, CatalogueTable } from "./catalogue";
import { CaseFileBadge } from "./marks";
import { OpenDialog } from "./open-dialog";
import { caseFilesQuery, catalogueQuery, states, type CaseFileSearch } from "./queries";

// The agency's case files, and the yearly list that they are opened from.
export function CaseFilesPage() {
  const text = useText();
  const t = text.casefile;
  const search = useSearch({ from: "/desk/case-files" });
  const navigate = useNavigate();
  const agencies = agenciesOf(useMe());
  const [agencyId, setAgencyId] = useState(agencies[0]?.id ?? "");
  const [dialog, setDialog] = useState<"open" | "line">();
  const thisYear = Number(today().slice(0, 4));
  const year = search.year ?? thisYear;
  const years = [thisYear + 1, thisYear, thisYear - 1, thisYear - 2, thisYear - 3].map((y) => [String(y), String(y)] as const);
  const list = useQuery(catalogueQuery(agencyId, year)).data;
  const listed = search.tab === "catalogue";
  const waits = list?.items.filter((l) => !l.approvedAt).length ?? 0;
  const set = (change: CaseFileSearch) => void navigate({ to: "/case-files", search: compact({ ...search, ...change }), replace: true });
  return (
    <Page
      title={listed ? t.listTitle(year) : t.title}
      sub={listed && waits > 0 ? t.waitsCount(waits) : undefined}
      acts={
        listed ? (
          <>
            {list && list.items.length > 0
              ? (["xlsx", "pdf"] as const).map((format) => (
                  <a key={format} className={buttonClass()} download href={`/api/agencies/${agencyId}/catalogue/book?year=${year}&format=${format}`}>
                    {format === "xlsx" ? t.download : t.print}
                  </a>
                ))
              : null}
            {list?.mayApprove && waits > 0 ? <ApproveButton list={list} /> : null}
            {list?.mayKeep ? (
              <Button look="primary" onClick={() => setDialog("line")}>
                {t.addLine}
              </Button>
            ) : null}
          </>
        ) : (
          <Button look="primary" onClick={() => setDialog("open")}>
            {t.open}
          </Button>
        )
      }
      bar={
        <>
          <Tabs
            label={t.title}
            value={listed ? "catalogue" : "files"}
            tabs={[
              { value: "files", label: t.files },
              { value: "catalogue", label: t.catalogue },
            ]}
            onChange={(tab) => void navigate({ to: "/case-files", search: tab === "catalogue" ? { tab } : {} })}
          />
          <FilterBar active={Object.keys(search).some((k) => k !== "tab")} onClear={() => void navigate({ to: "/case-files", search: listed ? { tab: "catalogue" } : {} })}>
            {agencies.length > 1 ? <AgencyField label={text.office.registers.agency} value={agencyId} onChange={setAgencyId} /> : null}
            {listed ? null : <SearchBox value={search.q ?? ""} placeholder={t.search} onChange={(q) => set({ q: q || undefined })} />}
            <FilterPick
              label={t.year}
              value={listed ? String(year) : search.year === undefined ? undefined : String(search.year)}
              choices={years}
              onChange={(y) => set({ year: y ? Number(y) : undefined })}
            />
            {listed ? null : (
              <>
                <FilterPick label={t.state} value={search.state} choices={states.map((s) => [s, t.states[s]] as const)} onChange={(state) => set({ state })} />
                <FilterPick label={t.keeper} value={search.mine ? "mine" : undefined} choices={[["mine", t.mine]]} onChange={(mine) => set({ mine: mine ? true : undefined })} />
              </>
            )}
          </FilterBar>
        </>
      }
    >
      {listed ? <CatalogueTable agencyId={agencyId} year={year} /> : <Files search={search} />}
      {dialog === "open" ? (
        <OpenDialog
          agencyId={agencyId}
          year={thisYear}
          onClose={() => setDialog(undefined)}
          onDone={(file) => void navigate({ to: "/case-files/$id", params: { id: file.id } })}
        />
      ) : null}
      {dialog === "line" && list ? <AddLineDialog list={list} onClose={() => setDialog(undefined)} /> : null}
    </Page>
  );
}

function Files({ search }: { search: CaseFileSearch }) {
  const t = useText().casefile;
  const navigate = useNavigate();
  const list = useInfiniteQuery(caseFilesQuery(search));
  const rows = useMemo(() => list.data?.pages.flatMap((p) => p.items), [list.data]);
  const columns: readonly Column<CaseFileSummary>[] = [
    { id: "code", title: t.notation, width: "130px", cell: (f) => <TwoLines title={f.code} top={<strong>{f.notation}</strong>} below={f.year} /> },
    { id: "title", title: t.fileTitle, cell: (f) => <TwoLines title={f.title} top={f.title} below={f.unitName} /> },
    { id: "keeper", title: t.keeper, width: "170px", cell: (f) => f.keeperName },
    { id: "retention", title: t.retention, width: "130px", cell: (f) => t.retentionOf(f.retention) },
    { id: "start", title: t.start, width: "110px", cell: (f) => showDay(f.start) },
    { id: "count", title: t.count, width: "84px", align: "end", cell: (f) => showOrdinal(f.count) },
    { id: "state", title: t.state, width: "190px", cell: (f) => <CaseFileBadge state={f.state} frozen={f.frozen} /> },
  ];
  return (
    <Table
      label={t.title}
      columns={columns}
      rows={rows}
      rowId={(f) => f.id}
      tall
      autoFocus
      onOpen={(f) => void navigate({ to: "/case-files/$id", params: { id: f.id } })}
      look={(f) => (f.state === "destroyed" ? "faint" : undefined)}
      failed={failureOf(list.error)}
      onRetry={() => void list.refetch()}
      hasMore={list.hasNextPage}
      loadingMore={list.isFetchingNextPage}
      onMore={() => void list.fetchNextPage()}
      empty={<EmptyState title={t.empty} hint={t.emptyHint} />}
    />
  );
}
