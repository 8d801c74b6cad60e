import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { Peer } from "@/api/schema";
import { SecretDialog } from "@/features/admin/secret-dialog";
import { useCommand } from "@/features/session/command";
import { failureOf } from "@/features/session/failure";
import { useText } from "@/text/text";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { showMoment } from "@/ui/dates";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { Table, type Column } from "@/ui/table";
import { KeysPanel } from "./keys-panel";
import { PeerDialog } from "./peer-dialog";
import { peersQuery } from "./queries";
import css from "./peer.module.css";

const tone: Record<Peer["up"], Tone> = { up: "done", down: "late", unknown: "quiet" };

// Whom messages are exchanged with, and how each of them is.
export function PeersPage() {
  const t = useText();
  const p = t.peer;
  const list = useQuery(peersQuery);
  const [editing, setEditing] = useState<Peer | "new">();
  const [secret, setSecret] = useState<string>();
  const requeue = useCommand({
    spoils: [["peers", "list"]],
    tell: true,
    said: (n: number) => p.requeued(n),
    run: async (id: string, header) =>
      (await value(client.POST("/api/administration/peers/{id}/requeue", { params: { path: { id }, header } }))).count,
  });
  const columns: readonly Column<Peer>[] = [
    {
      id: "name",
      title: p.name,
      cell: (x) => (
        <>
          <strong>{x.name}</strong> <span className={css.faint}>{x.endpoint || x.system}</span>
        </>
      ),
    },
    { id: "kind", title: p.kind, width: "170px", cell: (x) => p.kinds[x.kind] },
    {
      id: "state",
      title: p.state,
      width: "250px",
      cell: (x) => (
        <>
          <Badge tone={x.enabled ? tone[x.up] : "quiet"}>{x.enabled ? p.states[x.up] : p.paused}</Badge>{" "}
          {x.since ? <span className={css.faint}>{p.since(showMoment(x.since))}</span> : null}
          {x.directoryAt ? <div className={css.faint}>{p.directory(showMoment(x.directoryAt))}</div> : null}
          {x.errorCode ? (
            <div className={css.wrong} title={x.errorAt ? showMoment(x.errorAt) : undefined}>
              {t.recipient.troubles[x.errorCode] ?? t.recipient.trouble}
            </div>
          ) : null}
        </>
      ),
    },
    { id: "waiting", title: p.waiting, width: "90px", align: "end", cell: (x) => (x.waiting > 0 ? x.waiting : "") },
    {
      id: "failed",
      title: p.failed,
      width: "150px",
      align: "end",
      cell: (x) =>
        x.failed > 0 ? (
          <>
            {x.failed}{" "}
            <Button
              look="plain"
              busy={requeue.isPending && requeue.variables === x.id}
              onClick={(e) => {
                e.stopPropagation();
                requeue.mutate(x.id);
              }}
            >
              {p.requeue}
            </Button>
          </>
        ) : (
          ""
        ),
    },
    { id: "oldest", title: p.oldest, width: "140px", cell: (x) => (x.oldest ? showMoment(x.oldest) : "") },
    { id: "hour", title: p.lastHour, width: "110px", align: "end", cell: (x) => x.lastHour },
    { id: "agencies", title: p.agencies, width: "90px", align: "end", cell: (x) => x.agencies },
  ];
  return (
    <Page
      title={p.title}
      acts={
        <Button look="primary" icon={<Plus size={15} />} onClick={() => setEditing("new")}>
          {p.add}
        </Button>
      }
    >
      <Table
        label={p.title}
        columns={columns}
        rows={list.data}
        rowId={(x) => x.id}
        autoFocus
        onOpen={setEditing}
        look={(x) => (x.enabled ? undefined : "faint")}
        failed={failureOf(list.error)}
        onRetry={() => void list.refetch()}
        empty={<EmptyState title={p.empty} hint={p.emptyHint} />}
      />
      <KeysPanel />
      {editing ? (
        <PeerDialog peer={editing === "new" ? undefined : editing} onClose={() => setEditing(undefined)} onSecret={setSecret} />
      ) : null}
      {secret === undefined ? null : <SecretDialog title={p.secretTitle} hint={p.secretHint} secret={secret} onClose={() => setSecret(undefined)} />}
    </Page>
  );
}
