export const parts = ["agencies", "units", "people", "positions", "groups", "group_members", "registers"] as const;
export type Part = (typeof parts)[number];

export interface ImportColumn {
  name: string;
  // The head of the column as offices write it; the name is taken too.
  header: string;
  needed?: true;
  sample: string;
}

const agency: ImportColumn = { name: "agency", header: "Mã cơ quan", needed: true, sample: "H59.02" };
const login: ImportColumn = { name: "login", header: "Tên đăng nhập", needed: true, sample: "ntha.snv" };
const group: ImportColumn = { name: "group", header: "Tên nhóm", needed: true, sample: "Các phòng Nội vụ" };
const days: readonly ImportColumn[] = [
  { name: "valid_from", header: "Từ ngày", sample: "01/07/2025" },
  { name: "valid_until", header: "Đến ngày", sample: "" },
];

// What may stand in a file of each sort; columns that are not needed may be missing.
export const columns: Record<Part, readonly ImportColumn[]> = {
  agencies: [
    { name: "code", header: "Mã định danh", needed: true, sample: "H59.99" },
    { name: "old_code", header: "Mã định danh cũ", sample: "000.00.99.H59" },
    { name: "name", header: "Tên cơ quan", needed: true, sample: "Trung tâm Phục vụ hành chính công" },
    { name: "short_name", header: "Tên ngắn", sample: "TT Phục vụ HCC" },
    { name: "abbreviation", header: "Viết tắt", sample: "TTPVHCC" },
    { name: "parent", header: "Mã cơ quan cấp trên", sample: "H59" },
    { name: "level", header: "Cấp", sample: "Sở, ban, ngành" },
    { name: "place", header: "Địa danh", sample: "Trà Vinh" },
    { name: "email", header: "Thư điện tử", sample: "hcc@travinh.example" },
    { name: "channel", header: "Cách nhận", sample: "Trong hệ thống" },
    ...days,
    { name: "successor", header: "Mã cơ quan kế thừa", sample: "" },
  ],
  units: [
    agency,
    { name: "name", header: "Tên phòng, ban", needed: true, sample: "Phòng Tổ chức cán bộ" },
    { name: "abbreviation", header: "Viết tắt", sample: "TCCB" },
    { name: "parent", header: "Phòng, ban cấp trên", sample: "" },
    ...days,
  ],
  people: [
    login,
    { name: "full_name", header: "Họ và tên", needed: true, sample: "Nguyễn Thị Hà" },
    { name: "email", header: "Thư điện tử", sample: "ntha@travinh.example" },
    { name: "operator", header: "Quản trị hệ thống", sample: "không" },
  ],
  positions: [
    login,
    agency,
    { name: "unit", header: "Phòng, ban", sample: "TCCB" },
    { name: "role", header: "Vai trò", needed: true, sample: "Chuyên viên" },
    { name: "title", header: "Chức vụ", sample: "Chuyên viên chính" },
    ...days,
  ],
  groups: [agency, { ...group, name: "name" }, { name: "shared", header: "Dùng chung", sample: "có" }],
  group_members: [agency, group, { name: "member", header: "Mã thành viên", needed: true, sample: "H59.03" }],
  registers: [
    agency,
    { name: "code", header: "Mã sổ", needed: true, sample: "QD" },
    { name: "direction", header: "Đi/đến", needed: true, sample: "Văn bản đi" },
    { name: "name", header: "Tên sổ", needed: true, sample: "Sổ quyết định" },
    { name: "year", header: "Năm", sample: "2026" },
    { name: "kinds", header: "Loại văn bản", sample: "Quyết định; Chỉ thị" },
    { name: "normative", header: "Quy phạm pháp luật", sample: "không" },
    { name: "council", header: "Hội đồng", sample: "không" },
    { name: "symbol_agency", header: "Viết tắt trong ký hiệu", sample: "" },
    { name: "opening_number", header: "Số bắt đầu", sample: "1" },
  ],
};

function cell(text: string): string {
  return /[;,"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// A file to begin from: heads and one line. A spreadsheet in Viet Nam parts cells
// by semicolons, since the comma is its decimal mark.
export function sampleFile(part: Part, separator: ";" | "," = ";"): string {
  const line = (of: (c: ImportColumn) => string) => columns[part].map((c) => cell(of(c))).join(separator);
  return `\ufeff${line((c) => c.header)}\r\n${line((c) => c.sample)}\r\n`;
}

// A line with two mistakes is one line to correct.
export function badLines(problems: readonly { line: number }[]): number {
  return new Set(problems.map((p) => p.line)).size;
}
