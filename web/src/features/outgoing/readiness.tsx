import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Document } from "@/api/schema";
import { useText } from "@/text/text";
import { Bone, Notice } from "@/ui/states";
import { readinessQuery } from "./queries";

// What the clerk hears before the document goes out; the page tells it of each recipient.
export function ReadinessSummary({ document: d }: { document: Document }) {
  const t = useText().ready;
  const { data } = useQuery(readinessQuery(d.id));
  if (!data) return <Bone width="50%" />;
  const blocked = data.recipients.filter((r) => r.missing.some((m) => m.blocks)).length;
  const differ = data.unlisted.length + data.unnamed.length;
  // The dialog tells by itself of a file that is no PDF or bears no signature.
  const lacks = data.document.filter((m) => m.blocks || (m.code !== "not_pdf" && m.code !== "unsigned"));
  return (
    <Notice look={blocked > 0 || lacks.some((m) => m.blocks) ? "stop" : "calm"}>
      <strong>{t.roads(data)}</strong>
      {lacks.length > 0 ? <Lines lines={lacks.map((m) => m.text)} /> : null}
      {blocked > 0 ? <div>{t.blocked(blocked)}</div> : null}
      {data.listFound && differ > 0 ? <div>{t.differ(data.unlisted.length, data.unnamed.length)}</div> : null}
      <div>
        <Link to="/outgoing/$id/ready" params={{ id: d.id }}>
          {t.look}
        </Link>
      </div>
    </Notice>
  );
}

export function Lines({ lines }: { lines: readonly string[] }) {
  return (
    <ul style={{ margin: "4px 0", paddingInlineStart: 18 }}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
