import type { Competence, Document, DocumentDraft, DocumentEdit, FileInput, Upload, Urgency } from "@/api/schema";
import type { AttachedFile } from "@/features/document/files";
import { fromName, toInput, type Chosen } from "@/features/recipient/model";

export type Secrecy = NonNullable<DocumentDraft["secrecy"]>;

// The form of a draft as a value: begun empty or from a document, sent as a
// draft or as an edit that says only what it must.
export interface FormFile {
  role: "main" | "annex";
  name: string;
  size: number;
  uploadId?: string;
  fileId?: string;
  sha256?: string;
  mediaType?: string;
}

export interface DraftForm {
  agencyId: string | undefined;
  kind: string;
  subject: string;
  urgency: Urgency;
  secrecy: Secrecy;
  dueDate: string;
  note: string;
  approverPositionId: string | undefined;
  // Empty lets the signer's post say it.
  competence: Competence;
  files: readonly FormFile[];
  recipients: readonly Chosen[];
}

export function emptyDraft(agencyId: string | undefined): DraftForm {
  return {
    agencyId,
    kind: "",
    subject: "",
    urgency: "normal",
    secrecy: "normal",
    dueDate: "",
    note: "",
    approverPositionId: undefined,
    competence: "",
    files: [],
    recipients: [],
  };
}

export function draftOf(d: Document): DraftForm {
  return {
    agencyId: d.agencyId,
    kind: d.kind,
    subject: d.subject,
    urgency: d.urgency,
    secrecy: "normal",
    dueDate: d.dueDate ?? "",
    note: d.note,
    approverPositionId: d.approverPositionId,
    competence: d.competence,
    files: d.files.map((f) => ({ role: f.role, name: f.name, size: f.size, fileId: f.id, sha256: f.sha256, mediaType: f.mediaType })),
    recipients: d.recipients.map((r) => (r.type === "name" ? { ...fromName(r.name), role: r.role } : { ...r })),
  };
}

// A new main file takes the place of the old one; annexes stand in the order they came.
export function withUpload(form: DraftForm, role: FormFile["role"], upload: Upload): DraftForm {
  const file: FormFile = { role, name: upload.name, size: upload.size, uploadId: upload.id, sha256: upload.sha256, mediaType: upload.mediaType };
  const others = role === "main" ? form.files.filter((f) => f.role !== "main") : form.files;
  return { ...form, files: role === "main" ? [file, ...others] : [...others, file] };
}

export function withoutFile(form: DraftForm, at: number): DraftForm {
  return { ...form, files: form.files.filter((_, i) => i !== at) };
}

// The files as the reader beside the form shows them, stored or just sent.
export function attached(form: DraftForm): AttachedFile[] {
  return form.files.map((f) => ({ ...f, id: f.fileId, sha256: f.sha256 ?? "", mediaType: f.mediaType ?? "" }));
}

export type Part = "kind" | "subject" | "main" | "recipients" | "approver";

// What is still to be filled in before it can be submitted and sent, in the order of the form.
export function missing(form: DraftForm): readonly Part[] {
  const there: Record<Part, boolean> = {
    kind: form.kind !== "",
    subject: form.subject.trim() !== "",
    main: form.files.some((f) => f.role === "main"),
    recipients: form.recipients.length > 0,
    approver: form.approverPositionId !== undefined,
  };
  return (Object.keys(there) as Part[]).filter((p) => !there[p]);
}

function fileInput(f: FormFile): FileInput {
  return f.fileId ? { role: f.role, fileId: f.fileId } : { role: f.role, uploadId: f.uploadId };
}

function shared(form: DraftForm) {
  return {
    kind: form.kind,
    subject: form.subject.trim().normalize("NFC"),
    urgency: form.urgency,
    secrecy: form.secrecy,
    note: form.note.trim().normalize("NFC"),
    approverPositionId: form.approverPositionId,
    competence: form.competence,
    files: form.files.map(fileInput),
    recipients: form.recipients.map(toInput),
  };
}

export function toDraft(form: DraftForm): DocumentDraft {
  return { ...shared(form), agencyId: form.agencyId, dueDate: form.dueDate || undefined };
}

export function toEdit(form: DraftForm, had: { dueDate?: string }): DocumentEdit {
  const cleared = form.dueDate === "" && had.dueDate !== undefined;
  return { ...shared(form), dueDate: form.dueDate || undefined, clearDueDate: cleared || undefined };
}

// Nothing typed is lost unasked.
export function changed(form: DraftForm, from: DraftForm): boolean {
  return JSON.stringify(form) !== JSON.stringify(from);
}
