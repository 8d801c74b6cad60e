import { row } from "./desk";
import { expect, subjectOf, test } from "./office";
import { issued, newAgency } from "./road";

test("a clerk goes through the list, registers and comes to the next without the mouse", async ({ office, paper }) => {
  const subjects = ["một", "hai", "ba"].map((n) => subjectOf(`Về việc thứ ${n}`));
  const own = await newAgency(office);
  for (const subject of subjects) await issued(office, { subject, pdf: await paper(subject), to: [own.code] });
  const clerk = await office.sit(own.clerk, "/");
  await expect(clerk.getByRole("heading", { name: "Việc cần làm" })).toBeVisible();
  await clerk.keyboard.press("g");
  await clerk.keyboard.press("i");
  await expect(clerk).toHaveURL(/\/incoming$/);
  const rows = clerk.getByRole("row").filter({ hasText: "Về việc thứ" });
  await expect(rows).toHaveCount(3);
  const first = clerk.locator("tr[aria-rowindex='1']");
  const second = clerk.locator("tr[aria-rowindex='2']");
  await clerk.keyboard.press("j");
  await expect(first).toHaveAttribute("aria-selected", "true");
  await clerk.keyboard.press("ArrowDown");
  await expect(second).toHaveAttribute("aria-selected", "true");
  await clerk.keyboard.press("End");
  await expect(clerk.locator("tr[aria-rowindex='3']")).toHaveAttribute("aria-selected", "true");
  await clerk.keyboard.press("Home");
  await expect(first).toHaveAttribute("aria-selected", "true");

  // A dialog that closes gives the keys back to the list.
  await clerk.keyboard.press("?");
  await expect(clerk.getByRole("dialog", { name: "Phím tắt" })).toBeVisible();
  await clerk.keyboard.press("Escape");
  await expect(clerk.getByRole("dialog")).toBeHidden();
  await clerk.keyboard.press("j");
  await expect(second).toHaveAttribute("aria-selected", "true");

  await clerk.keyboard.press("/");
  await expect(clerk.getByRole("searchbox")).toBeFocused();
  await clerk.keyboard.type("ve viec thu hai");
  await expect(rows, "found without tone marks").toHaveCount(1);
  await expect(clerk, "the filter stands in the address bar").toHaveURL(/[?&]q=/);
  await clerk.keyboard.press("Escape");
  await expect(rows).toHaveCount(3);

  await clerk.goto("/incoming?state=awaiting");
  await expect(rows).toHaveCount(3);
  await clerk.keyboard.press("j");
  await clerk.keyboard.press("Enter");
  await expect(clerk.getByText("1 trong 3 văn bản chờ vào sổ")).toBeVisible();
  for (const left of ["1 trong 2", "1 trong 1"]) {
    await expect(clerk.getByRole("button", { name: "Vào sổ và tiếp" })).toBeEnabled();
    await clerk.keyboard.press("Control+Enter");
    await expect(clerk.getByText(`${left} văn bản chờ vào sổ`)).toBeVisible();
  }
  await expect(clerk.getByRole("button", { name: "Vào sổ và tiếp" })).toBeEnabled();
  await clerk.keyboard.press("Control+Enter");
  await expect(clerk.getByText("Không còn văn bản chờ vào sổ.")).toBeVisible();
  await clerk.goto("/incoming");
  for (const number of ["01", "02", "03"]) await expect(row(clerk, "Về việc thứ").filter({ hasText: number }).first()).toBeVisible();
});

