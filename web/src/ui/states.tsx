import { CircleAlert, CloudOff, FileQuestion, Inbox, Info, Lock, LogOut, SearchX, TriangleAlert, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { useText } from "@/text/text";
import { Button, buttonClass } from "./button";
import { classes } from "./classes";
import css from "./states.module.css";

export function EmptyState({ title, hint, filtered, action }: {
  title?: string;
  hint?: ReactNode;
  filtered?: boolean;
  action?: ReactNode;
}) {
  const t = useText().parts.list;
  const Icon = filtered ? SearchX : Inbox;
  return (
    <div className={css.state}>
      <Icon size={30} strokeWidth={1.4} aria-hidden />
      <p className={css.title}>{title ?? (filtered ? t.filteredTitle : t.emptyTitle)}</p>
      {hint || filtered ? <p className={css.hint}>{hint ?? t.filteredHint}</p> : null}
      {action}
    </div>
  );
}

// What kept a page from its content; each is told in words of its own.
export type Failure = "line" | "signedOut" | "forbidden" | "missing" | "away" | "broken";

const failureIcon = { line: WifiOff, signedOut: LogOut, forbidden: Lock, missing: FileQuestion, away: CloudOff, broken: TriangleAlert };

// Asking again helps against a line, a busy server and a passing fault, and against no refusal.
const passes: ReadonlySet<Failure> = new Set(["line", "away", "broken"]);

export function ErrorState({ failure = "broken", hint, note, onRetry }: {
  failure?: Failure;
  hint?: string;
  // What helps whoever is asked for help: the request's number.
  note?: string;
  onRetry?: () => void;
}) {
  const t = useText().common;
  const Icon = failureIcon[failure];
  const told = t.failures[failure];
  return (
    <div className={css.state} role="alert">
      <Icon size={30} strokeWidth={1.4} aria-hidden />
      <p className={css.title}>{told.title}</p>
      <p className={css.hint}>{hint ?? told.hint}</p>
      {note ? <p className={css.hint}>{note}</p> : null}
      {onRetry && passes.has(failure) ? <Button onClick={onRetry}>{t.retry}</Button> : null}
      {failure === "signedOut" ? (
        <a className={buttonClass()} href="/sign-in">
          {t.signIn}
        </a>
      ) : null}
      {failure === "forbidden" || failure === "missing" ? (
        <a className={buttonClass()} href="/">
          {t.goHome}
        </a>
      ) : null}
    </div>
  );
}

// Gone, foreign, or never there: the three look the same.
export function MissingState() {
  const t = useText().common;
  return (
    <div className={css.state}>
      <FileQuestion size={30} strokeWidth={1.4} aria-hidden />
      <h1 className={css.title}>{t.failures.missing.title}</h1>
      <p className={css.hint}>{t.failures.missing.hint}</p>
      <a className={buttonClass()} href="/">
        {t.goHome}
      </a>
    </div>
  );
}

export function Bone({ width }: { width: string }) {
  return <span className={css.bone} style={{ width }} aria-hidden="true" />;
}

// A refusal in the user's words, above the form it concerns.
export function ProblemNote({ title, details }: { title: string; details?: readonly string[] }) {
  return (
    <div className={css.problem} role="alert">
      <CircleAlert size={16} aria-hidden />
      <div>
        {title}
        {details && details.length > 0 ? (
          <ul>
            {details.map((d) => (
              <li key={d}>{d}</li>
            ))}
          </ul>
        ) : null}
      </div>
    </div>
  );
}

// A remark beside the work: amber to warn, blue to tell, red when nothing can be done.
export function Notice({ look, children }: { look?: "warn" | "calm" | "stop"; children: ReactNode }) {
  const Icon = look === "calm" ? Info : CircleAlert;
  return (
    <div className={classes(css.notice, look === "calm" && css.calm, look === "stop" && css.stop)} role="note">
      <Icon size={16} aria-hidden />
      <div>{children}</div>
    </div>
  );
}
