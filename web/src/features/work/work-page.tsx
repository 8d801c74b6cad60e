import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef, type KeyboardEvent, type ReactNode } from "react";
import type { ArrivalSummary, DocumentSummary, LineSummary, WorkGroup } from "@/api/schema";
import { useKinds } from "@/features/document/kinds";
import { Due, UrgencyMark } from "@/features/document/marks";
import { LoadFailed } from "@/features/session/load-failed";
import { agenciesOf, briefAgency, useMe } from "@/features/session/me";
import { useText } from "@/text/text";
import { Badge } from "@/ui/badge";
import { classes } from "@/ui/classes";
import { showBrief, showDay, today } from "@/ui/dates";
import { Page } from "@/ui/page";
import { Bone, EmptyState } from "@/ui/states";
import { countText, late, ordered, type Expected } from "./groups";
import { workQuery } from "./queries";
import css from "./work.module.css";

// What must I do now, what is late, what came.
export function WorkPage() {
  const t = useText().work;
  const me = useMe();
  const { data, error, refetch } = useQuery(workQuery);
  const box = useRef<HTMLDivElement>(null);
  if (error && !data) return <LoadFailed error={error} onRetry={() => void refetch()} />;
  const groups = data ? ordered(data) : undefined;
  const overdue = data ? late(data, today()) : [];
  return (
    <Page title={t.title} sub={`${me.fullName} · ${showDay(today())}`}>
      <div className={css.page} ref={box} role="group" aria-label={t.title} tabIndex={-1} data-keys="" onKeyDown={(e) => moveFocus(e, box.current)}>
        {groups === undefined ? <Waiting /> : null}
        {groups?.length === 0 ? <EmptyState title={t.nothing} hint={t.nothingHint} /> : null}
        {groups && groups.length > 0 ? <Tiles groups={groups} late={overdue.length} /> : null}
        {overdue.length > 0 ? (
          <Group id="late" title={t.late} count={String(overdue.length)} late>
            {overdue.map(({ type, item }) =>
              type === "document" ? (
                <DocumentLine key={item.id} item={item as DocumentSummary} />
              ) : type === "line" ? (
                <WorkLine key={item.id} item={item as LineSummary} />
              ) : (
                <ArrivalLine key={item.id} item={item as ArrivalSummary} />
              ),
            )}
          </Group>
        ) : null}
        {groups?.map((g) => (
          <Group key={g.expected} id={g.expected} title={t.groups[g.expected]} count={countText(g)} all={<SeeAll group={g} />}>
            {g.documents.map((d) => (
              <DocumentLine key={d.id} item={d} refused={g.expected === "refused"} />
            ))}
            {g.arrivals.map((a) => (
              <ArrivalLine key={a.id} item={a} />
            ))}
            {g.lines.map((l) => (
              <WorkLine key={l.id} item={l} />
            ))}
            {g.expected === "mailboxes" ? (
              <li>
                <Link to="/mail/mailboxes" className={css.note} data-item="">
                  <span>{t.mailboxesLine(g.count)}</span>
                </Link>
              </li>
            ) : null}
            {g.expected === "quarantine" ? (
              <li>
                <Link to="/mail/quarantine" className={css.note} data-item="">
                  <span>{t.quarantineLine(g.count)}</span>
                </Link>
              </li>
            ) : null}
          </Group>
        ))}
      </div>
    </Page>
  );
}

// j, k and arrows go through all lines of the page.
function moveFocus(e: KeyboardEvent, box: HTMLElement | null) {
  const by = e.key === "j" || e.key === "ArrowDown" ? 1 : e.key === "k" || e.key === "ArrowUp" ? -1 : 0;
  if (by === 0 || !box || e.ctrlKey || e.altKey) return;
  const all = [...box.querySelectorAll<HTMLElement>("[data-item]")];
  const at = all.indexOf(document.activeElement as HTMLElement);
  all[Math.max(0, Math.min(all.length - 1, at + by))]?.focus();
  e.preventDefault();
}

function Waiting() {
  return (
    <div className={css.group}>
      {["62%", "54%", "70%", "48%"].map((w) => (
        <div key={w} className={css.item}>
          <Bone width={w} />
        </div>
      ))}
    </div>
  );
}

function Tiles({ groups, late: overdue }: { groups: readonly WorkGroup[]; late: number }) {
  const t = useText().work;
  return (
    <nav className={css.tiles} aria-label={t.title}>
      {overdue > 0 ? (
        <a href="#late" className={classes(css.tile, css.tileLate)}>
          <strong>{overdue}</strong>
          {t.late}
        </a>
      ) : null}
      {groups.map((g) => (
        <a key={g.expected} href={`#${g.expected}`} className={css.tile}>
          <strong>{countText(g)}</strong>
          {t.groups[g.expected]}
        </a>
      ))}
    </nav>
  );
}

interface GroupProps {
  id: string;
  title: string;
  count: string;
  late?: boolean;
  all?: ReactNode;
  children: ReactNode;
}

function Group({ id, title, count, late: red, all, children }: GroupProps) {
  return (
    <section className={css.group} id={id} aria-label={`${title} (${count})`}>
      <header className={css.groupHead}>
        <h2 className={red ? css.red : undefined}>
          {title} <span>{count}</span>
        </h2>
        {all}
      </header>
      <ul>{children}</ul>
    </section>
  );
}

