import { useState } from "react";
import { client, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import type { CaseFile, CaseFileAct, CaseFileRights } from "@/api/schema";
import { PersonField } from "@/features/circuit/person-field";
import { useCommand, type CommandHeaders } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { DateField } from "@/ui/date-field";
import { today } from "@/ui/dates";
import { Dialog } from "@/ui/dialog";
import { SelectField, TextArea } from "@/ui/field";
import { RetentionField } from "./heading-fields";

export type DirectAct = Exclude<CaseFileAct, "fill">;

interface Input {
  words: string;
  end: string;
  keeper: string;
  title: string;
  retention: string;
  rights: CaseFileRights;
}

const reasons: ReadonlySet<DirectAct> = new Set(["reopen", "freeze", "release"]);

function send(f: CaseFile, act: DirectAct, input: Input, header: CommandHeaders): Promise<CaseFile> {
  const params = { path: { id: f.id }, header };
  const words = input.words.trim().normalize("NFC");
  switch (act) {
    case "edit":
      return value(
        client.PATCH("/api/casefiles/{id}", {
          params: { path: params.path, header: { "If-Match": `"${f.version}"`, "Congvan-Position": header["Congvan-Position"] } },
          body: { title: input.title.trim().normalize("NFC"), retention: Number(input.retention), rights: input.rights, description: words },
        }),
      );
    case "close":
      return value(client.POST("/api/casefiles/{id}/close", { params, body: { end: input.end } }));
    case "hand_over":
      return value(client.POST("/api/casefiles/{id}/hand-over", { params, body: { keeperPositionId: input.keeper, note: words || undefined } }));
    case "destroy":
      return value(client.POST("/api/casefiles/{id}/destroy", { params, body: { decision: words } }));
    default:
      return value(client.POST(`/api/casefiles/{id}/${act}`, { params, body: { reason: words } }));
  }
}

// Every act on a file that says something: a reason, a day, a person, a decision.
export function ActDialog({ file: f, act, onClose }: { file: CaseFile; act: DirectAct; onClose: () => void }) {
  const text = useText();
  const t = text.casefile;
  const [input, setInput] = useState<Input>({
    words: act === "edit" ? f.description : "",
    end: today(),
    keeper: "",
    title: f.title,
    retention: String(f.retention),
    rights: f.rights,
  });
  const set = (change: Partial<Input>) => setInput((i) => ({ ...i, ...change }));
  const run = useCommand({
    agencyId: f.agencyId,
    spoils: [["casefiles"], ["catalogue"]],
    run: (i: Input, header) => send(f, act, i, header),
    said: () => t.done[act],
    onDone: onClose,
  });
  const hint = act === "close" || act === "destroy" || act === "freeze" ? t.hints[act] : undefined;
  const words = reasons.has(act) ? t.reason : act === "destroy" ? t.decision : act === "hand_over" ? t.note : act === "edit" ? t.description : undefined;
  return (
    <Dialog
      title={t.acts[act]}
      onClose={onClose}
      onSubmit={() => {
        if (!run.isPending) run.mutate(input);
      }}
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button type="submit" look={act === "destroy" ? "danger" : "primary"} busy={run.isPending} shortcut="Ctrl ↵">
            {act === "edit" ? text.common.save : t.acts[act]}
          </Button>
        </>
      }
    >
      <FormProblem error={run.error} shown={["reason", "decision", "end", "keeperPositionId", "title", "retention", "description"]} />
      {hint ? <p>{hint}</p> : null}
      {act === "edit" ? (
        <>
          <TextArea label={t.fileTitle} required autoFocus rows={2} maxLength={500} value={input.title} error={fieldMessage(run.error, "title")} onChange={(e) => set({ title: e.target.value })} />
          <RetentionField value={input.retention} error={fieldMessage(run.error, "retention")} onChange={(retention) => set({ retention })} />
          <SelectField label={t.rights} value={input.rights} onChange={(e) => set({ rights: e.target.value as CaseFileRights })}>
            <option value="restricted">{t.rightsOf.restricted}</option>
            <option value="public">{t.rightsOf.public}</option>
          </SelectField>
        </>
      ) : null}
      {act === "close" ? <DateField label={t.end} required value={input.end} error={fieldMessage(run.error, "end")} onChange={(end) => set({ end })} /> : null}
      {act === "hand_over" ? (
        <PersonField
          agencyId={f.agencyId}
          label={t.receiver}
          value={input.keeper}
          without={[f.keeperPositionId]}
          error={fieldMessage(run.error, "keeperPositionId")}
          onChange={(p) => set({ keeper: p?.id ?? "" })}
        />
      ) : null}
      {words ? (
        <TextArea
          label={words}
          autoFocus={act !== "edit" && act !== "hand_over"}
          required={reasons.has(act) || act === "destroy"}
          maxLength={act === "destroy" ? 200 : 500}
          value={input.words}
          error={fieldMessage(run.error, act === "destroy" ? "decision" : act === "edit" ? "description" : "reason")}
          onChange={(e) => set({ words: e.target.value })}
        />
      ) : null}
    </Dialog>
  );
}
