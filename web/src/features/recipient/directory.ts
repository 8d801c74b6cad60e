import { queryOptions, useQuery } from "@tanstack/react-query";
import { client, value } from "@/api/client";
import type { Directory } from "./model";

export const treeQuery = queryOptions({
  queryKey: ["agencies", "tree"],
  queryFn: async () => (await value(client.GET("/api/agency-tree"))).items,
  staleTime: 10 * 60_000,
});

export const groupsQuery = queryOptions({
  queryKey: ["groups"],
  queryFn: async () => (await value(client.GET("/api/groups"))).items,
  staleTime: 60_000,
});

export function peopleQuery(agencyId: string | undefined) {
  return queryOptions({
    queryKey: ["people", agencyId ?? "all"],
    queryFn: () => value(client.GET("/api/people", { params: { query: { agencyId } } })),
    staleTime: 60_000,
  });
}

// The whole directory is here (hundreds of agencies, not millions), so that
// type-ahead answers at once, also over a slow line.
export function useDirectory(agencyId: string | undefined): Directory {
  const agencies = useQuery(treeQuery).data ?? [];
  const groups = useQuery(groupsQuery).data ?? [];
  const people = useQuery(peopleQuery(agencyId)).data;
  return { agencies, groups, units: people?.units ?? [], positions: people?.positions ?? [] };
}
