import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { client, value } from "@/api/client";
import type { Delivery, DeliveryState, Document } from "@/api/schema";
import { Progress } from "@/features/document/marks";
import { useAgencyName } from "@/features/recipient/names";
import { useCommand } from "@/features/session/command";
import { failureOf } from "@/features/session/failure";
import { briefAgency, useMe } from "@/features/session/me";
import { useText, type Text } from "@/text/text";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { showBrief, showMoment, today } from "@/ui/dates";
import { FilterPick } from "@/ui/filters";
import { showOrdinal } from "@/ui/numbers";
import { EmptyState } from "@/ui/states";
import { Table, TwoLines, type Column } from "@/ui/table";
import { ConfirmDeliveryDialog } from "./confirm-dialog";
import { deliveriesQuery } from "./queries";
import css from "@/features/document/side.module.css";

const tone: Record<DeliveryState, Tone> = {
  waiting: "quiet",
  sent: "quiet",
  arrived: "accent",
  registered: "done",
  assigned: "done",
  in_work: "done",
  done: "done",
  refused: "late",
  failed: "late",
  expired: "late",
};

const states = ["waiting", "sent", "arrived", "registered", "refused", "failed", "expired"] as const satisfies readonly DeliveryState[];

// Where the document went: each recipient's state, time, person and reason, live.
export function DeliveriesTable({ document: d }: { document: Document }) {
  const t = useText();
  const [state, setState] = useState<DeliveryState>();
  const [confirming, setConfirming] = useState<Delivery>();
  const list = useInfiniteQuery(deliveriesQuery(d.id, state));
  const rows = useMemo(() => list.data?.pages.flatMap((p) => p.items), [list.data]);
  const counts = list.data?.pages[0]?.counts ?? d.deliveries;
  const now = today();
  const nameOf = useAgencyName();
  const { positions } = useMe();
  const clerk = positions.some((p) => p.role === "clerk" && p.agencyId === d.agencyId);
  const requeue = useCommand({
    agencyId: d.agencyId,
    spoils: [["documents"]],
    said: (x: Delivery) => t.recipient.requeued(x.name),
    tell: true,
    run: (deliveryId: string, header) =>
      value(client.POST("/api/documents/{id}/deliveries/{deliveryId}/requeue", { params: { path: { id: d.id, deliveryId }, header } })),
  });
  const columns: Column<Delivery>[] = [
    {
      id: "name",
      title: t.recipient.title,
      cell: (r) => (
        <TwoLines
          title={nameOf(r.agencyId, r.name)}
          top={briefAgency(nameOf(r.agencyId, r.name))}
          below={[r.channel === "local" ? "" : t.recipient.channels[r.channel], r.byName].filter(Boolean).join(" · ")}
        />
      ),
    },
    {
      id: "state",
      title: t.recipient.state,
      width: "104px",
      cell: (r) => (
        <span title={why(r, t)}>
          <Badge tone={tone[r.state]}>{t.recipient.states[r.state]}</Badge>
        </span>
      ),
    },
    {
      id: "number",
      title: t.recipient.arrivalNumber,
      width: "64px",
      cell: (r) => (r.arrivalNumber === undefined ? "" : showOrdinal(r.arrivalNumber)),
    },
    {
      id: "at",
      title: t.recipient.at,
      width: "58px",
      cell: (r) => (r.stateAt ? <span title={`${showMoment(r.stateAt)} ${r.byName}`}>{showBrief(r.stateAt, now)}</span> : ""),
    },
  ];
  if (clerk && rows?.some((r) => r.state === "failed" || confirmable(r))) {
    columns.push({
      id: "requeue",
      title: t.recipient.act,
      width: "108px",
      align: "end",
      cell: (r) =>
        r.state === "failed" ? (
          <Button
            small
            busy={requeue.isPending && requeue.variables === r.id}
            aria-label={`${t.recipient.requeue}: ${r.name}`}
            onClick={() => requeue.mutate(r.id)}
          >
            {t.recipient.requeue}
          </Button>
        ) : confirmable(r) ? (
          <Button small aria-label={`${t.recipient.confirm}: ${r.name}`} onClick={() => setConfirming(r)}>
            {t.recipient.confirm}
          </Button>
        ) : null,
    });
  }
  return (
    <div className={css.deliveries}>
      <div className={css.deliveriesHead}>
        <Progress counts={counts} wide />
        <FilterPick
          label={t.recipient.state}
          value={state}
          choices={states.map((s) => [s, t.recipient.states[s]] as const)}
          onChange={setState}
        />
      </div>
      {rows && rows.some(needsHand) ? <Refusals rows={rows} refused={counts.refused} onMore={setState} /> : null}
      <Table
        label={t.recipient.title}
        columns={columns}
        tall
        rows={rows}
        rowId={(r) => r.id}
        onOpen={() => undefined}
        failed={failureOf(list.error)}
        onRetry={() => void list.refetch()}
        hasMore={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
        empty={<EmptyState filtered={state !== undefined} title={state ? undefined : t.recipient.none} />}
      />
      {confirming ? <ConfirmDeliveryDialog document={d} delivery={confirming} onClose={() => setConfirming(undefined)} /> : null}
    </div>
  );
}

// Nobody but a person says that a mailbox or a letter was registered.
function confirmable(r: Delivery): boolean {
  return (r.channel === "mailbox" || r.channel === "paper") && (r.state === "sent" || r.state === "arrived");
}

function needsHand(r: Delivery): boolean {
  return r.state === "refused" || r.state === "failed" || r.state === "expired" || (r.state === "waiting" && r.reasonCode === "channel_away");
}

// Why it stands where it stands: what sending found, what the other side said,
// and when it is tried next.
function why(r: Delivery, t: Text): string {
  const reasons: Record<string, string> = t.arrival.reasons;
  const found = r.reasonCode ? (reasons[r.reasonCode] ?? t.recipient.troubles[r.reasonCode] ?? t.recipient.trouble) : "";
  const said = reasons[r.reason] ?? r.reason;
  const next = r.state === "waiting" && r.reasonCode && r.nextAttemptAt ? t.recipient.nextAttempt(showMoment(r.nextAttemptAt)) : "";
  return [found && said ? `${found}: ${said}` : found || said, next].filter(Boolean).join(". ");
}

const most = 5;

// What needs the sender's hand stands above everything else.
function Refusals({ rows, refused, onMore }: { rows: readonly Delivery[]; refused: number; onMore: (state: DeliveryState) => void }) {
  const t = useText();
  const nameOf = useAgencyName();
  const all = rows.filter(needsHand);
  const shown = all.slice(0, most);
  // The count is of the whole document; the rows are those read so far.
  const more = Math.max(all.length, refused) - shown.length;
  return (
    <ul className={css.refusals}>
      {shown.map((r) => (
        <li key={r.id}>
          <strong>{nameOf(r.agencyId, r.name)}</strong> {t.recipient.states[r.state].toLowerCase()}
          {why(r, t) ? `: ${why(r, t)}` : ""}
          {r.byName ? ` (${r.byName})` : ""}
        </li>
      ))}
      {more > 0 ? (
        <li>
          <Button look="plain" small onClick={() => onMore((all[most] ?? all[0])?.state ?? "refused")}>
            {t.recipient.moreRefused(more)}
          </Button>
        </li>
      ) : null}
    </ul>
  );
}
