import { readFile } from "node:fs/promises";
import path from "node:path";
import { act, attachAnnex, attachMain, compose, pdf, row, submit } from "./desk";
import { expect, subjectOf, test } from "./office";
import { docxType } from "./paper";

// The main road, walked by six people in six browsers: from one desk to every
// agency of the province, and back as what each of them did with it.
test("a directive goes from one desk to every agency; one registers it, one refuses it, the sender sees both", async ({ office, paper }) => {
  test.slow();
  const subject = subjectOf("Về việc gửi, nhận văn bản trên môi trường mạng");
  const docx = await readFile(path.join(import.meta.dirname, "testdata/du-thao.docx"));
  const officer = await office.sit("chuyenvien.ubnd");
  let address = "";

  await test.step("the officer writes it", async () => {
    await compose(officer, { subject });
    await attachMain(officer, { name: "chi-thi.docx", mimeType: docxType, buffer: docx });
    await expect(officer.getByText("Đã tải lên")).toHaveCount(1);
    await expect(officer.getByText("Tệp DOCX không xem trước được")).toBeVisible();
    // The PDF is what is signed: it takes the place, the DOCX goes along.
    await officer.getByRole("group", { name: "Tệp chính" }).getByRole("button", { name: /Bỏ tệp/ }).click();
    await attachMain(officer, pdf(await paper(subject)));
    await attachAnnex(officer, { name: "chi-thi.docx", mimeType: docxType, buffer: docx });
    await expect(officer.getByText("Đã tải lên")).toHaveCount(2);
    await expect(officer.getByRole("document").locator("canvas").first(), "the PDF is read before it is saved").toBeVisible();
    await officer.getByRole("combobox", { name: "Thêm nơi nhận" }).fill("tat ca co quan trong tinh");
    await officer.keyboard.press("Enter");
    await expect(officer.getByRole("group", { name: "Nơi nhận" })).toContainText("(107)");
    address = await submit(officer, "Sơn Quốc Dũng");
    await expect(officer.getByText("Đang chờ Sơn Quốc Dũng duyệt.")).toBeVisible();
  });

  await test.step("the leader finds it at once, reads it and approves", async () => {
    const leader = await office.sit("lanhdao.ubnd");
    await leader.getByRole("link", { name: subject }).click();
    await expect(leader.getByRole("document").locator("canvas").first()).toBeVisible();
    await act(leader, "Duyệt");
    await expect(leader.getByText("Đã duyệt, chờ cấp số")).toBeVisible();
  });

  // Two receiving clerks look at their lists before it is issued.
  const registering = await office.sit("vanthu.snv", "/incoming?state=awaiting");
  const refusing = await office.sit("vanthu.stp", "/incoming?state=awaiting");
  let reference = "";

  await test.step("the clerk numbers it and issues it", async () => {
    const clerk = await office.sit("vanthu.ubnd");
    await clerk.getByRole("link", { name: subject }).click();
    await act(clerk, "Cấp số");
    reference = (await clerk.getByText(/^\d+\/CT-UBND$/).first().textContent()) ?? "";
    await clerk.getByRole("button", { name: "Phát hành", exact: true }).click();
    const dialog = clerk.getByRole("dialog", { name: "Phát hành tới 107 nơi nhận?" });
    await expect(dialog).toContainText(reference);
    await dialog.getByRole("button", { name: "Phát hành", exact: true }).click();
    await expect(clerk.getByText(`Đã phát hành ${reference}.`)).toBeVisible();
  });

  await officer.goto(`${address}?tab=recipients`);
  await expect(officer.getByText("0 trong 107 nơi đã vào sổ")).toBeVisible();

  await test.step("Sở Nội vụ sees it come without asking and registers it beside the paper", async () => {
    await row(registering, subject).click();
    await expect(registering.getByRole("document").locator("canvas").first()).toBeVisible();
    await expect(registering.getByLabel("Trích yếu")).toHaveValue(subject);
    await expect(registering.getByLabel("Cơ quan ban hành")).toHaveValue("Ủy ban nhân dân tỉnh Trà Vinh");
    await registering.getByRole("button", { name: "Vào sổ", exact: true }).click();
    await expect(registering.getByText(/^Đã vào sổ, số đến \d\d\.$/)).toBeVisible();
    await expect(registering.getByRole("heading", { name: subject })).toBeVisible();
  });

  await test.step("Sở Tư pháp refuses it with a reason", async () => {
    await row(refusing, subject).click();
    await refusing.getByRole("button", { name: "Từ chối" }).click();
    const dialog = refusing.getByRole("dialog", { name: "Từ chối văn bản" });
    await dialog.getByLabel("Lý do từ chối").selectOption({ label: "Không đúng thẩm quyền" });
    await dialog.getByLabel("Giải thích thêm").fill("Thuộc Sở Thông tin và Truyền thông.");
    await dialog.getByRole("button", { name: "Từ chối" }).click();
    await expect(refusing.getByText("Đã từ chối, nơi gửi được báo.")).toBeVisible();
  });

  await test.step("the sender's open page shows both, by whom and why", async () => {
    await expect(officer.getByText("1 trong 107 nơi đã vào sổ")).toBeVisible();
    await expect(row(officer, "Sở Nội vụ")).toContainText("Đã vào sổ");
    await expect(row(officer, "Sở Nội vụ")).toContainText("Trần Mộng Mai");
    await expect(officer.getByText("Không đúng thẩm quyền: Thuộc Sở Thông tin và Truyền thông. (Huỳnh Ngọc Anh)")).toBeVisible();
    await officer.getByRole("tab", { name: "Lịch sử" }).click();
    for (const verb of ["Soạn dự thảo", "Trình duyệt", "Duyệt", "Cấp số", "Phát hành", "Nơi nhận đã vào sổ", "Nơi nhận từ chối"]) {
      await expect(officer.getByText(verb, { exact: true }).first()).toBeVisible();
    }
    const told = officer.getByRole("listitem").filter({ hasText: "Nơi nhận đã vào sổ" });
    await expect(told, "told by who did it, not by what carried it").toContainText("Sở Nội vụ");
    await expect(told).toContainText("Trần Mộng Mai");
    await expect(told).not.toContainText("Tự động");
  });

  await test.step("the refusal stands in the work of the sender's clerk and its author", async () => {
    for (const login of ["vanthu.ubnd", "chuyenvien.ubnd"]) {
      const page = await office.sit(login);
      const group = page.getByRole("region", { name: /^Bị từ chối, gửi lỗi/ });
      await group.getByRole("link", { name: /^Xem cả/ }).click();
      await expect(page).toHaveURL(/refusedSince=/);
      await expect(row(page, subject)).toContainText("1 từ chối");
      await row(page, subject).click();
      await expect(page.getByRole("heading", { name: subject })).toBeVisible();
    }
  });

  await test.step("both registers hold their line", async () => {
    await registering.goto("/registers?direction=incoming");
    await row(registering, "Sổ đăng ký văn bản đến").click();
    await expect(row(registering, subject)).toContainText(reference);
    const clerk = await office.sit("vanthu.ubnd", "/registers?direction=outgoing");
    await row(clerk, "Sổ văn bản đi khác").first().click();
    await expect(row(clerk, subject)).toContainText(reference);
  });
});

