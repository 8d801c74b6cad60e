import { useEffect, useRef, useState, type ReactNode } from "react";
import type { PDFDocumentProxy } from "pdfjs-dist";
import css from "./pdf.module.css";

interface PdfPageProps {
  pdf: PDFDocumentProxy;
  number: number;
  scale: number;
  rotation: number;
  width: number;
  height: number;
  onVisible: (number: number, share: number) => void;
  // Laid over the sheet.
  children?: ReactNode;
}

// One sheet. It is drawn when it comes near the window and let go when it is far,
// so that a long scan costs no more memory than a letter.
export function PdfPage(props: PdfPageProps) {
  const { pdf, number, scale, rotation, onVisible } = props;
  const sheet = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const text = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  const [own, setOwn] = useState({ width: props.width, height: props.height });
  useEffect(() => {
    const element = sheet.current;
    if (!element) return;
    const root = element.parentElement;
    const drawing = new IntersectionObserver(([e]) => setNear(e?.isIntersecting ?? false), { root, rootMargin: "800px 0px" });
    const reading = new IntersectionObserver(
      ([e]) => onVisible(number, e?.isIntersecting ? e.intersectionRect.height / (e.rootBounds?.height || 1) : 0),
      { root, threshold: [0, 0.25, 0.5, 0.75, 1] },
    );
    drawing.observe(element);
    reading.observe(element);
    return () => {
      drawing.disconnect();
      reading.disconnect();
    };
  }, [number, onVisible]);
  useEffect(() => {
    const target = canvas.current;
    const layer = text.current;
    if (!near || !target || !layer) return;
    let stop = () => {};
    let gone = false;
    target.setAttribute("aria-busy", "true");
    const draw = async () => {
      const page = await pdf.getPage(number);
      if (gone) return;
      const base = page.getViewport({ scale: 1 });
      setOwn({ width: base.width, height: base.height });
      const turn = (page.rotate + rotation) % 360;
      const viewport = page.getViewport({ scale, rotation: turn });
      const sharp = Math.min(window.devicePixelRatio || 1, 2.5);
      target.width = Math.floor(viewport.width * sharp);
      target.height = Math.floor(viewport.height * sharp);
      const rendering = page.render({
        canvas: target,
        viewport,
        transform: sharp === 1 ? undefined : [sharp, 0, 0, sharp, 0, 0],
      });
      stop = () => rendering.cancel();
      await rendering.promise;
      const { TextLayer } = await import("pdfjs-dist/legacy/build/pdf.mjs");
      if (gone) return;
      layer.replaceChildren();
      layer.style.setProperty("--total-scale-factor", String(scale));
      const words = new TextLayer({ textContentSource: page.streamTextContent(), container: layer, viewport });
      stop = () => words.cancel();
      await words.render();
      target.removeAttribute("aria-busy");
    };
    draw().catch((error: unknown) => {
      const name = error instanceof Error ? error.name : "";
      // A drawing that was overtaken by a zoom is no failure; a broken page stays white.
      if (name !== "RenderingCancelledException" && name !== "AbortException") layer.replaceChildren();
    });
    return () => {
      gone = true;
      stop();
      target.width = 0;
      target.height = 0;
      layer.replaceChildren();
    };
  }, [pdf, number, scale, rotation, near]);
  const flat = rotation % 180 === 0;
  const width = (flat ? own.width : own.height) * scale;
  const height = (flat ? own.height : own.width) * scale;
  return (
    <div ref={sheet} className={css.sheet} data-page={number} style={{ width, height }}>
      <canvas ref={canvas} />
      <div ref={text} className={css.text} />
      {props.children}
    </div>
  );
}
