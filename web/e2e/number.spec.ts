import { row } from "./desk";
import { expect, subjectOf, test } from "./office";
import { approved, newWholeOffice } from "./road";

test("B2, B3: a clerk opens a series, reserves, inserts, back-dates and cancels numbers, and the register tells of each", async ({ office, paper }) => {
  const there = await newWholeOffice(office);
  const clerk = await office.sit(there.clerk, "/registers?direction=outgoing");
  await clerk.getByRole("button", { name: "Mở sổ mới" }).click();
  const opening = clerk.getByRole("dialog", { name: "Mở sổ mới" });
  await opening.getByLabel("Tên sổ").fill("Sổ chỉ thị");
  await opening.getByLabel("Mã sổ").fill("CT");
  await opening.getByLabel("Số mở đầu").fill("41");
  await opening.getByLabel("Chỉ thị", { exact: true }).check();
  await clerk.screenshot({ path: test.info().outputPath("open.png") });
  await opening.getByRole("button", { name: "Mở sổ mới" }).click();
  await expect(clerk.getByText("Đã mở Sổ chỉ thị.")).toBeVisible();
  await clerk.screenshot({ path: test.info().outputPath("series.png") });
  await row(clerk, "Sổ chỉ thị").click();

  await clerk.getByRole("button", { name: "Giữ số" }).click();
  const reserving = clerk.getByRole("dialog", { name: "Giữ số" });
  await reserving.getByLabel("Số lượng").fill("2");
  await reserving.getByLabel("Giữ cho văn bản nào").fill("Chỉ thị phòng chống lụt bão, chờ ký giấy");
  await reserving.getByRole("button", { name: "Giữ số" }).click();
  await expect(clerk.getByText("Đã giữ số 41, 42.")).toBeVisible();
  await row(clerk, "42").getByRole("button", { name: "Hủy số" }).click();
  const cancelling = clerk.getByRole("dialog", { name: "Hủy số 42?" });
  await cancelling.getByLabel("Lý do").fill("Không ban hành nữa");
  await cancelling.getByRole("button", { name: "Hủy số" }).click();
  await expect(row(clerk, "42")).toContainText("Đã hủy số");
  const register = clerk.url();

  for (const [way, field, fill, reads] of [
    ["Số đang giữ", undefined, undefined, "41/CT-"],
    ["Chèn số (12a)", "Chèn sau số", "41", "41a/CT-"],
  ] as const) {
    const subject = subjectOf(`Về việc ${way}`);
    const d = await approved(office, there, { subject, pdf: await paper(subject), to: ["H59.08"] });
    await clerk.goto(`/outgoing/${d.id}`);
    await clerk.getByRole("button", { name: "Cấp số" }).click();
    const dialog = clerk.getByRole("dialog", { name: "Cấp số văn bản" });
    await dialog.getByLabel("Cách cấp số").selectOption({ label: way });
    if (field) await dialog.getByLabel(field).fill(fill);
    await dialog.getByLabel("Lý do").fill("Văn bản đã ký giấy");
    await clerk.screenshot({ path: test.info().outputPath(`${reads.slice(0, 3).replace("/", "")}.png`) });
    await dialog.getByRole("button", { name: "Cấp số" }).click();
    await expect(clerk.getByText(`Đã cấp số ${reads}`)).toBeVisible();
  }
  await clerk.goto(register);
  await expect(row(clerk, "41a/CT-")).toContainText("Chèn số");
  await clerk.screenshot({ path: test.info().outputPath("register.png") });
});
