package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"congvan/server/domain/fault"
	"congvan/server/provider/sheet"
)

// book is a workbook in the making.
type book struct{ file *excelize.File }

type failer interface {
	Helper()
	Fatal(...any)
}

func newBook() book { return book{excelize.NewFile()} }

func (b book) set(cell string, value any) {
	if err := b.file.SetCellValue("Sheet1", cell, value); err != nil {
		panic(err)
	}
}

// row fills the line after n others.
func (b book) row(n int, cells ...any) {
	for i, value := range cells {
		name, err := excelize.CoordinatesToCellName(i+1, n+1)
		if err != nil {
			panic(err)
		}
		b.set(name, value)
	}
}

func (b book) bytes(t failer) []byte {
	t.Helper()
	buffer, err := b.file.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

const namespaces = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`

// parts are the parts of a minimal workbook with the sheet given.
func parts(sheetXML string) map[string]string {
	return map[string]string{
		"[Content_Types].xml": `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/workbook.xml":          `<workbook ` + namespaces + `><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/worksheets/sheet1.xml": sheetXML,
	}
}

func worksheet(rows string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><worksheet ` + namespaces + `><sheetData>` + rows + `</sheetData></worksheet>`
}

func inline(cell, text string) string {
	return `<c r="` + cell + `" t="inlineStr"><is><t>` + text + `</t></is></c>`
}

func head() string {
	return `<row r="1">` + inline("A1", "code") + inline("B1", "full_name") + inline("C1", "valid_from") + `</row>`
}

func data(n int) string {
	return fmt.Sprintf(`<row r="%d">%s%s</row>`, n, inline(fmt.Sprintf("A%d", n), "H59"), inline(fmt.Sprintf("B%d", n), "A"))
}

func pack(t *testing.T, parts map[string]string) string {
	t.Helper()
	var buffer bytes.Buffer
	w := zip.NewWriter(&buffer)
	for _, name := range slices.Sorted(maps(parts)) {
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, parts[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.String()
}

func maps(parts map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range parts {
			if !yield(name) {
				return
			}
		}
	}
}

// A small archive can hold a text that takes seconds and all memory to collect.
func TestXLSX_ACellOfExtraordinaryLengthIsRefusedWhileItIsRead(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"text":     strings.Repeat("x", 100<<20),
		"brackets": "<![CDATA[" + strings.Repeat("<", 8<<20) + "]]>",
		"blanks":   strings.Repeat(" ", 8<<20),
	} {
		if got := refusal(t, pack(t, parts(worksheet(head()+`<row r="2">`+inline("A2", text)+`</row>`)))); got != "sheet_cell_too_long" {
			t.Errorf("%s: %s", name, got)
		}
	}
	longest := strings.Repeat("&#7879;", 32_767) // what Excel itself may save; the form then says what it takes
	read(t, pack(t, parts(worksheet(head()+data(2)+`<row r="3">`+inline("A3", "H60")+inline("B3", longest)+`</row>`))))
	wide := head() + data(2) + `<row r="3">` + strings.Repeat("<c/>", 16_385) + `</row>`
	if got := refusal(t, pack(t, parts(worksheet(wide)))); got != "sheet_too_many_cells" {
		t.Errorf("a line of more cells than Excel has columns: %s", got)
	}
}

func TestXLSX_DaysAreReadAsTextAndAsSerials(t *testing.T) {
	t.Parallel()
	b := newBook()
	b.row(0, "code", "full_name", "Từ ngày")
	for i, value := range []any{"01/07/2025", 45839, 45839.75, "45839", "2025-07-01", time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC), 2017, 16437, "x"} {
		b.row(i+1, "H59", "A", value)
	}
	table := read(t, string(b.bytes(t)))
	var days []string
	for _, r := range table.Rows {
		days = append(days, r.Day("valid_from").String())
	}
	const day = "2025-07-01"
	if want := []string{day, day, day, day, day, day, "", "", ""}; !slices.Equal(days, want) {
		t.Errorf("days %q, want %q", days, want)
	}
	var lines []int
	for _, p := range table.Problems() {
		lines = append(lines, p.Line)
	}
	if !slices.Equal(lines, []int{8, 9, 10}) {
		t.Errorf("problems in the lines %v: %v", lines, table.Problems())
	}
}

func TestXLSX_OldMacintoshDaysCountFrom1904(t *testing.T) {
	t.Parallel()
	p := parts(worksheet(head() + `<row r="2">` + inline("A2", "H59") + inline("B2", "A") + `<c r="C2"><v>44377</v></c></row>`))
	p["xl/workbook.xml"] = strings.Replace(p["xl/workbook.xml"], "<sheets>", `<workbookPr date1904="1"/><sheets>`, 1)
	if got := read(t, pack(t, p)).Rows[0].Day("valid_from").String(); got != "2025-07-01" {
		t.Errorf("44377 since 1904 is %s", got)
	}
}

func TestXLSX_AMergedCellSpeaksForAllItsLines(t *testing.T) {
	t.Parallel()
	b := newBook()
	b.row(0, "DANH SÁCH CÁN BỘ")
	b.row(1, "code", "full_name", "valid_from")
	b.row(2, "H59", "A", "01/07/2025")
	b.row(3, nil, "B")
	b.row(4, nil, "C")
	b.row(5, "H60", "D")
	b.row(6, nil, "E")
	for from, to := range map[string]string{"A1": "C1", "A3": "A5", "C3": "C4", "A6": "B6"} {
		if err := b.file.MergeCell("Sheet1", from, to); err != nil {
			t.Fatal(err)
		}
	}
	table := read(t, string(b.bytes(t)))
	var got []string
	for _, r := range table.Rows {
		got = append(got, r.Text("code")+" "+r.Text("full_name")+" "+r.Day("valid_from").String())
	}
	if want := []string{"H59 A 2025-07-01", "H59 B 2025-07-01", "H59 C ", "H60  ", " E "}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	var problems []string
	for _, p := range table.Problems() {
		problems = append(problems, fmt.Sprintf("%d %s: %s", p.Line, p.Column, p.Text.EN))
	}
	want := []string{"6 : The line has a cell merged across columns; unmerge it.", "6 full_name: Required.", "7 code: Required."}
	if !slices.Equal(problems, want) {
		t.Errorf("problems %q, want %q", problems, want)
	}
}

func TestXLSX_AFormulaIsNeverComputed(t *testing.T) {
	t.Parallel()
	formula := func(cell, kind, rest string) string {
		return `<c r="` + cell + `"` + kind + `><f>CONCAT("x",1)</f>` + rest + `</c>`
	}
	line := func(n int, cell string) string {
		return fmt.Sprintf(`<row r="%d">%s%s</row>`, n, inline(fmt.Sprintf("A%d", n), "H59"), cell)
	}
	table := read(t, pack(t, parts(worksheet(head()+
		line(2, formula("B2", ` t="str"`, `<v>as saved</v>`))+
		line(3, formula("B3", "", ``))+
		line(4, formula("B4", "", `<v></v>`))+
		line(5, formula("B5", ` t="e"`, `<v>#REF!</v>`))+
		line(6, formula("B6", ` t="str"`, `<v></v>`))+
		`<row>`+`<c><v>5</v></c><c><f>1+1</f></c></row>`+
		`<row r="9">`+formula("A9", "", "")+`</row>`))))
	if got := table.Rows[0].Text("full_name"); got != "as saved" {
		t.Errorf("the result that was saved reads as %q", got)
	}
	var got []string
	for _, p := range table.Problems() {
		got = append(got, fmt.Sprintf("%d %s %s", p.Line, p.Column, p.Text.EN))
	}
	without := "The cell is a formula without a result; open the file in Excel and save it again."
	want := []string{
		"3 full_name " + without, "4 full_name " + without, "5 full_name The formula of the cell has an error.", "6 full_name Required.",
		"7 full_name " + without, "9 code " + without, "9 full_name Required.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("problems:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestXLSX_TheFirstVisibleSheetIsRead(t *testing.T) {
	t.Parallel()
	b := newBook()
	b.row(0, "Hướng dẫn")
	if _, err := b.file.NewSheet("Danh sách"); err != nil {
		t.Fatal(err)
	}
	for cell, value := range map[string]string{"A1": "code", "B1": "full_name", "A2": "H59", "B2": "A"} {
		if err := b.file.SetCellValue("Danh sách", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	b.file.SetActiveSheet(1)
	if err := b.file.SetSheetVisible("Sheet1", false); err != nil {
		t.Fatal(err)
	}
	if table := read(t, string(b.bytes(t))); len(table.Rows) != 1 || table.Rows[0].Text("code") != "H59" {
		t.Errorf("%v", table.Rows)
	}
}

// A click on a column's head formats all 1,048,576 lines.
func TestXLSX_AMillionEmptyLinesAreNoRows(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	rows.WriteString(head() + data(2))
	for n := 3; n <= 1_048_576; n++ {
		fmt.Fprintf(&rows, `<row r="%d" spans="1:3" ht="15" customHeight="1"/>`, n)
	}
	if table := read(t, pack(t, parts(worksheet(rows.String())))); len(table.Rows) != 1 || table.Rows[0].Line != 2 {
		t.Errorf("%d rows", len(table.Rows))
	}
}

func TestXLSX_TheLastLineOfASheetIsRead(t *testing.T) {
	t.Parallel()
	table := read(t, pack(t, parts(worksheet(head()+data(2)+data(1_048_576)))))
	if len(table.Rows) != 2 || table.Rows[1].Line != 1_048_576 {
		t.Errorf("%d rows", len(table.Rows))
	}
	if got := refusal(t, pack(t, parts(worksheet(head()+data(2)+`<row r="1048577"/>`+data(1_048_578))))); got != "sheet_unreadable" {
		t.Errorf("a line that no spreadsheet has: %s", got)
	}
}

func TestXLSX_BoundsOfRowsAndColumns(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	for n := 2; n <= 20_002; n++ {
		rows.WriteString(data(n))
	}
	if got := refusal(t, pack(t, parts(worksheet(head()+rows.String())))); got != "sheet_too_many_rows" {
		t.Errorf("20,001 rows: %s", got)
	}
	if got := refusal(t, pack(t, parts(worksheet(head()+data(2)+`<row r="3">`+inline("XFD3", "x")+`</row>`)))); got != "sheet_too_many_columns" {
		t.Errorf("column XFD: %s", got)
	}
	merges := strings.Repeat(`<mergeCell ref="A2:A1048576"/>`, 10_001)
	long := strings.Replace(worksheet(head()+data(2)), `</sheetData>`, `</sheetData><mergeCells>`+merges+`</mergeCells>`, 1)
	if got := refusal(t, pack(t, parts(long))); got != "sheet_too_many_cells" {
		t.Errorf("10,001 merged cells: %s", got)
	}
	if got := refusal(t, pack(t, parts(worksheet(head()+data(2)+`<row r="3">`+strings.Repeat("<c/>", 6_000_001)+`</row>`)))); got != "sheet_too_many_cells" {
		t.Errorf("6,000,001 cells: %s", got)
	}
}

func TestXLSX_AnArchiveThatGrowsTooLargeIsNotUnpacked(t *testing.T) {
	t.Parallel()
	bomb := parts(worksheet(head() + data(2)))
	bomb["xl/worksheets/sheet1.xml"] += strings.Repeat(" ", 140<<20)
	content := pack(t, bomb)
	if len(content) > 1<<20 {
		t.Fatalf("the bomb has %d bytes", len(content))
	}
	if got := refusal(t, content); got != "sheet_unpacks_too_large" {
		t.Errorf("a sheet of 140 MB in %d bytes: %s", len(content), got)
	}
	shared := parts(worksheet(head() + data(2)))
	shared["xl/sharedStrings.xml"] = strings.Repeat(" ", 25<<20)
	if got := refusal(t, pack(t, shared)); got != "sheet_unpacks_too_large" {
		t.Errorf("25 MB of shared strings: %s", got)
	}
	many := parts(worksheet(head() + data(2)))
	for n := range 1_000 {
		many[fmt.Sprintf("docProps/%d.xml", n)] = ""
	}
	if got := refusal(t, pack(t, many)); got != "sheet_unpacks_too_large" {
		t.Errorf("1,005 parts: %s", got)
	}
}

func TestXLSX_AnArchiveThatLiesIsRefused(t *testing.T) {
	t.Parallel()
	text := worksheet(head() + data(2))
	for name, spoil := range map[string]func(*zip.FileHeader){
		"declares less than it holds": func(h *zip.FileHeader) { h.UncompressedSize64 = 40 },
		"wrong checksum":              func(h *zip.FileHeader) { h.CRC32++ },
	} {
		var buffer bytes.Buffer
		w := zip.NewWriter(&buffer)
		for part, content := range parts(text) {
			header := &zip.FileHeader{
				Name: part, Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(content)),
				UncompressedSize64: uint64(len(content)), CompressedSize64: uint64(len(content)),
			}
			if part == "xl/worksheets/sheet1.xml" {
				spoil(header)
			}
			raw, err := w.CreateRaw(header)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(raw, content); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got := refusal(t, buffer.String()); got != "sheet_unreadable" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestXLSX_WhatIsNotWholeIsRefused(t *testing.T) {
	t.Parallel()
	whole := worksheet(head() + data(2) + data(3))
	with := func(part, content string) string {
		p := parts(whole)
		if content == "" {
			delete(p, part)
		} else {
			p[part] = content
		}
		return pack(t, p)
	}
	book := parts(whole)["xl/workbook.xml"]
	if len(read(t, with("docProps/app.xml", "<x/>")).Rows) != 2 {
		t.Fatal("the whole one must be read")
	}
	var twice bytes.Buffer
	w := zip.NewWriter(&twice)
	for range 2 {
		for part, content := range parts(whole) {
			entry, err := w.Create(part)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(entry, content); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"cut off in the middle":   with("xl/worksheets/sheet1.xml", whole[:strings.LastIndex(whole, "<row")]),
		"not closed":              with("xl/worksheets/sheet1.xml", strings.TrimSuffix(whole, "</worksheet>")),
		"entities that grow":      with("xl/worksheets/sheet1.xml", `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>`+worksheet(head()+`<row r="2">`+inline("A2", "&b;")+`</row>`)),
		"no sheet":                with("xl/worksheets/sheet1.xml", ""),
		"no workbook":             with("xl/workbook.xml", ""),
		"no relations":            with("_rels/.rels", ""),
		"only a hidden sheet":     with("xl/workbook.xml", strings.Replace(book, `sheetId`, `state="hidden" sheetId`, 1)),
		"a sheet outside":         with("xl/_rels/workbook.xml.rels", strings.Replace(parts("")["xl/_rels/workbook.xml.rels"], "worksheets/sheet1.xml", "../../../etc/passwd", 1)),
		"a bad merged cell":       with("xl/worksheets/sheet1.xml", strings.Replace(whole, `</sheetData>`, `</sheetData><mergeCells><mergeCell ref="?"/></mergeCells>`, 1)),
		"every part twice":        twice.String(),
		"a text document":         pack(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}),
		"nothing but the letters": "PK\x03\x04 and then a text",
	} {
		if got := refusal(t, content); got != "sheet_unreadable" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// It changes the process's folder for temporary files, so it runs alone.
func TestXLSX_LeavesNoTemporaryFiles(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	var rows strings.Builder
	rows.WriteString(head() + data(2))
	for n := 3; n < 60_000; n++ {
		fmt.Fprintf(&rows, `<row r="%d" spans="1:3" ht="15" customHeight="1"/>`, n)
	}
	for _, content := range []string{
		pack(t, parts(worksheet(rows.String()))),
		pack(t, parts(worksheet(rows.String()+`<row r="60000">`+inline("XFD60000", "x")+`</row>`))),
	} {
		_, err := sheet.Read(strings.NewReader(content), form)
		left, dirErr := os.ReadDir(folder)
		if dirErr != nil || len(left) > 0 {
			t.Errorf("after %v: %v, %v", err, left, dirErr)
		}
	}
}

// The bytes of an archive are checked; what stands in its parts is anybody's.
func FuzzWorkbook(f *testing.F) {
	p := parts(worksheet(head() + data(2)))
	book, relations := p["xl/workbook.xml"], p["xl/_rels/workbook.xml.rels"]
	f.Add(p["xl/worksheets/sheet1.xml"], "<sst/>", book, relations)
	f.Add(worksheet(head()+`<row r="2"><c r="A2" t="s"><v>0</v></c><c t="e"><f>1</f><v>#N/A</v></c></row><row><c r="XFD9"/></row>`)+
		`<mergeCells><mergeCell ref="A1:B3"/></mergeCells>`, `<sst><si><r><t>H59</t></r></si></sst>`, book, relations)
	f.Fuzz(func(t *testing.T, sheetXML, strings, book, relations string) {
		p := parts(sheetXML)
		p["xl/sharedStrings.xml"], p["xl/workbook.xml"], p["xl/_rels/workbook.xml.rels"] = strings, book, relations
		table, err := sheet.Read(bytes.NewReader([]byte(pack(t, p))), form)
		var known *fault.Error
		if err != nil && !errors.As(err, &known) {
			t.Fatalf("%v", err)
		}
		if err == nil {
			table.Rows[0].Day("valid_from")
			table.Problems()
		}
	})
}
