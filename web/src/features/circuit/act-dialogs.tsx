import { client, value } from "@/api/client";
import type { Document } from "@/api/schema";
import { SeenFile, useSeen } from "@/features/document/seen";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { ConfirmDialog } from "@/ui/confirm";
import { spoils } from "./queries";

interface ActProps {
  document: Document;
  onClose: () => void;
}

export type AnswerAct = "review" | "initial" | "check_layout" | "give_opinion";

export function AnswerDialog({ act, document: d, onClose }: ActProps & { act: AnswerAct }) {
  const t = useText();
  const { seenSha256 } = useSeen(d);
  const answer = useCommand({
    agencyId: d.agencyId,
    spoils,
    said: () => t.circuit.said.answered,
    onDone: onClose,
    // Of several who are asked at once, each answers on the same file: only the bytes must not have changed.
    run: (note: string, header) =>
      value(client.POST("/api/documents/{id}/answer", { params: { path: { id: d.id }, header }, body: { act, seenSha256, note: note || undefined } })),
  });
  const opinion = act === "give_opinion";
  return (
    <ConfirmDialog
      title={t.circuit.answer[act]}
      action={t.document.actions[act]}
      busy={answer.isPending}
      problem={<FormProblem error={answer.error} />}
      reason={opinion ? "needed" : "welcome"}
      reasonLabel={opinion ? t.circuit.answer.opinion : t.circuit.answer.note}
      maxLength={2000}
      onClose={onClose}
      onConfirm={(note) => answer.mutate(note)}
    >
      <SeenFile document={d} />
    </ConfirmDialog>
  );
}

export function ReopenDialog({ document: d, onClose }: ActProps) {
  const t = useText();
  const reopen = useCommand({
    agencyId: d.agencyId,
    spoils,
    said: () => t.circuit.said.reopened,
    onDone: onClose,
    run: (reason: string, header) => value(client.POST("/api/documents/{id}/reopen", { params: { path: { id: d.id }, header }, body: { reason } })),
  });
  return (
    <ConfirmDialog
      title={t.circuit.reopenTitle}
      action={t.document.actions.reopen}
      danger
      busy={reopen.isPending}
      problem={<FormProblem error={reopen.error} />}
      reason="needed"
      maxLength={2000}
      onClose={onClose}
      onConfirm={(reason) => reopen.mutate(reason)}
    >
      <p>{t.circuit.reopenHint}</p>
    </ConfirmDialog>
  );
}
