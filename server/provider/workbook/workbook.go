// Package workbook binds a volume of a register as XLSX: a sheet for the cover
// and one for the lines, ready to be printed on A4. It streams: how many lines
// there are makes no difference to the memory it takes. It decides nothing
// about what stands in the lines, and no cell of it is ever a formula.
package workbook

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"

	"congvan/server/domain/numbering"
)

// Names of the sheets, in the words of the decree's forms.
const (
	coverSheet = "Bìa"
	bookSheet  = "Sổ"
)

// pageChars is how many characters of the usual size stand beside each other on
// a landscape A4 page within the margins.
const pageChars = 150

// Bind writes the volume to out.
func Bind(out io.Writer, v numbering.Volume) (err error) {
	file := excelize.NewFile()
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := file.SetSheetName("Sheet1", coverSheet); err != nil {
		return fmt.Errorf("name the cover: %w", err)
	}
	if err := writeCover(file, v.Cover); err != nil {
		return fmt.Errorf("write the cover: %w", err)
	}
	if err := writeBook(file, v); err != nil {
		return err
	}
	if err := file.Write(out); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return nil
}

func writeCover(file *excelize.File, c numbering.Cover) error {
	style, err := file.NewStyle(&excelize.Style{Font: &excelize.Font{Family: "Times New Roman", Size: 14},
		Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}})
	if err != nil {
		return err
	}
	bold, err := file.NewStyle(&excelize.Style{Font: &excelize.Font{Family: "Times New Roman", Size: 20, Bold: true},
		Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}})
	if err != nil {
		return err
	}
	if err := file.SetColWidth(coverSheet, "A", "A", 88); err != nil {
		return err
	}
	for i, line := range c.Lines() {
		cell := "A" + strconv.Itoa(2*i+2)
		if err := file.SetCellStr(coverSheet, cell, plain(line.Text)); err != nil {
			return err
		}
		as := style
		if line.Heading {
			as = bold
		}
		if err := file.SetCellStyle(coverSheet, cell, cell, as); err != nil {
			return err
		}
	}
	return layOut(file, coverSheet, "portrait", false)
}

func writeBook(file *excelize.File, v numbering.Volume) error {
	if _, err := file.NewSheet(bookSheet); err != nil {
		return fmt.Errorf("add the book: %w", err)
	}
	if err := layOut(file, bookSheet, "landscape", true); err != nil {
		return fmt.Errorf("lay the book out: %w", err)
	}
	stream, err := file.NewStreamWriter(bookSheet)
	if err != nil {
		return fmt.Errorf("stream the book: %w", err)
	}
	head, body, err := styles(file)
	if err != nil {
		return fmt.Errorf("style the book: %w", err)
	}
	total := 0.0
	for _, c := range v.Columns {
		total += c.Share
	}
	titles, ordinals := make([]any, len(v.Columns)), make([]any, len(v.Columns))
	for i, c := range v.Columns {
		if err := stream.SetColWidth(i+1, i+1, c.Share/total*pageChars); err != nil {
			return fmt.Errorf("set the width of a column: %w", err)
		}
		titles[i] = excelize.Cell{StyleID: head, Value: c.Title}
		ordinals[i] = excelize.Cell{StyleID: head, Value: "(" + strconv.Itoa(i+1) + ")"}
	}
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: headRows, TopLeftCell: "A3", ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("freeze the head: %w", err)
	}
	if err := errors.Join(stream.SetRow("A1", titles), stream.SetRow("A2", ordinals)); err != nil {
		return fmt.Errorf("write the head: %w", err)
	}
	if err := writeRows(stream, v, body); err != nil {
		return err
	}
	if err := stream.Flush(); err != nil {
		return fmt.Errorf("end the book: %w", err)
	}
	// The head stands on every printed page.
	if err := file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + bookSheet + "'!$1:$2", Scope: bookSheet}); err != nil {
		return fmt.Errorf("repeat the head: %w", err)
	}
	return nil
}

const headRows = 2

func writeRows(stream *excelize.StreamWriter, v numbering.Volume, style int) error {
	cells := make([]any, len(v.Columns))
	row := headRows
	for line, err := range v.Rows {
		if err != nil {
			return err
		}
		row++
		if row > excelize.TotalRows {
			return numbering.ErrTooLong
		}
		for i := range cells {
			cells[i] = excelize.Cell{StyleID: style, Value: plain(line[i])}
		}
		if err := stream.SetRow("A"+strconv.Itoa(row), cells); err != nil {
			return fmt.Errorf("write line %d: %w", row, err)
		}
	}
	return nil
}

func styles(file *excelize.File) (head, body int, err error) {
	border := []excelize.Border{{Type: "left", Color: "000000", Style: 1}, {Type: "top", Color: "000000", Style: 1},
		{Type: "right", Color: "000000", Style: 1}, {Type: "bottom", Color: "000000", Style: 1}}
	head, err = file.NewStyle(&excelize.Style{Font: &excelize.Font{Family: "Times New Roman", Size: 11, Bold: true}, Border: border,
		Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}})
	if err != nil {
		return 0, 0, err
	}
	body, err = file.NewStyle(&excelize.Style{Font: &excelize.Font{Family: "Times New Roman", Size: 11}, Border: border, NumFmt: text,
		Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	return head, body, err
}

// text is the number of the format "@": what is edited stays text too.
const text = 49

func layOut(file *excelize.File, sheet, orientation string, numbered bool) error {
	const a4 = 9
	size, wide, high, fit := a4, 1, 0, true
	margin, head := 0.6, 0.3
	err := errors.Join(
		file.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}),
		file.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &size, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &high}),
		file.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &margin, Bottom: &margin, Header: &head}))
	if err != nil || !numbered {
		return err
	}
	return file.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddHeader: "&C&P/&N"})
}

// plain gives the text as a cell may hold it. Cells here are typed as text, so
// that nothing is computed; but a workbook is saved on as other tables, whose
// readers compute whatever begins like a formula.
func plain(s string) string {
	s = norm.NFC.String(s)
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}
