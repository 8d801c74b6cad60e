import type { KeyboardEvent, ReactNode } from "react";
import { classes } from "./classes";
import css from "./page.module.css";

interface TabsProps<V extends string> {
  label: string;
  value: V;
  tabs: readonly { value: V; label: string; count?: ReactNode }[];
  onChange: (value: V) => void;
}

export function Tabs<V extends string>({ label, value, tabs, onChange }: TabsProps<V>) {
  const onKeyDown = (e: KeyboardEvent<HTMLDivElement>) => {
    const by = e.key === "ArrowRight" ? 1 : e.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    e.preventDefault();
    const at = tabs.findIndex((t) => t.value === value);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (!next) return;
    onChange(next.value);
    e.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")[tabs.indexOf(next)]?.focus();
  };
  return (
    <div role="tablist" tabIndex={-1} aria-label={label} className={css.tabs} onKeyDown={onKeyDown}>
      {tabs.map((t) => (
        <button
          key={t.value}
          type="button"
          role="tab"
          aria-selected={t.value === value}
          tabIndex={t.value === value ? 0 : -1}
          className={classes(css.tab, t.value === value && css.tabOn)}
          onClick={() => onChange(t.value)}
        >
          {t.label}
          {t.count}
        </button>
      ))}
    </div>
  );
}
