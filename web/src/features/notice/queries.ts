import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { client, value } from "@/api/client";

export function noticesQuery(unread: boolean) {
  return infiniteQueryOptions({
    queryKey: ["notices", "list", unread],
    queryFn: ({ pageParam }) => value(client.GET("/api/notices", { params: { query: { unread, limit: 100, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
  });
}

// How much is unread, for the menu; changes come live.
export const unreadQuery = queryOptions({
  queryKey: ["notices", "unread"],
  queryFn: async () => (await value(client.GET("/api/notices", { params: { query: { unread: true, limit: 1 } } }))).unread,
});

export const choiceQuery = queryOptions({
  queryKey: ["notices", "choice"],
  queryFn: () => value(client.GET("/api/me/notices")),
});

export function alarmsQuery(agencyId: string) {
  return queryOptions({
    queryKey: ["alarms", agencyId],
    queryFn: () => value(client.GET("/api/agencies/{id}/alarms", { params: { path: { id: agencyId } } })),
    enabled: agencyId !== "",
  });
}
