import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, value } from "@/api/client";
import type { IncomingSearch } from "./search";

export function arrivalsQuery(search: IncomingSearch) {
  return infiniteQueryOptions({
    queryKey: ["arrivals", "list", search],
    queryFn: ({ pageParam, signal }) =>
      value(
        client.GET("/api/arrivals", { params: { query: { ...search, limit: 100, cursor: pageParam } }, signal }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
}

export function arrivalQuery(id: string) {
  return queryOptions({
    queryKey: ["arrivals", "one", id],
    queryFn: () => value(client.GET("/api/arrivals/{id}", { params: { path: { id } } })),
  });
}

export function arrivalEventsQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["arrivals", "one", id, "events"],
    queryFn: ({ pageParam }) =>
      value(
        client.GET("/api/arrivals/{id}/events", {
          params: { path: { id }, query: { limit: 100, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
  });
}

// Read anew each time: the next number is a suggestion that others may take.
export function arrivalNumberQuery(id: string) {
  return queryOptions({
    queryKey: ["arrivals", "one", id, "numbering"],
    queryFn: async () =>
      (await value(client.GET("/api/arrivals/{id}/numbering", { params: { path: { id } } }))).items,
    staleTime: 0,
  });
}

// The queue of a clerk: what waits in one agency, in the order of the list.
export function awaitingQuery(agencyId: string) {
  return queryOptions({
    queryKey: ["arrivals", "awaiting", agencyId],
    queryFn: async () =>
      (
        await value(
          client.GET("/api/arrivals", { params: { query: { state: "awaiting", agencyId, limit: 200 } } }),
        )
      ).items.map((a) => a.id),
  });
}

export function heardQuery(id: string) {
  return queryOptions({
    queryKey: ["arrivals", "one", id, "requests"],
    queryFn: async () => (await value(client.GET("/api/arrivals/{id}/requests", { params: { path: { id } } }))).items,
  });
}

export const pendingRequestsQuery = queryOptions({
  queryKey: ["requests"],
  queryFn: async () => (await value(client.GET("/api/requests"))).items,
});
