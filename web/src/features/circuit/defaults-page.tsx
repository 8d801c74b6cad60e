import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { client, ifMatch, value } from "@/api/client";
import type { DefaultCircuit } from "@/api/schema";
import { useKinds } from "@/features/document/kinds";
import { treeQuery } from "@/features/recipient/directory";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { Table, type Column } from "@/ui/table";
import { DefaultDialog } from "./default-dialog";
import { defaultsQuery } from "./queries";

// The circuits that documents begin with, kept by the agency's clerks and administrators.
export function DefaultsPage() {
  const t = useText();
  const kinds = useKinds();
  const list = useQuery(defaultsQuery);
  const agencies = useQuery(treeQuery).data ?? [];
  const [open, setOpen] = useState<DefaultCircuit | "new">();
  const [removing, setRemoving] = useState<DefaultCircuit>();
  const columns: readonly Column<DefaultCircuit>[] = [
    { id: "kind", title: t.document.kind, width: "240px", cell: (x) => <strong>{x.kind ? kinds.name(x.kind) : t.circuit.anyKind}</strong> },
    { id: "steps", title: t.circuit.title, cell: (x) => x.steps.map((s) => t.circuit.steps[s.kind]).join(" › ") },
    { id: "agency", title: t.document.agency, width: "300px", cell: (x) => agencies.find((a) => a.id === x.agencyId)?.name },
    {
      id: "remove",
      title: "",
      width: "90px",
      align: "end",
      cell: (x) => (
        <Button
          look="plain"
          small
          onClick={(e) => {
            e.stopPropagation();
            setRemoving(x);
          }}
        >
          {t.common.remove}
        </Button>
      ),
    },
  ];
  return (
    <Page
      title={t.circuit.defaults}
      sub={t.circuit.defaultsHint}
      acts={
        <Button look="primary" icon={<Plus size={15} />} onClick={() => setOpen("new")}>
          {t.circuit.addDefault}
        </Button>
      }
    >
      <Table
        label={t.circuit.defaults}
        columns={columns}
        rows={list.data}
        rowId={(x) => x.id}
        autoFocus
        onOpen={setOpen}
        failed={list.isError}
        onRetry={() => void list.refetch()}
        empty={<EmptyState title={t.circuit.defaultsEmpty} hint={t.circuit.defaultsEmptyHint} />}
      />
      {open ? <DefaultDialog circuit={open === "new" ? undefined : open} onClose={() => setOpen(undefined)} /> : null}
      {removing ? <RemoveDialog circuit={removing} onClose={() => setRemoving(undefined)} /> : null}
    </Page>
  );
}

function RemoveDialog({ circuit, onClose }: { circuit: DefaultCircuit; onClose: () => void }) {
  const t = useText();
  const remove = useCommand<undefined, unknown>({
    spoils: [["circuits"]],
    onDone: onClose,
    run: () => value(client.DELETE("/api/circuits/{id}", { params: { path: { id: circuit.id }, header: ifMatch(circuit) } })),
  });
  return (
    <ConfirmDialog
      title={t.circuit.removeDefault}
      action={t.common.remove}
      danger
      busy={remove.isPending}
      problem={<FormProblem error={remove.error} />}
      onClose={onClose}
      onConfirm={() => remove.mutate(undefined)}
    >
      <p>{t.circuit.removeDefaultHint}</p>
    </ConfirmDialog>
  );
}
