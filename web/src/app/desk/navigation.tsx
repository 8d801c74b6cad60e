import { useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import {
  Bell,
  BookOpen,
  Building2,
  CalendarCheck2,
  FilePen,
  FilePlus2,
  FileType2,
  FileUp,
  FolderOpen,
  Inbox,
  ListChecks,
  ListTodo,
  MailWarning,
  Mails,
  Network,
  Route,
  ScanLine,
  Send,
  Signature,
  Stamp,
  Undo2,
  UserRoundCheck,
  Users,
  UsersRound,
  Waypoints,
} from "lucide-react";
import type { ReactNode } from "react";
import { hasRole, useMe } from "@/features/session/me";
import { pendingRequestsQuery } from "@/features/incoming/queries";
import { unreadQuery } from "@/features/notice/queries";
import { countOf, total } from "@/features/work/groups";
import { workQuery } from "@/features/work/queries";
import { useText } from "@/text/text";
import { Count } from "@/ui/badge";
import { buttonClass } from "@/ui/button";
import { Mark } from "@/ui/mark";
import css from "./desk.module.css";
import { PersonMenu } from "./person-menu";

const size = 16;

export function Navigation() {
  const { shell: t, casefile, direction, notice, paper, circuit, writing, register } = useText();
  const circuits = circuit.defaults;
  const r = register.recall;
  const me = useMe();
  const work = useQuery(workQuery).data;
  const administers = me.operator || hasRole(me, "admin");
  const clerk = hasRole(me, "clerk");
  const signs = hasRole(me, "leader", "unit_head");
  const requests = useQuery({ ...pendingRequestsQuery, enabled: clerk }).data?.length ?? 0;
  const unread = useQuery(unreadQuery).data;
  const office = hasRole(me, "clerk", "leader", "unit_head", "officer");
  return (
    <div className={css.nav}>
      <Link to="/" className={css.brand}>
        <Mark size={22} />
        <span>congvan</span>
      </Link>
      {office ? (
        <div className={css.compose}>
          <Link to="/outgoing/new" className={buttonClass("primary")}>
            <FilePlus2 size={15} /> {t.compose}
          </Link>
        </div>
      ) : null}
      <nav className={css.links} aria-label={t.menu}>
        <Item to="/" icon={<ListTodo size={size} />} label={t.home} count={total(work).count} more={total(work).more} accent />
        {office ? (
          <>
            <Item to="/notices" search={{}} icon={<Bell size={size} />} label={notice.title} count={unread} late />
            <div className={css.heading}>{t.incoming}</div>
            {clerk ? (
              <Item
                to="/incoming"
                search={{ state: "awaiting" }}
                icon={<Stamp size={size} />}
                label={t.incomingWaiting}
                count={countOf(work, "register")}
              />
            ) : null}
            <Item to="/incoming" search={{}} exact icon={<Inbox size={size} />} label={t.incomingAll} />
            {clerk ? <Item to="/incoming/paper" search={{}} icon={<ScanLine size={size} />} label={paper.title} /> : null}
            {clerk && requests ? <Item to="/requests" icon={<Undo2 size={size} />} label={r.requests} count={requests} late /> : null}
            {clerk ? <Item to="/forwarding" icon={<Waypoints size={size} />} label={direction.rules} /> : null}
            <Item to="/work" icon={<ListChecks size={size} />} label={t.incomingWork} count={countOf(work, "direct", "mine", "to_give")} />
            <div className={css.heading}>{t.outgoing}</div>
            <Item
              to="/outgoing"
              search={{ state: ["draft"], mine: true }}
              icon={<FilePen size={size} />}
              label={t.outgoingMine}
              count={countOf(work, "finish")}
            />
            {signs || clerk ? (
              <Item
                to="/to-sign"
                search={{}}
                icon={<Signature size={size} />}
                label={signs && clerk ? t.toSignOrSeal : signs ? t.toSign : t.toSeal}
                count={countOf(work, "sign", "seal")}
              />
            ) : null}
            <Item to="/outgoing" search={{}} exact icon={<Send size={size} />} label={t.outgoingAll} />
            {clerk ? <Item to="/circuits" icon={<Route size={size} />} label={circuits} /> : null}
            <Item to="/templates" icon={<FileType2 size={size} />} label={writing.templates} />
            <div className={css.heading}>{t.books}</div>
            <Item to="/registers" icon={<BookOpen size={size} />} label={t.registers} />
            <Item to="/case-files" search={{}} icon={<FolderOpen size={size} />} label={casefile.title} />
          </>
        ) : null}
        <div className={css.heading}>{t.time}</div>
        <Item to="/absence" icon={<UserRoundCheck size={size} />} label={t.absence} />
        <Item to="/calendar" icon={<CalendarCheck2 size={size} />} label={t.calendar} />
        {clerk || administers ? <div className={css.heading}>{t.mail}</div> : null}
        {clerk ? (
          <Item to="/mail/quarantine" icon={<MailWarning size={size} />} label={t.quarantine} count={countOf(work, "quarantine")} late />
        ) : null}
        {clerk || administers ? <Item to="/mail/mailboxes" icon={<Mails size={size} />} label={t.mailboxes} count={countOf(work, "mailboxes")} late /> : null}
        {administers ? (
          <>
            <div className={css.heading}>{t.admin}</div>
            <Item to="/admin/agencies" icon={<Building2 size={size} />} label={t.agencies} />
            <Item to="/admin/accounts" icon={<Users size={size} />} label={t.accounts} />
            {clerk ? null : <Item to="/circuits" icon={<Route size={size} />} label={circuits} />}
            {clerk ? null : <Item to="/forwarding" icon={<Waypoints size={size} />} label={direction.rules} />}
            <Item to="/admin/groups" icon={<UsersRound size={size} />} label={t.groups} />
            <Item to="/admin/import" icon={<FileUp size={size} />} label={t.importing} />
            {me.operator ? <Item to="/admin/peers" icon={<Network size={size} />} label={t.peers} /> : null}
          </>
        ) : null}
      </nav>
      <div className={css.foot}>
        <PersonMenu />
      </div>
    </div>
  );
}

interface ItemProps {
  to: LinkProps["to"];
  search?: LinkProps["search"];
  exact?: boolean;
  icon: ReactNode;
  label: string;
  count?: number;
  more?: boolean;
  accent?: boolean;
  late?: boolean;
}

function Item({ to, search, exact, icon, label, count, more, accent, late }: ItemProps) {
  return (
    <Link
      to={to}
      search={search}
      className={css.link}
      activeProps={{ className: css.on }}
      activeOptions={{ exact: to === "/" || exact === true, includeSearch: search !== undefined }}
      title={label}
    >
      {icon}
      <span>{label}</span>
      {count ? <Count value={count} more={more} tone={late ? "late" : accent ? "accent" : undefined} /> : null}
    </Link>
  );
}
