import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { client, value as valueOf } from "@/api/client";
import type { Competence } from "@/api/schema";
import { SignerBlock } from "@/features/circuit/signer-block";
import { useText } from "@/text/text";
import { Field, SelectField } from "@/ui/field";
import css from "@/features/document/side.module.css";

interface CompetenceFieldProps {
  agencyId: string | undefined;
  positionId: string | undefined;
  value: Competence;
  error?: string;
  onChange: (competence: Competence) => void;
}

export const competences = ["TM", "KT", "TL", "TUQ", "Q"] as const;

// In which right the signer signs, and what will stand above the signature.
export function CompetenceField({ agencyId, positionId, value, error, onChange }: CompetenceFieldProps) {
  const t = useText().circuit;
  const { data } = useQuery({
    queryKey: ["people", agencyId ?? "", "signer-block", positionId ?? "", value],
    queryFn: () => valueOf(client.GET("/api/signer-block", { params: { query: { agencyId: agencyId ?? "", positionId: positionId ?? "", competence: value } } })),
    enabled: agencyId !== undefined && positionId !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  if (!positionId) return null;
  return (
    <div className={css.two}>
      <SelectField label={t.competence} value={value} error={error} hint={t.competenceHint} onChange={(e) => onChange(e.target.value as Competence)}>
        <option value="">{t.competences.auto}</option>
        {competences.map((c) => (
          <option key={c} value={c}>
            {t.competences[c]}
          </option>
        ))}
      </SelectField>
      <Field label={t.block}>{({ id }) => <output id={id}>{data ? <SignerBlock lines={data.lines} /> : null}</output>}</Field>
    </div>
  );
}
