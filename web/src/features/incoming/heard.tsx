import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { Arrival, HeardRequest } from "@/api/schema";
import css from "@/features/document/side.module.css";
import { useCommand } from "@/features/session/command";
import { useMe } from "@/features/session/me";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm";
import { showMoment } from "@/ui/dates";
import { Notice } from "@/ui/states";
import { heardQuery } from "./queries";

// What the sender said of the document since it was sent; the clerk answers here.
export function Heard({ arrival: a }: { arrival: Arrival }) {
  const { data } = useQuery(heardQuery(a.id));
  const { positions } = useMe();
  const clerk = positions.some((p) => p.role === "clerk" && p.agencyId === a.agencyId);
  return data?.map((r) => (
    <div key={r.id} className={css.pad} style={{ paddingTop: 10 }}>
      <HeardNotice request={r} arrival={a} clerk={clerk} />
    </div>
  ));
}

function HeardNotice({ request: r, arrival: a, clerk }: { request: HeardRequest; arrival: Arrival; clerk: boolean }) {
  const text = useText();
  const t = text.register.recall;
  const [answering, setAnswering] = useState<"agree" | "decline">();
  const waits = r.answer === "pending";
  return (
    <Notice look={r.kind === "void" || r.kind === "recall" || waits ? "stop" : undefined}>
      <strong>{t.heard[r.kind](r.senderName)}</strong> {r.byReference} {r.reason} <small>{showMoment(r.askedAt)}</small>{" "}
      {r.byArrivalId ? (
        <Link to="/incoming/$id" params={{ id: r.byArrivalId }}>
          {t.openNew}
        </Link>
      ) : null}
      {r.kind === "take_back" || r.kind === "recall" ? (
        <div>
          <Badge tone={waits ? "soon" : r.answer === "declined" ? "late" : "done"}>{t.answers[r.answer]}</Badge>{" "}
          {[r.answeredBy, r.note].filter(Boolean).join(" · ")}
        </div>
      ) : null}
      {waits && clerk ? (
        <div style={{ display: "flex", gap: 8, marginTop: 8 }}>
          <Button small look="primary" onClick={() => setAnswering("agree")}>
            {r.kind === "recall" ? t.confirm : t.agree}
          </Button>
          {r.kind === "take_back" ? (
            <Button small look="danger" onClick={() => setAnswering("decline")}>
              {t.decline}
            </Button>
          ) : null}
        </div>
      ) : null}
      {answering ? <AnswerDialog request={r} arrival={a} agree={answering === "agree"} onClose={() => setAnswering(undefined)} /> : null}
    </Notice>
  );
}

interface AnswerProps {
  request: HeardRequest;
  arrival: Arrival;
  agree: boolean;
  onClose: () => void;
}

function AnswerDialog({ request: r, arrival: a, agree, onClose }: AnswerProps) {
  const t = useText().register.recall;
  const run = useCommand({
    agencyId: a.agencyId,
    spoils: [["arrivals"], ["requests"], ["work"], ["registers"]],
    said: () => t.answered,
    onDone: onClose,
    run: (body: { agree: boolean; note?: string }, header) =>
      value(
        client.POST("/api/arrivals/{id}/requests/{requestId}/answer", { params: { path: { id: a.id, requestId: r.id }, header }, body }),
      ),
  });
  const title = r.kind === "recall" ? t.confirm : agree ? t.agree : t.decline;
  return (
    <ConfirmDialog
      title={title}
      action={title}
      danger={!agree}
      busy={run.isPending}
      problem={<FormProblem error={run.error} />}
      reason={agree ? "welcome" : "needed"}
      maxLength={1000}
      onClose={onClose}
      onConfirm={(note) => run.mutate({ agree, note: note || undefined })}
    >
      {agree ? <p>{r.kind === "recall" ? t.confirmHint : t.agreeHint}</p> : null}
    </ConfirmDialog>
  );
}
