import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { client, ifMatch, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import type { AfterAction, Mailbox, MailboxPurpose, MailSecurity } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { agenciesUnder, useMe } from "@/features/session/me";
import { FormProblem } from "@/features/session/problem-note";
import { AgencyField } from "@/features/recipient/agency-field";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { DateField } from "@/ui/date-field";
import { Dialog } from "@/ui/dialog";
import { CheckField, SelectField, TextField } from "@/ui/field";
import css from "./mail.module.css";
import { MailboxFacts } from "./mailbox-facts";
import { mailboxForm, toMailboxEdit, toMailboxNew, usualPort } from "./mailbox-form";
import { MailboxRules } from "./mailbox-rules";

const securities: readonly MailSecurity[] = ["tls", "starttls", "none"];
const afters: readonly AfterAction[] = ["keyword", "flag", "move", "nothing"];

export function MailboxDialog({ mailbox, onClose }: { mailbox: Mailbox | undefined; onClose: () => void }) {
  const t = useText();
  const m = t.office.mailboxes;
  const own = agenciesUnder(useMe(), "admin");
  const [form, setForm] = useState(() => mailboxForm(mailbox, own?.values().next().value ?? ""));
  const set = (change: Partial<typeof form>) => setForm((f) => ({ ...f, ...change }));
  const save = useCommand({
    agencyId: form.agencyId,
    spoils: [["mailboxes"]],
    said: () => t.common.saved,
    onDone: onClose,
    run: (f: typeof form, header) =>
      value(
        mailbox
          ? client.PATCH("/api/mailboxes/{id}", { params: { path: { id: mailbox.id }, header: ifMatch(mailbox) }, body: toMailboxEdit(f) })
          : client.POST("/api/mailboxes", { params: { header }, body: toMailboxNew(f) }),
      ),
  });
  // What the domain publishes fills in only what nobody typed.
  const discover = useMutation({
    mutationFn: (address: string) => value(client.POST("/api/mailboxes/discover", { body: { address } })),
    onSuccess: (s) => {
      if (s.found) setForm((f) => (f.host ? f : { ...f, host: s.host ?? "", port: String(s.port ?? f.port), security: s.security ?? f.security, username: s.username ?? f.username }));
    },
  });
  const error = (name: string) => fieldMessage(save.error, name);
  return (
    <Dialog
      title={mailbox ? `${m.edit} · ${mailbox.address}` : m.add}
      wide
      onClose={onClose}
      onSubmit={() => !save.isPending && save.mutate(form)}
      footer={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t.common.save}
          </Button>
        </>
      }
    >
      <FormProblem error={save.error} shown={["agencyId", "address", "host", "port", "username", "password", "folder", "moveTo", "tokenUrl", "clientId", "authServer", "silentDays"]} />
      {mailbox ? <MailboxFacts mailbox={mailbox} /> : null}
      {mailbox ? null : <AgencyField label={m.agency} required within={own} value={form.agencyId} error={error("agencyId")} onChange={(agencyId) => set({ agencyId })} />}
      <TextField
        label={m.address}
        type="email"
        required
        disabled={mailbox !== undefined}
        maxLength={200}
        value={form.address}
        error={error("address")}
        onChange={(e) => set({ address: e.target.value, username: form.username === form.address ? e.target.value : form.username })}
        hint={discover.isPending ? m.discovering : discover.data?.found ? m.discovered : discover.data ? m.notDiscovered : undefined}
        onBlur={() => !mailbox && !form.host && /.@.+\../.test(form.address) && discover.mutate(form.address.trim())}
      />
      <div className={css.row}>
        <TextField label={m.host} required maxLength={253} value={form.host} error={error("host")} onChange={(e) => set({ host: e.target.value })} />
        <TextField label={m.port} required inputMode="numeric" maxLength={5} value={form.port} error={error("port")} onChange={(e) => set({ port: e.target.value.replace(/\D/g, "") })} />
        <SelectField
          label={m.security}
          value={form.security}
          onChange={(e) => {
            const security = e.target.value as MailSecurity;
            set({ security, port: form.port === usualPort[form.security] ? usualPort[security] : form.port });
          }}
        >
          {securities.map((s) => (
            <option key={s} value={s}>
              {m.securities[s]}
            </option>
          ))}
        </SelectField>
      </div>
      <div className={css.two}>
        <TextField label={m.username} required maxLength={200} value={form.username} error={error("username")} onChange={(e) => set({ username: e.target.value })} />
        <TextField
          label={form.tokens ? m.refreshToken : m.password}
          type="password"
          autoComplete="new-password"
          required={!mailbox}
          hint={mailbox ? m.keepPassword : undefined}
          maxLength={4000}
          value={form.password}
          error={error("password")}
          onChange={(e) => set({ password: e.target.value })}
        />
      </div>
      <div className={css.two}>
        <TextField label={m.folder} maxLength={200} value={form.folder} error={error("folder")} onChange={(e) => set({ folder: e.target.value })} />
        <SelectField label={m.after} value={form.afterAction} onChange={(e) => set({ afterAction: e.target.value as AfterAction })}>
          {afters.map((a) => (
            <option key={a} value={a}>
              {m.afters[a]}
            </option>
          ))}
        </SelectField>
      </div>
      {form.afterAction === "move" ? (
        <TextField label={m.moveTo} required maxLength={200} value={form.moveTo} error={error("moveTo")} onChange={(e) => set({ moveTo: e.target.value })} />
      ) : null}
      <div className={css.two}>
        <SelectField label={m.purpose} value={form.purpose} onChange={(e) => set({ purpose: e.target.value as MailboxPurpose })}>
          <option value="office">{m.purposes.office}</option>
          <option value="scanner">{m.purposes.scanner}</option>
        </SelectField>
        {mailbox ? (
          <TextField label={m.silentDays} inputMode="numeric" maxLength={3} value={form.silentDays} error={error("silentDays")} onChange={(e) => set({ silentDays: e.target.value.replace(/\D/g, "") })} />
        ) : (
          <DateField label={m.readFrom} hint={m.readFromHint} value={form.readFrom} onChange={(readFrom) => set({ readFrom })} />
        )}
      </div>
      <details className={css.more}>
        <summary>{m.more}</summary>
        <CheckField label={m.tokens} checked={form.tokens} onChange={(e) => set({ tokens: e.target.checked })} />
        {form.tokens ? (
          <>
            <TextField label={m.tokenUrl} required maxLength={500} value={form.tokenUrl} error={error("tokenUrl")} onChange={(e) => set({ tokenUrl: e.target.value })} />
            <div className={css.two}>
              <TextField label={m.clientId} required maxLength={300} value={form.clientId} error={error("clientId")} onChange={(e) => set({ clientId: e.target.value })} />
              <TextField label={m.clientSecret} type="password" autoComplete="new-password" maxLength={1000} value={form.clientSecret} onChange={(e) => set({ clientSecret: e.target.value })} />
            </div>
          </>
        ) : null}
        <TextField label={m.authServer} hint={m.authServerHint} maxLength={253} value={form.authServer} error={error("authServer")} onChange={(e) => set({ authServer: e.target.value })} />
        <MailboxRules rules={form.rules} onChange={(rules) => set({ rules })} />
      </details>
      {mailbox ? <CheckField label={m.enabled} checked={form.enabled} onChange={(e) => set({ enabled: e.target.checked })} /> : null}
    </Dialog>
  );
}
