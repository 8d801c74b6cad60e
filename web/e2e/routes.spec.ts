import { writeFile } from "node:fs/promises";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import type { ArrivalPage, DocumentPage, MailboxList, MailItemPage, RegisterList } from "../src/api/schema";
import { expect, mail, subjectOf, test, type Office } from "./office";
import { answer, draft, issued } from "./road";

// Every address of the web app: it opens, nothing is cut off at 1366×768, and
// nothing stands in the way of people who read with other means than eyes.

interface Route {
  at: string | ((office: Office) => Promise<string>);
  login: string;
  shows: string | RegExp;
}

async function firstArrival(office: Office): Promise<string> {
  const { items } = await answer<ArrivalPage>(await (await office.ask("vanthu.sct")).get("/api/arrivals"));
  return `/incoming/${items[0]?.id}`;
}

async function firstIssued(office: Office, tab: string): Promise<string> {
  const clerk = await office.ask("vanthu.ubnd");
  const { items } = await answer<DocumentPage>(await clerk.get("/api/documents", { params: { state: "issued" } }));
  return `/outgoing/${items[0]?.id}${tab}`;
}

const routes: Record<string, Route> = {
  "/sign-in": { at: "/sign-in", login: "", shows: "Đăng nhập" },
  "/": { at: "/", login: "vanthu.sct", shows: "Việc cần làm" },
  "/incoming": { at: "/incoming", login: "vanthu.sct", shows: "Văn bản đến" },
  "/incoming/$id": { at: firstArrival, login: "vanthu.sct", shows: /Về mọi màn hình/ },
  "/incoming/$id/slip": { at: async (o) => `${await firstArrival(o)}/slip`, login: "vanthu.sct", shows: "PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN" },
  "/work": { at: "/work", login: "vanthu.sct", shows: "Công việc văn bản đến" },
  "/outgoing": { at: "/outgoing", login: "chuyenvien.ubnd", shows: "Văn bản đi" },
  "/outgoing/new": { at: "/outgoing/new", login: "chuyenvien.ubnd", shows: "Soạn văn bản" },
  "/outgoing/$id": { at: (o) => firstIssued(o, ""), login: "vanthu.ubnd", shows: /./ },
  "/outgoing/$id?tab=recipients": { at: (o) => firstIssued(o, "?tab=recipients"), login: "vanthu.ubnd", shows: /./ },
  "/outgoing/$id?tab=history": { at: (o) => firstIssued(o, "?tab=history"), login: "vanthu.ubnd", shows: /./ },
  "/outgoing/$id/ready": { at: (o) => firstIssued(o, "/ready"), login: "vanthu.ubnd", shows: "Kiểm tra trước khi phát hành" },
  "/outgoing/$id/edit": {
    at: async (o) => {
      const officer = await o.ask("chuyenvien.ubnd");
      const { items } = await answer<DocumentPage>(await officer.get("/api/documents", { params: { state: "draft", mine: true } }));
      return `/outgoing/${items[0]?.id}/edit`;
    },
    login: "chuyenvien.ubnd",
    shows: "Sửa dự thảo",
  },
  "/registers": { at: "/registers", login: "vanthu.ubnd", shows: "Sổ văn bản" },
  "/registers/$id": {
    at: async (o) => {
      const { items } = await answer<RegisterList>(await (await o.ask("vanthu.ubnd")).get("/api/registers"));
      return `/registers/${items.find((r) => r.name === "Sổ văn bản đi khác")?.id}`;
    },
    login: "vanthu.ubnd",
    shows: "Sổ văn bản đi khác",
  },
  "/mail/quarantine": { at: "/mail/quarantine", login: "vanthu.snv", shows: "Thư bị giữ lại" },
  "/mail/quarantine/$id": {
    at: async (o) => {
      const clerk = await o.ask("vanthu.snv");
      let id: string | undefined;
      await expect
        .poll(async () => {
          id = (await answer<MailItemPage>(await clerk.get("/api/quarantine"))).items[0]?.id;
          return id;
        }, { timeout: 90_000 })
        .toBeTruthy();
      return `/mail/quarantine/${id}`;
    },
    login: "vanthu.snv",
    shows: /./,
  },
  "/mail/mailboxes/$id": {
    at: async (o) => {
      const clerk = await o.ask("vanthu.snv");
      return `/mail/mailboxes/${(await answer<MailboxList>(await clerk.get("/api/mailboxes"))).items[0]?.id}`;
    },
    login: "vanthu.snv",
    shows: "snv@travinh.example",
  },
  "/link/$token": { at: `/link/${"x".repeat(32)}`, login: "", shows: "Văn bản gửi tới Quý cơ quan" },
  "/mail/mailboxes": { at: "/mail/mailboxes", login: "vanthu.snv", shows: "Hộp thư công vụ" },
  "/admin/agencies": { at: "/admin/agencies", login: "quantri", shows: "Cơ quan, đơn vị" },
  "/admin/accounts": { at: "/admin/accounts", login: "quantri", shows: "Tài khoản" },
  "/admin/groups": { at: "/admin/groups", login: "quantri", shows: "Nhóm nơi nhận" },
  "/admin/import": { at: "/admin/import", login: "quantri", shows: "Nhập dữ liệu" },
  "/admin/peers": { at: "/admin/peers", login: "quantri", shows: "Kết nối liên thông" },
  "/templates": { at: "/templates", login: "vanthu.ubnd", shows: "Mẫu văn bản" },
  "/case-files": { at: "/case-files", login: "chuyenvien.ubnd", shows: "Hồ sơ công việc" },
  "/case-files?tab=catalogue": { at: "/case-files?tab=catalogue", login: "vanthu.ubnd", shows: /Danh mục hồ sơ/ },
  "/incoming/paper": { at: "/incoming/paper", login: "vanthu.ubnd", shows: "Văn bản giấy" },
  "/incoming/paper?tab=batch": { at: "/incoming/paper?tab=batch", login: "vanthu.ubnd", shows: "Văn bản giấy" },
  "/notices": { at: "/notices", login: "vanthu.ubnd", shows: "Thông báo" },
  "/calendar": { at: "/calendar", login: "vanthu.ubnd", shows: "Ngày làm việc" },
  "/absence": { at: "/absence", login: "lanhdao.ubnd", shows: "Vắng mặt, trực thay" },
  "/absence?tab=roster": { at: "/absence?tab=roster", login: "vanthu.ubnd", shows: "Vắng mặt, trực thay" },
  "/me/sessions": { at: "/me/sessions", login: "vanthu.sct", shows: "Phiên và mã truy cập" },
  "/me/password": { at: "/me/password", login: "vanthu.sct", shows: "Đổi mật khẩu" },
  "/nowhere": { at: "/nowhere", login: "vanthu.sct", shows: "Không tìm thấy" },
};

