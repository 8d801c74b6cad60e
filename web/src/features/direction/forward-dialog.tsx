import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { client, value } from "@/api/client";
import { newKey } from "@/api/key";
import { fieldMessage } from "@/api/problem";
import type { Arrival, Forwarding, Line, LineAsks, LineRole, Suggestion } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { DateField } from "@/ui/date-field";
import { Dialog } from "@/ui/dialog";
import { CheckField, SelectField, TextArea } from "@/ui/field";
import { useToast } from "@/ui/toast";
import css from "./direction.module.css";
import { HolderField } from "./holder-field";
import { phrasesQuery } from "./queries";
import { nextRow, toShares, withRole, type ShareRow } from "./shares";

export interface ForwardForm {
  words: string;
  rows: ShareRow[];
  asks: LineAsks;
  inform: boolean;
}

export function firstForm(due: string): ForwardForm {
  return { words: "", rows: [nextRow([], due)], asks: "work", inform: false };
}

// What the agency's rule says, as the form that sends it.
export function suggestedForm({ rule, dueDate }: Suggestion): ForwardForm {
  const holder = rule.unitId ? `unit:${rule.unitId}` : `position:${rule.positionId ?? ""}`;
  return { words: "", rows: [{ ...nextRow([], dueDate ?? ""), holder }], asks: rule.asks, inform: false };
}

export function toForwarding(form: ForwardForm): Forwarding {
  return {
    words: form.words.trim().normalize("NFC") || undefined,
    shares: toShares(form.rows, form.asks, form.inform),
    inform: form.inform || undefined,
  };
}

interface ForwardDialogProps {
  arrival: Arrival;
  line: Line;
  onClose: () => void;
}

// Words, who leads, who helps, until when: one dialog for the clerk who sends
// on, the leader who directs and the head who splits.
export function ForwardDialog({ arrival: a, line, onClose }: ForwardDialogProps) {
  const t = useText();
  const root = line.unitId === undefined && line.positionId === undefined;
  const hint = root ? a.suggestion : undefined;
  const [form, setForm] = useState(() => (hint ? suggestedForm(hint) : firstForm(line.dueDate ?? a.workDueDate ?? "")));
  const forward = useCommand({
    agencyId: a.agencyId,
    spoils: [["arrivals"], ["work"]],
    said: () => t.direction.sent,
    onDone: onClose,
    run: (body: Forwarding, header) =>
      value(client.POST("/api/lines/{id}/forward", { params: { path: { id: line.id }, header }, body })),
  });
  return (
    <Dialog
      wide
      title={t.direction.acts.forward}
      onClose={onClose}
      onSubmit={() => {
        if (!forward.isPending) forward.mutate(toForwarding(form));
      }}
      footer={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={forward.isPending} shortcut="Ctrl ↵">
            {t.direction.send}
          </Button>
        </>
      }
    >
      <FormProblem error={forward.error} shown={[]} />
      {line.personName && !line.actions.includes("finish") && line.asks !== "work" ? (
        <p>{t.direction.forLeader(line.personName)}</p>
      ) : null}
      {hint ? <p className={css.faint}>{t.direction.suggests(hint.rule.name)}</p> : null}
      <ForwardFields
        agencyId={a.agencyId}
        form={form}
        mayInform={line.actions.includes("inform")}
        mayAsk={root || line.asks !== "work"}
        error={fieldMessage(forward.error, "words")}
        onChange={(change) => setForm((f) => ({ ...f, ...change }))}
      />
    </Dialog>
  );
}

interface ForwardFieldsProps {
  agencyId: string;
  form: ForwardForm;
  mayInform: boolean;
  mayAsk: boolean;
  error?: string;
  onChange: (change: Partial<ForwardForm>) => void;
}

