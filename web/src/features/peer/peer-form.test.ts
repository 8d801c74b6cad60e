import { expect, test } from "vitest";
import { peerForm, toPeerEdit, toPeerNew } from "./peer-form";

test("what a kind of connection does not need is not sent", () => {
  const form = { ...peerForm(undefined), name: " Sở ", system: "so", endpoint: "https://x", ourSystem: "ta", ourSecret: "s", publicKey: "k" };
  expect(toPeerNew({ ...form, kind: "system" })).toEqual({
    kind: "system", name: "Sở", system: "so", mostMiB: 512, perMinute: 600, reused: false,
  });
  expect(toPeerNew({ ...form, kind: "axis" })).toEqual({
    kind: "axis", name: "Sở", endpoint: "https://x", ourSystem: "ta", ourSecret: "s", mostMiB: 512, perMinute: 600,
  });
  expect(toPeerNew(form).publicKey).toBe("k");
});

test("a secret that was not typed again stays", () => {
  expect(toPeerEdit({ ...peerForm(undefined), kind: "axis" }).ourSecret).toBeUndefined();
});
