import { useState } from "react";
import { client, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import type { AccountSecret } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import css from "./admin.module.css";
import { noPosition, PositionFields } from "./position-fields";
import { SecretDialog } from "./secret-dialog";

export function AddAccountDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const a = t.admin.accounts;
  const [form, setForm] = useState({ ...noPosition, login: "", fullName: "", email: "" });
  const [secret, setSecret] = useState<string>();
  const add = useCommand({
    spoils: [["accounts"], ["people"]],
    onDone: (out: AccountSecret) => setSecret(out.password),
    run: (f: typeof form, header) =>
      value(
        client.POST("/api/administration/accounts", {
          params: { header },
          body: {
            login: f.login.trim(),
            fullName: f.fullName.trim().normalize("NFC"),
            email: f.email.trim() || undefined,
            agencyId: f.agencyId,
            unitId: f.unitId || undefined,
            role: f.role,
            title: f.title.trim().normalize("NFC") || undefined,
          },
        }),
      ),
  });
  if (secret !== undefined) return <SecretDialog title={a.secretTitle} hint={a.secretHint} secret={secret} onClose={onClose} />;
  const error = (name: string) => fieldMessage(add.error, name);
  return (
    <Dialog
      title={a.add}
      onClose={onClose}
      onSubmit={() => !add.isPending && add.mutate(form)}
      footer={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={add.isPending}>
            {t.common.add}
          </Button>
        </>
      }
    >
      <FormProblem error={add.error} shown={["login", "fullName", "email", "agencyId", "unitId", "role", "title"]} />
      <div className={css.two}>
        <TextField label={a.fullName} required autoFocus maxLength={100} value={form.fullName} error={error("fullName")} onChange={(e) => setForm({ ...form, fullName: e.target.value })} />
        <TextField
          label={a.login}
          required
          hint={a.loginHint}
          maxLength={100}
          autoCapitalize="none"
          value={form.login}
          error={error("login")}
          onChange={(e) => setForm({ ...form, login: e.target.value.toLowerCase() })}
        />
        <div className={css.wide}>
          <TextField label={a.email} type="email" maxLength={100} value={form.email} error={error("email")} onChange={(e) => setForm({ ...form, email: e.target.value })} />
        </div>
        <PositionFields form={form} error={error} onChange={(change) => setForm((f) => ({ ...f, ...change }))} />
      </div>
    </Dialog>
  );
}
