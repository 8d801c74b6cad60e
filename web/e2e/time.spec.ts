import { expect, test } from "./office";

test("H3: a leader goes away, the deputy stands in under both names, and it is taken back at once", async ({ office }, info) => {
  const leader = await office.sit("lanhdao.stttt", "/absence");
  await leader.getByRole("button", { name: "Báo vắng mặt" }).click();
  const dialog = leader.getByRole("dialog", { name: "Báo vắng mặt" });
  const substitutes = dialog.getByLabel("Người trực thay");
  await expect(substitutes.locator("option").nth(1)).toBeAttached();
  const clerk = substitutes.locator("option", { hasText: "Văn thư" }).first();
  await substitutes.selectOption((await clerk.getAttribute("value")) ?? "");
  await dialog.getByLabel("Đến ngày").fill("31/12");
  await dialog.getByLabel("Lý do").fill("Đi công tác Hà Nội");
  await leader.screenshot({ path: info.outputPath("absence-dialog.png") });
  await dialog.getByRole("button", { name: "Báo vắng mặt" }).click();
  await expect(leader.getByText("Đã giao trực thay.")).toBeVisible();
  await expect(leader.getByText("Đang trực thay")).toBeVisible();
  await leader.screenshot({ path: info.outputPath("absence.png") });

  const substitute = await office.sit("vanthu.stttt", "/");
  await substitute.getByRole("button", { name: "Tài khoản của tôi" }).click();
  await expect(substitute.getByText(/Thay mặt/)).toBeVisible();
  await substitute.screenshot({ path: info.outputPath("acting.png") });

  await leader.getByRole("button", { name: "Thu lại" }).click();
  await leader.getByRole("dialog").getByRole("button", { name: "Thu lại" }).click();
  await expect(leader.getByText("Không có ai vắng mặt")).toBeVisible();
  await substitute.reload();
  await substitute.getByRole("button", { name: "Tài khoản của tôi" }).click();
  await expect(substitute.getByText(/Thay mặt/)).toHaveCount(0);
});

test("the clerk writes the week's roster of duty", async ({ office }, info) => {
  const clerk = await office.sit("vanthu.stttt", "/absence?tab=roster");
  const monday = clerk.getByRole("region", { name: /^Thứ Hai/ });
  await expect(monday.getByText("Chưa xếp")).toBeVisible();
  await monday.getByLabel(/Thêm người trực/).selectOption({ index: 1 });
  await expect(clerk.getByText("Đã lưu lịch trực.")).toBeVisible();
  await expect(monday.getByRole("listitem")).toHaveCount(1);
  await clerk.screenshot({ path: info.outputPath("roster.png") });
  await monday.getByRole("button", { name: /^Bỏ / }).click();
  await expect(monday.getByText("Chưa xếp")).toBeVisible();
});
