import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import type { Document } from "../src/api/schema";
import { agentFolder, device, moveTokens, servicePin, signByHand } from "./agent";
import { row } from "./desk";
import { expect, ownPassword, subjectOf, test, type Office } from "./office";
import { answer, approved, command, newPerson, newWholeOffice, type WholeOffice } from "./road";
import { addPasskey, done, pdfsig } from "./signing";

// C4b: the leader's key is in a token on the leader's own PC.

// One after the other: they share the token.
test.describe.configure({ mode: "default" });

const mainOf = (d: Document) => d.files.find((f) => f.role === "main")?.sha256 ?? "";

// The leader says where the key is and adds a passkey.
async function settle(office: Office, there: WholeOffice): Promise<Page> {
  const leader = await office.sit(there.leader, "/me/signing", { expect: ["403 PUT", "409 POST", "422 PUT", "409 PUT"] });
  await leader.getByRole("button", { name: "Thêm chứng thư" }).click();
  const adding = leader.getByRole("dialog", { name: "Thêm chứng thư số" });
  await adding.getByLabel("Khóa ở đâu").selectOption({ label: "Token trên máy của tôi" });
  await adding.getByLabel("Tệp chứng thư (.pem, .cer, .crt)").setInputFiles(path.join(agentFolder(), "person.pem"));
  await adding.getByRole("button", { name: "Thêm chứng thư" }).click();
  await expect(adding).toBeHidden();
  await addPasskey(leader, "Máy của Giám đốc", ownPassword);
  await leader.screenshot({ path: test.info().outputPath("settings.png") });
  return leader;
}

// Orders signatures; their key is elsewhere.
async function order(leader: Page, ...subjects: string[]) {
  await leader.goto("/to-sign");
  for (const subject of subjects) await row(leader, subject).getByRole("checkbox").check();
  await leader.getByRole("button", { name: `Ký ${subjects.length} văn bản` }).click();
  const dialog = leader.getByRole("dialog", { name: /^Ký số/ });
  await dialog.getByRole("button", { name: "Ký số", exact: true }).click();
  await expect(dialog.getByText("Đang chờ khóa ký")).toHaveCount(subjects.length, { timeout: 30_000 });
  return dialog;
}

async function downloaded(office: Office, there: WholeOffice, id: string): Promise<Buffer> {
  const asking = await office.ask(there.leader);
  const signed = await answer<Document>(await asking.get(`/api/documents/${id}`));
  return (await asking.get(`/api/documents/${id}/files/${mainOf(signed)}`)).body();
}

test("C4b: the browser hands the order to the program on the PC, which fetches, signs with the token and sends back", async ({ office, paper }) => {
  test.setTimeout(180_000);
  const there = await newWholeOffice(office);
  const subject = subjectOf("Ký bằng token");
  const d = await approved(office, there, { subject, pdf: await paper(subject), to: ["H59.08"] });
  const leader = await settle(office, there);
  const dialog = await order(leader, subject);
  await leader.screenshot({ path: test.info().outputPath("order.png") });

  // The token is not plugged in: the program says so, and the order goes on waiting.
  await moveTokens("person", "tokens", "drawn");
  await dialog.getByRole("button", { name: "Ký bằng chương trình trên máy" }).click();
  await expect(dialog.getByText("Thiết bị khóa không còn được cắm.")).toBeVisible({ timeout: 30_000 });
  await leader.screenshot({ path: test.info().outputPath("drawn.png") });
  await moveTokens("person", "drawn", "tokens");
  await dialog.getByRole("button", { name: "Ký bằng chương trình trên máy" }).click();
  await done(leader);

  const said = await pdfsig(await downloaded(office, there, d.id));
  expect(said.match(/Signature is Valid\./g)).toHaveLength(1);
  expect(said).toContain("Lê Lãnh Đạo");
  await leader.goto(`/outgoing/${d.id}`);
  await expect(leader.getByText("Chữ ký hợp lệ").first()).toBeVisible();
  await leader.screenshot({ path: test.info().outputPath("signed.png") });
});

