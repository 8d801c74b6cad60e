import { useQuery } from "@tanstack/react-query";
import type { Role } from "@/api/schema";
import { AgencyField } from "@/features/recipient/agency-field";
import { agenciesUnder, useMe } from "@/features/session/me";
import { useText } from "@/text/text";
import { today } from "@/ui/dates";
import { SelectField, TextField } from "@/ui/field";
import css from "./admin.module.css";
import { unitsQuery } from "./queries";

export interface PositionForm {
  agencyId: string;
  unitId: string;
  role: Role;
  title: string;
}

export const noPosition: PositionForm = { agencyId: "", unitId: "", role: "officer", title: "" };

const roles: readonly Role[] = ["clerk", "leader", "unit_head", "officer", "admin"];

interface PositionFieldsProps {
  form: PositionForm;
  error: (name: string) => string | undefined;
  onChange: (change: Partial<PositionForm>) => void;
}

export function PositionFields({ form, error, onChange }: PositionFieldsProps) {
  const t = useText();
  const a = t.admin.accounts;
  const me = useMe();
  const units = useQuery(unitsQuery(form.agencyId)).data ?? [];
  const now = today();
  return (
    <>
      <div className={css.wide}>
        <AgencyField
          label={a.agency}
          required
          within={agenciesUnder(me, "admin")}
          value={form.agencyId}
          error={error("agencyId")}
          onChange={(agencyId) => onChange({ agencyId, unitId: "" })}
        />
      </div>
      <SelectField label={a.role} required value={form.role} error={error("role")} onChange={(e) => onChange({ role: e.target.value as Role })}>
        {roles.map((r) => (
          <option key={r} value={r}>
            {t.admin.roles[r]}
          </option>
        ))}
      </SelectField>
      <SelectField label={a.unit} value={form.unitId} error={error("unitId")} onChange={(e) => onChange({ unitId: e.target.value })}>
        <option value="">{a.noUnit}</option>
        {units
          .filter((u) => !u.validUntil || u.validUntil >= now)
          .map((u) => (
            <option key={u.id} value={u.id}>
              {u.name}
            </option>
          ))}
      </SelectField>
      <div className={css.wide}>
        <TextField label={a.postTitle} maxLength={100} value={form.title} error={error("title")} onChange={(e) => onChange({ title: e.target.value })} />
      </div>
    </>
  );
}
