import { queryOptions } from "@tanstack/react-query";
import { fileUrl, type AttachedFile, type FileOwner } from "./files";

// A file larger than this is not fetched only to be looked at.
const most = 40 << 20;

// Whether a PDF bears a signature, whole or broken: it names the bytes that it
// covers (ISO 32000-1, 12.8.1), in a place that is never compressed.
export function bearsSignature(pdf: ArrayBuffer): boolean {
  return /\/ByteRange\s*\[/.test(new TextDecoder("latin1").decode(pdf));
}

// Nothing is said of what was not looked at.
export function signatureQuery(owner: FileOwner, file: AttachedFile | undefined) {
  return queryOptions({
    queryKey: ["signature", file?.sha256 ?? ""],
    enabled: file !== undefined && file.mediaType === "application/pdf" && file.size <= most,
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const answer = await fetch(fileUrl(owner, file?.sha256 ?? ""), { signal });
      return answer.ok ? bearsSignature(await answer.arrayBuffer()) : null;
    },
  });
}
