import type { Agency, Group, Position, RecipientInput, RecipientRole, RecipientType, Unit } from "@/api/schema";
import { fold, rank } from "@/ui/fold";
import { distinctNames } from "./names";

// A recipient as the picker keeps it: what is sent, and what is shown.
export interface Chosen {
  type: RecipientType;
  role: RecipientRole;
  agencyId?: string;
  unitId?: string;
  positionId?: string;
  name: string;
  channel?: string;
}

// One recipient is one place, whatever its role.
export function keyOf(c: Pick<Chosen, "type" | "agencyId" | "unitId" | "positionId" | "name">): string {
  switch (c.type) {
    case "agency":
      return `a:${c.agencyId}`;
    case "unit":
      return `u:${c.unitId}`;
    case "person":
      return `p:${c.positionId}`;
    default:
      return `n:${fold(c.name)}`;
  }
}

export function addAll(chosen: readonly Chosen[], more: readonly Chosen[]): readonly Chosen[] {
  const seen = new Set(chosen.map(keyOf));
  const fresh = more.filter((c) => {
    const key = keyOf(c);
    return seen.has(key) ? false : seen.add(key);
  });
  return fresh.length === 0 ? chosen : [...chosen, ...fresh];
}

export function dropKeys(chosen: readonly Chosen[], keys: ReadonlySet<string>): readonly Chosen[] {
  return chosen.filter((c) => !keys.has(keyOf(c)));
}

export function turnRole(chosen: readonly Chosen[], key: string): readonly Chosen[] {
  return chosen.map((c) =>
    keyOf(c) === key ? { ...c, role: c.role === "main" ? "information" : "main" } : c,
  );
}

export function toInput(c: Chosen): RecipientInput {
  const { type, role, agencyId, unitId, positionId, name } = c;
  switch (type) {
    case "agency":
      return { type, role, agencyId };
    case "unit":
      return { type, role, agencyId, unitId };
    case "person":
      return { type, role, agencyId, positionId };
    default:
      return { type, role, name: name.normalize("NFC") };
  }
}

export const fromAgency = (a: Agency): Chosen => ({
  type: "agency",
  role: "main",
  agencyId: a.id,
  name: a.name,
  channel: a.channel,
});

export const fromUnit = (u: Unit): Chosen => ({
  type: "unit",
  role: "main",
  agencyId: u.agencyId,
  unitId: u.id,
  name: u.name,
  channel: "inside",
});

export const fromPosition = (p: Position): Chosen => ({
  type: "person",
  role: "main",
  agencyId: p.agencyId,
  positionId: p.id,
  name: p.title ? `${p.fullName} (${p.title})` : p.fullName,
  channel: "inside",
});

export const fromName = (name: string): Chosen => ({
  type: "name",
  role: "main",
  name: name.trim().normalize("NFC"),
  channel: "paper",
});

export type Offer =
  | { is: "one"; choice: Chosen; note?: string }
  | { is: "group"; group: Group; choices: readonly Chosen[] }
  | { is: "name"; name: string };

export interface Directory {
  agencies: readonly Agency[];
  groups: readonly Group[];
  units: readonly Unit[];
  positions: readonly Position[];
}

export function membersOf(group: Group, agencies: readonly Agency[]): readonly Chosen[] {
  const ids = new Set(group.memberIds);
  return agencies.filter((a) => ids.has(a.id)).map(fromAgency);
}

function best(...scores: number[]): number {
  return Math.max(0, ...scores);
}

// What the typed letters may mean, best first; last, the words themselves as a
// name outside the directory.
export function offers(typed: string, directory: Directory, chosen: readonly Chosen[], limit = 8): readonly Offer[] {
  const query = typed.trim();
  if (query === "") return [];
  const taken = new Set(chosen.map(keyOf));
  const names = distinctNames(directory.agencies);
  const found: { score: number; offer: Offer }[] = [];
  const one = (score: number, choice: Chosen, note?: string) => {
    if (score > 0 && !taken.has(keyOf(choice))) found.push({ score, offer: { is: "one", choice, note } });
  };
  for (const g of directory.groups) {
    const score = rank(g.name, query);
    if (score > 0) found.push({ score: score + 5, offer: { is: "group", group: g, choices: membersOf(g, directory.agencies) } });
  }
  for (const a of directory.agencies) {
    const code = a.code.toLowerCase().startsWith(query.toLowerCase()) ? 70 : 0;
    const named = names.get(a.id) ?? a.name;
    const note = named === a.name ? a.code : named.slice(a.name.length + 2);
    one(best(rank(a.name, query), rank(a.shortName, query), rank(a.abbreviation, query), rank(named, query) - 1, code), fromAgency(a), note);
  }
  for (const u of directory.units) one(rank(u.name, query) - 2, fromUnit(u));
  for (const p of directory.positions) one(best(rank(p.fullName, query), rank(p.title, query)) - 3, fromPosition(p), p.unitName);
  const sorted = found.sort((x, y) => y.score - x.score).slice(0, limit);
  const free = fromName(query);
  return [...sorted.map((f) => f.offer), ...(taken.has(keyOf(free)) ? [] : [{ is: "name", name: free.name } as const])];
}

export interface TreeNode {
  agency: Agency;
  children: TreeNode[];
}

// Parents come before children in the answer; an agency whose parent is not
// there stands at the top.
export function treeOf(agencies: readonly Agency[]): readonly TreeNode[] {
  const nodes = new Map<string, TreeNode>(agencies.map((a) => [a.id, { agency: a, children: [] }]));
  const top: TreeNode[] = [];
  for (const node of nodes.values()) {
    const parent = node.agency.parentId ? nodes.get(node.agency.parentId) : undefined;
    (parent ? parent.children : top).push(node);
  }
  return top;
}

export function below(node: TreeNode): readonly Agency[] {
  return [node.agency, ...node.children.flatMap(below)];
}

// The part of the tree that answers the typed letters, with the way to it.
export function prune(nodes: readonly TreeNode[], typed: string): readonly TreeNode[] {
  if (typed.trim() === "") return nodes;
  return nodes.flatMap((n) => {
    const children = prune(n.children, typed);
    const hit = rank(n.agency.name, typed) > 0 || rank(n.agency.abbreviation, typed) > 0;
    if (!hit && children.length === 0) return [];
    return [{ agency: n.agency, children: hit ? [...n.children] : [...children] }];
  });
}
