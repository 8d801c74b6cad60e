import { useState } from "react";
import { client, value } from "@/api/client";
import type { CircuitPerson, CircuitStep, Document } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { ConfirmDialog } from "@/ui/confirm";
import { PersonField } from "./person-field";
import { spoils } from "./queries";

export interface Seat {
  place: number;
  kind: CircuitStep["kind"];
  person: CircuitPerson;
}

// Somebody else in the place of a person; on the last step, another signer.
export function ReassignDialog({ document: d, seat, onClose }: { document: Document; seat: Seat; onClose: () => void }) {
  const t = useText().circuit;
  const [to, setTo] = useState("");
  const reassign = useCommand({
    agencyId: d.agencyId,
    spoils,
    said: () => t.said.reassigned,
    onDone: onClose,
    run: (input: { to: string; reason: string }, header) =>
      value(
        client.POST("/api/documents/{id}/reassign", {
          params: { path: { id: d.id }, header },
          body: { step: seat.place, fromPositionId: seat.person.positionId, toPositionId: input.to, reason: input.reason || undefined },
        }),
      ),
  });
  return (
    <ConfirmDialog
      title={t.reassignTitle(t.steps[seat.kind])}
      action={t.reassign}
      busy={reassign.isPending || to === ""}
      problem={<FormProblem error={reassign.error} />}
      reason="welcome"
      reasonLabel={t.reassignReason}
      maxLength={2000}
      onClose={onClose}
      onConfirm={(reason) => reassign.mutate({ to, reason })}
    >
      <PersonField
        agencyId={d.agencyId}
        label={t.reassignFrom(seat.person.fullName)}
        value={to}
        leaders={seat.kind === "approve"}
        without={[seat.person.positionId]}
        onChange={(p) => setTo(p?.id ?? "")}
      />
    </ConfirmDialog>
  );
}
