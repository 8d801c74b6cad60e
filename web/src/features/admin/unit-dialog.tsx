import { useState } from "react";
import { client, ifMatch, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import type { Unit } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { DateField } from "@/ui/date-field";
import { today } from "@/ui/dates";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";

interface UnitDialogProps {
  agencyId: string;
  unit: Unit | undefined;
  onClose: () => void;
}

export function UnitDialog({ agencyId, unit, onClose }: UnitDialogProps) {
  const t = useText();
  const a = t.admin.agencies;
  const [form, setForm] = useState({
    name: unit?.name ?? "",
    abbreviation: unit?.abbreviation ?? "",
    validFrom: unit?.validFrom ?? today(),
    validUntil: unit?.validUntil ?? "",
  });
  const save = useCommand({
    spoils: [["agencies"], ["people"]],
    said: () => t.common.saved,
    onDone: onClose,
    run: (f: typeof form, header) => {
      const names = { name: f.name.trim().normalize("NFC"), abbreviation: f.abbreviation.trim().normalize("NFC") };
      return value(
        unit
          ? client.PATCH("/api/administration/units/{id}", {
              params: { path: { id: unit.id }, header: ifMatch(unit) },
              body: { ...names, validUntil: f.validUntil || undefined },
            })
          : client.POST("/api/administration/agencies/{id}/units", {
              params: { path: { id: agencyId }, header },
              body: { ...names, validFrom: f.validFrom },
            }),
      );
    },
  });
  return (
    <Dialog
      title={unit ? a.editUnit : a.addUnit}
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
      <FormProblem error={save.error} shown={["name", "abbreviation"]} />
      <TextField
        label={a.unitName}
        required
        autoFocus
        maxLength={200}
        value={form.name}
        error={fieldMessage(save.error, "name")}
        onChange={(e) => setForm({ ...form, name: e.target.value })}
      />
      <TextField
        label={a.abbreviation}
        maxLength={30}
        value={form.abbreviation}
        error={fieldMessage(save.error, "abbreviation")}
        onChange={(e) => setForm({ ...form, abbreviation: e.target.value })}
      />
      {unit ? (
        <DateField label={a.validUntil} value={form.validUntil} onChange={(validUntil) => setForm({ ...form, validUntil })} />
      ) : (
        <DateField label={a.validFrom} required value={form.validFrom} onChange={(validFrom) => setForm({ ...form, validFrom })} />
      )}
    </Dialog>
  );
}
