import type { CaseFileState } from "@/api/schema";
import { useText } from "@/text/text";
import { Badge } from "@/ui/badge";

const tones = { open: "accent", closed: "done", destroyed: "quiet" } as const;

export function CaseFileBadge({ state, frozen }: { state: CaseFileState; frozen: boolean }) {
  const t = useText().casefile;
  return (
    <>
      <Badge tone={tones[state]}>{t.states[state]}</Badge> {frozen ? <Badge tone="soon">{t.frozen}</Badge> : null}
    </>
  );
}
