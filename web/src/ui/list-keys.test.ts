import { expect, test } from "vitest";
import { emptyList, follow, press, type ListKey, type ListState } from "./list-keys";

const ids = ["a", "b", "c", "d"];

function play(keys: (string | ListKey)[], state: ListState = emptyList, rows = ids, selectable = true) {
  let act;
  for (const k of keys) [state, act] = press(state, typeof k === "string" ? { key: k } : k, rows, selectable);
  return { state, act };
}

test("N7: j, k and arrows move and stop at the ends", () => {
  expect(play(["j"]).state.at).toBe(0);
  expect(play(["j", "ArrowDown", "j", "j", "j", "j"]).state.at).toBe(3);
  expect(play(["j", "k", "ArrowUp"]).state.at).toBe(0);
  expect(play(["End"]).state.at).toBe(3);
  expect(play(["End", "Home"]).state.at).toBe(0);
});

test("N7: Enter opens the current row and nothing else", () => {
  expect(play(["Enter"]).act).toEqual({ do: "stay" });
  expect(play(["j", "j", "Enter"]).act).toEqual({ do: "open", at: 1 });
});

test("N7: x marks, Shift and arrows mark a range, Escape clears", () => {
  expect([...play(["j", "x", "j", "x"]).state.marked]).toEqual(["a", "b"]);
  expect([...play(["j", "x", "x"]).state.marked]).toEqual([]);
  const shiftDown = { key: "ArrowDown", shift: true };
  const shiftUp = { key: "ArrowUp", shift: true };
  expect([...play(["j", "j", shiftDown, shiftDown]).state.marked]).toEqual(["b", "c", "d"]);
  expect([...play(["j", "j", shiftDown, shiftDown, shiftUp]).state.marked]).toEqual(["b", "c"]);
  expect(play(["j", "x", "Escape"]).state.marked.size).toBe(0);
  expect(play([{ key: "a", ctrl: true }]).state.marked.size).toBe(4);
});

test("a list without selection never marks", () => {
  expect(play(["j", "x", { key: "a", ctrl: true }], emptyList, ids, false).state.marked.size).toBe(0);
});

test("an empty list stays where it is", () => {
  expect(play(["j", "End", "Enter"], emptyList, []).state.at).toBe(-1);
});

test("the current row follows its document when the list moves live", () => {
  const { state } = play(["j", "j", "x"]);
  expect(follow(state, ids, ["new", ...ids])).toMatchObject({ at: 2 });
  const gone = follow(state, ids, ["a", "c", "d"]);
  expect(gone.at).toBe(1);
  expect(gone.marked.size).toBe(0);
  expect(follow(state, ids, []).at).toBe(-1);
});
