import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { compact, filtered } from "@/api/pick";
import type { Account } from "@/api/schema";
import { failureOf } from "@/features/session/failure";
import { useText } from "@/text/text";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { FilterBar, FilterPick, SearchBox } from "@/ui/filters";
import { Page } from "@/ui/page";
import { Split } from "@/ui/split";
import { EmptyState } from "@/ui/states";
import { Table, type Column } from "@/ui/table";
import { AccountPanel } from "./account-panel";
import { accountTone } from "./account-tone";
import { AddAccountDialog } from "./add-account-dialog";
import { accountsQuery, accountStates, type AccountSearch } from "./queries";

export function AccountsPage() {
  const t = useText();
  const a = t.admin.accounts;
  const search = useSearch({ from: "/desk/admin/accounts" });
  const navigate = useNavigate();
  const list = useInfiniteQuery(accountsQuery(search));
  const rows = useMemo(() => list.data?.pages.flatMap((p) => p.items), [list.data]);
  const find = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState<string>();
  const [adding, setAdding] = useState(false);
  const set = (change: AccountSearch) =>
    void navigate({ to: "/admin/accounts", search: compact({ ...search, ...change }), replace: true });
  const columns: readonly Column<Account>[] = [
    { id: "name", title: a.fullName, width: "190px", cell: (x) => <strong>{x.fullName}</strong> },
    { id: "login", title: a.login, width: "170px", cell: (x) => <span title={x.login}>{x.login}</span> },
    {
      id: "positions",
      title: a.positions,
      cell: (x) => {
        const line = x.positions.map((p) => `${p.title || t.admin.roles[p.role]}, ${p.agencyName}`).join("; ");
        return <span title={line}>{x.operator && line === "" ? a.operator : line}</span>;
      },
    },
    {
      id: "state",
      title: a.state,
      width: "110px",
      cell: (x) => <Badge tone={accountTone[x.state]}>{a.states[x.state]}</Badge>,
    },
  ];
  const chosen = rows?.find((x) => x.id === open);
  return (
    <Page
      title={a.title}
      acts={
        <Button look="primary" icon={<Plus size={15} />} onClick={() => setAdding(true)}>
          {a.add}
        </Button>
      }
      bar={
        <FilterBar active={filtered(search)} onClear={() => void navigate({ to: "/admin/accounts", search: {} })}>
          <SearchBox ref={find} value={search.q ?? ""} placeholder={a.find} onChange={(q) => set({ q: q || undefined })} />
          <FilterPick label={a.state} value={search.state} choices={accountStates.map((s) => [s, a.states[s]] as const)} onChange={(state) => set({ state })} />
        </FilterBar>
      }
    >
      <Split
        name="accounts"
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
            look={(x) => (x.state === "left" ? "faint" : undefined)}
            failed={failureOf(list.error)}
            onRetry={() => void list.refetch()}
            hasMore={list.hasNextPage}
            loadingMore={list.isFetchingNextPage}
            onMore={() => void list.fetchNextPage()}
            onFind={() => find.current?.focus()}
            empty={<EmptyState filtered={filtered(search)} title={filtered(search) ? undefined : a.empty} />}
          />
        }
        right={chosen ? <AccountPanel key={chosen.id} account={chosen} /> : <EmptyState title={a.choose} />}
      />
      {adding ? <AddAccountDialog onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}
