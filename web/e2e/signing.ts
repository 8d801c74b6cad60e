import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, type Page } from "@playwright/test";
import { password } from "./office";

// What signing needs of the outside: an authenticator, codes, and another reader.

const run = promisify(execFile);

/** An authenticator in the browser that says yes to whatever it is asked. */
async function authenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** Gives the person at the page a passkey; the page stands on the settings of signing. */
export async function addPasskey(page: Page, name: string, secret = password): Promise<void> {
  await authenticator(page);
  await page.getByRole("button", { name: "Thêm khóa đăng nhập" }).click();
  const adding = page.getByRole("dialog", { name: "Thêm khóa đăng nhập" });
  await adding.getByLabel("Tên khóa").fill(name);
  await adding.getByLabel("Mật khẩu hiện tại").fill(secret);
  await adding.getByRole("button", { name: "Tiếp tục" }).click();
  await expect(page.getByText("Đã thêm khóa đăng nhập.")).toBeVisible();
}

/** A one-time code that the person has not used yet: each serves once. */
export async function oneTimeCode(login: string): Promise<string> {
  let code = "";
  await expect
    .poll(
      async () => {
        const now = (await run(process.env.CONGVAN_E2E_BINARY ?? "", ["demo", "code"])).stdout.trim();
        const unused = now !== used.get(login);
        if (unused) code = now;
        return unused;
      },
      { timeout: 120_000 },
    )
    .toBe(true);
  used.set(login, code);
  return code;
}

const used = new Map<string, string>();

/** Signs what the dialog is about, proving presence by a code, and closes it. */
export async function signByCode(page: Page, login: string, dialogName: string, button: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: dialogName });
  await dialog.getByLabel("Mã 6 chữ số").fill(await oneTimeCode(login));
  await dialog.getByRole("button", { name: button }).click();
  await done(page);
}

/** Waits for a batch to be through and closes its dialog. */
export async function done(page: Page): Promise<void> {
  await expect(page.getByText("Đã xong.")).toBeVisible({ timeout: 120_000 });
  await page.getByRole("dialog").getByRole("button", { name: "Đóng", exact: true }).last().click();
}

/** What another reader says of a file. */
export async function tell(tool: string, args: readonly string[], file: Buffer): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "congvan-sign-"));
  try {
    const at = path.join(folder, "van-ban.pdf");
    await writeFile(at, file);
    return (await run(tool, args.map((a) => (a === "FILE" ? at : a)))).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const pdfsig = (file: Buffer): Promise<string> => tell("pdfsig", ["-nocert", "FILE"], file);
