import { useState } from "react";
import { client, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import type { Forwarded, Forwarding } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import css from "./direction.module.css";
import { firstForm, ForwardFields, toForwarding } from "./forward-dialog";

// One of those chosen, as the result names it.
export interface Chosen {
  arrivalId: string;
  agencyId: string;
  name: string;
}

// How many the server forwards in one act.
export const forwardMost = 500;

interface ForwardManyProps {
  chosen: readonly Chosen[];
  onClose: () => void;
}

// The same words and holders for many documents; what could not be forwarded
// is told one by one.
export function ForwardManyDialog({ chosen, onClose }: ForwardManyProps) {
  const t = useText();
  const agencyId = chosen[0]?.agencyId ?? "";
  const [form, setForm] = useState(() => firstForm(""));
  const [results, setResults] = useState<readonly Forwarded[]>();
  const forward = useCommand({
    agencyId,
    spoils: [["arrivals"], ["work"]],
    said: (out: { items: Forwarded[] }) =>
      out.items.every((x) => x.forwarded) ? t.direction.sentMany(out.items.length, out.items.length) : undefined,
    onDone: (out) => {
      if (out.items.every((x) => x.forwarded)) onClose();
      else setResults(out.items);
    },
    run: ({ words, shares }: Forwarding, header) =>
      value(client.POST("/api/lines/forward", { params: { header }, body: { words, shares, arrivalIds: chosen.map((c) => c.arrivalId) } })),
  });
  if (results) return <Results chosen={chosen} results={results} onClose={onClose} />;
  return (
    <Dialog
      wide
      title={`${t.direction.forwardMany} · ${t.direction.chosen(chosen.length)}`}
      onClose={onClose}
      onSubmit={() => {
        if (!forward.isPending) forward.mutate(toForwarding(form));
      }}
      footer={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={forward.isPending} shortcut="Ctrl ↵">
            {t.direction.send}
          </Button>
        </>
      }
    >
      <FormProblem error={forward.error} shown={["words"]} />
      <ForwardFields
        agencyId={agencyId}
        form={form}
        mayInform={false}
        mayAsk
        error={fieldMessage(forward.error, "words")}
        onChange={(change) => setForm((f) => ({ ...f, ...change }))}
      />
    </Dialog>
  );
}

function Results({ chosen, results, onClose }: { chosen: readonly Chosen[]; results: readonly Forwarded[]; onClose: () => void }) {
  const t = useText();
  const failed = results.filter((r) => !r.forwarded);
  return (
    <Dialog
      title={t.direction.manyResult}
      onClose={onClose}
      footer={
        <Button look="primary" onClick={onClose}>
          {t.common.close}
        </Button>
      }
    >
      <p>{t.direction.sentMany(results.length - failed.length, results.length)}</p>
      <strong>{t.direction.notSent}</strong>
      <ul className={css.tree}>
        {failed.map((r) => (
          <li key={r.arrivalId} className={css.note}>
            {chosen.find((c) => c.arrivalId === r.arrivalId)?.name} <span className={css.faint}>{r.message}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
