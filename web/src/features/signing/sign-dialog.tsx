import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { client, value } from "@/api/client";
import { IntentKey } from "@/api/key";
import { fieldMessage, ProblemError } from "@/api/problem";
import type { Certificate, SigningAct, SigningBatch } from "@/api/schema";
import { useActing } from "@/features/session/acting";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { showDay } from "@/ui/dates";
import { Dialog } from "@/ui/dialog";
import { SelectField, TextField } from "@/ui/field";
import { Notice } from "@/ui/states";
import { passkeysWork, proveByCode, proveByPasskey } from "./passkey";
import { certificatesQuery, meansQuery, sealsQuery } from "./queries";
import { Progress } from "./progress";
import css from "./signing.module.css";

export interface ToSign {
  id: string;
  agencyId: string;
  subject: string;
  sha256: string;
}

interface Props {
  act: SigningAct;
  documents: readonly ToSign[];
  onClose: () => void;
}

interface Ordered {
  batch: SigningBatch;
  asks: readonly string[]; // by the service that holds the key
}

// Which key, then the proof that it is I, then what became of each document.
export function SignDialog(props: Props) {
  const t = useText().signing.dialog;
  const [ordered, setOrdered] = useState<Ordered>();
  const n = props.documents.length;
  const title = t[props.act](n);
  return ordered ? (
    <Progress title={title} {...ordered} documents={props.documents} onClose={props.onClose} />
  ) : (
    <Ask title={title} {...props} onOrdered={setOrdered} />
  );
}

function useKeys(act: SigningAct, agencyId: string): Certificate[] | undefined {
  const own = useQuery({ ...certificatesQuery, enabled: act !== "seal" });
  const seals = useQuery({ ...sealsQuery(agencyId), enabled: act === "seal" });
  return act === "seal" ? seals.data?.items : own.data?.items;
}

function Ask({ act, documents, title, onClose, onOrdered }: Props & { title: string; onOrdered: (o: Ordered) => void }) {
  const text = useText().signing;
  const t = text.dialog;
  const common = useText().common;
  const agencyId = documents[0]?.agencyId ?? "";
  const keys = useKeys(act, agencyId);
  const means = useQuery(meansQuery).data;
  const [picked, setPicked] = useState<string>();
  const [method, setMethod] = useState<"passkey" | "code">();
  const [code, setCode] = useState("");
  const queries = useQueryClient();
  const acting = useActing();
  const [intent] = useState(() => new IntentKey());
  const certificateId = picked ?? keys?.[0]?.id;
  const passkey = passkeysWork && (means?.passkeys.length ?? 0) > 0;
  const by = method ?? (passkey ? "passkey" : "code");
  const order = useMutation({
    mutationFn: async () => {
      const presenceId = by === "passkey" ? await proveByPasskey() : await proveByCode(code);
      const body = {
        act,
        certificateId: certificateId ?? "",
        presenceId,
        documents: documents.map((d) => ({ documentId: d.id, seenSha256: d.sha256 })),
      };
      const header = { "Idempotency-Key": intent.of(body), ...acting.header(agencyId) };
      return value(client.POST("/api/signing/orders", { params: { header }, body }));
    },
    onSuccess: (batch) => onOrdered({ batch, asks: keys?.find((k) => k.id === certificateId)?.asks ?? [] }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["documents"] }),
  });
  const ready = certificateId !== undefined && means !== undefined && (passkey || means.oneTimeCode);
  return (
    <Dialog
      title={title}
      onClose={onClose}
      onSubmit={() => ready && !order.isPending && order.mutate()}
      footer={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" look="primary" disabled={!ready} busy={order.isPending} shortcut="Ctrl ↵">
            {t[`${act}1`]}
          </Button>
        </>
      }
    >
      {order.error instanceof ProblemError ? <FormProblem error={order.error} shown={["code"]} /> : null}
      {order.error && !(order.error instanceof ProblemError) ? <Notice look="stop">{text.settings.failed}</Notice> : null}
      <p>{t[`${act}Hint`]}</p>
      <ul className={css.subjects}>
        {documents.map((d) => (
          <li key={d.id}>{d.subject}</li>
        ))}
      </ul>
      {keys && keys.length === 0 ? <Notice>{act === "seal" ? t.noSeal : t.noCertificate}</Notice> : null}
      {keys && keys.length > 0 ? (
        <SelectField label={t.certificate} value={certificateId} onChange={(e) => setPicked(e.target.value)}>
          {keys.map((k) => (
            <option key={k.id} value={k.id}>
              {k.subject} · {text.provider[k.provider]} · {showDay(k.validUntil)}
            </option>
          ))}
        </SelectField>
      ) : null}
      {means && !passkey && !means.oneTimeCode ? <Notice>{t.noMeans}</Notice> : null}
      {passkey && means?.oneTimeCode ? (
        <SelectField label={t.presence} value={by} onChange={(e) => setMethod(e.target.value as "passkey" | "code")}>
          <option value="passkey">{t.passkey}</option>
          <option value="code">{t.code}</option>
        </SelectField>
      ) : null}
      {by === "code" && means?.oneTimeCode ? (
        <TextField
          label={t.codeField}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={12}
          required
          autoFocus
          value={code}
          error={fieldMessage(order.error, "code")}
          onChange={(e) => setCode(e.target.value)}
        />
      ) : null}
      {ready ? null : (
        <p>
          <Link to="/me/signing" onClick={onClose}>
            {t.settings}
          </Link>
        </p>
      )}
    </Dialog>
  );
}
