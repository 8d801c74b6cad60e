import { useQuery } from "@tanstack/react-query";
import { useText } from "@/text/text";
import { Section } from "@/ui/page";
import { signaturesQuery } from "./queries";
import { Report } from "./report";

interface Props {
  owner: "documents" | "arrivals";
  id: string;
  // Another file has other signatures.
  files: readonly { sha256: string; mediaType: string }[];
}

// Beside the document: who signed its files, and whether they are whole.
export function SignaturesPanel({ owner, id, files }: Props) {
  const t = useText().signing.panel;
  const some = files.some((f) => f.mediaType === "application/pdf");
  const { data } = useQuery({ ...signaturesQuery(owner, id, files.map((f) => f.sha256).join()), enabled: some });
  if (!data || data.length === 0) return null;
  return (
    <Section title={t.title}>
      {data.map((f) => (
        <div key={f.sha256}>
          {data.length > 1 ? <p>{f.name}</p> : null}
          <Report report={f.report} />
        </div>
      ))}
    </Section>
  );
}
