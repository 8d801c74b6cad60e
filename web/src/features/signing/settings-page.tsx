import { useMutation, useQuery, useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useState } from "react";
import { client, value } from "@/api/client";
import { asProblem } from "@/api/problem";
import type { Certificate, SigningRule } from "@/api/schema";
import { useMe } from "@/features/session/me";
import { FormProblem } from "@/features/session/problem-note";
import session from "@/features/session/session.module.css";
import { useText } from "@/text/text";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm";
import { showDay, showMoment } from "@/ui/dates";
import { CheckField } from "@/ui/field";
import { Narrow, Page, Section, cardClass } from "@/ui/page";
import { useToast } from "@/ui/toast";
import { CodeDialog, PasskeyDialog } from "./means-dialogs";
import { KeyDialog } from "./key-dialog";
import { certificatesQuery, meansQuery, sealsQuery } from "./queries";

export function SigningSettingsPage() {
  const t = useText().signing.settings;
  const me = useMe();
  const agencies = [...new Map(me.positions.filter((p) => p.role === "admin" || p.role === "clerk").map((p) => [p.agencyId, p])).values()];
  return (
    <Page title={t.title}>
      <Narrow>
        <Mine />
        <Presence />
        {agencies.map((p) => (
          <Seals key={p.agencyId} agencyId={p.agencyId} name={p.agencyName} manages={p.role === "admin" || me.operator} />
        ))}
      </Narrow>
    </Page>
  );
}

function Mine() {
  const t = useText().signing.settings;
  const { data } = useQuery(certificatesQuery);
  const [adding, setAdding] = useState(false);
  return (
    <div className={cardClass}>
      <Section
        title={t.mine}
        aside={
          <Button small onClick={() => setAdding(true)}>
            {t.add}
          </Button>
        }
      >
        <p className={session.quiet}>{data?.items.length === 0 ? t.empty : t.mineHint}</p>
        <Keys
          list={data?.items ?? []}
          spoils={certificatesQuery.queryKey}
          remove={(id) => value(client.DELETE("/api/me/certificates/{id}", { params: { path: { id } } }))}
        />
      </Section>
      {adding ? <KeyDialog onClose={() => setAdding(false)} /> : null}
    </div>
  );
}

const ended = (c: Certificate) => Date.parse(c.validUntil) < Date.now();

interface KeysProps {
  list: readonly Certificate[];
  spoils: QueryKey;
  remove?: (id: string) => Promise<unknown>;
}

function Keys({ list, spoils, remove }: KeysProps) {
  const text = useText().signing;
  const t = text.settings;
  const [going, setGoing] = useState<Certificate>();
  const toast = useToast();
  const queries = useQueryClient();
  const gone = useMutation({
    mutationFn: async (id: string) => remove?.(id),
    onSuccess: () => {
      toast({ text: t.removed });
      setGoing(undefined);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: spoils }),
  });
  return (
    <ul className={session.lines}>
      {list.map((c) => (
        <li key={c.id}>
          <span>
            <strong>{c.subject}</strong>{" "}
            {c.ending ? <Badge tone="late">{ended(c) ? t.ended : t.ending}</Badge> : null}{" "}
            {c.training ? <Badge tone="soon">{t.training}</Badge> : null}
            <small>
              {text.provider[c.provider]} · {c.issuer} · {t.until} {showDay(c.validUntil)}
            </small>
          </span>
          {remove ? (
            <Button small look="danger" onClick={() => setGoing(c)}>
              {t.remove}
            </Button>
          ) : null}
        </li>
      ))}
      {going ? (
        <ConfirmDialog
          title={t.removeTitle}
          action={t.remove}
          danger
          busy={gone.isPending}
          problem={<FormProblem error={gone.error} />}
          onClose={() => setGoing(undefined)}
          onConfirm={() => gone.mutate(going.id)}
        >
          <p>{going.subject}</p>
          <p>{t.removeHint}</p>
        </ConfirmDialog>
      ) : null}
    </ul>
  );
}

