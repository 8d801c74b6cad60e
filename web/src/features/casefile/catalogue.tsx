import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { Catalogue, CatalogueLine } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { failureOf } from "@/features/session/failure";
import { useText } from "@/text/text";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { dayOf, showDay } from "@/ui/dates";
import { Dialog } from "@/ui/dialog";
import { EmptyState } from "@/ui/states";
import { Table, type Column } from "@/ui/table";
import { HeadingFields, type Heading } from "./heading-fields";
import { catalogueQuery } from "./queries";

// The agency's yearly list of files: the clerk writes it, a leader approves it.
export function CatalogueTable({ agencyId, year }: { agencyId: string; year: number }) {
  const t = useText().casefile;
  const navigate = useNavigate();
  const list = useQuery(catalogueQuery(agencyId, year));
  const remove = useCommand({
    spoils: [["catalogue"]],
    run: async (id: string) => value(client.DELETE("/api/catalogue/{id}", { params: { path: { id } } })),
    said: () => t.lineRemoved,
    tell: true,
  });
  const columns: readonly Column<CatalogueLine>[] = [
    { id: "notation", title: t.notation, width: "140px", cell: (l) => <strong>{l.notation}</strong> },
    { id: "title", title: t.fileTitle, cell: (l) => <span title={l.title}>{l.title}</span> },
    { id: "retention", title: t.retention, width: "150px", cell: (l) => t.retentionOf(l.retention) },
    { id: "unit", title: t.unit, width: "180px", cell: (l) => l.unitName },
    {
      id: "approved",
      title: t.approvedBy,
      width: "220px",
      cell: (l) => (l.approvedAt ? `${l.approvedBy ?? ""}, ${showDay(dayOf(new Date(l.approvedAt)))}` : <Badge tone="soon">{t.waits}</Badge>),
    },
    {
      id: "file",
      title: "",
      width: "110px",
      cell: (l) =>
        l.caseFileId ? (
          <Badge tone="done">{t.openedFile}</Badge>
        ) : list.data?.mayKeep && !l.approvedAt ? (
          <Button
            small
            look="plain"
            onClick={(e) => {
              e.stopPropagation();
              remove.mutate(l.id);
            }}
          >
            {t.remove}
          </Button>
        ) : null,
    },
  ];
  return (
    <Table
      label={t.listTitle(year)}
      columns={columns}
      rows={agencyId === "" ? [] : list.data?.items}
      rowId={(l) => l.id}
      autoFocus
      onOpen={(l) => {
        if (l.caseFileId) void navigate({ to: "/case-files/$id", params: { id: l.caseFileId } });
      }}
      failed={failureOf(list.error)}
      onRetry={() => void list.refetch()}
      empty={<EmptyState title={t.emptyList} hint={t.emptyListHint} />}
    />
  );
}

export function AddLineDialog({ list, onClose }: { list: Catalogue; onClose: () => void }) {
  const text = useText();
  const t = text.casefile;
  const symbol = list.items.at(-1)?.notation.split(".")[1] ?? "VP";
  const next = (n: number) => `${String(n).padStart(2, "0")}.${symbol}`;
  const [heading, setHeading] = useState<Heading>({ notation: next(list.nextNumber), title: "", retention: "10" });
  const add = useCommand({
    agencyId: list.agencyId,
    spoils: [["catalogue"]],
    run: (input: Heading, header) =>
      value(
        client.POST("/api/agencies/{id}/catalogue", {
          params: { path: { id: list.agencyId }, header },
          body: { year: list.year, notation: input.notation, title: input.title.trim().normalize("NFC"), retention: Number(input.retention) },
        }),
      ),
    said: () => t.lineAdded,
    // A list has many lines: the next one can be typed at once.
    onDone: (after) => setHeading((h) => ({ ...h, notation: next(after.nextNumber), title: "" })),
  });
  return (
    <Dialog
      title={`${t.listTitle(list.year)}: ${t.addLine}`}
      onClose={onClose}
      onSubmit={() => {
        if (!add.isPending) add.mutate(heading);
      }}
      footer={
        <>
          <Button onClick={onClose}>{text.common.close}</Button>
          <Button type="submit" look="primary" busy={add.isPending} shortcut="Ctrl ↵">
            {t.addLine}
          </Button>
        </>
      }
    >
      <FormProblem error={add.error} shown={["notation", "title", "retention"]} />
      <HeadingFields value={heading} error={add.error} onChange={(change) => setHeading((h) => ({ ...h, ...change }))} />
    </Dialog>
  );
}

// Approving is a leader's act, of all lines that wait.
export function ApproveButton({ list }: { list: Catalogue }) {
  const t = useText().casefile;
  const approve = useCommand({
    agencyId: list.agencyId,
    spoils: [["catalogue"]],
    run: (year: number, header) =>
      value(client.POST("/api/agencies/{id}/catalogue/approve", { params: { path: { id: list.agencyId }, header }, body: { year } })),
    said: () => t.approved,
    tell: true,
  });
  return (
    <Button look="primary" busy={approve.isPending} onClick={() => approve.mutate(list.year)}>
      {t.approve}
    </Button>
  );
}
