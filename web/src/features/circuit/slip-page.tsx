import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ChevronLeft, Printer } from "lucide-react";
import { useKinds } from "@/features/document/kinds";
import { documentQuery } from "@/features/outgoing/queries";
import { LoadFailed } from "@/features/session/load-failed";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Bone } from "@/ui/states";
import { Said } from "./circuit-tab";
import { circuitQuery } from "./queries";
import css from "./slip.module.css";

// Phiếu trình: what the leader decides on, without a number of its own. It
// prints as one sheet; the desk around it does not.
export function SlipPage() {
  const t = useText().circuit;
  const kinds = useKinds();
  const { id } = useParams({ from: "/desk/outgoing/$id/slip" });
  const document = useQuery(documentQuery(id));
  const circuit = useQuery(circuitQuery(id));
  const error = document.error ?? circuit.error;
  if (error) return <LoadFailed error={error} onRetry={() => void Promise.all([document.refetch(), circuit.refetch()])} />;
  const d = document.data;
  const c = circuit.data;
  if (!d || !c) return <Bone width="60%" />;
  const reasons = c.answers.filter((a) => a.verdict === "submitted" && a.note);
  const decided = c.answers.filter((a) => a.kind === "approve");
  const rounds = [...new Set(c.answers.map((a) => a.round))].sort((a, b) => a - b);
  return (
    <div className={css.page}>
      <div className={css.bar}>
        <Link to="/outgoing/$id" params={{ id }} search={{ tab: "circuit" }}>
          <ChevronLeft size={14} /> {t.title}
        </Link>
        <Button icon={<Printer size={15} />} onClick={() => window.print()}>
          {t.slipPrint}
        </Button>
      </div>
      <article className={css.sheet}>
        <p className={css.agency}>{d.agencyName}</p>
        {d.unitName ? <p className={css.unit}>{d.unitName}</p> : null}
        <h1>{t.slip}</h1>
        <dl>
          <dt>{t.slipTo}</dt>
          <dd>{d.approverName}</dd>
          <dt>{t.slipSubject}</dt>
          <dd>
            {kinds.name(d.kind)}: {d.subject}
          </dd>
          <dt>{t.slipFiles}</dt>
          <dd>{d.files.map((f) => f.name).join("; ")}</dd>
        </dl>
        <h2>{t.slipReasons}</h2>
        {reasons.length === 0 ? <p className={css.none}>{t.slipNone}</p> : null}
        <ul>
          {reasons.map((a) => (
            <Said key={a.at} answer={a} />
          ))}
        </ul>
        <h2>{t.slipOpinions}</h2>
        {rounds.map((n) => {
          const said = c.answers.filter((a) => a.round === n && a.verdict !== "submitted" && a.kind !== "approve");
          return (
            <section key={n}>
              <h3>{t.round(n)}</h3>
              {said.length === 0 ? <p className={css.none}>{t.slipNone}</p> : null}
              <ul>
                {said.map((a) => (
                  <Said key={a.at + a.actorName} answer={a} />
                ))}
              </ul>
            </section>
          );
        })}
        <h2>{t.slipDecision}</h2>
        {decided.length === 0 ? <div className={css.room} /> : null}
        <ul>
          {decided.map((a) => (
            <Said key={a.at} answer={a} />
          ))}
        </ul>
        <div className={css.block}>
          {c.signerBlock.map((line) => (
            <strong key={line}>{line}</strong>
          ))}
        </div>
      </article>
    </div>
  );
}
