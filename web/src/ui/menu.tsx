import { Check } from "lucide-react";
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { classes } from "./classes";
import css from "./menu.module.css";

interface MenuProps {
  label: string;
  className?: string;
  trigger: ReactNode;
  align?: "start" | "end";
  children: (close: () => void) => ReactNode;
}

// A button that opens a menu: arrows move, Escape closes, the focus returns.
export function Menu({ label, className, trigger, align = "start", children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const items = () => [...(root.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
  useEffect(() => {
    if (!open) return;
    items()[0]?.focus();
    const outside = (e: PointerEvent) => {
      if (!root.current?.contains(e.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (!open) return;
    e.stopPropagation();
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (e.key === "Escape") close();
    else if (e.key === "Tab") setOpen(false);
    else if (e.key === "ArrowDown") all[(at + 1) % all.length]?.focus();
    else if (e.key === "ArrowUp") all[(at - 1 + all.length) % all.length]?.focus();
    else if (e.key === "Home") all[0]?.focus();
    else if (e.key === "End") all.at(-1)?.focus();
    else return;
    if (e.key !== "Tab") e.preventDefault();
  };
  return (
    // The handler only moves the focus between the items inside.
    <div className={css.anchor} ref={root} onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        className={className}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={label}
        title={label}
        onClick={() => setOpen(!open)}
      >
        {trigger}
      </button>
      {open ? (
        <div role="menu" aria-label={label} className={classes(css.menu, align === "end" ? css.end : css.start)}>
          {children(close)}
        </div>
      ) : null}
    </div>
  );
}

export function MenuItem({ icon, onSelect, children }: { icon?: ReactNode; onSelect: () => void; children: ReactNode }) {
  return (
    <button type="button" role="menuitem" tabIndex={-1} className={css.item} onClick={onSelect}>
      {icon}
      <span>{children}</span>
    </button>
  );
}

export function MenuChoice(props: { on: boolean; note?: string; onSelect: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      role="menuitemradio"
      aria-checked={props.on}
      tabIndex={-1}
      className={classes(css.item, props.on && css.on)}
      onClick={props.onSelect}
    >
      <span className={css.check}>{props.on ? <Check size={14} /> : null}</span>
      <span>
        {props.children}
        {props.note ? <span className={css.sub}>{props.note}</span> : null}
      </span>
    </button>
  );
}

export function MenuHeading({ children }: { children: string }) {
  return <div className={css.heading}>{children}</div>;
}

export function MenuLine() {
  return <div className={css.line} />;
}
