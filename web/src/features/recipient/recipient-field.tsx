import { ListTree } from "lucide-react";
import { useState } from "react";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import fields from "@/ui/field.module.css";
import { ChosenList } from "./chosen-list";
import { useDirectory } from "./directory";
import { DirectoryDialog } from "./directory-dialog";
import { addAll, dropKeys, turnRole, type Chosen } from "./model";
import css from "./recipient.module.css";
import { TypeAhead } from "./type-ahead";

interface RecipientFieldProps {
  label: string;
  agencyId: string | undefined;
  chosen: readonly Chosen[];
  agenciesOnly?: boolean;
  error?: string;
  onChange: (chosen: readonly Chosen[]) => void;
}

export function RecipientField({ label, agencyId, chosen, agenciesOnly, error, onChange }: RecipientFieldProps) {
  const t = useText().recipient;
  const whole = useDirectory(agencyId);
  const directory = agenciesOnly ? { ...whole, groups: [], units: [], positions: [] } : whole;
  const [picking, setPicking] = useState(false);
  return (
    <div className={css.box} role="group" aria-label={label}>
      <span className={fields.label}>
        {label}
        {chosen.length > 0 ? <span className={css.way}>({chosen.length})</span> : null}
      </span>
      <div className={css.row}>
        <TypeAhead
          directory={directory}
          chosen={chosen}
          free={!agenciesOnly}
          onAdd={(more) => onChange(addAll(chosen, more))}
          onRemoveLast={() => onChange(chosen.slice(0, -1))}
        />
        <Button icon={<ListTree size={15} />} onClick={() => setPicking(true)}>
          {t.pick}
        </Button>
      </div>
      {error ? (
        <span className={fields.error} role="alert">
          {error}
        </span>
      ) : null}
      <ChosenList
        chosen={chosen}
        onTurn={agenciesOnly ? undefined : (key) => onChange(turnRole(chosen, key))}
        onRemove={(key) => onChange(dropKeys(chosen, new Set([key])))}
      />
      {picking ? (
        <DirectoryDialog
          directory={directory}
          chosen={chosen}
          agenciesOnly={agenciesOnly}
          onClose={() => setPicking(false)}
          onDone={(next) => {
            onChange(next);
            setPicking(false);
          }}
        />
      ) : null}
    </div>
  );
}
