import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { client, value } from "@/api/client";
import type { CaseFile, CaseFileRights } from "@/api/schema";
import { useCommand } from "@/features/session/command";
import { FormProblem } from "@/features/session/problem-note";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { SelectField } from "@/ui/field";
import { HeadingFields, type Heading } from "./heading-fields";
import { catalogueQuery } from "./queries";

interface OpenDialogProps {
  agencyId: string;
  year: number;
  onClose: () => void;
  onDone: (file: CaseFile) => void;
}

// Opens a file from a line of the yearly list, or one besides it.
export function OpenDialog({ agencyId, year, onClose, onDone }: OpenDialogProps) {
  const text = useText();
  const t = text.casefile;
  const list = useQuery(catalogueQuery(agencyId, year)).data;
  const lines = (list?.items ?? []).filter((l) => l.approvedAt && !l.caseFileId);
  const [line, setLine] = useState("");
  const [rights, setRights] = useState<CaseFileRights>("restricted");
  const [heading, setHeading] = useState<Heading>({ notation: "", title: "", retention: "10" });
  const open = useCommand({
    agencyId,
    spoils: [["casefiles"], ["catalogue"]],
    run: (input: Heading, header) => {
      const from = lines.find((l) => l.id === line);
      const body = from
        ? { notation: from.notation, title: from.title, retention: from.retention, catalogueId: from.id }
        : { notation: input.notation, title: input.title.trim().normalize("NFC"), retention: Number(input.retention) };
      return value(client.POST("/api/casefiles", { params: { header }, body: { agencyId, year, rights, ...body } }));
    },
    said: () => t.opened,
    onDone,
  });
  return (
    <Dialog
      title={t.open}
      onClose={onClose}
      onSubmit={() => open.mutate(heading)}
      footer={
        <>
          <Button onClick={onClose}>{text.common.cancel}</Button>
          <Button type="submit" look="primary" busy={open.isPending} shortcut="Ctrl ↵">
            {t.open}
          </Button>
        </>
      }
    >
      <FormProblem error={open.error} shown={["notation", "title", "retention"]} />
      <SelectField label={t.openFrom} value={line} onChange={(e) => setLine(e.target.value)}>
        <option value="">{t.outside}</option>
        {lines.map((l) => (
          <option key={l.id} value={l.id}>
            {l.notation} · {l.title}
          </option>
        ))}
      </SelectField>
      {line === "" ? <HeadingFields value={heading} error={open.error} onChange={(change) => setHeading((h) => ({ ...h, ...change }))} /> : null}
      <SelectField label={t.rights} value={rights} onChange={(e) => setRights(e.target.value as CaseFileRights)}>
        <option value="restricted">{t.rightsOf.restricted}</option>
        <option value="public">{t.rightsOf.public}</option>
      </SelectField>
    </Dialog>
  );
}
