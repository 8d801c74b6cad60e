import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { SelectField } from "@/ui/field";
import { treeQuery } from "./directory";
import { distinctNames } from "./names";

interface AgencyFieldProps {
  label: string;
  value: string | undefined;
  // Only these may be chosen; without it, every agency.
  within?: ReadonlySet<string>;
  // Nothing may be chosen.
  optional?: boolean;
  required?: boolean;
  error?: string;
  onChange: (agencyId: string) => void;
}

// One agency of the tree; the browser's own list finds names as they are typed.
export function AgencyField({ label, value, within, optional, required, error, onChange }: AgencyFieldProps) {
  const { data } = useQuery(treeQuery);
  const names = useMemo(() => distinctNames(data ?? []), [data]);
  const agencies = (data ?? []).filter((a) => !within || within.has(a.id));
  return (
    <SelectField label={label} required={required} value={value ?? ""} error={error} onChange={(e) => onChange(e.target.value)}>
      {optional || !value ? <option value="" /> : null}
      {agencies.map((a) => (
        <option key={a.id} value={a.id}>
          {names.get(a.id)}
        </option>
      ))}
    </SelectField>
  );
}
