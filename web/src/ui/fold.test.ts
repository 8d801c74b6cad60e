import { expect, test } from "vitest";
import { fold, rank } from "./fold";

test("fold takes away tone marks, vowel marks and the bar of đ", () => {
  expect(fold("Ủy ban  nhân dân tỉnh Trà Vinh")).toBe("uy ban nhan dan tinh tra vinh");
  expect(fold("ĐỒNG ĐẸP")).toBe("dong dep");
});

test("fold treats composed and decomposed text alike", () => {
  const name = "Sở Thông tin và Truyền thông";
  expect(fold(name.normalize("NFD"))).toBe(fold(name.normalize("NFC")));
});

test("rank finds words by their beginnings, in any order of typing", () => {
  expect(rank("Sở Nội vụ", "noi vu")).toBeGreaterThan(0);
  expect(rank("Sở Nội vụ", "snv")).toBeGreaterThan(0);
  expect(rank("UBND huyện Càng Long", "long")).toBeGreaterThan(0);
  expect(rank("Sở Nội vụ", "oi")).toBe(0);
});

test("rank prefers right marks over wrong ones and beginnings over middles", () => {
  expect(rank("Sở Tư pháp", "tư")).toBeGreaterThan(rank("Sở Tự do", "tư"));
  expect(rank("Sở Tư pháp", "sở")).toBeGreaterThan(rank("Giám đốc sở", "sở"));
});
