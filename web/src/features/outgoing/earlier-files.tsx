import { useState } from "react";
import type { Document } from "@/api/schema";
import { DifferenceDialog } from "@/features/document/difference-dialog";
import { FileList } from "@/features/document/file-list";
import { mainFile } from "@/features/document/files";
import { useText } from "@/text/text";
import { Section } from "@/ui/page";

// The versions before, each to be opened and compared with the present one.
export function EarlierFiles({ document: d }: { document: Document }) {
  const t = useText().document;
  const main = mainFile(d.files);
  const [compared, setCompared] = useState<string>();
  if (!d.earlierFiles || d.earlierFiles.length === 0) return null;
  return (
    <Section title={t.earlier}>
      <FileList
        files={d.earlierFiles}
        shown={undefined}
        onShow={(sha256) => window.open(`/api/documents/${d.id}/files/${sha256}`, "_blank", "noreferrer")}
        onCompare={main ? setCompared : undefined}
      />
      {main && compared ? <DifferenceDialog documentId={d.id} from={compared} to={main.sha256} onClose={() => setCompared(undefined)} /> : null}
    </Section>
  );
}
