import { queryOptions } from "@tanstack/react-query";
import { client, value } from "@/api/client";
import type { SigningAct } from "@/api/schema";

export function waitingQuery(act: SigningAct) {
  return queryOptions({
    queryKey: ["documents", "waiting", act],
    queryFn: async () => (await value(client.GET("/api/signing/waiting", { params: { query: { act } } }))).items,
  });
}

export function placesQuery(id: string, sha256: string) {
  return queryOptions({
    queryKey: ["documents", "one", id, "places", sha256],
    queryFn: () => value(client.GET("/api/documents/{id}/places", { params: { path: { id } } })),
  });
}

export const certificatesQuery = queryOptions({
  queryKey: ["me", "certificates"],
  queryFn: () => value(client.GET("/api/me/certificates")),
});

export const meansQuery = queryOptions({
  queryKey: ["me", "presence"],
  queryFn: () => value(client.GET("/api/me/presence")),
});

export function sealsQuery(agencyId: string) {
  return queryOptions({
    queryKey: ["seals", agencyId],
    queryFn: () => value(client.GET("/api/administration/agencies/{id}/seals", { params: { path: { id: agencyId } } })),
  });
}

export function ordersQuery(batchId: string) {
  return queryOptions({
    queryKey: ["signing", "orders", batchId],
    queryFn: async () => (await value(client.GET("/api/signing/orders", { params: { query: { batchId } } }))).items,
  });
}

export function signaturesQuery(owner: "documents" | "arrivals", id: string, version: string) {
  return queryOptions({
    queryKey: [owner, "one", id, "signatures", version],
    queryFn: async () =>
      (
        await value(
          owner === "documents"
            ? client.GET("/api/documents/{id}/signatures", { params: { path: { id } } })
            : client.GET("/api/arrivals/{id}/signatures", { params: { path: { id } } }),
        )
      ).items,
    staleTime: 60_000,
  });
}
