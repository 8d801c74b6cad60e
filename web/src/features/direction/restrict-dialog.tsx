import { useState } from "react";
import { client, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import type { Arrival } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextArea } from "@/ui/field";

// Who holds no line of it does not see it any more from this moment on, or sees it again.
export function RestrictDialog({ arrival: a, onClose }: { arrival: Arrival; onClose: () => void }) {
  const t = useText();
  const [reason, setReason] = useState("");
  const act = a.restricted ? t.direction.unrestrict : t.direction.restrict;
  const restrict = useCommand({
    agencyId: a.agencyId,
    spoils: [["arrivals"], ["work"], ["notices"]],
    said: () => t.direction.done,
    onDone: onClose,
    run: (words: string, header) =>
      value(client.POST("/api/arrivals/{id}/restrict", { params: { path: { id: a.id }, header }, body: { restricted: !a.restricted, reason: words } })),
  });
  return (
    <Dialog
      title={act}
      onClose={onClose}
      onSubmit={() => {
        if (!restrict.isPending) restrict.mutate(reason.trim().normalize("NFC"));
      }}
      footer={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look={a.restricted ? "primary" : "danger"} busy={restrict.isPending} disabled={reason.trim() === ""} shortcut="Ctrl ↵">
            {act}
          </Button>
        </>
      }
    >
      <FormProblem error={restrict.error} shown={["reason"]} />
      <p>{a.restricted ? t.direction.unrestrictHint : t.direction.restrictHint}</p>
      <TextArea
        label={t.direction.reason}
        required
        rows={3}
        autoFocus
        maxLength={2000}
        value={reason}
        error={fieldMessage(restrict.error, "reason")}
        onChange={(e) => setReason(e.target.value)}
      />
    </Dialog>
  );
}
