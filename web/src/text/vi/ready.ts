import type { Readiness } from "@/api/schema";

const roads = [
  ["local", "trên hệ thống"],
  ["inside", "nội bộ"],
  ["axis", "trục quốc gia"],
  ["peer", "máy chủ khác"],
  ["mailbox", "hộp thư"],
  ["paper", "bản giấy"],
] as const;

// What is looked at before a document is issued, and what changed in its text.
export const ready = {
  title: "Kiểm tra trước khi phát hành",
  back: "Về văn bản",
  look: "Xem từng nơi nhận",
  recipient: "Nơi nhận",
  role: "Vai trò",
  missing: "Còn thiếu",
  fine: "Đủ",
  stops: "Chưa gửi được",
  note: "Lưu ý",
  onlyMissing: "Chỉ nơi nhận còn thiếu hoặc cần lưu ý",
  nothingMissing: "Không nơi nhận nào còn thiếu gì",
  roads: (r: Readiness) =>
    [
      `${r.recipients.length} nơi nhận`,
      ...roads
        .map(([channel, name]) => [r.recipients.filter((x) => x.channel === channel).length, name] as const)
        .filter(([n]) => n > 0)
        .map(([n, name]) => `${n} ${name}`),
    ].join(" · "),
  blocked: (n: number) => `${n} nơi nhận chưa gửi được.`,
  differ: (unlisted: number, unnamed: number) => `Nơi nhận trong văn bản khác danh sách: ${unlisted} chưa có trong danh sách, ${unnamed} không ghi trong văn bản.`,
  document: "Văn bản",
  documentFine: "Văn bản đủ chữ ký và tệp kèm theo.",
  list: "Đối chiếu mục “Nơi nhận” trong văn bản",
  unread: "Không đọc được chữ trong tệp (bản quét ảnh) nên không đối chiếu được.",
  noList: "Không thấy mục “Nơi nhận” hoặc “Kính gửi” trong văn bản.",
  same: "Nơi nhận ghi trong văn bản khớp với danh sách.",
  unlisted: "Có trong văn bản, chưa có trong danh sách gửi:",
  unnamed: (n: number) => `Có trong danh sách gửi, không ghi trong văn bản (${n}):`,
  more: (n: number) => `và ${n} nơi nhận khác`,
  groupUnchecked: (text: string) => `${text}: chưa đối chiếu được, hãy tự kiểm tra`,
  groups: "Các nhóm ghi chung trong văn bản",
  group: (text: string, n: number) => `${text}: ${n} nơi nhận trong danh sách`,
  difference: {
    title: "Thay đổi giữa hai phiên bản",
    between: (from: string, to: string) => `Từ “${from}” đến “${to}”.`,
    none: "Nội dung chữ không thay đổi.",
    count: (n: number) => `${n} chỗ thay đổi.`,
    leftOut: (n: number) => `… ${n} từ không đổi …`,
    since: (version: number) => `Xem thay đổi từ phiên bản ${version}`,
    withNow: "So với bản hiện tại",
  },
};
