import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { HeardRequest } from "@/api/schema";
import { useText } from "@/text/text";
import { showMoment } from "@/ui/dates";
import { showOrdinal } from "@/ui/numbers";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { Table, type Column } from "@/ui/table";
import { pendingRequestsQuery } from "./queries";

// What senders ask of documents that stand in our registers, oldest first.
export function RequestsPage() {
  const text = useText();
  const t = text.register.recall;
  const navigate = useNavigate();
  const list = useQuery(pendingRequestsQuery);
  const columns: readonly Column<HeardRequest>[] = [
    { id: "request", title: t.request, width: "150px", cell: (r) => <strong>{t.acts[r.kind]}</strong> },
    { id: "number", title: text.arrival.arrivalNumber, width: "80px", cell: (r) => (r.arrivalNumber ? showOrdinal(r.arrivalNumber) : "") },
    { id: "document", title: t.document, cell: (r) => <span title={r.subject}>{[r.reference, r.subject].filter(Boolean).join(" · ")}</span> },
    { id: "sender", title: t.sender, width: "220px", cell: (r) => r.senderName },
    { id: "reason", title: t.reason, width: "240px", cell: (r) => <span title={r.reason}>{[r.byReference, r.reason].filter(Boolean).join(" · ")}</span> },
    { id: "asked", title: t.askedAt, width: "150px", cell: (r) => showMoment(r.askedAt) },
  ];
  return (
    <Page title={t.requests}>
      <Table
        label={t.requests}
        columns={columns}
        rows={list.data}
        rowId={(r) => r.id + r.arrivalId}
        autoFocus
        onOpen={(r) => void navigate({ to: "/incoming/$id", params: { id: r.arrivalId } })}
        failed={list.isError}
        onRetry={() => void list.refetch()}
        empty={<EmptyState title={t.noRequests} />}
      />
    </Page>
  );
}
