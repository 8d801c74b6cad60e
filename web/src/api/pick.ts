// What stands in the address bar is anybody's: only known values pass.
export function oneOf<V extends string>(value: unknown, allowed: readonly V[]): V | undefined {
  return allowed.find((a) => a === value);
}

export function someOf<V extends string>(value: unknown, allowed: readonly V[]): V[] | undefined {
  const given = Array.isArray(value) ? value : [value];
  const known = allowed.filter((a) => given.includes(a));
  return known.length > 0 ? known : undefined;
}

export function text(value: unknown, longest = 200): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value.slice(0, longest) : undefined;
}

export function day(value: unknown): string | undefined {
  return typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined;
}

export function id(value: unknown): string | undefined {
  return typeof value === "string" && /^[0-9a-f-]{36}$/.test(value) ? value : undefined;
}

export function flag(value: unknown): true | undefined {
  return value === true || value === "true" ? true : undefined;
}

// Without the absent ones, so that equal searches make equal addresses and query keys.
export function compact<T extends object>(search: T): T {
  return Object.fromEntries(Object.entries(search).filter(([, v]) => v !== undefined)) as T;
}

export function filtered(search: object): boolean {
  return Object.values(search).some((v) => v !== undefined);
}
