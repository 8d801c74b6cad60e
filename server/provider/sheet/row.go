package sheet

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// Row is one line of data. Its methods give the cell of a column as what it
// should be; what it is not becomes a problem of the line, and the answer is
// the empty one, so that a whole file is read before anything is refused.
type Row struct {
	Line     int
	cells    map[string]string
	serials  epoch
	problems []Problem
}

func newRow(l line, form Form, head header, serials epoch) *Row {
	r := &Row{Line: l.number, cells: map[string]string{}, serials: serials}
	if text, broken := l.broken[wholeLine]; broken {
		r.problem("", text)
	}
	for _, c := range form.Columns {
		at, there := head.index[c.Name]
		if !there {
			continue
		}
		if text, broken := l.broken[at]; broken {
			r.problem(c.Name, text)
			continue
		}
		if at >= len(l.cells) {
			l.cells = append(l.cells, make([]string, at+1-len(l.cells))...)
		}
		text, wrong := clean(l.cells[at])
		switch {
		case wrong != nil:
			r.problem(c.Name, *wrong)
		case text == "" && c.Required:
			r.problem(c.Name, fault.Text{VI: "Bắt buộc nhập.", EN: "Required."})
		default:
			r.cells[c.Name] = text
		}
	}
	return r
}

// Text gives the cell as one line of text in NFC.
func (r *Row) Text(column string) string { return r.cells[column] }

// List gives the parts of a cell that are separated by semicolons.
func (r *Row) List(column string) []string {
	var parts []string
	for part := range strings.SplitSeq(r.cells[column], ";") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// YesNo gives whether the cell says yes. An empty one says no.
func (r *Row) YesNo(column string) bool {
	switch strings.ToLower(r.cells[column]) {
	case "có", "yes", "x", "1", "true", "đúng":
		return true
	case "", "không", "no", "0", "false", "sai":
		return false
	}
	r.problem(column, fault.Text{VI: "Chỉ nhập «có» hoặc «không».", EN: "Enter yes or no."})
	return false
}

// Number gives a whole number that is not negative, and 0 for an empty cell.
func (r *Row) Number(column string) int {
	text := r.cells[column]
	if text == "" {
		return 0
	}
	// A spreadsheet may write the number 5 as 5.0.
	if n, err := strconv.Atoi(strings.TrimSuffix(text, ".0")); err == nil && n >= 0 {
		return n
	}
	r.problem(column, fault.Text{VI: "Phải là số nguyên.", EN: "Must be a whole number."})
	return 0
}

// Day gives a day written as dd/mm/yyyy or yyyy-mm-dd, or kept as a date by
// the spreadsheet. An empty cell is no day.
func (r *Row) Day(column string) org.Day {
	text := r.cells[column]
	if text == "" {
		return org.Day{}
	}
	if day, ok := r.serials.day(text); ok {
		return day
	}
	if day, ok := writtenDay(text); ok {
		return day
	}
	r.problem(column, fault.Text{
		VI: "Ngày không hợp lệ; hãy nhập dạng ngày/tháng/năm, ví dụ 01/07/2025.",
		EN: "Not a date; enter day/month/year, for example 01/07/2025.",
	})
	return org.Day{}
}

// Refuse records what a rule said about the row: about the column named, or
// about the line when the column is empty. An error that is no fault is not
// the row's, and comes back.
func (r *Row) Refuse(column string, err error) error {
	var f *fault.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &f):
		return err
	case len(f.Fields) > 0:
		for _, field := range f.Fields {
			r.problem(column, field.Text)
		}
	default:
		r.problem(column, f.Text)
	}
	return nil
}

func (r *Row) problem(column string, text fault.Text) {
	p := Problem{Line: r.Line, Column: column, Text: text}
	if !slices.Contains(r.problems, p) {
		r.problems = append(r.problems, p)
	}
}

// clean makes one line of NFC text out of a cell, and tells what must not come in.
func clean(cell string) (string, *fault.Text) {
	text := strings.Join(strings.FieldsFunc(norm.NFC.String(cell), isBlank), " ")
	if utf8.RuneCountInString(text) > maxCell {
		return "", &fault.Text{VI: "Ô dài quá 4.000 ký tự.", EN: "The cell is longer than 4,000 characters."}
	}
	for _, r := range text {
		// Marks that turn the direction of writing can make a name read as another.
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return "", &fault.Text{
				VI: fmt.Sprintf("Ô chứa ký tự không hiển thị (U+%04X); hãy gõ lại.", r),
				EN: fmt.Sprintf("The cell holds an invisible character (U+%04X); type it again.", r),
			}
		}
	}
	if slices.Contains([]string{"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}, text) {
		return "", &fault.Text{VI: "Công thức trong ô bị lỗi.", EN: "The formula of the cell has an error."}
	}
	return text, nil
}

// isBlank tells blanks, line breaks and the invisible ones that editors leave
// behind: the soft hyphen, the zero-width space and the byte order mark.
func isBlank(r rune) bool {
	return unicode.IsSpace(r) || r == '\u00ad' || r == '\u200b' || r == '\ufeff'
}
