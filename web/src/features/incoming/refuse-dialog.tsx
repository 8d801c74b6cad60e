import { useState } from "react";
import { client, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import type { Arrival, Refusal } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { SelectField, TextArea } from "@/ui/field";

type Reason = Refusal["reason"];

const reasons: readonly Reason[] = [
  "wrong_addressee",
  "wrong_competence",
  "incomplete",
  "unreadable",
  "not_authentic",
  "duplicate",
  "secret",
  "other",
];

interface RefuseDialogProps {
  arrival: Arrival;
  onClose: () => void;
  onDone: () => void;
}

// NĐ 30/2020, điều 21: what is not authentic, not whole or not for this agency goes back with the reason.
export function RefuseDialog({ arrival: a, onClose, onDone }: RefuseDialogProps) {
  const t = useText();
  const [reason, setReason] = useState<Reason>();
  const [note, setNote] = useState("");
  const [tried, setTried] = useState(false);
  const missing = reason === "other" && note.trim() === "" ? t.arrival.refuseNoteNeeded : undefined;
  const refuse = useCommand({
    agencyId: a.agencyId,
    spoils: [["arrivals"], ["work"]],
    said: () => t.arrival.refused,
    onDone,
    run: (body: Refusal, header) =>
      value(client.POST("/api/arrivals/{id}/refuse", { params: { path: { id: a.id }, header }, body })),
  });
  const submit = () => {
    setTried(true);
    if (reason && !missing && !refuse.isPending) refuse.mutate({ reason, note: note.trim().normalize("NFC") || undefined });
  };
  return (
    <Dialog
      title={t.arrival.refuseTitle}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="danger" busy={refuse.isPending} shortcut="Ctrl ↵">
            {t.arrival.refuse}
          </Button>
        </>
      }
    >
      <FormProblem error={refuse.error} shown={["note", "reason"]} />
      <p>{t.arrival.refuseHint}</p>
      <SelectField
        label={t.arrival.refuseReason}
        required
        autoFocus
        value={reason ?? ""}
        error={tried && !reason ? t.arrival.refuseReasonNeeded : fieldMessage(refuse.error, "reason")}
        onChange={(e) => setReason(e.target.value as Reason)}
      >
        <option value="" disabled>
          {t.arrival.refuseReasonPick}
        </option>
        {reasons.map((r) => (
          <option key={r} value={r}>
            {t.arrival.reasons[r]}
          </option>
        ))}
      </SelectField>
      <TextArea
        label={t.arrival.refuseNote}
        required={reason === "other"}
        maxLength={1000}
        value={note}
        error={(tried ? missing : undefined) ?? fieldMessage(refuse.error, "note")}
        onChange={(e) => setNote(e.target.value)}
      />
    </Dialog>
  );
}
