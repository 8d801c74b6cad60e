import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { client, value } from "@/api/client";
import { asProblem, fieldMessage } from "@/api/problem";
import type { Arrival } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm";
import { today } from "@/ui/dates";
import { showOrdinal } from "@/ui/numbers";
import { Notice } from "@/ui/states";
import css from "@/features/document/side.module.css";
import { MailNote, RegistrationFields } from "./registration-fields";
import { arrivalNumberQuery, awaitingQuery } from "./queries";
import { NotOfficialButton } from "./not-official-button";
import { RuleField, useForwardByRule } from "./rule-field";
import { RefuseDialog } from "./refuse-dialog";
import { firstMissing, nextInQueue, prefilled, toRegistration, unnamed, type RegistrationForm as Form } from "./registration";

interface RegistrationFormProps {
  arrival: Arrival;
  shown: string | undefined;
  onShow: (sha256: string) => void;
  onNext: (id: string | undefined) => void;
}

// Beside the paper, in the order of the paper, without the mouse: F2 registers,
// Ctrl+Enter registers and opens the next that waits.
export function RegistrationForm({ arrival: a, onShow, onNext }: RegistrationFormProps) {
  const t = useText();
  const [form, setForm] = useState<Form>(() => prefilled(a, today()));
  const [refusing, setRefusing] = useState(false);
  const numbers = useQuery(arrivalNumberQuery(a.id));
  const queue = useQuery(awaitingQuery(a.agencyId)).data;
  const registers = numbers.data ?? [];
  const register =
    registers.find((r) => r.registerId === form.registerId) ?? registers.find((r) => r.suggested) ?? registers[0];
  const expected = register && /^\d+$/.test(register.next) ? Number(register.next) : undefined;
  const save = useCommand({
    agencyId: a.agencyId,
    spoils: [["arrivals"], ["work"], ["registers"]],
    said: (after: Arrival) => t.arrival.registered(showOrdinal(after.arrivalNumber ?? 0)),
    run: (input: { after: "stay" | "next"; form: Form }, header) =>
      value(
        client.POST("/api/arrivals/{id}/register", {
          params: { path: { id: a.id }, header },
          body: toRegistration(input.form, a),
        }),
      ),
    onDone: (registered, { after }) => {
      if (forwarding) forward.mutate(registered);
      if (after === "next") onNext(nextInQueue(queue ?? [], a.id));
    },
  });
  const [forwarding, setForwarding] = useState(a.suggestion !== undefined);
  const forward = useForwardByRule(a);
  const taken = asProblem(save.error).code === "number_taken";
  const [asking, setAsking] = useState<"stay" | "next">();
  const [sure, setSure] = useState(false);
  const lacking = unnamed(form);
  const send = (after: "stay" | "next") => {
    if (save.isPending || !register) return;
    save.mutate({ after, form: { ...form, registerId: register.registerId, expectedNumber: expected } });
  };
  // A number once taken stays taken: what is not usual is asked about, once.
  const submit = (after: "stay" | "next") => {
    if (lacking.length > 0 && !sure) setAsking(after);
    else send(after);
  };
  useRegisterKeys(submit);
  const box = useFirstField(firstMissing(form));
  const set = (change: Partial<Form>) => {
    setForm((f) => ({ ...f, ...change }));
    if (change.mainSha256) onShow(change.mainSha256);
  };
  return (
    <>
      <div className={css.scroll} ref={box}>
        <div className={css.form}>
          {taken ? (
            <Notice>{t.arrival.numberTaken}</Notice>
          ) : (
            <FormProblem error={save.error} shown={["subject", "issuerName", "number", "symbol", "documentDate", "dueDate", "arrivalDay", "kind"]} />
          )}
          {numbers.error ? <FormProblem error={numbers.error} /> : null}
          <div className={css.number}>
            {t.arrival.arrivalNumber}
            <strong>{register ? (expected === undefined ? register.next : showOrdinal(expected)) : "…"}</strong>
            <span>{t.arrival.suggested}</span>
          </div>
          {a.suggestion ? <RuleField arrival={a} on={forwarding} onChange={setForwarding} /> : null}
          <MailNote arrival={a} />
          <NotOfficialButton arrival={a} onDone={() => onNext(nextInQueue(queue ?? [], a.id))} />
          <RegistrationFields
            arrival={a}
            form={form}
            registers={registers}
            registerId={register?.registerId}
            error={(name) => fieldMessage(save.error, name)}
            onChange={set}
          />
        </div>
      </div>
      <div className={css.foot}>
        {a.actions.includes("refuse") ? (
          <Button look="danger" onClick={() => setRefusing(true)}>
            {t.arrival.refuse}
          </Button>
        ) : null}
        <span />
        <Button busy={save.isPending} disabled={!register} shortcut="F2" onClick={() => submit("stay")}>
          {t.arrival.register}
        </Button>
        <Button look="primary" disabled={save.isPending || !register} shortcut="Ctrl ↵" onClick={() => submit("next")}>
          {t.arrival.registerNext}
        </Button>
      </div>
      {asking ? (
        <ConfirmDialog
          title={t.arrival.unnamedTitle}
          action={t.arrival.register}
          onClose={() => setAsking(undefined)}
          onConfirm={() => {
            setSure(true);
            setAsking(undefined);
            send(asking);
          }}
        >
          <p>{t.arrival.unnamed(lacking.map((l) => (l === "kind" ? t.document.kind : t.document.reference).toLowerCase()).join(", "))}</p>
        </ConfirmDialog>
      ) : null}
      {refusing ? (
        <RefuseDialog
          arrival={a}
          onClose={() => setRefusing(false)}
          onDone={() => {
            setRefusing(false);
            onNext(nextInQueue(queue ?? [], a.id));
          }}
        />
      ) : null}
    </>
  );
}

function useRegisterKeys(submit: (after: "stay" | "next") => void) {
  const latest = useRef(submit);
  useEffect(() => {
    latest.current = submit;
  });
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (document.querySelector("dialog[open]")) return;
      if (e.key === "F2" || (e.ctrlKey && e.key === "s")) latest.current("stay");
      else if (e.ctrlKey && e.key === "Enter") latest.current("next");
      else return;
      e.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

// The keyboard starts where a person is needed.
function useFirstField(name: string | undefined) {
  const box = useRef<HTMLDivElement>(null);
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    const field = box.current?.querySelector<HTMLElement>(`[name="${name ?? "dueDate"}"]`);
    field?.focus();
  }, [name]);
  return box;
}
