import { compact, day, flag, id, oneOf, text } from "@/api/pick";
import type { ArrivalState, Source, Urgency } from "@/api/schema";

export const arrivalStates = ["awaiting", "registered", "refused", "inside", "taken_back", "recalled"] as const satisfies readonly ArrivalState[];
export const sources = ["local", "mail", "inside", "axis", "peer", "paper"] as const satisfies readonly Source[];
export const urgencies = ["flash", "flash_at", "very_urgent", "urgent", "normal"] as const satisfies readonly Urgency[];

export interface IncomingSearch {
  q?: string;
  state?: ArrivalState;
  source?: Source;
  kind?: string;
  urgency?: Urgency;
  followed?: true;
  agencyId?: string;
  from?: string;
  until?: string;
}

export function incomingSearch(raw: Record<string, unknown>): IncomingSearch {
  return compact({
    q: text(raw.q),
    state: oneOf(raw.state, arrivalStates),
    source: oneOf(raw.source, sources),
    kind: text(raw.kind, 50),
    urgency: oneOf(raw.urgency, urgencies),
    followed: flag(raw.followed),
    agencyId: id(raw.agencyId),
    from: day(raw.from),
    until: day(raw.until),
  });
}
