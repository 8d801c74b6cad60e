import type { ReactNode } from "react";
import { useCallback, useEffect, useRef } from "react";
import type { Upload, Urgency } from "@/api/schema";
import { useKinds } from "@/features/document/kinds";
import { RecipientField } from "@/features/recipient/recipient-field";
import { agenciesOf, useMe } from "@/features/session/me";
import { useText } from "@/text/text";
import { DateField } from "@/ui/date-field";
import { SelectField, TextArea } from "@/ui/field";
import { ApproverField } from "./approver-field";
import { CompetenceField } from "./competence-field";
import { DraftFiles } from "./draft-files";
import { withoutFile, withUpload, type DraftForm, type FormFile, type Secrecy } from "./draft-form";
import css from "@/features/document/side.module.css";
import { urgencies } from "./search";

// Asked for so that the answer can be refused: state secrets never enter the system.
const secrecies: readonly Secrecy[] = ["normal", "confidential", "secret", "top_secret"];

interface DraftFieldsProps {
  form: DraftForm;
  onChange: (next: (form: DraftForm) => DraftForm) => void;
  // The agency of a saved draft does not change.
  locked: boolean;
  error: (name: string) => string | undefined;
  // What can be done for the main file.
  tools?: ReactNode;
  // The bytes that were just sent are read here without fetching them back.
  onFile: (sha256: string, file: File) => void;
}

export function DraftFields({ form, onChange, locked, error, tools, onFile }: DraftFieldsProps) {
  const t = useText();
  const kinds = useKinds();
  const agencies = agenciesOf(useMe());
  const set = useCallback(
    (change: Partial<DraftForm>) => onChange((f) => ({ ...f, ...change })),
    [onChange],
  );
  const setApprover = useCallback((approverPositionId: string | undefined) => set({ approverPositionId, competence: "" }), [set]);
  const first = useRef<HTMLSelectElement>(null);
  useEffect(() => {
    if (!locked) first.current?.focus();
  }, [locked]);
  const files = {
    files: form.files,
    onRemove: (at: number) => onChange((f) => withoutFile(f, at)),
  };
  const take = (role: FormFile["role"]) => (upload: Upload, file: File) => {
    if (upload.sha256) onFile(upload.sha256, file);
    onChange((f) => withUpload(f, role, upload));
  };
  return (
    <>
      {agencies.length > 1 ? (
        <SelectField
          label={t.document.form.leaveAgency}
          disabled={locked}
          value={form.agencyId}
          onChange={(e) => set({ agencyId: e.target.value, approverPositionId: undefined, competence: "" })}
        >
          {agencies.map((a) => (
            <option key={a.id} value={a.id}>
              {a.name}
            </option>
          ))}
        </SelectField>
      ) : null}
      <div className={css.three}>
        <SelectField
          ref={first}
          label={t.document.kind}
          required
          value={form.kind}
          error={error("kind")}
          onChange={(e) => set({ kind: e.target.value })}
        >
          <option value="" />
          {kinds.all
            .filter((k) => !k.copy || k.code === form.kind)
            .map((k) => (
              <option key={k.code} value={k.code}>
                {kinds.name(k.code)}
                {k.abbreviation ? ` (${k.abbreviation})` : ""}
              </option>
            ))}
        </SelectField>
        <SelectField label={t.document.urgency} value={form.urgency} onChange={(e) => set({ urgency: e.target.value as Urgency })}>
          {[...urgencies].reverse().map((u) => (
            <option key={u} value={u}>
              {t.document.urgencies[u]}
            </option>
          ))}
        </SelectField>
        <DateField label={t.document.dueDate} value={form.dueDate} error={error("dueDate")} onChange={(dueDate) => set({ dueDate })} />
      </div>
      <TextArea
        label={t.document.subject}
        required
        rows={2}
        maxLength={2000}
        placeholder={t.document.subjectHint}
        error={error("subject")}
        value={form.subject}
        onChange={(e) => set({ subject: e.target.value })}
      />
      <DraftFiles
        {...files}
        label={t.document.mainFile}
        hint={t.document.mainFileHint}
        part="main"
        required
        error={error("files")}
        onUpload={take("main")}
      />
      {tools}
      <DraftFiles {...files} label={t.document.annexes} part="annex" onUpload={take("annex")} />
      <RecipientField
        label={t.recipient.title}
        agencyId={form.agencyId}
        chosen={form.recipients}
        error={error("recipients")}
        onChange={(recipients) => set({ recipients })}
      />
      <div className={css.two}>
        <ApproverField agencyId={form.agencyId} value={form.approverPositionId} error={error("approverPositionId")} onChange={setApprover} />
        <SelectField
          label={t.document.form.secrecy}
          value={form.secrecy}
          hint={t.document.form.secrecyHint}
          error={error("secrecy") ?? (form.secrecy === "normal" ? undefined : t.document.form.secretRefused(t.document.secrecies[form.secrecy]))}
          onChange={(e) => set({ secrecy: e.target.value as Secrecy })}
        >
          {secrecies.map((s) => (
            <option key={s} value={s}>
              {s === "normal" ? t.document.secrecies[s] : t.document.form.notHere(t.document.secrecies[s])}
            </option>
          ))}
        </SelectField>
      </div>
      <CompetenceField
        agencyId={form.agencyId}
        positionId={form.approverPositionId}
        value={form.competence}
        error={error("competence")}
        onChange={(competence) => set({ competence })}
      />
      <TextArea label={t.document.note} rows={2} maxLength={2000} value={form.note} onChange={(e) => set({ note: e.target.value })} />
    </>
  );
}
