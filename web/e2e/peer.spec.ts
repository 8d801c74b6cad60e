import { expect, test } from "./office";
import { row } from "./desk";

// An operator connects software for the axis, and gives it an agency (L5, D3).
test("a system is connected, and its secret is shown once", async ({ office }, info) => {
  const page = await office.sit("quantri", "/admin/peers");
  const name = `Phần mềm ${Date.now()}`;
  await page.getByRole("button", { name: "Thêm kết nối" }).click();
  await page.getByLabel("Loại").selectOption("system");
  await page.getByLabel(/^Tên/).fill(name);
  await page.getByLabel("Mã hệ thống bên kia dùng khi gọi đến").fill(`he-thong-${Date.now()}`);
  await page.screenshot({ path: info.outputPath("dialog.png") });
  await page.getByRole("button", { name: "Lưu" }).click();
  await expect(page.getByTestId("secret")).toHaveText(/^[A-Z2-7]{26}$/);
  await page.getByRole("button", { name: "Đóng" }).last().click();
  await expect(row(page, name)).toContainText("Chưa liên lạc");
  await page.setViewportSize({ width: 1366, height: 768 });
  await page.screenshot({ path: info.outputPath("peers.png") });
});
