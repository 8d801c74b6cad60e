export const copy = {
  title: "Sao văn bản",
  make: "Lập bản sao",
  begin: "Lập bản sao",
  begun: "Đã lập dự thảo bản sao.",
  form: "Hình thức sao",
  forms: { true_copy: "Sao y", extract_copy: "Trích sao", duplicate_copy: "Sao lục" },
  hints: {
    true_copy: "Sao đầy đủ từ bản gốc hoặc bản chính.",
    extract_copy: "Sao một phần nội dung; phần trích sao được soạn lại đủ thể thức rồi đính kèm.",
    duplicate_copy: "Sao từ bản sao y.",
  },
  of: (reference: string) => `Bản sao của văn bản số ${reference}`,
  onPaper: "Sao y từ văn bản điện tử là bản sao trên giấy: in ra, ký và đóng dấu (Nghị định 30/2020, điều 25).",
  print: "Tải bản in có phần chỉ dẫn sao",
};