function Presence() {
  const t = useText().signing.settings;
  const { data } = useQuery(meansQuery);
  const [asking, setAsking] = useState<"passkey" | "code">();
  const toast = useToast();
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: meansQuery.queryKey });
  const remove = useMutation({
    mutationFn: (id: string) => value(client.DELETE("/api/me/passkeys/{id}", { params: { path: { id } } })),
    onSuccess: () => toast({ text: t.passkeyRemoved }),
    onError: (error) => toast({ text: asProblem(error).title, wrong: true }),
    onSettled: again,
  });
  const codeOff = useMutation({
    mutationFn: () => value(client.DELETE("/api/me/one-time-code")),
    onSuccess: () => toast({ text: t.codeGone }),
    onError: (error) => toast({ text: asProblem(error).title, wrong: true }),
    onSettled: again,
  });
  return (
    <div className={cardClass} style={{ marginTop: 16 }}>
      <Section
        title={t.presence}
        aside={
          <Button small onClick={() => setAsking("passkey")}>
            {t.addPasskey}
          </Button>
        }
      >
        <p className={session.quiet}>{t.presenceHint}</p>
        <ul className={session.lines}>
          {data?.passkeys.map((k) => (
            <li key={k.id}>
              <span>
                <strong>{k.name}</strong>
                <small>{showMoment(k.usedAt ?? k.addedAt)}</small>
              </span>
              <Button small look="danger" onClick={() => remove.mutate(k.id)}>
                {t.remove}
              </Button>
            </li>
          ))}
          {data ? (
            <li>
              <span>{data.oneTimeCode ? t.codeOn : t.codeOff}</span>
              {data.oneTimeCode ? (
                <Button small look="danger" onClick={() => codeOff.mutate()}>
                  {t.codeRemove}
                </Button>
              ) : (
                <Button small onClick={() => setAsking("code")}>
                  {t.codeAdd}
                </Button>
              )}
            </li>
          ) : null}
        </ul>
      </Section>
      {asking === "passkey" ? <PasskeyDialog onClose={() => setAsking(undefined)} /> : null}
      {asking === "code" ? <CodeDialog onClose={() => setAsking(undefined)} /> : null}
    </div>
  );
}

function Seals({ agencyId, name, manages }: { agencyId: string; name: string; manages: boolean }) {
  const t = useText().signing.settings;
  const { data } = useQuery(sealsQuery(agencyId));
  const [adding, setAdding] = useState(false);
  const toast = useToast();
  const queries = useQueryClient();
  const rule = useMutation({
    mutationFn: (body: SigningRule) =>
      value(client.PUT("/api/administration/agencies/{id}/signing-rule", { params: { path: { id: agencyId } }, body })),
    onSuccess: () => toast({ text: t.saved }),
    onError: (error) => toast({ text: asProblem(error).title, wrong: true }),
    onSettled: () => queries.invalidateQueries({ queryKey: sealsQuery(agencyId).queryKey }),
  });
  return (
    <div className={cardClass} style={{ marginTop: 16 }}>
      <Section
        title={`${t.agencies}: ${name}`}
        aside={
          manages ? (
            <Button small onClick={() => setAdding(true)}>
              {t.add}
            </Button>
          ) : undefined
        }
      >
        {data?.items.length === 0 ? <p className={session.quiet}>{t.empty}</p> : null}
        <Keys
          list={data?.items ?? []}
          spoils={sealsQuery(agencyId).queryKey}
          remove={
            manages
              ? (sealId) =>
                  value(client.DELETE("/api/administration/agencies/{id}/seals/{sealId}", { params: { path: { id: agencyId, sealId } } }))
              : undefined
          }
        />
        {data ? (
          <>
            <CheckField
              label={t.required}
              checked={data.required}
              disabled={!manages || rule.isPending}
              onChange={(e) => rule.mutate({ required: e.target.checked, initials: data.initials })}
            />
            <p className={session.quiet}>{t.requiredHint}</p>
            <CheckField
              label={t.initials}
              checked={data.initials}
              disabled={!manages || rule.isPending}
              onChange={(e) => rule.mutate({ required: data.required, initials: e.target.checked })}
            />
            <p className={session.quiet}>{t.initialsHint}</p>
          </>
        ) : null}
      </Section>
      {adding ? <KeyDialog agencyId={agencyId} onClose={() => setAdding(false)} /> : null}
    </div>
  );
}
