import { useEffect, type ReactNode } from "react";
import css from "./page.module.css";

interface PageProps {
  title: ReactNode;
  sub?: ReactNode;
  acts?: ReactNode;
  // Between title and content: filters or tabs.
  bar?: ReactNode;
  children: ReactNode;
}

export function Page({ title, sub, acts, bar, children }: PageProps) {
  useEffect(() => {
    if (typeof title !== "string") return;
    document.title = `${title} · congvan`;
    return () => {
      document.title = "congvan";
    };
  }, [title]);
  return (
    <div className={css.page}>
      <header className={css.head}>
        <div className={css.title}>
          <h1>{title}</h1>
          {sub ? <div className={css.sub}>{sub}</div> : null}
        </div>
        {acts ? <div className={css.acts}>{acts}</div> : null}
      </header>
      {bar}
      <div className={css.body}>{children}</div>
    </div>
  );
}

export function Narrow({ children }: { children: ReactNode }) {
  return <div className={css.narrow}>{children}</div>;
}

export function Section({ title, aside, children }: { title?: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={css.section} aria-label={title}>
      {title ? (
        <h3>
          {title} {aside}
        </h3>
      ) : null}
      {children}
    </section>
  );
}

export type Fact = readonly [label: string, value: ReactNode] | false | undefined | null | "";

// What is known, one line each; what is not known takes no room.
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={css.facts}>
      {facts.map((f) =>
        f && f[1] ? (
          <div key={f[0]} style={{ display: "contents" }}>
            <dt>{f[0]}</dt>
            <dd>{f[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

export const cardClass = css.card;
