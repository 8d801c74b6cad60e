import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { client, value } from "@/api/client";
import { compact, id, oneOf } from "@/api/pick";
import type { Direction } from "@/api/schema";

export interface RegisterSearch {
  direction?: Direction;
  year?: number;
  agencyId?: string;
}

export function registerSearch(raw: Record<string, unknown>): RegisterSearch {
  const year = Number(raw.year);
  return compact({
    direction: oneOf(raw.direction, ["outgoing", "incoming"] as const),
    year: Number.isInteger(year) && year >= 1945 && year <= 9999 ? year : undefined,
    agencyId: id(raw.agencyId),
  });
}

export function registersQuery(search: RegisterSearch) {
  return queryOptions({
    queryKey: ["registers", "list", search],
    queryFn: async () => (await value(client.GET("/api/registers", { params: { query: search } }))).items,
  });
}

export function entriesQuery(register: string) {
  return infiniteQueryOptions({
    queryKey: ["registers", "entries", register],
    queryFn: ({ pageParam }) =>
      value(
        client.GET("/api/registers/{id}/entries", {
          params: { path: { id: register }, query: { limit: 200, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
  });
}

// The numbers that wait for their documents.
export function reservedQuery(register: string) {
  return queryOptions({
    queryKey: ["registers", "reserved", register],
    queryFn: async () =>
      (await value(client.GET("/api/registers/{id}/entries", { params: { path: { id: register }, query: { reserved: true, limit: 200 } } }))).items,
  });
}
