import type { APIRequestContext } from "@playwright/test";
import type { Arrival, ArrivalPage, Document, PeopleList, RegisterList } from "../src/api/schema";
import { act, addRecipient, after, chooseByName, compose, row } from "./desk";
import { expect, subjectOf, test, type Office } from "./office";
import { pdfType } from "./paper";
import { answer, command, newAgency, submitted } from "./road";
import { addPasskey, done, oneTimeCode, pdfsig, signByCode, tell } from "./signing";

// C4, C5, C7, C8: signed by the leader with a passkey, sealed by the clerk, issued.

// One after the other: a one-time code serves once, and the agency has one clerk.
test.describe.configure({ mode: "default" });

test("C4 C5 C7 C8: a batch is signed with a passkey, sealed, issued, and verified by anybody", async ({ office, paper }) => {
  test.setTimeout(400_000);
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
  await expect(leader.getByText("Đã xong.")).toBeVisible({ timeout: 120_000 });
  await leader.screenshot({ path: "test-results/sign-progress.png" });
  await done(leader);

  // The clerk numbers and seals one of them, and issues it.
  const id = documents[0]?.id ?? "";
  const clerk = await office.sit("vanthu.ubnd", `/outgoing/${id}`);
  await expect(clerk.getByText("Lãnh đạo đã ký số.")).toBeVisible();
  await act(clerk, "Cấp số");
  await clerk.getByRole("button", { name: "Đóng dấu số", exact: true }).click();
  const sealing = clerk.getByRole("dialog", { name: "Ghi số, ngày và đóng dấu số" });
  await sealing.getByLabel("Mã 6 chữ số").fill(await oneTimeCode("vanthu.ubnd"));
  await sealing.getByRole("button", { name: "Đóng dấu" }).click();
  await done(clerk);
  await expect(clerk.getByText("Chữ ký hợp lệ").first()).toBeVisible();
  await expect(clerk.locator("canvas").first()).toBeVisible();
  await clerk.waitForLoadState("networkidle");
  await clerk.screenshot({ path: "test-results/sign-sealed.png" });
  await act(clerk, "Phát hành");
  await expect(clerk.getByText("Chữ ký hợp lệ")).toHaveCount(2);

  const out = await answer<Document>(await leaderAsks.get(`/api/documents/${id}`));
  expect(out.state).toBe("issued");
  const sha256 = out.files.find((f) => f.role === "main")?.sha256 ?? "";
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

// An agency without paper, in one walk: two officers, three initials, a batch of
// ten, number and seal, issued, recalled, replaced, and both registers.

const mainOf = (d: Document | Arrival) => d.files.find((f) => f.role === "main")?.sha256 ?? "";

async function position(asking: APIRequestContext, agencyId: string, name: string): Promise<string> {
  const { positions } = await answer<PeopleList>(await asking.get("/api/people", { params: { agencyId } }));
  return positions.find((p) => p.fullName === name)?.id ?? "";
}

async function registersOf(asking: APIRequestContext, direction: string, agencyId: string): Promise<RegisterList["items"]> {
  return (await answer<RegisterList>(await asking.get("/api/registers", { params: { direction, agencyId } }))).items;
}

async function book(office: Office, clerk: string, direction: "outgoing" | "incoming", registerId: string, which: string, words: string): Promise<void> {
  const asking = await office.ask(clerk);
  const file = async (format: string) => (await asking.get(`/api/registers/${registerId}/book`, { params: { book: which, format } })).body();
  expect((await file("xlsx")).subarray(0, 2).toString(), direction).toBe("PK");
  const printed = await file("pdf");
  expect((await tell("pdftotext", ["-layout", "FILE", "-"], printed)).replace(/\s+/g, " "), direction).toContain(words);
}

test("from the draft to the registers: initials, a batch of ten with a passkey, the seal, a recall, a replacement", async ({ office, paper }) => {
  test.setTimeout(400_000);
  const subject = subjectOf("Về giữ gìn vệ sinh nơi công cộng");
  const there = await newAgency(office);
  const author = await office.ask("chuyenvien.ubnd");
  const leaderAsks = await office.ask("lanhdao.ubnd");
  const clerkAsks = await office.ask("vanthu.ubnd");
  let id = "";

  await test.step("an officer drafts it from the template; three will initial it, the other officer among them", async () => {
    const officer = await office.sit("chuyenvien.ubnd");
    await compose(officer, { subject });
    await addRecipient(officer, there.code);
    await chooseByName(officer.getByLabel("Người duyệt"), "Sơn Quốc Dũng");
    await officer.keyboard.press("F2");
    await officer.waitForURL(/\/outgoing\/[0-9a-f-]{36}\/edit$/);
    id = new URL(officer.url()).pathname.split("/").at(-2) ?? "";
    await officer.getByRole("button", { name: "Soạn từ mẫu" }).click();
    await expect(officer.getByText(/Chỉ thị - .*\.docx/).first()).toBeVisible();
    await officer.keyboard.press("F2");
    await expect(officer.getByText("Đã lưu dự thảo.").last()).toBeVisible();
    await officer.getByRole("button", { name: "Chuyển sang PDF" }).click();
    await expect(officer.getByText(/Chỉ thị - .*\.pdf/).first()).toBeVisible({ timeout: 120_000 });
    await officer.keyboard.press("F2");
    // The word of the first saving may still stand there: the server knows when this one is through.
    const stored = async () => answer<Document>(await author.get(`/api/documents/${id}`));
    await expect.poll(async () => (await stored()).files.map((f) => f.mediaType)).toEqual([pdfType]);
    const d = await stored();
    const seat = (name: string) => position(author, d.agencyId, name);
    const steps = [
      { kind: "initial", positionIds: [await seat("Nguyễn Thiện Nhựt")] },
      { kind: "initial", positionIds: [await seat("Nguyễn Như Quyên")] },
      { kind: "initial", positionIds: [await seat("Lâm Ngọc Thành")] },
      { kind: "approve", positionIds: [await seat("Sơn Quốc Dũng")] },
    ];
    await answer(await author.put(`/api/documents/${id}/circuit`, { data: { steps }, headers: { "If-Match": `"${d.version}"` } }));

    // Where the signature is to stand is dragged on the page, before anybody signs.
    await officer.goto(`/outgoing/${id}`);
    await officer.getByRole("button", { name: "Vị trí ký" }).click();
    const dialog = officer.getByRole("dialog", { name: "Vị trí chữ ký, số, ngày và con dấu" });
    const box = dialog.getByRole("button", { name: /^Chữ ký: trang/ });
    await expect(box).toBeVisible();
    const before = await box.getAttribute("aria-label");
    await box.focus();
    await officer.keyboard.press("Shift+ArrowLeft");
    const by = await box.boundingBox();
    if (!by) throw new Error("the box is nowhere");
    await officer.mouse.move(by.x + 8, by.y + 8);
    await officer.mouse.down();
    await officer.mouse.move(by.x + 14, by.y + 4, { steps: 3 });
    await officer.mouse.up();
    expect(await box.getAttribute("aria-label")).not.toBe(before);
    await officer.screenshot({ path: test.info().outputPath("places.png") });
    await dialog.getByRole("button", { name: "Lưu vị trí" }).click();
    await expect(officer.getByText("Đã lưu vị trí ký.")).toBeVisible();
    await officer.getByRole("button", { name: "Trình duyệt" }).click();
    await officer.getByRole("dialog").getByRole("button", { name: "Trình duyệt" }).click();
    await expect(officer.getByText("Đang chờ Nguyễn Thiện Nhựt: Ký nháy.")).toBeVisible();
  });

  await test.step("three initial it with signatures of their own", async () => {
    for (const login of ["truongphong.ubnd", "chuyenvien2.ubnd", "lanhdao2.ubnd"]) {
      const page = await office.sit(login, `/outgoing/${id}`);
      await page.getByRole("button", { name: "Ký nháy số", exact: true }).click();
      await signByCode(page, login, "Ký nháy số văn bản", "Ký nháy");
      await page.context().close();
    }
  });

  const others: Document[] = [];
  await test.step("the leader approves ten and signs them in one batch with a passkey", async () => {
    for (let n = 1; n < 10; n++) {
      const about = subjectOf(`Kèm theo ${n}`);
      const d = await submitted(office, { subject: about, pdf: await paper(about), to: [there.code] });
      others.push(await command<Document>(leaderAsks, `/api/documents/${d.id}/approve`, { seenSha256: mainOf(d) }));
    }
    const initialled = await answer<Document>(await leaderAsks.get(`/api/documents/${id}`));
    await command(leaderAsks, `/api/documents/${id}/approve`, { seenSha256: mainOf(initialled) });
    const leader = await office.sit("lanhdao.ubnd", "/me/signing");
    await addPasskey(leader, "Máy của Chủ tịch");
    await leader.goto("/to-sign");
    for (const s of [subject, ...others.map((d) => d.subject)]) await row(leader, s).getByRole("checkbox").check();
    await leader.getByRole("button", { name: "Ký 10 văn bản" }).click();
    await leader.getByRole("dialog", { name: "Ký số 10 văn bản" }).getByRole("button", { name: "Ký số" }).click();
    await done(leader);
    await leader.context().close();
  });

  const [second, third, order] = others;
  if (!second || !third || !order) throw new Error("ten were signed");
  const clerk = await office.sit("vanthu.ubnd", "/");
  await test.step("the clerk numbers four, seals them in one batch and issues them", async () => {
    for (const d of [id, second.id, third.id, order.id]) await command(clerkAsks, `/api/documents/${d}/number`, {});
    await clerk.goto("/to-sign?act=seal");
    for (const s of [subject, second.subject, third.subject, order.subject]) await row(clerk, s).getByRole("checkbox").check();
    await clerk.screenshot({ path: test.info().outputPath("to-seal.png") });
    await clerk.getByRole("button", { name: "Đóng dấu 4 văn bản" }).click();
    await signByCode(clerk, "vanthu.ubnd", "Ghi số, ngày và đóng dấu số 4 văn bản", "Đóng dấu");
    for (const d of [second, third, order]) {
      const sealed = await answer<Document>(await clerkAsks.get(`/api/documents/${d.id}`));
      await command(clerkAsks, `/api/documents/${d.id}/issue`, { seenSha256: mainOf(sealed) });
    }
    await clerk.goto(`/outgoing/${id}`);
    await clerk.getByRole("button", { name: "Phát hành", exact: true }).click();
    await clerk.getByRole("dialog").getByRole("button", { name: "Phát hành" }).click();
    await expect(clerk.getByRole("dialog")).toBeHidden();
    await expect(clerk.getByText("Chữ ký hợp lệ")).toHaveCount(5);
    await clerk.screenshot({ path: test.info().outputPath("issued.png") });
  });

  const issued = await answer<Document>(await clerkAsks.get(`/api/documents/${id}`));
  await test.step("another reader agrees on the file that was downloaded", async () => {
    const file = await (await clerkAsks.get(`/api/documents/${id}/files/${mainOf(issued)}`)).body();
    const said = await pdfsig(file);
    expect(said.match(/Signature is Valid\./g)).toHaveLength(5);
    expect(said).toContain("Total document signed");
  });

  await test.step("one is replaced, one recalled", async () => {
    await clerk.goto(`/outgoing/${third.id}`);
    const replacing = await after(clerk, "Thay thế bằng văn bản khác");
    await replacing.getByLabel("Văn bản thay thế, cập nhật hoặc thu hồi").selectOption({ value: id });
    await replacing.getByRole("button", { name: "Thay thế bằng văn bản khác" }).click();
    await expect(clerk.getByText(`Văn bản này đã được thay thế bằng ${issued.reference}.`)).toBeVisible();
    await clerk.goto(`/outgoing/${second.id}`);
    const recalling = await after(clerk, "Thu hồi");
    await recalling.getByLabel("Lý do").fill("Sai thẩm quyền ban hành.");
    await recalling.getByLabel("Văn bản thu hồi", { exact: true }).selectOption({ value: order.id });
    await recalling.getByRole("button", { name: "Thu hồi" }).click();
    await expect(clerk.getByText(/Văn bản đã bị thu hồi bằng/)).toBeVisible();
  });

  await test.step("both registers come out as XLSX and PDF", async () => {
    const receiver = await office.ask(there.clerk);
    const { items } = await answer<ArrivalPage>(await receiver.get("/api/arrivals", { params: { limit: 50 } }));
    const arrived = await answer<Arrival>(await receiver.get(`/api/arrivals/${items.find((a) => a.subject === subject)?.id}`));
    const registered = await command<Arrival>(receiver, `/api/arrivals/${arrived.id}/register`, { seenSha256: mainOf(arrived) });
    expect(registered.state).toBe("registered");
    const mine = await registersOf(clerkAsks, "outgoing", issued.agencyId);
    await book(office, "vanthu.ubnd", "outgoing", mine.find((r) => r.name === "Sổ văn bản đi khác")?.id ?? "", "outgoing", issued.reference);
    const theirs = await registersOf(receiver, "incoming", arrived.agencyId);
    await book(office, there.clerk, "incoming", theirs[0]?.id ?? "", "incoming", issued.reference);
  });
});
