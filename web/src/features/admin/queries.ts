import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, value } from "@/api/client";
import { compact, flag, id, oneOf, text } from "@/api/pick";
import type { AccountState, AgencyLevel } from "@/api/schema";

export interface AgencySearch {
  q?: string;
  level?: AgencyLevel;
  retired?: true;
}

export const levels = ["central", "province", "department", "district", "commune", "other"] as const satisfies readonly AgencyLevel[];

export function agencySearch(raw: Record<string, unknown>): AgencySearch {
  return compact({ q: text(raw.q), level: oneOf(raw.level, levels), retired: flag(raw.retired) });
}

export function agenciesQuery(search: AgencySearch) {
  return infiniteQueryOptions({
    queryKey: ["agencies", "list", search],
    queryFn: ({ pageParam }) =>
      value(client.GET("/api/agencies", { params: { query: { ...search, limit: 200, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
}

export function unitsQuery(agencyId: string) {
  return queryOptions({
    queryKey: ["agencies", "units", agencyId],
    queryFn: async () =>
      (await value(client.GET("/api/administration/agencies/{id}/units", { params: { path: { id: agencyId } } }))).items,
    enabled: agencyId !== "",
  });
}

export interface AccountSearch {
  q?: string;
  agencyId?: string;
  state?: AccountState;
}

export const accountStates = ["active", "locked", "left"] as const satisfies readonly AccountState[];

export function accountSearch(raw: Record<string, unknown>): AccountSearch {
  return compact({ q: text(raw.q), agencyId: id(raw.agencyId), state: oneOf(raw.state, accountStates) });
}

export function accountsQuery(search: AccountSearch) {
  return infiniteQueryOptions({
    queryKey: ["accounts", "list", search],
    queryFn: ({ pageParam }) =>
      value(
        client.GET("/api/administration/accounts", { params: { query: { ...search, limit: 100, cursor: pageParam } } }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
}

export function accountQuery(account: string) {
  return queryOptions({
    queryKey: ["accounts", "one", account],
    queryFn: () => value(client.GET("/api/administration/accounts/{id}", { params: { path: { id: account } } })),
  });
}
