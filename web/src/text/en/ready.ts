import type { Readiness } from "@/api/schema";
import type { Text } from "../text";

const roads = [
  ["local", "here"],
  ["inside", "inside"],
  ["axis", "national axis"],
  ["peer", "other servers"],
  ["mailbox", "by mail"],
  ["paper", "on paper"],
] as const;

export const ready: Text["ready"] = {
  title: "Before issuing",
  back: "Back to the document",
  look: "Look at every recipient",
  recipient: "Recipient",
  role: "Role",
  missing: "Missing",
  fine: "Complete",
  stops: "Cannot be sent",
  note: "Note",
  onlyMissing: "Only recipients that lack something or need a look",
  nothingMissing: "No recipient lacks anything",
  roads: (r: Readiness) =>
    [
      `${r.recipients.length} recipients`,
      ...roads
        .map(([channel, name]) => [r.recipients.filter((x) => x.channel === channel).length, name] as const)
        .filter(([n]) => n > 0)
        .map(([n, name]) => `${n} ${name}`),
    ].join(" · "),
  blocked: (n: number) => `${n} recipients cannot be reached yet.`,
  differ: (unlisted: number, unnamed: number) => `The text names other recipients: ${unlisted} not in the list, ${unnamed} not in the text.`,
  document: "Document",
  documentFine: "The document has its signatures and files.",
  list: "The text's own list of recipients",
  unread: "The file has no text that can be read (a scan), so it cannot be compared.",
  noList: "The text has no list of recipients.",
  same: "The text names the recipients of the list.",
  unlisted: "Named in the text, not in the list:",
  unnamed: (n: number) => `In the list, not named in the text (${n}):`,
  more: (n: number) => `and ${n} more`,
  groupUnchecked: (text: string) => `${text}: not checked, look for yourself`,
  groups: "Groups that the text names",
  group: (text: string, n: number) => `${text}: ${n} recipients of the list`,
  difference: {
    title: "What changed between two versions",
    between: (from: string, to: string) => `From “${from}” to “${to}”.`,
    none: "The words did not change.",
    count: (n: number) => `${n} changes.`,
    leftOut: (n: number) => `… ${n} words the same …`,
    since: (version: number) => `What changed since version ${version}`,
    withNow: "Compare with the present one",
  },
};
