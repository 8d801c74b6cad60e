import { useQuery } from "@tanstack/react-query";
import { ArrowUp, Plus } from "lucide-react";
import { useState } from "react";
import { client, ifMatch, value } from "@/api/client";
import type { ForwardRule } from "@/api/schema";
import { useKinds } from "@/features/document/kinds";
import { AgencyField } from "@/features/recipient/agency-field";
import { useCommand } from "@/features/session/command";
import { agenciesOf, useMe } from "@/features/session/me";
import { asProblem } from "@/api/problem";
import { useToast } from "@/ui/toast";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { FilterBar } from "@/ui/filters";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { Table, TwoLines, type Column } from "@/ui/table";
import { useHolderName } from "./holder-field";
import { rulesQuery } from "./queries";
import { RuleDialog } from "./rule-dialog";

interface Row extends ForwardRule {
  at: number;
}

// To whom the agency forwards what arrives, by kind, issuer and words: kept by
// its clerks and administrators, in their order.
export function RulesPage() {
  const text = useText();
  const t = text.direction;
  const me = useMe();
  const kinds = useKinds();
  const toast = useToast();
  const agencies = agenciesOf(me);
  const [agencyId, setAgencyId] = useState(agencies[0]?.id ?? "");
  const [open, setOpen] = useState<number | "new">();
  const list = useQuery({ ...rulesQuery(agencyId), enabled: agencyId !== "" });
  const rules = list.data?.items ?? [];
  const name = useHolderName(agencyId);
  const save = useCommand({
    spoils: [["forward-rules"], ["arrivals", "one"]],
    said: () => t.rulesSaved,
    onDone: () => setOpen(undefined),
    run: (items: readonly ForwardRule[]) =>
      value(
        client.PUT("/api/agencies/{id}/forward-rules", {
          params: { path: { id: agencyId }, header: ifMatch({ version: list.data?.version ?? 1 }) },
          body: { items: [...items] },
        }),
      ),
  });
  const put = (items: readonly ForwardRule[], quiet = false) => {
    if (save.isPending) return;
    save.mutate(items, quiet ? { onError: (error) => toast({ text: asProblem(error).title, wrong: true }) } : undefined);
  };
  const mayEdit = list.data?.mayEdit === true;
  const columns: readonly Column<Row>[] = [
    { id: "name", title: t.ruleName, width: "230px", cell: (r) => <strong>{r.name}</strong> },
    { id: "when", title: t.ruleWhen, cell: (r) => conditions(r, kinds.name, t.ruleAll).join(" · ") },
    { id: "to", title: t.ruleTo, width: "280px", cell: (r) => <TwoLines top={name(r)} below={[t.asks[r.asks], r.workingDays ? t.days(r.workingDays) : ""].filter(Boolean).join(" · ")} /> },
    {
      id: "up",
      title: "",
      width: "56px",
      align: "end",
      cell: (r) =>
        mayEdit && r.at > 0 ? (
          <Button
            look="plain"
            small
            icon={<ArrowUp size={15} />}
            aria-label={t.ruleUp(r.name)}
            title={t.ruleUp(r.name)}
            onClick={(e) => {
              e.stopPropagation();
              put(raised(rules, r.at), true);
            }}
          />
        ) : null,
    },
  ];
  return (
    <Page
      title={t.rules}
      sub={t.rulesHint}
      acts={
        mayEdit ? (
          <Button look="primary" icon={<Plus size={15} />} onClick={() => setOpen("new")}>
            {t.addRule}
          </Button>
        ) : undefined
      }
      bar={
        me.operator || agencies.length > 1 ? (
          <FilterBar active={false} onClear={() => undefined}>
            <AgencyField label={text.admin.groups.agency} value={agencyId} onChange={setAgencyId} />
          </FilterBar>
        ) : undefined
      }
    >
      <Table
        label={t.rules}
        columns={columns}
        rows={agencyId === "" ? [] : list.data?.items.map((r, at) => ({ ...r, at }))}
        rowId={(r) => `${r.at}`}
        autoFocus
        tall
        onOpen={(r) => {
          if (mayEdit) setOpen(r.at);
        }}
        failed={list.isError}
        onRetry={() => void list.refetch()}
        empty={<EmptyState title={t.rulesEmpty} hint={t.rulesEmptyHint} />}
      />
      {open === undefined ? null : (
        <RuleDialog
          agencyId={agencyId}
          rule={open === "new" ? undefined : rules[open]}
          busy={save.isPending}
          error={save.error}
          onClose={() => {
            save.reset();
            setOpen(undefined);
          }}
          onSave={(rule) => put(open === "new" ? [...rules, rule] : rules.map((r, i) => (i === open ? rule : r)))}
          onRemove={open === "new" ? undefined : () => put(rules.filter((_, i) => i !== open))}
        />
      )}
    </Page>
  );
}

function raised(rules: readonly ForwardRule[], at: number): readonly ForwardRule[] {
  const rule = rules[at];
  const rest = rules.filter((_, i) => i !== at);
  return rule ? [...rest.slice(0, at - 1), rule, ...rest.slice(at - 1)] : rules;
}

function conditions(r: ForwardRule, kind: (code: string) => string, all: string): readonly string[] {
  const said = [r.kind ? kind(r.kind) : "", r.issuer ?? "", r.words ? `“${r.words}”` : ""].filter(Boolean);
  return said.length > 0 ? said : [all];
}
