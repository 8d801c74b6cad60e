import { useState } from "react";
import { client, ifMatch, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import type { Peer, PeerKind } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { CheckField, SelectField, TextField } from "@/ui/field";
import { PeerAgencies } from "./peer-agencies";
import { hasKey, peerForm, theyCall, toPeerEdit, toPeerNew, weCall } from "./peer-form";
import css from "./peer.module.css";

const kinds: readonly PeerKind[] = ["installation", "axis", "system"];
const shown = ["kind", "name", "system", "endpoint", "ourSystem", "ourSecret", "publicKey", "nextKey", "mostMiB", "perMinute"];

interface Props {
  peer: Peer | undefined;
  onClose: () => void;
  onSecret: (secret: string) => void;
}

export function PeerDialog({ peer, onClose, onSecret }: Props) {
  const t = useText();
  const p = t.peer;
  const [form, setForm] = useState(() => peerForm(peer));
  const set = (change: Partial<typeof form>) => setForm((f) => ({ ...f, ...change }));
  const save = useCommand({
    spoils: [["peers", "list"]],
    said: () => t.common.saved,
    onDone: (secret: string) => {
      if (secret) onSecret(secret);
      onClose();
    },
    run: async (f: typeof form, header) => {
      if (peer) {
        await value(client.PATCH("/api/administration/peers/{id}", { params: { path: { id: peer.id }, header: ifMatch(peer) }, body: toPeerEdit(f) }));
        return "";
      }
      return (await value(client.POST("/api/administration/peers", { params: { header }, body: toPeerNew(f) }))).secret;
    },
  });
  const renew = useCommand({
    spoils: [],
    tell: true,
    onDone: onSecret,
    run: async (id: string, header) =>
      (await value(client.POST("/api/administration/peers/{id}/secret", { params: { path: { id }, header } }))).secret,
  });
  const error = (name: string) => fieldMessage(save.error, name);
  const field = (name: "name" | "system" | "endpoint" | "ourSystem" | "publicKey" | "nextKey", most: number, required = true, disabled = false) => (
    <TextField
      label={p[name]}
      hint={p.hints[name]}
      required={required}
      disabled={disabled}
      maxLength={most}
      value={form[name]}
      error={error(name)}
      onChange={(e) => set({ [name]: e.target.value })}
    />
  );
  return (
    <Dialog
      title={peer ? p.edit : p.add}
      onClose={onClose}
      onSubmit={() => !save.isPending && save.mutate(form)}
      footer={
        <>
          {peer && theyCall(peer.kind) ? (
            <Button busy={renew.isPending} onClick={() => renew.mutate(peer.id)}>
              {p.renew}
            </Button>
          ) : null}
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t.common.save}
          </Button>
        </>
      }
    >
      <FormProblem error={save.error} shown={shown} />
      <div className={css.two}>
        <SelectField label={p.kind} disabled={peer !== undefined} value={form.kind} hint={p.kindHints[form.kind]} onChange={(e) => set({ kind: e.target.value as PeerKind })}>
          {kinds.map((k) => (
            <option key={k} value={k}>
              {p.kinds[k]}
            </option>
          ))}
        </SelectField>
        {field("name", 200)}
      </div>
      {theyCall(form.kind) ? field("system", 100, true, peer !== undefined) : null}
      {weCall(form.kind) ? (
        <>
          {field("endpoint", 500)}
          <div className={css.two}>
            {field("ourSystem", 100)}
            <TextField
              label={p.ourSecret}
              type="password"
              autoComplete="new-password"
              required={!peer}
              hint={peer ? p.keepSecret : undefined}
              maxLength={500}
              value={form.ourSecret}
              error={error("ourSecret")}
              onChange={(e) => set({ ourSecret: e.target.value })}
            />
          </div>
        </>
      ) : null}
      {hasKey(form.kind) ? field("publicKey", 100) : null}
      {hasKey(form.kind) && peer ? field("nextKey", 100, false) : null}
      <div className={css.two}>
        <TextField label={p.most} inputMode="numeric" maxLength={6} value={form.mostMiB} error={error("mostMiB")} onChange={(e) => set({ mostMiB: e.target.value.replace(/\D/g, "") })} />
        <TextField label={p.perMinute} inputMode="numeric" maxLength={7} value={form.perMinute} error={error("perMinute")} onChange={(e) => set({ perMinute: e.target.value.replace(/\D/g, "") })} />
      </div>
      {form.kind === "system" ? <CheckField label={p.reused} checked={form.reused} onChange={(e) => set({ reused: e.target.checked })} /> : null}
      {peer ? <CheckField label={p.enabled} checked={form.enabled} onChange={(e) => set({ enabled: e.target.checked })} /> : null}
      {peer ? <PeerAgencies peer={peer} /> : null}
    </Dialog>
  );
}
