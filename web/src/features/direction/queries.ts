import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, value } from "@/api/client";
import { compact, id, oneOf } from "@/api/pick";
import type { LineView } from "@/api/schema";

export const lineViews = ["todo", "mine", "direct", "unit", "given", "to_give", "late"] as const satisfies readonly LineView[];

export interface LineSearch {
  view?: LineView;
  holderId?: string;
}

export function lineSearch(raw: Record<string, unknown>): LineSearch {
  return compact({ view: oneOf(raw.view, lineViews), holderId: id(raw.holderId) });
}

export function linesQuery(search: LineSearch) {
  return infiniteQueryOptions({
    queryKey: ["arrivals", "lines", search],
    queryFn: ({ pageParam, signal }) =>
      value(
        client.GET("/api/lines", {
          params: { query: { view: search.view ?? "todo", holderId: search.holderId, limit: 100, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
}

export const lateQuery = queryOptions({
  queryKey: ["arrivals", "late"],
  queryFn: async () => (await value(client.GET("/api/late"))).items,
});

export const phrasesQuery = queryOptions({
  queryKey: ["phrases"],
  queryFn: async () => (await value(client.GET("/api/phrases"))).items,
  staleTime: 60_000,
});

// Units and people of one agency, to whom a line may be given.
export function holdersQuery(agencyId: string) {
  return queryOptions({
    queryKey: ["people", agencyId, "holders"],
    queryFn: () => value(client.GET("/api/people", { params: { query: { agencyId } } })),
    staleTime: 60_000,
  });
}

export function viewsQuery(arrivalId: string) {
  return queryOptions({
    queryKey: ["arrivals", "one", arrivalId, "views"],
    queryFn: async () => (await value(client.GET("/api/arrivals/{id}/views", { params: { path: { id: arrivalId } } }))).items,
    retry: false,
  });
}

// To whom an agency forwards what arrives.
export function rulesQuery(agencyId: string) {
  return queryOptions({
    queryKey: ["forward-rules", agencyId],
    queryFn: () => value(client.GET("/api/agencies/{id}/forward-rules", { params: { path: { id: agencyId } } })),
  });
}
