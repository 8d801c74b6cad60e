import { X } from "lucide-react";
import { useEffect, useId, useRef, type FormEvent, type ReactNode } from "react";
import { useText } from "@/text/text";
import { Button } from "./button";
import { classes } from "./classes";
import css from "./dialog.module.css";

interface DialogProps {
  title: string;
  onClose: () => void;
  // With onSubmit the dialog is a form: Enter in a field and Ctrl+Enter carry it out.
  onSubmit?: () => void;
  wide?: boolean;
  footer?: ReactNode;
  children: ReactNode;
}

// The browser's own modal dialog: it keeps the focus inside, closes on Escape
// and gives the focus back to where it was.
export function Dialog({ title, onClose, onSubmit, wide, footer, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const t = useText().common;
  useEffect(() => {
    const dialog = ref.current;
    // An element that leaves the page while it is open gives no focus back itself.
    const before = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    e.stopPropagation();
    onSubmit?.();
  };
  const content = (
    <>
      <div className={css.head}>
        <h2 id={heading}>{title}</h2>
        <Button look="plain" small icon={<X size={16} />} aria-label={t.close} onClick={onClose} />
      </div>
      <div className={css.body}>{children}</div>
      {footer ? <div className={css.foot}>{footer}</div> : null}
    </>
  );
  return (
    <dialog
      ref={ref}
      className={classes(css.dialog, wide && css.wide)}
      aria-labelledby={heading}
      onCancel={(e) => {
        e.preventDefault();
        onClose();
      }}
      onKeyDown={(e) => {
        e.stopPropagation();
        if (e.key === "Enter" && e.ctrlKey) onSubmit?.();
      }}
    >
      {onSubmit ? (
        <form onSubmit={submit} noValidate className={css.form}>
          {content}
        </form>
      ) : (
        content
      )}
    </dialog>
  );
}
