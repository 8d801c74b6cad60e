package numbering

import (
	"slices"
	"strings"
	"unicode/utf8"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// maxLabel is how long the name of a series may be, and maxCode its code.
const (
	maxLabel = 200
	maxCode  = 30
)

// Open gives a series that was entered, ready for its first number (B2). An
// agency that joins in mid-year opens it above the last number it used on paper.
func Open(r Register, today org.Day) (Register, error) {
	r.Code, r.Name, r.SymbolAgency = strings.TrimSpace(r.Code), strings.Join(strings.Fields(r.Name), " "), strings.TrimSpace(r.SymbolAgency)
	if r.Opening == 0 {
		r.Opening = 1
	}
	r.Next, r.Closed = r.Opening, false
	if len(r.Kinds) == 1 && r.Direction == Outgoing {
		kind, _ := document.KindByCode(r.Kinds[0])
		r.Normative = kind.Normative
	}
	switch {
	case utf8.RuneCountInString(r.Code) > maxCode || strings.ContainsAny(r.Code, " \t\r\n/"):
		return r, fault.InvalidField("code", "invalid_code", "Mã sổ có tối đa 30 ký tự, không có dấu cách hay dấu gạch chéo.", "A code has at most 30 characters, no blanks and no slash.")
	case utf8.RuneCountInString(r.Name) > maxLabel:
		return r, fault.InvalidField("name", "too_long", "Tên sổ dài quá 200 ký tự.", "The name is longer than 200 characters.")
	case r.Year < today.Year()-1 || r.Year > today.Year()+1:
		return r, fault.InvalidField("year", "invalid_year", "Chỉ mở sổ cho năm nay, năm trước hoặc năm sau.", "A register is opened for this year, the last or the next.")
	}
	return r, r.Check()
}

// Beside refuses a new series whose documents could as well stand in another
// that is there: nobody could tell where to number them.
func (r Register) Beside(others []Register) error {
	for _, o := range others {
		switch {
		case o.Direction != r.Direction || o.Year != r.Year:
			continue
		case strings.EqualFold(o.Code, r.Code):
			return ErrCodeTaken
		case !r.Council && !o.Council && !o.Closed && r.Direction == Outgoing && r.overlaps(o):
			return fault.InvalidField("kinds", "series_overlap", "Sổ “"+o.Name+"” đã nhận loại văn bản này.", "The register “"+o.Name+"” takes this kind already.")
		}
	}
	return nil
}

// overlaps tells whether a kind would find both series equally near.
func (r Register) overlaps(o Register) bool {
	if r.nearer(o) || o.nearer(r) {
		return false
	}
	return len(r.Kinds) == 0 || slices.ContainsFunc(r.Kinds, func(k string) bool { return slices.Contains(o.Kinds, k) })
}

// ErrCodeTaken is the fault of a series whose code another one of the year has.
var ErrCodeTaken = fault.InvalidField("code", "code_taken", "Mã sổ này đã có trong năm.", "The year has a register with this code already.")

// Close ends a series for its year: no number is taken from it any more.
func (r Register) Close() (Register, error) {
	if r.Closed {
		return r, errClosed()
	}
	r.Closed = true
	return r, nil
}
