import { asProblem } from "@/api/problem";
import type { Failure } from "@/ui/states";

// Why a page or a list did not come. A refusal is told as one: who may not see
// a page must not go looking for a fault in the line.
export function failureOf(error: unknown): Failure | undefined {
  if (!error) return undefined;
  const { status, code } = asProblem(error);
  if (status === 401) return "signedOut";
  if (status === 403) return "forbidden";
  if (status === 404 || status === 410) return "missing";
  if (status === 502 || status === 503 || status === 504) return "away";
  return code === "unreachable" ? "line" : "broken";
}
