import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { client, value } from "@/api/client";
import { asProblem } from "@/api/problem";
import type { Mailbox } from "@/api/schema";
import { failureOf } from "@/features/session/failure";
import { agenciesUnder, useMe } from "@/features/session/me";
import { useText } from "@/text/text";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { showMoment } from "@/ui/dates";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { Table, type Column } from "@/ui/table";
import { useToast } from "@/ui/toast";
import { MailboxDialog } from "./mailbox-dialog";
import { mailboxesQuery } from "./queries";
import css from "./mail.module.css";

const tone: Record<Mailbox["state"], Tone> = { connected: "done", connecting: "soon", failing: "late", paused: "quiet" };

export function MailboxesPage() {
  const t = useText();
  const m = t.office.mailboxes;
  const toast = useToast();
  const list = useQuery(mailboxesQuery);
  const own = agenciesUnder(useMe(), "admin");
  const manages = (agencyId: string) => own === undefined || own.has(agencyId);
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const test = useMutation({
    mutationFn: (id: string) => value(client.POST("/api/mailboxes/{id}/test", { params: { path: { id } } })),
    onSuccess: () => toast({ text: m.testing }),
    onError: (error) => toast({ text: asProblem(error).title || t.common.unexpected, wrong: true }),
  });
  const columns: readonly Column<Mailbox>[] = [
    { id: "address", title: m.address, cell: (b) => <strong>{b.address}</strong> },
    { id: "agency", title: m.agency, width: "200px", cell: (b) => b.agencyName },
    { id: "host", title: m.host, width: "160px", cell: (b) => `${b.host}:${b.port}` },
    {
      id: "state",
      title: m.state,
      width: "180px",
      cell: (b) => (
        <>
          <Badge tone={b.silent ? "late" : tone[b.state]}>{b.silent ? m.silentShort : m.states[b.state]}</Badge>{" "}
          {b.lastError && b.state !== "connected" ? (
            <span className={css.wrong}>{m.troubles[b.lastError] ?? m.trouble}</span>
          ) : null}
        </>
      ),
    },
    { id: "last", title: m.lastMessage, width: "140px", cell: (b) => (b.lastMessageAt ? showMoment(b.lastMessageAt) : "") },
    { id: "pending", title: m.pending, width: "84px", align: "end", cell: (b) => (b.pending || b.undecided ? (b.pending ?? 0) + (b.undecided ?? 0) : "") },
    { id: "held", title: m.quarantined, width: "92px", align: "end", cell: (b) => (b.quarantined > 0 ? b.quarantined : "") },
    {
      id: "test",
      title: "",
      width: "124px",
      align: "end",
      cell: (b) =>
        manages(b.agencyId) ? (
          <Button
            small
            busy={test.isPending && test.variables === b.id}
            onClick={(e) => {
              e.stopPropagation();
              test.mutate(b.id);
            }}
          >
            {m.test}
          </Button>
        ) : null,
    },
  ];
  // A clerk sees how the mailbox stands; its administrator sets it up.
  const add =
    own === undefined || own.size > 0 ? (
      <Button look="primary" icon={<Plus size={15} />} onClick={() => setAdding(true)}>
        {m.add}
      </Button>
    ) : null;
  return (
    <Page title={m.title} acts={add}>
      <Table
        label={m.title}
        columns={columns}
        rows={list.data}
        rowId={(b) => b.id}
        autoFocus
        onOpen={(b) => void navigate({ to: "/mail/mailboxes/$id", params: { id: b.id } })}
        look={(b) => (b.enabled ? undefined : "faint")}
        failed={failureOf(list.error)}
        onRetry={() => void list.refetch()}
        empty={<EmptyState title={m.empty} hint={add ? m.emptyHint : m.emptyClerk} />}
      />
      {adding ? <MailboxDialog mailbox={undefined} onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}
