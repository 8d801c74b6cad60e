import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { Document, DocumentAction, SentRequest } from "@/api/schema";
import css from "@/features/document/side.module.css";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Badge, type Tone } from "@/ui/badge";
import { buttonClass } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm";
import { showMoment } from "@/ui/dates";
import { SelectField, TextField } from "@/ui/field";
import { Menu, MenuItem } from "@/ui/menu";
import { Notice } from "@/ui/states";
import { issuedQuery, recipientsQuery, requestsQuery } from "./queries";

export type AfterAct = Extract<DocumentAction, "void" | "take_back" | "recall" | "replace" | "update">;
const afterActs: readonly AfterAct[] = ["take_back", "replace", "update", "recall", "void"];

// What became of the document after its issue, and what may still be said of it.
export function AfterIssue({ document: d }: { document: Document }) {
  const t = useText().register.recall;
  const past = d.state === "issued" || d.state === "voided" || d.state === "recalled";
  const { data } = useQuery({ ...requestsQuery(d.id), enabled: past });
  const [act, setAct] = useState<AfterAct>();
  const acts = afterActs.filter((a) => d.actions.includes(a));
  if (acts.length === 0 && !data?.items.length && !data?.followed.length) return null;
  return (
    <>
      {data?.items.map((r) => (
        <div key={r.id} className={css.pad} style={{ paddingTop: 10 }}>
          <Said request={r} />
        </div>
      ))}
      {data?.followed.map((f) => (
        <div key={f.kind + f.documentId} className={css.pad} style={{ paddingTop: 10 }}>
          <Notice>
            <Link to="/outgoing/$id" params={{ id: f.documentId }} title={f.subject}>
              {t.follows[f.kind](f.reference)}
            </Link>
          </Notice>
        </div>
      ))}
      {acts.length > 0 ? (
        <div className={css.pad} style={{ paddingTop: 10 }}>
          <Menu label={t.after} className={buttonClass("normal", true)} trigger={t.after}>
            {(close) =>
              acts.map((a) => (
                <MenuItem
                  key={a}
                  onSelect={() => {
                    close();
                    setAct(a);
                  }}
                >
                  {t.acts[a]}
                </MenuItem>
              ))
            }
          </Menu>
        </div>
      ) : null}
      {act ? <AskDialog act={act} document={d} onClose={() => setAct(undefined)} /> : null}
    </>
  );
}

const answerTone: Record<SentRequest["answers"][number]["answer"], Tone> = {
  "": "quiet",
  told: "done",
  pending: "soon",
  withdrawn: "done",
  agreed: "done",
  declined: "late",
  confirmed: "done",
};

function Said({ request: r }: { request: SentRequest }) {
  const t = useText().register.recall;
  const told = r.kind === "void" || r.kind === "take_back" ? `${r.askedBy}, ${showMoment(r.askedAt)}` : r.byReference;
  const words = t.banners[r.kind](told);
  const asks = r.kind === "take_back" || r.kind === "recall";
  return (
    <Notice look={r.kind === "void" || r.kind === "recall" ? "stop" : undefined}>
      <strong>
        {r.byDocumentId ? (
          <Link to="/outgoing/$id" params={{ id: r.byDocumentId }}>
            {words}
          </Link>
        ) : (
          words
        )}
      </strong>{" "}
      {r.reason}
      {asks ? (
        <details>
          <summary>{t.progress(r.total - r.open, r.total)}</summary>
          {r.answers.map((a) => (
            <div key={a.deliveryId}>
              {a.name} <Badge tone={answerTone[a.answer]}>{t.answers[a.answer]}</Badge>{" "}
              {[a.answeredBy, a.answeredAt ? showMoment(a.answeredAt) : "", a.note].filter(Boolean).join(" · ")}
            </div>
          ))}
        </details>
      ) : null}
    </Notice>
  );
}

interface Asking {
  reason: string;
  by: string;
  byReference: string;
  from: string;
}

function AskDialog({ act, document: d, onClose }: { act: AfterAct; document: Document; onClose: () => void }) {
  const t = useText().register.recall;
  const [by, setBy] = useState("");
  const [byReference, setByReference] = useState("");
  const [from, setFrom] = useState("");
  const follows = act === "replace" || act === "update";
  const issued = useQuery({ ...issuedQuery(d.agencyId), enabled: follows || act === "recall" });
  const deliveries = useQuery({ ...recipientsQuery(d.id), enabled: act === "take_back" });
  const run = useCommand({
    agencyId: d.agencyId,
    spoils: [["documents"], ["registers"], ["work"]],
    said: () => t.said[act],
    onDone: onClose,
    run: (x: Asking, header) => ask(act, d.id, x, header),
  });
  return (
    <ConfirmDialog
      title={t.acts[act]}
      action={t.acts[act]}
      danger={!follows}
      busy={run.isPending}
      problem={<FormProblem error={run.error} />}
      reason={follows ? "welcome" : "needed"}
      reasonLabel={t.reason}
      maxLength={1000}
      onClose={onClose}
      onConfirm={(reason) => run.mutate({ reason, by, byReference: byReference.trim().normalize("NFC"), from })}
    >
      <p>{t.hints[act]}</p>
      {follows || act === "recall" ? (
        <SelectField label={act === "recall" ? t.byRecall : t.by} required={follows} value={by} onChange={(e) => setBy(e.target.value)}>
          <option value="">{t.choose}</option>
          {issued.data
            ?.filter((x) => x.id !== d.id)
            .map((x) => (
              <option key={x.id} value={x.id}>
                {x.reference} · {x.subject}
              </option>
            ))}
        </SelectField>
      ) : null}
      {act === "recall" && by === "" ? (
        <TextField label={t.byReference} maxLength={200} value={byReference} onChange={(e) => setByReference(e.target.value)} />
      ) : null}
      {act === "take_back" ? (
        <SelectField label={t.from} value={from} onChange={(e) => setFrom(e.target.value)}>
          <option value="">{t.everybody}</option>
          {deliveries.data?.map((x) => (
            <option key={x.id} value={x.id}>
              {x.name}
            </option>
          ))}
        </SelectField>
      ) : null}
    </ConfirmDialog>
  );
}

function ask(act: AfterAct, id: string, x: Asking, header: { "Idempotency-Key": string; "Congvan-Position"?: string }) {
  const params = { path: { id }, header };
  switch (act) {
    case "void":
      return value(client.POST("/api/documents/{id}/void", { params, body: { reason: x.reason } }));
    case "take_back":
      return value(
        client.POST("/api/documents/{id}/take-back", { params, body: { reason: x.reason, deliveryIds: x.from ? [x.from] : undefined } }),
      );
    case "recall":
      return value(
        client.POST("/api/documents/{id}/recall", {
          params,
          body: { reason: x.reason, byDocumentId: x.by || undefined, byReference: x.by ? undefined : x.byReference || undefined },
        }),
      );
    default:
      return value(
        client.POST("/api/documents/{id}/successor", { params, body: { kind: act, byDocumentId: x.by, note: x.reason || undefined } }),
      );
  }
}
