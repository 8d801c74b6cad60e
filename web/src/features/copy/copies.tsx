import { Link, useNavigate } from "@tanstack/react-router";
import { Copy, Printer } from "lucide-react";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { Document } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button, buttonClass } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm";
import { SelectField } from "@/ui/field";
import { Section } from "@/ui/page";
import { Notice } from "@/ui/states";

const forms = ["true_copy", "extract_copy", "duplicate_copy"] as const;
type Form = (typeof forms)[number];

interface CopyProps {
  agencyId: string;
  kind: string;
  // One of the two.
  documentId?: string;
  arrivalId?: string;
}

// The way to a certified copy of the document (NĐ 30/2020, điều 25).
export function MakeCopy(props: CopyProps) {
  const t = useText().copy;
  const [open, setOpen] = useState(false);
  return (
    <Section title={t.title}>
      <Button small icon={<Copy size={14} />} onClick={() => setOpen(true)}>
        {t.make}
      </Button>
      {open ? <CopyDialog {...props} onClose={() => setOpen(false)} /> : null}
    </Section>
  );
}

function CopyDialog({ agencyId, kind, documentId, arrivalId, onClose }: CopyProps & { onClose: () => void }) {
  const t = useText().copy;
  const navigate = useNavigate();
  const [form, setForm] = useState<Form>(kind === "true_copy" ? "duplicate_copy" : "true_copy");
  const run = useCommand({
    agencyId,
    spoils: [["documents"], ["work"]],
    run: (chosen: Form, header) =>
      documentId
        ? value(client.POST("/api/documents/{id}/copies", { params: { path: { id: documentId }, header }, body: { kind: chosen } }))
        : value(client.POST("/api/arrivals/{id}/copies", { params: { path: { id: arrivalId ?? "" }, header }, body: { kind: chosen } })),
    said: () => t.begun,
    onDone: (d) => void navigate({ to: "/outgoing/$id/edit", params: { id: d.id } }),
  });
  return (
    <ConfirmDialog
      title={t.make}
      action={t.begin}
      busy={run.isPending}
      problem={<FormProblem error={run.error} />}
      onClose={onClose}
      onConfirm={() => run.mutate(form)}
    >
      <SelectField label={t.form} hint={t.hints[form]} value={form} onChange={(e) => setForm(e.target.value as Form)}>
        {forms.map((f) => (
          <option key={f} value={f}>
            {t.forms[f]}
          </option>
        ))}
      </SelectField>
    </ConfirmDialog>
  );
}

// What a copy was made of, and the copy as it is printed.
export function CopyNote({ document: d }: { document: Document }) {
  const t = useText().copy;
  const of = d.copyOf;
  if (!of) return null;
  const words = t.of(of.reference);
  return (
    <Section title={t.title}>
      {of.documentId ? (
        <Link to="/outgoing/$id" params={{ id: of.documentId }}>
          {words}
        </Link>
      ) : (
        <Link to="/incoming/$id" params={{ id: of.arrivalId ?? "" }}>
          {words}
        </Link>
      )}
      {of.electronic && d.kind === "true_copy" ? <Notice>{t.onPaper}</Notice> : null}
      <a className={buttonClass("normal", true)} href={`/api/documents/${d.id}/copy-sheet`} download>
        <Printer size={14} /> {t.print}
      </a>
    </Section>
  );
}
