import type { File } from "@/api/schema";

// What a file has in common wherever it hangs: on a draft or on an arrival.
export type AttachedFile = Pick<File, "role" | "name" | "sha256" | "size" | "mediaType"> & { id?: string; version?: number };

export type FileOwner = { type: "documents" | "arrivals"; id: string };

// The address of the bytes: rights come from the document, the hash says which file.
export function fileUrl(owner: FileOwner, sha256: string, download = false): string {
  return `/api/${owner.type}/${owner.id}/files/${sha256}${download ? "?download=true" : ""}`;
}

export function mainFile<F extends { role: string }>(files: readonly F[]): F | undefined {
  return files.find((f) => f.role === "main");
}

// What is read first: the main file, or else the first PDF, or else the first.
export function firstFile<F extends { role: string; mediaType: string }>(files: readonly F[]): F | undefined {
  return mainFile(files) ?? files.find((f) => f.mediaType === "application/pdf") ?? files[0];
}
