import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { Book, Register } from "@/api/schema";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { ConfirmDialog } from "@/ui/confirm";
import { DateField } from "@/ui/date-field";
import { SelectField, TextField } from "@/ui/field";
import { useToast } from "@/ui/toast";

type Format = "xlsx" | "pdf";

const booksOf: Record<Register["direction"], readonly Book[]> = {
  outgoing: ["outgoing", "postal"],
  incoming: ["incoming", "follow_up"],
};

// A book of the register for some days, to be kept or printed.
export function ExportDialog({ register: r, onClose }: { register: Register; onClose: () => void }) {
  const t = useText().register;
  const toast = useToast();
  const [book, setBook] = useState<Book>(booksOf[r.direction][0] ?? "outgoing");
  const [format, setFormat] = useState<Format>("xlsx");
  const [from, setFrom] = useState(`${r.year}-01-01`);
  const [until, setUntil] = useState(`${r.year}-12-31`);
  const [volume, setVolume] = useState("");
  const run = useMutation({
    mutationFn: async () => {
      const query = { book, format, from: from || undefined, until: until || undefined, volume: Number(volume) || undefined, download: true };
      return value(client.GET("/api/registers/{id}/book", { params: { path: { id: r.id }, query }, parseAs: "blob" }));
    },
    onSuccess: (content) => {
      save(content as Blob, `${t.books[book]} ${r.code} ${from}_${until}.${format}`);
      toast({ text: t.ready(t.books[book]) });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={t.export}
      action={t.download}
      busy={run.isPending}
      problem={<FormProblem error={run.error} />}
      onClose={onClose}
      onConfirm={() => run.mutate()}
    >
      <SelectField label={t.book} value={book} onChange={(e) => setBook(e.target.value as Book)}>
        {booksOf[r.direction].map((b) => (
          <option key={b} value={b}>
            {t.books[b]}
          </option>
        ))}
      </SelectField>
      <SelectField label={t.format} value={format} onChange={(e) => setFormat(e.target.value as Format)}>
        {(["xlsx", "pdf"] as const).map((f) => (
          <option key={f} value={f}>
            {t.formats[f]}
          </option>
        ))}
      </SelectField>
      <DateField label={t.from} value={from} onChange={setFrom} />
      <DateField label={t.until} value={until} onChange={setUntil} />
      <TextField
        label={t.volume}
        hint={t.volumeHint}
        inputMode="numeric"
        maxLength={4}
        value={volume}
        onChange={(e) => setVolume(e.target.value.replace(/\D/g, ""))}
      />
    </ConfirmDialog>
  );
}

function save(content: Blob, name: string) {
  const url = URL.createObjectURL(content);
  const link = Object.assign(window.document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
