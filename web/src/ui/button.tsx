import type { ComponentProps, ReactNode } from "react";
import { classes } from "./classes";
import css from "./button.module.css";

export type ButtonLook = "plain" | "normal" | "primary" | "danger";

export interface ButtonProps extends ComponentProps<"button"> {
  look?: ButtonLook;
  small?: boolean;
  icon?: ReactNode;
  busy?: boolean;
  // The key that does the same, shown beside the words.
  shortcut?: string;
}

export function buttonClass(look: ButtonLook = "normal", small = false, iconOnly = false): string {
  return classes(
    css.button,
    look === "primary" && css.primary,
    look === "danger" && css.danger,
    look === "plain" && css.plain,
    small && css.small,
    iconOnly && css.icon,
  );
}

export function Button(props: ButtonProps) {
  const { look, small, icon, busy, shortcut, className, children, disabled, ...rest } = props;
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={classes(buttonClass(look, small, children === undefined), className)}
    >
      {busy ? <span className={css.spinner} /> : icon}
      {children}
      {shortcut ? (
        <span className={css.key} aria-hidden="true">
          {shortcut}
        </span>
      ) : null}
    </button>
  );
}
