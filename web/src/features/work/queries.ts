import { queryOptions } from "@tanstack/react-query";
import { client, value } from "@/api/client";

export const workQuery = queryOptions({
  queryKey: ["work"],
  queryFn: async () => (await value(client.GET("/api/work"))).groups,
  staleTime: 15_000,
});
