import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { components } from "@/api/schema";
import { useKinds } from "@/features/document/kinds";
import { useActing } from "@/features/session/acting";
import { failureOf } from "@/features/session/failure";
import { agenciesOf, hasRole, useMe } from "@/features/session/me";
import { FormProblem } from "@/features/session/problem-note";
import { useUploads } from "@/features/upload/uploads";
import { useText } from "@/text/text";
import { Button, buttonClass } from "@/ui/button";
import { showMoment } from "@/ui/dates";
import { FilterBar, FilterPick } from "@/ui/filters";
import { Page } from "@/ui/page";
import { Table, type Column } from "@/ui/table";
import { SendingRow } from "@/ui/upload-drop";
import css from "@/features/document/side.module.css";

type Template = components["schemas"]["Template"];

function addressOf(kind: string, agency: string): string {
  return `/api/templates/${kind}?agencyId=${agency}`;
}

// What drafts of each kind begin with; clerks and administrators keep them.
export function TemplatesPage() {
  const t = useText();
  const w = t.writing;
  const me = useMe();
  const { position } = useActing();
  const kinds = useKinds();
  const queries = useQueryClient();
  const agencies = agenciesOf(me);
  const [agency, setAgency] = useState(position?.agencyId ?? agencies[0]?.id ?? "");
  const [replacing, setReplacing] = useState<string>();
  const query = { agencyId: agency };
  const list = useQuery({
    queryKey: ["templates", agency],
    queryFn: () => value(client.GET("/api/templates", { params: { query } })),
    enabled: agency !== "",
  });
  const change = useMutation({
    mutationFn: ({ kind, uploadId }: { kind: string; uploadId?: string }) =>
      uploadId
        ? value(client.PUT("/api/templates/{kind}", { params: { path: { kind }, query }, body: { uploadId } }))
        : value(client.DELETE("/api/templates/{kind}", { params: { path: { kind }, query } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["templates", agency] }),
  });
  const uploads = useUploads((upload) => replacing && change.mutate({ kind: replacing, uploadId: upload.id }));
  const keeps = hasRole(me, "clerk", "admin");
  const columns: readonly Column<Template>[] = [
    { id: "kind", title: w.kind, width: "260px", cell: (x) => kinds.name(x.kind) },
    { id: "template", title: w.template, cell: (x) => x.name ?? w.builtIn },
    { id: "changed", title: w.changed, width: "240px", cell: (x) => (x.changedBy ? `${x.changedBy}, ${showMoment(x.changedAt ?? "")}` : "") },
    {
      id: "acts",
      title: "",
      width: "330px",
      align: "end",
      cell: (x) => (
        <span className={css.tools}>
          <a className={buttonClass(undefined, true)} href={addressOf(x.kind, agency)} download>
            <Download size={14} /> {w.download}
          </a>
          {keeps ? (
            <label className={buttonClass(undefined, true)}>
              {w.replace}
              <input
                type="file"
                accept=".docx"
                hidden
                onChange={(e) => {
                  setReplacing(x.kind);
                  uploads.add([...(e.target.files ?? [])]);
                  e.target.value = "";
                }}
              />
            </label>
          ) : null}
          {keeps && !x.builtIn ? (
            <Button small onClick={() => change.mutate({ kind: x.kind })}>
              {w.revert}
            </Button>
          ) : null}
        </span>
      ),
    },
  ];
  return (
    <Page
      title={w.templates}
      bar={
        agencies.length > 1 ? (
          <FilterBar active={false} onClear={() => undefined}>
            <FilterPick label={t.document.agency} value={agency} choices={agencies.map((a) => [a.id, a.name] as const)} onChange={(id) => setAgency(id ?? agency)} />
          </FilterBar>
        ) : undefined
      }
    >
      <FormProblem error={change.error} />
      {uploads.queue.map((f) => (
        <SendingRow key={f.key} file={f} onAgain={() => uploads.again(f.key)} onCancel={() => uploads.cancel(f.key)} />
      ))}
      <Table label={w.templates} columns={columns} rows={list.data?.items} rowId={(x) => x.kind} tall onOpen={(x) => window.location.assign(addressOf(x.kind, agency))} empty={null} failed={failureOf(list.error)} onRetry={() => void list.refetch()} />
      {list.data ? (
        <details className={css.known}>
          <summary>{w.fields}</summary>
          <p>{w.fieldsHint}</p>
          <dl>
            {list.data.fields.map((f) => (
              <div key={f.name}>
                <dt>
                  <code>{`{{${f.name}}}`}</code>
                </dt>
                <dd>{f.text}</dd>
              </div>
            ))}
          </dl>
        </details>
      ) : null}
    </Page>
  );
}
