import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, value } from "@/api/client";
import { fieldMessage, ProblemError } from "@/api/problem";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { Notice } from "@/ui/states";
import { useToast } from "@/ui/toast";
import { addPasskey } from "./passkey";
import { meansQuery } from "./queries";
import css from "./signing.module.css";

// The password is asked again: a new means of proof must not be had by who
// finds a screen unlocked.
export function PasskeyDialog({ onClose }: { onClose: () => void }) {
  const text = useText();
  const t = text.signing.settings;
  const [form, setForm] = useState({ name: "", current: "" });
  const toast = useToast();
  const queries = useQueryClient();
  const add = useMutation({
    mutationFn: () => addPasskey(form.current, form.name.trim().normalize("NFC")),
    onSuccess: () => {
      toast({ text: t.passkeyAdded });
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: meansQuery.queryKey }),
  });
  return (
    <Dialog
      title={t.addPasskey}
      onClose={onClose}
      onSubmit={() => !add.isPending && form.name.trim() && add.mutate()}
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button type="submit" look="primary" busy={add.isPending} disabled={!form.name.trim() || !form.current}>
            {t.next}
          </Button>
        </>
      }
    >
      {add.error instanceof ProblemError ? <FormProblem error={add.error} shown={["current", "name"]} /> : null}
      {add.error && !(add.error instanceof ProblemError) ? <Notice look="stop">{t.failed}</Notice> : null}
      <TextField
        label={t.passkeyName}
        hint={t.passkeyNameHint}
        required
        autoFocus
        maxLength={100}
        value={form.name}
        error={fieldMessage(add.error, "name")}
        onChange={(e) => setForm({ ...form, name: e.target.value })}
      />
      <Password value={form.current} error={fieldMessage(add.error, "current")} onChange={(current) => setForm({ ...form, current })} />
    </Dialog>
  );
}

function Password({ value: shown, error, onChange }: { value: string; error?: string; onChange: (next: string) => void }) {
  const t = useText().signing.settings;
  return (
    <TextField
      label={t.current}
      type="password"
      autoComplete="current-password"
      required
      value={shown}
      error={error}
      onChange={(e) => onChange(e.target.value)}
    />
  );
}

export function CodeDialog({ onClose }: { onClose: () => void }) {
  const text = useText();
  const t = text.signing.settings;
  const [current, setCurrent] = useState("");
  const [code, setCode] = useState("");
  const toast = useToast();
  const queries = useQueryClient();
  const make = useMutation({ mutationFn: () => value(client.POST("/api/me/one-time-code", { body: { current } })) });
  const confirm = useMutation({
    mutationFn: () => value(client.PUT("/api/me/one-time-code", { body: { code } })),
    onSuccess: () => {
      toast({ text: t.codeDone });
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: meansQuery.queryKey }),
  });
  const step = make.data ? confirm : make;
  return (
    <Dialog
      title={t.codeTitle}
      onClose={onClose}
      onSubmit={() => !step.isPending && step.mutate()}
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button type="submit" look="primary" busy={step.isPending}>
            {make.data ? t.codeConfirm : t.next}
          </Button>
        </>
      }
    >
      <FormProblem error={step.error} shown={["current", "code"]} />
      {make.data ? (
        <>
          <p>{t.codeSecret}</p>
          <div className={css.secret}>{make.data.secret}</div>
          <TextField
            label={text.signing.dialog.codeField}
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            autoFocus
            maxLength={12}
            value={code}
            error={fieldMessage(confirm.error, "code")}
            onChange={(e) => setCode(e.target.value)}
          />
        </>
      ) : (
        <Password value={current} error={fieldMessage(make.error, "current")} onChange={setCurrent} />
      )}
    </Dialog>
  );
}