test("after a click in the menu the keys act on what it led to, and every counter is its list", async ({ office, paper }) => {
  const subjects = ["một", "hai"].map((n) => subjectOf(`Về việc thứ ${n}`));
  const own = await newAgency(office);
  for (const subject of subjects) await issued(office, { subject, pdf: await paper(subject), to: [own.code] });
  const clerk = await office.sit(own.clerk, "/");
  const menu = clerk.getByRole("navigation", { name: "Danh mục chính" });
  const first = clerk.locator("tr[aria-rowindex='1']");
  await expect(menu.getByRole("link", { name: /^Việc cần làm/ })).toContainText("2");
  await menu.getByRole("link", { name: /^Chờ vào sổ/ }).click();
  await expect(clerk.getByRole("grid", { name: "Văn bản đến" })).toBeFocused();
  await expect(row(clerk, subjects[1] ?? "")).toBeVisible();
  await clerk.keyboard.press("j");
  await expect(first).toHaveAttribute("aria-selected", "true");
  await expect(clerk.getByRole("grid")).toHaveAttribute("aria-activedescendant", (await first.getAttribute("id")) ?? "");
  // The same page behind another entry of the menu.
  await menu.getByRole("link", { name: "Tất cả văn bản đến" }).click();
  await expect(clerk.getByRole("grid", { name: "Văn bản đến" })).toBeFocused();
  await menu.getByRole("link", { name: /^Việc cần làm/ }).click();
  await expect(clerk.getByRole("heading", { name: "Việc cần làm" })).toBeVisible();
  await expect(clerk.getByRole("link", { name: subjects[1] })).toBeVisible();
  await clerk.keyboard.press("j");
  await expect(clerk.getByRole("link", { name: subjects[1] })).toBeFocused();
  await clerk.keyboard.press("Enter");
  await expect(clerk.getByRole("button", { name: "Vào sổ và tiếp" })).toBeEnabled();
  await clerk.keyboard.press("F2");
  await expect(clerk.getByText(/^Đã vào sổ, số đến/)).toBeVisible();

  // Registered and with nobody yet: one count for the menu, the tab and the list.
  await expect(menu.getByRole("link", { name: /^Công việc/ })).toContainText("1");
  await menu.getByRole("link", { name: /^Công việc/ }).click();
  await expect(clerk.getByRole("tab", { name: "Chờ tôi 1" })).toHaveAttribute("aria-selected", "true");
  await expect(row(clerk, subjects[1] ?? "")).toBeVisible();
  await clerk.keyboard.press("j");
  await expect(row(clerk, subjects[1] ?? "")).toHaveAttribute("aria-selected", "true");
  await clerk.keyboard.press("Enter");
  await expect(clerk.getByRole("heading", { name: subjects[1] })).toBeVisible();
  // A page without a list is said by its heading.
  await menu.getByRole("link", { name: "Vắng mặt, lịch trực" }).click();
  await expect(clerk).toHaveTitle(/Vắng mặt/);
  await expect(menu.locator(":focus")).toHaveCount(0);
});

test("what another person does shows on an open screen by itself, and again after a cut line", async ({ office, paper }) => {
  const own = await newAgency(office);
  const clerk = await office.sit(own.clerk, "/incoming?state=awaiting");
  await expect(clerk.getByText("Không còn văn bản chờ vào sổ.")).toBeVisible();
  const before = subjectOf("Trước khi đứt mạng");
  await issued(office, { subject: before, pdf: await paper(before), to: [own.code] });
  await expect(row(clerk, before)).toBeVisible();
  await expect(clerk.getByRole("link", { name: /^Chờ vào sổ/ }), "and so does the count").toContainText("1");

  await clerk.context().setOffline(true);
  const missed = subjectOf("Trong lúc đứt mạng");
  await issued(office, { subject: missed, pdf: await paper(missed), to: [own.code] });
  await expect(row(clerk, missed)).toBeHidden();
  await clerk.context().setOffline(false);
  await expect(row(clerk, missed), "what was missed is made up for").toBeVisible({ timeout: 60_000 });
});

test("everything is there in English too, and the choice stays", async ({ office, paper }) => {
  const subject = subjectOf("Về việc học ngoại ngữ");
  const own = await newAgency(office);
  await issued(office, { subject, pdf: await paper(subject), to: [own.code] });
  const clerk = await office.sit(own.clerk, "/");
  await clerk.getByRole("button", { name: "Tài khoản của tôi" }).click();
  await clerk.getByRole("menuitemradio", { name: "English" }).click();
  await expect(clerk.getByRole("heading", { name: "To do" })).toBeVisible();
  await expect(clerk.locator("html")).toHaveAttribute("lang", "en");
  await clerk.reload();
  await clerk.getByRole("link", { name: subject }).click();
  await expect(clerk.getByLabel("Subject")).toHaveValue(subject);
  await clerk.getByRole("button", { name: "Refuse" }).click();
  const dialog = clerk.getByRole("dialog");
  await dialog.getByRole("button", { name: "Refuse" }).click();
  await expect(dialog.getByRole("alert"), "no reason is taken for granted").toHaveText("Choose a reason.");
  await dialog.getByLabel("Reason").selectOption({ label: "Another reason" });
  await dialog.getByRole("button", { name: "Refuse" }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await expect(dialog.getByRole("alert")).not.toContainText(/[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i);
});
