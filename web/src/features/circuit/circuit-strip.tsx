import { useQuery } from "@tanstack/react-query";
import { Check, Clock3, UserX } from "lucide-react";
import type { CircuitStep, Document } from "@/api/schema";
import { useText } from "@/text/text";
import { classes } from "@/ui/classes";
import { showDay, today } from "@/ui/dates";
import css from "./circuit.module.css";
import { circuitQuery } from "./queries";

// Where the document stands, in one line: shown once there is more than the approver alone.
export function CircuitStrip({ document: d }: { document: Document }) {
  const t = useText().circuit;
  const { data } = useQuery({ ...circuitQuery(d.id), enabled: d.state === "submitted" || d.state === "draft" });
  if (!data || data.steps.length < 2 || (d.state !== "submitted" && d.state !== "draft")) return null;
  return (
    <ol className={css.strip} aria-label={t.strip}>
      {data.steps.map((s) => (
        <StripStep key={`${s.kind}.${s.people[0]?.positionId ?? ""}`} step={s} />
      ))}
    </ol>
  );
}

function StripStep({ step: s }: { step: CircuitStep }) {
  const t = useText().circuit;
  const asked = s.state === "asked";
  const gone = asked && s.people.some((p) => !p.answered && !p.present);
  const late = asked && s.dueOn !== undefined && s.dueOn < today();
  return (
    <li className={classes(css.station, s.state === "passed" && css.passed, asked && css.now)} aria-current={asked ? "step" : undefined}>
      {s.state === "passed" ? <Check size={13} aria-hidden /> : gone ? <UserX size={13} aria-hidden /> : asked ? <Clock3 size={13} aria-hidden /> : null}
      <span title={s.people.map((p) => p.fullName).join(", ")}>{t.steps[s.kind]}</span>
      {asked && s.dueOn ? <small className={late ? css.late : undefined}>{t.dueOn(showDay(s.dueOn))}</small> : null}
    </li>
  );
}
