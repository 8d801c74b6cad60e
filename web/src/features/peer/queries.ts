import { queryOptions } from "@tanstack/react-query";
import { client, value } from "@/api/client";

export const peersQuery = queryOptions({
  queryKey: ["peers", "list"],
  queryFn: async () => (await value(client.GET("/api/administration/peers"))).items,
  refetchInterval: 15_000,
});

export const keysQuery = queryOptions({
  queryKey: ["peers", "keys"],
  queryFn: async () => (await value(client.GET("/api/administration/exchange-keys"))).items,
});

export function peerAgenciesQuery(id: string) {
  return queryOptions({
    queryKey: ["peers", "agencies", id],
    queryFn: async () => (await value(client.GET("/api/administration/peers/{id}/agencies", { params: { path: { id } } }))).items,
  });
}
