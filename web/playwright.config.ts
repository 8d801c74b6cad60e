import { defineConfig } from "@playwright/test";

// The browser is Debian's: an office takes what its distribution keeps safe,
// and so do the tests.
export const chromium = {
  executablePath: process.env.CONGVAN_CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  globalSetup: "./e2e/installation.ts",
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  workers: 2,
  // Long enough for a busy machine: what is waited for comes, however late, and
  // what is wrong is wrong at once or for good.
  timeout: 240_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
  use: {
    launchOptions: chromium,
    viewport: { width: 1366, height: 768 },
    locale: "vi-VN",
    timezoneId: "Asia/Ho_Chi_Minh",
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    trace: { mode: "retain-on-failure", screenshots: false, sources: false },
  },
});
