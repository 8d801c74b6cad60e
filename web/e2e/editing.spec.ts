import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { addRecipient, attachAnnex, chooseByName, compose, pdf } from "./desk";
import { expect, subjectOf, test } from "./office";
import { answer, draft, submitted } from "./road";

test("an upload that a cut line stopped goes on from where it was", async ({ office, paper }) => {
  const subject = subjectOf("Về đường truyền chập chờn");
  // Larger than one part; the padding stands in a comment, so that it stays a PDF.
  const whole = await paper(subject);
  const end = whole.subarray(whole.lastIndexOf("startxref"));
  const big = Buffer.concat([whole, Buffer.from(`\n%${"x".repeat(98)}\n`.repeat(50_000)), end]);
  const officer = await office.sit("chuyenvien.ubnd", "/outgoing/new");
  await compose(officer, { subject, file: pdf(whole) });

  const offsets: number[] = [];
  officer.on("request", (r) => {
    const at = r.headers()["upload-offset"];
    if (r.method() === "PATCH" && at !== undefined) offsets.push(Number(at));
  });
  const line = await officer.context().newCDPSession(officer);
  const net = { latency: 5, downloadThroughput: -1, uploadThroughput: 1.5 * 1024 * 1024 };
  await line.send("Network.emulateNetworkConditions", { ...net, offline: false });
  await attachAnnex(officer, pdf(big, "phu-luc.pdf"));
  const progress = officer.getByRole("progressbar");
  await expect.poll(async () => Number(await progress.getAttribute("aria-valuenow"))).toBeGreaterThan(25);
  await line.send("Network.emulateNetworkConditions", { ...net, offline: true });
  await expect(officer.getByText("Đang chờ đường truyền…")).toBeVisible();
  await line.send("Network.emulateNetworkConditions", { latency: 0, downloadThroughput: -1, uploadThroughput: -1, offline: false });
  await expect(officer.getByText("Đã tải lên")).toHaveCount(2);
  expect(offsets.filter((o) => o === 0).length, "the beginning was not sent again").toBeLessThanOrEqual(1);
  expect(Math.max(...offsets), "it went on in the middle").toBeGreaterThan(0);

  await officer.getByRole("button", { name: "Lưu dự thảo" }).click();
  await expect(officer.getByText("Đã lưu dự thảo.")).toBeVisible();
  await officer.locator("main").getByRole("button", { name: "Đóng" }).click();
  const sha = createHash("sha256").update(big).digest("hex");
  await expect(officer.getByText(sha.slice(0, 16)), "the bytes are those that were sent").toBeVisible();
});

test("of two windows with one draft the second to save is told, and loses nothing", async ({ office, paper }) => {
  const d = await draft(office, { subject: subjectOf("Về hai cửa sổ"), pdf: await paper("Về hai cửa sổ"), to: ["H59.08"] });
  const first = await office.sit("chuyenvien.ubnd", `/outgoing/${d.id}/edit`);
  const second = await office.sit("chuyenvien.ubnd", `/outgoing/${d.id}/edit`, { expect: ["412 PATCH"] });
  const theirs = subjectOf("Bản của cửa sổ thứ nhất");
  const mine = subjectOf("Bản của cửa sổ thứ hai");
  await second.getByLabel("Trích yếu").fill(mine);
  await first.getByLabel("Trích yếu").fill(theirs);
  await first.keyboard.press("F2");
  await expect(first.getByText("Đã lưu dự thảo.")).toBeVisible();

  await second.keyboard.press("F2");
  await expect(second.getByText("Dự thảo vừa được người khác sửa.")).toBeVisible();
  await expect(second.getByLabel("Trích yếu"), "what was typed is still there").toHaveValue(mine);
  await second.getByRole("button", { name: "Tải bản mới" }).click();
  await expect(second.getByRole("heading", { name: theirs })).toBeVisible();
});

