package template

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"

	"congvan/server/domain/document"
)

// Builtin gives the template of a kind as NĐ 30/2020, phụ lục I and III lay it
// out, with the body begun as such documents begin.
func Builtin(kind document.Kind) ([]byte, error) {
	var body builder
	letter := !kind.HasNameLine()
	body.head(letter)
	if letter {
		body.addressees()
	} else {
		body.title()
		if kind.Code == "submission" || kind.Code == "invitation" {
			body.addressees()
		}
	}
	for _, p := range begun(kind.Code) {
		body.paragraph(p)
	}
	body.foot()
	return pack(body.String())
}

// line is one paragraph of a body.
type line struct {
	text   string
	bold   bool
	centre bool
	italic bool
}

// begun is how the body of a kind begins (NĐ 30/2020, phụ lục III, phần II).
func begun(kind string) []line {
	dots := "………………………………………………………………………"
	switch kind {
	case "decision", "normative_decision":
		return []line{
			{text: "{{tham_quyen}}", bold: true, centre: true},
			{text: "Căn cứ " + dots + ";", italic: true},
			{text: "Theo đề nghị của " + dots + ".", italic: true},
			{text: "QUYẾT ĐỊNH:", bold: true, centre: true},
			{text: "Điều 1. " + dots},
			{text: "Điều 2. " + dots},
			{text: "Điều 3. Quyết định này có hiệu lực kể từ ngày ký./."},
		}
	case "resolution", "normative_resolution":
		return []line{
			{text: "{{ten_co_quan}}", bold: true, centre: true},
			{text: "Căn cứ " + dots + ";", italic: true},
			{text: "QUYẾT NGHỊ:", bold: true, centre: true},
			{text: "Điều 1. " + dots},
			{text: "Điều 2. " + dots + "./."},
		}
	case "invitation":
		return []line{
			{text: "{{ten_co_quan}} trân trọng kính mời: " + dots},
			{text: "Tới dự: " + dots}, {text: "Chủ trì: " + dots}, {text: "Thời gian: " + dots}, {text: "Địa điểm: " + dots + "./."},
		}
	case "submission":
		return []line{
			{text: "Căn cứ " + dots + "; {{ten_co_quan}} trình " + dots + ":"},
			{text: "1. Sự cần thiết: " + dots}, {text: "2. Nội dung: " + dots}, {text: "3. Kiến nghị: " + dots + "./."},
		}
	case "plan":
		return []line{
			{text: "I. MỤC ĐÍCH, YÊU CẦU", bold: true}, {text: dots},
			{text: "II. NỘI DUNG", bold: true}, {text: dots},
			{text: "III. TỔ CHỨC THỰC HIỆN", bold: true}, {text: dots + "./."},
		}
	case "report":
		return []line{
			{text: "I. TÌNH HÌNH VÀ KẾT QUẢ", bold: true}, {text: dots},
			{text: "II. HẠN CHẾ VÀ NGUYÊN NHÂN", bold: true}, {text: dots},
			{text: "III. PHƯƠNG HƯỚNG, NHIỆM VỤ", bold: true}, {text: dots + "./."},
		}
	}
	return []line{{text: dots}, {text: dots}, {text: dots + "./."}}
}

// builder writes WordprocessingML.
type builder struct{ strings.Builder }

// run is one stretch of text of one look; size in half points.
func run(text string, size int, look string) string {
	return fmt.Sprintf(`<w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>%s<w:sz w:val="%d"/><w:szCs w:val="%d"/><w:lang w:val="vi-VN"/></w:rPr><w:t xml:space="preserve">%s</w:t></w:r>`,
		look, size, size, escaper.Replace(text))
}

const (
	bold   = "<w:b/>"
	italic = "<w:i/>"
)

func para(align, more, runs string) string {
	return `<w:p><w:pPr>` + more + `<w:jc w:val="` + align + `"/></w:pPr>` + runs + `</w:p>`
}

// ruled is a paragraph with a line below it: under the motto as long as it, under names a part of them.
func ruled(side int) string {
	return fmt.Sprintf(`<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr><w:spacing w:before="0" w:after="120" w:line="120" w:lineRule="exact"/><w:ind w:left="%d" w:right="%d"/>`, side, side)
}

