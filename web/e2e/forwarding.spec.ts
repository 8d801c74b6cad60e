import { expect, subjectOf, test } from "./office";
import { issued, newWholeOffice } from "./road";
import { chooseByName, row } from "./desk";

test.use({ viewport: { width: 1366, height: 768 } });

test("H1: a rule the agency sets is shown at registration and sends the document on", async ({ office, paper }, info) => {
  test.slow();
  const at = await newWholeOffice(office);
  const clerk = await office.sit(at.clerk, "/forwarding");
  await clerk.getByRole("button", { name: "Thêm quy tắc" }).click();
  const dialog = clerk.getByRole("dialog", { name: "Quy tắc chuyển" });
  await dialog.getByLabel("Tên quy tắc").fill("Rà soát trình Giám đốc");
  await dialog.getByLabel("Từ trong trích yếu").fill("rà soát, thủ tục");
  await chooseByName(dialog.getByLabel("Chuyển tới"), "Lê Lãnh Đạo");
  await dialog.getByLabel("Chuyển để").selectOption({ label: "Xin ý kiến chỉ đạo" });
  await dialog.getByLabel("Hạn (ngày làm việc)").fill("5");
  await clerk.screenshot({ path: info.outputPath("rule-dialog.png") });
  await dialog.getByRole("button", { name: "Lưu" }).click();
  await expect(dialog).toBeHidden();
  await expect(row(clerk, "Rà soát trình Giám đốc")).toContainText("Lê Lãnh Đạo");
  await clerk.screenshot({ path: info.outputPath("rules.png") });

  const subject = subjectOf("Về việc rà soát quy hoạch");
  await issued(office, { subject, pdf: await paper(subject), to: [at.code] });
  await clerk.goto("/incoming?state=awaiting");
  await row(clerk, subject).click();
  await expect(clerk.getByLabel(/Chuyển ngay tới Lê Lãnh Đạo/)).toBeChecked();
  await expect(clerk.getByText("01", { exact: true })).toBeVisible();
  await clerk.screenshot({ path: info.outputPath("suggested.png") });
  await clerk.keyboard.press("F2");
  const asked = clerk.getByRole("group", { name: "Lê Lãnh Đạo" });
  await expect(asked).toContainText("Xin ý kiến chỉ đạo");

  const leader = await office.sit(at.leader);
  await expect(leader.getByRole("link", { name: new RegExp(subject.slice(0, 20)) }).first()).toBeVisible();
});

test("G6, M3: many are forwarded at once, and one that is restricted vanishes for who holds nothing of it", async ({ office, paper }, info) => {
  test.slow();
  const at = await newWholeOffice(office);
  const subjects = [1, 2, 3].map((n) => subjectOf(`Về việc kiểm tra đợt ${n}`));
  for (const subject of subjects) await issued(office, { subject, pdf: await paper(subject), to: [at.code] });
  const clerk = await office.sit(at.clerk, "/incoming?state=awaiting");
  await row(clerk, subjects[2] ?? "").click();
  for (const n of [1, 2]) {
    await expect(clerk.getByText(`0${n}`, { exact: true }).first()).toBeVisible();
    await clerk.keyboard.press("Control+Enter");
    await expect(clerk.getByText(`Đã vào sổ, số đến 0${n}.`)).toBeVisible();
  }
  await clerk.goto("/incoming");
  await expect(clerk.getByRole("row")).toHaveCount(4);
  await clerk.getByRole("row").first().getByRole("checkbox").check();
  await clerk.getByRole("button", { name: "Chuyển nhiều (3)" }).click();
  const dialog = clerk.getByRole("dialog", { name: /Chuyển nhiều/ });
  await dialog.getByLabel("Ý kiến", { exact: true }).fill("Kính chuyển Phòng Tổng hợp");
  await chooseByName(dialog.getByLabel("Nơi nhận 1", { exact: true }), "Phòng Tổng hợp");
  await clerk.screenshot({ path: info.outputPath("many.png") });
  await dialog.getByRole("button", { name: "Chuyển", exact: true }).click();
  const result = clerk.getByRole("dialog", { name: "Kết quả chuyển" });
  await expect(result).toContainText("Đã chuyển 2 trên 3 văn bản.");
  await clerk.screenshot({ path: info.outputPath("many-result.png") });
  await result.getByRole("button", { name: "Đóng" }).last().click();

  const leader = await office.sit(at.leader, "/incoming");
  await expect(leader.getByRole("row")).toHaveCount(4);
  const one = row(clerk, "Đã vào sổ").first();
  await expect(one).toBeVisible();
  const said = await one.innerText();
  const registered = subjects.find((s) => said.includes(s)) ?? "no subject of ours";
  await one.click();
  await clerk.getByRole("tab", { name: "Xử lý" }).click();
  await clerk.getByRole("button", { name: "Hạn chế người xem" }).click();
  const restrict = clerk.getByRole("dialog", { name: "Hạn chế người xem" });
  await restrict.getByLabel("Lý do").fill("Đơn tố cáo có tên người tố cáo");
  await clerk.screenshot({ path: info.outputPath("restrict.png") });
  await restrict.getByRole("button", { name: "Hạn chế người xem" }).click();
  await expect(restrict).toBeHidden();
  await expect(clerk.getByText("Hạn chế người xem", { exact: true })).toBeVisible();
  await clerk.screenshot({ path: info.outputPath("restricted.png") });
  // It goes from a list that is open, without anybody reading it again by hand.
  await expect(row(leader, registered)).toHaveCount(0);
  await expect(leader.getByRole("row")).toHaveCount(3);
});
