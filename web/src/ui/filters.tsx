import { Search, X } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode, type RefObject } from "react";
import { useText } from "@/text/text";
import { Button } from "./button";
import { DateField } from "./date-field";
import css from "./page.module.css";

export function FilterBar({ active, onClear, children }: { active: boolean; onClear: () => void; children: ReactNode }) {
  const t = useText().common;
  return (
    <search className={css.filters}>
      {children}
      {active ? (
        <Button look="plain" small icon={<X size={14} />} onClick={onClear}>
          {t.clear}
        </Button>
      ) : null}
    </search>
  );
}

interface SearchBoxProps {
  value: string;
  placeholder: string;
  onChange: (value: string) => void;
  ref?: RefObject<HTMLInputElement | null>;
}

// Asks a moment after the last letter; Enter asks at once, Escape clears.
export function SearchBox({ value, placeholder, onChange, ref }: SearchBoxProps) {
  const [typed, setTyped] = useState(value);
  const [from, setFrom] = useState(value);
  if (value !== from) {
    setFrom(value);
    setTyped(value);
  }
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  useEffect(() => {
    if (typed === value) return;
    const timer = window.setTimeout(() => latest.current(typed.trim().normalize("NFC")), 300);
    return () => window.clearTimeout(timer);
  }, [typed, value]);
  return (
    <div className={css.search}>
      <Search size={15} aria-hidden />
      <input
        ref={ref}
        type="search"
        aria-label={placeholder}
        placeholder={placeholder}
        title={placeholder}
        maxLength={200}
        value={typed}
        onChange={(e) => setTyped(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === "Enter") onChange(typed.trim().normalize("NFC"));
          if (e.key === "Escape") {
            setTyped("");
            onChange("");
            e.currentTarget.blur();
          }
        }}
      />
    </div>
  );
}

interface FilterPickProps<V extends string> {
  label: string;
  value: V | undefined;
  choices: readonly (readonly [V, string])[];
  onChange: (value: V | undefined) => void;
}

export function FilterPick<V extends string>({ label, value, choices, onChange }: FilterPickProps<V>) {
  return (
    <select
      className={css.pick}
      aria-label={label}
      data-on={value !== undefined}
      value={value ?? ""}
      onChange={(e) => onChange(e.target.value === "" ? undefined : (e.target.value as V))}
    >
      <option value="">{label}</option>
      {choices.map(([v, name]) => (
        <option key={v} value={v}>
          {name}
        </option>
      ))}
    </select>
  );
}

interface FilterDaysProps {
  from: string | undefined;
  until: string | undefined;
  onChange: (days: { from?: string; until?: string }) => void;
}

export function FilterDays({ from, until, onChange }: FilterDaysProps) {
  const t = useText().common;
  return (
    <span className={css.days}>
      <DateField label={t.from} value={from ?? ""} placeholder={t.from} onChange={(d) => onChange({ from: d || undefined, until })} />
      –
      <DateField label={t.until} value={until ?? ""} placeholder={t.until} onChange={(d) => onChange({ from, until: d || undefined })} />
    </span>
  );
}
