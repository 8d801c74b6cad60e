import { readFile } from "node:fs/promises";
import { expect, subjectOf, test } from "./office";
import { issued } from "./road";

test("I1: the yearly list is written and approved; a file is opened from it, filled, closed and carried away", async ({ office, paper }, info) => {
  const subject = subjectOf("Về hồ sơ công việc");
  await issued(office, { subject, pdf: await paper(subject), to: ["H59.02"] });
  const shot = (page: { screenshot: (o: { path: string }) => Promise<unknown> }, name: string) => page.screenshot({ path: info.outputPath(`${name}.png`) });

  const clerk = await office.sit("vanthu.ubnd", "/case-files?tab=catalogue");
  await clerk.getByRole("button", { name: "Thêm dòng" }).click();
  const line = clerk.getByRole("dialog");
  const notation = await line.getByLabel("Số và ký hiệu").inputValue();
  const title = subjectOf("Hồ sơ về công tác thi đua");
  await line.getByLabel("Tiêu đề hồ sơ").fill(title);
  await line.getByRole("button", { name: /Thêm dòng/ }).click();
  await expect(clerk.getByText("Đã thêm dòng vào danh mục.")).toBeVisible();
  await line.getByRole("button", { name: "Đóng" }).last().click();
  await expect(clerk.getByText("Chờ phê duyệt").first()).toBeVisible();
  await shot(clerk, "catalogue");

  const leader = await office.sit("lanhdao.ubnd", "/case-files?tab=catalogue");
  await leader.getByRole("button", { name: "Phê duyệt danh mục" }).click();
  await expect(leader.getByText("Đã phê duyệt danh mục.")).toBeVisible();

  const officer = await office.sit("chuyenvien.ubnd", "/case-files");
  await officer.getByRole("button", { name: "Mở hồ sơ" }).click();
  const opening = officer.getByRole("dialog");
  const option = opening.locator("option", { hasText: title });
  await expect(option).toBeAttached();
  await opening.getByLabel("Từ danh mục hồ sơ").selectOption((await option.getAttribute("value")) ?? "");
  await shot(officer, "open");
  await opening.getByRole("button", { name: "Mở hồ sơ" }).click();
  await expect(officer.getByRole("heading", { name: title })).toBeVisible();
  const file = officer.url();

  // From the document's page into the file.
  await officer.goto("/outgoing");
  await officer.getByText(subject).first().click();
  await officer.getByRole("button", { name: "Đưa vào hồ sơ" }).click();
  const put = officer.getByRole("dialog");
  await expect(put.locator("option", { hasText: title })).toBeAttached();
  await put.getByLabel("Hồ sơ đang lập").selectOption({ label: `${notation} · ${title}` });
  await put.getByRole("button", { name: "Đưa vào hồ sơ" }).click();
  await expect(officer.getByRole("link", { name: `${notation} · ${title}` })).toBeVisible();
  await shot(officer, "document");

  await officer.goto(file);
  await expect(officer.getByText(subject)).toBeVisible();
  await shot(officer, "contents");
  await officer.getByRole("button", { name: "Kết thúc hồ sơ" }).click();
  await shot(officer, "closing");
  await officer.getByRole("dialog").getByRole("button", { name: /Kết thúc hồ sơ/ }).click();
  await expect(officer.getByText("Đã kết thúc").first()).toBeVisible();
  await officer.getByRole("tab", { name: "Thông tin" }).click();
  await shot(officer, "facts");
  const download = officer.waitForEvent("download");
  await officer.getByRole("link", { name: /ZIP/ }).click();
  const packed = await readFile(await (await download).path());
  expect(packed.subarray(0, 2).toString()).toBe("PK");
  await officer.getByRole("tab", { name: "Lịch sử" }).click();
  await expect(officer.getByText("Kết thúc hồ sơ").first()).toBeVisible();
  await shot(officer, "history");
});
