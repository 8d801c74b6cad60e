import { FileText, Paperclip } from "lucide-react";
import { useText, useWording } from "@/text/text";
import { Button } from "@/ui/button";
import { classes } from "@/ui/classes";
import { showSize } from "@/ui/numbers";
import { useToast } from "@/ui/toast";
import type { AttachedFile } from "./files";
import css from "./document.module.css";

interface FileListProps {
  files: readonly AttachedFile[];
  shown: string | undefined;
  onShow: (sha256: string) => void;
  // With it, main files can be compared with the present one.
  onCompare?: (sha256: string) => void;
}

export function FileList({ files, shown, onShow, onCompare }: FileListProps) {
  const { text, language } = useWording();
  const t = text.document;
  return (
    <ul className={css.files}>
      {files.map((f, i) => (
        <li key={f.id ?? `${f.sha256}.${i}`} className={classes(css.file, f.sha256 === shown && css.fileOn)}>
          {f.role === "main" ? <FileText size={15} aria-hidden /> : <Paperclip size={15} aria-hidden />}
          <button type="button" className={css.fileName} title={f.name} onClick={() => onShow(f.sha256)}>
            {f.name}
          </button>
          <span className={css.fileFacts} style={{ gridColumn: "auto" }}>
            {f.role === "main" ? t.main : t.annex}
          </span>
          <span className={css.fileFacts}>
            {showSize(f.size, language)}
            {f.version && f.version > 1 ? ` · ${t.version(f.version)}` : ""} · <Sha value={f.sha256} />
            {onCompare && f.role === "main" ? (
              <Button small look="plain" onClick={() => onCompare(f.sha256)}>
                {text.ready.difference.withNow}
              </Button>
            ) : null}
          </span>
        </li>
      ))}
    </ul>
  );
}

// The hash that is signed, sent and proved: short on the screen, whole in the clipboard.
export function Sha({ value }: { value: string }) {
  const t = useText();
  const toast = useToast();
  if (!value) return null;
  const copy = () => void navigator.clipboard?.writeText(value).then(() => toast({ text: t.common.copied }));
  return (
    <button type="button" className={css.sha} title={`${t.document.copySha}\n${value}`} onClick={copy}>
      {value.slice(0, 16)}…
    </button>
  );
}
