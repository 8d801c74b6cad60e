package sheet

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"congvan/server/domain/fault"
)

// header tells where each column of the form stands in a line.
type header struct {
	index   map[string]int
	ignored []string
}

// findHeader gives the line that names the columns: among the first lines the
// one that names the most. Offices put titles and notes above it.
func findHeader(lines []line, form Form) (int, header, error) {
	best, at := header{}, -1
	for i, l := range lines[:min(len(lines), maxHeader+1)] {
		h, err := form.match(l)
		if err != nil {
			return 0, header{}, err
		}
		if len(h.index) > len(best.index) {
			best, at = h, i
		}
	}
	var missing []string
	for _, c := range form.Columns {
		if _, found := best.index[c.Name]; c.Required && !found {
			missing = append(missing, "«"+c.Headers[0]+"» ("+c.Name+")")
		}
	}
	if at < 0 || len(missing) > 0 {
		if missing == nil {
			missing = []string{form.Name}
		}
		list := strings.Join(missing, ", ")
		return 0, header{}, fault.New(fault.Invalid, "sheet_columns_missing",
			"Tệp thiếu cột: "+list+". Dòng tiêu đề phải nằm trong 10 dòng đầu.",
			"The file lacks the columns: "+list+". The header must be among the first 10 lines.")
	}
	return at, best, nil
}

// match reads a line as a header.
func (f Form) match(l line) (header, error) {
	h := header{index: map[string]int{}}
	for i, cell := range l.cells {
		word := headerWord(cell)
		if word == "" {
			continue
		}
		at := slices.IndexFunc(f.Columns, func(c Column) bool { return c.answersTo(word) })
		if at < 0 {
			h.ignored = append(h.ignored, strings.Join(strings.Fields(norm.NFC.String(cell)), " "))
			continue
		}
		column := f.Columns[at]
		if _, twice := h.index[column.Name]; twice {
			return header{}, fault.New(fault.Invalid, "sheet_column_twice",
				"Tệp có hai cột «"+column.Headers[0]+"» ("+column.Name+").",
				"The file has the column "+column.Name+" twice.")
		}
		h.index[column.Name] = i
	}
	return h, nil
}

func (c Column) answersTo(word string) bool {
	return word == headerWord(c.Name) || slices.ContainsFunc(c.Headers, func(h string) bool { return word == headerWord(h) })
}

// headerWord is the form that headers are compared in: NFC, lower case, single
// blanks, without a note in brackets and without the mark of a required column.
func headerWord(s string) string {
	s, _, _ = strings.Cut(strings.ToLower(norm.NFC.String(s)), "(")
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '_' || isBlank(r) }), " ")
	return strings.TrimSpace(strings.Trim(s, "*:"))
}
