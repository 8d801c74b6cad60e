import type { AccountState } from "@/api/schema";
import type { Tone } from "@/ui/badge";

export const accountTone: Record<AccountState, Tone> = { active: "done", locked: "late", left: "quiet" };
