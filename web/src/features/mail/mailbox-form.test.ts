import { expect, test } from "vitest";
import { mailboxForm, toMailboxEdit, toMailboxNew } from "./mailbox-form";

test("an edit leaves the password alone unless one was typed", () => {
  const form = mailboxForm(undefined, "1");
  expect(toMailboxEdit(form).password).toBeUndefined();
  expect(toMailboxEdit({ ...form, password: "x" }).password).toBe("x");
});

test("only a moving mailbox names where to, and ports are numbers", () => {
  const form = { ...mailboxForm(undefined, "1"), moveTo: "Da nhan", port: "1143" };
  expect(toMailboxNew(form).moveTo).toBeUndefined();
  expect(toMailboxNew({ ...form, afterAction: "move" })).toMatchObject({ moveTo: "Da nhan", port: 1143 });
});
