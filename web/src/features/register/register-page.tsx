import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Printer } from "lucide-react";
import { useMemo, useState } from "react";
import type { RegisterEntry } from "@/api/schema";
import { useKinds } from "@/features/document/kinds";
import { SubjectCell } from "@/features/document/marks";
import { failureOf } from "@/features/session/failure";
import { briefAgency, useMe } from "@/features/session/me";
import { useText } from "@/text/text";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { showDay } from "@/ui/dates";
import { showOrdinal } from "@/ui/numbers";
import { Page } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import { Table, Wrapped, type Column } from "@/ui/table";
import { CancelDialog, CloseDialog, ReserveDialog } from "./act-dialogs";
import { ExportDialog } from "./export-dialog";
import { entriesQuery, registersQuery } from "./queries";

// The register as a book: one line for each number, none missing, none twice.
export function RegisterPage() {
  const text = useText();
  const t = text.register;
  const o = text.office.registers;
  const { id } = useParams({ from: "/desk/registers/$id" });
  const navigate = useNavigate();
  const register = useQuery(registersQuery({})).data?.find((r) => r.id === id);
  const list = useInfiniteQuery(entriesQuery(id));
  const rows = useMemo(() => list.data?.pages.flatMap((p) => p.items), [list.data]);
  const [act, setAct] = useState<"export" | "reserve" | "close" | RegisterEntry>();
  const me = useMe();
  const keeps = register !== undefined && !register.closed && me.positions.some((p) => p.role === "clerk" && p.agencyId === register.agencyId);
  const columns = useColumns(register?.direction === "incoming", keeps ? setAct : undefined);
  const done = () => setAct(undefined);
  const open = (e: RegisterEntry) => {
    if (e.subjectType === "document") void navigate({ to: "/outgoing/$id", params: { id: e.subjectId } });
    if (e.subjectType === "arrival") void navigate({ to: "/incoming/$id", params: { id: e.subjectId } });
  };
  return (
    <Page
      title={register?.name ?? o.title}
      acts={
        register ? (
          <>
            {keeps && register.direction === "outgoing" ? <Button onClick={() => setAct("reserve")}>{t.number.reserve}</Button> : null}
            {keeps ? <Button onClick={() => setAct("close")}>{t.number.close}</Button> : null}
            <Button icon={<Printer size={15} />} onClick={() => setAct("export")}>
              {t.export}
            </Button>
          </>
        ) : undefined
      }
      sub={
        register
          ? [register.agencyName, o.directions[register.direction], `${o.year} ${register.year}`, register.closed ? o.closed : `${o.next} ${showOrdinal(register.nextNumber)}`].join(" · ")
          : undefined
      }
    >
      <Table
        label={register?.name ?? o.title}
        columns={columns}
        rows={rows}
        rowId={(e) => e.number + e.subjectId}
        autoFocus
        tall
        onOpen={open}
        look={(e) => (e.state === "cancelled" ? "faint" : undefined)}
        failed={failureOf(list.error)}
        onRetry={() => void list.refetch()}
        hasMore={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
        empty={<EmptyState title={o.emptyEntries} />}
      />
      {register && act === "export" ? <ExportDialog register={register} onClose={done} /> : null}
      {register && act === "reserve" ? <ReserveDialog register={register} onClose={done} /> : null}
      {register && act === "close" ? <CloseDialog register={register} onClose={done} /> : null}
      {register && typeof act === "object" ? <CancelDialog register={register} entry={act} onClose={done} /> : null}
    </Page>
  );
}

// The columns of NĐ 30/2020, phụ lục IV, save the one that is signed on paper.
function useColumns(incoming: boolean, onCancel: ((e: RegisterEntry) => void) | undefined): readonly Column<RegisterEntry>[] {
  const text = useText();
  const t = text.register;
  const o = text.office.registers;
  const kinds = useKinds();
  const subject: Column<RegisterEntry> = {
    id: "subject",
    title: o.subject,
    cell: (e) => (
      <SubjectCell kind={e.kind ? kinds.name(e.kind) : ""} subject={e.subject} urgency="normal" />
    ),
  };
  const remark: Column<RegisterEntry> = { id: "remark", title: t.remark, width: "230px", cell: (e) => <Remark entry={e} onCancel={onCancel} /> };
  const date: Column<RegisterEntry> = {
    id: "date",
    title: o.documentDate,
    width: "96px",
    cell: (e) => (e.documentDate ? showDay(e.documentDate) : ""),
  };
  if (incoming) {
    return [
      { id: "day", title: o.day, width: "96px", cell: (e) => showDay(e.day) },
      { id: "number", title: o.number, width: "60px", cell: (e) => <strong>{e.number}</strong> },
      { id: "issuer", title: o.issuer, width: "140px", cell: (e) => <Wrapped>{briefAgency(e.issuerName ?? "")}</Wrapped> },
      { id: "reference", title: o.reference, width: "112px", cell: (e) => <span title={e.reference}>{e.reference}</span> },
      date,
      subject,
      { id: "holders", title: t.holders, width: "128px", cell: (e) => <Wrapped>{e.holders?.join("; ") ?? ""}</Wrapped> },
      { id: "handed", title: t.sent, width: "96px", cell: (e) => (e.handedDay ? showDay(e.handedDay) : "") },
      remark,
    ];
  }
  return [
    { id: "reference", title: o.reference, width: "130px", cell: (e) => <strong>{e.reference}</strong> },
    { id: "day", title: o.documentDate, width: "96px", cell: (e) => showDay(e.day) },
    subject,
    { id: "signer", title: o.signer, width: "130px", cell: (e) => e.signerName },
    { id: "recipients", title: t.recipients, width: "170px", cell: (e) => <Recipients entry={e} /> },
    { id: "kept", title: t.kept, width: "76px", cell: (e) => (e.subjectType === "document" ? ["VT", e.unitAbbreviation].filter(Boolean).join(", ") : "") },
    { id: "copies", title: t.copies, width: "80px", cell: (e) => (e.issuedDay ? (e.paperCopies ? t.paper(e.paperCopies) : t.electronic) : "") },
    { id: "sent", title: t.sent, width: "96px", cell: (e) => (e.issuedDay ? showDay(e.issuedDay) : "") },
    remark,
  ];
}

function Recipients({ entry: e }: { entry: RegisterEntry }) {
  const t = useText().register;
  const more = (e.recipientCount ?? 0) - (e.recipients?.length ?? 0);
  const all = [...(e.recipients ?? []), ...(more > 0 ? [t.more(more)] : [])].join("; ");
  return <Wrapped>{all}</Wrapped>;
}

// What became of the number, and why.
function Remark({ entry: e, onCancel }: { entry: RegisterEntry; onCancel?: (e: RegisterEntry) => void }) {
  const text = useText();
  const t = text.register;
  const states: Record<string, string> = text.document.states;
  const gone = e.objectState === "voided" || e.objectState === "recalled" ? states[e.objectState] : undefined;
  const words = [e.reason, e.takenBy, e.note].filter(Boolean).join("; ");
  const waits = e.state !== "cancelled" && e.subjectType === "reserved";
  return (
    <span title={words}>
      {e.state === "cancelled" ? <Badge tone="late">{text.office.registers.cancelled}</Badge> : null}
      {waits ? <Badge tone="accent">{t.reserved}</Badge> : null}
      {/\d[a-z]$/i.test(e.number) ? <Badge tone="soon">{t.inserted}</Badge> : null}
      {e.backDated ? <Badge tone="soon">{t.number.backDated(showDay(e.takenDay ?? e.day))}</Badge> : null}
      {gone ? <Badge tone="late">{gone}</Badge> : null}
      {waits && onCancel ? (
        <Button
          small
          onClick={(event) => {
            event.stopPropagation();
            onCancel(e);
          }}
        >
          {t.number.cancel}
        </Button>
      ) : null}{" "}
      {words}
    </span>
  );
}
