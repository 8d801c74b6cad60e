import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { client, value } from "@/api/client";
import type { Notice, NoticeChoice, NoticeKind } from "@/api/schema";
import { SubjectCell } from "@/features/document/marks";
import { useCommand } from "@/features/session/command";
import { failureOf } from "@/features/session/failure";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { showDay, showMoment } from "@/ui/dates";
import { Dialog } from "@/ui/dialog";
import { CheckField } from "@/ui/field";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { Table, TwoLines, type Column } from "@/ui/table";
import { Tabs } from "@/ui/tabs";
import { choiceQuery, noticesQuery } from "./queries";

const kinds: readonly NoticeKind[] = ["reminded", "soon", "near", "late", "late_head", "late_leader", "unregistered"];
const tones: Record<NoticeKind, Tone> = {
  reminded: "soon",
  soon: "accent",
  near: "soon",
  late: "late",
  late_head: "late",
  late_leader: "late",
  unregistered: "late",
};

// What the person was told of by the clock and by colleagues; opening one reads it.
export function NoticesPage() {
  const t = useText().notice;
  const navigate = useNavigate();
  const { all } = useSearch({ from: "/desk/notices" });
  const list = useInfiniteQuery(noticesQuery(!all));
  const rows = useMemo(() => list.data?.pages.flatMap((p) => p.items), [list.data]);
  const [choosing, setChoosing] = useState(false);
  const read = useCommand({
    spoils: [["notices"]],
    run: (ids: string[]) => value(client.POST("/api/notices/read", { body: { ids } })),
    tell: true,
  });
  const columns: readonly Column<Notice>[] = [
    { id: "kind", title: t.kind, width: "190px", cell: (n) => <Badge tone={tones[n.kind]}>{t.kinds[n.kind]}</Badge> },
    { id: "what", title: t.what, cell: (n) => <SubjectCell kind={n.reference} subject={n.subject} urgency="normal" /> },
    { id: "day", title: t.day, width: "110px", cell: (n) => (n.day ? showDay(n.day) : "") },
    { id: "at", title: t.at, width: "170px", cell: (n) => <TwoLines top={showMoment(n.at)} below={n.issuerName} /> },
  ];
  return (
    <Page
      title={t.title}
      acts={
        <>
          <Button onClick={() => setChoosing(true)}>{t.choose}</Button>
          {rows && rows.some((n) => !n.read) ? (
            <Button look="primary" busy={read.isPending} onClick={() => read.mutate([])}>
              {t.readAll}
            </Button>
          ) : null}
        </>
      }
      bar={
        <Tabs
          label={t.title}
          value={all ? "all" : "unread"}
          tabs={[
            { value: "unread", label: t.unread },
            { value: "all", label: t.all },
          ]}
          onChange={(next) => void navigate({ to: "/notices", search: next === "all" ? { all: true } : {} })}
        />
      }
    >
      <Table
        label={t.title}
        columns={columns}
        rows={rows}
        rowId={(n) => n.id}
        tall
        autoFocus
        onOpen={(n) => {
          if (!n.read) read.mutate([n.id]);
          void navigate({ to: "/incoming/$id", params: { id: n.arrivalId } });
        }}
        look={(n) => (n.read ? undefined : "strong")}
        failed={failureOf(list.error)}
        onRetry={() => void list.refetch()}
        hasMore={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
        empty={<EmptyState title={t.empty} hint={t.emptyHint} />}
      />
      {choosing ? <Choosing onClose={() => setChoosing(false)} /> : null}
    </Page>
  );
}

function Choosing({ onClose }: { onClose: () => void }) {
  const choice = useQuery(choiceQuery).data;
  return choice ? <ChoiceDialog choice={choice} onClose={onClose} /> : null;
}

function ChoiceDialog({ choice, onClose }: { choice: NoticeChoice; onClose: () => void }) {
  const text = useText();
  const t = text.notice;
  const [muted, setMuted] = useState<ReadonlySet<NoticeKind>>(new Set(choice.muted));
  const [digest, setDigest] = useState(choice.digest);
  const save = useCommand({
    spoils: [["notices"]],
    run: (body: NoticeChoice) => value(client.PUT("/api/me/notices", { body })),
    said: () => t.saved,
    onDone: onClose,
  });
  const toggle = (kind: NoticeKind) => {
    const next = new Set(muted);
    if (!next.delete(kind)) next.add(kind);
    setMuted(next);
  };
  return (
    <Dialog
      title={t.choose}
      onClose={onClose}
      onSubmit={() => save.mutate({ muted: [...muted], digest })}
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {text.common.save}
          </Button>
        </>
      }
    >
      <FormProblem error={save.error} />
      <p>{t.chooseHint}</p>
      {kinds.map((kind) => (
        <CheckField key={kind} label={t.kinds[kind]} checked={!muted.has(kind)} onChange={() => toggle(kind)} />
      ))}
      <CheckField label={t.digest} checked={digest} onChange={() => setDigest(!digest)} />
    </Dialog>
  );
}
