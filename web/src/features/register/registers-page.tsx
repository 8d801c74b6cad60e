import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { compact } from "@/api/pick";
import type { Register } from "@/api/schema";
import { useKinds } from "@/features/document/kinds";
import { failureOf } from "@/features/session/failure";
import { agenciesOf, briefAgency, hasRole, useMe } from "@/features/session/me";
import { useText } from "@/text/text";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { today } from "@/ui/dates";
import { FilterBar, FilterPick } from "@/ui/filters";
import { showOrdinal } from "@/ui/numbers";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { Table, TwoLines, type Column } from "@/ui/table";
import { OpenDialog } from "./open-dialog";
import { registersQuery, type RegisterSearch } from "./queries";

export function RegistersPage() {
  const t = useText();
  const r = t.office.registers;
  const search = useSearch({ from: "/desk/registers" });
  const navigate = useNavigate();
  const kinds = useKinds();
  const me = useMe();
  const agencies = agenciesOf(me);
  const [opening, setOpening] = useState(false);
  const list = useQuery(registersQuery(search));
  const set = (change: RegisterSearch) =>
    void navigate({ to: "/registers", search: compact({ ...search, ...change }), replace: true });
  const thisYear = Number(today().slice(0, 4));
  const years = [thisYear + 1, thisYear, thisYear - 1, thisYear - 2].map((y) => [String(y), String(y)] as const);
  const columns: readonly Column<Register>[] = [
    {
      id: "name",
      title: r.nameAndKinds,
      cell: (x) => {
        const of = [x.unitId ? t.register.number.ofUnit : "", x.council ? t.register.number.ofCouncil(x.symbolAgency ?? "") : "", x.kinds.length > 0 ? x.kinds.map(kinds.name).join(", ") : r.allKinds]
          .filter(Boolean)
          .join(" · ");
        return <TwoLines title={`${x.name}\n${of}`} top={<strong>{x.name}</strong>} below={of} />;
      },
    },
    { id: "direction", title: r.direction, width: "160px", cell: (x) => r.directions[x.direction] },
    { id: "agency", title: r.agency, width: "240px", cell: (x) => <span title={x.agencyName}>{briefAgency(x.agencyName)}</span> },
    { id: "year", title: r.year, width: "70px", cell: (x) => x.year },
    { id: "opening", title: r.opening, width: "110px", align: "end", cell: (x) => showOrdinal(x.openingNumber) },
    { id: "next", title: r.next, width: "110px", align: "end", cell: (x) => showOrdinal(x.nextNumber) },
    {
      id: "state",
      title: r.state,
      width: "124px",
      cell: (x) => <Badge tone={x.closed ? "quiet" : "done"}>{x.closed ? r.closed : r.open}</Badge>,
    },
  ];
  return (
    <Page
      title={r.title}
      acts={
        hasRole(me, "clerk") ? (
          <Button look="primary" icon={<Plus size={15} />} onClick={() => setOpening(true)}>
            {t.register.number.open}
          </Button>
        ) : undefined
      }
      bar={
        <FilterBar active={Object.keys(search).length > 0} onClear={() => void navigate({ to: "/registers", search: {} })}>
          <FilterPick
            label={r.direction}
            value={search.direction}
            choices={[
              ["outgoing", r.directions.outgoing],
              ["incoming", r.directions.incoming],
            ]}
            onChange={(direction) => set({ direction })}
          />
          <FilterPick
            label={r.year}
            value={search.year === undefined ? undefined : String(search.year)}
            choices={years}
            onChange={(year) => set({ year: year ? Number(year) : undefined })}
          />
          {agencies.length > 1 ? (
            <FilterPick label={r.agency} value={search.agencyId} choices={agencies.map((a) => [a.id, a.name] as const)} onChange={(agencyId) => set({ agencyId })} />
          ) : null}
        </FilterBar>
      }
    >
      <Table
        label={r.title}
        columns={columns}
        rows={list.data}
        rowId={(x) => x.id}
        tall
        autoFocus
        onOpen={(x) => void navigate({ to: "/registers/$id", params: { id: x.id } })}
        failed={failureOf(list.error)}
        onRetry={() => void list.refetch()}
        empty={<EmptyState title={r.empty} />}
      />
      {opening ? <OpenDialog onClose={() => setOpening(false)} /> : null}
    </Page>
  );
}
