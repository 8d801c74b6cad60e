import { CalendarDays } from "lucide-react";
import { useRef, useState } from "react";
import { useText } from "@/text/text";
import { classes } from "./classes";
import css from "./date-field.module.css";
import { parseDay, showDay, today } from "./dates";
import { Field, inputClass, type FieldFrame } from "./field";
import field from "./field.module.css";

interface DateFieldProps extends FieldFrame {
  // yyyy-MM-dd, or empty.
  value: string;
  onChange: (day: string) => void;
  autoFocus?: boolean;
  name?: string;
  placeholder?: string;
}

// Whether a date is typed somewhere that is none, in the dialog in front or on
// the page: it must not be taken for what the field held before. The cursor
// goes there, and the field says so.
export function misread(): boolean {
  const room = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;
  const one = room.querySelector<HTMLElement>("[data-misread]");
  if (!one) return false;
  one.focus();
  one.blur(); // which makes it say so
  one.focus();
  return true;
}

// Typed, not clicked: 5/3 and 050326 become 05/03/2026 when the field is left.
// The calendar of the browser stays one click away.
export function DateField({ value, onChange, autoFocus, name, placeholder, error, ...frame }: DateFieldProps) {
  const t = useText();
  const [typed, setTyped] = useState<string>();
  const [wrong, setWrong] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const settle = (text: string) => {
    const day = text.trim() === "" ? "" : parseDay(text, today());
    setWrong(day === undefined);
    if (day !== undefined) {
      onChange(day);
      setTyped(undefined);
    }
  };
  const unread = typed !== undefined && typed.trim() !== "" && parseDay(typed, today()) === undefined;
  return (
    <Field {...frame} error={wrong ? t.common.badDay : error}>
      {({ id, describedBy, invalid }) => (
        <div className={css.box}>
          <input
            id={id}
            name={name}
            className={classes(inputClass, invalid && field.wrong)}
            inputMode="numeric"
            autoComplete="off"
            placeholder={placeholder ?? t.parts.day.placeholder}
            aria-describedby={describedBy}
            aria-invalid={invalid || undefined}
            aria-required={frame.required}
            data-misread={unread ? "" : undefined}
            autoFocus={autoFocus}
            maxLength={10}
            value={typed ?? showDay(value)}
            onChange={(e) => {
              setTyped(e.target.value);
              setWrong(false);
              const day = parseDay(e.target.value, today());
              // A whole day counts at once, so that Ctrl+Enter needs no leaving of the field.
              if (day) onChange(day);
              if (e.target.value.trim() === "") onChange("");
            }}
            onBlur={(e) => {
              if (typed !== undefined) settle(e.target.value);
            }}
          />
          <button
            type="button"
            tabIndex={-1}
            className={css.open}
            aria-label={t.parts.day.pick}
            title={t.parts.day.pick}
            onClick={() => picker.current?.showPicker()}
          >
            <CalendarDays size={15} />
          </button>
          <input
            ref={picker}
            type="date"
            className={css.picker}
            tabIndex={-1}
            aria-hidden="true"
            value={value}
            onChange={(e) => {
              setTyped(undefined);
              setWrong(false);
              onChange(e.target.value);
            }}
          />
        </div>
      )}
    </Field>
  );
}
