import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { client, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import type { Power } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { positionLine, useMe } from "@/features/session/me";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { DateField } from "@/ui/date-field";
import { today } from "@/ui/dates";
import { Dialog } from "@/ui/dialog";
import { CheckField, SelectField, TextField } from "@/ui/field";
import { Notice } from "@/ui/states";
import { colleaguesQuery } from "./queries";

const powers: readonly Power[] = ["approve", "register", "number", "issue", "draft"];
const fields = ["positionId", "delegatePositionId", "validFrom", "validUntil", "reason"];

// Somebody reports their own absence; an administrator also that of others.
export function AbsenceDialog({ onClose }: { onClose: () => void }) {
  const text = useText();
  const t = text.delegation;
  const me = useMe();
  const own = me.positions.filter((p) => !p.onBehalfOf && p.role !== "admin");
  const administered = me.positions.find((p) => p.role === "admin")?.agencyId ?? "";
  const others = useQuery(colleaguesQuery(administered)).data ?? [];
  const choices = [...own, ...others.filter((p) => p.role !== "admin" && !own.some((o) => o.id === p.id))];
  const [form, setForm] = useState({ positionId: own[0]?.id ?? "", delegatePositionId: "", validFrom: today(), validUntil: "", reason: "" });
  const [part, setPart] = useState<readonly Power[]>();
  const from = choices.find((p) => p.id === form.positionId);
  const colleagues = useQuery(colleaguesQuery(from?.agencyId ?? "")).data ?? [];
  const save = useCommand({
    agencyId: from?.agencyId,
    spoils: [["delegations"], ["me"]],
    said: () => t.added,
    onDone: onClose,
    run: (input: typeof form & { powers?: Power[] }, header) =>
      value(client.POST("/api/delegations", { params: { header }, body: { ...input, reason: input.reason.trim().normalize("NFC") } })),
  });
  const submit = () => {
    if (!save.isPending) save.mutate({ ...form, ...(part && part.length > 0 ? { powers: [...part] } : {}) });
  };
  const change = (changed: Partial<typeof form>) => setForm({ ...form, ...changed });
  return (
    <Dialog
      title={t.add}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button type="submit" look="primary" busy={save.isPending} disabled={!form.delegatePositionId || !form.validUntil} shortcut="Ctrl ↵">
            {t.add}
          </Button>
        </>
      }
    >
      <FormProblem error={save.error} shown={fields} />
      <Notice look="calm">{t.hint}</Notice>
      <SelectField
        label={t.position}
        required
        value={form.positionId}
        error={fieldMessage(save.error, "positionId")}
        onChange={(e) => change({ positionId: e.target.value, delegatePositionId: "" })}
      >
        {choices.map((p) => (
          <option key={p.id} value={p.id}>
            {p.accountId === me.accountId ? positionLine(p) : `${p.fullName}, ${positionLine(p)}`}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t.substitute}
        required
        autoFocus
        value={form.delegatePositionId}
        error={fieldMessage(save.error, "delegatePositionId")}
        onChange={(e) => change({ delegatePositionId: e.target.value })}
      >
        <option value="">{t.somebody}</option>
        {colleagues
          .filter((p) => p.accountId !== from?.accountId && p.role !== "admin")
          .map((p) => (
            <option key={p.id} value={p.id}>
              {[p.fullName, p.title, p.unitName].filter(Boolean).join(", ")}
            </option>
          ))}
      </SelectField>
      <DateField label={text.common.from} required value={form.validFrom} error={fieldMessage(save.error, "validFrom")} onChange={(validFrom) => change({ validFrom })} />
      <DateField label={text.common.until} required value={form.validUntil} error={fieldMessage(save.error, "validUntil")} onChange={(validUntil) => change({ validUntil })} />
      <TextField label={t.reason} maxLength={500} value={form.reason} error={fieldMessage(save.error, "reason")} onChange={(e) => change({ reason: e.target.value })} />
      <CheckField label={t.part} checked={part !== undefined} onChange={(e) => setPart(e.target.checked ? [] : undefined)} />
      {part
        ? powers.map((p) => (
            <CheckField
              key={p}
              label={t.power[p]}
              checked={part.includes(p)}
              onChange={(e) => setPart(e.target.checked ? [...part, p] : part.filter((x) => x !== p))}
            />
          ))
        : null}
    </Dialog>
  );
}
