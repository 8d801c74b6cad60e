import { useState } from "react";
import type { Document } from "@/api/schema";
import { useText } from "@/text/text";
import { Facts } from "@/ui/page";
import { Sha } from "./file-list";
import { mainFile } from "./files";

export function SeenFile({ document: d }: { document: Document }) {
  const t = useText().document;
  const main = mainFile(d.files);
  return <Facts facts={[[t.confirm.seenFile, main ? `${main.name}` : ""], [t.sha, main ? <Sha key="sha" value={main.sha256} /> : ""]]} />;
}

export interface Seen {
  seenSha256: string;
  seenVersion: number;
}

// What was on the screen when the person set out to decide: a change that comes
// in meanwhile must not be decided on unseen.
export function useSeen(d: Document): Seen {
  return useState(() => ({ seenSha256: mainFile(d.files)?.sha256 ?? "", seenVersion: d.version }))[0];
}
