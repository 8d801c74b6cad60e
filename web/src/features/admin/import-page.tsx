import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { ImportResult } from "@/api/schema";
import { FormProblem } from "@/features/session/problem-note";
import { useText, useWording } from "@/text/text";
import { Button } from "@/ui/button";
import { classes } from "@/ui/classes";
import { SelectField } from "@/ui/field";
import { Narrow, Page } from "@/ui/page";
import { Notice } from "@/ui/states";
import { FileDrop, FileRow } from "@/ui/upload-drop";
import css from "./admin.module.css";
import { badLines, columns, parts, sampleFile, type Part } from "./import-columns";

interface Run {
  of: Part;
  file: File;
  dryRun: boolean;
}

// The file goes twice: once dry, so that every problem is seen before anything changes.
export function ImportPage() {
  const t = useText();
  const i = t.admin.importing;
  const queries = useQueryClient();
  const [of, setOf] = useState<Part>("agencies");
  const [file, setFile] = useState<File>();
  const run = useMutation({
    mutationFn: ({ of: part, file: bytes, dryRun }: Run) =>
      value(
        client.POST("/api/administration/import", {
          params: { query: { of: part, dryRun, name: bytes.name.normalize("NFC") } },
          body: bytes as unknown as string,
          bodySerializer: () => bytes,
          headers: { "Content-Type": "application/octet-stream" },
        }),
      ),
    onSuccess: (result) => (result.dryRun ? undefined : queries.invalidateQueries()),
  });
  const choose = (next: File | undefined, part: Part) => {
    setFile(next);
    setOf(part);
    run.reset();
    if (next) run.mutate({ of: part, file: next, dryRun: true });
  };
  const result = run.data;
  const ready = result?.dryRun && result.problems.length === 0 && result.added + result.changed > 0;
  return (
    <Page title={i.title}>
      <Narrow>
        <div className={css.stack}>
          <p>{i.hint}</p>
          <div className={css.two}>
            <SelectField label={i.of} value={of} onChange={(e) => choose(file, e.target.value as Part)}>
              {parts.map((p) => (
                <option key={p} value={p}>
                  {i.ofs[p]}
                </option>
              ))}
            </SelectField>
          </div>
          {file ? <FileRow name={file.name} size={file.size} onRemove={() => choose(undefined, of)} /> : null}
          {file ? null : <FileDrop label={i.file} accept=".csv,.xlsx" onFiles={([f]) => choose(f, of)} />}
          {file ? null : <Columns of={of} />}
          {run.isPending ? <p role="status">{run.variables.dryRun ? i.trying : t.common.loading}</p> : null}
          <FormProblem error={run.error} />
          {result ? <Result of={of} result={result} /> : null}
          {file && result?.dryRun ? (
            <div className={css.acts}>
              <Button onClick={() => run.mutate({ of, file, dryRun: true })}>{i.try}</Button>
              <Button look="primary" disabled={!ready} busy={run.isPending} onClick={() => run.mutate({ of, file, dryRun: false })}>
                {i.run}
              </Button>
            </div>
          ) : null}
        </div>
      </Narrow>
    </Page>
  );
}

function Result({ of, result }: { of: Part; result: ImportResult }) {
  const i = useText().admin.importing;
  const clean = result.problems.length === 0;
  const headers = new Map(columns[of].map((c) => [c.name, c.header]));
  return (
    <>
      <h2>{result.dryRun ? i.dryTitle : i.doneTitle}</h2>
      <div className={css.sums}>
        <Sum label={i.added} value={result.added} />
        <Sum label={i.changed} value={result.changed} />
        <Sum label={i.unchanged} value={result.unchanged} />
        <Sum label={i.problems} value={badLines(result.problems)} bad={!clean} />
      </div>
      {clean ? null : <p>{i.problemCount(result.problems.length, badLines(result.problems))}</p>}
      {result.dryRun ? <Notice look={clean ? "calm" : "warn"}>{clean ? i.clean : i.fix}</Notice> : null}
      {clean ? null : (
        <table className={css.plain}>
          <thead>
            <tr>
              <th>{i.line}</th>
              <th>{i.column}</th>
              <th>{i.message}</th>
            </tr>
          </thead>
          <tbody>
            {result.problems.map((p) => (
              <tr key={`${p.line}.${p.column}.${p.message}`}>
                <td>{p.line}</td>
                <td>{headers.get(p.column) ?? p.column}</td>
                <td>{p.message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {result.secrets && result.secrets.length > 0 ? <Secrets secrets={result.secrets} /> : null}
    </>
  );
}

// What stands in which column, with a file to begin from.
function Columns({ of }: { of: Part }) {
  const { text, language } = useWording();
  const i = text.admin.importing;
  const notes: Record<string, string> = i.notes;
  return (
    <section aria-label={i.columns}>
      <div className={css.columnsHead}>
        <h2>{i.columns}</h2>
        <Button small icon={<Download size={14} />} onClick={() => save(`${of}.csv`, sampleFile(of, language === "vi" ? ";" : ","))}>
          {i.sample}
        </Button>
      </div>
      <p className={css.sub}>{i.columnsHint}</p>
      <table className={css.plain}>
        <thead>
          <tr>
            <th>{i.column}</th>
            <th>{i.example}</th>
            <th>{i.meaning}</th>
          </tr>
        </thead>
        <tbody>
          {columns[of].map((c) => (
            <tr key={c.name}>
              <td>
                {c.header}
                {c.needed ? <span title={i.needed}> *</span> : null} <code className={css.sub}>{c.name}</code>
              </td>
              <td>{c.sample}</td>
              <td>{notes[c.name]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function save(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  Object.assign(window.document.createElement("a"), { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}

function Sum({ label, value: n, bad }: { label: string; value: number; bad?: boolean }) {
  return (
    <div className={classes(css.sum, bad && css.bad)}>
      <strong>{n}</strong>
      {label}
    </div>
  );
}

// A CSV made here: the passwords are shown once and stay with the administrator.
function Secrets({ secrets }: { secrets: NonNullable<ImportResult["secrets"]> }) {
  const i = useText().admin.importing;
  const download = () => {
    const lines = ["login,password", ...secrets.map((s) => `${s.login},${s.password}`)];
    save("passwords.csv", `\ufeff${lines.join("\r\n")}\r\n`);
  };
  return (
    <Notice>
      <strong>{i.secrets}</strong>
      <div>{i.secretsHint}</div>
      <Button small onClick={download}>
        {i.downloadSecrets} ({secrets.length})
      </Button>
    </Notice>
  );
}
