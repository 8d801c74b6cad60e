import { KeyRound, Lock, LockOpen, LogOut, Plus } from "lucide-react";
import { useState } from "react";
import { client, ifMatch, value } from "@/api/client";
import type { Account, AccountEdit, AccountSecret, Position } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm";
import { showDay } from "@/ui/dates";
import { Facts, Section } from "@/ui/page";
import { accountTone } from "./account-tone";
import { AddPositionDialog, EndDialog } from "./position-dialogs";
import css from "./admin.module.css";
import { SecretDialog } from "./secret-dialog";

const spoils = [["accounts"], ["people"]] as const;

export function AccountPanel({ account: x }: { account: Account }) {
  const t = useText();
  const a = t.admin.accounts;
  const [open, setOpen] = useState<"reset" | "leave" | "position">();
  const [ending, setEnding] = useState<Position>();
  const edit = useCommand({
    spoils,
    tell: true,
    said: () => a.done,
    onDone: () => setOpen(undefined),
    run: (body: AccountEdit) =>
      value(client.PATCH("/api/administration/accounts/{id}", { params: { path: { id: x.id }, header: ifMatch(x) }, body })),
  });
  const close = () => setOpen(undefined);
  return (
    <div className={css.panel}>
      <div className={css.panelHead}>
        <div>
          <h2>{x.fullName}</h2>
          <p className={css.sub}>{x.login}</p>
        </div>
        <Badge tone={accountTone[x.state]}>{a.states[x.state]}</Badge>
      </div>
      <Section>
        <Facts
          facts={[
            [a.email, x.email],
            x.leftOn && [a.lastDay, showDay(x.leftOn)],
            x.operator && [a.role, a.operator],
            x.mustChangePassword && [a.state, a.mustChange],
          ]}
        />
        <div className={css.acts}>
          <Button icon={<KeyRound size={14} />} onClick={() => setOpen("reset")}>
            {a.reset}
          </Button>
          {x.state === "locked" ? (
            <Button icon={<LockOpen size={14} />} busy={edit.isPending} onClick={() => edit.mutate({ state: "active" })}>
              {a.unlock}
            </Button>
          ) : null}
          {x.state === "active" ? (
            <Button icon={<Lock size={14} />} busy={edit.isPending} onClick={() => edit.mutate({ state: "locked" })}>
              {a.lock}
            </Button>
          ) : null}
          {x.state === "left" ? null : (
            <Button look="danger" icon={<LogOut size={14} />} onClick={() => setOpen("leave")}>
              {a.leave}
            </Button>
          )}
        </div>
      </Section>
      <Section
        title={a.positions}
        aside={
          <Button look="plain" small icon={<Plus size={13} />} onClick={() => setOpen("position")}>
            {a.addPosition}
          </Button>
        }
      >
        {x.positions.length === 0 ? <p className={css.sub}>{a.noPositions}</p> : null}
        <ul className={css.list}>
          {x.positions.map((p) => (
            <PositionLine key={p.id} position={p} onEnd={() => setEnding(p)} />
          ))}
        </ul>
      </Section>
      {open === "reset" ? <ResetDialog account={x} onClose={close} /> : null}
      {open === "leave" ? (
        <EndDialog
          title={a.leaveTitle}
          hint={a.leaveHint}
          action={a.leave}
          busy={edit.isPending}
          error={edit.error}
          onClose={close}
          onDone={(leftOn) => edit.mutate({ state: "left", leftOn })}
        />
      ) : null}
      {open === "position" ? <AddPositionDialog accountId={x.id} onClose={close} /> : null}
      {ending ? <EndPosition position={ending} onClose={() => setEnding(undefined)} /> : null}
    </div>
  );
}

function PositionLine({ position: p, onEnd }: { position: Position; onEnd: () => void }) {
  const t = useText();
  const a = t.admin.accounts;
  return (
    <li>
      <span>
        {p.title || t.admin.roles[p.role]}
        <small>
          {[p.unitName, p.agencyName, a.since(showDay(p.validFrom)), p.validUntil && a.until(showDay(p.validUntil))]
            .filter(Boolean)
            .join(" · ")}
        </small>
      </span>
      {p.validUntil ? null : (
        <Button look="plain" small onClick={onEnd}>
          {a.endPosition}
        </Button>
      )}
    </li>
  );
}

function EndPosition({ position: p, onClose }: { position: Position; onClose: () => void }) {
  const a = useText().admin.accounts;
  const end = useCommand({
    spoils,
    said: () => a.done,
    onDone: onClose,
    run: (validUntil: string) =>
      value(client.PATCH("/api/administration/positions/{id}", { params: { path: { id: p.id }, header: ifMatch(p) }, body: { validUntil } })),
  });
  return (
    <EndDialog
      title={a.endPositionTitle}
      hint={`${p.title}, ${p.agencyName}`}
      action={a.endPosition}
      busy={end.isPending}
      error={end.error}
      onClose={onClose}
      onDone={(day) => end.mutate(day)}
    />
  );
}

function ResetDialog({ account: x, onClose }: { account: Account; onClose: () => void }) {
  const a = useText().admin.accounts;
  const [secret, setSecret] = useState<string>();
  const reset = useCommand({
    spoils,
    onDone: (out: AccountSecret) => setSecret(out.password),
    run: (_: undefined, header) =>
      value(client.POST("/api/administration/accounts/{id}/reset-password", { params: { path: { id: x.id }, header } })),
  });
  if (secret !== undefined) return <SecretDialog title={a.secretTitle} hint={a.secretHint} secret={secret} onClose={onClose} />;
  return (
    <ConfirmDialog
      title={a.resetTitle(x.fullName)}
      action={a.reset}
      danger
      busy={reset.isPending}
      problem={<FormProblem error={reset.error} />}
      onClose={onClose}
      onConfirm={() => reset.mutate(undefined)}
    >
      <p>{a.resetHint}</p>
    </ConfirmDialog>
  );
}
