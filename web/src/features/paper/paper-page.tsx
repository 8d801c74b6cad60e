import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { client, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import type { Arrival, Registration, Scanned, Upload } from "@/api/schema";
import { useKinds } from "@/features/document/kinds";
import { splitReference } from "@/features/incoming/registration";
import { AgencyField } from "@/features/recipient/agency-field";
import { useCommand } from "@/features/session/command";
import { agenciesOf, useMe } from "@/features/session/me";
import { FormProblem } from "@/features/session/problem-note";
import { useUploads } from "@/features/upload/uploads";
import { useText } from "@/text/text";
import { Badge } from "@/ui/badge";
import { Button, buttonClass } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm";
import { DateField } from "@/ui/date-field";
import { today } from "@/ui/dates";
import { CheckField, SelectField, TextArea, TextField } from "@/ui/field";
import { showOrdinal } from "@/ui/numbers";
import { Narrow, Page } from "@/ui/page";
import { EmptyState, Notice } from "@/ui/states";
import { Table, type Column } from "@/ui/table";
import { Tabs } from "@/ui/tabs";
import { FileDrop, SendingRow } from "@/ui/upload-drop";
import css from "@/features/document/side.module.css";

// Paper is registered first, numbered and stamped, and scanned later.
export function PaperPage() {
  const text = useText();
  const t = text.paper;
  const { tab } = useSearch({ from: "/desk/incoming/paper" });
  const navigate = useNavigate();
  const me = useMe();
  const agencies = agenciesOf({ ...me, positions: me.positions.filter((p) => p.role === "clerk") });
  const [agencyId, setAgencyId] = useState(agencies[0]?.id ?? "");
  return (
    <Page
      title={t.title}
      bar={
        <Tabs
          label={t.title}
          value={tab ?? "enter"}
          tabs={[
            { value: "enter", label: t.enter },
            { value: "batch", label: t.batch },
          ]}
          onChange={(next) => void navigate({ to: "/incoming/paper", search: next === "batch" ? { tab: next } : {} })}
        />
      }
    >
      {agencies.length > 1 ? <AgencyField label={text.office.registers.agency} value={agencyId} onChange={setAgencyId} /> : null}
      {tab === "batch" ? <Batch agencyId={agencyId} /> : <Enter agencyId={agencyId} />}
    </Page>
  );
}

const nfc = (s: string) => s.trim().normalize("NFC");

const blank = { number: "", symbol: "", documentDate: "", issuerName: "", kind: "", subject: "", dueDate: "", restricted: false };

// One after the other by the keyboard: what is the same on the next paper stays.
function Enter({ agencyId }: { agencyId: string }) {
  const text = useText();
  const t = text.paper;
  const kinds = useKinds();
  const [form, setForm] = useState(blank);
  const [last, setLast] = useState<Arrival>();
  const box = useRef<HTMLDivElement>(null);
  // Until it is registered, not until the lists are read again: whoever has the
  // next paper typed by then is not kept waiting, nor passed over.
  const sending = useRef(false);
  const set = (change: Partial<typeof blank>) => setForm((f) => ({ ...f, ...change }));
  const save = useCommand({
    agencyId,
    spoils: [["arrivals"], ["work"], ["registers"]],
    run: (body: Registration, header) => value(client.POST("/api/agencies/{id}/paper-arrivals", { params: { path: { id: agencyId }, header }, body })),
    said: (a) => t.registered(showOrdinal(a.arrivalNumber ?? 0)),
    onDone: (a) => {
      sending.current = false;
      setLast(a);
      set({ number: "", symbol: "", subject: "", dueDate: "", restricted: false });
      box.current?.querySelector<HTMLElement>("[name=number]")?.focus();
    },
  });
  const submit = () => {
    if (sending.current) return;
    sending.current = true;
    const body = {
      seenSha256: "",
      number: nfc(form.number),
      symbol: nfc(form.symbol),
      documentDate: form.documentDate || undefined,
      issuerName: nfc(form.issuerName),
      kind: form.kind || undefined,
      subject: nfc(form.subject),
      dueDate: form.dueDate || undefined,
      restricted: form.restricted,
    };
    save.mutate(body, { onError: () => (sending.current = false) });
  };
  const error = (name: string) => fieldMessage(save.error, name);
  return (
    <Narrow>
      <div ref={box}>
        <form
          noValidate
          onSubmit={(e) => {
            e.preventDefault();
            submit();
          }}
          onKeyDown={(e) => {
            if (e.key === "F2" || (e.ctrlKey && e.key === "Enter")) {
              e.preventDefault();
              submit();
            }
          }}
        >
          <FormProblem error={save.error} shown={["number", "symbol", "documentDate", "issuerName", "kind", "subject", "dueDate"]} />
          {last ? (
            <Notice look="calm">
              {t.last}: <strong>{showOrdinal(last.arrivalNumber ?? 0)}</strong> · {last.subject}{" "}
              <Link to="/incoming/$id/slip" params={{ id: last.id }}>
                {t.slip}
              </Link>
            </Notice>
          ) : null}
          <div className={css.reference2}>
            <TextField label={text.document.number} name="number" autoFocus maxLength={42} value={form.number} error={error("number")} onChange={(e) => set(splitReference(e.target.value))} />
            <TextField label={text.document.symbol} name="symbol" maxLength={30} value={form.symbol} error={error("symbol")} onChange={(e) => set({ symbol: e.target.value })} />
            <DateField label={text.document.documentDate} name="documentDate" value={form.documentDate} error={error("documentDate")} onChange={(documentDate) => set({ documentDate })} />
          </div>
          <TextField label={text.arrival.issuerField} name="issuerName" required maxLength={200} value={form.issuerName} error={error("issuerName")} onChange={(e) => set({ issuerName: e.target.value })} />
          <div className={css.two}>
            <SelectField label={text.document.kind} name="kind" value={form.kind} error={error("kind")} onChange={(e) => set({ kind: e.target.value })}>
              <option value="" />
              {kinds.all.map((k) => (
                <option key={k.code} value={k.code}>
                  {kinds.name(k.code)}
                </option>
              ))}
            </SelectField>
            <DateField label={text.document.dueDate} name="dueDate" value={form.dueDate} error={error("dueDate")} onChange={(dueDate) => set({ dueDate })} />
          </div>
          <TextArea label={text.document.subject} name="subject" required rows={2} maxLength={2000} value={form.subject} error={error("subject")} onChange={(e) => set({ subject: e.target.value })} />
          <CheckField label={t.restricted} checked={form.restricted} onChange={(e) => set({ restricted: e.target.checked })} />
          <p>{t.keeps}</p>
          <Button type="submit" look="primary" busy={save.isPending} shortcut="Ctrl ↵">
            {t.save}
          </Button>
        </form>
      </div>
    </Narrow>
  );
}

// A batch off the scanner finds its entries by name or by barcode sheet.
function Batch({ agencyId }: { agencyId: string }) {
  const t = useText().paper;
  const navigate = useNavigate();
  const thisYear = Number(today().slice(0, 4));
  const [year, setYear] = useState(String(thisYear));
  const [ready, setReady] = useState<readonly Upload[]>([]);
  const [order, setOrder] = useState<readonly string[]>([]);
  const [told, setTold] = useState<readonly Scanned[]>();
  const uploads = useUploads((upload) => setReady((list) => [...list, upload]));
  const place = (u: Upload) => order.indexOf(u.name);
  const send = useCommand({
    agencyId,
    spoils: [["arrivals"]],
    run: (uploadIds: string[], header) =>
      value(client.POST("/api/agencies/{id}/scans", { params: { path: { id: agencyId }, header }, body: { year: Number(year), uploadIds } })),
    onDone: (out) => {
      setTold(out.items);
      setReady([]);
      setOrder([]);
    },
    tell: true,
  });
  const columns: readonly Column<Scanned>[] = [
    { id: "number", title: t.number, width: "100px", cell: (s) => (s.number ? <strong>{showOrdinal(s.number)}</strong> : "") },
    { id: "files", title: t.files, cell: (s) => s.names.join(", ") },
    { id: "result", title: t.result, width: "360px", cell: (s) => (s.done ? <Badge tone="done">{t.done}</Badge> : s.message) },
  ];
  return (
    <>
      <Narrow>
        <p>{t.batchHint}</p>
        <SelectField label={t.year} value={year} onChange={(e) => setYear(e.target.value)}>
          {[thisYear, thisYear - 1, thisYear - 2].map((y) => (
            <option key={y} value={y}>
              {y}
            </option>
          ))}
        </SelectField>
        <FileDrop
          label={t.drop}
          multiple
          accept="application/pdf,image/jpeg,image/png"
          onFiles={(files) => {
            setOrder((list) => [...list, ...files.map((f) => f.name)]);
            uploads.add(files);
          }}
        />
        {uploads.queue.map((f) => (
          <SendingRow key={f.key} file={f} onAgain={() => uploads.again(f.key)} onCancel={() => uploads.cancel(f.key)} />
        ))}
        {ready.length > 0 ? (
          <p>
            {t.waiting(ready.length)}{" "}
            <Button
              look="primary"
              busy={send.isPending}
              disabled={uploads.queue.length > 0}
              onClick={() => send.mutate(ready.toSorted((a, b) => place(a) - place(b)).map((u) => u.id))}
            >
              {t.send(ready.length)}
            </Button>
          </p>
        ) : null}
      </Narrow>
      <Table
        label={t.batch}
        columns={columns}
        rows={told ?? []}
        rowId={(s) => `${s.number ?? 0} ${s.names.join(" ")}`}
        onOpen={(s) => {
          if (s.arrivalId) void navigate({ to: "/incoming/$id", params: { id: s.arrivalId } });
        }}
        empty={<EmptyState title={t.none} hint={t.noneHint} />}
      />
    </>
  );
}

// On the page of an arrival: its scans, or the paper that came for it.
export function PaperActs({ arrival: a }: { arrival: Arrival }) {
  const text = useText();
  const t = text.paper;
  const clerk = useMe().positions.some((p) => p.agencyId === a.agencyId && p.role === "clerk");
  const scan = useCommand({
    agencyId: a.agencyId,
    spoils: [["arrivals"]],
    run: (uploadIds: string[], header) => value(client.POST("/api/arrivals/{id}/scans", { params: { path: { id: a.id }, header }, body: { uploadIds } })),
    said: () => t.scanned,
    tell: true,
  });
  const uploads = useUploads((upload) => scan.mutate([upload.id]));
  if (!clerk || a.state !== "registered") return null;
  if (a.source !== "paper") return <PaperCopy arrival={a} />;
  return (
    <div className={css.pad} style={{ paddingTop: 10 }}>
      <FileDrop label={t.scan} multiple accept="application/pdf,image/jpeg,image/png" onFiles={uploads.add} />
      {uploads.queue.map((f) => (
        <SendingRow key={f.key} file={f} onAgain={() => uploads.again(f.key)} onCancel={() => uploads.cancel(f.key)} />
      ))}
      <Link to="/incoming/$id/slip" params={{ id: a.id }} className={buttonClass("normal", true)}>
        {t.slip}
      </Link>
    </div>
  );
}

// Paper that comes for an electronic document joins it and gets no number.
function PaperCopy({ arrival: a }: { arrival: Arrival }) {
  const t = useText().paper;
  const [asking, setAsking] = useState(false);
  const note = useCommand({
    agencyId: a.agencyId,
    spoils: [["arrivals"]],
    run: (words: string, header) => value(client.POST("/api/arrivals/{id}/paper-copy", { params: { path: { id: a.id }, header }, body: { note: words } })),
    said: () => t.copied,
    onDone: () => setAsking(false),
  });
  return (
    <div className={css.pad} style={{ paddingTop: 10 }}>
      <Button small onClick={() => setAsking(true)}>
        {t.copy}
      </Button>
      {asking ? (
        <ConfirmDialog
          title={t.copy}
          action={t.copy}
          reason="welcome"
          reasonLabel={t.copyNote}
          busy={note.isPending}
          problem={<FormProblem error={note.error} />}
          onClose={() => setAsking(false)}
          onConfirm={(words) => note.mutate(words)}
        />
      ) : null}
    </div>
  );
}
