import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { client, value } from "@/api/client";
import type { Me, Position, Role } from "@/api/schema";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: () => value(client.GET("/api/me")),
  staleTime: 5 * 60_000,
});

// The person signed in; only used inside the desk, which waits for it.
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

export function hasRole(me: Me, ...roles: Role[]): boolean {
  return me.positions.some((p) => roles.includes(p.role));
}

// The agencies of a person, each once, in the order of the positions.
export function agenciesOf(me: Me): { id: string; name: string }[] {
  const seen = new Map<string, string>();
  for (const p of me.positions) if (!seen.has(p.agencyId)) seen.set(p.agencyId, p.agencyName);
  return [...seen].map(([id, name]) => ({ id, name }));
}

// The agencies in which the person holds one of these; undefined is everywhere,
// for the operator of the installation.
export function agenciesUnder(me: Me, ...roles: Role[]): ReadonlySet<string> | undefined {
  if (me.operator) return undefined;
  return new Set(me.positions.filter((p) => roles.includes(p.role)).map((p) => p.agencyId));
}

// Long names in narrow places, shortened as every office does it.
export function briefAgency(name: string): string {
  return name.replace(/Ủy ban nhân dân /g, "UBND ").replace(/Hội đồng nhân dân /g, "HĐND ");
}

export function positionLine(p: Position): string {
  return [p.title, p.unitName, p.agencyName].filter(Boolean).join(" · ");
}
