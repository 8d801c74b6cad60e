import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { MailItem, MailRelease } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useWording } from "@/text/text";
import { ConfirmDialog } from "@/ui/confirm";
import { CheckField } from "@/ui/field";
import { showSize } from "@/ui/numbers";

// By a clerk's word, with the files that they chose.
export function ReleaseDialog({ mail, onClose }: { mail: MailItem; onClose: () => void }) {
  const { text, language } = useWording();
  const t = text.office.quarantine;
  const navigate = useNavigate();
  const files = mail.parts.filter((p) => p.size > 0);
  const [paths, setPaths] = useState<readonly string[]>([]);
  const [body, setBody] = useState(files.length === 0);
  const release = useCommand({
    spoils: [["quarantine"], ["work"], ["arrivals"], ["mailboxes"]],
    said: () => t.released,
    run: (chosen: MailRelease, header) => value(client.POST("/api/quarantine/{id}/release", { params: { path: { id: mail.id }, header }, body: chosen })),
    onDone: (after: MailItem) => {
      onClose();
      if (after.arrivalId) void navigate({ to: "/incoming/$id", params: { id: after.arrivalId } });
    },
  });
  return (
    <ConfirmDialog
      title={t.release}
      action={t.release}
      busy={release.isPending}
      problem={<FormProblem error={release.error} />}
      onClose={onClose}
      onConfirm={() => release.mutate({ paths: [...paths], body })}
    >
      <p>{files.length > 0 ? t.releaseHint : t.releaseNone}</p>
      {files.map((p) => (
        <CheckField
          key={p.path}
          label={`${p.name || p.path} · ${showSize(p.size, language)}${p.inline ? ` · ${t.inline}` : ""}`}
          checked={paths.includes(p.path)}
          onChange={(e) => setPaths((list) => (e.target.checked ? [...list, p.path] : list.filter((x) => x !== p.path)))}
        />
      ))}
      <CheckField label={t.releaseBody} checked={body} onChange={(e) => setBody(e.target.checked)} />
    </ConfirmDialog>
  );
}
