import { createContext, use, useCallback, useMemo, useState, type ReactNode } from "react";
import type { Position } from "@/api/schema";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import css from "./session.module.css";
import { positionLine, useMe } from "./me";

interface Acting {
  // The position a person settled on, or undefined for "whichever fits".
  position: Position | undefined;
  settle: (position: Position | undefined) => void;
  // The header of an act on something of this agency.
  header: (agencyId: string | undefined) => { "Congvan-Position"?: string };
  // Asks which position to act under, after the server said that several may.
  ask: (agencyId: string | undefined) => Promise<string | undefined>;
}

const ActingContext = createContext<Acting | undefined>(undefined);

export function useActing(): Acting {
  const acting = use(ActingContext);
  if (!acting) throw new Error("no acting position around this component");
  return acting;
}

const key = "congvan.position";

function remembered(): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

interface Question {
  positions: readonly Position[];
  answer: (id: string | undefined) => void;
}

// Every act is made under exactly one position. Most people have one; who has
// several may settle on one in the top bar, or is asked when it matters.
export function ActingProvider({ children }: { children: ReactNode }) {
  const { positions } = useMe();
  const [id, setId] = useState(remembered);
  const [question, setQuestion] = useState<Question>();
  const position = positions.find((p) => p.id === id);
  const settle = useCallback((p: Position | undefined) => {
    setId(p?.id ?? null);
    try {
      if (p) sessionStorage.setItem(key, p.id);
      else sessionStorage.removeItem(key);
    } catch {
      // Holds for this page only, then.
    }
  }, []);
  const acting = useMemo<Acting>(
    () => ({
      position,
      settle,
      header: (agencyId) => {
        const fits = position && (agencyId === undefined || position.agencyId === agencyId);
        return fits ? { "Congvan-Position": position.id } : {};
      },
      ask: (agencyId) =>
        new Promise((resolve) => {
          const own = positions.filter((p) => agencyId === undefined || p.agencyId === agencyId);
          setQuestion({
            positions: own.length > 0 ? own : positions,
            answer: (p) => {
              setQuestion(undefined);
              resolve(p);
            },
          });
        }),
    }),
    [position, positions, settle],
  );
  return (
    <ActingContext value={acting}>
      {children}
      {question ? <PositionDialog {...question} /> : null}
    </ActingContext>
  );
}

function PositionDialog({ positions, answer }: Question) {
  const t = useText().shell;
  return (
    <Dialog title={t.choosePosition} onClose={() => answer(undefined)}>
      <p>{t.choosePositionHint}</p>
      <div className={css.choices}>
        {positions.map((p, i) => (
          <Button key={p.id} autoFocus={i === 0} className={css.choice} onClick={() => answer(p.id)}>
            <span>
              <strong>{p.title}</strong>
              <small>{[p.onBehalfOf ? t.onBehalf(p.onBehalfOf) : "", positionLine({ ...p, title: "" })].filter(Boolean).join(" · ")}</small>
            </span>
          </Button>
        ))}
      </div>
    </Dialog>
  );
}
