import { useState } from "react";
import { client, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import type { AlarmRule, Alarms } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";

const days = ["firstDays", "secondDays", "headAfter", "leaderAfter"] as const;

// When the agency is alarmed before and after due dates, and of what stays unregistered.
export function AlarmsDialog({ agencyId, alarms, onClose }: { agencyId: string; alarms: Alarms; onClose: () => void }) {
  const text = useText();
  const t = text.notice;
  const [typed, setTyped] = useState({ ...alarms.rule, firstDays: String(alarms.rule.firstDays), secondDays: String(alarms.rule.secondDays), headAfter: String(alarms.rule.headAfter), leaderAfter: String(alarms.rule.leaderAfter) });
  const save = useCommand({
    agencyId,
    spoils: [["alarms"]],
    run: (body: AlarmRule) =>
      value(client.PUT("/api/agencies/{id}/alarms", { params: { path: { id: agencyId }, header: { "If-Match": `"${alarms.version}"` } }, body })),
    said: () => t.alarmsSaved,
    onDone: onClose,
  });
  const submit = () =>
    save.mutate({
      firstDays: Number(typed.firstDays),
      secondDays: Number(typed.secondDays),
      headAfter: Number(typed.headAfter),
      leaderAfter: Number(typed.leaderAfter),
      registerBy: typed.registerBy,
    });
  return (
    <Dialog
      title={t.alarms}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {text.common.save}
          </Button>
        </>
      }
    >
      <FormProblem error={save.error} shown={[...days, "registerBy"]} />
      {days.map((name) => (
        <TextField
          key={name}
          label={t[name]}
          inputMode="numeric"
          maxLength={2}
          value={typed[name]}
          error={fieldMessage(save.error, name)}
          onChange={(e) => setTyped((v) => ({ ...v, [name]: e.target.value.replace(/\D/g, "") }))}
        />
      ))}
      <TextField
        label={t.registerBy}
        hint={t.registerByHint}
        type="time"
        value={typed.registerBy}
        error={fieldMessage(save.error, "registerBy")}
        onChange={(e) => setTyped((v) => ({ ...v, registerBy: e.target.value }))}
      />
    </Dialog>
  );
}