test("C4b: without a program the file is downloaded, signed and sent back by hand", async ({ office, paper }) => {
  test.setTimeout(180_000);
  const there = await newWholeOffice(office);
  const subject = subjectOf("Ký rời");
  const d = await approved(office, there, { subject, pdf: await paper(subject), to: ["H59.08"] });
  const leader = await settle(office, there);
  const dialog = await order(leader, subject);
  const [download] = await Promise.all([leader.waitForEvent("download"), dialog.getByRole("button", { name: "Tải tệp cần ký" }).click()]);
  const file = await readFile(await download.path());
  const send = (name: string, buffer: Buffer) =>
    dialog.getByLabel("Gửi tệp đã ký").setInputFiles({ name, mimeType: "application/pdf", buffer });

  // What was not signed is not taken, and the order goes on waiting.
  await send("chua-ky.pdf", file);
  await expect(dialog.getByText("Tệp gửi lại không phải là tệp đã duyệt")).toBeVisible({ timeout: 30_000 });
  await leader.screenshot({ path: test.info().outputPath("refused.png") });
  const signed = await signByHand(file);
  expect(signed.subarray(0, file.length).equals(file)).toBe(true);
  await send("da-ky.pdf", signed);
  await done(leader);
  expect((await downloaded(office, there, d.id)).equals(signed)).toBe(true);
  expect((await pdfsig(signed)).match(/Signature is Valid\./g)).toHaveLength(1);
});

test("C4b: a signing service asks for a PIN, which is passed on and kept nowhere", async ({ office, paper }) => {
  test.setTimeout(180_000);
  const there = await newWholeOffice(office);
  const subjects = [subjectOf("Ký từ xa một"), subjectOf("Ký từ xa hai")];
  const documents: Document[] = [];
  for (const subject of subjects) documents.push(await approved(office, there, { subject, pdf: await paper(subject), to: ["H59.08"] }));
  const leader = await office.sit(there.leader, "/me/signing", { expect: ["422 POST"] });
  await leader.getByRole("button", { name: "Thêm chứng thư" }).click();
  const adding = leader.getByRole("dialog", { name: "Thêm chứng thư số" });
  await adding.getByLabel("Khóa ở đâu").selectOption({ label: "Dịch vụ ký từ xa, SIM" });
  await adding.getByLabel("Mã khóa tại dịch vụ").fill("lanh-dao");
  await adding.getByRole("button", { name: "Thêm chứng thư" }).click();
  await expect(adding).toBeHidden();
  await addPasskey(leader, "Máy của Giám đốc", ownPassword);

  const dialog = await order(leader, ...subjects);
  const pin = dialog.getByLabel("Mã PIN của dịch vụ ký");
  await pin.fill("111111");
  await leader.screenshot({ path: test.info().outputPath("pin.png") });
  await dialog.getByRole("button", { name: "Gửi và ký" }).click();
  await expect(dialog.getByText("Mã PIN không đúng; còn 2 lần thử.")).toBeVisible({ timeout: 30_000 });
  await expect(pin).toHaveValue("");
  await leader.screenshot({ path: test.info().outputPath("pin-wrong.png") });
  await pin.fill(servicePin);
  await dialog.getByRole("button", { name: "Gửi và ký" }).click();
  await done(leader);
  for (const d of documents) {
    expect((await pdfsig(await downloaded(office, there, d.id))).match(/Signature is Valid\./g)).toHaveLength(1);
  }
});

// Adds the agency's seal, which is in the device of the server.
async function giveSeal(office: Office, there: WholeOffice): Promise<void> {
  const admin = await office.sit(await newPerson(office, there.code, "Quản trị"), "/me/signing", { expect: ["403 POST"] });
  await admin.getByRole("button", { name: "Thêm chứng thư" }).last().click();
  const adding = admin.getByRole("dialog", { name: "Thêm con dấu số của cơ quan" });
  await adding.getByLabel("Khóa ở đâu").selectOption({ label: "Thiết bị của máy chủ" });
  await adding.getByLabel("Tệp chứng thư (.pem, .cer, .crt)").setInputFiles(path.join(agentFolder(), "seal.pem"));
  await adding.getByLabel("Nhãn của thiết bị").fill(device.label);
  await adding.getByLabel("Mã PIN").fill("000000");
  await adding.getByRole("button", { name: "Thêm chứng thư" }).click();
  await expect(adding.getByText("Mã PIN không đúng.")).toBeVisible();
  await admin.screenshot({ path: test.info().outputPath("seal-pin.png") });
  await adding.getByLabel("Mã PIN").fill(device.pin);
  await adding.getByRole("button", { name: "Thêm chứng thư" }).click();
  await expect(adding).toBeHidden();
  await expect(admin.getByText("Thiết bị của máy chủ")).toBeVisible();
  await admin.screenshot({ path: test.info().outputPath("seal.png") });
}

