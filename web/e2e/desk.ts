import { expect, type Page } from "@playwright/test";
import { pdfType } from "./paper";

// What people do at the desk, in the words of the Vietnamese screens.

export interface Given {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

export function pdf(buffer: Buffer, name = "chi-thi.pdf"): Given {
  return { name, mimeType: pdfType, buffer };
}

export async function attachMain(page: Page, file: Given): Promise<void> {
  await page.locator('input[type=file][aria-label="Tệp chính"]').setInputFiles(file);
}

export async function attachAnnex(page: Page, file: Given): Promise<void> {
  await page.locator('input[type=file][aria-label^="Phụ lục"]').setInputFiles(file);
}

/** Types a name into the recipients and takes the first offer. */
export async function addRecipient(page: Page, typed: string): Promise<void> {
  const box = page.getByRole("combobox", { name: "Thêm nơi nhận" });
  await box.fill(typed);
  await expect(page.getByRole("listbox", { name: "Thêm nơi nhận" }).getByRole("option").first()).toBeVisible();
  await box.press("Enter");
}

interface Draft {
  kind?: string;
  subject: string;
  file?: Given;
  recipients?: readonly string[];
}

/** Fills the form of a new draft; saving it is left to the caller. */
export async function compose(page: Page, draft: Draft): Promise<void> {
  await page.goto("/outgoing/new");
  await page.getByLabel("Loại văn bản").selectOption({ label: draft.kind ?? "Chỉ thị (CT)" });
  await page.getByLabel("Trích yếu").fill(draft.subject);
  if (draft.file) {
    await attachMain(page, draft.file);
    await expect(page.getByText("Đã tải lên")).toBeVisible();
  }
  for (const name of draft.recipients ?? []) await addRecipient(page, name);
}

/** Saves the draft and submits it to the leader named; gives the document's address. */
export async function submit(page: Page, leader: string): Promise<string> {
  await page.getByRole("button", { name: "Lưu và trình" }).click();
  const dialog = page.getByRole("dialog", { name: "Trình duyệt" });
  await chooseByName(dialog.getByLabel("Người duyệt"), leader);
  await dialog.getByRole("button", { name: "Trình duyệt" }).click();
  await expect(page.getByText("Đã trình duyệt.")).toBeVisible();
  await page.waitForURL(/\/outgoing\/[0-9a-f-]{36}$/);
  return new URL(page.url()).pathname;
}

/** Chooses the option that holds the words. */
export async function chooseByName(field: ReturnType<Page["getByLabel"]>, words: string): Promise<void> {
  const option = field.locator("option", { hasText: words }).first();
  await field.selectOption((await option.getAttribute("value")) ?? "");
}

/** Presses the act on a document or arrival and confirms it in its dialog. */
export async function act(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
}

/** The row of a list that holds the words. */
export function row(page: Page, words: string) {
  return page.getByRole("row").filter({ hasText: words });
}

/** Opens the dialog of an act that comes after issuing. */
export async function after(page: Page, name: string) {
  await page.getByRole("button", { name: "Thao tác khác" }).click();
  await page.getByRole("menuitem", { name }).click();
  return page.getByRole("dialog", { name });
}
