import { Download, ExternalLink, Minus, MoveHorizontal, Plus, RotateCw } from "lucide-react";
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useText } from "@/text/text";
import { Button, buttonClass } from "./button";
import css from "./pdf.module.css";
import { usePdf } from "./pdf-file";
import { PdfPage } from "./pdf-page";

interface PdfViewerProps {
  // Where the bytes are: an address, or a file of this machine.
  source: string | Blob;
  downloadUrl?: string;
  name: string;
  // Shown at the left of the bar, e.g. the choice of the file.
  choice?: ReactNode;
}

const steps = [0.4, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4];

export function PdfViewer({ source, downloadUrl, name, choice }: PdfViewerProps) {
  const t = useText().parts.pdf;
  const file = usePdf(source);
  const scroll = useRef<HTMLDivElement>(null);
  const room = useWidth(scroll);
  const [zoom, setZoom] = useState<number>();
  const [rotation, setRotation] = useState(0);
  const { page, onVisible } = useCurrentPage(source);
  const flat = rotation % 180 === 0;
  const sheetWidth = file.is === "open" ? (flat ? file.width : file.height) : 595;
  const fit = Math.max(0.3, Math.min(2.2, (room - 26) / sheetWidth));
  const scale = zoom ?? fit;
  const pages = file.is === "open" ? file.pdf.numPages : 0;
  const step = (by: 1 | -1) => {
    const next = by > 0 ? steps.find((s) => s > scale + 0.01) : steps.findLast((s) => s < scale - 0.01);
    if (next) setZoom(next);
  };
  const goTo = (n: number) => {
    const target = scroll.current?.querySelector(`[data-page="${Math.max(1, Math.min(pages, n))}"]`);
    target?.scrollIntoView({ block: "start" });
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.target instanceof HTMLInputElement) return;
    if (e.key === "+" || e.key === "=") step(1);
    else if (e.key === "-") step(-1);
    else if (e.key === "0") setZoom(undefined);
    else if (e.key === "ArrowRight" || e.key === "n") goTo(page + 1);
    else if (e.key === "ArrowLeft" || e.key === "p") goTo(page - 1);
    else return;
    e.preventDefault();
  };
  return (
    <section className={css.viewer} aria-label={t.viewer} onKeyDown={onKeyDown}>
      <div className={css.bar}>
        {choice ?? (
          <span className={css.name} title={name}>
            {name}
          </span>
        )}
        <PageBox page={page} pages={pages} onGo={goTo} />
        <span className={css.gap} />
        <Button look="plain" small icon={<Minus size={15} />} aria-label={t.zoomOut} title={t.zoomOut} onClick={() => step(-1)} />
        <span className={css.scale}>{Math.round(scale * 100)}%</span>
        <Button look="plain" small icon={<Plus size={15} />} aria-label={t.zoomIn} title={t.zoomIn} onClick={() => step(1)} />
        <Button look="plain" small icon={<MoveHorizontal size={15} />} aria-label={t.fitWidth} title={t.fitWidth} onClick={() => setZoom(undefined)} />
        <Button look="plain" small icon={<RotateCw size={15} />} aria-label={t.rotate} title={t.rotate} onClick={() => setRotation((rotation + 90) % 360)} />
        {typeof source === "string" ? (
          <>
            <span className={css.gap} />
            <a className={buttonClass("plain", true, true)} href={source} target="_blank" rel="noreferrer" aria-label={t.newTab} title={t.newTab}>
              <ExternalLink size={15} />
            </a>
            <a className={buttonClass("plain", true, true)} href={downloadUrl} download={name} aria-label={t.download} title={t.download}>
              <Download size={15} />
            </a>
          </>
        ) : null}
      </div>
      <div ref={scroll} className={css.scroll} tabIndex={0} aria-label={name} role="document">
        {file.is === "loading" ? <div className={css.note}>{t.loading}</div> : null}
        {file.is === "failed" || file.is === "encrypted" ? (
          <div className={css.note}>
            <p>{file.is === "encrypted" ? t.encrypted : t.failed}</p>
          </div>
        ) : null}
        {file.is === "open"
          ? Array.from({ length: pages }, (_, i) => (
              <PdfPage
                key={i + 1}
                pdf={file.pdf}
                number={i + 1}
                scale={scale}
                rotation={rotation}
                width={file.width}
                height={file.height}
                onVisible={onVisible}
              />
            ))
          : null}
      </div>
    </section>
  );
}

function PageBox({ page, pages, onGo }: { page: number; pages: number; onGo: (n: number) => void }) {
  const t = useText().parts.pdf;
  const [typed, setTyped] = useState<string>();
  return (
    <>
      <input
        className={css.page}
        aria-label={t.page}
        inputMode="numeric"
        value={typed ?? String(page)}
        onChange={(e) => setTyped(e.target.value)}
        onFocus={(e) => e.target.select()}
        onBlur={() => setTyped(undefined)}
        onKeyDown={(e) => {
          if (e.key !== "Enter") return;
          const n = Number(typed);
          if (Number.isInteger(n) && n > 0) onGo(n);
          setTyped(undefined);
        }}
      />
      <span>{t.of(pages)}</span>
    </>
  );
}

// The page that fills most of the window is the current one.
function useCurrentPage(source: string | Blob) {
  const shares = useRef(new Map<number, number>());
  const [page, setPage] = useState(1);
  useEffect(() => {
    shares.current.clear();
    setPage(1);
  }, [source]);
  const onVisible = useCallback((number: number, share: number) => {
    if (share > 0) shares.current.set(number, share);
    else shares.current.delete(number);
    let best = 0;
    let most = 0;
    for (const [n, s] of shares.current) {
      if (s > most + 0.001) {
        most = s;
        best = n;
      }
    }
    if (best) setPage(best);
  }, []);
  return { page, onVisible };
}

function useWidth(ref: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(640);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, [ref]);
  return width;
}
