import type { Text } from "../text";
import { number } from "./number";
import { recall } from "./recall";

export const register: Text["register"] = {
  export: "Export or print",
  book: "Book",
  books: {
    outgoing: "Register of outgoing documents",
    incoming: "Register of incoming documents",
    follow_up: "Follow-up of incoming documents",
    postal: "Documents sent by post",
  },
  format: "Format",
  formats: { xlsx: "Workbook (XLSX)", pdf: "For printing (PDF)" },
  from: "From",
  until: "Until",
  volume: "Volume",
  volumeHint: "Leave empty to write it on the cover by hand.",
  download: "Download",
  ready: (name: string) => `${name} is ready.`,
  recipients: "Recipients",
  more: (n: number) => `and ${n} more`,
  kept: "Kept by",
  copies: "Copies",
  paper: (n: number) => `${n} on paper`,
  electronic: "Electronic",
  sent: "Sent",
  holders: "Handed to",
  remark: "Remarks",
  reserved: "Reserved",
  inserted: "Inserted",
  number,
  recall,
};
