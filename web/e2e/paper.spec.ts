import { expect, subjectOf, test } from "./office";

test("G5: paper is registered by the keyboard, and a batch of scans finds its entries", async ({ office, paper }, info) => {
  const clerk = await office.sit("vanthu.stttt", "/incoming/paper");
  const numbers: string[] = [];
  for (const n of [1, 2]) {
    const subject = subjectOf(`Giấy mời họp lần ${n}`);
    await expect(clerk.getByLabel("Số", { exact: true })).toBeFocused();
    await clerk.keyboard.type(`1${n}/GM-SNV`);
    await clerk.getByLabel("Ngày văn bản").fill("01/10/2026");
    await clerk.getByLabel(/^Cơ quan ban hành/).fill("Sở Nội vụ");
    await clerk.getByLabel("Trích yếu").fill(subject);
    await clerk.keyboard.press("Control+Enter");
    const last = clerk.getByText(/Vừa vào sổ/);
    await expect(last).toContainText(subject);
    numbers.push((await last.locator("strong").textContent()) ?? "");
  }
  await clerk.screenshot({ path: info.outputPath("enter.png") });
  await clerk.goto("/incoming/paper?tab=batch");
  const pdf = await paper(subjectOf("Bản quét"));
  await clerk.getByRole("group", { name: /Tệp quét/ }).locator("input").setInputFiles([
    { name: `${numbers[0]}.pdf`, mimeType: "application/pdf", buffer: pdf },
    { name: "khong-ro.pdf", mimeType: "application/pdf", buffer: await paper(subjectOf("Không rõ")) },
  ]);
  await clerk.getByRole("button", { name: "Gắn 2 tệp" }).click();
  await expect(clerk.getByText("Đã gắn")).toBeVisible();
  await expect(clerk.getByText("Không tìm thấy văn bản giấy có số đến này.")).toBeVisible();
  await clerk.screenshot({ path: info.outputPath("batch.png") });
  await clerk.goto("/notices");
  await expect(clerk.getByRole("heading", { name: "Thông báo" })).toBeVisible();
  await clerk.getByRole("button", { name: "Cách nhận thông báo" }).click();
  await expect(clerk.getByRole("dialog").getByLabel("Sắp đến hạn")).toBeChecked();
  await clerk.screenshot({ path: info.outputPath("notices.png") });
});
