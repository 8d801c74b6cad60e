import { expect, subjectOf, test } from "./office";
import { agencyId, answer, approved, command, issued, newPerson, newWholeOffice } from "./road";
import { chooseByName, row } from "./desk";
import type { CaseFile, DeliveryPage } from "../src/api/schema";
import type { Page } from "@playwright/test";

/** Does an act on the line of that holder, with its dialog. */
async function onLine(page: Page, holder: string, act: string, fill: (dialog: ReturnType<Page["getByRole"]>) => Promise<void>, press = act): Promise<void> {
  await page.getByRole("group", { name: holder, exact: true }).getByRole("button", { name: act, exact: true }).first().click();
  const dialog = page.getByRole("dialog", { name: act });
  await fill(dialog);
  await dialog.getByRole("button", { name: press, exact: true }).click();
  await expect(dialog).toBeHidden();
}

async function share(dialog: ReturnType<Page["getByRole"]>, holders: readonly string[], due?: string): Promise<void> {
  for (const [i, holder] of holders.entries()) {
    if (i > 0) await dialog.getByRole("button", { name: "Thêm nơi nhận" }).click();
    await chooseByName(dialog.getByLabel(`Nơi nhận ${i + 1}`, { exact: true }), holder);
    if (due) await dialog.getByLabel(`Hạn ${i + 1}`).fill(due);
  }
}

const open = (page: Page, subject: string) => page.getByRole("link", { name: new RegExp(subject.slice(0, 24)) }).first().click();

