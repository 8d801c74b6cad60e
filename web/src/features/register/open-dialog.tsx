import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { Direction, RegisterNew } from "@/api/schema";
import { holdersQuery } from "@/features/direction/queries";
import { useKinds } from "@/features/document/kinds";
import { AgencyField } from "@/features/recipient/agency-field";
import { useCommand } from "@/features/session/command";
import { useMe } from "@/features/session/me";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { today } from "@/ui/dates";
import { Dialog } from "@/ui/dialog";
import { CheckField, SelectField, TextField } from "@/ui/field";
import css from "./register.module.css";

// A series of numbers: for which kinds, of which year, from which number on.
export function OpenDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const n = t.register.number;
  const r = t.office.registers;
  const kinds = useKinds();
  const me = useMe();
  const mine = new Set(me.positions.filter((p) => p.role === "clerk").map((p) => p.agencyId));
  const year = Number(today().slice(0, 4));
  const [form, setForm] = useState<RegisterNew>({
    agencyId: me.positions.find((p) => p.role === "clerk")?.agencyId ?? "",
    code: "",
    name: "",
    direction: "outgoing",
    year,
    kinds: [],
    council: false,
    symbolAgency: "",
    unitId: undefined,
    openingNumber: 1,
  });
  const units = useQuery({ ...holdersQuery(form.agencyId), enabled: form.agencyId !== "" }).data?.units ?? [];
  const put = (change: Partial<RegisterNew>) => setForm({ ...form, ...change });
  const chosen = new Set(form.kinds);
  const run = useCommand({
    agencyId: form.agencyId,
    spoils: [["registers"]],
    said: (x: { name: string }) => n.said.opened(x.name),
    onDone: onClose,
    run: (body: RegisterNew, header) => value(client.POST("/api/registers", { params: { header }, body })),
  });
  const outgoing = form.direction === "outgoing";
  return (
    <Dialog
      title={n.open}
      wide
      onClose={onClose}
      onSubmit={() =>
        run.mutate({
          ...form,
          name: form.name.normalize("NFC"),
          code: form.code.normalize("NFC"),
          symbolAgency: outgoing && form.council ? form.symbolAgency?.normalize("NFC") : "",
        })
      }
      footer={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={run.isPending}>
            {n.open}
          </Button>
        </>
      }
    >
      <FormProblem error={run.error} />
      {mine.size > 1 ? <AgencyField label={r.agency} within={mine} value={form.agencyId} onChange={(agencyId) => put({ agencyId })} /> : null}
      <div className={css.pair}>
        <SelectField label={r.direction} value={form.direction} onChange={(e) => put({ direction: e.target.value as Direction, council: false, unitId: undefined })}>
          <option value="outgoing">{r.directions.outgoing}</option>
          <option value="incoming">{r.directions.incoming}</option>
        </SelectField>
        <SelectField label={r.year} value={form.year} onChange={(e) => put({ year: Number(e.target.value) })}>
          {[year + 1, year, year - 1].map((y) => (
            <option key={y}>{y}</option>
          ))}
        </SelectField>
      </div>
      <TextField label={r.name} required maxLength={200} value={form.name} onChange={(e) => put({ name: e.target.value })} />
      <div className={css.pair}>
        <TextField label={n.code} hint={n.codeHint} required maxLength={30} value={form.code} onChange={(e) => put({ code: e.target.value })} />
        <TextField
          label={r.opening}
          hint={n.openingHint}
          inputMode="numeric"
          maxLength={6}
          value={form.openingNumber ? String(form.openingNumber) : ""}
          onChange={(e) => put({ openingNumber: Number(e.target.value.replace(/\D/g, "")) || undefined })}
        />
      </div>
      {outgoing ? (
        <>
          <CheckField label={n.council} checked={form.council} onChange={(e) => put({ council: e.target.checked })} />
          {form.council ? (
            <TextField label={n.symbolAgency} hint={n.symbolHint} maxLength={64} value={form.symbolAgency} onChange={(e) => put({ symbolAgency: e.target.value })} />
          ) : null}
        </>
      ) : null}
      {outgoing ? null : (
        <SelectField label={n.unit} hint={n.unitHint} value={form.unitId ?? ""} onChange={(e) => put({ unitId: e.target.value || undefined })}>
          <option value="">{n.noUnit}</option>
          {units.map((u) => (
            <option key={u.id} value={u.id}>
              {u.name}
            </option>
          ))}
        </SelectField>
      )}
      <fieldset className={css.kinds}>
        <legend>{r.kinds}</legend>
        <p>{n.kindsHint}</p>
        <div>
          {kinds.all.map((k) => (
            <CheckField
              key={k.code}
              label={kinds.name(k.code)}
              checked={chosen.has(k.code)}
              onChange={(e) => put({ kinds: e.target.checked ? [...chosen, k.code] : [...chosen].filter((c) => c !== k.code) })}
            />
          ))}
        </div>
      </fieldset>
    </Dialog>
  );
}
