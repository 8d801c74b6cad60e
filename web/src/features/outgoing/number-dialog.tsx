import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { Document, SpecialNumber } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { ConfirmDialog } from "@/ui/confirm";
import { DateField } from "@/ui/date-field";
import { SelectField, TextField } from "@/ui/field";
import { Facts } from "@/ui/page";
import { reservedQuery } from "@/features/register/queries";
import { numberPreviewQuery } from "./queries";

// The ways to a number: the next one, or out of the usual way for a reason that
// stays in the register.
const ways = ["next", "reserved", "inserted", "back_dated"] as const;
type Way = (typeof ways)[number];

interface Asked {
  registerId: string | undefined;
  special: SpecialNumber | undefined;
}

export function NumberDialog({ document: d, onClose }: { document: Document; onClose: () => void }) {
  const { document: t, register } = useText();
  const n = register.number;
  const [way, setWay] = useState<Way>("next");
  const [day, setDay] = useState("");
  const [reserved, setReserved] = useState("");
  const [behind, setBehind] = useState("");
  const preview = useQuery(numberPreviewQuery(d.id, way === "back_dated" ? day : ""));
  const [picked, setPicked] = useState<string>();
  const registers = preview.data ?? [];
  const chosen = registers.find((r) => r.registerId === picked) ?? registers.find((r) => r.suggested) ?? registers[0];
  const waiting = useQuery({ ...reservedQuery(chosen?.registerId ?? ""), enabled: way === "reserved" && chosen !== undefined }).data ?? [];
  const number = waiting.some((e) => e.number === reserved) ? reserved : (waiting[0]?.number ?? "");
  const missing = (way === "reserved" && number === "") || (way === "inserted" && behind === "") || (way === "back_dated" && day === "");
  const run = useCommand({
    agencyId: d.agencyId,
    spoils: [["documents"], ["work"], ["registers"]],
    said: (after: Document) => t.said.numbered(after.reference),
    onDone: onClose,
    run: ({ registerId, special }: Asked, header) => {
      const params = { path: { id: d.id }, header };
      return value(
        special
          ? client.POST("/api/documents/{id}/special-number", { params, body: special })
          : client.POST("/api/documents/{id}/number", { params, body: { registerId } }),
      );
    },
  });
  const take = (reason: string) => {
    const registerId = chosen?.registerId;
    const out: Record<Way, Omit<SpecialNumber, "reason"> | undefined> = {
      next: undefined,
      reserved: { registerId, reserved: number },
      inserted: { registerId, insertBehind: Number(behind) },
      back_dated: { registerId, day },
    };
    const special = out[way];
    run.mutate({ registerId, special: special && { ...special, reason } });
  };
  return (
    <ConfirmDialog
      title={t.confirm.numberTitle}
      action={t.actions.number}
      busy={run.isPending || preview.isPending || missing}
      problem={<FormProblem error={run.error ?? preview.error} />}
      reason={way === "next" ? undefined : "needed"}
      reasonLabel={n.reason}
      maxLength={500}
      onClose={onClose}
      onConfirm={take}
    >
      <SelectField label={n.way} value={way} hint={n.hints[way]} onChange={(e) => setWay(e.target.value as Way)}>
        {ways.map((w) => (
          <option key={w} value={w}>
            {n.ways[w]}
          </option>
        ))}
      </SelectField>
      {way === "back_dated" ? <DateField label={n.day} required value={day} onChange={setDay} /> : null}
      {registers.length > 1 ? (
        <SelectField label={t.confirm.register} value={chosen?.registerId} onChange={(e) => setPicked(e.target.value)}>
          {registers.map((r) => (
            <option key={r.registerId} value={r.registerId}>
              {r.name} · {r.next}
            </option>
          ))}
        </SelectField>
      ) : null}
      {way === "reserved" ? (
        <SelectField label={n.reserved} required value={number} onChange={(e) => setReserved(e.target.value)}>
          {waiting.length === 0 ? <option value="">{n.noneReserved}</option> : null}
          {waiting.map((e) => (
            <option key={e.number} value={e.number}>
              {e.number} · {e.reason}
            </option>
          ))}
        </SelectField>
      ) : null}
      {way === "inserted" ? (
        <TextField
          label={n.behind}
          hint={n.behindHint}
          required
          inputMode="numeric"
          maxLength={6}
          value={behind}
          onChange={(e) => setBehind(e.target.value.replace(/\D/g, ""))}
        />
      ) : null}
      {chosen ? (
        <Facts
          facts={[
            registers.length === 1 && [t.confirm.register, chosen.name],
            (way === "next" || way === "back_dated") && [t.confirm.willRead, <strong key="next">{chosen.next}</strong>],
          ]}
        />
      ) : null}
      {way === "next" ? <p>{t.confirm.numberNotKept}</p> : null}
    </ConfirmDialog>
  );
}
