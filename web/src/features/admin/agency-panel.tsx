import { useQuery } from "@tanstack/react-query";
import { Pencil, Plus } from "lucide-react";
import { useState } from "react";
import type { Agency, Unit } from "@/api/schema";
import { treeQuery } from "@/features/recipient/directory";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { showDay, today } from "@/ui/dates";
import { Facts, Section } from "@/ui/page";
import { AgencyDialog } from "./agency-dialog";
import { UnitDialog } from "./unit-dialog";
import css from "./admin.module.css";
import { unitsQuery } from "./queries";

export function AgencyPanel({ agency }: { agency: Agency }) {
  const t = useText();
  const a = t.admin.agencies;
  const units = useQuery(unitsQuery(agency.id)).data ?? [];
  const agencies = useQuery(treeQuery).data ?? [];
  const [editing, setEditing] = useState(false);
  const [unit, setUnit] = useState<Unit | "new">();
  const nameOf = (id: string | undefined) => agencies.find((x) => x.id === id)?.name;
  const now = today();
  return (
    <div className={css.panel}>
      <div className={css.panelHead}>
        <div>
          <h2>{agency.name}</h2>
          <p className={css.sub}>{agency.code}</p>
        </div>
        <Button icon={<Pencil size={14} />} onClick={() => setEditing(true)}>
          {t.common.edit}
        </Button>
      </div>
      <Section>
        <Facts
          facts={[
            [a.shortName, agency.shortName],
            [a.abbreviation, agency.abbreviation],
            [a.oldCode, agency.oldCode],
            [a.parent, nameOf(agency.parentId)],
            [a.level, t.admin.levels[agency.level]],
            [a.place, agency.place],
            [a.email, agency.email],
            [a.channel, t.recipient.channels[agency.channel]],
            [a.validFrom, showDay(agency.validFrom)],
            agency.validUntil && [a.validUntil, showDay(agency.validUntil)],
            agency.successorId && [a.successor, nameOf(agency.successorId)],
          ]}
        />
      </Section>
      <Section
        title={a.units}
        aside={
          <Button look="plain" small icon={<Plus size={13} />} onClick={() => setUnit("new")}>
            {a.addUnit}
          </Button>
        }
      >
        {units.length === 0 ? <p className={css.sub}>{a.noUnits}</p> : null}
        <ul className={css.list}>
          {units.map((u) => (
            <li key={u.id}>
              <span className={u.validUntil && u.validUntil < now ? css.closed : undefined}>
                {u.name} {u.abbreviation ? `(${u.abbreviation})` : ""}
              </span>
              <Button look="plain" small icon={<Pencil size={13} />} aria-label={`${t.common.edit} ${u.name}`} onClick={() => setUnit(u)} />
            </li>
          ))}
        </ul>
      </Section>
      {editing ? <AgencyDialog agency={agency} onClose={() => setEditing(false)} /> : null}
      {unit ? <UnitDialog agencyId={agency.id} unit={unit === "new" ? undefined : unit} onClose={() => setUnit(undefined)} /> : null}
    </div>
  );
}
