import { readFile } from "node:fs/promises";
import type { Arrival, ArrivalPage, Document } from "../src/api/schema";
import { after, row } from "./desk";
import { expect, subjectOf, test, type Office } from "./office";
import { answer, command, issued, newAgency } from "./road";

async function arrivalOf(office: Office, clerk: string, subject: string): Promise<Arrival> {
  const asking = await office.ask(clerk);
  const { items } = await answer<ArrivalPage>(await asking.get("/api/arrivals", { params: { limit: 50 } }));
  const found = items.find((a) => a.subject === subject);
  if (!found) throw new Error(`${subject} has not arrived`);
  return answer<Arrival>(await asking.get(`/api/arrivals/${found.id}`));
}

async function register(office: Office, clerk: string, subject: string): Promise<Arrival> {
  const a = await arrivalOf(office, clerk, subject);
  return command<Arrival>(await office.ask(clerk), `/api/arrivals/${a.id}/register`, { seenSha256: a.files.find((f) => f.role === "main")?.sha256 });
}

test("F1: a document is taken back from one who has not registered it, and asked for from one who has", async ({ office, paper }) => {
  const subject = subjectOf("Về việc gửi nhầm tệp");
  const [early, late] = [await newAgency(office), await newAgency(office)];
  const d = await issued(office, { subject, pdf: await paper(subject), to: [early.code, late.code] });
  const there = await register(office, late.clerk, subject);

  const clerk = await office.sit("vanthu.ubnd", `/outgoing/${d.id}`);
  const dialog = await after(clerk, "Lấy lại");
  await dialog.getByLabel("Lý do").fill("Gửi nhầm tệp dự thảo.");
  await dialog.getByRole("button", { name: "Lấy lại" }).click();
  await expect(clerk.getByText("Đã gửi yêu cầu lấy lại.")).toBeVisible();

  const asked = await office.sit(late.clerk, "/requests");
  await row(asked, subject).click();
  await expect(asked.getByText("xin lấy lại văn bản này")).toBeVisible();
  await asked.screenshot({ path: test.info().outputPath("asked.png") });
  await asked.getByRole("button", { name: "Từ chối" }).click();
  const declining = asked.getByRole("dialog", { name: "Từ chối" });
  await declining.getByLabel("Lý do").fill("Đã giao đơn vị xử lý.");
  await declining.getByRole("button", { name: "Từ chối" }).click();
  await expect(asked.getByText("Đã trả lời bên gửi.")).toBeVisible();
  expect((await arrivalOf(office, late.clerk, subject)).state).toBe(there.state);

  const stub = await arrivalOf(office, early.clerk, subject);
  expect(stub.state).toBe("taken_back");
  const left = await office.sit(early.clerk, `/incoming/${stub.id}`);
  await expect(left.getByText("Bên gửi đã lấy lại").first()).toBeVisible();
  await expect(left.getByRole("heading", { name: subject })).toBeVisible();
  await left.screenshot({ path: test.info().outputPath("stub.png") });

  await clerk.reload();
  await clerk.getByText("2/2 nơi nhận đã trả lời").click();
  await expect(clerk.getByText("Đã giao đơn vị xử lý.")).toBeVisible();
  await clerk.screenshot({ path: test.info().outputPath("taken-back.png") });
});

