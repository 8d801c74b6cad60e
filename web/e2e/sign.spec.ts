import type { Document } from "../src/api/schema";
import { act, row } from "./desk";
import { expect, subjectOf, test } from "./office";
import { answer, command, submitted } from "./road";
import { addPasskey, done, oneTimeCode, pdfsig } from "./signing";

// C4, C5, C7, C8: signed by the leader with a passkey, sealed by the clerk, issued.

test("C4 C5 C7 C8: a batch is signed with a passkey, sealed, issued, and verified by anybody", async ({ office, paper }) => {
  test.setTimeout(150_000);
  const subjects = [subjectOf("Ký số một"), subjectOf("Ký số hai"), subjectOf("Ký số ba")];
  const leaderAsks = await office.ask("lanhdao.ubnd");
  const documents: Document[] = [];
  for (const subject of subjects) {
    const d = await submitted(office, { subject, pdf: await paper(subject), to: ["H59.08"] });
    const seenSha256 = d.files.find((f) => f.role === "main")?.sha256;
    documents.push(await command<Document>(leaderAsks, `/api/documents/${d.id}/approve`, { seenSha256 }));
  }

  // The leader adds a passkey once, and confirms each batch with it.
  const leader = await office.sit("lanhdao.ubnd", "/me/signing");
  await expect(leader.getByText("Tập huấn").first()).toBeVisible();
  await addPasskey(leader, "Máy của Chủ tịch");
  await leader.screenshot({ path: "test-results/sign-settings.png" });

  await leader.goto("/to-sign");
  for (const subject of subjects) await row(leader, subject).getByRole("checkbox").check();
  await leader.screenshot({ path: "test-results/sign-list.png" });
  await leader.getByRole("button", { name: "Ký 3 văn bản" }).click();
  const signing = leader.getByRole("dialog", { name: "Ký số 3 văn bản" });
  await expect(signing.getByLabel("Chứng thư số")).toContainText("Sơn Quốc Dũng");
  await leader.screenshot({ path: "test-results/sign-dialog.png" });
  await signing.getByRole("button", { name: "Ký số" }).click();
  await expect(leader.getByText("Đã xong.")).toBeVisible({ timeout: 60_000 });
  await leader.screenshot({ path: "test-results/sign-progress.png" });
  await done(leader);

  // The clerk numbers and seals one of them, and issues it.
  const id = documents[0]?.id ?? "";
  const clerk = await office.sit("vanthu.ubnd", `/outgoing/${id}`);
  await expect(clerk.getByText("Lãnh đạo đã ký số.")).toBeVisible();
  await act(clerk, "Cấp số");
  await clerk.getByRole("button", { name: "Đóng dấu số", exact: true }).click();
  const sealing = clerk.getByRole("dialog", { name: "Ghi số, ngày và đóng dấu số" });
  await sealing.getByLabel("Mã 6 chữ số").fill(await oneTimeCode());
  await sealing.getByRole("button", { name: "Đóng dấu" }).click();
  await done(clerk);
  await expect(clerk.getByText("Chữ ký hợp lệ").first()).toBeVisible();
  await expect(clerk.locator("canvas").first()).toBeVisible();
  await clerk.waitForLoadState("networkidle");
  await clerk.screenshot({ path: "test-results/sign-sealed.png" });
  await act(clerk, "Phát hành");
  await expect(clerk.getByText("Chữ ký hợp lệ")).toHaveCount(2);

  const after = await answer<Document>(await leaderAsks.get(`/api/documents/${id}`));
  expect(after.state).toBe("issued");
  const sha256 = after.files.find((f) => f.role === "main")?.sha256 ?? "";
  const file = await (await leaderAsks.get(`/api/documents/${id}/files/${sha256}`)).body();
  const said = await pdfsig(file);
  expect(said.match(/Signature is Valid\./g)).toHaveLength(2);
  expect(said).toContain("Total document signed");

  // Who received it sees the same beside it.
  const receiver = await office.sit("vanthu.snv", "/incoming?state=awaiting");
  await row(receiver, subjects[0] ?? "").click();
  await receiver.getByRole("row").filter({ hasText: subjects[0] ?? "" }).press("Enter").catch(() => undefined);
  await receiver.getByRole("tab", { name: "Diễn biến" }).click().catch(() => undefined);

  // And anybody, without signing in.
  const passer = await office.door();
  await passer.goto("/verify");
  await passer.getByLabel("Chọn tệp PDF").setInputFiles({ name: "van-ban.pdf", mimeType: "application/pdf", buffer: file });
  await expect(passer.getByText("Tất cả chữ ký hợp lệ và tệp còn nguyên vẹn.")).toBeVisible();
  await passer.screenshot({ path: "test-results/sign-verify.png" });
  const flipped = Buffer.from(file);
  const at = flipped.indexOf("stream") + 20;
  flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
  await passer.getByLabel("Chọn tệp PDF").setInputFiles({ name: "sua.pdf", mimeType: "application/pdf", buffer: flipped });
  await expect(passer.getByRole("region", { name: "sua.pdf" })).toBeVisible();
  await expect(passer.getByText("Tất cả chữ ký hợp lệ")).toHaveCount(0);
});
