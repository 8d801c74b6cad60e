import type { SpecialDay } from "@/api/schema";
import { parseDay, showDay } from "@/ui/dates";

const worked = /^(làm|làm bù|bù|worked|working)$/i;
const rested = /^(nghỉ|nghỉ lễ|rest|off|day of rest)$/i;

/** Reads pasted lines "day; nghỉ | làm bù; name"; gives the first line that cannot be read instead. */
export function readLines(text: string, year: number): { items: SpecialDay[] } | { badLine: number } {
  const items: SpecialDay[] = [];
  for (const [i, line] of text.normalize("NFC").split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const [typed = "", kind = "", ...name] = line.split(/[;\t]/).map((part) => part.trim());
    const day = parseDay(typed, `${year}-01-01`);
    const working = worked.test(kind);
    if (!day || (!working && !rested.test(kind)) || name.join(" ").trim() === "") return { badLine: i + 1 };
    items.push({ day, working, name: name.join(" ").trim() });
  }
  return { items };
}

export function writeLines(items: readonly SpecialDay[], words: { working: string; rest: string }): string {
  return items.map((d) => `${showDay(d.day)}; ${(d.working ? words.working : words.rest).toLowerCase()}; ${d.name}`).join("\n");
}
