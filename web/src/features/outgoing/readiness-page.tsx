import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { useState } from "react";
import type { Readiness, ReadyRecipient } from "@/api/schema";
import { failureOf } from "@/features/session/failure";
import { useText } from "@/text/text";
import { Badge } from "@/ui/badge";
import { buttonClass } from "@/ui/button";
import { CheckField } from "@/ui/field";
import { Page, Section } from "@/ui/page";
import { EmptyState, Notice } from "@/ui/states";
import { Table, type Column } from "@/ui/table";
import { documentQuery, readinessQuery } from "./queries";
import { Lines } from "./readiness";
import css from "./readiness.module.css";

// Before issuing: every recipient with its road and what is missing there, and
// the text's own list of recipients beside ours.
export function ReadinessPage() {
  const text = useText();
  const t = text.ready;
  const { id } = useParams({ from: "/desk/outgoing/$id/ready" });
  const navigate = useNavigate();
  const document = useQuery(documentQuery(id)).data;
  const { data, error, refetch } = useQuery(readinessQuery(id));
  const [only, setOnly] = useState(false);
  const rows = data?.recipients.filter((r) => !only || r.missing.length > 0);
  const columns: readonly Column<ReadyRecipient>[] = [
    { id: "name", title: t.recipient, cell: (r) => <span title={r.name}>{r.name}</span> },
    { id: "role", title: t.role, width: "120px", cell: (r) => text.recipient.roles[r.role] },
    { id: "channel", title: text.recipient.channel, width: "130px", cell: (r) => text.recipient.channels[r.channel] },
    {
      id: "missing",
      title: t.missing,
      width: "430px",
      cell: (r) =>
        r.missing.length === 0 ? (
          <Badge tone="done">{t.fine}</Badge>
        ) : (
          <span title={r.missing.map((m) => m.text).join("\n")}>
            <Badge tone={r.missing.some((m) => m.blocks) ? "late" : "soon"}>{r.missing.some((m) => m.blocks) ? t.stops : t.note}</Badge>{" "}
            {r.missing.map((m) => m.text).join(" ")}
          </span>
        ),
    },
  ];
  return (
    <Page
      title={t.title}
      sub={document ? [document.reference, document.subject].filter(Boolean).join(" · ") : undefined}
      acts={
        <Link to="/outgoing/$id" params={{ id }} className={buttonClass()}>
          <ChevronLeft size={14} /> {t.back}
        </Link>
      }
    >
      <div className={css.page}>
        {data ? <Findings found={data} /> : null}
        <div className={css.bar}>
          <strong>{data ? t.roads(data) : ""}</strong>
          <CheckField label={t.onlyMissing} checked={only} onChange={(e) => setOnly(e.target.checked)} />
        </div>
        <div className={css.list}>
          <Table
            label={t.title}
            columns={columns}
            rows={rows}
            rowId={(r) => r.type + (r.agencyId ?? "") + r.name}
            onOpen={() => void navigate({ to: "/outgoing/$id", params: { id }, search: { tab: "recipients" } })}
            failed={failureOf(error)}
            onRetry={() => void refetch()}
            empty={<EmptyState title={only ? t.nothingMissing : text.recipient.none} />}
          />
        </div>
      </div>
    </Page>
  );
}

function Findings({ found: f }: { found: Readiness }) {
  const t = useText().ready;
  return (
    <div className={css.findings}>
      <Section title={t.document}>
        {f.document.length === 0 ? <p>{t.documentFine}</p> : null}
        {f.document.map((m) => (
          <Notice key={m.text} look={m.blocks ? "stop" : undefined}>
            {m.text}
          </Notice>
        ))}
      </Section>
      <Section title={t.list}>
        {f.unread ? <p>{t.unread}</p> : null}
        {!f.unread && !f.listFound ? <p>{t.noList}</p> : null}
        {f.listFound && f.unlisted.length + f.unnamed.length === 0 && !f.named.some((n) => n.group && n.matches === 0) ? <p>{t.same}</p> : null}
        {f.unlisted.length > 0 ? (
          <Notice>
            <strong>{t.unlisted}</strong>
            <Lines lines={f.unlisted} />
          </Notice>
        ) : null}
        {f.unnamed.length > 0 ? (
          <Notice>
            <strong>{t.unnamed(f.unnamed.length)}</strong>
            <Lines lines={f.unnamed.slice(0, 20)} />
            {f.unnamed.length > 20 ? t.more(f.unnamed.length - 20) : null}
          </Notice>
        ) : null}
        {f.named.some((n) => n.group) ? (
          <details>
            <summary>{t.groups}</summary>
            <Lines lines={f.named.filter((n) => n.group).map((n) => (n.matches > 0 ? t.group(n.text, n.matches) : t.groupUnchecked(n.text)))} />
          </details>
        ) : null}
      </Section>
    </div>
  );
}
