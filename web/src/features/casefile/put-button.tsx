import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FolderInput } from "lucide-react";
import { useState } from "react";
import { client, value } from "@/api/client";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { ConfirmDialog } from "@/ui/confirm";
import { SelectField } from "@/ui/field";
import { Section } from "@/ui/page";
import { holdingQuery, openFilesQuery } from "./queries";

interface PutProps {
  agencyId: string;
  // One of the two.
  documentId?: string;
  arrivalId?: string;
}

// The files that a document lies in, and the way into another one.
export function InCaseFiles(props: PutProps) {
  const t = useText().casefile;
  const id = props.documentId ?? props.arrivalId ?? "";
  const files = useQuery(holdingQuery(props.agencyId, id)).data ?? [];
  const [putting, setPutting] = useState(false);
  return (
    <Section title={t.inFiles}>
      {files.map((f) => (
        <div key={f.id}>
          <Link to="/case-files/$id" params={{ id: f.id }}>
            {f.notation} · {f.title}
          </Link>
        </div>
      ))}
      <Button small icon={<FolderInput size={14} />} onClick={() => setPutting(true)}>
        {t.put}
      </Button>
      {putting ? <PutDialog {...props} holding={files.map((f) => f.id)} onClose={() => setPutting(false)} /> : null}
    </Section>
  );
}

function PutDialog({ agencyId, documentId, arrivalId, holding, onClose }: PutProps & { holding: readonly string[]; onClose: () => void }) {
  const t = useText().casefile;
  const files = useQuery(openFilesQuery(agencyId)).data?.filter((f) => !f.frozen && !holding.includes(f.id));
  const [chosen, setChosen] = useState("");
  const file = chosen || (files?.[0]?.id ?? "");
  const run = useCommand({
    agencyId,
    spoils: [["casefiles"]],
    run: (id: string, header) =>
      value(client.POST("/api/casefiles/{id}/add", { params: { path: { id }, header }, body: { documentId, arrivalId } })),
    said: (f) => t.putIn(f.title),
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={t.put}
      action={t.put}
      busy={run.isPending}
      problem={<FormProblem error={run.error} />}
      onClose={onClose}
      onConfirm={() => {
        if (file !== "") run.mutate(file);
      }}
    >
      {files?.length === 0 ? (
        <p>{t.noOpen}</p>
      ) : (
        <SelectField label={t.choose} value={file} onChange={(e) => setChosen(e.target.value)}>
          {files?.map((f) => (
            <option key={f.id} value={f.id}>
              {f.notation} · {f.title}
            </option>
          ))}
        </SelectField>
      )}
    </ConfirmDialog>
  );
}
