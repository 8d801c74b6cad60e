import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, value } from "@/api/client";
import { fieldMessage } from "@/api/problem";
import type { CertificateNew, KeyProvider } from "@/api/schema";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, SelectField, TextField } from "@/ui/field";
import { useToast } from "@/ui/toast";
import { certificatesQuery, sealsQuery } from "./queries";

async function base64(file: File | undefined): Promise<string | undefined> {
  if (!file) return undefined;
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (const b of bytes) text += String.fromCharCode(b);
  return btoa(text);
}

// A certificate of my own, or with an agency the seal of that.
export function KeyDialog({ agencyId, onClose }: { agencyId?: string; onClose: () => void }) {
  const text = useText();
  const t = text.signing.settings;
  const [provider, setProvider] = useState<KeyProvider>("software");
  const [words, setWords] = useState({ password: "", reference: "", pin: "" });
  const [files, setFiles] = useState<{ file?: File; image?: File }>({});
  const toast = useToast();
  const queries = useQueryClient();
  const add = useMutation({
    mutationFn: async () => {
      const body: CertificateNew = { provider, file: await base64(files.file), image: await base64(files.image) };
      if (provider === "software") body.password = words.password;
      if (provider === "remote" || provider === "device") body.reference = words.reference;
      if (provider === "device") body.pin = words.pin;
      return value(
        agencyId
          ? client.POST("/api/administration/agencies/{id}/seals", { params: { path: { id: agencyId } }, body })
          : client.POST("/api/me/certificates", { body }),
      );
    },
    onSuccess: () => {
      toast({ text: t.added });
      onClose();
    },
    onSettled: () =>
      queries.invalidateQueries({ queryKey: agencyId ? sealsQuery(agencyId).queryKey : certificatesQuery.queryKey }),
  });
  const providers: readonly KeyProvider[] = agencyId ? ["software", "device"] : ["software", "remote", "local"];
  return (
    <Dialog
      title={agencyId ? t.addSealTitle : t.addTitle}
      onClose={onClose}
      onSubmit={() => !add.isPending && add.mutate()}
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button type="submit" look="primary" busy={add.isPending}>
            {t.add}
          </Button>
        </>
      }
    >
      <FormProblem error={add.error} shown={["file", "password", "reference", "image"]} />
      <SelectField label={t.provider} value={provider} onChange={(e) => setProvider(e.target.value as KeyProvider)}>
        {providers.map((p) => (
          <option key={p} value={p}>
            {text.signing.provider[p]}
          </option>
        ))}
      </SelectField>
      {provider === "remote" ? null : (
        <FileField
          label={provider === "software" ? t.file : t.certificateFile}
          accept={provider === "software" ? ".p12,.pfx" : ".pem,.cer,.crt,.der"}
          error={fieldMessage(add.error, "file")}
          onChoose={(file) => setFiles({ ...files, file })}
        />
      )}
      {provider === "software" ? (
        <TextField
          label={t.password}
          type="password"
          autoComplete="off"
          value={words.password}
          onChange={(e) => setWords({ ...words, password: e.target.value })}
        />
      ) : null}
      {provider === "remote" || provider === "device" ? (
        <TextField
          label={provider === "remote" ? t.reference : t.label}
          required
          maxLength={200}
          value={words.reference}
          onChange={(e) => setWords({ ...words, reference: e.target.value })}
        />
      ) : null}
      {provider === "device" ? (
        <TextField
          label={t.pin}
          type="password"
          autoComplete="off"
          required
          maxLength={100}
          value={words.pin}
          onChange={(e) => setWords({ ...words, pin: e.target.value })}
        />
      ) : null}
      <FileField
        label={agencyId ? t.sealImage : t.image}
        accept="image/png"
        error={fieldMessage(add.error, "image")}
        onChoose={(image) => setFiles({ ...files, image })}
      />
    </Dialog>
  );
}

interface FileFieldProps {
  label: string;
  accept: string;
  error?: string;
  onChoose: (file: File | undefined) => void;
}

function FileField({ label, accept, error, onChoose }: FileFieldProps) {
  return (
    <Field label={label} error={error}>
      {({ id, describedBy }) => (
        <input id={id} aria-describedby={describedBy} type="file" accept={accept} onChange={(e) => onChoose(e.target.files?.[0])} />
      )}
    </Field>
  );
}
