import { expect, test } from "vitest";
import { browserName } from "./browser-name";

test("a device is called by browser and system", () => {
  expect(browserName("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36")).toBe("Chrome 109 · Windows");
  expect(browserName("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0")).toBe("Edge 120 · Windows");
  expect(browserName("curl/8")).toBe("curl/8");
  expect(browserName("")).toBe("?");
});