test("a draft that a leader sends back returns with the reason, and can be given up", async ({ office, paper }) => {
  const subject = subjectOf("Về lịch trực cơ quan");
  const officer = await office.sit("chuyenvien.ubnd");
  await compose(officer, { subject, file: pdf(await paper(subject)), recipients: ["so noi vu"] });
  const address = await submit(officer, "Lâm Ngọc Thành");

  const leader = await office.sit("lanhdao2.ubnd", address);
  await leader.getByRole("button", { name: "Trả lại" }).click();
  const dialog = leader.getByRole("dialog", { name: "Trả lại người soạn" });
  await dialog.getByRole("button", { name: "Trả lại" }).click();
  await expect(dialog.getByText("Hãy ghi lý do.")).toBeVisible();
  await dialog.getByLabel("Lý do trả lại").fill("Thiếu ngày lễ.");
  await dialog.getByRole("button", { name: "Trả lại" }).click();
  await expect(leader.getByText("Đã trả lại người soạn.")).toBeVisible();

  await expect(officer.getByRole("note").filter({ hasText: "Thiếu ngày lễ." }), "the open page learns of it").toBeVisible();
  await act(officer, "Bỏ dự thảo");
  await expect(officer.getByText("Đã bỏ", { exact: true })).toBeVisible();
});
