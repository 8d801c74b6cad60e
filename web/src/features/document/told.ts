import type { Event } from "@/api/schema";

export interface Told {
  // What it was about: the recipient, the number that was taken.
  about: string;
  // Who did it; empty where the system did it by itself.
  by: string;
  // What else is known, in the order it was recorded.
  rest: readonly (readonly [name: string, value: string])[];
}

// What stands in the headline of each act; the rest stands below it.
const headlines = ["recipient", "reference", "arrivalNumber"] as const;

// An identifier says nothing to a person.
const identifier = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

// An event as it is told: what happened, then by whom. A receiver's act reaches
// the sender by the exchange, and the person who did it is named in its data.
export function told(event: Pick<Event, "actorName" | "actorTitle" | "data">): Told {
  const { byName, ...data } = event.data;
  const head = headlines.find((name) => data[name]);
  const actor = [event.actorName, event.actorTitle].filter(Boolean).join(", ");
  return {
    about: head ? (data[head] ?? "") : "",
    by: byName || actor,
    rest: Object.entries(data).filter(([name, value]) => name !== head && value !== "" && !identifier.test(value)),
  };
}

// A place for a signature, as the file names it: "congvan-signature-1".
export function placeOf(name: string): { kind: string; nth: number } | undefined {
  const found = /^congvan-([a-z]+)-(\d+)$/.exec(name);
  return found?.[1] ? { kind: found[1], nth: Number(found[2]) } : undefined;
}

// The words that went with the last act of this kind.
export function lastNote(events: readonly Pick<Event, "verb" | "data">[], verb: string): string {
  return events.findLast((e) => e.verb === verb)?.data.note ?? "";
}
