import { chooseByName, compose } from "./desk";
import { expect, subjectOf, test } from "./office";

test("the signer block follows the signer, and the competence that was chosen is kept", async ({ office }) => {
  const officer = await office.sit("chuyenvien.ubnd", "/outgoing/new");
  await compose(officer, { subject: subjectOf("Về khối chữ ký") });
  const approver = officer.getByLabel("Người duyệt");
  const block = officer.getByRole("status", { name: "Khối chữ ký" });
  await chooseByName(approver, "Sơn Quốc Dũng");
  await expect(block).toContainText("TM. ỦY BAN NHÂN DÂN");
  const first = await block.innerText();

  await approver.selectOption(await approver.locator("optgroup option").first().getAttribute("value"));
  await expect(block, "a unit head signs on the head's order").toContainText("TL. CHỦ TỊCH");
  expect(first).not.toContain("TL.");

  await officer.getByLabel("Quyền hạn ký").selectOption("TUQ");
  await expect(block).toContainText("TUQ. CHỦ TỊCH");
  await officer.keyboard.press("F2");
  await expect(officer).toHaveURL(/\/outgoing\/[0-9a-f-]+\/edit$/);
  await officer.reload();
  await expect(officer.getByLabel("Quyền hạn ký")).toHaveValue("TUQ");
  await expect(block).toContainText("TUQ. CHỦ TỊCH");

  await chooseByName(approver, "Sơn Quốc Dũng");
  await expect(officer.getByLabel("Quyền hạn ký"), "another signer, another block").toHaveValue("");
  await expect(block).toContainText("TM. ỦY BAN NHÂN DÂN");
});
