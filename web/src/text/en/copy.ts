import type { Text } from "../text";

export const copy: Text["copy"] = {
  title: "Certified copies",
  make: "Make a copy",
  begin: "Make the copy",
  begun: "The draft of the copy is made.",
  form: "Form of the copy",
  forms: { true_copy: "True copy", extract_copy: "Extract", duplicate_copy: "Copy of a true copy" },
  hints: {
    true_copy: "All of an original.",
    extract_copy: "A part of it; the extract is written anew in full layout and attached.",
    duplicate_copy: "Made of a true copy.",
  },
  of: (reference: string) => `Copy of document ${reference}`,
  onPaper: "A true copy of an electronic document is made on paper: print it, sign and stamp it (Decree 30/2020, article 25).",
  print: "Download for print, with the directions of the copy",
};
