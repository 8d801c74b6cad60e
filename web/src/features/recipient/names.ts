import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Agency } from "@/api/schema";
import { briefAgency } from "@/features/session/me";
import { fold } from "@/ui/fold";
import { treeQuery } from "./directory";

type Named = Pick<Agency, "id" | "name" | "code" | "parentId">;

// Tells whether a label is the only one of its kind.
function alone(labels: readonly string[]): (label: string) => boolean {
  const seen = new Map<string, number>();
  for (const l of labels) seen.set(fold(l), (seen.get(fold(l)) ?? 0) + 1);
  return (label) => seen.get(fold(label)) === 1;
}

// Names as they must be read where one of many is chosen: two provinces' worth
// of "UBND phường 1" are told apart by the agency they belong to, and where that
// does not tell them apart, by their codes.
export function distinctNames(agencies: readonly Named[]): ReadonlyMap<string, string> {
  const byId = new Map(agencies.map((a) => [a.id, a]));
  const plain = alone(agencies.map((a) => a.name));
  const placed = agencies.map((a) => {
    const parent = a.parentId ? byId.get(a.parentId) : undefined;
    return plain(a.name) || !parent ? a.name : `${a.name}, ${briefAgency(parent.name)}`;
  });
  const told = alone(placed);
  return new Map(agencies.map((a, i) => [a.id, told(placed[i] ?? "") ? (placed[i] ?? "") : `${placed[i]} (${a.code})`]));
}

// The name of an agency by its id; another name stands as it was given.
export function useAgencyName(): (id: string | undefined, name: string) => string {
  const { data } = useQuery(treeQuery);
  return useMemo(() => {
    const names = distinctNames(data ?? []);
    const plain = new Map((data ?? []).map((a) => [a.id, a.name]));
    return (id, name) => {
      const own = id ? names.get(id) : undefined;
      // A document keeps the name an agency had when it was written to.
      return own && id && plain.get(id) === name ? own : name;
    };
  }, [data]);
}
