import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Arrival, Line, LineAction } from "@/api/schema";
import { Due } from "@/features/document/marks";
import { hasRole, useMe } from "@/features/session/me";
import { useText } from "@/text/text";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { showDay, showMoment } from "@/ui/dates";
import { Section } from "@/ui/page";
import { ActDialog } from "./act-dialog";
import { useTakeIn } from "./acts";
import css from "./direction.module.css";
import { ForwardDialog } from "./forward-dialog";
import { viewsQuery } from "./queries";

const tones: Record<Line["state"], Tone> = {
  awaiting: "accent",
  open: "accent",
  forwarded: "quiet",
  done: "done",
  returned: "late",
  withdrawn: "quiet",
};

// What a person may do shows first what is mostly done.
const primary: ReadonlySet<LineAction> = new Set(["take_in", "forward", "finish"]);

interface Doing {
  line: Line;
  act: LineAction;
}

// Who has it, with which words, until when: the tree of lines, and on each
// what the person may do with it now.
export function LineTree({ arrival: a }: { arrival: Arrival }) {
  const t = useText().direction;
  const [doing, setDoing] = useState<Doing>();
  const close = () => setDoing(undefined);
  const roots = a.lines.filter((l) => l.parentId === undefined);
  return (
    <>
      <Section title={t.title}>
        <ul className={css.tree}>
          {roots.map((l) => (
            <Node key={l.id} arrival={a} line={l} onAct={(line, act) => setDoing({ line, act })} />
          ))}
        </ul>
      </Section>
      <Viewers arrival={a} />
      {doing?.act === "forward" ? <ForwardDialog arrival={a} line={doing.line} onClose={close} /> : null}
      {doing && doing.act !== "forward" ? <ActDialog arrival={a} line={doing.line} act={doing.act} onClose={close} /> : null}
    </>
  );
}

interface NodeProps {
  arrival: Arrival;
  line: Line;
  onAct: (line: Line, act: LineAction) => void;
}

function Node({ arrival: a, line: l, onAct }: NodeProps) {
  const t = useText();
  const d = t.direction;
  const below = a.lines.filter((x) => x.parentId === l.id);
  const given = a.directions.find((x) => x.id === l.directionId);
  const holder = l.personName ?? l.unitName ?? d.agencyLine;
  return (
    <li>
      <div className={css.node} role="group" aria-label={holder}>
        <div className={css.nodeHead}>
          <span className={css.holder}>{holder}</span>
          {l.title ? <span className={css.faint}>{l.title}</span> : null}
          {l.parentId ? <Badge tone={l.role === "lead" ? "accent" : "quiet"}>{t.arrival.lineRoles[l.role]}</Badge> : null}
          <Badge tone={tones[l.state]}>
            {l.startedAt && l.state === "open" ? d.started : t.arrival.lineStates[l.state]}
          </Badge>
          {l.asks === "work" ? null : <span className={css.faint}>{d.asks[l.asks]}</span>}
          {l.givenBack ? <Badge tone="late">{d.givenBack}</Badge> : null}
          {l.unitNumber ? <UnitNumber line={l} /> : null}
          <Due day={l.dueDate} over={l.closedAt !== undefined} />
          <span className={css.faint}>
            {l.readAt ? `${t.arrival.readAt.toLowerCase()} ${showMoment(l.readAt)}` : t.arrival.notRead}
          </span>
        </div>
        {given && (given.words || given.scan) ? (
          <p className={css.words}>
            {given.words}
            <small>
              {[given.name, given.title].filter(Boolean).join(", ")}
              {given.typedName ? ` (${d.typedBy(given.typedName)})` : ""} · {showMoment(given.at)}
              {given.scan ? (
                <>
                  {" · "}
                  <a href={`/api/arrivals/${a.id}/files/${given.scan.sha256}`} target="_blank" rel="noreferrer">
                    {given.scan.name}
                  </a>
                </>
              ) : null}
            </small>
          </p>
        ) : null}
        <Notes arrival={a} line={l} />
        {l.actions.length > 0 ? <Acts line={l} onAct={onAct} /> : null}
      </div>
      {below.length > 0 ? (
        <ul className={css.tree}>
          {below.map((x) => (
            <Node key={x.id} arrival={a} line={x} onAct={onAct} />
          ))}
        </ul>
      ) : null}
    </li>
  );
}

// The number that the unit entered it under, in its own register.
function UnitNumber({ line: l }: { line: Line }) {
  const t = useText().direction;
  const text = t.unitNumber(l.unitNumber ?? "");
  if (!l.unitRegisterId) return text;
  return (
    <Link to="/registers/$id" params={{ id: l.unitRegisterId }} className={css.faint}>
      {text}
    </Link>
  );
}

function Notes({ arrival: a, line: l }: { arrival: Arrival; line: Line }) {
  const t = useText().direction;
  const states = useText().document.states;
  const notes = a.notes.filter((n) => n.lineId === l.id);
  const answers = a.answers.filter((n) => n.lineId === l.id);
  return (
    <>
      {notes.map((n) => (
        <div key={n.id} className={css.note}>
          <strong>{t.notes[n.kind]}:</strong> {n.dueDate ? `${t.moreTimeAsked(showDay(n.dueDate))}. ` : ""}
          {n.words}
          {n.decision ? ` (${t.decisions[n.decision]})` : ""}
          {n.file ? (
            <>
              {" "}
              <a href={`/api/arrivals/${a.id}/files/${n.file.sha256}`} target="_blank" rel="noreferrer">
                {n.file.name}
              </a>
            </>
          ) : null}{" "}
          <span className={css.faint}>
            {n.name} · {showMoment(n.at)}
          </span>
        </div>
      ))}
      {answers.map((n) => (
        <div key={n.documentId} className={css.note}>
          <strong>{t.acts.answer}:</strong> <a href={`/outgoing/${n.documentId}`}>{n.reference || n.subject}</a>{" "}
          <span className={css.faint}>{states[n.state]}</span>
        </div>
      ))}
    </>
  );
}

function Acts({ line: l, onAct }: { line: Line; onAct: (line: Line, act: LineAction) => void }) {
  const t = useText().direction;
  const takeIn = useTakeIn(l);
  const offered = l.actions.filter((act) => act !== "inform");
  return (
    <div className={css.acts}>
      {offered.map((act) => (
        <Button
          key={act}
          small
          look={act === offered.find((x) => primary.has(x)) ? "primary" : "normal"}
          busy={act === "take_in" && takeIn.isPending}
          onClick={() => (act === "take_in" ? takeIn.mutate(undefined) : onAct(l, act))}
        >
          {t.acts[act]}
        </Button>
      ))}
    </div>
  );
}

// Who opened it and when, for those the server tells it to.
function Viewers({ arrival: a }: { arrival: Arrival }) {
  const t = useText().direction;
  const me = useMe();
  const [open, setOpen] = useState(false);
  const views = useQuery({ ...viewsQuery(a.id), enabled: open });
  if (!hasRole(me, "clerk") && !hasRole(me, "leader")) return null;
  return (
    <details className={css.seen} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{t.views}</summary>
      {views.data?.map((v) => (
        <div key={v.name + v.firstAt} className={css.note}>
          {[v.name, v.title].filter(Boolean).join(", ")} <span className={css.faint}>{t.seen(v.times, showMoment(v.lastAt))}</span>
        </div>
      ))}
    </details>
  );
}
