import { expect, password, test } from "./office";
import { answer, newAgency } from "./road";
import type { Me } from "../src/api/schema";

test("a wrong password is told without telling who is known, and the right one leads back to the page that was asked for", async ({ office }) => {
  const page = await office.door({ expect: ["401 POST"] });
  await page.goto("/incoming?state=awaiting");
  await expect(page).toHaveURL(/\/sign-in\?back=/);
  const words: string[] = [];
  for (const login of ["vanthu.sxd", "khong.co.nguoi.nay"]) {
    await page.getByLabel("Tên đăng nhập").fill(login);
    await page.getByLabel("Mật khẩu").fill("sai mật khẩu");
    await page.getByRole("button", { name: "Đăng nhập" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    words.push((await page.getByRole("alert").textContent()) ?? "");
  }
  expect(words[0]).toBe("Tên đăng nhập hoặc mật khẩu không đúng.");
  expect(words[1]).toBe(words[0]);
  await page.getByLabel("Tên đăng nhập").fill("vanthu.sxd");
  await page.getByLabel("Mật khẩu").fill(password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/incoming\?state=awaiting$/);
  await expect(page.getByRole("heading", { name: "Văn bản đến" })).toBeVisible();
});

test("a new person gets a password once, sets their own before anything else, and works", async ({ office }) => {
  const login = `moi.${process.pid}.stttt`;
  const operator = await office.sit("quantri", "/admin/accounts");
  await operator.getByRole("button", { name: "Thêm tài khoản" }).click();
  const form = operator.getByRole("dialog", { name: "Thêm tài khoản" });
  await form.getByLabel("Họ và tên").fill("Người Mới");
  await form.getByLabel("Tên đăng nhập").fill(login);
  await form.getByLabel("Cơ quan").selectOption({ label: "Sở Thông tin và Truyền thông" });
  await form.getByRole("button", { name: "Thêm", exact: true }).click();
  const given = operator.getByRole("dialog", { name: "Mật khẩu lần đầu" });
  const first = (await given.getByTestId("secret").textContent()) ?? "";
  expect(first.length).toBeGreaterThanOrEqual(10);

  const page = await office.door({ expect: ["403 GET", "422 POST"] });
  await page.goto("/");
  await page.getByLabel("Tên đăng nhập").fill(login);
  await page.getByLabel("Mật khẩu").fill(first);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Đặt mật khẩu mới" })).toBeVisible();
  const next = page.getByLabel("Mật khẩu mới", { exact: false }).first();
  await next.fill("ngắn");
  await page.getByRole("button", { name: "Đổi mật khẩu" }).click();
  await expect(page.getByText("Cần ít nhất 10 ký tự.")).toBeVisible();
  await next.fill("con mèo trèo cây cau");
  await page.getByLabel("Nhập lại mật khẩu mới").fill("con mèo trèo cây cau");
  await page.getByRole("button", { name: "Đổi mật khẩu" }).click();
  await expect(page.getByRole("heading", { name: "Việc cần làm" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Tài khoản của tôi" })).toContainText("Người Mới");
});

test("signing out ends the session for good, in every window of the browser", async ({ office }) => {
  const page = await office.door();
  await page.goto("/");
  await page.getByLabel("Tên đăng nhập").fill("vanthu.sgtvt");
  await page.getByLabel("Mật khẩu").fill(password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Việc cần làm" })).toBeVisible();
  await page.getByRole("button", { name: "Tài khoản của tôi" }).click();
  await page.getByRole("menuitem", { name: "Đăng xuất" }).click();
  await expect(page.getByRole("heading", { name: "Đăng nhập" })).toBeVisible();
  await page.goBack();
  await page.goto("/incoming");
  await expect(page).toHaveURL(/\/sign-in/);
  expect((await page.request.get("/api/me")).status()).toBe(401);
});

test("a session that is not mine is seen and ended from another browser", async ({ office }) => {
  const login = "vanthu.skhcn";
  const stranger = await office.door({ expect: ["401 POST"] });
  const mine = await office.door();
  for (const page of [stranger, mine]) {
    await page.goto("/");
    await page.getByLabel("Tên đăng nhập").fill(login);
    await page.getByLabel("Mật khẩu").fill(password);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Việc cần làm" })).toBeVisible();
  }
  await mine.goto("/me/sessions");
  await expect(mine.getByText("Phiên này")).toBeVisible();
  await mine.getByRole("button", { name: "Kết thúc" }).first().click();
  await expect(mine.getByText("Đã kết thúc phiên.")).toBeVisible();
  await stranger.goto("/outgoing");
  await expect(stranger).toHaveURL(/\/sign-in/);
});

test("the language of the account is spoken after signing in, and a choice at the door is kept", async ({ office }) => {
  const { clerk } = await newAgency(office);
  const asking = await office.ask(clerk);
  const language = async () => (await answer<Me>(await asking.get("/api/me"))).language;
  expect((await asking.patch("/api/me", { data: { language: "en" } })).ok()).toBe(true);

  const page = await office.door();
  await page.goto("/");
  await page.getByLabel("Tên đăng nhập").fill(clerk);
  await page.getByLabel("Mật khẩu").fill("con mèo trèo cây cau");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "To do" })).toBeVisible();
  await page.getByRole("button", { name: "My account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();

  await page.getByRole("button", { name: "Tiếng Việt" }).click();
  await page.getByLabel("Tên đăng nhập").fill(clerk);
  await page.getByLabel("Mật khẩu").fill("con mèo trèo cây cau");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Việc cần làm" })).toBeVisible();
  await expect.poll(language).toBe("vi");
});

test("an operator has no quarantine to open, and is told so in words that are true", async ({ office }) => {
  const operator = await office.sit("quantri", "/", { expect: ["403 GET"] });
  await expect(operator.getByRole("heading", { name: "Việc cần làm" })).toBeVisible();
  await expect(operator.getByRole("link", { name: "Hộp thư", exact: true })).toBeVisible();
  await expect(operator.getByRole("link", { name: /Thư bị giữ lại/ })).toHaveCount(0);
  await operator.goto("/mail/quarantine");
  await expect(operator.getByRole("alert")).toContainText("Bạn không có quyền xem trang này");
  await expect(operator.getByRole("button", { name: "Thử lại" })).toHaveCount(0);
  await operator.getByRole("link", { name: "Về việc cần làm" }).click();
  await expect(operator.getByRole("heading", { name: "Việc cần làm" })).toBeVisible();
});
