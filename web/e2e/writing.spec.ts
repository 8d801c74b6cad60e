import { addRecipient, compose } from "./desk";
import { expect, subjectOf, test } from "./office";

test("a text is begun from the template, becomes a PDF, and its layout is looked over", async ({ office }) => {
  const officer = await office.sit("chuyenvien.ubnd", "/outgoing/new");
  await compose(officer, { subject: subjectOf("Về kế hoạch chuyển đổi số") });
  await addRecipient(officer, "Sở Tư pháp");
  const begin = officer.getByRole("button", { name: "Soạn từ mẫu" });
  await expect(begin, "the server fills in what it has").toBeDisabled();
  await officer.keyboard.press("F2");
  await expect(officer).toHaveURL(/\/outgoing\/[0-9a-f-]+\/edit$/);

  await begin.click();
  await expect(officer.getByText(/Chỉ thị - .*\.docx/).first()).toBeVisible();
  await officer.keyboard.press("F2");
  await expect(officer.getByText("Đã lưu dự thảo.").last()).toBeVisible();
  await officer.getByRole("button", { name: "Chuyển sang PDF" }).click();
  await expect(officer.getByText(/Chỉ thị - .*\.pdf/).first()).toBeVisible({ timeout: 120_000 });
  await officer.keyboard.press("F2");
  const check = officer.getByRole("button", { name: "Kiểm tra thể thức" });
  await expect(check).toBeEnabled();
  await check.click();
  // Nobody is chosen to sign yet, which is no matter of layout.
  await expect(officer.getByText("Không thấy điểm nào khác thể thức của Nghị định 30/2020.")).toBeVisible();
});

test("an agency's clerk sees its templates and downloads one", async ({ office }) => {
  const clerk = await office.sit("vanthu.ubnd", "/templates");
  await expect(clerk.getByText("Mẫu có sẵn theo Nghị định 30/2020").first()).toBeVisible();
  const [file] = await Promise.all([clerk.waitForEvent("download"), clerk.getByRole("link", { name: "Tải về" }).first().click()]);
  expect(file.suggestedFilename()).toMatch(/\.docx$/);
});
