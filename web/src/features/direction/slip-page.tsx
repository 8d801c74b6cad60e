import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ChevronLeft, Printer } from "lucide-react";
import type { Arrival, Line } from "@/api/schema";
import { useKinds } from "@/features/document/kinds";
import { arrivalQuery } from "@/features/incoming/queries";
import { LoadFailed } from "@/features/session/load-failed";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { showDay, showMoment } from "@/ui/dates";
import { showOrdinal } from "@/ui/numbers";
import css from "./direction.module.css";

// Phiếu giải quyết văn bản đến (NĐ 30/2020, phụ lục IV): the stamp ĐẾN, then
// what the leader, the unit's head and the handler said. It fills itself.
export function SlipPage() {
  const t = useText();
  const d = t.direction;
  const { id } = useParams({ from: "/desk/incoming/$id/slip" });
  const { data: a, error, refetch } = useQuery(arrivalQuery(id));
  const kinds = useKinds();
  if (error && !a) return <LoadFailed error={error} onRetry={() => void refetch()} />;
  if (!a) return null;
  return (
    <div style={{ overflow: "auto", height: "100%" }}>
      <div className={`${css.bar} ${css.noPrint}`} style={{ padding: 12 }}>
        <Link to="/incoming/$id" params={{ id }}>
          <ChevronLeft size={14} /> {t.arrival.title}
        </Link>
        <Button icon={<Printer size={15} />} onClick={() => window.print()}>
          {d.print}
        </Button>
      </div>
      <article className={css.slip}>
        <div className={css.stamp} role="group" aria-label={d.stamp}>
          <div>{a.agencyName}</div>
          <strong>{d.stamp}</strong>
          <div>
            {d.stampNumber}: {a.arrivalNumber === undefined ? "" : showOrdinal(a.arrivalNumber)}
          </div>
          <div>
            {d.stampDay}: {a.arrivalDay ? showDay(a.arrivalDay) : ""}
          </div>
          <div>
            {d.stampTo}: {firstHolder(a)}
          </div>
        </div>
        {a.source === "paper" && a.arrivalNumber !== undefined ? (
          <img src={`/api/arrivals/${id}/barcode`} alt={t.paper.barcode} style={{ float: "right", height: 44 }} />
        ) : null}
        <h1>{d.slipTitle}</h1>
        <p>
          {[kinds.name(a.kind), a.reference, a.documentDate && showDay(a.documentDate), a.issuerName].filter(Boolean).join(" · ")}
          <br />
          {a.subject}
        </p>
        <Level arrival={a} title={d.slipLeader} lines={a.lines.filter((l) => above(a, l)?.asks !== undefined && above(a, l)?.asks !== "work")} />
        <Level arrival={a} title={d.slipUnit} lines={a.lines.filter((l) => above(a, l)?.unitId !== undefined)} />
        <h2>{d.slipHandler}</h2>
        {a.notes
          .filter((n) => n.kind === "progress" || n.kind === "result")
          .map((n) => (
            <p key={n.id}>
              {n.words} ({n.name}, {showMoment(n.at)})
            </p>
          ))}
      </article>
    </div>
  );
}

function above(a: Arrival, l: Line): Line | undefined {
  return a.lines.find((x) => x.id === l.parentId);
}

function firstHolder(a: Arrival): string {
  const first = a.lines.find((l) => l.parentId !== undefined && l.role === "lead");
  return first?.unitName ?? first?.personName ?? "";
}

// One level of the slip: the words, and who does what until when.
function Level({ arrival: a, title, lines }: { arrival: Arrival; title: string; lines: readonly Line[] }) {
  const t = useText();
  const words = a.directions.filter((d) => lines.some((l) => l.directionId === d.id));
  return (
    <>
      <h2>{title}</h2>
      {words.map((d) => (
        <p key={d.id}>
          {d.words} ({d.name}, {showMoment(d.at)})
        </p>
      ))}
      {lines.length > 0 ? (
        <table>
          <tbody>
            {lines.map((l) => (
              <tr key={l.id}>
                <th scope="row">{t.arrival.lineRoles[l.role]}</th>
                <td>{l.personName ?? l.unitName}</td>
                <td>{l.dueDate ? showDay(l.dueDate) : ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </>
  );
}
