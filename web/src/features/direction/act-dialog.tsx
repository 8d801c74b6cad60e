import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { client, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import type { Arrival, Line, LineAction } from "@/api/schema";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { DateField } from "@/ui/date-field";
import { showDay } from "@/ui/dates";
import { Dialog } from "@/ui/dialog";
import { SelectField, TextArea } from "@/ui/field";
import { useLineAct, type ActInput } from "./acts";
import { holdersQuery } from "./queries";

interface ActDialogProps {
  arrival: Arrival;
  line: Line;
  act: LineAction;
  onClose: () => void;
}

const wordless: ReadonlySet<LineAction> = new Set(["give_more_time", "answer", "hand_over"]);
const reasons: ReadonlySet<LineAction> = new Set(["return", "hand_back", "ask_more_time", "withdraw", "reopen"]);

// Every act on a line that says something: a reason, a result, a date.
export function ActDialog({ arrival: a, line, act, onClose }: ActDialogProps) {
  const t = useText();
  const d = t.direction;
  const [input, setInput] = useState<ActInput>({ words: "", due: "", grant: true, target: "", uploadId: undefined });
  const run = useLineAct(a, line, act, onClose);
  const set = (change: Partial<ActInput>) => setInput((i) => ({ ...i, ...change }));
  const submit = (change: Partial<ActInput> = {}) => {
    if (!run.isPending) run.mutate({ ...input, words: input.words.trim().normalize("NFC"), ...change });
  };
  const asked = a.notes.findLast((n) => n.lineId === line.id && n.decision === "asked");
  const label = act === "finish" ? d.result : act === "note" ? d.progress : reasons.has(act) ? d.reason : d.words;
  return (
    <Dialog
      title={d.acts[act]}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          {act === "give_more_time" ? (
            <Button busy={run.isPending} onClick={() => submit({ grant: false })}>
              {d.decline}
            </Button>
          ) : null}
          <Button type="submit" look={act === "return" || act === "withdraw" ? "danger" : "primary"} busy={run.isPending} shortcut="Ctrl ↵">
            {act === "give_more_time" ? d.grant : d.acts[act]}
          </Button>
        </>
      }
    >
      <FormProblem error={run.error} shown={["words", "reason", "dueDate"]} />
      {d.actHints[act] ? <p>{d.actHints[act]}</p> : null}
      {act === "give_more_time" && asked ? (
        <p>
          {asked.dueDate ? d.moreTimeAsked(showDay(asked.dueDate)) : null}: {asked.words} ({asked.name})
        </p>
      ) : null}
      {act === "answer" ? <AnswerPick agencyId={a.agencyId} value={input.target} onChange={(target) => set({ target })} /> : null}
      {act === "hand_over" ? <HolderPick agencyId={a.agencyId} value={input.target} onChange={(target) => set({ target })} /> : null}
      {act === "ask_more_time" ? (
        <DateField label={d.newDue} required value={input.due} error={fieldMessage(run.error, "dueDate")} onChange={(due) => set({ due })} />
      ) : null}
      {wordless.has(act) ? null : (
        <TextArea
          label={label}
          autoFocus
          maxLength={2000}
          required={act !== "finish" && act !== "withdraw"}
          value={input.words}
          error={fieldMessage(run.error, "words") ?? fieldMessage(run.error, "reason")}
          onChange={(e) => set({ words: e.target.value })}
        />
      )}
    </Dialog>
  );
}

interface PickProps {
  agencyId: string;
  value: string;
  onChange: (value: string) => void;
}

function HolderPick({ agencyId, value: chosen, onChange }: PickProps) {
  const t = useText().direction;
  const people = useQuery(holdersQuery(agencyId)).data;
  return (
    <SelectField label={t.pickHolder} required value={chosen} onChange={(e) => onChange(e.target.value)}>
      <option value="" />
      {people?.units.map((u) => (
        <option key={u.id} value={`unit:${u.id}`}>
          {u.name}
        </option>
      ))}
      {people?.positions.map((p) => (
        <option key={p.id} value={`position:${p.id}`}>
          {[p.fullName, p.title].filter(Boolean).join(", ")}
        </option>
      ))}
    </SelectField>
  );
}

function AnswerPick({ agencyId, value: chosen, onChange }: PickProps) {
  const t = useText();
  const list = useQuery({
    queryKey: ["documents", "answers", agencyId],
    queryFn: async () => (await value(client.GET("/api/documents", { params: { query: { agencyId, limit: 100 } } }))).items,
  }).data;
  return (
    <SelectField label={t.direction.answerPick} hint={t.direction.answerHint} required value={chosen} onChange={(e) => onChange(e.target.value)}>
      <option value="" />
      {list?.map((d) => (
        <option key={d.id} value={d.id}>
          {[d.reference, d.subject].filter(Boolean).join(" · ")} ({t.document.states[d.state]})
        </option>
      ))}
    </SelectField>
  );
}
