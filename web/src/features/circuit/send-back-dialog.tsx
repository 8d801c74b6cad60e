import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { Document } from "@/api/schema";
import { useSeen, type Seen } from "@/features/document/seen";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { ConfirmDialog } from "@/ui/confirm";
import { SelectField } from "@/ui/field";
import { Notice } from "@/ui/states";
import { circuitQuery, spoils } from "./queries";

type Goal = "author" | "previous";

// Back to the author, or within a circuit to the step before.
export function SendBackDialog({ document: d, onClose }: { document: Document; onClose: () => void }) {
  const t = useText();
  const seen = useSeen(d);
  const [to, setTo] = useState<Goal>("author");
  const circuit = useQuery({ ...circuitQuery(d.id), enabled: d.actions.includes("return") }).data;
  const before = circuit && circuit.current > 0 ? circuit.steps[circuit.current - 1] : undefined;
  const sendBack = useCommand({
    agencyId: d.agencyId,
    spoils: [...spoils, ["registers"]],
    said: (_, body: Seen & { reason: string; to: Goal }) => (body.to === "previous" ? t.circuit.said.returned : t.document.said.sentBack),
    onDone: onClose,
    run: (body: Seen & { reason: string; to: Goal }, header) =>
      value(client.POST("/api/documents/{id}/send-back", { params: { path: { id: d.id }, header }, body })),
  });
  return (
    <ConfirmDialog
      title={t.document.confirm.sendBackTitle}
      action={t.document.actions.send_back}
      danger
      busy={sendBack.isPending}
      problem={<FormProblem error={sendBack.error} />}
      reason="needed"
      reasonLabel={t.document.confirm.sendBackReason}
      maxLength={2000}
      onClose={onClose}
      onConfirm={(reason) => sendBack.mutate({ ...seen, reason, to })}
    >
      {d.signedAt ? <Notice>{t.document.confirm.sendBackSigned}</Notice> : null}
      {before ? (
        <>
          <SelectField label={t.circuit.sendBackTo} value={to} onChange={(e) => setTo(e.target.value as Goal)}>
            <option value="author">{t.circuit.toAuthor}</option>
            <option value="previous">{t.circuit.toPrevious(before.people.map((p) => p.fullName).join(", "))}</option>
          </SelectField>
          <p>{t.circuit.straight}</p>
        </>
      ) : null}
    </ConfirmDialog>
  );
}
