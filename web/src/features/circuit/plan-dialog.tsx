import { ArrowUp, Plus, Trash2, X } from "lucide-react";
import { useState } from "react";
import { client, ifMatch, value } from "@/api/client";
import type { Circuit, Competence, Document, StepKind } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { competences } from "@/features/outgoing/competence-field";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { SelectField, TextField } from "@/ui/field";
import css from "./circuit.module.css";
import { PersonField } from "./person-field";
import { bodyOf, changedStep, movedUp, planOf, several, withStep, type PlanStep } from "./plan";
import { spoils } from "./queries";

// The circuit of one document, before it is submitted and while it runs.
export function PlanDialog({ document: d, circuit, onClose }: { document: Document; circuit: Circuit; onClose: () => void }) {
  const t = useText();
  const [form, setForm] = useState(() => planOf(circuit));
  const save = useCommand({
    agencyId: d.agencyId,
    spoils,
    said: () => t.circuit.said.planned,
    onDone: onClose,
    run: (input: typeof form, header) =>
      value(
        client.PUT("/api/documents/{id}/circuit", {
          params: { path: { id: d.id }, header: { ...ifMatch(circuit), "Congvan-Position": header["Congvan-Position"] } },
          body: bodyOf(input),
        }),
      ),
  });
  const taken = form.steps.flatMap((s) => s.people.map((p) => p.id));
  const put = (step: PlanStep) => setForm({ ...form, steps: form.steps.map((s) => (s.key === step.key ? step : s)) });
  return (
    <Dialog
      wide
      title={t.circuit.editTitle}
      onClose={onClose}
      onSubmit={() => {
        if (!save.isPending) save.mutate(form);
      }}
      footer={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t.common.save}
          </Button>
        </>
      }
    >
      <FormProblem error={save.error} />
      <p>{t.circuit.editHint}</p>
      <div className={css.editor}>
        {form.steps.map((s, i) => (
          <StepFields
            key={s.key}
            step={s}
            place={i}
            agencyId={d.agencyId}
            taken={taken}
            onChange={put}
            onUp={() => setForm({ ...form, steps: movedUp(form.steps, i) })}
            onRemove={() => setForm({ ...form, steps: form.steps.filter((x) => x.key !== s.key) })}
          />
        ))}
        <div className={css.acts}>
          <Button icon={<Plus size={15} />} onClick={() => setForm({ ...form, steps: withStep(form.steps) })}>
            {t.circuit.addStep}
          </Button>
        </div>
        <SelectField
          label={t.circuit.competence}
          value={form.competence}
          onChange={(e) => setForm({ ...form, competence: e.target.value as Competence })}
        >
          <option value="">{t.circuit.competences.auto}</option>
          {competences.map((c) => (
            <option key={c} value={c}>
              {t.circuit.competences[c]}
            </option>
          ))}
        </SelectField>
      </div>
    </Dialog>
  );
}

interface StepProps {
  step: PlanStep;
  place: number;
  agencyId: string;
  taken: readonly string[];
  onChange: (step: PlanStep) => void;
  onUp: () => void;
  onRemove: () => void;
}

function StepFields({ step: s, place, agencyId, taken, onChange, onUp, onRemove }: StepProps) {
  const t = useText().circuit;
  const n = place + 1;
  const last = s.kind === "approve";
  return (
    <fieldset className={css.editorStep} disabled={s.fixed}>
      <legend>
        {t.stepName(n)}
        {s.fixed ? ` · ${t.locked}` : ""}
      </legend>
      <SelectField label={t.stepKind} value={s.kind} disabled={last || s.fixed} onChange={(e) => onChange(changedStep(s, { kind: e.target.value as StepKind }))}>
        {(last ? (["approve"] as const) : (["review", "initial", "layout", "opinion"] as const)).map((k) => (
          <option key={k} value={k}>
            {t.steps[k]}
          </option>
        ))}
      </SelectField>
      <div>
        {several(s.kind) && s.people.length > 0 ? (
          <ul className={css.chosen}>
            {s.people.map((p) => (
              <li key={p.id}>
                {p.name}
                <Button
                  look="plain"
                  small
                  icon={<X size={13} />}
                  aria-label={t.removePerson(p.name)}
                  onClick={() => onChange(changedStep(s, { people: s.people.filter((x) => x.id !== p.id) }))}
                />
              </li>
            ))}
          </ul>
        ) : null}
        <PersonField
          agencyId={agencyId}
          label={several(s.kind) ? t.addPerson : t.people}
          leaders={last}
          value={several(s.kind) ? "" : (s.people[0]?.id ?? "")}
          without={taken}
          onChange={(p) => {
            const added = p ? [{ id: p.id, name: p.fullName }] : [];
            onChange(changedStep(s, { people: several(s.kind) ? [...s.people, ...added] : added }));
          }}
        />
        {s.kind === "opinion" && s.people.length > 1 ? (
          <SelectField label={t.quorumField} value={s.quorum} onChange={(e) => onChange(changedStep(s, { quorum: Number(e.target.value) }))}>
            {s.people.map((p, i) => (
              <option key={p.id} value={i + 1}>
                {i + 1}/{s.people.length}
              </option>
            ))}
          </SelectField>
        ) : null}
      </div>
      <TextField
        label={t.days}
        type="number"
        min={0}
        max={60}
        value={s.days}
        onChange={(e) => onChange({ ...s, days: Math.max(0, Math.min(60, Number(e.target.value) || 0)) })}
      />
      <div className={css.editorActs}>
        {last || s.fixed ? null : (
          <>
            <Button look="plain" small icon={<ArrowUp size={15} />} aria-label={t.up(n)} disabled={place === 0} onClick={onUp} />
            <Button look="plain" small icon={<Trash2 size={15} />} aria-label={t.removeStep(n)} onClick={onRemove} />
          </>
        )}
      </div>
    </fieldset>
  );
}
