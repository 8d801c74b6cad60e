import { useQuery } from "@tanstack/react-query";
import { useText } from "@/text/text";
import { SelectField } from "@/ui/field";
import { holdersQuery } from "./queries";

interface HolderFieldProps {
  agencyId: string;
  label: string;
  value: string;
  required?: boolean;
  error?: string;
  onChange: (holder: string) => void;
}

// A unit or a person of the agency ("unit:…" or "position:…").
export function HolderField({ agencyId, label, value, required, error, onChange }: HolderFieldProps) {
  const t = useText().direction;
  const people = useQuery({ ...holdersQuery(agencyId), enabled: agencyId !== "" }).data;
  return (
    <SelectField label={label} value={value} required={required} error={error} onChange={(e) => onChange(e.target.value)}>
      <option value="">{t.pickHolder}</option>
      <optgroup label={t.units}>
        {people?.units.map((u) => (
          <option key={u.id} value={`unit:${u.id}`}>
            {u.name}
          </option>
        ))}
      </optgroup>
      <optgroup label={t.people}>
        {people?.positions.map((p) => (
          <option key={p.id} value={`position:${p.id}`}>
            {[p.fullName, p.title].filter(Boolean).join(", ")}
          </option>
        ))}
      </optgroup>
    </SelectField>
  );
}

// The name of who holds, for those who read it in a list.
export function useHolderName(agencyId: string) {
  const people = useQuery({ ...holdersQuery(agencyId), enabled: agencyId !== "" }).data;
  return (to: { unitId?: string; positionId?: string }) => {
    const person = people?.positions.find((p) => p.id === to.positionId);
    return person ? [person.fullName, person.title].filter(Boolean).join(", ") : (people?.units.find((u) => u.id === to.unitId)?.name ?? "");
  };
}
