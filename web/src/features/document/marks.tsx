import type { ArrivalState, DeliveryCounts, DocumentState, Urgency } from "@/api/schema";
import { useText } from "@/text/text";
import { Badge, DueMark, StampMark, type Tone } from "@/ui/badge";
import { daysBetween, showNear, today } from "@/ui/dates";
import { dueTone } from "./due";
import css from "./marks.module.css";

const documentTone: Record<DocumentState, Tone> = {
  draft: "quiet",
  submitted: "accent",
  approved: "accent",
  signed: "accent",
  numbered: "accent",
  issued: "done",
  voided: "late",
  recalled: "late",
  discarded: "quiet",
};

export function DocumentBadge({ state, sentBack, short }: { state: DocumentState; sentBack?: boolean; short?: boolean }) {
  const t = useText().document;
  if (state === "draft" && sentBack) return <Badge tone="soon">{t.sentBack}</Badge>;
  return <Badge tone={documentTone[state]}>{short ? t.statesShort[state] : t.states[state]}</Badge>;
}

const arrivalTone: Record<ArrivalState, Tone> = {
  awaiting: "accent",
  registered: "done",
  refused: "late",
  inside: "quiet",
  taken_back: "late",
  recalled: "late",
};

export function ArrivalBadge({ state }: { state: ArrivalState }) {
  return <Badge tone={arrivalTone[state]}>{useText().arrival.states[state]}</Badge>;
}

export function UrgencyMark({ urgency }: { urgency: Urgency }) {
  const t = useText().document.urgencies;
  if (urgency === "normal") return null;
  const weight = urgency === "urgent" ? "thin" : urgency === "very_urgent" ? "line" : "solid";
  return <StampMark weight={weight}>{t[urgency]}</StampMark>;
}

// A subject in one line of a list: its urgency before it, and its kind, as the
// registers write it (tên loại và trích yếu).
export function SubjectCell({ kind, subject, urgency }: { kind: string; subject: string; urgency: Urgency }) {
  const t = useText().document;
  return (
    <span className={css.subject} title={[kind, subject].filter(Boolean).join(" · ")}>
      {urgency === "normal" ? null : (
        <>
          <UrgencyMark urgency={urgency} />{" "}
        </>
      )}
      {kind ? <span className={css.kind}>{kind}</span> : null}{" "}
      {subject || <em className={css.faint}>{t.noSubject}</em>}
    </span>
  );
}

export function Due({ day, over, stacked }: { day: string | undefined; over: boolean; stacked?: boolean }) {
  const t = useText().document;
  if (!day) return null;
  const tone = dueTone(day, today(), over);
  const left = daysBetween(today(), day);
  return (
    <DueMark
      tone={tone}
      stacked={stacked}
      day={showNear(day, today())}
      left={tone === "late" ? t.daysLate(-left) : tone === "soon" ? t.daysLeft(left) : undefined}
    />
  );
}

// How far the recipients are, as one thin bar and the two numbers that matter.
export function Progress({ counts, wide }: { counts: DeliveryCounts; wide?: boolean }) {
  const t = useText().document;
  if (counts.total === 0) return null;
  const share = (n: number) => `${(n / counts.total) * 100}%`;
  return (
    <span className={css.progress} title={t.summaryLine(counts.registered, counts.total)}>
      <span className={wide ? css.barWide : css.bar}>
        <span className={css.done} style={{ width: share(counts.registered) }} />
        <span className={css.refused} style={{ width: share(counts.refused) }} />
      </span>
      <span>
        {wide ? t.summaryLine(counts.registered, counts.total) : `${counts.registered}/${counts.total}`}
      </span>
      {counts.refused > 0 ? <span className={css.refusedText} title={t.refusedTitle}>{t.refusedCount(counts.refused)}</span> : null}
    </span>
  );
}
