import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { client, value } from "@/api/client";

export const mailboxesQuery = queryOptions({
  queryKey: ["mailboxes"],
  queryFn: async () => (await value(client.GET("/api/mailboxes"))).items,
});

export const quarantineQuery = infiniteQueryOptions({
  queryKey: ["quarantine", "list"],
  queryFn: ({ pageParam }) =>
    value(client.GET("/api/quarantine", { params: { query: { limit: 100, cursor: pageParam } } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last) => last.next,
});

export function quarantinedQuery(id: string) {
  return queryOptions({
    queryKey: ["quarantine", "one", id],
    queryFn: () => value(client.GET("/api/quarantine/{id}", { params: { path: { id } } })),
  });
}

export function previewQuery(id: string) {
  return queryOptions({
    queryKey: ["quarantine", "preview", id],
    queryFn: () => value(client.GET("/api/quarantine/{id}/preview", { params: { path: { id } } })),
  });
}
