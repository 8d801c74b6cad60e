import { queryOptions } from "@tanstack/react-query";
import { client, value } from "@/api/client";
import { addDays } from "@/ui/dates";

export const delegationsQuery = (past: boolean) =>
  queryOptions({
    queryKey: ["delegations", past],
    queryFn: async () => (await value(client.GET("/api/delegations", { params: { query: { past } } }))).items,
  });

export const rosterQuery = (agencyId: string, week: string) =>
  queryOptions({
    queryKey: ["duties", agencyId, week],
    queryFn: () => value(client.GET("/api/agencies/{id}/duties", { params: { path: { id: agencyId }, query: { week } } })),
    enabled: agencyId !== "",
  });

// The people of an agency who may be chosen.
export const colleaguesQuery = (agencyId: string) =>
  queryOptions({
    queryKey: ["people", agencyId, "all"],
    queryFn: async () => (await value(client.GET("/api/people", { params: { query: { agencyId } } }))).positions,
    enabled: agencyId !== "",
    staleTime: 60_000,
  });

/** The Monday of the week that the day lies in. */
export function mondayOf(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return addDays(day, -((weekday + 6) % 7));
}
