import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { client, value as valueOf } from "@/api/client";
import { useText } from "@/text/text";
import { SelectField } from "@/ui/field";

interface ApproverFieldProps {
  agencyId: string | undefined;
  value: string | undefined;
  error?: string;
  onChange: (positionId: string | undefined) => void;
}

// Leaders of the agency, and unit heads who sign on their order; where there is one leader, it is that one.
export function ApproverField({ agencyId, value, error, onChange }: ApproverFieldProps) {
  const t = useText().document;
  const { data } = useQuery({
    queryKey: ["people", agencyId ?? "", "leaders"],
    queryFn: () => valueOf(client.GET("/api/people", { params: { query: { agencyId, role: "leader" } } })),
    enabled: agencyId !== undefined,
    staleTime: 60_000,
  });
  const { data: heads } = useQuery({
    queryKey: ["people", agencyId ?? "", "heads"],
    queryFn: () => valueOf(client.GET("/api/people", { params: { query: { agencyId, role: "unit_head" } } })),
    enabled: agencyId !== undefined,
    staleTime: 60_000,
  });
  const leaders = data?.positions ?? [];
  const only = leaders.length === 1 ? leaders[0]?.id : undefined;
  useEffect(() => {
    if (value === undefined && only) onChange(only);
  }, [value, only, onChange]);
  return (
    <SelectField label={t.approver} value={value ?? ""} error={error} onChange={(e) => onChange(e.target.value || undefined)}>
      <option value="">{t.confirm.chooseApprover}</option>
      {leaders.map((p) => (
        <option key={p.id} value={p.id}>
          {p.fullName}, {p.title}
        </option>
      ))}
      {heads?.positions.length ? (
        <optgroup label={t.signsByOrder}>
          {heads.positions.map((p) => (
            <option key={p.id} value={p.id}>
              {p.fullName}, {p.title}
            </option>
          ))}
        </optgroup>
      ) : null}
    </SelectField>
  );
}
