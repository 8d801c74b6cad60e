import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Circuit, CircuitAnswer, CircuitPerson, CircuitStep, Document } from "@/api/schema";
import { LoadFailed } from "@/features/session/load-failed";
import { useText } from "@/text/text";
import { Badge } from "@/ui/badge";
import { Button, buttonClass } from "@/ui/button";
import { showDay, showMoment, today } from "@/ui/dates";
import { Facts, Section } from "@/ui/page";
import { Bone, Notice } from "@/ui/states";
import side from "@/features/document/side.module.css";
import css from "./circuit.module.css";
import { Comments } from "./comments";
import { PlanDialog } from "./plan-dialog";
import { circuitQuery } from "./queries";
import { ReassignDialog, type Seat } from "./reassign-dialog";
import { SignerBlock } from "./signer-block";
import { wayBack } from "./standing";

// The circuit as a whole: its people, its deadlines and what was said.
export function CircuitTab({ document: d }: { document: Document }) {
  const t = useText().circuit;
  const { data, error, refetch } = useQuery(circuitQuery(d.id));
  const [planning, setPlanning] = useState(false);
  const [seat, setSeat] = useState<Seat>();
  if (error && !data) return <LoadFailed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Bone width="60%" />;
  // What was saved a moment ago may not have been read again yet.
  const plan = async () => {
    await refetch();
    setPlanning(true);
  };
  const back = wayBack(data);
  const reassigning = d.actions.includes("reassign");
  return (
    <div className={side.scroll}>
      <Section title={t.title}>
        {data.proposed ? <Notice>{t.proposed}</Notice> : null}
        {d.state === "draft" && back ? <Notice>{t.backTo(t.steps[back.kind])}</Notice> : null}
        <ol className={css.steps}>
          {data.steps.map((s, i) => (
            <Step key={`${s.kind}.${s.people[0]?.positionId ?? ""}`} step={s} place={i} onReassign={reassigning && s.state !== "passed" ? setSeat : undefined} />
          ))}
        </ol>
        <Facts facts={[[t.block, data.signerBlock.length > 0 && <SignerBlock key="block" lines={data.signerBlock} />]]} />
        <div className={css.acts}>
          {d.actions.includes("plan") ? <Button onClick={() => void plan()}>{t.edit}</Button> : null}
          <Link to="/outgoing/$id/slip" params={{ id: d.id }} className={buttonClass()}>
            {t.slip}
          </Link>
        </div>
      </Section>
      <Comments document={d} />
      <Rounds circuit={data} />
      {planning ? <PlanDialog document={d} circuit={data} onClose={() => setPlanning(false)} /> : null}
      {seat ? <ReassignDialog document={d} seat={seat} onClose={() => setSeat(undefined)} /> : null}
    </div>
  );
}

interface StepProps {
  step: CircuitStep;
  place: number;
  onReassign: ((seat: Seat) => void) | undefined;
}

function Step({ step: s, place, onReassign }: StepProps) {
  const t = useText().circuit;
  return (
    <li className={css.step}>
      <div className={css.stepHead}>
        <strong>
          {place + 1}. {t.steps[s.kind]}
        </strong>
        {s.people.length > 1 ? <span className={css.muted}>{t.quorum(s.quorum, s.people.length)}</span> : null}
        {s.dueOn ? <span className={css.muted}>{t.dueOn(showDay(s.dueOn))}</span> : null}
        {s.state === "asked" && s.dueOn && s.dueOn < today() ? <Badge tone="late">{t.lateStep}</Badge> : null}
        <Badge tone={s.state === "asked" ? "accent" : s.state === "passed" ? "done" : "quiet"}>{t.states[s.state]}</Badge>
      </div>
      <ul className={css.people}>
        {s.people.length === 0 ? <li className={css.muted}>{t.nobody}</li> : null}
        {s.people.map((p) => (
          <Person key={p.positionId} person={p} onReassign={onReassign && !p.answered ? () => onReassign({ place, kind: s.kind, person: p }) : undefined} />
        ))}
      </ul>
    </li>
  );
}

function Person({ person: p, onReassign }: { person: CircuitPerson; onReassign: (() => void) | undefined }) {
  const t = useText().circuit;
  return (
    <li>
      <span>
        {p.fullName} <small>{[p.title, p.unitName].filter(Boolean).join(", ")}</small>
      </span>
      {p.answered ? <small>{t.answered}</small> : p.opened ? <small>{t.opened}</small> : null}
      {p.present ? null : (
        <span className={css.goneMark} title={t.goneHint}>
          {t.gone}
        </span>
      )}
      {onReassign ? (
        <Button small look={p.present ? "plain" : "normal"} onClick={onReassign}>
          {t.reassign}
        </Button>
      ) : null}
    </li>
  );
}

// What was said, round by round, the latest round first.
function Rounds({ circuit: c }: { circuit: Circuit }) {
  const t = useText().circuit;
  const rounds = [...new Set(c.answers.map((a) => a.round))].sort((a, b) => b - a);
  return rounds.map((n) => (
    <Section key={n} title={t.round(n)}>
      <ul className={css.answers}>
        {c.answers
          .filter((a) => a.round === n)
          .map((a) => (
            <Said key={a.at + a.actorName} answer={a} />
          ))}
      </ul>
    </Section>
  ));
}

export function Said({ answer: a }: { answer: CircuitAnswer }) {
  const t = useText().circuit;
  return (
    <li>
      <strong>{a.kind && a.verdict === "agreed" ? t.steps[a.kind] : t.verdicts[a.verdict]}</strong>
      {" · "}
      {a.actorName}
      {a.actorTitle ? `, ${a.actorTitle}` : ""}
      {a.onBehalfOf ? ` (${t.onBehalfOf(a.onBehalfOf)})` : ""}{" "}
      <small>
        {showMoment(a.at)}
        {a.fileVersion > 0 ? ` · ${t.onVersion(a.fileVersion)}` : ""}
      </small>
      {a.note ? <p>{a.note}</p> : null}
    </li>
  );
}