// Made once by the first that needs it: the things that have pages of their own.
let prepared: Promise<void> | undefined;

async function prepare(office: Office, paper: (subject: string) => Promise<Buffer>, file: string): Promise<void> {
  const subject = subjectOf("Về mọi màn hình");
  const pdf = await paper(subject);
  await issued(office, { subject, pdf, to: ["H59.02", "H59.13"] });
  await draft(office, { subject: subjectOf("Dự thảo về mọi màn hình"), pdf, to: ["H59.02"] });
  await writeFile(file, `From: a@b.example\r\nTo: snv@travinh.example\r\nSubject: Khong co tep\r\nMessage-ID: <${subject.replace(/\D/g, "")}@b.example>\r\n\r\nXin chao\r\n`);
  await mail(file);
}

async function judge(page: Page, ...rules: string[]): Promise<void> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules.length > 0 ? axe.withRules(rules) : axe).analyze();
  const bad = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  expect(bad.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(" | ")}`)).toEqual([]);
}

// What is wider than the window or stands below it without a way to scroll there.
async function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const out: string[] = [];
    if (document.documentElement.scrollWidth > window.innerWidth) out.push(`page is ${document.documentElement.scrollWidth} wide`);
    for (const e of document.querySelectorAll<HTMLElement>("button, a, input, select, textarea, h1, h2")) {
      const box = e.getBoundingClientRect();
      if (box.width === 0 || box.right <= window.innerWidth + 1) continue;
      if (e.closest("[hidden], .sr-only")) continue;
      out.push(`${e.tagName} ${e.textContent?.slice(0, 40)} ends at ${Math.round(box.right)}`);
    }
    return out;
  });
}

for (const [name, route] of Object.entries(routes)) {
  test(`${name} opens, fits and can be read by everybody`, async ({ office, paper }, info) => {
    if (route.login !== "" && typeof route.at !== "string") await (prepared ??= prepare(office, paper, info.outputPath("thu.eml")));
    const at = typeof route.at === "string" ? route.at : await route.at(office);
    const page = route.login === "" ? await office.door({ expect: ["404 GET"] }) : await office.sit(route.login, at);
    if (route.login === "") await page.goto(at);
    await expect(page.getByRole("heading", { name: route.shows }).first()).toBeVisible();
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    expect(await cutOff(page)).toEqual([]);
    await judge(page);
    await page.emulateMedia({ colorScheme: "dark" });
    await judge(page, "color-contrast");
  });
}
