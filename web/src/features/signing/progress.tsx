import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { client, value } from "@/api/client";
import { asProblem } from "@/api/problem";
import type { SigningBatch, SigningOrder } from "@/api/schema";
import { useText } from "@/text/text";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Notice } from "@/ui/states";
import { certificatesQuery, ordersQuery } from "./queries";
import { Secrets, useConfirm } from "./secrets";
import type { ToSign } from "./sign-dialog";
import css from "./signing.module.css";

const open = (o: SigningOrder) => o.state === "waiting" || o.state === "started";
const tones: Record<SigningOrder["state"], Tone> = {
  waiting: "soon",
  started: "soon",
  done: "done",
  failed: "late",
  cancelled: "quiet",
  expired: "late",
};

interface Props {
  title: string;
  batch: SigningBatch;
  asks: readonly string[];
  documents: readonly ToSign[];
  onClose: () => void;
}

// What became of each document of a batch. Keys elsewhere take minutes: the
// dialog may be closed meanwhile.
export function Progress({ title, batch, asks, documents, onClose }: Props) {
  const text = useText().signing;
  const t = text.dialog;
  const queries = useQueryClient();
  const { data = batch.orders } = useQuery({
    ...ordersQuery(batch.batchId),
    refetchInterval: (q) => ((q.state.data ?? batch.orders).some(open) ? 1000 : false),
  });
  const done = data.filter((o) => o.state === "done").length;
  const waiting = data.some(open);
  const failed = batch.refused.length + data.filter((o) => !open(o) && o.state !== "done").length;
  useEffect(() => {
    void queries.invalidateQueries({ queryKey: ["documents"] });
    void queries.invalidateQueries({ queryKey: ["work"] });
  }, [done, waiting, queries]);
  const asking = asks.length > 0 && data.some((o) => open(o) && o.provider === "remote");
  const confirm = useConfirm(batch.batchId);
  const subject = (id: string) => documents.find((d) => d.id === id)?.subject ?? "";
  const ticket = (id: string) => batch.orders.find((o) => o.id === id)?.ticket;
  return (
    <Dialog
      wide
      title={title}
      onClose={onClose}
      onSubmit={() => asking && !confirm.sending && confirm.send(asks)}
      footer={
        asking ? (
          <>
            <Button onClick={onClose}>{t.close}</Button>
            <Button type="submit" look="primary" busy={confirm.sending}>
              {t.confirm}
            </Button>
          </>
        ) : (
          <Button look="primary" onClick={onClose}>
            {t.close}
          </Button>
        )
      }
    >
      {asking ? <Secrets asks={asks} confirm={confirm} /> : null}
      <p role="status">{waiting ? t.progress(done, documents.length) : failed === 0 ? t.allDone : t.someFailed(failed)}</p>
      <ul className={css.orders}>
        {data.map((o) => (
          <li key={o.id}>
            <span>
              {subject(o.documentId) || o.subject}
              {o.annex ? <small>{o.annex}</small> : null}
              {o.failureText ? <small className={css.wrong}>{o.failureText}</small> : null}
              {o.state === "done" && !o.stamped ? <small>{t.noStamp}</small> : null}
              {open(o) && o.provider === "local" ? <ByHand order={o} ticket={ticket(o.id)} /> : null}
              {asking && open(o) && o.provider === "remote" ? <span className={css.byHand}><Cancel order={o} /></span> : null}
            </span>
            <Badge tone={tones[o.state]}>{text.state[o.state]}</Badge>
          </li>
        ))}
        {batch.refused.map((r) => (
          <li key={r.documentId}>
            <span>
              {subject(r.documentId)}
              <small className={css.wrong}>{r.text}</small>
            </span>
            <Badge tone="late">{text.state.failed}</Badge>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

// What the program on this PC says of its failure: a wrong PIN, a token that is
// not there. Nothing when it says nothing that a person can read.
async function wordsOf(answer: Response): Promise<string> {
  const said: unknown = await answer.json().catch(() => undefined);
  const title = said && typeof said === "object" && "title" in said ? said.title : undefined;
  return typeof title === "string" ? title.slice(0, 200) : "";
}

function Cancel({ order }: { order: SigningOrder }) {
  const t = useText().signing.dialog;
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => value(client.POST("/api/signing/orders/{id}/cancel", { params: { path: { id: order.id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["signing", "orders", order.batchId] }),
  });
  return (
    <Button small busy={cancel.isPending} onClick={() => cancel.mutate()}>
      {t.cancel}
    </Button>
  );
}

// A key in a token on this PC: a program here signs, or the file is fetched,
// signed and sent back by hand.
function ByHand({ order, ticket }: { order: SigningOrder; ticket: string | undefined }) {
  const t = useText().signing.dialog;
  const queries = useQueryClient();
  const program = useQuery(certificatesQuery).data?.localProgram;
  const address = `/api/signing/orders/${order.id}/file`;
  const again = () => queries.invalidateQueries({ queryKey: ["signing", "orders", order.batchId] });
  const fetched = async () => {
    const answer = await fetch(address, { headers: { "Congvan-Ticket": ticket ?? "" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.blob();
  };
  const download = useMutation({
    mutationFn: fetched,
    onSuccess: (blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${order.id}.pdf`;
      link.click();
      URL.revokeObjectURL(link.href);
    },
    onSettled: again,
  });
  const upload = useMutation({
    mutationFn: async (file: File) => {
      await value(
        client.PUT("/api/signing/orders/{id}/file", {
          params: { path: { id: order.id }, header: { "Congvan-Ticket": ticket ?? "" } },
          body: file as unknown as string,
          bodySerializer: (body) => body,
          headers: { "Content-Type": "application/octet-stream" },
        }),
      );
    },
    onSettled: again,
  });
  const sign = useMutation({
    mutationFn: async () => {
      const answer = await fetch(program ?? "", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ file: new URL(address, location.href).href, ticket, place: order.act }),
      });
      if (!answer.ok) throw new Error(await wordsOf(answer));
    },
    onSettled: again,
  });
  return (
    <span className={css.byHand}>
      {ticket && program ? (
        <Button small busy={sign.isPending} onClick={() => sign.mutate()}>
          {t.program}
        </Button>
      ) : null}
      {ticket ? (
        <>
          <Button small busy={download.isPending} onClick={() => download.mutate()}>
            {t.download}
          </Button>
          <label className={css.upload}>
            {t.upload}
            <input
              type="file"
              accept="application/pdf"
              aria-label={t.upload}
              onChange={(e) => {
                const file = e.target.files?.[0];
                if (file) upload.mutate(file);
                e.target.value = "";
              }}
            />
          </label>
        </>
      ) : null}
      <Cancel order={order} />
      {sign.error ? <Notice look="stop">{sign.error instanceof TypeError ? t.programAway : sign.error.message || t.programAway}</Notice> : null}
      {upload.error ? <Notice look="stop">{asProblem(upload.error).title}</Notice> : null}
    </span>
  );
}
