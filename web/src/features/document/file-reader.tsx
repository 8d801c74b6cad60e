import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import { useText, useWording } from "@/text/text";
import { buttonClass } from "@/ui/button";
import { showSize } from "@/ui/numbers";
import { PdfViewer } from "@/ui/pdf-viewer";
import { fileUrl, firstFile, type AttachedFile, type FileOwner } from "./files";
import css from "./document.module.css";

interface FileReaderProps {
  // Without an owner nothing is stored yet.
  owner: FileOwner | undefined;
  files: readonly AttachedFile[];
  // Bytes that are on this machine anyway, by their hash.
  local?: ReadonlyMap<string, File>;
  // Tells which file is on the screen.
  shown?: string;
  onShow?: (sha256: string) => void;
}

// The paper beside the work: a PDF is read here, anything else is offered as a download.
export function FileReader({ owner, files, local, shown, onShow }: FileReaderProps) {
  const t = useText().parts.pdf;
  const [own, setOwn] = useState<string>();
  const wanted = shown ?? own;
  const file = files.find((f) => f.sha256 === wanted) ?? firstFile(files);
  if (!file) return <div className={css.blank}>{t.none}</div>;
  const choice = files.length > 1 ? <FileChoice files={files} value={file.sha256} onChange={onShow ?? setOwn} /> : undefined;
  const bytes = local?.get(file.sha256);
  const url = owner && !bytes ? fileUrl(owner, file.sha256) : undefined;
  const downloadUrl = owner && !bytes ? fileUrl(owner, file.sha256, true) : undefined;
  if (file.mediaType === "application/pdf" && (url ?? bytes)) {
    return <PdfViewer key={file.sha256} source={bytes ?? url ?? ""} downloadUrl={downloadUrl} name={file.name} choice={choice} />;
  }
  return <NoPreview file={file} bytes={bytes} downloadUrl={downloadUrl} choice={choice} />;
}

// "DOCX", as people call a file by the end of its name.
function kindOf(name: string): string {
  return /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toUpperCase() ?? "";
}

function useBlobUrl(bytes: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!bytes) return;
    const made = URL.createObjectURL(bytes);
    setUrl(made);
    return () => {
      URL.revokeObjectURL(made);
      setUrl(undefined);
    };
  }, [bytes]);
  return url;
}

function FileChoice(props: { files: readonly AttachedFile[]; value: string; onChange: (sha256: string) => void }) {
  const t = useText();
  return (
    <select
      className={css.choice}
      aria-label={t.document.files}
      value={props.value}
      onChange={(e) => props.onChange(e.target.value)}
    >
      {props.files.map((f, i) => (
        <option key={f.id ?? `${f.sha256}.${i}`} value={f.sha256}>
          {f.role === "main" ? f.name : `${t.document.annex} · ${f.name}`}
        </option>
      ))}
    </select>
  );
}

interface NoPreviewProps {
  file: AttachedFile;
  bytes: Blob | undefined;
  downloadUrl: string | undefined;
  choice: React.ReactNode;
}

function NoPreview(props: NoPreviewProps) {
  const { text, language } = useWording();
  const url = useBlobUrl(props.bytes) ?? props.downloadUrl;
  return (
    <div className={css.noPreview}>
      {props.choice ? <div className={css.choiceBar}>{props.choice}</div> : null}
      <div className={css.blank}>
        <p>
          <strong>{props.file.name}</strong>
          <br />
          {showSize(props.file.size, language)}
        </p>
        <p>{text.parts.pdf.noPreview(kindOf(props.file.name))}</p>
        {url ? (
          <a className={buttonClass()} href={url} download={props.file.name}>
            <Download size={15} /> {text.parts.pdf.download}
          </a>
        ) : null}
      </div>
    </div>
  );
}
