import { daysBetween } from "@/ui/dates";

export type DueTone = "late" | "soon" | "quiet";

// Amber from two days before on; what is over is neither late nor soon.
export function dueTone(due: string, today: string, over: boolean): DueTone {
  if (over) return "quiet";
  const left = daysBetween(today, due);
  if (left < 0) return "late";
  return left <= 2 ? "soon" : "quiet";
}
