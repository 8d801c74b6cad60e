package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"congvan/server/domain/fault"
)

// separators are what programs put between the cells of a text file: Excel
// takes the semicolon where the comma is the decimal mark, as in Viet Nam.
var separators = []rune{',', ';', '\t'}

// readCSV reads UTF-8 text. The separator is the one under which the header
// names the most columns.
func readCSV(content []byte, form Form) ([]line, error) {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 {
		return nil, fault.New(fault.Unsupported, "sheet_not_utf8",
			"Tệp không phải CSV mã UTF-8; trong Excel hãy chọn «CSV UTF-8» khi lưu.",
			"The file is not CSV in UTF-8; choose “CSV UTF-8” when saving from Excel.")
	}
	best, found := separators[0], 0
	for _, separator := range separators {
		head, err := records(content, separator, maxHeader+1)
		if err != nil && len(head) == 0 {
			continue
		}
		for _, l := range head {
			if h, err := form.match(l); err == nil && len(h.index) > found {
				best, found = separator, len(h.index)
			}
		}
	}
	return records(content, best, maxRows+maxHeader+2)
}

// records reads lines that hold something, up to a number of them. What it
// could read stands beside the error.
func records(content []byte, separator rune, limit int) ([]line, error) {
	reader := csv.NewReader(bytes.NewReader(content))
	reader.Comma = separator
	reader.FieldsPerRecord = -1
	var lines []line
	for len(lines) < limit {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return lines, errCSV(err)
		}
		for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
			cells = cells[:len(cells)-1]
		}
		if len(cells) > maxColumns {
			return lines, errTooManyColumns()
		}
		if len(cells) > 0 {
			number, _ := reader.FieldPos(0)
			lines = append(lines, line{number: number, cells: cells})
		}
	}
	return lines, nil
}

func errCSV(err error) error {
	var syntax *csv.ParseError
	if !errors.As(err, &syntax) {
		return errUnreadable(err)
	}
	return fault.New(fault.Invalid, "sheet_quotes",
		fmt.Sprintf("Dòng %d có dấu ngoặc kép đặt sai chỗ.", syntax.StartLine),
		fmt.Sprintf("Line %d has a misplaced quotation mark.", syntax.StartLine)).Because(err)
}
