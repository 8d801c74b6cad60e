import { useState } from "react";
import { client, value } from "@/api/client";
import type { Delivery, DeliveryConfirmation, Document } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { ConfirmDialog } from "@/ui/confirm";
import { SelectField, TextField } from "@/ui/field";

const said = ["registered", "arrived", "refused"] as const;

// Where a recipient has no system that answers, its clerk's word is noted by ours.
export function ConfirmDeliveryDialog({ document: d, delivery, onClose }: { document: Document; delivery: Delivery; onClose: () => void }) {
  const t = useText().recipient;
  const [state, setState] = useState<(typeof said)[number]>("registered");
  const [number, setNumber] = useState("");
  const save = useCommand({
    agencyId: d.agencyId,
    spoils: [["documents"]],
    said: (x: Delivery) => t.confirmed(x.name),
    onDone: onClose,
    run: (body: DeliveryConfirmation, header) =>
      value(client.POST("/api/documents/{id}/deliveries/{deliveryId}/confirm", { params: { path: { id: d.id, deliveryId: delivery.id }, header }, body })),
  });
  return (
    <ConfirmDialog
      title={t.confirmTitle(delivery.name)}
      action={t.confirm}
      reason={state === "refused" ? "needed" : "welcome"}
      reasonLabel={t.confirmReason}
      maxLength={300}
      busy={save.isPending}
      problem={<FormProblem error={save.error} />}
      onClose={onClose}
      onConfirm={(reason) =>
        save.mutate({ state, reason: reason || undefined, arrivalNumber: state === "registered" && number ? Number(number) : undefined })
      }
    >
      <p>{t.confirmHint}</p>
      <SelectField label={t.confirmState} value={state} onChange={(e) => setState(e.target.value as (typeof said)[number])}>
        {said.map((s) => (
          <option key={s} value={s}>
            {t.states[s]}
          </option>
        ))}
      </SelectField>
      {state === "registered" ? (
        <TextField label={t.arrivalNumber} inputMode="numeric" maxLength={8} value={number} onChange={(e) => setNumber(e.target.value.replace(/\D/g, ""))} />
      ) : null}
    </ConfirmDialog>
  );
}
