import { expect, test } from "vitest";
import type { PageBox, Place } from "@/api/schema";
import { byKey, millimetre, onPage } from "./place-box";

const sheet: PageBox = { left: 0, bottom: 0, right: 595, top: 842 };
const place: Place = { name: "congvan-signature-1", kind: "signature", page: 2, left: 300, bottom: 100, right: 436, top: 157 };

test("C4: a place stays on its page whatever is asked", () => {
  const pages = [sheet, sheet];
  expect(onPage(place, { page: 1, left: 590, bottom: -20 }, pages)).toEqual({ page: 1, left: 595 - 136, bottom: 0 });
  expect(onPage(place, { page: 3, left: -5, bottom: 900 }, pages)).toEqual({ page: 2, left: 0, bottom: 842 - 57 });
  expect(onPage(place, { page: 0, left: 10, bottom: 10 }, pages)).toEqual({ page: 1, left: 10, bottom: 10 });
});

test("C4: arrows move a place by millimetres, and pages by their keys", () => {
  const at = { page: 2, left: 300, bottom: 100 };
  expect(byKey("ArrowRight", false, at)).toEqual({ ...at, left: 300 + millimetre });
  expect(byKey("ArrowUp", true, at)).toEqual({ ...at, bottom: 100 + 10 * millimetre });
  expect(byKey("PageUp", false, at)).toEqual({ ...at, page: 1 });
  expect(byKey("a", false, at)).toBeUndefined();
});