func cell(width int, content string) string {
	return fmt.Sprintf(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>%s</w:tc>`, width, content)
}

func table(left, right int, cells string) string {
	return fmt.Sprintf(`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:tblInd w:w="-108" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid><w:gridCol w:w="%d"/><w:gridCol w:w="%d"/></w:tblGrid><w:tr>%s</w:tr></w:tbl>`,
		left+right, left, right, cells)
}

// head is the parts 1 to 4, and 5b of a letter.
func (b *builder) head(letter bool) {
	const left, right = 3900, 5700
	names := para("center", "", run("{{co_quan_chu_quan}}", 25, "")) + para("center", "", run("{{ten_co_quan_dau_trang}}", 25, bold)) + para("center", ruled(1300), "")
	country := para("center", "", run("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 25, bold)) + para("center", "", run("Độc lập - Tự do - Hạnh phúc", 27, bold)) + para("center", ruled(1050), "")
	number := para("center", "", run("Số:          /{{ky_hieu}}", 26, ""))
	if letter {
		number += para("center", "", run("V/v {{trich_yeu}}", 24, ""))
	}
	date := para("center", "", run("{{dia_danh}}, ngày       tháng       năm {{nam}}", 27, italic))
	b.WriteString(table(left, right, cell(left, names)+cell(right, country)))
	b.WriteString(table(left, right, cell(left, number)+cell(right, date)))
}

// title is the part 5a.
func (b *builder) title() {
	b.WriteString(para("center", `<w:spacing w:before="360"/>`, run("{{ten_loai}}", 28, bold)))
	b.WriteString(para("center", "", run("{{trich_yeu}}", 28, bold)))
	b.WriteString(para("center", ruled(3400), ""))
}

func (b *builder) addressees() {
	b.WriteString(para("center", `<w:spacing w:before="360" w:after="240"/>`, run("Kính gửi: {{kinh_gui}}.", 28, "")))
}

// paragraph is a piece of the part 6.
func (b *builder) paragraph(l line) {
	look := ""
	if l.bold {
		look += bold
	}
	if l.italic {
		look += italic
	}
	align := "both"
	if strings.Contains(l.text, "……") {
		align = "left" // a line to be written on is not stretched
	}
	more := `<w:spacing w:before="120" w:after="120"/><w:ind w:firstLine="720"/>`
	if l.centre {
		align, more = "center", `<w:spacing w:before="120" w:after="120"/>`
	}
	b.WriteString(para(align, more, run(l.text, 28, look)))
}

// foot is the parts 7 and 9b, side by side.
func (b *builder) foot() {
	const left, right = 4800, 4800
	recipients := para("left", "", run("Nơi nhận:", 24, bold+italic)) + para("left", "", run("{{noi_nhan}}", 22, ""))
	signer := para("center", "", run("{{khoi_nguoi_ky}}", 28, bold)) + strings.Repeat(para("center", "", ""), 4) +
		para("center", "", run("{{ho_ten_nguoi_ky}}", 28, bold))
	b.WriteString(para("both", "", "") + table(left, right, cell(left, recipients)+cell(right, signer)) + para("left", "", ""))
}

// The page: A4, margins 20, 20, 30 and 20 mm, the number of the page in the
// middle of the top margin, not on the first page (NĐ 30/2020, phụ lục I, phần I).
const section = `<w:sectPr><w:headerReference w:type="default" r:id="r2"/><w:pgSz w:w="11906" w:h="16838"/>` +
	`<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1701" w:header="567" w:footer="567" w:gutter="0"/><w:titlePg/></w:sectPr>`

const pageNumber = `<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/><w:sz w:val="26"/></w:rPr><w:fldChar w:fldCharType="begin"/></w:r>` +
	`<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`

const (
	declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	spaces      = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	wordType    = "application/vnd.openxmlformats-officedocument.wordprocessingml."
	relation    = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// pack puts the parts of ECMA-376, part 1, 11.2 into an archive, the same bytes each time.
func pack(body string) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range []struct{ name, content string }{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="` + wordType + `document.main+xml"/>` +
			`<Override PartName="/word/styles.xml" ContentType="` + wordType + `styles+xml"/><Override PartName="/word/header1.xml" ContentType="` + wordType + `header+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + relation + `officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", `<w:document` + spaces + `><w:body>` + body + section + `</w:body></w:document>`},
		{"word/_rels/document.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + relation + `styles" Target="styles.xml"/>` +
			`<Relationship Id="r2" Type="` + relation + `header" Target="header1.xml"/></Relationships>`},
		{"word/styles.xml", `<w:styles` + spaces + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/><w:sz w:val="28"/><w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault>` +
			`<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0"/></w:pPr></w:pPrDefault></w:docDefaults></w:styles>`},
		{"word/header1.xml", `<w:hdr` + spaces + `>` + pageNumber + `</w:hdr>`},
	} {
		w, err := z.Create(p.name)
		if err == nil {
			_, err = w.Write([]byte(declaration + p.content))
		}
		if err != nil {
			return nil, fmt.Errorf("write the template: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("write the template: %w", err)
	}
	return out.Bytes(), nil
}
