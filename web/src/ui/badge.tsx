import { showCount } from "./numbers";
import { classes } from "./classes";
import css from "./badge.module.css";

export type Tone = "quiet" | "accent" | "soon" | "late" | "done";

export function Badge({ tone, children }: { tone: Tone; children: string }) {
  return <span className={classes(css.badge, tone !== "quiet" && css[tone])}>{children}</span>;
}

// Drawn as the red stamp it is on paper (NĐ 30/2020, phụ lục I, ô số 10b).
export function StampMark({ weight, children }: { weight: "thin" | "line" | "solid"; children: string }) {
  return (
    <span className={classes(css.mark, weight === "thin" && css.thin, weight === "solid" && css.solid)}>{children}</span>
  );
}

export function DueMark({ tone, day, left, stacked }: { tone: "late" | "soon" | "quiet"; day: string; left?: string; stacked?: boolean }) {
  return (
    <span className={classes(css.due, stacked && css.stacked, tone === "late" && css.dueLate, tone === "soon" && css.dueSoon)}>
      {day}
      {left ? <span className={css.left}>{left}</span> : null}
    </span>
  );
}

export function Count({ value, more, tone }: { value: number; more?: boolean; tone?: "accent" | "late" }) {
  return (
    <span className={classes(css.count, tone === "accent" && css.countAccent, tone === "late" && css.countLate)}>
      {showCount(value)}
      {more && value <= 999 ? "+" : ""}
    </span>
  );
}
