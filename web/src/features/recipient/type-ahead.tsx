import { useId, useState, type KeyboardEvent } from "react";
import { useText } from "@/text/text";
import { classes } from "@/ui/classes";
import { inputClass } from "@/ui/field";
import { fromName, offers, type Chosen, type Directory, type Offer } from "./model";
import css from "./recipient.module.css";

interface TypeAheadProps {
  directory: Directory;
  chosen: readonly Chosen[];
  // Names outside the directory may be added as they are typed.
  free: boolean;
  onAdd: (choices: readonly Chosen[]) => void;
  onRemoveLast: () => void;
}

function choicesOf(offer: Offer): readonly Chosen[] {
  if (offer.is === "one") return [offer.choice];
  return offer.is === "group" ? offer.choices : [fromName(offer.name)];
}

// Type a few letters, Enter adds, and the next name can be typed at once.
export function TypeAhead({ directory, chosen, free, onAdd, onRemoveLast }: TypeAheadProps) {
  const t = useText().recipient;
  const id = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const all = offers(typed, directory, chosen).filter((o) => free || o.is !== "name");
  const current = Math.min(at, all.length - 1);
  const take = (offer: Offer | undefined) => {
    if (!offer) return;
    onAdd(choicesOf(offer));
    setTyped("");
    setAt(0);
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === "Backspace" && typed === "") return onRemoveLast();
    if (all.length === 0 || e.ctrlKey) return;
    if (e.key === "ArrowDown") setAt((current + 1) % all.length);
    else if (e.key === "ArrowUp") setAt((current - 1 + all.length) % all.length);
    else if (e.key === "Enter") take(all[current]);
    else if (e.key === "Escape") setTyped("");
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <div className={css.typing}>
      <input
        className={inputClass}
        role="combobox"
        aria-label={t.add}
        aria-expanded={all.length > 0}
        aria-controls={`${id}-offers`}
        aria-activedescendant={all.length > 0 ? `${id}-${current}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        placeholder={t.placeholder}
        maxLength={200}
        value={typed}
        onChange={(e) => {
          setTyped(e.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      {all.length > 0 ? (
        <div id={`${id}-offers`} role="listbox" aria-label={t.add} className={css.offers}>
          {all.map((o, i) => (
            <div
              key={`${o.is}.${o.is === "one" ? (o.choice.agencyId ?? "") + (o.choice.unitId ?? "") + (o.choice.positionId ?? "") : o.is === "group" ? o.group.id : ""}`}
              id={`${id}-${i}`}
              role="option"
              aria-selected={i === current}
              tabIndex={-1}
              className={classes(css.offer, i === current && css.offerOn)}
              onMouseDown={(e) => {
                e.preventDefault();
                take(o);
              }}
            >
              <OfferLine offer={o} />
            </div>
          ))}
        </div>
      ) : null}
    </div>
  );
}

function OfferLine({ offer }: { offer: Offer }) {
  const t = useText().recipient;
  if (offer.is === "name") {
    return (
      <>
        <span>{t.freeName(offer.name)}</span>
        <small>{t.freeNote}</small>
      </>
    );
  }
  if (offer.is === "group") {
    return (
      <>
        <strong>{offer.group.name}</strong>
        <small>{t.members(offer.choices.length)}</small>
      </>
    );
  }
  return (
    <>
      <span>{offer.choice.name}</span>
      <small>{offer.note ?? t.types[offer.choice.type]}</small>
    </>
  );
}
