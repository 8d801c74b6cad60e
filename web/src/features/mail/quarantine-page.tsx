import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import type { MailItem } from "@/api/schema";
import { failureOf } from "@/features/session/failure";
import { useWording } from "@/text/text";
import { Badge } from "@/ui/badge";
import { showBrief, today } from "@/ui/dates";
import { showSize } from "@/ui/numbers";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { Table, type Column } from "@/ui/table";
import { quarantineQuery } from "./queries";

export function QuarantinePage() {
  const { text, language } = useWording();
  const t = text.office.quarantine;
  const navigate = useNavigate();
  const list = useInfiniteQuery(quarantineQuery);
  const rows = useMemo(() => list.data?.pages.flatMap((p) => p.items), [list.data]);
  const now = today();
  const columns: readonly Column<MailItem>[] = [
    { id: "received", title: t.received, width: "90px", cell: (m) => showBrief(m.receivedAt, now) },
    {
      id: "from",
      title: t.from,
      width: "240px",
      cell: (m) => <span title={m.fromAddress}>{m.fromName || m.fromAddress}</span>,
    },
    { id: "subject", title: t.subject, cell: (m) => <span title={m.subject}>{m.subject || t.noSubject}</span> },
    { id: "reason", title: t.reason, width: "220px", cell: (m) => <Badge tone="soon">{t.reasons[m.reason] ?? m.reason}</Badge> },
    { id: "mailbox", title: t.mailbox, width: "220px", cell: (m) => m.mailbox },
    { id: "size", title: t.size, width: "90px", align: "end", cell: (m) => showSize(m.size, language) },
  ];
  return (
    <Page title={t.title}>
      <Table
        label={t.title}
        columns={columns}
        rows={rows}
        rowId={(m) => m.id}
        autoFocus
        onOpen={(m) => void navigate({ to: "/mail/quarantine/$id", params: { id: m.id } })}
        failed={failureOf(list.error)}
        onRetry={() => void list.refetch()}
        hasMore={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
        empty={<EmptyState title={t.empty} hint={t.emptyHint} />}
      />
    </Page>
  );
}
