import { useState } from "react";
import { client, value } from "@/api/client";
import type { Register, RegisterEntry } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { ConfirmDialog } from "@/ui/confirm";
import { TextField } from "@/ui/field";
import { Facts } from "@/ui/page";

const spoils = [["registers"], ["documents"]] as const;

interface Props {
  register: Register;
  onClose: () => void;
}

// The next numbers, kept for documents that will follow.
export function ReserveDialog({ register: r, onClose }: Props) {
  const t = useText().register.number;
  const [count, setCount] = useState("1");
  const run = useCommand({
    agencyId: r.agencyId,
    spoils,
    said: (out: { numbers: string[] }) => t.said.reserved(out.numbers.join(", ")),
    onDone: onClose,
    run: (body: { count: number; reason: string }, header) =>
      value(client.POST("/api/registers/{id}/reservations", { params: { path: { id: r.id }, header }, body })),
  });
  return (
    <ConfirmDialog
      title={t.reserve}
      action={t.reserve}
      busy={run.isPending || count === ""}
      problem={<FormProblem error={run.error} />}
      reason="needed"
      reasonLabel={t.reserveReason}
      maxLength={500}
      onClose={onClose}
      onConfirm={(reason) => run.mutate({ count: Number(count), reason })}
    >
      <p>{t.reserveHint}</p>
      <TextField label={t.count} required inputMode="numeric" maxLength={2} value={count} onChange={(e) => setCount(e.target.value.replace(/\D/g, ""))} />
    </ConfirmDialog>
  );
}

export function CancelDialog({ register: r, entry, onClose }: Props & { entry: RegisterEntry }) {
  const t = useText().register.number;
  const run = useCommand({
    agencyId: r.agencyId,
    spoils,
    said: () => t.said.cancelled(entry.number),
    onDone: onClose,
    run: (body: { reason: string }, header) =>
      value(client.POST("/api/registers/{id}/numbers/{number}/cancel", { params: { path: { id: r.id, number: entry.number }, header }, body })),
  });
  return (
    <ConfirmDialog
      title={t.cancelTitle(entry.number)}
      action={t.cancel}
      danger
      busy={run.isPending}
      problem={<FormProblem error={run.error} />}
      reason="needed"
      reasonLabel={t.reason}
      maxLength={500}
      onClose={onClose}
      onConfirm={(reason) => run.mutate({ reason })}
    >
      <p>{t.cancelHint}</p>
      <Facts facts={[[t.keptFor, entry.reason ?? ""]]} />
    </ConfirmDialog>
  );
}

export function CloseDialog({ register: r, onClose }: Props) {
  const t = useText().register.number;
  const run = useCommand({
    agencyId: r.agencyId,
    spoils,
    said: () => t.said.closed,
    onDone: onClose,
    run: (body: { reason: string }, header) => value(client.POST("/api/registers/{id}/close", { params: { path: { id: r.id }, header }, body })),
  });
  return (
    <ConfirmDialog
      title={t.closeTitle(r.name)}
      action={t.close}
      danger
      busy={run.isPending}
      problem={<FormProblem error={run.error} />}
      reason="needed"
      reasonLabel={t.reason}
      maxLength={500}
      onClose={onClose}
      onConfirm={(reason) => run.mutate({ reason })}
    >
      <p>{t.closeHint}</p>
    </ConfirmDialog>
  );
}
