import { defineConfig } from "@playwright/test";
import base from "./playwright.config";

// The pictures of the README, taken from the demo: `npm run screens`.
export default defineConfig(base, { testDir: "screens", testMatch: "*.screen.ts", workers: 1, timeout: 180_000, use: { trace: "off", viewport: { width: 1280, height: 720 } } });
