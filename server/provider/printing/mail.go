package printing

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"congvan/server/domain/exchange"
)

// The measures of a mail's page, those of a document (NĐ 30/2020, phụ lục I).
const (
	mailLeft   = 30.0
	mailMargin = 20.0
	mailSize   = 13.0
	mailLine   = 6.2
)

// Mail prints a mail as a page that can be filed: who sent it, when, and its
// text. The same mail makes the same bytes.
func Mail(out io.Writer, m exchange.MailSheet) error {
	p := fpdf.New("P", "mm", "A4", "")
	p.AddUTF8FontFromBytes(face, "", regular)
	p.AddUTF8FontFromBytes(face, "B", bold)
	p.SetMargins(mailLeft, mailMargin, mailMargin)
	p.SetAutoPageBreak(true, mailMargin)
	at := m.SentAt
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	p.SetCreationDate(at.UTC())
	p.SetModificationDate(at.UTC())
	p.SetCatalogSort(true)
	p.SetTitle(printable(m.Subject), true)
	p.SetHeaderFunc(func() {
		if p.PageNo() > 1 {
			p.SetFont(face, "", textSize)
			p.SetXY(mailLeft, mailMargin/2)
			p.CellFormat(0, lineHeight, strconv.Itoa(p.PageNo()), "", 1, "C", false, 0, "")
			p.SetXY(mailLeft, mailMargin)
			p.SetFont(face, "", mailSize)
		}
	})
	p.AddPage()
	wide, _ := p.GetPageSize()
	wide -= mailLeft + mailMargin
	p.SetFont(face, "B", mailSize+1)
	for _, line := range p.SplitText(printable(m.Subject), wide) {
		p.CellFormat(0, mailLine+0.6, line, "", 1, "L", false, 0, "")
	}
	p.SetFont(face, "", mailSize-1)
	for _, fact := range m.Facts() {
		for _, line := range p.SplitText(printable(fact), wide) {
			p.CellFormat(0, mailLine-0.6, line, "", 1, "L", false, 0, "")
		}
	}
	p.Line(mailLeft, p.GetY()+2, mailLeft+wide, p.GetY()+2)
	p.Ln(6)
	p.SetFont(face, "", mailSize)
	for paragraph := range strings.SplitSeq(strings.ReplaceAll(m.Text, "\r\n", "\n"), "\n") {
		text := printable(paragraph)
		if text == "" {
			p.Ln(mailLine / 2)
			continue
		}
		for _, line := range p.SplitText(text, wide) {
			p.CellFormat(0, mailLine, line, "", 1, "L", false, 0, "")
		}
	}
	if err := p.Output(out); err != nil {
		return fmt.Errorf("print a mail: %w", err)
	}
	return nil
}
