import { useEffect, useState } from "react";
import type { PDFDocumentProxy } from "pdfjs-dist";

export type PdfState =
  | { is: "loading" }
  | { is: "open"; pdf: PDFDocumentProxy; width: number; height: number }
  | { is: "encrypted" }
  | { is: "failed" };

// The reader is large and many screens do without it: it comes when it is needed.
async function library() {
  const [pdfjs, worker] = await Promise.all([
    import("pdfjs-dist/legacy/build/pdf.mjs"),
    import("pdfjs-dist/legacy/build/pdf.worker.min.mjs?url"),
  ]);
  pdfjs.GlobalWorkerOptions.workerSrc = worker.default;
  return pdfjs;
}

export function usePdf(source: string | Blob): PdfState {
  const [state, setState] = useState<{ source: string | Blob; state: PdfState }>({ source, state: { is: "loading" } });
  useEffect(() => {
    let gone = false;
    let close = () => {};
    const tell = (next: PdfState) => {
      if (!gone) setState({ source, state: next });
    };
    const open = async () => {
      const pdfjs = await library();
      if (gone) return;
      const task = pdfjs.getDocument({
        ...(typeof source === "string" ? { url: source } : { data: new Uint8Array(await source.arrayBuffer()) }),
        // Only what is looked at is fetched, by ranges: a hundred-page scan over a slow line.
        disableAutoFetch: true,
        disableStream: true,
        rangeChunkSize: 262_144,
        enableXfa: false,
        cMapUrl: "/pdfjs/cmaps/",
        cMapPacked: true,
        standardFontDataUrl: "/pdfjs/standard_fonts/",
        wasmUrl: "/pdfjs/wasm/",
        iccUrl: "/pdfjs/iccs/",
      });
      close = () => void task.destroy();
      if (gone) return close();
      task.onPassword = () => {
        tell({ is: "encrypted" });
        close();
      };
      const pdf = await task.promise;
      const first = (await pdf.getPage(1)).getViewport({ scale: 1 });
      tell({ is: "open", pdf, width: first.width, height: first.height });
    };
    open().catch((error: unknown) => {
      const name = error instanceof Error ? error.name : "";
      if (name === "PasswordException") tell({ is: "encrypted" });
      else setState((s) => (gone || s.state.is === "encrypted" ? s : { source, state: { is: "failed" } }));
    });
    return () => {
      gone = true;
      close();
    };
  }, [source]);
  return state.source === source ? state.state : { is: "loading" };
}
