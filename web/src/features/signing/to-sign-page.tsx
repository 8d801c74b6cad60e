import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { SigningAct, WaitingDocument } from "@/api/schema";
import { useKinds } from "@/features/document/kinds";
import { hasRole, useMe } from "@/features/session/me";
import { useText, type Text } from "@/text/text";
import { Button } from "@/ui/button";
import { showMoment } from "@/ui/dates";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { Table, type Column } from "@/ui/table";
import { Tabs } from "@/ui/tabs";
import { waitingQuery } from "./queries";
import { SignDialog, type ToSign } from "./sign-dialog";

const most = 50;

// What waits for my signature, or for my agency's seal; many at a time.
export function ToSignPage() {
  const t = useText().signing;
  const me = useMe();
  const navigate = useNavigate();
  const { act = hasRole(me, "leader", "unit_head") ? "sign" : "seal" } = useSearch({ from: "/desk/to-sign" });
  const list = useQuery(waitingQuery(act));
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [signing, setSigning] = useState<readonly ToSign[]>();
  const rows = list.data;
  const chosen = (rows ?? []).filter((d) => marked.has(d.documentId));
  const one = chosen.every((d) => d.agencyId === chosen[0]?.agencyId);
  return (
    <Page
      title={words(t, act).title}
      sub={chosen.length > most ? t.most : undefined}
      acts={
        <Button
          look="primary"
          disabled={chosen.length === 0 || chosen.length > most || !one}
          onClick={() => setSigning(chosen.map(toSign))}
        >
          {chosen.length === 0 ? words(t, act).act : words(t, act).chosen(chosen.length)}
        </Button>
      }
      bar={
        <Tabs
          label={t.title}
          value={act}
          tabs={[
            ...(hasRole(me, "leader", "unit_head") ? [{ value: "sign" as const, label: t.toSign }] : []),
            ...(hasRole(me, "clerk") ? [{ value: "seal" as const, label: t.toSeal }] : []),
            { value: "initial" as const, label: t.toInitial },
          ]}
          onChange={(next) => {
            setMarked(new Set());
            void navigate({ to: "/to-sign", search: { act: next }, replace: true });
          }}
        />
      }
    >
      <Waiting
        act={act}
        rows={rows}
        marked={marked}
        onMark={setMarked}
        failed={list.isError}
        onRetry={() => void list.refetch()}
      />
      {signing ? (
        <SignDialog
          act={act}
          documents={signing}
          onClose={() => {
            setSigning(undefined);
            setMarked(new Set());
            void list.refetch();
          }}
        />
      ) : null}
    </Page>
  );
}

// What the page says of each act.
function words(t: Text["signing"], act: SigningAct) {
  switch (act) {
    case "sign":
      return { title: t.title, act: t.dialog.sign1, chosen: t.chosen, none: t.none, noneHint: t.noneHint };
    case "initial":
      return { title: t.titleInitial, act: t.dialog.initial1, chosen: t.chosenInitial, none: t.noneInitial, noneHint: t.noneInitialHint };
    case "seal":
      return { title: t.titleSeal, act: t.dialog.seal1, chosen: t.chosenSeal, none: t.noneSeal, noneHint: t.noneSealHint };
  }
}

function toSign(d: WaitingDocument): ToSign {
  return { id: d.documentId, agencyId: d.agencyId, subject: d.subject, sha256: d.sha256 };
}

interface WaitingProps {
  act: SigningAct;
  rows: readonly WaitingDocument[] | undefined;
  marked: ReadonlySet<string>;
  onMark: (marked: ReadonlySet<string>) => void;
  failed: boolean;
  onRetry: () => void;
}

function Waiting({ act, rows, marked, onMark, failed, onRetry }: WaitingProps) {
  const t = useText().signing;
  const kinds = useKinds();
  const navigate = useNavigate();
  const columns: Column<WaitingDocument>[] = [
    { id: "reference", title: t.reference, width: "150px", cell: (d) => d.reference || t.noNumber },
    { id: "kind", title: t.kind, width: "130px", cell: (d) => kinds.name(d.kind) },
    { id: "subject", title: t.subject, cell: (d) => d.subject },
    { id: "signer", title: t.signer, width: "170px", cell: (d) => d.signerName },
    { id: "changed", title: t.changed, width: "140px", cell: (d) => showMoment(d.updatedAt) },
  ];
  return (
    <Table
      label={words(t, act).title}
      columns={columns}
      rows={rows}
      rowId={(d) => d.documentId}
      onOpen={(d) => void navigate({ to: "/outgoing/$id", params: { id: d.documentId } })}
      empty={<EmptyState title={words(t, act).none} hint={words(t, act).noneHint} />}
      failed={failed}
      onRetry={onRetry}
      selection={{ marked, onChange: onMark }}
      autoFocus
    />
  );
}
