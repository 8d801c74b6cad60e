import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { client, ifMatch, value } from "@/api/client";
import { asProblem } from "@/api/problem";
import type { Calendar, SpecialDay } from "@/api/schema";
import { agenciesOf, useMe } from "@/features/session/me";
import { useCommand } from "@/features/session/command";
import { AlarmsDialog } from "@/features/notice/alarms-dialog";
import { alarmsQuery } from "@/features/notice/queries";
import { FormProblem } from "@/features/session/problem-note";
import { AgencyField } from "@/features/recipient/agency-field";
import { useText } from "@/text/text";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { showDay, today } from "@/ui/dates";
import { Dialog } from "@/ui/dialog";
import { TextArea } from "@/ui/field";
import { FilterBar, FilterPick } from "@/ui/filters";
import { Page } from "@/ui/page";
import { EmptyState, Notice } from "@/ui/states";
import { Table, type Column } from "@/ui/table";
import { readLines, writeLines } from "./lines";

// Which days the office works, as its province says.
export function CalendarPage() {
  const text = useText();
  const t = text.calendar;
  const me = useMe();
  const agencies = agenciesOf(me);
  const [agencyId, setAgencyId] = useState(agencies[0]?.id ?? "");
  const thisYear = Number(today().slice(0, 4));
  const [year, setYear] = useState(thisYear);
  const [alarming, setAlarming] = useState(false);
  const [editing, setEditing] = useState(false);
  const calendar = useQuery({
    queryKey: ["calendar", agencyId, year],
    queryFn: () => value(client.GET("/api/agencies/{id}/calendar", { params: { path: { id: agencyId }, query: { year } } })),
    enabled: agencyId !== "",
  });
  const weekday = (day: string) => text.delegation.weekday((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7);
  const alarms = useQuery(alarmsQuery(agencyId)).data;
  const columns: readonly Column<SpecialDay>[] = [
    { id: "day", title: t.day, width: "150px", cell: (d) => showDay(d.day) },
    { id: "weekday", title: t.weekday, width: "150px", cell: (d) => weekday(d.day) },
    { id: "what", title: t.what, width: "150px", cell: (d) => <Badge tone={d.working ? "accent" : "late"}>{d.working ? t.working : t.rest}</Badge> },
    { id: "name", title: t.name, cell: (d) => d.name },
  ];
  const years = [thisYear - 1, thisYear, thisYear + 1];
  return (
    <Page
      title={t.title}
      sub={calendar.data ? t.of(calendar.data.provinceName) : undefined}
      acts={
        <>
          {alarms?.mayEdit ? <Button onClick={() => setAlarming(true)}>{text.notice.alarms}</Button> : null}
          {calendar.data?.mayEdit ? (
            <Button look="primary" onClick={() => setEditing(true)}>
              {t.edit}
            </Button>
          ) : null}
        </>
      }
      bar={
        <FilterBar active={false} onClear={() => undefined}>
          {me.operator || agencies.length > 1 ? <AgencyField label={text.admin.groups.agency} value={agencyId} onChange={setAgencyId} /> : null}
          <FilterPick label={t.year} value={String(year)} choices={years.map((y) => [String(y), String(y)] as const)} onChange={(y) => setYear(Number(y ?? thisYear))} />
        </FilterBar>
      }
    >
      <Table
        label={t.title}
        columns={columns}
        rows={agencyId === "" ? [] : calendar.data?.items}
        rowId={(d) => d.day}
        autoFocus
        onOpen={() => {
          if (calendar.data?.mayEdit) setEditing(true);
        }}
        failed={calendar.isError}
        onRetry={() => void calendar.refetch()}
        empty={<EmptyState title={t.empty} hint={t.emptyHint} />}
      />
      {alarming && alarms ? <AlarmsDialog agencyId={agencyId} alarms={alarms} onClose={() => setAlarming(false)} /> : null}
      {editing && calendar.data ? <EditDialog agencyId={agencyId} calendar={calendar.data} onClose={() => setEditing(false)} /> : null}
    </Page>
  );
}

function EditDialog({ agencyId, calendar, onClose }: { agencyId: string; calendar: Calendar; onClose: () => void }) {
  const text = useText();
  const t = text.calendar;
  const [typed, setTyped] = useState(writeLines(calendar.items, t));
  const [checked, setChecked] = useState<number>();
  const [badLine, setBadLine] = useState<number>();
  const send = useCommand({
    spoils: [["calendar"]],
    run: (input: { items: SpecialDay[]; dryRun: boolean }) =>
      value(
        client.PUT("/api/agencies/{id}/calendar", {
          params: { path: { id: agencyId }, query: { year: calendar.year, dryRun: input.dryRun }, header: ifMatch(calendar) },
          body: { weekend: calendar.weekend, items: input.items },
        }),
      ),
    said: (_, input) => (input.dryRun ? undefined : t.saved),
    onDone: (_, input) => {
      if (input.dryRun) setChecked(input.items.length);
      else onClose();
    },
  });
  const submit = (dryRun: boolean) => {
    const read = readLines(typed, calendar.year);
    setChecked(undefined);
    setBadLine("badLine" in read ? read.badLine : undefined);
    if ("items" in read && !send.isPending) send.mutate({ items: read.items, dryRun });
  };
  const field = send.error ? asProblem(send.error).fields?.[0]?.message : undefined;
  return (
    <Dialog
      wide
      title={`${t.title} ${calendar.year}`}
      onClose={onClose}
      onSubmit={() => submit(false)}
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button onClick={() => submit(true)} busy={send.isPending && send.variables.dryRun}>
            {t.check}
          </Button>
          <Button type="submit" look="primary" busy={send.isPending && !send.variables.dryRun}>
            {text.common.save}
          </Button>
        </>
      }
    >
      {field ? null : <FormProblem error={send.error} />}
      {checked === undefined ? null : <Notice look="calm">{t.good(checked)}</Notice>}
      <TextArea
        label={t.list}
        hint={t.listHint}
        rows={14}
        autoFocus
        maxLength={40_000}
        value={typed}
        error={badLine === undefined ? field : t.badLine(badLine)}
        onChange={(e) => setTyped(e.target.value)}
      />
    </Dialog>
  );
}
