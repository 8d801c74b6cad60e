import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { client, value } from "@/api/client";
import type { Document } from "@/api/schema";

export function circuitQuery(id: string) {
  return queryOptions({
    queryKey: ["documents", "one", id, "circuit"],
    queryFn: () => value(client.GET("/api/documents/{id}/circuit", { params: { path: { id } } })),
  });
}

export function colleaguesQuery(agencyId: string) {
  return queryOptions({
    queryKey: ["people", agencyId, "all"],
    queryFn: async () =>
      (await value(client.GET("/api/people", { params: { query: { agencyId } } }))).positions.filter((p) => p.role !== "admin"),
    enabled: agencyId !== "",
    staleTime: 60_000,
  });
}

// What changes when something is done in a circuit.
export const spoils = [["documents"], ["work"]] as const;

// Tells the server that what waits is being read: from then on its author
// cannot withdraw it. Once for each version that is shown.
export function useOpened(d: Document): void {
  const queries = useQueryClient();
  const waits = d.state === "submitted";
  useEffect(() => {
    if (!waits) return;
    client
      .POST("/api/documents/{id}/opened", { params: { path: { id: d.id } } })
      .then(() => queries.invalidateQueries({ queryKey: ["work"] }))
      // Reading goes on without it; the next look tells it again.
      .catch(() => undefined);
  }, [queries, d.id, d.version, waits]);
}

export function commentsQuery(id: string) {
  return queryOptions({
    queryKey: ["documents", "one", id, "comments"],
    queryFn: async () => (await value(client.GET("/api/documents/{id}/comments", { params: { path: { id } } }))).items,
  });
}

export const defaultsQuery = queryOptions({
  queryKey: ["circuits"],
  queryFn: async () => (await value(client.GET("/api/circuits"))).items,
});
