import { X } from "lucide-react";
import { createContext, use, useCallback, useMemo, useRef, useState, type ReactNode } from "react";
import { useText } from "@/text/text";
import { Button } from "./button";
import { classes } from "./classes";
import css from "./toast.module.css";

export interface Toast {
  text: string;
  note?: string;
  wrong?: boolean;
}

type Show = (toast: Toast) => void;

const ToastContext = createContext<Show | undefined>(undefined);

export function useToast(): Show {
  const show = use(ToastContext);
  if (!show) throw new Error("no toast stack around this component");
  return show;
}

// What went well goes away by itself; what went wrong stays until it is closed.
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<(Toast & { id: number })[]>([]);
  const counter = useRef(0);
  const t = useText().common;
  const drop = useCallback((id: number) => setToasts((all) => all.filter((x) => x.id !== id)), []);
  const show = useCallback<Show>(
    (toast) => {
      const id = ++counter.current;
      // Said again it is said once, and stays longer.
      setToasts((all) => [...all.filter((x) => x.text !== toast.text).slice(-2), { ...toast, id }]);
      if (!toast.wrong) window.setTimeout(() => drop(id), 5000);
    },
    [drop],
  );
  const stack = useMemo(
    () => (
      <div className={css.stack} role="status" aria-live="polite">
        {toasts.map((toast) => (
          <div key={toast.id} className={classes(css.toast, toast.wrong && css.wrong)}>
            <div className={css.body}>
              {toast.text}
              {toast.note ? <div className={css.note}>{toast.note}</div> : null}
            </div>
            <Button look="plain" small icon={<X size={14} />} aria-label={t.close} onClick={() => drop(toast.id)} />
          </div>
        ))}
      </div>
    ),
    [toasts, drop, t],
  );
  return (
    <ToastContext value={show}>
      {children}
      {stack}
    </ToastContext>
  );
}
