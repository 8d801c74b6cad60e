import { Plus, X } from "lucide-react";
import type { MailRule } from "@/api/schema";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { SelectField, TextField } from "@/ui/field";
import css from "./mail.module.css";
import { freshRule, type FormRule } from "./mailbox-form";

const fields: readonly MailRule["field"][] = ["sender", "subject"];
const acts: readonly MailRule["act"][] = ["ignore", "hold", "allow", "note"];

export function MailboxRules({ rules, onChange }: { rules: readonly FormRule[]; onChange: (rules: readonly FormRule[]) => void }) {
  const t = useText().office.mailboxes;
  const set = (at: number, change: Partial<MailRule>) => onChange(rules.map((r, i) => (i === at ? { ...r, ...change } : r)));
  return (
    <fieldset className={css.rules}>
      <legend>{t.rules}</legend>
      {rules.map((r, i) => (
        <div key={r.key} className={css.rule}>
          <SelectField label={t.ruleField} value={r.field} onChange={(e) => set(i, { field: e.target.value as MailRule["field"] })}>
            {fields.map((f) => (
              <option key={f} value={f}>
                {t.ruleFields[f]}
              </option>
            ))}
          </SelectField>
          <TextField label={t.rulePattern} maxLength={200} value={r.pattern} onChange={(e) => set(i, { pattern: e.target.value })} />
          <SelectField label={t.ruleAct} value={r.act} onChange={(e) => set(i, { act: e.target.value as MailRule["act"] })}>
            {acts.map((a) => (
              <option key={a} value={a}>
                {t.ruleActs[a]}
              </option>
            ))}
          </SelectField>
          <Button small aria-label={t.ruleRemove} icon={<X size={14} />} onClick={() => onChange(rules.filter((x) => x !== r))} />
          {r.act === "note" ? <TextField label={t.ruleNote} maxLength={500} value={r.note ?? ""} onChange={(e) => set(i, { note: e.target.value })} /> : null}
        </div>
      ))}
      <Button small icon={<Plus size={14} />} onClick={() => onChange([...rules, freshRule()])}>
        {t.ruleAdd}
      </Button>
    </fieldset>
  );
}
