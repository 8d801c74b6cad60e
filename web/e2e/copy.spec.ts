import { readFileSync } from "node:fs";
import { act, addRecipient, compose, pdf, submit } from "./desk";
import { expect, subjectOf, test } from "./office";

test("a certified copy is made from the page of an issued document, numbered in the copies' series and printed with its directions", async ({ office, paper }) => {
  test.slow();
  const subject = subjectOf("Về bản sao");
  const officer = await office.sit("chuyenvien.ubnd", "/outgoing/new");
  await compose(officer, { subject, file: pdf(await paper(subject)), recipients: ["Sở Tư pháp"] });
  const address = await submit(officer, "Sơn Quốc Dũng");
  const leader = await office.sit("lanhdao.ubnd", address);
  await act(leader, "Duyệt");
  const clerk = await office.sit("vanthu.ubnd", address);
  await act(clerk, "Cấp số");
  await act(clerk, "Phát hành");
  await expect(clerk.getByText("Đã phát hành", { exact: true }).first()).toBeVisible();

  await clerk.getByRole("button", { name: "Lập bản sao" }).click();
  const dialog = clerk.getByRole("dialog", { name: "Lập bản sao" });
  await expect(dialog.getByLabel("Hình thức sao")).toHaveValue("true_copy");
  await dialog.getByRole("button", { name: "Lập bản sao" }).click();
  await clerk.waitForURL(/\/outgoing\/[0-9a-f-]{36}\/edit$/);
  await expect(clerk.getByLabel("Trích yếu")).toHaveValue(new RegExp(`^Chỉ thị số .*${subject.replace(/[()]/g, ".")}`));
  await addRecipient(clerk, "Sở Nội vụ");
  const copy = await submit(clerk, "Sơn Quốc Dũng");

  await leader.goto(copy);
  await act(leader, "Duyệt");
  await clerk.goto(copy);
  await act(clerk, "Cấp số");
  await expect(clerk.getByText(/\/SY-UBND/).first()).toBeVisible();
  await expect(clerk.getByRole("link", { name: /Bản sao của văn bản số/ })).toHaveAttribute("href", address);
  const [file] = await Promise.all([clerk.waitForEvent("download"), clerk.getByRole("link", { name: "Tải bản in có phần chỉ dẫn sao" }).click()]);
  expect(readFileSync(await file.path()).subarray(0, 5).toString()).toBe("%PDF-");
});
