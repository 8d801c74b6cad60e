import { useState } from "react";
import { client, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { DateField } from "@/ui/date-field";
import { today } from "@/ui/dates";
import { Dialog } from "@/ui/dialog";
import css from "./admin.module.css";
import { noPosition, PositionFields } from "./position-fields";

export function AddPositionDialog({ accountId, onClose }: { accountId: string; onClose: () => void }) {
  const t = useText();
  const a = t.admin.accounts;
  const [form, setForm] = useState({ ...noPosition, validFrom: today(), validUntil: "" });
  const add = useCommand({
    spoils: [["accounts"], ["people"]],
    said: () => a.done,
    onDone: onClose,
    run: (f: typeof form, header) =>
      value(
        client.POST("/api/administration/accounts/{id}/positions", {
          params: { path: { id: accountId }, header },
          body: {
            agencyId: f.agencyId,
            unitId: f.unitId || undefined,
            role: f.role,
            title: f.title.trim().normalize("NFC") || undefined,
            validFrom: f.validFrom,
            validUntil: f.validUntil || undefined,
          },
        }),
      ),
  });
  const error = (name: string) => fieldMessage(add.error, name);
  return (
    <Dialog
      title={a.addPosition}
      onClose={onClose}
      onSubmit={() => !add.isPending && add.mutate(form)}
      footer={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={add.isPending}>
            {t.common.add}
          </Button>
        </>
      }
    >
      <FormProblem error={add.error} shown={["agencyId", "unitId", "role", "title", "validFrom", "validUntil"]} />
      <div className={css.two}>
        <PositionFields form={form} error={error} onChange={(change) => setForm((f) => ({ ...f, ...change }))} />
        <DateField
          label={t.admin.agencies.validFrom}
          required
          value={form.validFrom}
          error={error("validFrom")}
          onChange={(validFrom) => setForm((f) => ({ ...f, validFrom }))}
        />
        <DateField
          label={a.lastDay}
          value={form.validUntil}
          error={error("validUntil")}
          onChange={(validUntil) => setForm((f) => ({ ...f, validUntil }))}
        />
      </div>
    </Dialog>
  );
}

interface EndDialogProps {
  title: string;
  hint: string;
  action: string;
  busy: boolean;
  error: unknown;
  onClose: () => void;
  onDone: (lastDay: string) => void;
}

export function EndDialog({ title, hint, action, busy, error, onClose, onDone }: EndDialogProps) {
  const t = useText();
  const [day, setDay] = useState(today);
  return (
    <Dialog
      title={title}
      onClose={onClose}
      onSubmit={() => !busy && day && onDone(day)}
      footer={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="danger" busy={busy}>
            {action}
          </Button>
        </>
      }
    >
      <FormProblem error={error} />
      <p>{hint}</p>
      <DateField label={t.admin.accounts.lastDay} required autoFocus value={day} onChange={setDay} />
    </Dialog>
  );
}
