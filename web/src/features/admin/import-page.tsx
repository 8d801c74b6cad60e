import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { ImportResult } from "@/api/schema";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { classes } from "@/ui/classes";
import { SelectField } from "@/ui/field";
import { Narrow, Page } from "@/ui/page";
import { Notice } from "@/ui/states";
import { FileDrop, FileRow } from "@/ui/upload-drop";
import css from "./admin.module.css";

const parts = ["agencies", "units", "people", "positions", "groups", "group_members", "registers"] as const;
type Part = (typeof parts)[number];

interface Run {
  of: Part;
  file: File;
  dryRun: boolean;
}

// The columns of each table; those that may be empty may also be missing.
const columns: Record<Part, string> = {
  agencies: "code, old_code, name, short_name, abbreviation, parent, level, place, email, channel, valid_from, valid_until, successor",
  units: "agency, name, abbreviation, parent, valid_from, valid_until",
  people: "login, full_name, email, operator",
  positions: "login, agency, unit, role, title, valid_from, valid_until",
  groups: "agency, name, shared",
  group_members: "agency, group, member",
  registers: "agency, code, direction, name, year, kinds, normative, council, symbol_agency, opening_number",
};

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
          <p className={css.columns}>
            {i.columns}: <code>{columns[of]}</code>
          </p>
          {file ? null : <FileDrop label={i.file} accept=".csv,.xlsx" onFiles={([f]) => choose(f, of)} />}
          {run.isPending ? <p role="status">{run.variables.dryRun ? i.trying : t.common.loading}</p> : null}
          <FormProblem error={run.error} />
          {result ? <Result result={result} /> : null}
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

function Result({ result }: { result: ImportResult }) {
  const i = useText().admin.importing;
  const clean = result.problems.length === 0;
  return (
    <>
      <h2>{result.dryRun ? i.dryTitle : i.doneTitle}</h2>
      <div className={css.sums}>
        <Sum label={i.added} value={result.added} />
        <Sum label={i.changed} value={result.changed} />
        <Sum label={i.unchanged} value={result.unchanged} />
        <Sum label={i.problems} value={result.problems.length} bad={!clean} />
      </div>
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
                <td>{p.column}</td>
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
    const url = URL.createObjectURL(new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv" }));
    const link = Object.assign(window.document.createElement("a"), { href: url, download: "passwords.csv" });
    link.click();
    URL.revokeObjectURL(url);
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
