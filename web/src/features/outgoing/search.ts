import { compact, day, flag, id, oneOf, someOf, text } from "@/api/pick";
import type { DocumentState, Urgency } from "@/api/schema";

export const documentStates = [
  "draft",
  "submitted",
  "approved",
  "signed",
  "numbered",
  "issued",
  "voided",
  "recalled",
  "discarded",
] as const satisfies readonly DocumentState[];

export const urgencies = ["flash", "flash_at", "very_urgent", "urgent", "normal"] as const satisfies readonly Urgency[];

export interface OutgoingSearch {
  q?: string;
  state?: DocumentState[];
  kind?: string;
  urgency?: Urgency;
  mine?: true;
  refusedSince?: string;
  agencyId?: string;
  from?: string;
  until?: string;
}

export function outgoingSearch(raw: Record<string, unknown>): OutgoingSearch {
  return compact({
    q: text(raw.q),
    state: someOf(raw.state, documentStates),
    kind: text(raw.kind, 50),
    urgency: oneOf(raw.urgency, urgencies),
    mine: flag(raw.mine),
    refusedSince: day(raw.refusedSince),
    agencyId: id(raw.agencyId),
    from: day(raw.from),
    until: day(raw.until),
  });
}
