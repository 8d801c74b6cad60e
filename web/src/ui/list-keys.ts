// The movement of a list by keys, as a function of values: the component only
// listens and scrolls.
export interface ListState {
  // The row that the keys act on; -1 before the first movement.
  at: number;
  marked: ReadonlySet<string>;
  // Where a range with Shift began.
  anchor: number;
}

export type ListAct =
  | { do: "stay" }
  | { do: "move" }
  | { do: "open"; at: number }
  | { do: "find" }
  | { do: "mark" };

export interface ListKey {
  key: string;
  shift?: boolean;
  ctrl?: boolean;
}

export const emptyList: ListState = { at: -1, marked: new Set(), anchor: -1 };

const page = 12;

function clamp(n: number, size: number): number {
  return size === 0 ? -1 : Math.max(0, Math.min(size - 1, n));
}

function range(ids: readonly string[], from: number, to: number): string[] {
  return ids.slice(Math.min(from, to), Math.max(from, to) + 1);
}

export function toggle(marked: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(marked);
  if (!next.delete(id)) next.add(id);
  return next;
}

function target(state: ListState, key: ListKey, size: number): number | undefined {
  switch (key.key) {
    case "j":
    case "ArrowDown":
      return clamp(state.at + 1, size);
    case "k":
    case "ArrowUp":
      return clamp(state.at - 1, size);
    case "PageDown":
      return clamp(state.at + page, size);
    case "PageUp":
      return clamp(state.at - page, size);
    case "Home":
      return clamp(0, size);
    case "End":
      return clamp(size - 1, size);
    default:
      return undefined;
  }
}

// What a key does to a list of these ids. Ids that are gone lose their mark.
export function press(
  state: ListState,
  key: ListKey,
  ids: readonly string[],
  selectable: boolean,
): [ListState, ListAct] {
  const to = key.ctrl ? undefined : target(state, key, ids.length);
  if (to !== undefined) {
    if (key.shift && selectable && key.key.startsWith("Arrow") && state.at >= 0) {
      const anchor = state.anchor >= 0 ? state.anchor : state.at;
      return [{ at: to, anchor, marked: new Set(range(ids, anchor, to)) }, { do: "move" }];
    }
    return [{ ...state, at: to, anchor: -1 }, { do: "move" }];
  }
  const id = ids[state.at];
  if (key.key === "Enter" || key.key === "o") {
    return id === undefined ? [state, { do: "stay" }] : [state, { do: "open", at: state.at }];
  }
  if ((key.key === "x" || key.key === " ") && selectable && id !== undefined) {
    return [{ ...state, marked: toggle(state.marked, id), anchor: state.at }, { do: "mark" }];
  }
  if (key.key === "a" && key.ctrl && selectable) {
    return [{ ...state, marked: new Set(ids) }, { do: "mark" }];
  }
  if (key.key === "Escape" && state.marked.size > 0) {
    return [{ ...state, marked: new Set(), anchor: -1 }, { do: "mark" }];
  }
  if (key.key === "/") return [state, { do: "find" }];
  return [state, { do: "stay" }];
}

// After the rows changed under the reader: the current row stays the same
// document, wherever it went; when it is gone, its neighbour takes its place.
export function follow(state: ListState, before: readonly string[], after: readonly string[]): ListState {
  const id = before[state.at];
  const found = id === undefined ? -1 : after.indexOf(id);
  const at = state.at < 0 ? -1 : found >= 0 ? found : clamp(state.at, after.length);
  const there = new Set(after);
  const marked = new Set([...state.marked].filter((m) => there.has(m)));
  return { at, marked, anchor: -1 };
}
