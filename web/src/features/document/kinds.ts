import { queryOptions, useQuery } from "@tanstack/react-query";
import { client, value } from "@/api/client";
import type { Kind } from "@/api/schema";
import { useWording } from "@/text/text";

export const kindsQuery = queryOptions({
  queryKey: ["kinds"],
  queryFn: async () => (await value(client.GET("/api/kinds"))).items,
  staleTime: Infinity,
});

export interface Kinds {
  all: readonly Kind[];
  name: (code: string) => string;
}

export function useKinds(): Kinds {
  const { language } = useWording();
  const { data = [] } = useQuery(kindsQuery);
  return {
    all: data,
    name: (code) => {
      const kind = data.find((k) => k.code === code);
      if (!kind) return "";
      return language === "en" && kind.englishName ? kind.englishName : kind.name;
    },
  };
}