test("F2: a recall is confirmed and cannot be refused; F3: a replacement is found from the old one on both sides", async ({ office, paper }) => {
  const [older, newer, order] = [subjectOf("Về lịch nghỉ lễ"), subjectOf("Về lịch nghỉ lễ, thay thế"), subjectOf("Về việc thu hồi văn bản")];
  const there = await newAgency(office);
  const first = await issued(office, { subject: older, pdf: await paper(older), to: [there.code] });
  const second = await issued(office, { subject: newer, pdf: await paper(newer), to: [there.code] });
  const recalling: Document = await issued(office, { subject: order, pdf: await paper(order), to: [there.code] });
  await register(office, there.clerk, older);
  await register(office, there.clerk, newer);

  const clerk = await office.sit("vanthu.ubnd", `/outgoing/${first.id}`);
  const replacing = await after(clerk, "Thay thế bằng văn bản khác");
  await replacing.getByLabel("Văn bản thay thế, cập nhật hoặc thu hồi").selectOption({ value: second.id });
  await replacing.getByRole("button", { name: "Thay thế bằng văn bản khác" }).click();
  await expect(clerk.getByText(`Văn bản này đã được thay thế bằng ${second.reference}.`)).toBeVisible();
  await clerk.screenshot({ path: test.info().outputPath("replaced.png") });
  await clerk.getByRole("link", { name: `Văn bản này đã được thay thế bằng ${second.reference}.` }).click();
  await expect(clerk.getByText(`Văn bản này thay thế ${first.reference}.`)).toBeVisible();

  const old = await arrivalOf(office, there.clerk, older);
  const receiver = await office.sit(there.clerk, `/incoming/${old.id}`);
  await receiver.getByRole("link", { name: "Mở văn bản mới" }).click();
  await expect(receiver.getByRole("heading", { name: newer })).toBeVisible();

  await clerk.goto(`/outgoing/${second.id}`);
  const dialog = await after(clerk, "Thu hồi");
  await dialog.getByLabel("Lý do").fill("Sai thẩm quyền ban hành.");
  await dialog.getByLabel("Văn bản thu hồi", { exact: true }).selectOption({ value: recalling.id });
  await dialog.getByRole("button", { name: "Thu hồi" }).click();
  await expect(clerk.getByText(`Văn bản đã bị thu hồi bằng ${recalling.reference}.`)).toBeVisible();

  await expect(receiver.getByText("thu hồi văn bản này")).toBeVisible();
  await expect(receiver.getByRole("button", { name: "Từ chối" })).toHaveCount(0);
  await receiver.getByRole("button", { name: "Hủy văn bản và xác nhận" }).click();
  await receiver.getByRole("dialog").getByRole("button", { name: "Hủy văn bản và xác nhận" }).click();
  await expect(receiver.getByText("Đã bị thu hồi").first()).toBeVisible();
  await receiver.screenshot({ path: test.info().outputPath("recalled.png") });
  await expect(clerk.getByText("1/1 nơi nhận đã trả lời")).toBeVisible();
});

test("B4: the register stands on screen with its columns and comes out as XLSX and PDF", async ({ office, paper }) => {
  const subject = subjectOf("Về việc in sổ");
  await issued(office, { subject, pdf: await paper(subject), to: ["H59.08"] });
  const clerk = await office.sit("vanthu.ubnd", "/registers?direction=outgoing");
  await row(clerk, "Sổ văn bản đi khác").first().click();
  for (const column of ["Số, ký hiệu", "Người ký", "Nơi nhận", "Lưu", "Số bản", "Ngày chuyển", "Ghi chú"]) {
    await expect(clerk.getByRole("columnheader", { name: column }).first()).toBeVisible();
  }
  await expect(row(clerk, subject)).toContainText("Sơn Quốc Dũng");
  await clerk.screenshot({ path: test.info().outputPath("register.png") });
  for (const [format, begins] of [
    ["Bảng tính (XLSX)", "PK"],
    ["Bản in (PDF)", "%PDF"],
  ] as const) {
    await clerk.getByRole("button", { name: "Xuất, in sổ" }).click();
    const dialog = clerk.getByRole("dialog", { name: "Xuất, in sổ" });
    await dialog.getByLabel("Dạng tệp").selectOption({ label: format });
    await dialog.getByLabel("Quyển số").fill("1");
    await clerk.screenshot({ path: test.info().outputPath("export.png") });
    const [download] = await Promise.all([clerk.waitForEvent("download"), dialog.getByRole("button", { name: "Tải về" }).click()]);
    const content = await readFile(await download.path());
    expect(content.subarray(0, begins.length).toString()).toBe(begins);
  }
});
