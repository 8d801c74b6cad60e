import type { Text } from "../text";

export const writing: Text["writing"] = {
  begin: "Begin from the template",
  beginHint: "Makes a Word document of the template of this kind, with what was entered filled in. Download it, write in Word, upload it again.",
  convert: "Make a PDF",
  convertHint: "Makes a PDF of the Word document. Look at it beside the form; when you save, it takes the Word document's place.",
  saveFirst: "Save the draft first.",
  check: "Check the layout",
  checking: "Reading the text…",
  sound: "Nothing differs from the layout of Decree 30/2020.",
  remarks: "This differs from the layout of Decree 30/2020; please look again:",
  templates: "Templates",
  kind: "Kind of document",
  template: "Template in use",
  builtIn: "Built-in, by Decree 30/2020",
  changed: "Changed by, at",
  download: "Download",
  replace: "Replace",
  revert: "Use the built-in one again",
  fields: "Fields that a template may have",
  fieldsHint: "Write the name of a field in double braces, for instance {{trich_yeu}}. The value looks like the text at its place.",
};
