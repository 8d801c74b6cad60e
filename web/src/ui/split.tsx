import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import css from "./page.module.css";

interface SplitProps {
  // Remembered under this name.
  name: string;
  label: string;
  // Share of the left side at first, in percent.
  share: number;
  left: ReactNode;
  right: ReactNode;
}

function remembered(name: string, share: number): number {
  try {
    const kept = Number(localStorage.getItem(`congvan.split.${name}`));
    return kept >= 25 && kept <= 75 ? kept : share;
  } catch {
    return share;
  }
}

// Two sides with a handle between: the work and the paper beside it.
export function Split({ name, label, share, left, right }: SplitProps) {
  const [at, setAt] = useState(() => remembered(name, share));
  const box = useRef<HTMLDivElement>(null);
  const move = (next: number) => {
    const kept = Math.round(Math.max(25, Math.min(75, next)));
    setAt(kept);
    try {
      localStorage.setItem(`congvan.split.${name}`, String(kept));
    } catch {
      // Not remembered, then.
    }
  };
  const drag = (e: PointerEvent) => {
    const frame = box.current?.getBoundingClientRect();
    if (frame && e.currentTarget.hasPointerCapture(e.pointerId)) move(((e.clientX - frame.left) / frame.width) * 100);
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === "ArrowLeft") move(at - 2);
    else if (e.key === "ArrowRight") move(at + 2);
    else return;
    e.preventDefault();
  };
  return (
    <div ref={box} className={css.split} style={{ gridTemplateColumns: `${at}fr 5px ${100 - at}fr` }}>
      <div className={css.pane}>{left}</div>
      {/* A separator that can be moved is a control (WAI-ARIA, window splitter). */}
      <div
        role="separator"
        tabIndex={0}
        aria-label={label}
        aria-orientation="vertical"
        aria-valuenow={at}
        aria-valuemin={25}
        aria-valuemax={75}
        className={css.handle}
        onPointerDown={(e) => e.currentTarget.setPointerCapture(e.pointerId)}
        onPointerMove={drag}
        onKeyDown={onKeyDown}
        onDoubleClick={() => move(share)}
      />
      <div className={css.pane}>{right}</div>
    </div>
  );
}
