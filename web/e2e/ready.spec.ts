import { expect, subjectOf, test } from "./office";
import { approved, newWholeOffice } from "./road";

test("D2, D3: before issuing the clerk sees each recipient's road, what is missing, and whom the text names", async ({ office, paper }) => {
  const there = await newWholeOffice(office);
  const subject = subjectOf("Về việc kiểm tra trước khi phát hành");
  const outside = { type: "name", role: "information", name: "Ông Nguyễn Văn A" } as const;
  const d = await approved(office, there, { subject, pdf: await paper(subject), to: ["H59.08"] });
  const extra = await approved(office, there, { subject, pdf: await paper(subject), to: [], more: { recipients: [outside] } });
  const clerk = await office.sit(there.clerk, `/outgoing/${d.id}`);
  await clerk.getByRole("button", { name: "Phát hành" }).click();
  const dialog = clerk.getByRole("dialog", { name: "Phát hành tới 1 nơi nhận?" });
  await expect(dialog.getByText("1 nơi nhận · 1 trên hệ thống")).toBeVisible();
  await clerk.screenshot({ path: test.info().outputPath("issue.png") });
  await dialog.getByRole("link", { name: "Xem từng nơi nhận" }).click();
  await expect(clerk.getByRole("heading", { name: "Kiểm tra trước khi phát hành" })).toBeVisible();
  await expect(clerk.getByText("Sở Nội vụ").first()).toBeVisible();
  await clerk.screenshot({ path: test.info().outputPath("ready.png") });
  await clerk.goto(`/outgoing/${extra.id}/ready`);
  await expect(clerk.getByText("Nhận bản giấy: cần in, đóng dấu và chuyển.")).toBeVisible();
  await clerk.screenshot({ path: test.info().outputPath("paper.png") });
});