export function ForwardFields({ agencyId, form, mayInform, mayAsk, error, onChange }: ForwardFieldsProps) {
  const t = useText().direction;
  const common = useText().common;
  const change = (key: number, part: Partial<ShareRow>) =>
    onChange({ rows: form.rows.map((r) => (r.key === key ? { ...r, ...part } : r)) });
  return (
    <>
      <TextArea
        label={t.words}
        name="words"
        rows={3}
        maxLength={2000}
        autoFocus
        value={form.words}
        error={error}
        onChange={(e) => onChange({ words: e.target.value })}
      />
      <Phrases agencyId={agencyId} words={form.words} onPick={(words) => onChange({ words })} />
      {mayAsk && !form.inform ? (
        <SelectField label={t.asksLabel} value={form.asks} onChange={(e) => onChange({ asks: e.target.value as LineAsks })}>
          {(["work", "direction", "proposal"] as const).map((asks) => (
            <option key={asks} value={asks}>
              {t.asks[asks]}
            </option>
          ))}
        </SelectField>
      ) : null}
      {mayInform ? (
        <>
          <CheckField label={t.inform} checked={form.inform} onChange={(e) => onChange({ inform: e.target.checked })} />
          {form.inform ? <p className={css.faint}>{t.informHint}</p> : null}
        </>
      ) : null}
      <div className={css.rows} role="group" aria-label={t.holders}>
        {form.rows.map((r, i) => (
          <div key={r.key} className={css.row}>
            <HolderField agencyId={agencyId} label={t.holder(i + 1)} value={r.holder} onChange={(holder) => change(r.key, { holder })} />
            <Role index={i} inform={form.inform} row={r} onPick={(role) => onChange({ rows: withRole(form.rows, r.key, role) })} />
            <DateField label={t.due(i + 1)} value={r.due} onChange={(due) => change(r.key, { due })} />
            <Button
              look="plain"
              small
              icon={<X size={14} />}
              aria-label={t.remove(i + 1)}
              title={common.close}
              onClick={() => onChange({ rows: form.rows.filter((x) => x.key !== r.key) })}
            />
          </div>
        ))}
        <div>
          <Button small icon={<Plus size={14} />} onClick={() => onChange({ rows: [...form.rows, nextRow(form.rows, form.rows[0]?.due ?? "")] })}>
            {t.addHolder}
          </Button>
        </div>
      </div>
    </>
  );
}

function Role({ index, inform, row, onPick }: { index: number; inform: boolean; row: ShareRow; onPick: (role: LineRole) => void }) {
  const t = useText();
  const roles = inform ? (["inform"] as const) : (["lead", "coordinate", "inform"] as const);
  return (
    <SelectField label={t.direction.role(index + 1)} value={inform ? "inform" : row.role} onChange={(e) => onPick(e.target.value as LineRole)}>
      {roles.map((role) => (
        <option key={role} value={role}>
          {t.arrival.lineRoles[role]}
        </option>
      ))}
    </SelectField>
  );
}

// Leaders do not type: a phrase is one choice, and what was typed once is kept.
function Phrases({ agencyId, words, onPick }: { agencyId: string; words: string; onPick: (words: string) => void }) {
  const t = useText().direction;
  const toast = useToast();
  const queries = useQueryClient();
  const phrases = useQuery(phrasesQuery).data ?? [];
  const keep = useMutation({
    mutationFn: () =>
      value(
        client.POST("/api/phrases", {
          params: { header: { "Idempotency-Key": newKey() } },
          body: { agencyId, words: words.trim().slice(0, 500) },
        }),
      ),
    onSuccess: () => {
      toast({ text: t.phraseKept });
      return queries.invalidateQueries({ queryKey: ["phrases"] });
    },
  });
  return (
    <div className={css.bar}>
      <SelectField label={t.phrases} value="" onChange={(e) => onPick(e.target.value)}>
        <option value="">{t.phrasePick}</option>
        {phrases.map((p) => (
          <option key={p.id} value={p.words}>
            {p.words}
          </option>
        ))}
      </SelectField>
      {words.trim() && !phrases.some((p) => p.words === words.trim()) ? (
        <Button small busy={keep.isPending} onClick={() => keep.mutate()}>
          {t.keepPhrase}
        </Button>
      ) : null}
    </div>
  );
}
