import type { QueryKey } from "@tanstack/react-query";
import type { Change } from "@/api/schema";

// Which answers a change makes untrue.
export function spoiled(change: Pick<Change, "subjectType" | "subjectId">): readonly QueryKey[] {
  const { subjectId } = change;
  switch (change.subjectType) {
    case "document":
      // What is not named may be what is on the screen, and was mine to read until now.
      if (subjectId === undefined) return [["documents"], ["work"]];
      return [["documents", "list"], ["documents", "one", subjectId], ["work"]];
    case "arrival":
      if (subjectId === undefined) return [["arrivals"], ["requests"], ["work"]];
      return [["arrivals", "list"], ["arrivals", "awaiting"], ["arrivals", "one", subjectId], ["requests"], ["work"]];
    case "mail_item":
      return [["quarantine"], ["mailboxes"], ["work"]];
    case "delegation":
      return [["delegations"], ["me"], ["work"]];
    case "casefile":
    case "catalogue":
      return [["casefiles"], ["catalogue"]];
    case "notice":
      return [["notices"]];
    case "duty":
      return [["duties"]];
    default:
      return [["mailboxes"]];
  }
}

export function parseChange(text: string): Change | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && "subjectType" in body) return body as Change;
  } catch {
    // A change that cannot be read is one that cannot be followed; the next reset catches up.
  }
  return undefined;
}

// A hundred deliveries of one document are one thing to read again: each key once.
export class Spoils {
  private readonly keys = new Map<string, QueryKey>();

  add(keys: readonly QueryKey[]): void {
    for (const key of keys) this.keys.set(JSON.stringify(key), key);
  }

  take(): readonly QueryKey[] {
    const all = [...this.keys.values()];
    this.keys.clear();
    return all;
  }
}
