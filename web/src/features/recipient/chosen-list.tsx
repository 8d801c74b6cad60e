import { X } from "lucide-react";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { classes } from "@/ui/classes";
import { keyOf, type Chosen } from "./model";
import { useAgencyName } from "./names";
import css from "./recipient.module.css";

interface ChosenListProps {
  chosen: readonly Chosen[];
  tall?: boolean;
  onTurn?: (key: string) => void;
  onRemove: (key: string) => void;
}

export function ChosenList({ chosen, tall, onTurn, onRemove }: ChosenListProps) {
  const t = useText().recipient;
  const ways: Record<string, string> = t.channels;
  const nameOf = useAgencyName();
  if (chosen.length === 0) return <p className={css.sum}>{t.none}</p>;
  return (
    <ul className={classes(css.chosen, tall && css.tall)}>
      {chosen.map((c) => {
        const key = keyOf(c);
        const name = c.type === "agency" ? nameOf(c.agencyId, c.name) : c.name;
        return (
          <li key={key} className={css.one}>
            <span title={name}>{name}</span>
            <span className={css.way}>{c.channel && !tall ? ways[c.channel] : null}</span>
            {onTurn ? (
              <button type="button" className={css.role} data-role={c.role} onClick={() => onTurn(key)}>
                {t.roles[c.role]}
              </button>
            ) : (
              <span />
            )}
            <Button look="plain" small icon={<X size={13} />} aria-label={t.remove(name)} title={t.remove(name)} onClick={() => onRemove(key)} />
          </li>
        );
      })}
    </ul>
  );
}
