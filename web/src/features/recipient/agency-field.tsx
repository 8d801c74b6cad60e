import { useQuery } from "@tanstack/react-query";
import { SelectField } from "@/ui/field";
import { treeQuery } from "./directory";

interface AgencyFieldProps {
  label: string;
  value: string | undefined;
  // Nothing may be chosen.
  optional?: boolean;
  required?: boolean;
  error?: string;
  onChange: (agencyId: string) => void;
}

// One agency of the tree; the browser's own list finds names as they are typed.
export function AgencyField({ label, value, optional, required, error, onChange }: AgencyFieldProps) {
  const agencies = useQuery(treeQuery).data ?? [];
  return (
    <SelectField label={label} required={required} value={value ?? ""} error={error} onChange={(e) => onChange(e.target.value)}>
      {optional || !value ? <option value="" /> : null}
      {agencies.map((a) => (
        <option key={a.id} value={a.id}>
          {a.name}
        </option>
      ))}
    </SelectField>
  );
}
