import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import type { TokenNew, TokenScope } from "@/api/schema";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { CheckField, SelectField, TextField } from "@/ui/field";
import fields from "@/ui/field.module.css";
import { FormProblem } from "./problem-note";
import css from "./session.module.css";

const scopes: readonly TokenScope[] = ["read", "draft", "approve", "number", "issue", "register", "administration"];

export function NewTokenDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const o = t.office.tokens;
  const queries = useQueryClient();
  const [form, setForm] = useState<TokenNew>({ name: "", scopes: ["read"], days: 90 });
  const make = useMutation({
    mutationFn: (body: TokenNew) => value(client.POST("/api/me/tokens", { body })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["me", "tokens"] }),
  });
  if (make.data) {
    return (
      <Dialog title={o.secretTitle} onClose={onClose} footer={<Button look="primary" onClick={onClose}>{t.common.close}</Button>}>
        <p>{o.secretHint}</p>
        <div className={css.secret}>{make.data.secret}</div>
      </Dialog>
    );
  }
  const flip = (scope: TokenScope, on: boolean) =>
    setForm((f) => ({ ...f, scopes: on ? [...f.scopes, scope] : f.scopes.filter((s) => s !== scope) }));
  return (
    <Dialog
      title={o.makeTitle}
      onClose={onClose}
      onSubmit={() => !make.isPending && make.mutate({ ...form, name: form.name.trim().normalize("NFC") })}
      footer={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={make.isPending} disabled={form.scopes.length === 0}>
            {o.make}
          </Button>
        </>
      }
    >
      <FormProblem error={make.error} shown={["name"]} />
      <TextField
        label={o.name}
        required
        autoFocus
        maxLength={100}
        value={form.name}
        error={fieldMessage(make.error, "name")}
        onChange={(e) => setForm({ ...form, name: e.target.value })}
      />
      <div role="group" aria-label={o.scopes}>
        <span className={fields.label}>{o.scopes}</span>
        <div className={css.checks}>
          {scopes.map((s) => (
            <CheckField key={s} label={o.scope[s]} checked={form.scopes.includes(s)} onChange={(e) => flip(s, e.target.checked)} />
          ))}
        </div>
      </div>
      <SelectField label={o.days} value={form.days} onChange={(e) => setForm({ ...form, days: Number(e.target.value) })}>
        {[7, 30, 90, 180, 366].map((d) => (
          <option key={d} value={d}>
            {d}
          </option>
        ))}
      </SelectField>
    </Dialog>
  );
}
