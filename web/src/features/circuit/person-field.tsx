import { useQuery } from "@tanstack/react-query";
import type { PeopleList } from "@/api/schema";
import { useText } from "@/text/text";
import { SelectField } from "@/ui/field";
import { colleaguesQuery } from "./queries";

export type Colleague = PeopleList["positions"][number];

interface PersonFieldProps {
  agencyId: string;
  label: string;
  value: string;
  error?: string;
  // Only leaders sign.
  leaders?: boolean;
  // Who stands in the circuit already.
  without?: readonly string[];
  onChange: (person: Colleague | undefined) => void;
}

// One person of the agency, by name.
export function PersonField({ agencyId, label, value, error, leaders, without = [], onChange }: PersonFieldProps) {
  const t = useText().circuit;
  const people = (useQuery(colleaguesQuery(agencyId)).data ?? []).filter(
    (p) => (!leaders || p.role === "leader" || p.role === "unit_head") && (p.id === value || !without.includes(p.id)),
  );
  return (
    <SelectField label={label} value={value} error={error} onChange={(e) => onChange(people.find((p) => p.id === e.target.value))}>
      <option value="">{t.choosePerson}</option>
      {people.map((p) => (
        <option key={p.id} value={p.id}>
          {[p.fullName, p.title, p.unitName].filter(Boolean).join(", ")}
        </option>
      ))}
    </SelectField>
  );
}
