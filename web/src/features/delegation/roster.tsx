import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, X } from "lucide-react";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { Duty } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { agenciesOf, useMe } from "@/features/session/me";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { addDays, showDay, today } from "@/ui/dates";
import { inputClass } from "@/ui/field";
import css from "./delegation.module.css";
import { colleaguesQuery, mondayOf, rosterQuery } from "./queries";

// Who is on duty, a week at a time; the first of a day is called first.
export function Roster() {
  const t = useText().delegation;
  const agencies = agenciesOf(useMe());
  const [agencyId, setAgencyId] = useState(agencies[0]?.id ?? "");
  const [week, setWeek] = useState(mondayOf(today()));
  const roster = useQuery(rosterQuery(agencyId, week));
  const people = useQuery(colleaguesQuery(roster.data?.mayEdit ? agencyId : "")).data ?? [];
  const duties = roster.data?.items ?? [];
  const save = useCommand({
    agencyId,
    spoils: [["duties"]],
    tell: true,
    said: () => t.roster.saved,
    run: (items: readonly Duty[], header) =>
      value(
        client.PUT("/api/agencies/{id}/duties", {
          params: { path: { id: agencyId }, query: { week }, header },
          body: { items: items.map((d) => ({ day: d.day, positionId: d.positionId, note: d.note })) },
        }),
      ),
  });
  const add = (day: string, positionId: string) => {
    const person = people.find((p) => p.id === positionId);
    if (person) save.mutate([...duties, { day, positionId, accountId: person.accountId, fullName: person.fullName, title: person.title, note: "" }]);
  };
  return (
    <>
      <div className={css.bar}>
        {agencies.length > 1 ? (
          <select className={inputClass} aria-label={t.tabs.roster} value={agencyId} onChange={(e) => setAgencyId(e.target.value)}>
            {agencies.map((a) => (
              <option key={a.id} value={a.id}>
                {a.name}
              </option>
            ))}
          </select>
        ) : null}
        <Button small icon={<ChevronLeft size={15} />} aria-label={t.roster.before} onClick={() => setWeek(addDays(week, -7))} />
        <strong>{t.roster.week(showDay(week), showDay(addDays(week, 6)))}</strong>
        <Button small icon={<ChevronRight size={15} />} aria-label={t.roster.next} onClick={() => setWeek(addDays(week, 7))} />
      </div>
      <div className={css.week}>
        {[0, 1, 2, 3, 4, 5, 6].map((i) => {
          const name = t.weekday(i);
          const day = addDays(week, i);
          const on = duties.filter((d) => d.day === day);
          return (
            <section key={name} className={css.day} aria-label={`${name} ${showDay(day)}`} data-today={day === today()}>
              <h3>
                {name} <small>{showDay(day)}</small>
              </h3>
              {on.length === 0 ? <p className={css.nobody}>{t.roster.empty}</p> : null}
              <ol>
                {on.map((d) => (
                  <li key={d.positionId}>
                    <span>
                      {d.fullName}
                      <small>{[d.title, d.note].filter(Boolean).join(" · ")}</small>
                    </span>
                    {roster.data?.mayEdit ? (
                      <Button look="plain" small icon={<X size={13} />} aria-label={t.roster.remove(d.fullName)} onClick={() => save.mutate(duties.filter((x) => x !== d))} />
                    ) : null}
                  </li>
                ))}
              </ol>
              {roster.data?.mayEdit ? (
                <select className={inputClass} aria-label={`${t.roster.add}, ${name}`} value="" disabled={save.isPending} onChange={(e) => add(day, e.target.value)}>
                  <option value="">{t.roster.addShort}</option>
                  {people
                    .filter((p) => p.role !== "admin" && !on.some((d) => d.positionId === p.id))
                    .map((p) => (
                      <option key={p.id} value={p.id}>
                        {p.fullName}, {p.title}
                      </option>
                    ))}
                </select>
              ) : null}
            </section>
          );
        })}
      </div>
    </>
  );
}
