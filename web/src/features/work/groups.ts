import type { ArrivalSummary, DocumentSummary, LineSummary, WorkGroup } from "@/api/schema";

export type Expected = WorkGroup["expected"];

// The first that must be done, whoever asks: decisions before registration, registration before reading.
export const order: readonly Expected[] = ["approve", "sign", "answer", "reassign", "changed", "issue", "seal", "number", "register", "to_give", "direct", "mine", "unit", "refused", "mailboxes", "quarantine", "finish", "read"];

export function ordered(groups: readonly WorkGroup[]): readonly WorkGroup[] {
  return order.flatMap((e) => groups.filter((g) => g.expected === e && g.count > 0));
}

export function countOf(groups: readonly WorkGroup[] | undefined, ...expected: Expected[]): number {
  return (groups ?? []).filter((g) => expected.includes(g.expected)).reduce((n, g) => n + g.count, 0);
}

// All that stands on the page of work, as its badge says it.
export function total(groups: readonly WorkGroup[] | undefined): { count: number; more: boolean } {
  const shown = ordered(groups ?? []);
  return { count: countOf(shown, ...order), more: shown.some((g) => g.more) };
}

export function countText(g: Pick<WorkGroup, "count" | "more">): string {
  return g.more ? `${g.count}+` : String(g.count);
}

export interface LateItem {
  type: "document" | "arrival" | "line";
  item: DocumentSummary | ArrivalSummary | LineSummary;
  dueDate: string;
}

// What is late among the work that is shown, the longest first; each once.
export function late(groups: readonly WorkGroup[], today: string): readonly LateItem[] {
  const found = new Map<string, LateItem>();
  const take = (type: LateItem["type"], item: LateItem["item"]) => {
    if (item.dueDate && item.dueDate < today) found.set(item.id, { type, item, dueDate: item.dueDate });
  };
  for (const g of groups) {
    // What was sent has no due date of the sender's any more.
    if (g.expected === "refused") continue;
    for (const d of g.documents) take("document", d);
    for (const a of g.arrivals) take("arrival", a);
    for (const l of g.lines) take("line", l);
  }
  return [...found.values()].sort((a, b) => a.dueDate.localeCompare(b.dueDate));
}
