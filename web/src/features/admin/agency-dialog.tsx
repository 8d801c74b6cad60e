import { useState } from "react";
import { client, ifMatch, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import type { Agency, AgencyLevel, Channel } from "@/api/schema";
import { AgencyField } from "@/features/recipient/agency-field";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { DateField } from "@/ui/date-field";
import { Dialog } from "@/ui/dialog";
import { SelectField, TextField } from "@/ui/field";
import { today } from "@/ui/dates";
import css from "./admin.module.css";
import { levels } from "./queries";

const channels: readonly Channel[] = ["local", "mailbox", "axis", "peer", "paper"];

function formOf(a: Agency | undefined) {
  return {
    code: a?.code ?? "",
    oldCode: a?.oldCode ?? "",
    name: a?.name ?? "",
    shortName: a?.shortName ?? "",
    abbreviation: a?.abbreviation ?? "",
    parentId: a?.parentId ?? "",
    level: a?.level ?? ("department" as AgencyLevel),
    place: a?.place ?? "",
    email: a?.email ?? "",
    channel: a?.channel ?? ("local" as Channel),
    validFrom: a?.validFrom ?? today(),
    validUntil: a?.validUntil ?? "",
    successorId: a?.successorId ?? "",
  };
}

type Form = ReturnType<typeof formOf>;

function edited(f: Form) {
  return {
    name: f.name.trim().normalize("NFC"),
    shortName: f.shortName.trim().normalize("NFC"),
    abbreviation: f.abbreviation.trim().normalize("NFC"),
    parentId: f.parentId || undefined,
    place: f.place.trim().normalize("NFC"),
    email: f.email.trim(),
    channel: f.channel,
  };
}

export function AgencyDialog({ agency, onClose }: { agency: Agency | undefined; onClose: () => void }) {
  const t = useText();
  const a = t.admin.agencies;
  const [form, setForm] = useState(() => formOf(agency));
  const set = (change: Partial<Form>) => setForm((f) => ({ ...f, ...change }));
  const save = useCommand({
    spoils: [["agencies"]],
    said: () => t.common.saved,
    onDone: onClose,
    run: (f: Form, header) =>
      value(
        agency
          ? client.PATCH("/api/administration/agencies/{id}", {
              params: { path: { id: agency.id }, header: ifMatch(agency) },
              body: { ...edited(f), validUntil: f.validUntil || undefined, successorId: f.successorId || undefined },
            })
          : client.POST("/api/administration/agencies", {
              params: { header },
              body: { ...edited(f), code: f.code.trim(), oldCode: f.oldCode.trim() || undefined, level: f.level, validFrom: f.validFrom },
            }),
      ),
  });
  const text = (name: "code" | "oldCode" | "name" | "shortName" | "abbreviation" | "place" | "email", longest: number) => ({
    label: a[name],
    maxLength: longest,
    value: form[name],
    error: fieldMessage(save.error, name),
    onChange: (e: { target: { value: string } }) => set({ [name]: e.target.value }),
  });
  return (
    <Dialog
      title={agency ? a.edit : a.add}
      onClose={onClose}
      onSubmit={() => !save.isPending && save.mutate(form)}
      footer={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t.common.save}
          </Button>
        </>
      }
    >
      <FormProblem error={save.error} shown={["code", "oldCode", "name", "shortName", "abbreviation", "place", "email", "validFrom", "validUntil"]} />
      <div className={css.two}>
        <div className={css.wide}>
          <TextField {...text("name", 200)} required autoFocus />
        </div>
        {agency ? null : (
          <>
            <TextField {...text("code", 35)} required />
            <TextField {...text("oldCode", 13)} />
          </>
        )}
        <TextField {...text("shortName", 100)} />
        <TextField {...text("abbreviation", 30)} hint={a.abbreviationHint} />
        <AgencyField label={a.parent} optional value={form.parentId} onChange={(parentId) => set({ parentId })} />
        {agency ? null : (
          <SelectField label={a.level} value={form.level} onChange={(e) => set({ level: e.target.value as AgencyLevel })}>
            {levels.map((l) => (
              <option key={l} value={l}>
                {t.admin.levels[l]}
              </option>
            ))}
          </SelectField>
        )}
        <TextField {...text("place", 50)} />
        <TextField {...text("email", 100)} type="email" />
        <SelectField label={a.channel} value={form.channel} onChange={(e) => set({ channel: e.target.value as Channel })}>
          {channels.map((c) => (
            <option key={c} value={c}>
              {t.recipient.channels[c]}
            </option>
          ))}
        </SelectField>
        {agency ? (
          <>
            <DateField label={a.validUntil} value={form.validUntil} error={fieldMessage(save.error, "validUntil")} onChange={(validUntil) => set({ validUntil })} />
            <AgencyField label={a.successor} optional value={form.successorId} onChange={(successorId) => set({ successorId })} />
          </>
        ) : (
          <DateField label={a.validFrom} required value={form.validFrom} error={fieldMessage(save.error, "validFrom")} onChange={(validFrom) => set({ validFrom })} />
        )}
      </div>
    </Dialog>
  );
}
