import { createHash } from "node:crypto";
import { attachAnnex, compose, pdf } from "./desk";
import { expect, subjectOf, test } from "./office";
import { draft } from "./road";

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
