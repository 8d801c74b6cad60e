import type { Arrival, NumberPreview, Urgency } from "@/api/schema";
import { AnsweredLink, TrustNote } from "@/features/mail/trust-note";
import { useKinds } from "@/features/document/kinds";
import { useText } from "@/text/text";
import { DateField } from "@/ui/date-field";
import { CheckField, SelectField, TextArea, TextField } from "@/ui/field";
import css from "@/features/document/side.module.css";
import { Facts } from "@/ui/page";
import { showMoment } from "@/ui/dates";
import { dateOfMail, splitReference, type RegistrationForm } from "./registration";

interface RegistrationFieldsProps {
  arrival: Arrival;
  form: RegistrationForm;
  registers: NumberPreview["items"];
  registerId: string | undefined;
  error: (name: string) => string | undefined;
  onChange: (change: Partial<RegistrationForm>) => void;
}

const urgencies: readonly Urgency[] = ["normal", "urgent", "very_urgent", "flash", "flash_at"];

// Tab goes as the eye goes over the paper: stamp, number, symbol, date, issuer, kind, subject.
export function RegistrationFields({ arrival: a, form, registers, registerId, error, onChange }: RegistrationFieldsProps) {
  const t = useText();
  const kinds = useKinds();
  return (
    <>
      {registers.length > 1 ? (
        <SelectField label={t.arrival.registerBook} value={registerId} onChange={(e) => onChange({ registerId: e.target.value })}>
          {registers.map((r) => (
            <option key={r.registerId} value={r.registerId}>
              {r.name}
            </option>
          ))}
        </SelectField>
      ) : null}
      <div className={css.two}>
        <DateField
          label={t.arrival.arrivalDay}
          name="arrivalDay"
          required
          value={form.arrivalDay}
          error={error("arrivalDay")}
          onChange={(arrivalDay) => onChange({ arrivalDay })}
        />
        <DateField label={t.document.dueDate} name="dueDate" value={form.dueDate} error={error("dueDate")} onChange={(dueDate) => onChange({ dueDate })} />
      </div>
      <div className={css.reference2}>
        <TextField
          label={t.document.number}
          name="number"
          maxLength={42}
          value={form.number}
          error={error("number")}
          onChange={(e) => onChange(splitReference(e.target.value))}
        />
        <TextField
          label={t.document.symbol}
          name="symbol"
          maxLength={30}
          value={form.symbol}
          error={error("symbol")}
          onChange={(e) => onChange({ symbol: e.target.value })}
        />
        <DateField
          label={t.document.documentDate}
          name="documentDate"
          value={form.documentDate}
          error={error("documentDate")}
          hint={dateOfMail(form, a) ? t.arrival.dateOfMail : undefined}
          onChange={(documentDate) => onChange({ documentDate })}
        />
      </div>
      <TextField
        label={t.arrival.issuerField}
        name="issuerName"
        required
        maxLength={200}
        value={form.issuerName}
        error={error("issuerName")}
        onChange={(e) => onChange({ issuerName: e.target.value })}
      />
      <div className={css.two}>
        <SelectField label={t.document.kind} name="kind" value={form.kind} error={error("kind")} onChange={(e) => onChange({ kind: e.target.value })}>
          <option value="" />
          {kinds.all.map((k) => (
            <option key={k.code} value={k.code}>
              {kinds.name(k.code)}
            </option>
          ))}
        </SelectField>
        <SelectField label={t.document.urgency} name="urgency" value={form.urgency} onChange={(e) => onChange({ urgency: e.target.value as Urgency })}>
          {urgencies.map((u) => (
            <option key={u} value={u}>
              {t.document.urgencies[u]}
            </option>
          ))}
        </SelectField>
      </div>
      <TextArea
        label={t.document.subject}
        name="subject"
        required
        rows={2}
        maxLength={2000}
        value={form.subject}
        error={error("subject")}
        onChange={(e) => onChange({ subject: e.target.value })}
      />
      <div className={css.two}>
        <TextField
          label={t.document.signer}
          name="signerName"
          maxLength={50}
          value={form.signerName}
          error={error("signerName")}
          onChange={(e) => onChange({ signerName: e.target.value })}
        />
        <TextField
          label={t.document.signerTitle}
          name="signerTitle"
          maxLength={100}
          value={form.signerTitle}
          error={error("signerTitle")}
          onChange={(e) => onChange({ signerTitle: e.target.value })}
        />
      </div>
      {a.files.length > 1 && a.source === "mail" ? (
        <SelectField label={t.arrival.mainChoice} value={form.mainSha256} error={error("mainSha256")} onChange={(e) => onChange({ mainSha256: e.target.value })}>
          {a.files
            .filter((f, i) => a.files.findIndex((x) => x.sha256 === f.sha256) === i)
            .map((f) => (
              <option key={f.sha256} value={f.sha256}>
                {f.name}
              </option>
            ))}
        </SelectField>
      ) : null}
      <CheckField label={t.arrival.restrictNow} checked={form.restricted} disabled={a.restricted} onChange={(e) => onChange({ restricted: e.target.checked })} />
      <TextArea label={t.document.note} name="note" rows={1} maxLength={2000} value={form.note} error={error("note")} onChange={(e) => onChange({ note: e.target.value })} />
    </>
  );
}

// The mail it came in, above the fields that it fills.
export function MailNote({ arrival: a }: { arrival: Arrival }) {
  const t = useText().arrival;
  if (!a.mail) return null;
  return (
    <details className={css.mailNote}>
      <summary>
        {t.mail}: <strong>{a.mail.subject || a.mail.fromName || a.mail.fromAddress}</strong>
      </summary>
      <Facts
        facts={[
          [t.mailFrom, `${a.mail.fromName} <${a.mail.fromAddress}>`],
          a.mail.trust && [t.mailTrust, <TrustNote key="trust" trust={a.mail.trust} />],
          a.mail.answers && [t.mailAnswers, <AnsweredLink key="answers" mail={a.mail} />],
          [t.mailSubject, a.mail.subject],
          [t.mailbox, a.mail.mailbox],
          a.mail.sentAt && [t.sentAt, showMoment(a.mail.sentAt)],
        ]}
      />
      {a.mail.bodyText ? <pre className={css.mailBody}>{a.mail.bodyText}</pre> : null}
    </details>
  );
}
