import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useBlocker, useNavigate, useParams } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { client, ifMatch, value } from "@/api/client";
import { asProblem, fieldMessage } from "@/api/problem";
import type { Document } from "@/api/schema";
import { FileReader } from "@/features/document/file-reader";
import { useActing } from "@/features/session/acting";
import { useCommand } from "@/features/session/command";
import { LoadFailed } from "@/features/session/load-failed";
import { agenciesOf, useMe } from "@/features/session/me";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/states";
import { Split } from "@/ui/split";
import { SubmitDialog } from "./act-dialogs";
import { attached, changed, draftOf, emptyDraft, missing, toDraft, toEdit, withUpload, type DraftForm } from "./draft-form";
import { DraftFields } from "./draft-fields";
import { DraftTools } from "./draft-tools";
import css from "@/features/document/side.module.css";
import { documentQuery } from "./queries";

export function ComposePage() {
  const me = useMe();
  const { position } = useActing();
  const agencies = agenciesOf(me);
  return <Composer start={emptyDraft(position?.agencyId ?? agencies[0]?.id)} />;
}

export function EditPage() {
  const { id } = useParams({ from: "/desk/outgoing/$id/edit" });
  // What is typed is not overwritten when the document changes elsewhere: the
  // server refuses a stale edit, and the person decides.
  const { data, error, refetch } = useQuery({ ...documentQuery(id), staleTime: Infinity, refetchOnMount: "always" });
  if (error && !data) return <LoadFailed error={error} onRetry={() => void refetch()} />;
  if (!data) return null;
  return <Composer key={data.id} start={draftOf(data)} saved={data} />;
}

function Composer({ start, saved }: { start: DraftForm; saved?: Document }) {
  const t = useText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [form, setForm] = useState(start);
  const [base, setBase] = useState({ form: start, saved });
  const [submitting, setSubmitting] = useState<Document>();
  const [chosen, setChosen] = useState<ReadonlyMap<string, File>>(new Map());
  const keep = (sha256: string, file: File) => setChosen((all) => new Map(all).set(sha256, file));
  const dirty = changed(form, base.form);
  useBlocker({
    shouldBlockFn: () => dirty && !submitting && !window.confirm(t.common.unsaved),
    enableBeforeUnload: dirty,
  });
  const save = useCommand({
    agencyId: form.agencyId,
    spoils: [["documents"], ["work"]],
    run: (input: { form: DraftForm; after: "stay" | "submit" }, header) =>
      base.saved
        ? value(
            client.PATCH("/api/documents/{id}", {
              params: {
                path: { id: base.saved.id },
                header: { ...ifMatch(base.saved), "Congvan-Position": header["Congvan-Position"] },
              },
              body: toEdit(input.form, base.saved),
            }),
          )
        : value(client.POST("/api/documents", { params: { header }, body: toDraft(input.form) })),
    said: (_, { after }) => (after === "stay" ? t.document.said.saved : undefined),
    onDone: (d, input) => {
      queries.setQueryData(documentQuery(d.id).queryKey, d);
      if (!base.saved && input.after === "stay") {
        // From now on it is a draft with an address of its own: reloading and going back find it.
        void navigate({ to: "/outgoing/$id/edit", params: { id: d.id }, replace: true, ignoreBlocker: true });
        return;
      }
      const kept = draftOf(d);
      setForm(kept);
      setBase({ form: kept, saved: d });
      if (input.after === "submit") setSubmitting(d);
    },
  });
  const saveAs = useCallback(
    (after: "stay" | "submit") => {
      if (!save.isPending) save.mutate({ form, after });
    },
    [save, form],
  );
  useSaveKeys(saveAs);
  const leave = (id: string | undefined) =>
    void (id
      ? navigate({ to: "/outgoing/$id", params: { id }, replace: saved === undefined, ignoreBlocker: true })
      : navigate({ to: "/outgoing" }));
  const stale = asProblem(save.error).code === "stale";
  const id = base.saved?.id;
  return (
    <>
      <Split
        name="compose"
        label={t.parts.pdf.viewer}
        share={54}
        left={
          <div className={css.side}>
            <div className={css.head}>
              <h1>{base.saved ? t.document.editing : t.document.compose}</h1>
            </div>
            <div className={css.scroll}>
              <div className={css.form}>
                {base.saved?.sentBackReason ? (
                  <Notice>
                    <strong>{t.document.sentBack}:</strong> {base.saved.sentBackReason}
                  </Notice>
                ) : null}
                {save.error && !stale ? <FormProblem error={save.error} shown={["kind", "subject", "dueDate", "files", "recipients", "approverPositionId", "competence", "secrecy"]} /> : null}
                {stale && id ? (
                  <Notice look="stop">
                    {t.document.form.conflict}{" "}
                    <Button small onClick={() => void navigate({ to: "/outgoing/$id", params: { id }, ignoreBlocker: true })}>
                      {t.document.form.takeTheirs}
                    </Button>
                  </Notice>
                ) : null}
                <DraftFields
                  form={form}
                  onChange={setForm}
                  locked={base.saved !== undefined}
                  error={(name) => fieldMessage(save.error, name)}
                  onFile={keep}
                  tools={
                    <DraftTools
                      form={form}
                      saved={base.saved}
                      dirty={dirty}
                      onFile={(upload, file) => {
                        if (upload.sha256) keep(upload.sha256, file);
                        setForm((f) => withUpload(f, "main", upload));
                      }}
                    />
                  }
                />
              </div>
            </div>
            <div className={css.foot}>
              <Missing form={form} />
              <Button look="plain" onClick={() => leave(id)}>
                {t.common.close}
              </Button>
              <Button busy={save.isPending} shortcut="F2" onClick={() => saveAs("stay")} disabled={form.kind === ""}>
                {t.document.form.saveDraft}
              </Button>
              <Button look="primary" disabled={save.isPending || form.kind === ""} shortcut="Ctrl ↵" onClick={() => saveAs("submit")}>
                {t.document.form.saveAndSubmit}
              </Button>
            </div>
          </div>
        }
        right={
          form.files.length > 0 ? (
            <FileReader owner={id ? { type: "documents", id } : undefined} files={attached(form)} local={chosen} />
          ) : (
            <div className={css.hint}>{t.document.form.noFilePreview}</div>
          )
        }
      />
      {submitting ? <SubmitDialog document={submitting} settled onClose={() => leave(submitting.id)} /> : null}
    </>
  );
}

// What a leader would send it back for, told while it is written.
function Missing({ form }: { form: DraftForm }) {
  const t = useText();
  const labels = {
    kind: t.document.kind,
    subject: t.document.subject,
    main: t.document.mainFile,
    recipients: t.recipient.title,
    approver: t.document.approver,
  };
  const list = missing(form).map((m) => labels[m].toLowerCase());
  return (
    <span className={css.missing} role="status">
      {list.length > 0 ? t.document.form.missing(list.join(", ")) : t.document.form.complete}
    </span>
  );
}

function useSaveKeys(save: (after: "stay" | "submit") => void) {
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (document.querySelector("dialog[open]")) return;
      if (e.key === "F2" || (e.ctrlKey && e.key === "s")) save("stay");
      else if (e.ctrlKey && e.key === "Enter") save("submit");
      else return;
      e.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [save]);
}