// Orders the seal of one document and waits for what the dialog says of it.
const sealing = (clerk: Page) => clerk.getByRole("dialog", { name: /^Ghi số, ngày và đóng dấu số/ });

async function takeUp(clerk: Page, subject: string): Promise<void> {
  await clerk.goto("/to-sign?act=seal");
  await row(clerk, subject).getByRole("checkbox").check();
  await clerk.getByRole("button", { name: "Đóng dấu 1 văn bản" }).click();
  await expect(sealing(clerk).getByRole("button", { name: "Đóng dấu", exact: true })).toBeEnabled();
}

async function seal(clerk: Page, subject: string): Promise<string> {
  await takeUp(clerk, subject);
  return press(clerk);
}

async function press(clerk: Page): Promise<string> {
  const dialog = sealing(clerk);
  await dialog.getByRole("button", { name: "Đóng dấu", exact: true }).click();
  const said = dialog.getByRole("status");
  await expect(said).toHaveText(/Đã xong\.|chưa xong/, { timeout: 120_000 });
  return (await said.textContent()) ?? "";
}

test("C4 C4b: the seal is in a device of the server: drawn in the middle, and two clerks who seal at once", async ({ office, paper }) => {
  test.setTimeout(300_000);
  const there = await newWholeOffice(office);
  const [first, second, third] = [subjectOf("Con dấu một"), subjectOf("Con dấu hai"), subjectOf("Con dấu ba")];
  const documents: Document[] = [];
  for (const subject of [first, second, third]) {
    documents.push(await approved(office, there, { subject, pdf: await paper(subject), to: ["H59.08"] }));
  }
  await giveSeal(office, there);
  const leader = await settle(office, there);
  const dialog = await order(leader, first, second, third);
  for (const subject of [first, second, third]) {
    const item = dialog.getByRole("listitem").filter({ hasText: subject });
    await item.getByRole("button", { name: "Ký bằng chương trình trên máy" }).click();
    await expect(item.getByText("Đã ký", { exact: true })).toBeVisible({ timeout: 120_000 });
  }
  const asking = await office.ask(there.clerk);
  for (const d of documents) await command(asking, `/api/documents/${d.id}/number`, {});

  const clerks: Page[] = [];
  for (const login of [there.clerk, await newPerson(office, there.code, "Văn thư")]) {
    const clerk = await office.sit(login, "/me/signing");
    await addPasskey(clerk, "Máy văn thư", ownPassword);
    clerks.push(clerk);
  }
  const [one, other] = clerks;
  if (!one || !other) throw new Error("there are two clerks");

  await test.step("the device is drawn: the clerk is told, and seals again when it is back", async () => {
    await moveTokens("server", "tokens", "drawn");
    expect(await seal(one, first)).toContain("chưa xong");
    await expect(one.getByText("Thiết bị khóa không còn được cắm.")).toBeVisible();
    await one.screenshot({ path: test.info().outputPath("seal-drawn.png") });
    await moveTokens("server", "drawn", "tokens");
  });
  await test.step("two clerks seal two documents at once", async () => {
    expect(await Promise.all([seal(one, first), seal(other, second)])).toEqual(["Đã xong.", "Đã xong."]);
    for (const d of documents.slice(0, 2)) {
      const said = await pdfsig(await downloaded(office, there, d.id));
      expect(said.match(/Signature is Valid\./g)).toHaveLength(2);
      expect(said).toContain("Total document signed");
    }
  });
  await test.step("of two clerks who seal the same document one is told", async () => {
    await Promise.all([takeUp(one, third), takeUp(other, third)]);
    const said = (await Promise.all([press(one), press(other)])).toSorted();
    expect(said).toEqual(["1 văn bản chưa xong. Các văn bản khác không bị ảnh hưởng.", "Đã xong."]);
    for (const clerk of clerks) await clerk.screenshot({ path: test.info().outputPath(`both-${clerks.indexOf(clerk)}.png`) });
  });
});
