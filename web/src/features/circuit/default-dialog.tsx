import { useQuery } from "@tanstack/react-query";
import { Plus, Trash2, X } from "lucide-react";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { DefaultCircuit, StepKind, StepPlace } from "@/api/schema";
import { kindsQuery } from "@/features/document/kinds";
import { AgencyField } from "@/features/recipient/agency-field";
import { useCommand } from "@/features/session/command";
import { agenciesOf, useMe } from "@/features/session/me";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { SelectField, TextField } from "@/ui/field";
import css from "./circuit.module.css";
import { PersonField } from "./person-field";

interface Line {
  key: number;
  kind: StepKind;
  place: StepPlace;
  people: readonly { id: string; name: string }[];
  quorum: number;
  days: number;
}

const approval: Line = { key: 0, kind: "approve", place: "approver", people: [], quorum: 1, days: 0 };

function linesOf(c: DefaultCircuit | undefined): readonly Line[] {
  if (!c) return [approval];
  return c.steps.map((s, key) => ({ ...s, key, people: s.positionIds.map((id) => ({ id, name: c.names[id] ?? "" })) }));
}

// One default circuit: its steps find their people by place, or have them given.
export function DefaultDialog({ circuit, onClose }: { circuit: DefaultCircuit | undefined; onClose: () => void }) {
  const t = useText();
  const me = useMe();
  const kinds = useQuery(kindsQuery).data ?? [];
  const [agencyId, setAgencyId] = useState(circuit?.agencyId ?? agenciesOf(me)[0]?.id ?? "");
  const [kind, setKind] = useState(circuit?.kind ?? "");
  const [lines, setLines] = useState(() => linesOf(circuit));
  const save = useCommand({
    agencyId,
    spoils: [["circuits"]],
    said: () => t.circuit.said.planned,
    onDone: onClose,
    run: (input: { agencyId: string; kind: string; lines: readonly Line[] }) =>
      value(
        client.PUT("/api/circuits", {
          body: {
            agencyId: input.agencyId,
            kind: input.kind,
            version: circuit?.version,
            steps: input.lines.map((s) => ({ kind: s.kind, place: s.place, positionIds: s.people.map((p) => p.id), quorum: s.quorum, days: s.days })),
          },
        }),
      ),
  });
  const put = (line: Line) => setLines(lines.map((l) => (l.key === line.key ? line : l)));
  const add = () => {
    const key = Math.max(...lines.map((l) => l.key)) + 1;
    setLines([...lines.slice(0, -1), { key, kind: "initial", place: "unit_head", people: [], quorum: 1, days: 0 }, ...lines.slice(-1)]);
  };
  return (
    <Dialog
      wide
      title={t.circuit.defaults}
      onClose={onClose}
      onSubmit={() => {
        if (!save.isPending) save.mutate({ agencyId, kind, lines });
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
      <div className={css.editor}>
        {circuit ? null : <AgencyField label={t.document.agency} required value={agencyId} onChange={setAgencyId} />}
        <SelectField label={t.document.kind} value={kind} disabled={circuit !== undefined} onChange={(e) => setKind(e.target.value)}>
          <option value="">{t.circuit.anyKind}</option>
          {kinds.map((k) => (
            <option key={k.code} value={k.code}>
              {k.name}
            </option>
          ))}
        </SelectField>
        {lines.map((l, i) => (
          <LineFields key={l.key} line={l} place={i} agencyId={agencyId} onChange={put} onRemove={() => setLines(lines.filter((x) => x.key !== l.key))} />
        ))}
        <div className={css.acts}>
          <Button icon={<Plus size={15} />} onClick={add}>
            {t.circuit.addStep}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

interface LineProps {
  line: Line;
  place: number;
  agencyId: string;
  onChange: (line: Line) => void;
  onRemove: () => void;
}

function LineFields({ line: l, place, agencyId, onChange, onRemove }: LineProps) {
  const t = useText().circuit;
  const last = l.kind === "approve";
  const give = (people: Line["people"]) => onChange({ ...l, people, quorum: l.kind === "opinion" ? Math.max(1, people.length) : 1 });
  return (
    <fieldset className={css.editorStep}>
      <legend>{t.stepName(place + 1)}</legend>
      <SelectField label={t.stepKind} value={l.kind} disabled={last} onChange={(e) => onChange({ ...l, kind: e.target.value as StepKind, quorum: 1, people: [] })}>
        {(last ? (["approve"] as const) : (["review", "initial", "layout", "opinion"] as const)).map((k) => (
          <option key={k} value={k}>
            {t.steps[k]}
          </option>
        ))}
      </SelectField>
      <div>
        <SelectField label={t.place} value={l.place} disabled={last} onChange={(e) => onChange({ ...l, place: e.target.value as StepPlace, people: [], quorum: 1 })}>
          {(last ? (["approver"] as const) : (["unit_head", "clerks", "people"] as const)).map((p) => (
            <option key={p} value={p}>
              {t.places[p]}
            </option>
          ))}
        </SelectField>
        {l.place === "people" ? (
          <>
            <ul className={css.chosen}>
              {l.people.map((p) => (
                <li key={p.id}>
                  {p.name}
                  <Button look="plain" small icon={<X size={13} />} aria-label={t.removePerson(p.name)} onClick={() => give(l.people.filter((x) => x.id !== p.id))} />
                </li>
              ))}
            </ul>
            <PersonField
              agencyId={agencyId}
              label={t.addPerson}
              value=""
              without={l.people.map((p) => p.id)}
              onChange={(p) => {
                if (p) give(l.kind === "opinion" || l.kind === "layout" ? [...l.people, { id: p.id, name: p.fullName }] : [{ id: p.id, name: p.fullName }]);
              }}
            />
          </>
        ) : null}
      </div>
      <TextField
        label={t.days}
        type="number"
        min={0}
        max={60}
        value={l.days}
        onChange={(e) => onChange({ ...l, days: Math.max(0, Math.min(60, Number(e.target.value) || 0)) })}
      />
      <div className={css.editorActs}>
        {last ? null : <Button look="plain" small icon={<Trash2 size={15} />} aria-label={t.removeStep(place + 1)} onClick={onRemove} />}
      </div>
    </fieldset>
  );
}
