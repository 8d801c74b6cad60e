import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import type { RegisterEntry } from "@/api/schema";
import { useKinds } from "@/features/document/kinds";
import { useText } from "@/text/text";
import { Badge } from "@/ui/badge";
import { showDay } from "@/ui/dates";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { Table, type Column } from "@/ui/table";
import { entriesQuery, registersQuery } from "./queries";

// The register as a book: one line for each number, none missing, none twice.
export function RegisterPage() {
  const t = useText().office.registers;
  const { id } = useParams({ from: "/desk/registers/$id" });
  const navigate = useNavigate();
  const kinds = useKinds();
  const register = useQuery(registersQuery({})).data?.find((r) => r.id === id);
  const list = useInfiniteQuery(entriesQuery(id));
  const rows = useMemo(() => list.data?.pages.flatMap((p) => p.items), [list.data]);
  const incoming = register?.direction === "incoming";
  const columns: readonly Column<RegisterEntry>[] = [
    { id: "number", title: t.number, width: "76px", cell: (e) => <strong>{e.number}</strong> },
    { id: "day", title: t.day, width: "104px", cell: (e) => showDay(e.day) },
    ...(incoming ? [{ id: "issuer", title: t.issuer, width: "220px", cell: (e: RegisterEntry) => e.issuerName }] : []),
    { id: "reference", title: t.reference, width: "150px", cell: (e) => e.reference },
    ...(incoming
      ? [{ id: "date", title: t.documentDate, width: "104px", cell: (e: RegisterEntry) => (e.documentDate ? showDay(e.documentDate) : "") }]
      : []),
    {
      id: "subject",
      title: t.subject,
      cell: (e) => (
        <span title={e.subject}>
          {e.kind ? `${kinds.name(e.kind)} ` : ""}
          {e.subject}
        </span>
      ),
    },
    { id: "signer", title: t.signer, width: "160px", cell: (e) => e.signerName },
    {
      id: "state",
      title: t.state,
      width: "116px",
      cell: (e) => (e.state === "cancelled" ? <Badge tone="late">{t.cancelled}</Badge> : null),
    },
  ];
  const open = (e: RegisterEntry) => {
    if (e.subjectType === "document") void navigate({ to: "/outgoing/$id", params: { id: e.subjectId } });
    if (e.subjectType === "arrival") void navigate({ to: "/incoming/$id", params: { id: e.subjectId } });
  };
  return (
    <Page
      title={register?.name ?? t.title}
      sub={register ? `${register.agencyName} · ${t.directions[register.direction]} · ${t.year} ${register.year}` : undefined}
    >
      <Table
        label={register?.name ?? t.title}
        columns={columns}
        rows={rows}
        rowId={(e) => e.number + e.subjectId}
        autoFocus
        onOpen={open}
        look={(e) => (e.state === "cancelled" ? "faint" : undefined)}
        failed={list.isError}
        onRetry={() => void list.refetch()}
        hasMore={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
        empty={<EmptyState title={t.emptyEntries} />}
      />
    </Page>
  );
}
