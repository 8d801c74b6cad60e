import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { attachMain, compose, pdf, row } from "./desk";
import { expect, subjectOf, test } from "./office";
import { issued, newAgency } from "./road";

const run = promisify(execFile);

// Bad input: a clear error in the user's words, and nothing half done.

test("a state secret is refused where it is written, and nothing is kept", async ({ office, paper }) => {
  const subject = subjectOf("Về kế hoạch phòng thủ");
  const officer = await office.sit("chuyenvien.ubnd", "/", { expect: ["422 POST"] });
  await compose(officer, { subject, file: pdf(await paper(subject)) });
  await officer.getByLabel("Độ mật").selectOption({ label: "Tối mật (không soạn tại đây)" });
  await officer.getByRole("button", { name: "Lưu dự thảo" }).click();
  await expect(officer.getByText("Văn bản chứa bí mật nhà nước không được đưa vào hệ thống này.").first()).toBeVisible();
  await expect(officer.getByLabel("Trích yếu"), "what was typed stays").toHaveValue(subject);
  officer.once("dialog", (leave) => void leave.accept());
  await officer.goto(`/outgoing?q=${encodeURIComponent(subject)}`);
  await expect(officer.getByText("Không có văn bản khớp bộ lọc")).toBeVisible();
});

test("a date that is none is not taken for another one, nor for none", async ({ office, paper }) => {
  const subject = subjectOf("Về thời hạn báo cáo");
  const own = await newAgency(office);
  await issued(office, { subject, pdf: await paper(subject), to: [own.code] });
  const clerk = await office.sit(own.clerk, "/incoming?state=awaiting");
  await row(clerk, subject).click();
  await expect(clerk.getByRole("button", { name: "Vào sổ và tiếp" })).toBeEnabled();
  const due = clerk.getByLabel("Hạn xử lý");
  for (const typed of ["31/02/2099", "abc", "10/12/2o99"]) {
    await due.fill("");
    await due.pressSequentially(typed);
    await clerk.keyboard.press("F2");
    await expect(clerk.getByText("Ngày chưa đúng").first()).toBeVisible();
    await expect(due).toBeFocused();
  }
  await expect(clerk.getByRole("button", { name: "Vào sổ và tiếp" }), "and it is not registered").toBeEnabled();
  await due.fill("");
  await due.pressSequentially("10/12/2099");
  await clerk.keyboard.press("F2");
  await expect(clerk.getByText(/^Đã vào sổ, số đến/)).toBeVisible();
  await clerk.getByRole("tab", { name: "Thông tin" }).click();
  await expect(clerk.getByText("10/12/2099").first()).toBeVisible();
});

test("an empty file is told at once and does not leave the machine", async ({ office }) => {
  const officer = await office.sit("chuyenvien.ubnd", "/outgoing/new");
  const sent: string[] = [];
  officer.on("request", (r) => {
    if (r.url().includes("/api/uploads")) sent.push(r.url());
  });
  await attachMain(officer, pdf(Buffer.alloc(0), "trong.pdf"));
  await expect(officer.getByRole("alert").filter({ hasText: "Tệp rỗng." })).toBeVisible();
  await officer.getByRole("button", { name: "Hủy tải lên" }).click();
  await expect(officer.getByRole("button", { name: "chọn tệp" })).toHaveCount(2);
  expect(sent).toEqual([]);
});

test("an encrypted PDF and a file that is not what its name says are refused when the draft is saved", async ({ office, paper }, info) => {
  const plain = info.outputPath("mo.pdf");
  const locked = info.outputPath("khoa.pdf");
  await writeFile(plain, await paper("Về mật khẩu"));
  await run("qpdf", ["--encrypt", "doc", "chu", "256", "--", plain, locked]);
  const officer = await office.sit("chuyenvien.ubnd", "/", { expect: ["415 POST"] });
  const bad = [
    { file: pdf(await readFile(locked), "khoa.pdf"), told: /mật khẩu/ },
    { file: pdf(Buffer.from("not a PDF at all, whatever its name says\n".repeat(40)), "anh.pdf"), told: /anh\.pdf|không/ },
  ];
  for (const { file, told } of bad) {
    const subject = subjectOf("Về tệp hỏng");
    await compose(officer, { subject, file });
    await officer.getByRole("button", { name: "Lưu dự thảo" }).click();
    await expect(officer.getByRole("alert").filter({ hasText: told }).first()).toBeVisible();
    await expect(officer.getByLabel("Trích yếu")).toHaveValue(subject);
    officer.once("dialog", (leave) => void leave.accept());
  }
});

test("names with HTML, marks that turn the text and 300 letters are shown as what they are", async ({ office, paper }) => {
  const html = subjectOf('<img src=x onerror="document.title=1"> & <b>đậm</b>');
  const long = subjectOf("Vănbảndài".repeat(34));
  const turned = "bao\u202Efdp.exe-\u200Fcao.pdf";
  const first = await issued(office, {
    subject: html,
    pdf: await paper("Về tên tệp"),
    fileName: turned,
    to: ["H59.16"],
  });
  await issued(office, {
    subject: long,
    pdf: await paper("Về tên dài"),
    fileName: `${"tên-rất-dài-".repeat(25)}.pdf`,
    to: ["H59.16"],
    more: { recipients: [{ type: "name", name: "Ông <script>alert(1)</script> Đặng Văn Á".normalize("NFD") }] },
  });
  const officer = await office.sit("chuyenvien.ubnd", `/outgoing?mine=true`);
  await expect(row(officer, html)).toBeVisible();
  await expect(row(officer, long)).toBeVisible();

  await row(officer, html).click();
  await expect(officer.getByRole("heading", { level: 1 })).toHaveText(html);
  await expect(officer.locator("img")).toHaveCount(0);
  const name = first.files[0]?.name ?? "";
  expect(name, "marks that cannot be seen do not hide what a file is").not.toMatch(/[\u200E\u200F\u202A-\u202E\u2066-\u2069]/);
  await expect(officer.getByRole("link", { name }).or(officer.getByRole("button", { name })).first()).toBeVisible();

  await officer.goBack();
  await row(officer, long).click();
  await expect(officer.getByRole("heading", { level: 1 })).toHaveText(long);
  await officer.getByRole("tab", { name: /Nơi nhận/ }).click();
  await expect(officer.getByText("Ông <script>alert(1)</script> Đặng Văn Á".normalize("NFC")).first()).toBeVisible();
  const wide = await officer.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide, "nothing pushes the page wider than the window").toBeLessThanOrEqual(0);
});
