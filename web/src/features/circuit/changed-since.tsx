import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Document } from "@/api/schema";
import { DifferenceDialog } from "@/features/document/difference-dialog";
import { mainFile } from "@/features/document/files";
import { useMe } from "@/features/session/me";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { circuitQuery } from "./queries";

// A document that comes back with another file says what changed since the
// version that the person last spoke about, or else anybody did.
export function ChangedSince({ document: d }: { document: Document }) {
  const t = useText().ready.difference;
  const me = useMe();
  const { data } = useQuery({ ...circuitQuery(d.id), enabled: d.state === "submitted" || d.state === "draft" });
  const [open, setOpen] = useState(false);
  const now = mainFile(d.files)?.sha256;
  const said = data?.answers.filter((a) => a.sha256) ?? [];
  const last = said.findLast((a) => a.actorName === me.fullName) ?? said.findLast((a) => a.sha256 !== now);
  if (!last || !now || last.sha256 === now) return null;
  return (
    <>
      <Button small onClick={() => setOpen(true)}>
        {t.since(last.fileVersion)}
      </Button>
      {open ? <DifferenceDialog documentId={d.id} from={last.sha256} to={now} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
