// The register as a book, and its books on paper (NĐ 30/2020, phụ lục IV).
import { number } from "./number";
import { recall } from "./recall";

export const register = {
  export: "Xuất, in sổ",
  book: "Loại sổ",
  books: {
    outgoing: "Sổ đăng ký văn bản đi",
    incoming: "Sổ đăng ký văn bản đến",
    follow_up: "Sổ theo dõi giải quyết văn bản đến",
    postal: "Sổ gửi văn bản đi bưu điện",
  },
  format: "Dạng tệp",
  formats: { xlsx: "Bảng tính (XLSX)", pdf: "Bản in (PDF)" },
  from: "Từ ngày",
  until: "Đến ngày",
  volume: "Quyển số",
  volumeHint: "Để trống nếu ghi tay trên bìa.",
  download: "Tải về",
  ready: (name: string) => `Đã lập ${name}.`,
  recipients: "Nơi nhận",
  more: (n: number) => `và ${n} nơi nhận khác`,
  kept: "Lưu",
  copies: "Số bản",
  paper: (n: number) => `${n} giấy`,
  electronic: "Điện tử",
  sent: "Ngày chuyển",
  holders: "Đơn vị, người nhận",
  remark: "Ghi chú",
  reserved: "Giữ số",
  inserted: "Chèn số",
  number,
  recall,
};
