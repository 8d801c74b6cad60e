import { expect, test } from "vitest";
import { bearsSignature } from "./signature";

const bytes = (text: string) => new TextEncoder().encode(text).buffer as ArrayBuffer;

test("a signed PDF is known by the bytes its signature covers", () => {
  expect(bearsSignature(bytes("%PDF-1.7\n9 0 obj\n<< /Type /Sig /ByteRange [0 840 960 240] >>"))).toBe(true);
  expect(bearsSignature(bytes("%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>"))).toBe(false);
});
