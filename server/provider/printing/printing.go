// Package printing sets what an office keeps on paper as pages: the volumes of
// its registers. Pages are A4 in the typeface of NĐ 30/2020, phụ lục I, which
// is Times New Roman; Liberation Serif has its measures and is put into the
// file, so that every printer has it (SIL Open Font License, OFL.txt). The
// package decides how lines are set and nothing about what stands in them.
package printing

import (
	_ "embed"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/text/unicode/norm"

	"congvan/server/domain/numbering"
)

//go:embed LiberationSerif-Regular.ttf
var regular []byte

//go:embed LiberationSerif-Bold.ttf
var bold []byte

// The measures of a page, in millimetres. The binding edge is the wide one.
const (
	face       = "serif"
	marginLeft = 15.0
	marginTop  = 16.0
	margin     = 10.0
	pad        = 1.2
	lineHeight = 4.6
	textSize   = 10.0
	headSize   = 9.5
)

// sheet is a volume on its way onto pages.
type sheet struct {
	*fpdf.Fpdf

	columns []numbering.Column
	widths  []float64
	bottom  float64
}

// Bind prints the volume to out: the cover on a page of its own, then the lines
// with the head of the book and the number of the page on each.
func Bind(out io.Writer, v numbering.Volume) error {
	s := newSheet(v.Columns)
	s.SetTitle(v.Title, true)
	s.SetAuthor(v.Agency, true)
	s.cover(v.Cover)
	s.page()
	for cells, err := range v.Rows {
		if err != nil {
			return err
		}
		s.line(cells)
		if err := s.Error(); err != nil {
			return fmt.Errorf("print a line: %w", err)
		}
	}
	if err := s.Output(out); err != nil {
		return fmt.Errorf("print the volume: %w", err)
	}
	return nil
}

func newSheet(columns []numbering.Column) *sheet {
	s := &sheet{Fpdf: fpdf.New("L", "mm", "A4", ""), columns: columns}
	s.AddUTF8FontFromBytes(face, "", regular)
	s.AddUTF8FontFromBytes(face, "B", bold)
	s.SetMargins(marginLeft, marginTop, margin)
	s.SetAutoPageBreak(false, margin)
	s.SetCellMargin(pad)
	s.SetLineWidth(0.2)
	wide, high := s.GetPageSize()
	s.bottom = high - margin
	total := 0.0
	for _, c := range columns {
		total += c.Share
	}
	for _, c := range columns {
		s.widths = append(s.widths, c.Share/total*(wide-marginLeft-margin))
	}
	return s
}

// cover is the first page; it carries no number.
func (s *sheet) cover(c numbering.Cover) {
	s.AddPage()
	wide, high := s.GetPageSize()
	s.SetLineWidth(0.6)
	s.Rect(marginLeft, marginTop, wide-marginLeft-margin, high-marginTop-margin, "D")
	s.SetLineWidth(0.2)
	s.SetY(marginTop + 22)
	for _, line := range c.Lines() {
		style, size := "", 14.0
		if line.Heading {
			style, size = "B", 20.0
		}
		s.SetFont(face, style, size)
		for _, part := range s.SplitText(printable(line.Text), wide-marginLeft-margin-40) {
			s.SetX(marginLeft)
			s.CellFormat(wide-marginLeft-margin, size*0.62, part, "", 1, "C", false, 0, "")
		}
		s.Ln(5)
	}
}

// page begins a page of the book with its number and the head.
func (s *sheet) page() {
	s.AddPage()
	wide, _ := s.GetPageSize()
	s.SetFont(face, "", headSize)
	s.SetXY(marginLeft, marginTop-8)
	s.CellFormat(wide-marginLeft-margin, 5, "Trang "+strconv.Itoa(s.PageNo()-1), "", 1, "C", false, 0, "")
	s.SetFont(face, "B", headSize)
	titles, ordinals := make([]string, len(s.columns)), make([]string, len(s.columns))
	for i, c := range s.columns {
		titles[i], ordinals[i] = c.Title, "("+strconv.Itoa(i+1)+")"
	}
	s.SetY(marginTop)
	s.row(s.split(titles), "C")
	s.SetFont(face, "", headSize)
	s.row(s.split(ordinals), "C")
	s.SetFont(face, "", textSize)
}

// line sets one line of the book. One that does not fit goes onto the next
// page; one that no page could hold goes on there.
func (s *sheet) line(cells []string) {
	lines := s.split(cells)
	for first := true; first || tallest(lines) > 0; first = false {
		fit := int((s.bottom - s.GetY() - 2*pad) / lineHeight)
		if fit < 1 || first && tallest(lines) > fit && s.GetY() > s.bottom/2 {
			s.page()
			fit = int((s.bottom - s.GetY() - 2*pad) / lineHeight)
		}
		now := make([][]string, len(lines))
		for i, cell := range lines {
			n := min(len(cell), fit)
			now[i], lines[i] = cell[:n], cell[n:]
		}
		s.row(now, "L")
	}
}

func (s *sheet) split(cells []string) [][]string {
	lines := make([][]string, len(cells))
	for i, cell := range cells {
		if cell = printable(cell); cell != "" {
			lines[i] = s.SplitText(cell, s.widths[i])
		}
	}
	return lines
}

func tallest(cells [][]string) int {
	most := 0
	for _, c := range cells {
		most = max(most, len(c))
	}
	return most
}

// row draws cells beside each other, as high as the tallest.
func (s *sheet) row(cells [][]string, align string) {
	x, y := marginLeft, s.GetY()
	high := float64(max(tallest(cells), 1))*lineHeight + 2*pad
	for i, cell := range cells {
		s.Rect(x, y, s.widths[i], high, "D")
		for n, text := range cell {
			s.SetXY(x, y+pad+float64(n)*lineHeight)
			s.CellFormat(s.widths[i], lineHeight, text, "", 0, align, false, 0, "")
		}
		x += s.widths[i]
	}
	s.SetXY(marginLeft, y+high)
}

// printable puts words into the form that the face has letters for.
func printable(words string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r):
			return -1
		case r > 0xffff: // beyond what the face and its reader know
			return '?'
		}
		return r
	}, norm.NFC.String(words)))
}
