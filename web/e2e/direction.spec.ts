import { expect, subjectOf, test } from "./office";
import { answer, command, issued, newWholeOffice } from "./road";
import { chooseByName, row } from "./desk";
import type { Arrival, ArrivalPage, DeliveryPage } from "../src/api/schema";
import type { Page } from "@playwright/test";

/** Gives the line of that holder out with the act's dialog. */
async function give(page: Page, holder: string, fill: (dialog: ReturnType<Page["getByRole"]>) => Promise<void>): Promise<void> {
  await page.getByRole("group", { name: holder, exact: true }).getByRole("button", { name: "Chuyển xử lý" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Chuyển xử lý" });
  await fill(dialog);
  await dialog.getByRole("button", { name: "Chuyển", exact: true }).click();
  await expect(dialog).toBeHidden();
}

// The day of a directive inside an agency, each person in a browser of their
// own; the sender sees 03, 04, 05 and 06 in their order.
test("an arrival is directed to one lead and two who coordinate, split, worked on, answered and closed", async ({ office, paper }) => {
  test.slow();
  const at = await newWholeOffice(office);
  const subject = subjectOf("Về việc rà soát thủ tục hành chính");
  const sent = await issued(office, { subject, pdf: await paper(subject), to: [at.code] });
  const sender = await office.ask("vanthu.ubnd");
  const state = async () => (await answer<DeliveryPage>(await sender.get(`/api/documents/${sent.id}/deliveries`))).items[0]?.state;

  const clerk = await office.sit(at.clerk, "/incoming?state=awaiting");
  await test.step("the clerk registers it and asks the leader", async () => {
    await row(clerk, subject).click();
    await expect(clerk.getByText("01", { exact: true })).toBeVisible();
    await clerk.keyboard.press("F2");
    await expect(clerk.getByText(/Đã vào sổ, số đến/)).toBeVisible();
    await expect.poll(state).toBe("registered");
    await give(clerk, "Văn thư", async (dialog) => {
      await dialog.getByLabel("Ý kiến", { exact: true }).fill("Kính trình Giám đốc cho ý kiến");
      await dialog.getByLabel("Chuyển để").selectOption({ label: "Xin ý kiến chỉ đạo" });
      await chooseByName(dialog.getByLabel("Nơi nhận 1", { exact: true }), "Lê Lãnh Đạo");
    });
    await expect(clerk.getByText("Kính trình Giám đốc cho ý kiến")).toBeVisible();
  });

  const leader = await office.sit(at.leader);
  await test.step("the leader finds it, directs one lead and two coordinating units", async () => {
    await leader.getByRole("link", { name: new RegExp(subject.slice(0, 20)) }).first().click();
    await give(leader, "Lê Lãnh Đạo", async (dialog) => {
      await dialog.getByLabel("Ý kiến", { exact: true }).fill("Giao Phòng Tổng hợp chủ trì tham mưu");
      await dialog.getByRole("button", { name: "Lưu làm mẫu" }).click();
      await chooseByName(dialog.getByLabel("Nơi nhận 1", { exact: true }), "Phòng Tổng hợp");
      for (const [n, unit] of [
        [2, "Phòng Kinh tế"],
        [3, "Phòng Pháp chế"],
      ] as const) {
        await dialog.getByRole("button", { name: "Thêm nơi nhận" }).click();
        await chooseByName(dialog.getByLabel(`Nơi nhận ${n}`, { exact: true }), unit);
      }
    });
    await expect(leader.getByRole("group", { name: "Phòng Pháp chế" })).toContainText("Phối hợp");
    await leader.screenshot({ path: "test-results/direction-leader.png" });
    await expect.poll(state).toBe("assigned");
  });

  const head = await office.sit(at.head);
  await test.step("the head of the lead splits it", async () => {
    await head.getByRole("link", { name: new RegExp(subject.slice(0, 20)) }).first().click();
    await head.getByRole("group", { name: "Phòng Tổng hợp" }).getByRole("button", { name: "Tiếp nhận" }).click();
    await give(head, "Phòng Tổng hợp", async (dialog) => {
      await chooseByName(dialog.getByLabel("Nơi nhận 1", { exact: true }), "Hồ Chuyên Viên");
    });
    await expect.poll(state).toBe("in_work");
  });

  const officer = await office.sit(at.officer, "/work");
  await test.step("the officer notes progress and finishes; everything it was cut out of is done", async () => {
    await row(officer, subject).click();
    const mine = officer.getByRole("group", { name: "Hồ Chuyên Viên" });
    await mine.getByRole("button", { name: "Ghi tiến độ" }).click();
    await officer.getByRole("dialog").getByLabel("Tiến độ").fill("Đã rà soát 12 thủ tục");
    await officer.getByRole("dialog").getByRole("button", { name: "Ghi tiến độ" }).click();
    await expect(officer.getByText("Đã rà soát 12 thủ tục")).toBeVisible();
    await mine.getByRole("button", { name: "Hoàn thành" }).click();
    await officer.getByRole("dialog").getByLabel("Kết quả").fill("Đã báo cáo");
    await officer.getByRole("dialog").getByRole("button", { name: "Hoàn thành" }).click();
    await expect(mine).toContainText("Đã hoàn thành");
    await officer.screenshot({ path: "test-results/direction-officer.png" });
    await expect.poll(state).toBe("done");
  });

  await test.step("the slip fills itself", async () => {
    await clerk.reload();
    await clerk.getByRole("link", { name: "Phiếu giải quyết" }).click();
    await expect(clerk.getByRole("article")).toContainText("Giao Phòng Tổng hợp chủ trì tham mưu");
    await expect(clerk.getByRole("group", { name: "ĐẾN" })).toContainText("Lê Lãnh Đạo");
    await clerk.screenshot({ path: "test-results/direction-slip.png" });
  });

  await test.step("the sender's history has them in order", async () => {
    const events = await answer<{ items: { verb: string }[] }>(await sender.get(`/api/documents/${sent.id}/events`));
    expect(events.items.map((e) => e.verb).filter((v) => v.startsWith("delivery_"))).toEqual([
      "delivery_registered",
      "delivery_assigned",
      "delivery_in_work",
      "delivery_done",
    ]);
  });
});

test("a clerk registers several documents by keyboard only", async ({ office, paper }) => {
  test.slow();
  const at = await newWholeOffice(office);
  const subjects = [1, 2, 3].map((n) => subjectOf(`Về việc báo cáo số ${n}`));
  for (const subject of subjects) await issued(office, { subject, pdf: await paper(subject), to: [at.code] });
  const clerk = await office.sit(at.clerk, "/incoming?state=awaiting");
  await expect(clerk.getByRole("row")).toHaveCount(4);
  await clerk.keyboard.press("j");
  await expect(clerk.locator("tr[aria-rowindex='1']")).toHaveAttribute("aria-selected", "true");
  await clerk.keyboard.press("Enter");
  for (const n of [1, 2, 3]) {
    await expect(clerk.getByText(/^Số tiếp theo của sổ/)).toBeVisible();
    await expect(clerk.getByText(`0${n}`, { exact: true }).first()).toBeVisible();
    await clerk.keyboard.press("Control+Enter");
    await expect(clerk.getByText(`Đã vào sổ, số đến 0${n}.`)).toBeVisible();
  }
  const asking = await office.ask(at.clerk);
  const { items } = await answer<ArrivalPage>(await asking.get("/api/arrivals", { params: { state: "registered" } }));
  expect(items.map((a) => a.arrivalNumber).toSorted()).toEqual([1, 2, 3]);

  await test.step("and an answer issued closes what it answers", async () => {
    const first = items[0];
    if (!first) throw new Error("nothing is registered");
    const whole = await answer<Arrival>(await asking.get(`/api/arrivals/${first.id}`));
    await command(asking, `/api/lines/${whole.lines[0]?.id}/forward`, { inform: true, shares: [] });
    const after = await answer<Arrival>(await asking.get(`/api/arrivals/${first.id}`));
    expect(after.lines[0]?.state).toBe("done");
  });
});
