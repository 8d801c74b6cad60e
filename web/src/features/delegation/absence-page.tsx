import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { Delegation } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm";
import { showDay } from "@/ui/dates";
import { CheckField } from "@/ui/field";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { Table, TwoLines, type Column } from "@/ui/table";
import { Tabs } from "@/ui/tabs";
import { AbsenceDialog } from "./absence-dialog";
import css from "./delegation.module.css";
import { delegationsQuery } from "./queries";
import { Roster } from "./roster";

const tones: Record<Delegation["state"], Tone> = { planned: "soon", standing: "accent", ended: "quiet", revoked: "quiet" };

export function AbsencePage() {
  const t = useText().delegation;
  const tab = useSearch({ from: "/desk/absence" }).tab ?? "substitutes";
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const tabs = (
    <Tabs
      label={t.title}
      value={tab}
      tabs={[
        { value: "substitutes", label: t.tabs.substitutes },
        { value: "roster", label: t.tabs.roster },
      ]}
      onChange={(next) => void navigate({ to: "/absence", search: next === "roster" ? { tab: next } : {}, replace: true })}
    />
  );
  return (
    <Page
      title={t.title}
      bar={tabs}
      acts={
        tab === "substitutes" ? (
          <Button look="primary" icon={<Plus size={15} />} onClick={() => setAdding(true)}>
            {t.add}
          </Button>
        ) : null
      }
    >
      {tab === "roster" ? <Roster /> : <Substitutes />}
      {adding ? <AbsenceDialog onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}

function Substitutes() {
  const text = useText();
  const t = text.delegation;
  const [past, setPast] = useState(false);
  const [revoking, setRevoking] = useState<Delegation>();
  const list = useQuery(delegationsQuery(past));
  const columns: readonly Column<Delegation>[] = [
    { id: "away", title: t.away, cell: (d) => <TwoLines top={d.fullName} below={[d.title, d.agencyName].filter(Boolean).join(" · ")} /> },
    { id: "substitute", title: t.substitute, width: "230px", cell: (d) => <TwoLines top={d.delegateName} below={d.delegateTitle} /> },
    { id: "days", title: t.days, width: "190px", cell: (d) => <TwoLines top={`${showDay(d.validFrom)} – ${showDay(d.validUntil)}`} below={d.reason} title={d.reason} /> },
    { id: "powers", title: t.powers, width: "190px", cell: (d) => (d.powers.length === 0 ? t.all : d.powers.map((p) => t.power[p]).join(", ")) },
    { id: "state", title: t.state, width: "140px", cell: (d) => <Badge tone={tones[d.state]}>{t.states[d.state]}</Badge> },
    {
      id: "revoke",
      title: "",
      width: "100px",
      align: "end",
      cell: (d) =>
        d.mayRevoke ? (
          <Button
            small
            onClick={(e) => {
              e.stopPropagation();
              setRevoking(d);
            }}
          >
            {t.revoke}
          </Button>
        ) : null,
    },
  ];
  return (
    <>
      <div className={css.above}>
        <CheckField label={t.past} checked={past} onChange={(e) => setPast(e.target.checked)} />
      </div>
      <Table
        label={t.tabs.substitutes}
        columns={columns}
        rows={list.data}
        rowId={(d) => d.id}
        tall
        look={(d) => (d.state === "ended" || d.state === "revoked" ? "faint" : undefined)}
        onOpen={(d) => {
          if (d.mayRevoke) setRevoking(d);
        }}
        failed={list.isError}
        onRetry={() => void list.refetch()}
        empty={<EmptyState title={t.empty} hint={t.emptyHint} />}
      />
      {revoking ? <RevokeDialog delegation={revoking} onClose={() => setRevoking(undefined)} /> : null}
    </>
  );
}

function RevokeDialog({ delegation, onClose }: { delegation: Delegation; onClose: () => void }) {
  const t = useText().delegation;
  const revoke = useCommand<undefined, unknown>({
    agencyId: delegation.agencyId,
    spoils: [["delegations"], ["me"], ["work"]],
    said: () => t.revoked,
    onDone: onClose,
    run: (_, header) => value(client.POST("/api/delegations/{id}/revoke", { params: { path: { id: delegation.id }, header } })),
  });
  return (
    <ConfirmDialog
      title={t.revokeTitle(delegation.delegateName)}
      action={t.revoke}
      danger
      busy={revoke.isPending}
      problem={<FormProblem error={revoke.error} />}
      onClose={onClose}
      onConfirm={() => revoke.mutate(undefined)}
    >
      <p>{t.revokeHint}</p>
    </ConfirmDialog>
  );
}
