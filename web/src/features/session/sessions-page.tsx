import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, value } from "@/api/client";
import { asProblem } from "@/api/problem";
import type { Session, Token } from "@/api/schema";
import { useText } from "@/text/text";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm";
import { showDay, showMoment } from "@/ui/dates";
import { Narrow, Page, Section, cardClass } from "@/ui/page";
import { useToast } from "@/ui/toast";
import { browserName } from "./browser-name";
import { FormProblem } from "./problem-note";
import css from "./session.module.css";
import { NewTokenDialog } from "./token-dialog";

export function SessionsPage() {
  const t = useText().office.tokens;
  return (
    <Page title={t.title}>
      <Narrow>
        <Sessions />
        <Tokens />
      </Narrow>
    </Page>
  );
}

function Sessions() {
  const t = useText();
  const o = t.office.tokens;
  const toast = useToast();
  const queries = useQueryClient();
  const { data = [] } = useQuery({
    queryKey: ["me", "sessions"],
    queryFn: async () => (await value(client.GET("/api/me/sessions"))).items,
  });
  const end = useMutation({
    mutationFn: (id: string) => value(client.DELETE("/api/me/sessions/{id}", { params: { path: { id } } })),
    onSuccess: () => toast({ text: o.ended }),
    onError: (error) => toast({ text: asProblem(error).title || t.common.unexpected, wrong: true }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["me", "sessions"] }),
  });
  const line = (s: Session) => (
    <li key={s.id}>
      <span>
        <strong title={s.userAgent}>{browserName(s.userAgent)}</strong> {s.current ? <Badge tone="done">{o.current}</Badge> : null}
        <small>
          {s.address} · {o.begun.toLowerCase()} {showMoment(s.createdAt)} · {o.seen.toLowerCase()} {showMoment(s.seenAt)}
        </small>
      </span>
      {s.current ? null : (
        <Button small busy={end.isPending && end.variables === s.id} onClick={() => end.mutate(s.id)}>
          {o.end}
        </Button>
      )}
    </li>
  );
  return (
    <div className={cardClass}>
      <Section title={o.sessions}>
        <p className={css.quiet}>{o.sessionsHint}</p>
        <ul className={css.lines}>{data.map(line)}</ul>
      </Section>
    </div>
  );
}

function Tokens() {
  const o = useText().office.tokens;
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token>();
  const { data = [] } = useQuery({
    queryKey: ["me", "tokens"],
    queryFn: async () => (await value(client.GET("/api/me/tokens"))).items,
  });
  return (
    <div className={cardClass} style={{ marginTop: 16 }}>
      <Section
        title={o.tokens}
        aside={
          <Button small onClick={() => setMaking(true)}>
            {o.make}
          </Button>
        }
      >
        <p className={css.quiet}>{data.length === 0 ? o.noTokens : o.tokensHint}</p>
        <ul className={css.lines}>
          {data.map((k) => (
            <li key={k.id}>
              <span>
                <strong>{k.name}</strong>
                <small>
                  {k.scopes.map((s) => o.scope[s]).join(", ")} · {o.expires.toLowerCase()} {showDay(k.expiresAt)} ·{" "}
                  {k.usedAt ? `${o.used.toLowerCase()} ${showMoment(k.usedAt)}` : o.never}
                </small>
              </span>
              <Button small look="danger" onClick={() => setRevoking(k)}>
                {o.revoke}
              </Button>
            </li>
          ))}
        </ul>
      </Section>
      {making ? <NewTokenDialog onClose={() => setMaking(false)} /> : null}
      {revoking ? <RevokeDialog token={revoking} onClose={() => setRevoking(undefined)} /> : null}
    </div>
  );
}

function RevokeDialog({ token, onClose }: { token: Token; onClose: () => void }) {
  const o = useText().office.tokens;
  const toast = useToast();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => value(client.DELETE("/api/me/tokens/{id}", { params: { path: { id: token.id } } })),
    onSuccess: () => {
      toast({ text: o.revoked });
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["me", "tokens"] }),
  });
  return (
    <ConfirmDialog
      title={o.revokeTitle(token.name)}
      action={o.revoke}
      danger
      busy={revoke.isPending}
      problem={<FormProblem error={revoke.error} />}
      onClose={onClose}
      onConfirm={() => revoke.mutate()}
    >
      <p>{o.revokeHint}</p>
    </ConfirmDialog>
  );
}
