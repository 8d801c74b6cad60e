import { expect, test } from "vitest";
import type { Document, Upload } from "@/api/schema";
import { changed, draftOf, emptyDraft, missing, toDraft, toEdit, withoutFile, withUpload } from "./draft-form";

const upload = (name: string): Upload => ({ id: `id-${name}`, name, size: 3, received: 3, expiresAt: "2026-03-20T00:00:00Z", sha256: "a".repeat(64) });

test("a new main file replaces the old one, annexes are added", () => {
  let form = withUpload(emptyDraft("1"), "annex", upload("pl1.pdf"));
  form = withUpload(form, "main", upload("a.pdf"));
  form = withUpload(form, "main", upload("b.pdf"));
  expect(toDraft(form).files).toEqual([
    { role: "main", uploadId: "id-b.pdf" },
    { role: "annex", uploadId: "id-pl1.pdf" },
  ]);
  expect(withoutFile(form, 0).files.map((f) => f.name)).toEqual(["pl1.pdf"]);
});

const saved = {
  agencyId: "1", kind: "chi_thi", subject: "Về việc", urgency: "normal", dueDate: "2026-03-20", note: "",
  files: [{ id: "f1", role: "main", version: 2, name: "a.pdf", size: 3, sha256: "b".repeat(64), mediaType: "application/pdf" }],
  recipients: [{ type: "name", role: "information", name: "Báo Trà Vinh" }, { type: "agency", role: "main", agencyId: "2", name: "Sở Nội vụ", channel: "local" }],
} as unknown as Document;

test("a saved draft comes back as it was, and files that it has are named by their id", () => {
  const form = draftOf(saved);
  const edit = toEdit(form, saved);
  expect(edit.files).toEqual([{ role: "main", fileId: "f1" }]);
  expect(edit.recipients).toEqual([
    { type: "name", role: "information", name: "Báo Trà Vinh" },
    { type: "agency", role: "main", agencyId: "2" },
  ]);
  expect(edit.clearDueDate).toBeUndefined();
  expect(toEdit({ ...form, dueDate: "" }, saved).clearDueDate).toBe(true);
});

test("typed text is composed before it is sent", () => {
  const form = { ...emptyDraft(undefined), subject: " Về việc phòng, chống dịch ".normalize("NFD") };
  expect(toDraft(form).subject).toBe("Về việc phòng, chống dịch");
});

test("only a touched form asks before leaving", () => {
  const form = draftOf(saved);
  expect(changed(form, draftOf(saved))).toBe(false);
  expect(changed({ ...form, note: "x" }, form)).toBe(true);
});

test("what is still missing is named in the order of the form", () => {
  expect(missing(emptyDraft("1"))).toEqual(["kind", "subject", "main", "recipients", "approver"]);
  const begun = { ...emptyDraft("1"), kind: "directive", subject: "  ", approverPositionId: "p" };
  expect(missing(withUpload(begun, "annex", upload("pl1.pdf")))).toEqual(["subject", "main", "recipients"]);
});
