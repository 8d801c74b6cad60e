import type { Text } from "../text";

export const work: Text["work"] = {
  title: "To do",
  nothing: "Nothing waits for you",
  nothingHint: "New work stands here the moment it comes.",
  groups: {
    answer: "To review or initial",
    changed: "Changed since I agreed",
    reassign: "Somebody else needed",
    approve: "To approve",
    number: "To number",
    issue: "To issue",
    register: "To register",
    finish: "My drafts",
    read: "Not read",
    refused: "Refused or failed",
    quarantine: "Quarantine",
  },
  late: "Late",
  lateHint: "Among what waits",
  seeAll: (n: string) => `See all ${n}`,
  from: (name: string) => `from ${name}`,
  by: (name: string) => name,
  quarantineLine: (n: number) => (n === 1 ? "1 mail could not be taken in. See why and try again." : `${n} mails could not be taken in. See why and try again.`),
};
