import { FileText, RotateCcw, Upload as UploadIcon, X } from "lucide-react";
import { useRef, useState, type DragEvent } from "react";
import { useText, useWording } from "@/text/text";
import { Button } from "./button";
import { classes } from "./classes";
import { showSize } from "./numbers";
import css from "./upload.module.css";
import type { Sending } from "./upload-queue";

interface DropProps {
  label: string;
  multiple?: boolean;
  accept?: string;
  onFiles: (files: File[]) => void;
}

export function FileDrop({ label, multiple, accept, onFiles }: DropProps) {
  const t = useText().parts.upload;
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    const files = [...e.dataTransfer.files];
    if (files.length > 0) onFiles(multiple ? files : files.slice(0, 1));
  };
  return (
    <div
      role="group"
      aria-label={label}
      className={classes(css.drop, over && css.over)}
      onDragOver={(e) => {
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <UploadIcon size={16} aria-hidden />
      <span>{t.drop}</span>
      <button type="button" className={css.choose} onClick={() => input.current?.click()}>
        {t.choose}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        multiple={multiple}
        accept={accept}
        onChange={(e) => {
          onFiles([...(e.target.files ?? [])]);
          e.target.value = "";
        }}
      />
    </div>
  );
}

interface SendingRowProps {
  file: Sending<unknown>;
  onAgain: () => void;
  onCancel: () => void;
}

// A file on its way: how far it is, and the way out.
export function SendingRow({ file, onAgain, onCancel }: SendingRowProps) {
  const t = useText().parts.upload;
  const { language } = useWording();
  const share = file.size === 0 ? 0 : Math.round((file.sent / file.size) * 100);
  return (
    <div className={css.file}>
      <FileText size={15} aria-hidden />
      <span className={css.name} title={file.name}>
        {file.name}
      </span>
      <span className={css.size}>
        {file.state === "waiting"
          ? t.waiting
          : t.progress(showSize(file.sent, language), showSize(file.size, language))}
      </span>
      <span>
        {file.state === "failed" ? (
          <Button look="plain" small icon={<RotateCcw size={14} />} aria-label={t.resume} title={t.resume} onClick={onAgain} />
        ) : null}
        <Button look="plain" small icon={<X size={14} />} aria-label={t.cancel} title={t.cancel} onClick={onCancel} />
      </span>
      {file.state === "failed" ? (
        <span className={css.wrong} role="alert">
          {file.message ?? t.failed}
        </span>
      ) : (
        <div className={css.track} role="progressbar" aria-label={t.uploading(file.name)} aria-valuenow={share} aria-valuemin={0} aria-valuemax={100}>
          <div className={css.fill} style={{ width: `${share}%` }} />
        </div>
      )}
    </div>
  );
}

interface FileRowProps {
  name: string;
  size: number;
  note?: string;
  onRemove?: () => void;
}

export function FileRow({ name, size, note, onRemove }: FileRowProps) {
  const t = useText().parts.upload;
  const { language } = useWording();
  return (
    <div className={css.file}>
      <FileText size={15} aria-hidden />
      <span className={css.name} title={name}>
        {name}
      </span>
      <span className={css.size}>
        {showSize(size, language)}
        {note ? ` · ${note}` : ""}
      </span>
      {onRemove ? (
        <Button look="plain" small icon={<X size={14} />} aria-label={t.remove} title={t.remove} onClick={onRemove} />
      ) : (
        <span />
      )}
    </div>
  );
}

export const fileListClass = css.list;