test("what was typed is not lost by leaving unasked", async ({ office }) => {
  const officer = await office.sit("chuyenvien.ubnd", "/outgoing/new");
  await officer.getByLabel("Trích yếu").fill("Chưa lưu");
  let asked = "";
  officer.once("dialog", (leave) => {
    asked = leave.message();
    void leave.dismiss();
  });
  await officer.getByRole("link", { name: "Việc cần làm" }).click();
  await expect(officer.getByLabel("Trích yếu")).toHaveValue("Chưa lưu");
  expect(asked).toBe("Nội dung vừa nhập chưa được lưu. Rời trang này?");
});

test("a saved draft has an address of its own, and its approver is asked for once", async ({ office, paper }) => {
  const subject = subjectOf("Về địa chỉ của dự thảo");
  const officer = await office.sit("chuyenvien.ubnd", "/outgoing?mine=true");
  await expect(officer.getByRole("grid")).toBeVisible();
  await officer.keyboard.press("c");
  await officer.getByLabel("Loại văn bản").selectOption({ label: "Chỉ thị (CT)" });
  await expect(officer.getByText("Còn thiếu: trích yếu, tệp chính, nơi nhận, người duyệt.")).toBeVisible();
  await officer.getByLabel("Trích yếu").fill(subject);
  await officer.keyboard.press("F2");
  await expect(officer).toHaveURL(/\/outgoing\/[0-9a-f-]{36}\/edit$/);
  await officer.reload();
  await expect(officer.getByLabel("Trích yếu")).toHaveValue(subject);

  await chooseByName(officer.getByLabel("Người duyệt"), "Sơn Quốc Dũng");
  await officer.locator('input[type=file][aria-label="Tệp chính"]').setInputFiles(pdf(await paper(subject)));
  await expect(officer.getByText("Đã tải lên")).toBeVisible();
  await addRecipient(officer, "so noi vu");
  await expect(officer.getByText("Đã đủ để trình.")).toBeVisible();
  await officer.getByRole("button", { name: "Lưu và trình" }).click();
  const dialog = officer.getByRole("dialog", { name: "Trình duyệt" });
  await expect(dialog).toContainText("Sơn Quốc Dũng");
  await expect(dialog.getByRole("combobox")).toHaveCount(0);
  await dialog.getByLabel("Ý kiến trình").fill("Kính trình trước 10 giờ.");
  await dialog.getByRole("button", { name: "Trình duyệt" }).click();
  await expect(officer.getByText("Đang chờ Sơn Quốc Dũng duyệt.")).toBeVisible();
  const leader = await office.sit("lanhdao.ubnd", new URL(officer.url()).pathname);
  await expect(leader.getByText("Kính trình trước 10 giờ."), "what the author wrote stands where it is decided").toBeVisible();

  await officer.goBack();
  await officer.goBack();
  await expect(officer, "back leads to where one came from").toHaveURL(/\/outgoing\?mine=true$/);
});

test("who issues a DOCX, or a PDF without a signature, is told before it leaves", async ({ office, paper }) => {
  const docx = await readFile(path.join(import.meta.dirname, "testdata/du-thao.docx"));
  const papers = [
    { fileName: "chi-thi.docx", pdf: docx, told: "Tệp chính không phải PDF." },
    { fileName: "chi-thi.pdf", pdf: await paper("Về chữ ký"), told: "Tệp chính chưa có chữ ký số." },
  ];
  for (const { told, ...file } of papers) {
    const d = await submitted(office, { subject: subjectOf("Về cảnh báo trước khi gửi"), to: ["H59.08"], ...file });
    const leader = await office.ask("lanhdao.ubnd");
    await answer(await leader.post(`/api/documents/${d.id}/approve`, { data: { seenSha256: d.files[0]?.sha256 }, headers: { "Idempotency-Key": crypto.randomUUID() } }));
    const clerk = await office.sit("vanthu.ubnd", `/outgoing/${d.id}`);
    await clerk.getByRole("button", { name: "Phát hành", exact: true }).click();
    await expect(clerk.getByRole("dialog").getByText(told)).toBeVisible();
  }
});
