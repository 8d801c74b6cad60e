import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { compact, filtered } from "@/api/pick";
import type { Agency } from "@/api/schema";
import { failureOf } from "@/features/session/failure";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { today } from "@/ui/dates";
import { FilterBar, FilterPick, SearchBox } from "@/ui/filters";
import { Page } from "@/ui/page";
import { Split } from "@/ui/split";
import { EmptyState } from "@/ui/states";
import { Table, type Column } from "@/ui/table";
import { AgencyDialog } from "./agency-dialog";
import { AgencyPanel } from "./agency-panel";
import { agenciesQuery, levels, type AgencySearch } from "./queries";

export function AgenciesPage() {
  const t = useText();
  const a = t.admin.agencies;
  const search = useSearch({ from: "/desk/admin/agencies" });
  const navigate = useNavigate();
  const list = useInfiniteQuery(agenciesQuery(search));
  const rows = useMemo(() => list.data?.pages.flatMap((p) => p.items), [list.data]);
  const find = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState<string>();
  const [adding, setAdding] = useState(false);
  const set = (change: AgencySearch) =>
    void navigate({ to: "/admin/agencies", search: compact({ ...search, ...change }), replace: true });
  const columns: readonly Column<Agency>[] = [
    { id: "code", title: a.code, width: "112px", cell: (x) => x.code },
    { id: "name", title: a.name, cell: (x) => <strong title={x.name}>{x.name}</strong> },
    { id: "abbreviation", title: a.abbreviation, width: "96px", cell: (x) => x.abbreviation },
    { id: "level", title: a.level, width: "124px", cell: (x) => t.admin.levels[x.level] },
  ];
  const chosen = rows?.find((x) => x.id === open);
  const now = today();
  return (
    <Page
      title={a.title}
      acts={
        <Button look="primary" icon={<Plus size={15} />} onClick={() => setAdding(true)}>
          {a.add}
        </Button>
      }
      bar={
        <FilterBar active={filtered(search)} onClear={() => void navigate({ to: "/admin/agencies", search: {} })}>
          <SearchBox ref={find} value={search.q ?? ""} placeholder={a.find} onChange={(q) => set({ q: q || undefined })} />
          <FilterPick label={a.level} value={search.level} choices={levels.map((l) => [l, t.admin.levels[l]] as const)} onChange={(level) => set({ level })} />
          <FilterPick
            label={a.valid}
            value={search.retired ? "retired" : undefined}
            choices={[["retired", a.retired]]}
            onChange={(v) => set({ retired: v ? true : undefined })}
          />
        </FilterBar>
      }
    >
      <Split
        name="agencies"
        label={a.title}
        share={62}
        left={
          <Table
            label={a.title}
            columns={columns}
            rows={rows}
            rowId={(x) => x.id}
            autoFocus
            onOpen={(x) => setOpen(x.id)}
            look={(x) => (x.validUntil && x.validUntil < now ? "faint" : undefined)}
            failed={failureOf(list.error)}
            onRetry={() => void list.refetch()}
            hasMore={list.hasNextPage}
            loadingMore={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
            onFind={() => find.current?.focus()}
            empty={<EmptyState filtered={filtered(search)} title={filtered(search) ? undefined : a.empty} />}
          />
        }
        right={chosen ? <AgencyPanel key={chosen.id} agency={chosen} /> : <EmptyState title={a.choose} />}
      />
      {adding ? <AgencyDialog agency={undefined} onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}
