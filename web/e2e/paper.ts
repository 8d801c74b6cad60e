import type { Browser } from "@playwright/test";

// Papers of the project's own writing, laid out as NĐ 30/2020, phụ lục I asks.
// The browser prints them, so that what is read on the screen is a real PDF
// with Vietnamese letters in it.

const style = `
  @page { size: A4; margin: 20mm 15mm 20mm 30mm; }
  body { font: 14pt/1.4 "Liberation Serif", "Times New Roman", serif; margin: 0; }
  table { width: 100%; border-collapse: collapse; text-align: center; font-size: 12pt; }
  td { width: 50%; vertical-align: top; }
  hr { width: 34%; border: 0; border-top: 1px solid; margin: 2px auto; }
  h1 { font-size: 14pt; text-align: center; margin: 18pt 0 0; }
  h2 { font-size: 14pt; text-align: center; margin: 0 0 14pt; overflow-wrap: anywhere; }
  p { text-indent: 10mm; text-align: justify; margin: 6pt 0; }
  .place { font-style: italic; font-size: 13pt; }
  .end td { font-size: 13pt; padding-top: 14pt; }
  .to { text-align: left; font-size: 11pt; }`;

function escape(text: string): string {
  return text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c] ?? c);
}

function page(subject: string): string {
  return `<!doctype html><html lang="vi"><meta charset="utf-8"><title>${escape(subject)}</title><style>${style}</style>
  <table><tr>
    <td>ỦY BAN NHÂN DÂN<br><b>TỈNH TRÀ VINH</b><hr>Số:&emsp;&emsp;/CT-UBND</td>
    <td><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM<br>Độc lập - Tự do - Hạnh phúc</b><hr><span class="place">Trà Vinh, ngày&emsp;tháng&emsp;năm 2017</span></td>
  </tr></table>
  <h1>CHỈ THỊ</h1><h2>${escape(subject)}</h2>
  <p>Thời gian qua, nhiều cơ quan trong tỉnh đã gửi và nhận văn bản trên môi trường mạng. Tuy vậy, một số nơi vẫn gửi
  bản giấy kèm theo, vào sổ chậm, hoặc chưa báo lại cho nơi gửi.</p>
  <p>Để văn bản đến đúng nơi, đúng lúc và theo dõi được, Ủy ban nhân dân tỉnh yêu cầu:</p>
  <p>1. Các cơ quan phát hành văn bản trên hệ thống, không gửi thêm bản giấy, trừ trường hợp pháp luật quy định khác.</p>
  <p>2. Văn thư vào sổ văn bản đến ngay trong ngày; văn bản khẩn thì vào sổ ngay khi nhận. Văn bản gửi nhầm, thiếu tệp
  hoặc không thuộc thẩm quyền thì từ chối trên hệ thống và nêu rõ lý do.</p>
  <p>3. Thủ trưởng cơ quan theo dõi việc thực hiện tại cơ quan mình, báo cáo kết quả trước ngày 15 hằng tháng.</p>
  <p>Chỉ thị này có hiệu lực kể từ ngày ký./.</p>
  <table class="end"><tr>
    <td class="to"><b><i>Nơi nhận:</i></b><br>- Các sở, ban, ngành tỉnh;<br>- UBND các huyện, thị xã, thành phố;<br>- UBND các xã, phường, thị trấn;<br>- Lưu: VT.</td>
    <td><b>TM. ỦY BAN NHÂN DÂN<br>CHỦ TỊCH<br><br><br><br>Sơn Quốc Dũng</b></td>
  </tr></table>`;
}

/** A directive on the subject, as a PDF. */
export async function directive(browser: Browser, subject: string): Promise<Buffer> {
  const context = await browser.newContext();
  const sheet = await context.newPage();
  await sheet.setContent(page(subject));
  const pdf = await sheet.pdf({ preferCSSPageSize: true, printBackground: true });
  await context.close();
  return pdf;
}

export const pdfType = "application/pdf";
export const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
