import { fieldMessage } from "@/api/problem";
import { useText } from "@/text/text";
import { SelectField, TextArea, TextField } from "@/ui/field";

export interface Heading {
  notation: string;
  title: string;
  retention: string;
}

// The terms that agencies use (TT 10/2022 and the lists after it); 0 is for ever.
const terms = ["0", "70", "50", "30", "20", "15", "10", "5", "2"];

interface HeadingFieldsProps {
  value: Heading;
  error: unknown;
  onChange: (change: Partial<Heading>) => void;
}

// What a file and a line of the yearly list have in common.
export function HeadingFields({ value, error, onChange }: HeadingFieldsProps) {
  const t = useText().casefile;
  return (
    <>
      <TextField
        label={t.notation}
        hint={t.notationHint}
        required
        maxLength={20}
        value={value.notation}
        error={fieldMessage(error, "notation")}
        onChange={(e) => onChange({ notation: e.target.value })}
      />
      <TextArea
        label={t.fileTitle}
        required
        autoFocus
        rows={2}
        maxLength={500}
        value={value.title}
        error={fieldMessage(error, "title")}
        onChange={(e) => onChange({ title: e.target.value })}
      />
      <RetentionField value={value.retention} error={fieldMessage(error, "retention")} onChange={(retention) => onChange({ retention })} />
    </>
  );
}

export function RetentionField({ value, error, onChange }: { value: string; error?: string; onChange: (value: string) => void }) {
  const t = useText().casefile;
  const known = terms.includes(value) ? terms : [value, ...terms];
  return (
    <SelectField label={t.retention} value={value} error={error} onChange={(e) => onChange(e.target.value)}>
      {known.map((years) => (
        <option key={years} value={years}>
          {t.retentionOf(Number(years))}
        </option>
      ))}
    </SelectField>
  );
}
