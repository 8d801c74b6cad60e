import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import type { DocumentDraft, GroupList } from "../src/api/schema";
import { compose, pdf, row } from "../e2e/desk";
import { expect, mail, test, type Office } from "../e2e/office";
import { answer, issued, submitted } from "../e2e/road";
import { small } from "./png";

const folder = path.resolve(import.meta.dirname, "../../docs/screens");

async function take(page: Page, name: string): Promise<void> {
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await page.mouse.move(1360, 760);
  const picture = await page.screenshot({ animations: "disabled", caret: "hide" });
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, `${name}.png`), small(picture));
}

// What an office of the province has on its desk on a working day.
const papers: readonly (Partial<DocumentDraft> & { subject: string })[] = [
  { kind: "official_letter", subject: "Về việc góp ý dự thảo kế hoạch cải cách hành chính năm tới" },
  { kind: "announcement", subject: "Kết luận của Chủ tịch UBND tỉnh tại cuộc họp giao ban tháng 10", urgency: "urgent" },
  { kind: "decision", subject: "Ban hành Quy chế tiếp công dân của cơ quan hành chính trên địa bàn tỉnh" },
  { kind: "plan", subject: "Tuyên truyền, phổ biến pháp luật về tiếp cận thông tin" },
  { kind: "official_letter", subject: "Về việc báo cáo biên chế công chức, viên chức năm 2017", urgency: "very_urgent" },
];
const directive = "Về việc gửi, nhận văn bản trên môi trường mạng trong các cơ quan nhà nước tỉnh Trà Vinh";

function dayFromNow(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toLocaleDateString("sv", { timeZone: "Asia/Ho_Chi_Minh" });
}

async function everyAgency(office: Office): Promise<DocumentDraft["recipients"]> {
  const officer = await office.ask("chuyenvien.ubnd");
  const { items } = await answer<GroupList>(await officer.get("/api/groups"));
  const all = items.find((g) => g.name === "Tất cả cơ quan trong tỉnh");
  return all?.memberIds.map((id) => ({ type: "agency", agencyId: id }));
}


test("the tour", async ({ office, paper }, info) => {
  const all = await everyAgency(office);
  for (const [i, p] of papers.entries()) {
    await issued(office, { subject: p.subject, pdf: await paper(p.subject), to: [], more: { ...p, recipients: all, dueDate: dayFromNow(i * 2 + 1) } });
  }
  await submitted(office, {
    subject: "Về việc cử công chức tham dự lớp bồi dưỡng văn thư, lưu trữ",
    pdf: await paper("Về việc cử công chức tham dự lớp bồi dưỡng văn thư, lưu trữ"),
    to: ["H59.08"],
    more: { kind: "official_letter", dueDate: dayFromNow(1) },
  });
  const d = await issued(office, { subject: directive, pdf: await paper(directive), to: [], more: { recipients: all } });

  const door = await office.door();
  await door.goto("/sign-in");
  await take(door, "sign-in");

  const officer = await office.sit("chuyenvien.ubnd");
  await compose(officer, { subject: "Về tăng cường kỷ luật, kỷ cương hành chính", file: pdf(await paper("Về tăng cường kỷ luật, kỷ cương hành chính")), recipients: ["cac so, ban"] });
  await expect(officer.getByRole("document").locator("canvas").first()).toBeVisible();
  await take(officer, "compose");

  const file = info.outputPath("bao-cao-tuan.pdf");
  await writeFile(file, await paper("Báo cáo công tác tuần"));
  await mail(file, "Báo cáo công tác tuần của Bưu điện tỉnh");
  const clerk = await office.sit("vanthu.snv", "/incoming");
  await expect(row(clerk, "Báo cáo công tác tuần")).toBeVisible({ timeout: 30_000 });
  await row(clerk, papers[0]?.subject ?? "").click();
  await clerk.getByRole("button", { name: "Vào sổ", exact: true }).click();
  await expect(clerk.getByText(/^Đã vào sổ, số đến/)).toBeVisible();
  await clerk.goto("/");
  await expect(clerk.getByRole("heading", { name: "Việc cần làm" })).toBeVisible();
  await take(clerk, "work");
  await clerk.goto("/incoming");
  await clerk.keyboard.press("j");
  await take(clerk, "incoming");
  await row(clerk, directive).click();
  await expect(clerk.getByRole("document").locator("canvas").first()).toBeVisible();
  await take(clerk, "register");
  await clerk.getByRole("button", { name: "Vào sổ", exact: true }).click();
  await expect(clerk.getByText(/^Đã vào sổ, số đến/)).toBeVisible();

  const other = await office.sit("vanthu.stp", "/incoming?state=awaiting");
  await row(other, directive).click();
  await other.getByRole("button", { name: "Từ chối" }).click();
  await other.getByRole("dialog").getByLabel("Lý do từ chối").selectOption({ label: "Không đúng thẩm quyền" });
  await other.getByRole("dialog").getByRole("button", { name: "Từ chối" }).click();
  await expect(other.getByText("Đã từ chối, nơi gửi được báo.")).toBeVisible();

  const sender = await office.sit("vanthu.ubnd", `/outgoing/${d.id}?tab=recipients`);
  await expect(sender.getByText("1 trong 107 nơi đã vào sổ")).toBeVisible();
  await expect(sender.getByRole("document").locator("canvas").first()).toBeVisible();
  await take(sender, "recipients");

  const english = await office.sit("vanthu.ubnd", "/outgoing", { language: "en" });
  await expect(row(english, directive)).toBeVisible();
  await take(english, "outgoing-en");

  const operator = await office.sit("quantri", "/admin/agencies");
  await row(operator, "Sở Nội vụ").first().click();
  await expect(operator.getByRole("heading", { name: "Sở Nội vụ" })).toBeVisible();
  await take(operator, "agencies");
});
