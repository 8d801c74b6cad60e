import { expect, test } from "vitest";
import { distinctNames } from "./names";

const city = { id: "c", name: "Ủy ban nhân dân thành phố Trà Vinh", code: "H59.31" };
const town = { id: "t", name: "Ủy ban nhân dân thị xã Duyên Hải", code: "H59.37" };
const ward = (id: string, name: string, parentId: string) => ({ id, name, parentId, code: `H59.${id}` });

test("D2: agencies of one name are told apart by the agency they belong to", () => {
  const names = distinctNames([city, town, ward("1", "Ủy ban nhân dân phường 1", "c"), ward("2", "Ủy ban nhân dân phường 1", "t"), ward("3", "Ủy ban nhân dân phường 3", "c")]);
  expect(names.get("1")).toBe("Ủy ban nhân dân phường 1, UBND thành phố Trà Vinh");
  expect(names.get("2")).toBe("Ủy ban nhân dân phường 1, UBND thị xã Duyên Hải");
  expect(names.get("3"), "and nobody else").toBe("Ủy ban nhân dân phường 3");
});

test("D2: where the parent does not tell them apart, the code does", () => {
  const names = distinctNames([city, ward("1", "Trạm Y tế", "c"), ward("2", "trạm y tế", "c")]);
  expect(names.get("1")).toBe("Trạm Y tế, UBND thành phố Trà Vinh (H59.1)");
  expect(new Set(names.values()).size).toBe(3);
});
