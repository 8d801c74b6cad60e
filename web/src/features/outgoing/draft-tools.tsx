import { useMutation, useQuery } from "@tanstack/react-query";
import { FileCheck2, FilePlus2, FileType2 } from "lucide-react";
import { client, value } from "@/api/client";
import type { Document, Upload } from "@/api/schema";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/states";
import css from "@/features/document/side.module.css";
import type { DraftForm } from "./draft-form";

const word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

interface DraftToolsProps {
  form: DraftForm;
  saved: Document | undefined;
  // What is on the page and not yet saved: the server fills in and converts what it has.
  dirty: boolean;
  onFile: (upload: Upload, file: File) => void;
}

// What the server does for the text of a draft: begin it, turn it into a PDF, look it over.
export function DraftTools({ form, saved, dirty, onFile }: DraftToolsProps) {
  const t = useText().writing;
  const main = form.files.find((f) => f.role === "main");
  const make = useMutation({
    mutationFn: async (what: "text" | "pdf") => {
      const params = { params: { path: { id: saved?.id ?? "" } } };
      const upload = await value(what === "text" ? client.POST("/api/documents/{id}/text", params) : client.POST("/api/documents/{id}/pdf", params));
      const bytes = await fetch(`/api/uploads/${upload.id}/content`);
      return { upload, file: new File([await bytes.blob()], upload.name, { type: upload.mediaType }) };
    },
    onSuccess: ({ upload, file }) => onFile(upload, file),
  });
  const layout = useQuery({
    queryKey: ["documents", "one", saved?.id, "layout", saved?.version],
    queryFn: () => value(client.GET("/api/documents/{id}/layout", { params: { path: { id: saved?.id ?? "" } } })),
    enabled: false,
  });
  const ready = saved !== undefined && !dirty;
  return (
    <div className={css.tools}>
      {main ? null : (
        <Button small icon={<FilePlus2 size={15} />} disabled={!ready} title={t.beginHint} busy={make.isPending} onClick={() => make.mutate("text")}>
          {t.begin}
        </Button>
      )}
      {main?.mediaType === word ? (
        <Button small icon={<FileType2 size={15} />} disabled={!ready} title={t.convertHint} busy={make.isPending} onClick={() => make.mutate("pdf")}>
          {t.convert}
        </Button>
      ) : null}
      {main ? (
        <Button small icon={<FileCheck2 size={15} />} disabled={!ready} busy={layout.isFetching} onClick={() => void layout.refetch()}>
          {t.check}
        </Button>
      ) : null}
      {ready ? null : <span className={css.wait}>{t.saveFirst}</span>}
      <FormProblem error={make.error ?? layout.error} />
      {ready && layout.data ? <Remarks items={layout.data.items} /> : null}
    </div>
  );
}

function Remarks({ items }: { items: readonly { code: string; text: string }[] }) {
  const t = useText().writing;
  if (items.length === 0) return <span role="status">{t.sound}</span>;
  return (
    <Notice>
      {t.remarks}
      <ul>
        {items.map((r) => (
          <li key={r.code}>{r.text}</li>
        ))}
      </ul>
    </Notice>
  );
}
