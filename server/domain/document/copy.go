package document

import (
	"fmt"
	"strconv"
	"strings"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// The forms of certified copies (NĐ 30/2020, điều 25).
const (
	TrueCopy      = "true_copy"
	ExtractCopy   = "extract_copy"
	DuplicateCopy = "duplicate_copy"
)

// Original is what a certified copy is made of.
type Original struct {
	DocumentID org.ID // one of the agency's own
	ArrivalID  org.ID // or one that it received
	Kind       string
	Reference  string
	Date       org.Day
	Issuer     string
	Subject    string
	Hash       Hash // of its main file
	Electronic bool // no scan of paper
}

var (
	errCopyForm = fault.InvalidField("kind", "not_a_copy", "Hãy chọn hình thức sao.", "Choose the form of the copy.")
	errCopyOf   = fault.InvalidField("kind", "not_of_a_true_copy",
		"Sao lục là sao từ bản sao y; văn bản này không phải là bản sao y.", "A duplicate copy is made of a true copy; this document is none.")
	errCopyOfCopy = fault.InvalidField("kind", "copy_of_a_copy",
		"Văn bản này là bản sao; từ bản sao y chỉ được sao lục.", "This document is a copy; of a true copy only a duplicate copy is made.")
	errNotIssued = fault.New(fault.Conflict, "not_issued",
		"Chỉ sao văn bản đã phát hành hoặc đã vào sổ, có tệp văn bản chính.", "Only what was issued or registered, and has a main file, is copied.")
)

// CheckCopy refuses a form of copy that is not made of such an original (NĐ 30/2020, điều 25).
func (o Original) CheckCopy(form string) error {
	kind, _ := KindByCode(o.Kind)
	switch {
	case form != TrueCopy && form != ExtractCopy && form != DuplicateCopy:
		return errCopyForm
	case o.Hash.IsZero() || o.Reference == "":
		return errNotIssued
	case form == DuplicateCopy && o.Kind != TrueCopy:
		return errCopyOf
	case form != DuplicateCopy && kind.Copy:
		return errCopyOfCopy
	}
	return nil
}

// CopySubject names the original in the subject of its copy.
func (o Original) CopySubject() string {
	words := []string{}
	if kind, ok := KindByCode(o.Kind); ok {
		words = append(words, kind.Name.VI)
	}
	words = append(words, "số "+o.Reference)
	if !o.Date.IsZero() {
		words = append(words, "ngày "+o.Date.Written())
	}
	if o.Issuer != "" {
		words = append(words, "của "+o.Issuer)
	}
	if o.Subject != "" {
		words = append(words, "– "+o.Subject)
	}
	return strings.Join(words, " ")
}

// copyForms are the words for the forms of copies (NĐ 30/2020, phụ lục I, phần II).
var copyForms = map[string]string{TrueCopy: "SAO Y", ExtractCopy: "TRÍCH SAO", DuplicateCopy: "SAO LỤC"}

// Directions are what stands below the copied text on a copy on paper (NĐ
// 30/2020, phụ lục I, phần II, mục I).
type Directions struct {
	Form       string
	Agency     string
	Reference  string // none before there is a number
	Notation   string // behind a number that is still to come
	Place      string
	Date       org.Day
	Recipients []string
	Signer     []string // the lines above the signature
	SignerName string
}

// CopyForm gives the words for the form of a copy.
func CopyForm(kind string) string { return copyForms[kind] }

// NumberLine gives the line of number and symbol, with blanks for what is still to come.
func (d Directions) NumberLine() string {
	if d.Reference == "" {
		return "Số: ……/" + d.Notation
	}
	return "Số: " + d.Reference
}

// DateLine gives the line of place and day, with blanks for what is still to come.
func (d Directions) DateLine() string {
	place := d.Place
	if place != "" {
		place += ", "
	}
	if d.Date.IsZero() {
		return place + "ngày …… tháng …… năm ………"
	}
	return place + inWords(d.Date)
}

// inWords gives a day as documents write it: a zero before days below 10 and
// before the months 1 and 2 (NĐ 30/2020, phụ lục I, mục II.4).
func inWords(d org.Day) string {
	month := strconv.Itoa(int(d.Month()))
	if d.Month() <= 2 {
		month = "0" + month
	}
	return fmt.Sprintf("ngày %02d tháng %s năm %d", d.DayOfMonth(), month, d.Year())
}
