import type { Page } from "@playwright/test";
import { act, attachMain, chooseByName, compose, pdf } from "./desk";
import { expect, subjectOf, test } from "./office";

async function addStep(page: Page, n: number, kind: string, people: readonly string[]): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Quy trình của văn bản này" });
  await dialog.getByRole("button", { name: "Thêm bước" }).click();
  const step = dialog.getByRole("group", { name: `Bước ${n}`, exact: true });
  await step.getByLabel("Loại bước").selectOption({ label: kind });
  for (const name of people) await chooseByName(step.getByLabel(/^(Người xử lý|Thêm người)$/), name);
}

/** Answers the step with the button's name, with words where they are wanted. */
async function answer(page: Page, button: string, words?: string): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
  const dialog = page.getByRole("dialog");
  if (words) await dialog.getByRole("textbox").fill(words);
  await dialog.getByRole("button", { name: button }).click();
  await expect(page.getByText("Đã ghi nhận.").first()).toBeVisible();
}

test("C1 C2 C3: a directive goes through initials, the office's check and opinions; sent back it returns straight", async ({ office, paper }) => {
  const subject = subjectOf("Về việc tăng cường kỷ luật, kỷ cương hành chính");
  const officer = await office.sit("chuyenvien.ubnd", "/", { expect: ["422 PUT"] });
  const head = await office.sit("truongphong.ubnd");
  let address = "";

  await test.step("the officer plans the circuit and submits", async () => {
    await compose(officer, { subject, file: pdf(await paper(subject)), recipients: ["so noi vu"] });
    await chooseByName(officer.getByLabel("Người duyệt"), "Sơn Quốc Dũng");
    await officer.getByRole("button", { name: "Lưu dự thảo" }).click();
    await expect(officer.getByText("Đã lưu dự thảo.")).toBeVisible();
    await officer.getByText("Đóng", { exact: true }).click();
    await officer.waitForURL(/\/outgoing\/[0-9a-f-]{36}$/);
    address = new URL(officer.url()).pathname;
    await officer.getByRole("tab", { name: "Quy trình" }).click();
    await officer.getByRole("button", { name: "Sửa quy trình" }).click();
    await addStep(officer, 1, "Ký nháy", []);
    const dialog = officer.getByRole("dialog", { name: "Quy trình của văn bản này" });
    await dialog.getByRole("button", { name: "Lưu" }).click();
    await expect(dialog.getByText(/Bước 1: hãy chọn người/), "an empty step is refused").toBeVisible();
    await chooseByName(dialog.getByRole("group", { name: "Bước 1", exact: true }).getByLabel("Người xử lý"), "Nguyễn Thiện Nhựt");
    await dialog.getByRole("button", { name: "Lưu" }).click();
    await expect(dialog).toBeHidden();
    await officer.getByRole("button", { name: "Sửa quy trình" }).click();
    await addStep(officer, 2, "Kiểm tra thể thức", ["Danh Thị Rây"]);
    await addStep(officer, 3, "Cho ý kiến", ["Nguyễn Như Quyên", "Lâm Ngọc Thành"]);
    await dialog.getByLabel("Cần bao nhiêu ý kiến").selectOption("2");
    await dialog.getByRole("button", { name: "Lưu" }).click();
    await expect(dialog).toBeHidden();
    await officer.getByRole("button", { name: "Trình duyệt" }).click();
    await officer.getByRole("dialog").getByLabel("Ý kiến trình").fill("Kính trình xem xét, ban hành.");
    await officer.getByRole("dialog").getByRole("button", { name: "Trình duyệt" }).click();
    await expect(officer.getByText("Đang chờ Nguyễn Thiện Nhựt: Ký nháy.")).toBeVisible();
  });

  await test.step("the head finds it at once and initials", async () => {
    await head.getByRole("region", { name: /Chờ ý kiến, ký nháy/ }).getByRole("link", { name: subject }).click();
    await expect(head.getByText("Văn bản đang chờ bạn ký nháy.")).toBeVisible();
    await answer(head, "Ký nháy");
    await head.goto("/");
  });

  await test.step("the clerk sends it back, and gets it straight back with another file", async () => {
    const clerk = await office.sit("vanthu.ubnd", address);
    await clerk.getByRole("button", { name: "Trả lại" }).click();
    const dialog = clerk.getByRole("dialog", { name: "Trả lại người soạn" });
    await expect(dialog.getByText("Sửa xong, văn bản quay thẳng lại bạn.")).toBeVisible();
    await dialog.getByLabel("Lý do trả lại").fill("Sai căn cứ ban hành.");
    await dialog.getByRole("button", { name: "Trả lại" }).click();
    await expect(clerk.getByText("Đã trả lại người soạn.")).toBeVisible();

    await expect(officer.getByRole("note").filter({ hasText: "Sai căn cứ ban hành." })).toBeVisible();
    await officer.getByRole("link", { name: "Sửa dự thảo" }).click();
    await officer.getByRole("group", { name: "Tệp chính" }).getByRole("button", { name: /Bỏ tệp/ }).click();
    await attachMain(officer, pdf(await paper(`${subject}, sửa`)));
    await expect(officer.getByText("Đã tải lên")).toBeVisible();
    await officer.getByRole("button", { name: "Lưu và trình" }).click();
    await officer.getByRole("dialog").getByRole("button", { name: "Trình duyệt" }).click();
    await expect(officer.getByText("Đang chờ Danh Thị Rây: Kiểm tra thể thức.")).toBeVisible();

    await expect(head.getByRole("region", { name: /Đã sửa sau khi tôi xem/ }).getByRole("link", { name: subject }), "who initialled is told").toBeVisible();
    await answer(clerk, "Thể thức đúng");
  });

  await test.step("two give their opinion at the same time", async () => {
    const second = await office.sit("chuyenvien2.ubnd", address);
    const deputy = await office.sit("lanhdao2.ubnd", address);
    await answer(second, "Cho ý kiến", "Đề nghị làm rõ thời hạn.");
    await expect(deputy.getByText("Văn bản đang chờ ý kiến của bạn.")).toBeVisible();
    await answer(deputy, "Cho ý kiến", "Nhất trí.");
  });

  await test.step("the leader reads what was said and approves", async () => {
    const leader = await office.sit("lanhdao.ubnd");
    await leader.getByRole("link", { name: subject }).click();
    await leader.getByRole("tab", { name: "Quy trình" }).click();
    await expect(leader.getByText("Đề nghị làm rõ thời hạn.")).toBeVisible();
    await expect(leader.getByRole("region", { name: "Quy trình" }).getByText("TM. ỦY BAN NHÂN DÂN")).toBeVisible();
    await act(leader, "Duyệt");
    await expect(leader.getByText("Đã duyệt, chờ cấp số")).toBeVisible();
  });
});
