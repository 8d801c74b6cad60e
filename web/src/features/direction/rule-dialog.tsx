import { useState } from "react";
import { asProblem } from "@/api/problem";
import type { ForwardRule, LineAsks } from "@/api/schema";
import { useKinds } from "@/features/document/kinds";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { SelectField, TextField } from "@/ui/field";
import { Notice } from "@/ui/states";
import { HolderField } from "./holder-field";

interface RuleDialogProps {
  agencyId: string;
  rule: ForwardRule | undefined;
  busy: boolean;
  error: Error | null;
  onClose: () => void;
  onSave: (rule: ForwardRule) => void;
  onRemove: (() => void) | undefined;
}

const nfc = (text: string) => text.trim().normalize("NFC");

// One rule: when it fits, and to whom it leads.
export function RuleDialog({ agencyId, rule, busy, error, onClose, onSave, onRemove }: RuleDialogProps) {
  const text = useText();
  const t = text.direction;
  const kinds = useKinds();
  const [name, setName] = useState(rule?.name ?? "");
  const [kind, setKind] = useState(rule?.kind ?? "");
  const [issuer, setIssuer] = useState(rule?.issuer ?? "");
  const [words, setWords] = useState(rule?.words ?? "");
  const [holder, setHolder] = useState(rule?.unitId ? `unit:${rule.unitId}` : rule?.positionId ? `position:${rule.positionId}` : "");
  const [asks, setAsks] = useState<LineAsks>(rule?.asks ?? "work");
  const [days, setDays] = useState(rule?.workingDays ? String(rule.workingDays) : "");
  const to = holder.slice(holder.indexOf(":") + 1);
  const unit = holder.startsWith("unit:");
  const submit = () => {
    if (busy) return;
    onSave({
      name: nfc(name),
      kind: kind || undefined,
      issuer: nfc(issuer) || undefined,
      words: nfc(words) || undefined,
      unitId: unit ? to : undefined,
      positionId: holder && !unit ? to : undefined,
      asks: unit ? "work" : asks,
      workingDays: Number(days) || undefined,
    });
  };
  const field = error ? asProblem(error).fields?.[0]?.message : undefined;
  return (
    <Dialog
      title={t.ruleTitle}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <>
          {onRemove ? (
            <Button look="danger" busy={busy} onClick={onRemove}>
              {text.common.remove}
            </Button>
          ) : null}
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button type="submit" look="primary" busy={busy} disabled={name.trim() === "" || holder === ""}>
            {text.common.save}
          </Button>
        </>
      }
    >
      {field ? <Notice look="stop">{field}</Notice> : <FormProblem error={error} />}
      <TextField label={t.ruleName} required autoFocus maxLength={200} value={name} onChange={(e) => setName(e.target.value)} />
      <SelectField label={text.document.kind} value={kind} onChange={(e) => setKind(e.target.value)}>
        <option value="">{t.ruleAny}</option>
        {kinds.all.map((k) => (
          <option key={k.code} value={k.code}>
            {kinds.name(k.code)}
          </option>
        ))}
      </SelectField>
      <TextField label={t.ruleIssuer} hint={t.ruleIssuerHint} maxLength={200} value={issuer} onChange={(e) => setIssuer(e.target.value)} />
      <TextField label={t.ruleWords} hint={t.ruleWordsHint} maxLength={200} value={words} onChange={(e) => setWords(e.target.value)} />
      <HolderField agencyId={agencyId} label={t.ruleTo} required value={holder} onChange={setHolder} />
      {holder && !unit ? (
        <SelectField label={t.asksLabel} value={asks} onChange={(e) => setAsks(e.target.value as LineAsks)}>
          {(["work", "direction", "proposal"] as const).map((x) => (
            <option key={x} value={x}>
              {t.asks[x]}
            </option>
          ))}
        </SelectField>
      ) : null}
      <TextField label={t.ruleDays} hint={t.ruleDaysHint} inputMode="numeric" maxLength={3} value={days} onChange={(e) => setDays(e.target.value.replace(/\D/g, ""))} />
    </Dialog>
  );
}
