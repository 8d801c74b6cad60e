import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { Document } from "@/api/schema";
import { mainFile } from "@/features/document/files";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { showMoment } from "@/ui/dates";
import { TextArea } from "@/ui/field";
import { Section } from "@/ui/page";
import css from "./circuit.module.css";
import { commentsQuery } from "./queries";

const open = new Set<Document["state"]>(["draft", "submitted", "approved"]);

// What is said about the draft, each word tied to the version it was said of.
export function Comments({ document: d }: { document: Document }) {
  const t = useText().circuit;
  const { data } = useQuery(commentsQuery(d.id));
  const main = mainFile(d.files);
  return (
    <Section title={t.comments}>
      <ul className={css.answers}>
        {data?.length === 0 ? <li className={css.muted}>{t.noComments}</li> : null}
        {data?.map((c) => (
          <li key={c.id}>
            <strong>{c.actorName}</strong>{" "}
            <small>
              {showMoment(c.at)} · {t.onVersion(c.fileVersion)}
            </small>
            <p>{c.text}</p>
          </li>
        ))}
      </ul>
      {main && open.has(d.state) ? <CommentForm document={d} sha256={main.sha256} version={main.version ?? 1} /> : null}
    </Section>
  );
}

function CommentForm({ document: d, sha256, version }: { document: Document; sha256: string; version: number }) {
  const t = useText().circuit;
  const [text, setText] = useState("");
  const send = useCommand({
    agencyId: d.agencyId,
    spoils: [["documents", "one", d.id]],
    said: () => t.said.commented,
    onDone: () => setText(""),
    run: (said: string, header) =>
      value(client.POST("/api/documents/{id}/comments", { params: { path: { id: d.id }, header }, body: { seenSha256: sha256, text: said } })),
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        const said = text.trim().normalize("NFC");
        if (said && !send.isPending) send.mutate(said);
      }}
    >
      <FormProblem error={send.error} />
      <TextArea label={t.comment} hint={t.commentHint(version)} maxLength={2000} value={text} onChange={(e) => setText(e.target.value)} />
      <div className={css.acts}>
        <Button type="submit" small busy={send.isPending} disabled={text.trim() === ""}>
          {t.send}
        </Button>
      </div>
    </form>
  );
}