function SeeAll({ group: g }: { group: WorkGroup }) {
  const t = useText().work;
  // What stands in a list of its own is shown here as far as it fits.
  if (g.count <= g.documents.length + g.arrivals.length + g.lines.length && g.expected !== "refused") return null;
  const label = t.seeAll(countText(g));
  const lists: Record<Expected, ReactNode> = {
    approve: <Link to="/outgoing" search={{ state: ["submitted"] }}>{label}</Link>,
    answer: <Link to="/outgoing" search={{ state: ["submitted"] }}>{label}</Link>,
    changed: <Link to="/outgoing" search={{ state: ["submitted"] }}>{label}</Link>,
    reassign: <Link to="/outgoing" search={{ state: ["submitted"] }}>{label}</Link>,
    sign: <Link to="/to-sign" search={{ act: "sign" }}>{label}</Link>,
    seal: <Link to="/to-sign" search={{ act: "seal" }}>{label}</Link>,
    number: <Link to="/outgoing" search={{ state: ["approved", "signed"] }}>{label}</Link>,
    // That list also has what is still to be sealed: it is not what was counted.
    issue: <Link to="/outgoing" search={{ state: ["numbered"] }}>{t.seeNumbered}</Link>,
    finish: <Link to="/outgoing" search={{ state: ["draft"], mine: true }}>{label}</Link>,
    refused: <Link to="/outgoing" search={{ refusedSince: g.since, ...(g.mine ? { mine: true } : {}) }}>{label}</Link>,
    register: <Link to="/incoming" search={{ state: "awaiting" }}>{label}</Link>,
    to_give: <Link to="/work" search={{ view: "to_give" }}>{label}</Link>,
    direct: <Link to="/work" search={{ view: "direct" }}>{label}</Link>,
    mine: <Link to="/work" search={{ view: "mine" }}>{label}</Link>,
    unit: <Link to="/work" search={{ view: "unit" }}>{label}</Link>,
    read: <Link to="/incoming">{label}</Link>,
    mailboxes: <Link to="/mail/mailboxes">{label}</Link>,
    quarantine: <Link to="/mail/quarantine">{label}</Link>,
  };
  return lists[g.expected];
}

function DocumentLine({ item: d, refused }: { item: DocumentSummary; refused?: boolean }) {
  const t = useText();
  const kinds = useKinds();
  const several = agenciesOf(useMe()).length > 1;
  return (
    <li>
      <Link to="/outgoing/$id" params={{ id: d.id }} search={refused ? { tab: "recipients" } : {}} className={css.item} data-item="">
        <span className={css.what}>
          {d.reference ? <strong>{d.reference}</strong> : kinds.name(d.kind)}
        </span>
        <span className={css.subject} title={d.subject}>
          <UrgencyMark urgency={d.urgency} /> {d.sentBack ? <Badge tone="soon">{t.document.sentBack}</Badge> : null}{" "}
          {d.subject || t.document.noSubject}
        </span>
        <span className={css.who}>{several ? briefAgency(d.agencyName) : d.authorName}</span>
        <span className={css.due}>
          {refused ? <span className={css.red}>{t.document.refusedCount(d.deliveries.refused)}</span> : <Due day={d.dueDate} over={d.state === "issued"} />}
        </span>
        <time className={css.time}>{showBrief(d.updatedAt, today())}</time>
      </Link>
    </li>
  );
}

function ArrivalLine({ item: a }: { item: ArrivalSummary }) {
  const kinds = useKinds();
  return (
    <li>
      <Link to="/incoming/$id" params={{ id: a.id }} className={classes(css.item, !a.read && css.unread)} data-item="">
        <span className={css.what}>{a.reference ? <strong>{a.reference}</strong> : kinds.name(a.kind)}</span>
        <span className={css.subject} title={a.subject}>
          <UrgencyMark urgency={a.urgency} /> {a.subject}
        </span>
        <span className={css.who} title={a.issuerName}>
          {briefAgency(a.issuerName)}
        </span>
        <span className={css.due}>
          <Due day={a.dueDate} over={a.state === "refused"} />
        </span>
        <time className={css.time}>{showBrief(a.arrivedAt, today())}</time>
      </Link>
    </li>
  );
}

// A share of an arrival: what is expected, of whom, until when.
function WorkLine({ item: l }: { item: LineSummary }) {
  const t = useText();
  const kinds = useKinds();
  return (
    <li>
      <Link to="/incoming/$id" params={{ id: l.arrivalId }} className={classes(css.item, !l.read && css.unread)} data-item="">
        <span className={css.what}>{l.reference ? <strong>{l.reference}</strong> : kinds.name(l.kind)}</span>
        <span className={css.subject} title={l.subject}>
          <UrgencyMark urgency={l.urgency} /> {l.givenBack ? <Badge tone="late">{t.direction.givenBack}</Badge> : null} {l.subject}
        </span>
        <span className={css.who}>{l.giverName || briefAgency(l.issuerName)}</span>
        <span className={css.due}>
          <Due day={l.dueDate} over={false} />
        </span>
        <time className={css.time}>{showBrief(l.createdAt, today())}</time>
      </Link>
    </li>
  );
}