// A directive's whole life at the office that has to carry it out: six people,
// each in a browser of their own, until it lies in a file that is carried away.
test("the directive is registered, directed, split, partly done by a substitute, answered, filed and exported", async ({ office, paper }, info) => {
  test.slow();
  const at = await newWholeOffice(office);
  const second = await newPerson(office, at.code, "Chuyên viên", { name: "Thạch Đi Vắng", unit: "TH" });
  const standIn = await newPerson(office, at.code, "Chuyên viên", { name: "Lâm Trực Thay", unit: "TH" });
  const subject = subjectOf("Về việc chấn chỉnh gửi nhận văn bản điện tử");
  const sent = await issued(office, { subject, pdf: await paper(subject), to: [at.code] });
  const sender = await office.ask("vanthu.ubnd");
  const state = async () => (await answer<DeliveryPage>(await sender.get(`/api/documents/${sent.id}/deliveries`))).items[0]?.state;
  const shot = (page: Page, name: string) => page.screenshot({ path: info.outputPath(`${name}.png`) });
  const asClerk = await office.ask(at.clerk);
  const agency = await agencyId(asClerk, at.code);
  const { day } = await answer<{ day: string }>(await asClerk.get(`/api/agencies/${agency}/due-date`, { params: { workingDays: 5 } }));
  const due = day.split("-").toReversed().join("/");

  const clerk = await office.sit(at.clerk, "/incoming?state=awaiting");
  await test.step("the clerk registers it: 03", async () => {
    await row(clerk, subject).click();
    await expect(clerk.getByText("01", { exact: true })).toBeVisible();
    await clerk.keyboard.press("F2");
    await onLine(clerk, "Văn thư", "Chuyển xử lý", async (dialog) => {
      await dialog.getByLabel("Chuyển để").selectOption({ label: "Xin ý kiến chỉ đạo" });
      await share(dialog, ["Lê Lãnh Đạo"]);
    }, "Chuyển");
    await expect.poll(state).toBe("registered");
  });

  const leader = await office.sit(at.leader);
  await test.step("the leader names one lead and two who coordinate, with a date: 04", async () => {
    await open(leader, subject);
    await onLine(leader, "Lê Lãnh Đạo", "Chuyển xử lý", async (dialog) => {
      await dialog.getByLabel("Ý kiến", { exact: true }).fill("Giao Phòng Tổng hợp chủ trì, báo cáo UBND tỉnh");
      await share(dialog, ["Phòng Tổng hợp", "Phòng Kinh tế", "Phòng Pháp chế"], due);
      await shot(leader, "direct");
    }, "Chuyển");
    await expect.poll(state).toBe("assigned");
  });

  const head = await office.sit(at.head);
  await test.step("the head splits it between two officers: 05", async () => {
    await open(head, subject);
    await head.getByRole("group", { name: "Phòng Tổng hợp", exact: true }).getByRole("button", { name: "Tiếp nhận" }).click();
    await onLine(head, "Phòng Tổng hợp", "Chuyển xử lý", (dialog) => share(dialog, ["Hồ Chuyên Viên", "Thạch Đi Vắng"], due), "Chuyển");
    await expect.poll(state).toBe("in_work");
    await shot(head, "split");
  });

  const away = await office.sit(second, "/absence");
  const substitute = await office.sit(standIn);
  await test.step("one officer goes away; the substitute does that part under both names", async () => {
    await away.getByRole("button", { name: "Báo vắng mặt" }).click();
    const dialog = away.getByRole("dialog", { name: "Báo vắng mặt" });
    await expect(dialog.locator("option", { hasText: "Lâm Trực Thay" })).toBeAttached();
    await chooseByName(dialog.getByLabel("Người trực thay"), "Lâm Trực Thay");
    await dialog.getByLabel("Đến ngày").fill("31/12");
    await dialog.getByRole("button", { name: "Báo vắng mặt" }).click();
    await expect(dialog).toBeHidden();
    await substitute.goto("/work?view=mine");
    await row(substitute, subject).click();
    await onLine(substitute, "Thạch Đi Vắng", "Hoàn thành", (box) => box.getByLabel("Kết quả").fill("Đã thống kê số văn bản gửi kèm bản giấy"));
    await substitute.getByRole("tab", { name: "Lịch sử" }).click();
    await expect(substitute.getByText(/Lâm Trực Thay.*thay mặt.*Thạch Đi Vắng/).first()).toBeVisible();
    await shot(substitute, "substitute");
  });

  const officer = await office.sit(at.officer, "/notices");
  await test.step("the agency's alarm reminds the officer before the date", async () => {
    await clerk.goto("/calendar");
    await clerk.getByRole("button", { name: "Nhắc hạn, giờ vào sổ" }).click();
    const dialog = clerk.getByRole("dialog", { name: "Nhắc hạn, giờ vào sổ" });
    await dialog.getByLabel(/Nhắc lần đầu/).fill("10");
    await dialog.getByRole("button", { name: "Lưu" }).click();
    await expect(dialog).toBeHidden();
    await expect(async () => {
      await officer.reload();
      await expect(row(officer, subject)).toContainText("Sắp đến hạn", { timeout: 2000 });
    }).toPass();
    await shot(officer, "reminded");
  });

  await test.step("the answer is linked, issued, and closes what it answers: 06", async () => {
    const said = subjectOf("Báo cáo kết quả chấn chỉnh gửi nhận văn bản");
    const reply = await approved(office, at, { subject: said, pdf: await paper(said), to: ["H59.02"] });
    await row(officer, subject).click();
    await onLine(officer, "Hồ Chuyên Viên", "Văn bản trả lời", (dialog) => chooseByName(dialog.getByLabel("Chọn văn bản đi của cơ quan"), said));
    await expect(officer.getByRole("link", { name: said })).toBeVisible();
    await command(asClerk, `/api/documents/${reply.id}/issue`, { seenSha256: reply.files[0]?.sha256 });
    await expect.poll(state).toBe("done");
    await officer.reload();
    for (const holder of ["Hồ Chuyên Viên", "Phòng Tổng hợp", "Phòng Kinh tế", "Phòng Pháp chế"]) {
      await expect(officer.getByRole("group", { name: holder, exact: true })).toContainText("Đã hoàn thành");
    }
    await shot(officer, "answered");
  });

  await test.step("the sender saw 03, 04, 05 and 06 in order", async () => {
    const events = await answer<{ items: { verb: string }[] }>(await sender.get(`/api/documents/${sent.id}/events`));
    expect(events.items.map((e) => e.verb).filter((v) => v.startsWith("delivery_"))).toEqual([
      "delivery_registered",
      "delivery_assigned",
      "delivery_in_work",
      "delivery_done",
    ]);
  });

  await test.step("it is filed, the file closed and carried away", async () => {
    const file = await command<CaseFile>(await office.ask(at.officer), "/api/casefiles", {
      agencyId: agency,
      year: Number(day.slice(0, 4)),
      notation: "01.TH",
      title: "Gửi nhận văn bản điện tử",
      retention: 10,
    });
    await officer.getByRole("button", { name: "Đưa vào hồ sơ" }).click();
    const put = officer.getByRole("dialog");
    await expect(put.locator("option", { hasText: "Gửi nhận văn bản điện tử" })).toBeAttached();
    await chooseByName(put.getByLabel("Hồ sơ đang lập"), "Gửi nhận văn bản điện tử");
    await put.getByRole("button", { name: "Đưa vào hồ sơ" }).click();
    await expect(officer.getByRole("link", { name: /Gửi nhận văn bản điện tử/ })).toBeVisible();
    await officer.goto(`/case-files/${file.id}`);
    await expect(officer.getByText(subject)).toBeVisible();
    await officer.getByRole("button", { name: "Kết thúc hồ sơ" }).click();
    await officer.getByRole("dialog").getByRole("button", { name: /Kết thúc hồ sơ/ }).click();
    await expect(officer.getByText("Đã kết thúc").first()).toBeVisible();
    await officer.getByRole("tab", { name: "Thông tin" }).click();
    const download = officer.waitForEvent("download");
    await officer.getByRole("link", { name: /ZIP/ }).click();
    expect((await download).suggestedFilename()).toMatch(/\.zip$/);
    await shot(officer, "filed");
  });
});
