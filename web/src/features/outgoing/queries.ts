import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, value } from "@/api/client";
import type { DeliveryState } from "@/api/schema";
import type { OutgoingSearch } from "./search";

const page = 100;

export function documentsQuery(search: OutgoingSearch) {
  return infiniteQueryOptions({
    queryKey: ["documents", "list", search],
    queryFn: ({ pageParam, signal }) =>
      value(
        client.GET("/api/documents", {
          params: { query: { ...search, limit: page, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
}

export function documentQuery(id: string) {
  return queryOptions({
    queryKey: ["documents", "one", id],
    queryFn: () => value(client.GET("/api/documents/{id}", { params: { path: { id } } })),
  });
}

export function deliveriesQuery(id: string, state: DeliveryState | undefined) {
  return infiniteQueryOptions({
    queryKey: ["documents", "one", id, "deliveries", state ?? "all"],
    queryFn: ({ pageParam }) =>
      value(
        client.GET("/api/documents/{id}/deliveries", {
          params: { path: { id }, query: { state, limit: 200, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
}

export function documentEventsQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["documents", "one", id, "events"],
    queryFn: ({ pageParam }) =>
      value(
        client.GET("/api/documents/{id}/events", {
          params: { path: { id }, query: { limit: 100, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
  });
}

export function requestsQuery(id: string) {
  return queryOptions({
    queryKey: ["documents", "one", id, "requests"],
    queryFn: () => value(client.GET("/api/documents/{id}/requests", { params: { path: { id } } })),
  });
}

// What the agency issued last, to choose from.
export function issuedQuery(agencyId: string) {
  return queryOptions({
    queryKey: ["documents", "list", "issued", agencyId],
    queryFn: async () =>
      (await value(client.GET("/api/documents", { params: { query: { state: ["issued"], agencyId, limit: 100 } } }))).items,
  });
}

export function recipientsQuery(id: string) {
  return queryOptions({
    queryKey: ["documents", "one", id, "deliveries", "choice"],
    queryFn: async () =>
      (await value(client.GET("/api/documents/{id}/deliveries", { params: { path: { id }, query: { limit: 200 } } }))).items,
  });
}

// What the next number would read; on a day, with that year's registers.
export function numberPreviewQuery(id: string, day = "") {
  return queryOptions({
    queryKey: ["documents", "one", id, "numbering", day],
    queryFn: async () =>
      (await value(client.GET("/api/documents/{id}/numbering", { params: { path: { id }, query: { day: day || undefined } } }))).items,
    staleTime: 0,
  });
}

// What is to be known before issuing.
export function readinessQuery(id: string) {
  return queryOptions({
    queryKey: ["documents", "one", id, "readiness"],
    queryFn: () => value(client.GET("/api/documents/{id}/readiness", { params: { path: { id } } })),
    staleTime: 0,
  });
}
