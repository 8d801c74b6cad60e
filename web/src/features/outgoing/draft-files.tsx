import type { Upload } from "@/api/schema";
import { useUploads } from "@/features/upload/uploads";
import { useText } from "@/text/text";
import fields from "@/ui/field.module.css";
import { FileDrop, FileRow, SendingRow } from "@/ui/upload-drop";
import type { FormFile } from "./draft-form";
import css from "@/features/document/side.module.css";

interface DraftFilesProps {
  label: string;
  hint?: string;
  part: FormFile["role"];
  files: readonly FormFile[];
  required?: boolean;
  error?: string;
  onUpload: (upload: Upload, file: File) => void;
  onRemove: (at: number) => void;
}

// The files of one role: those that are there, those on their way, and where to drop more.
export function DraftFiles(props: DraftFilesProps) {
  const t = useText().parts.upload;
  const uploads = useUploads(props.onUpload);
  const main = props.part === "main";
  const own = props.files.map((file, at) => ({ file, at })).filter(({ file }) => file.role === props.part);
  return (
    <div className={css.files} role="group" aria-label={props.label}>
      <span className={fields.label}>
        {props.label} {props.required ? <span className={fields.required}>*</span> : null}
        {props.hint ? <span className={fields.hint}>{props.hint}</span> : null}
      </span>
      {own.map(({ file, at }) => (
        <FileRow
          key={file.fileId ?? file.uploadId}
          name={file.name}
          size={file.size}
          note={file.uploadId ? t.done : undefined}
          onRemove={() => props.onRemove(at)}
        />
      ))}
      {uploads.queue.map((f) => (
        <SendingRow key={f.key} file={f} onAgain={() => uploads.again(f.key)} onCancel={() => uploads.cancel(f.key)} />
      ))}
      {main && (own.length > 0 || uploads.queue.length > 0) ? null : (
        <FileDrop
          label={props.label}
          multiple={!main}
          accept={main ? ".pdf,.docx" : undefined}
          onFiles={(files) => uploads.add(files)}
        />
      )}
      {props.error ? (
        <span className={fields.error} role="alert">
          {props.error}
        </span>
      ) : null}
    </div>
  );
}
