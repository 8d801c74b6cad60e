import { expect, test } from "vitest";
import type { Agency, Group } from "@/api/schema";
import { addAll, below, dropKeys, fromAgency, fromName, keyOf, offers, prune, toInput, treeOf, turnRole } from "./model";

function agency(id: string, name: string, parentId?: string): Agency {
  return { id, name, parentId, code: `H59.${id}`, shortName: "", abbreviation: "", level: "commune", place: "", email: "", channel: "local", validFrom: "2017-01-01", version: 1 };
}
const ubnd = agency("1", "UBND tỉnh Trà Vinh");
const noivu = agency("2", "Sở Nội vụ", "1");
const canglong = agency("3", "UBND huyện Càng Long", "1");
const xa = agency("4", "UBND xã An Trường", "3");
const all: Group = { id: "g", agencyId: "1", name: "Tất cả xã, phường", shared: true, memberIds: ["4", "3", "9"], version: 1 };
const directory = { agencies: [ubnd, noivu, canglong, xa], groups: [all], units: [], positions: [] };

test("D2: typing without tone marks finds agencies and groups, and offers the words as a free name last", () => {
  const found = offers("noi vu", directory, []);
  expect(found[0]).toMatchObject({ is: "one", choice: { name: "Sở Nội vụ" } });
  expect(found.at(-1)).toEqual({ is: "name", name: "noi vu" });
  const group = offers("tat ca", directory, [])[0];
  expect(group).toMatchObject({ is: "group" });
  expect(group?.is === "group" && group.choices.map((c) => c.name)).toEqual(["UBND huyện Càng Long", "UBND xã An Trường"]);
});

test("D2: what is chosen is not offered again, and codes are found", () => {
  expect(offers("noi vu", directory, [fromAgency(noivu)]).some((o) => o.is === "one")).toBe(false);
  expect(offers("h59.2", directory, [])[0]).toMatchObject({ choice: { agencyId: "2" } });
});

test("a recipient is never there twice, whatever its role", () => {
  const once = addAll([], [fromAgency(noivu), fromAgency(noivu)]);
  expect(once).toHaveLength(1);
  const informed = turnRole(once, keyOf(fromAgency(noivu)));
  expect(informed[0]?.role).toBe("information");
  expect(addAll(informed, [fromAgency(noivu)])).toBe(informed);
  expect(addAll([fromName("Báo Trà Vinh")], [fromName("bao tra vinh")])).toHaveLength(1);
  expect(dropKeys(informed, new Set([keyOf(fromAgency(noivu))]))).toEqual([]);
});

test("what is sent names the place and no more", () => {
  expect(toInput(fromAgency(noivu))).toEqual({ type: "agency", role: "main", agencyId: "2" });
  expect(toInput(fromName("Báo Trà Vinh".normalize("NFD")))).toEqual({ type: "name", role: "main", name: "Báo Trà Vinh" });
});

test("the tree holds everybody once and can be filtered", () => {
  const tree = treeOf(directory.agencies);
  expect(tree.flatMap(below).map((a) => a.id).sort()).toEqual(["1", "2", "3", "4"]);
  const found = prune(tree, "an truong");
  expect(found.flatMap(below).map((a) => a.id)).toEqual(["1", "3", "4"]);
  expect(prune(tree, "không có")).toEqual([]);
});
