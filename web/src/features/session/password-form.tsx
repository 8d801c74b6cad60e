import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { client, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import type { PasswordChange } from "@/api/schema";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";
import { FormProblem } from "./problem-note";

const shortest = 10;

interface PasswordFormProps {
  // Known when it was typed a moment ago, at the first sign-in.
  current?: string;
  onDone: () => void;
}

export function PasswordForm({ current, onDone }: PasswordFormProps) {
  const t = useText().session;
  const [form, setForm] = useState({ current: current ?? "", next: "", again: "" });
  const [tried, setTried] = useState(false);
  const change = useMutation({
    mutationFn: (body: PasswordChange) => value(client.POST("/api/me/password", { body })),
    onSuccess: onDone,
  });
  const short = form.next.length < shortest ? t.tooShort(shortest) : undefined;
  const different = form.next === form.again ? undefined : t.different;
  const submit = (e: FormEvent) => {
    e.preventDefault();
    setTried(true);
    if (!short && !different && !change.isPending) change.mutate({ current: form.current, next: form.next });
  };
  return (
    <form onSubmit={submit} noValidate style={{ display: "grid", gap: 14 }}>
      <FormProblem error={change.error} shown={["current", "next"]} />
      {current === undefined ? (
        <TextField
          label={t.current}
          type="password"
          autoComplete="current-password"
          required
          error={fieldMessage(change.error, "current")}
          value={form.current}
          onChange={(e) => setForm({ ...form, current: e.target.value })}
        />
      ) : null}
      <TextField
        label={t.next}
        type="password"
        autoComplete="new-password"
        required
        hint={t.nextHint(shortest)}
        error={tried ? (short ?? fieldMessage(change.error, "next")) : undefined}
        value={form.next}
        onChange={(e) => setForm({ ...form, next: e.target.value })}
      />
      <TextField
        label={t.again}
        type="password"
        autoComplete="new-password"
        required
        error={tried ? different : undefined}
        value={form.again}
        onChange={(e) => setForm({ ...form, again: e.target.value })}
      />
      <Button type="submit" look="primary" busy={change.isPending}>
        {t.change}
      </Button>
    </form>
  );
}
