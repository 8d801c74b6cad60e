import { writeFile } from "node:fs/promises";
import { row } from "./desk";
import { expect, mail, subjectOf, test } from "./office";

test("a mail that reaches the agency's mailbox stands in the list by itself and is registered", async ({ office, paper }, info) => {
  const clerk = await office.sit("vanthu.snv", "/incoming?state=awaiting");
  const subject = subjectOf("Về việc báo cáo quý III");
  const file = info.outputPath("bao-cao-quy-3.pdf");
  await writeFile(file, await paper(subject));
  await mail(file, subject);
  await expect(row(clerk, subject), "it comes without asking").toBeVisible({ timeout: 90_000 });

  await row(clerk, subject).click();
  await expect(clerk.getByRole("document").locator("canvas").first()).toBeVisible();
  await expect(clerk.getByLabel("Trích yếu"), "the mail pre-fills what it tells").toHaveValue(subject);
  await expect(clerk.getByLabel("Cơ quan ban hành")).toHaveValue("Văn phòng cơ quan ngoài");
  await clerk.getByText("Thư gửi kèm").click();
  await expect(clerk.getByText("<vanphong@coquan-ngoai.example>")).toBeVisible();

  await expect(clerk.getByText("theo ngày của thư"), "and says that the date is the mail's").toBeVisible();
  await clerk.keyboard.press("F2");
  const sure = clerk.getByRole("dialog", { name: "Vào sổ khi còn thiếu thông tin?" });
  await expect(sure).toContainText("số, ký hiệu, loại văn bản");
  await clerk.keyboard.press("Escape");
  await clerk.getByRole("textbox", { name: "Số", exact: true }).fill("12/BC-VP");
  await expect(clerk.getByLabel("Ký hiệu"), "a pasted reference falls into its two fields").toHaveValue("BC-VP");
  await clerk.getByLabel("Loại văn bản").selectOption({ label: "Báo cáo" });
  await clerk.keyboard.press("F2");
  await expect(clerk.getByText(/^Đã vào sổ, số đến \d\d\.$/)).toBeVisible();
  await clerk.goto(`/incoming?q=${encodeURIComponent(subject)}`);
  await expect(row(clerk, subject)).toContainText("12/BC-VP");
  await expect(row(clerk, subject)).toContainText("Đã vào sổ");
});

test("a mail without a document waits in quarantine with its reason and the raw mail, and is put aside", async ({ office }, info) => {
  const clerk = await office.sit("vanthu.snv", "/mail/quarantine");
  const subject = subjectOf("Chuc mung nam moi");
  const file = info.outputPath("thiep.eml");
  await writeFile(
    file,
    [
      "From: Ai Do <ai@do.example>",
      "To: snv@travinh.example",
      `Subject: ${subject}`,
      `Message-ID: <${Date.now()}.${process.pid}@do.example>`,
      "MIME-Version: 1.0",
      "Content-Type: text/html; charset=utf-8",
      "",
      "<p onclick='alert(1)'>Xin chao</p><script>document.title='x'</script>",
      "",
    ].join("\r\n"),
  );
  await mail(file);
  await expect(row(clerk, subject)).toBeVisible({ timeout: 90_000 });
  await row(clerk, subject).click();
  await expect(clerk.getByText("Không có tệp văn bản")).toBeVisible();
  await expect(clerk.getByText("Thư được nhận khi có ít nhất một tệp PDF"), "and what would have been taken").toBeVisible();
  const raw = clerk.waitForEvent("download");
  await clerk.getByRole("link", { name: "Tải thư gốc" }).click();
  expect((await raw).suggestedFilename()).toMatch(/\.eml$/);
  await clerk.getByRole("button", { name: "Xem nội dung an toàn" }).click();
  const shown = await clerk.locator("iframe").getAttribute("srcdoc");
  expect(shown, "the words are there, and nothing that runs").toContain("<p>Xin chao</p>");
  expect(shown).toContain("default-src 'none'");
  expect(shown).not.toMatch(/<script|onclick/);
  expect(await clerk.locator("iframe").getAttribute("sandbox"), "the frame may do nothing").toBe("");
  await clerk.screenshot({ path: info.outputPath("quarantine.png") });
  await clerk.getByRole("button", { name: "Bỏ qua thư" }).click();
  const dialog = clerk.getByRole("dialog", { name: "Bỏ qua thư" });
  await dialog.getByLabel("Lý do").fill("Thiếp chúc mừng, không phải văn bản.");
  await dialog.getByRole("button", { name: "Bỏ qua thư" }).click();
  await expect(clerk.getByText("Đã bỏ qua thư.")).toBeVisible();
});

test("a clerk sees how the mailbox stands, an administrator sets it up, and agencies of one name are told apart", async ({ office }) => {
  const clerk = await office.sit("vanthu.snv", "/mail/mailboxes");
  await expect(row(clerk, "snv@travinh.example")).toBeVisible();
  await expect(clerk.getByRole("button", { name: "Thêm hộp thư" })).toHaveCount(0);
  await expect(clerk.getByRole("button", { name: "Thử kết nối" })).toHaveCount(0);

  const operator = await office.sit("quantri", "/mail/mailboxes");
  await operator.getByRole("button", { name: "Thêm hộp thư" }).click();
  const wards = operator.getByRole("dialog").getByLabel("Cơ quan").locator("option", { hasText: /phường 1(,|$)/ });
  await expect(wards).toHaveText(["Ủy ban nhân dân phường 1, UBND thành phố Trà Vinh", "Ủy ban nhân dân phường 1, UBND thị xã Duyên Hải"]);
});

test("the text of a mail without a file becomes the document by the clerk's word", async ({ office }, info) => {
  const clerk = await office.sit("vanthu.snv", "/mail/quarantine");
  const subject = subjectOf("Moi hop");
  const file = info.outputPath("moi-hop.eml");
  await writeFile(
    file,
    ["From: Van phong <vp@do.example>", "To: snv@travinh.example", `Subject: ${subject}`, `Message-ID: <r${Date.now()}.${process.pid}@do.example>`, "", "Kinh moi du hop.", ""].join("\r\n"),
  );
  await mail(file);
  await row(clerk, subject).click({ timeout: 90_000 });
  await clerk.getByRole("button", { name: "Nhận vào văn bản đến" }).click();
  const dialog = clerk.getByRole("dialog", { name: "Nhận vào văn bản đến" });
  await expect(dialog.getByLabel("Nội dung thư (thành tệp PDF)")).toBeChecked();
  await dialog.getByRole("button", { name: "Nhận vào văn bản đến" }).click();
  await expect(clerk.getByLabel("Trích yếu")).toHaveValue(subject);
  await clerk.screenshot({ path: info.outputPath("released.png") });
  await clerk.keyboard.press("F8");
  await expect(clerk.getByText("Đã đưa ra khỏi danh sách; không gửi gì cho ai.")).toBeVisible();
});
