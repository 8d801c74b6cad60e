import { useId, type ComponentProps, type ReactNode } from "react";
import { classes } from "./classes";
import css from "./field.module.css";

export interface FieldFrame {
  label: string;
  error?: string;
  hint?: ReactNode;
  required?: boolean;
  className?: string;
}

interface FrameProps extends FieldFrame {
  children: (ids: { id: string; describedBy: string | undefined; invalid: boolean }) => ReactNode;
}

// Label above, control, then one line: the error, or else the hint.
export function Field({ label, error, hint, required, className, children }: FrameProps) {
  const id = useId();
  const note = error || hint ? `${id}-note` : undefined;
  return (
    <div className={classes(css.field, className)}>
      <label className={css.label} htmlFor={id}>
        {label}
        {required ? (
          <span className={css.required} aria-hidden="true">
            *
          </span>
        ) : null}
      </label>
      {children({ id, describedBy: note, invalid: Boolean(error) })}
      {error ? (
        <span id={note} className={css.error} role="alert">
          {error}
        </span>
      ) : hint ? (
        <span id={note} className={css.hint}>
          {hint}
        </span>
      ) : null}
    </div>
  );
}

type Shared<T extends "input" | "select" | "textarea"> = FieldFrame &
  Omit<ComponentProps<T>, "className" | "id">;

export function TextField({ label, error, hint, className, ...rest }: Shared<"input">) {
  return (
    <Field label={label} error={error} hint={hint} required={rest.required} className={className}>
      {({ id, describedBy, invalid }) => (
        <input
          autoComplete="off"
          {...rest}
          id={id}
          aria-describedby={describedBy}
          aria-invalid={invalid || undefined}
          className={classes(css.input, invalid && css.wrong)}
        />
      )}
    </Field>
  );
}

export function TextArea({ label, error, hint, className, ...rest }: Shared<"textarea">) {
  return (
    <Field label={label} error={error} hint={hint} required={rest.required} className={className}>
      {({ id, describedBy, invalid }) => (
        <textarea
          rows={3}
          {...rest}
          id={id}
          aria-describedby={describedBy}
          aria-invalid={invalid || undefined}
          className={classes(css.input, invalid && css.wrong)}
        />
      )}
    </Field>
  );
}

export function SelectField({ label, error, hint, className, ...rest }: Shared<"select">) {
  return (
    <Field label={label} error={error} hint={hint} required={rest.required} className={className}>
      {({ id, describedBy, invalid }) => (
        <select
          {...rest}
          id={id}
          aria-describedby={describedBy}
          aria-invalid={invalid || undefined}
          className={classes(css.input, invalid && css.wrong)}
        />
      )}
    </Field>
  );
}

export function CheckField({ label, ...rest }: { label: ReactNode } & ComponentProps<"input">) {
  return (
    <label className={css.check}>
      <input type="checkbox" {...rest} />
      <span>{label}</span>
    </label>
  );
}

export const inputClass = css.input;
