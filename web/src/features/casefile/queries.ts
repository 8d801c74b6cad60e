import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { client, value } from "@/api/client";
import { compact, flag, oneOf, text } from "@/api/pick";
import type { CaseFileState } from "@/api/schema";

export const states = ["open", "closed", "destroyed"] as const;

export interface CaseFileSearch {
  q?: string;
  year?: number;
  state?: CaseFileState;
  mine?: true;
  tab?: "catalogue";
}

export function caseFileSearch(raw: Record<string, unknown>): CaseFileSearch {
  const year = Number(raw.year);
  return compact({
    q: text(raw.q),
    year: Number.isInteger(year) && year >= 1990 && year <= 2200 ? year : undefined,
    state: oneOf(raw.state, states),
    mine: flag(raw.mine),
    tab: oneOf(raw.tab, ["catalogue"] as const),
  });
}

export function caseFilesQuery({ q, year, state, mine }: CaseFileSearch) {
  return infiniteQueryOptions({
    queryKey: ["casefiles", "list", { q, year, state, mine }],
    queryFn: ({ pageParam }) =>
      value(client.GET("/api/casefiles", { params: { query: { q, year, state, mine, limit: 100, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
  });
}

// In which files a document or arrival lies.
export function holdingQuery(agencyId: string, id: string) {
  return queryOptions({
    queryKey: ["casefiles", "holding", id],
    queryFn: async () => (await value(client.GET("/api/casefiles", { params: { query: { agencyId, holding: id, limit: 50 } } }))).items,
  });
}

// Files that a document can be put into.
export function openFilesQuery(agencyId: string) {
  return queryOptions({
    queryKey: ["casefiles", "open", agencyId],
    queryFn: async () => (await value(client.GET("/api/casefiles", { params: { query: { agencyId, state: "open", limit: 200 } } }))).items,
  });
}

export function caseFileQuery(id: string) {
  return queryOptions({
    queryKey: ["casefiles", "one", id],
    queryFn: () => value(client.GET("/api/casefiles/{id}", { params: { path: { id } } })),
  });
}

export function caseFileEventsQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["casefiles", "one", id, "events"],
    queryFn: ({ pageParam }) =>
      value(client.GET("/api/casefiles/{id}/events", { params: { path: { id }, query: { limit: 100, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
  });
}

export function catalogueQuery(agencyId: string, year: number) {
  return queryOptions({
    queryKey: ["catalogue", agencyId, year],
    queryFn: () => value(client.GET("/api/agencies/{id}/catalogue", { params: { path: { id: agencyId }, query: { year } } })),
    enabled: agencyId !== "",
  });
}
