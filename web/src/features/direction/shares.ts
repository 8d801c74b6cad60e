import type { LineAsks, LineRole, Share } from "@/api/schema";

// One row of the form: to whom ("unit:…" or "position:…"), as what, until when.
export interface ShareRow {
  key: number;
  holder: string;
  role: LineRole;
  due: string;
}

// The first leads, all others coordinate: as the office mostly wants it.
export function nextRow(rows: readonly ShareRow[], due: string): ShareRow {
  return {
    key: Math.max(0, ...rows.map((r) => r.key)) + 1,
    holder: "",
    role: rows.some((r) => r.role === "lead") ? "coordinate" : "lead",
    due,
  };
}

// Exactly one leads: who is made the lead takes it from the one before.
export function withRole(rows: readonly ShareRow[], key: number, role: LineRole): ShareRow[] {
  return rows.map((r) => {
    if (r.key === key) return { ...r, role };
    return role === "lead" && r.role === "lead" ? { ...r, role: "coordinate" } : r;
  });
}

export function toShares(rows: readonly ShareRow[], asks: LineAsks, inform: boolean): Share[] {
  return rows
    .filter((r) => r.holder !== "")
    .map((r) => {
      const at = r.holder.indexOf(":");
      const target = r.holder.slice(at + 1);
      const role = inform ? "inform" : r.role;
      const unit = r.holder.startsWith("unit:");
      return {
        unitId: unit ? target : undefined,
        positionId: unit ? undefined : target,
        role,
        asks: role === "lead" ? asks : "work",
        dueDate: role === "inform" || !r.due ? undefined : r.due,
      };
    });
}
