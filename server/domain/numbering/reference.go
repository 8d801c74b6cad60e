package numbering

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
)

// maxSymbol and maxText bound what is read and written, in characters.
const (
	maxSymbol = 64
	maxText   = 128
)

// Reference is number and symbol together, as a document carries them:
// 15/QĐ-UBND.
type Reference struct {
	Number Number
	// Year stands between number and symbol of normative documents; 0 elsewhere.
	Year   int
	Symbol string
	// Party documents join number and symbol by a hyphen: 39-NQ/TW.
	Party bool
}

// Compose writes the symbol of an own document (NĐ 30/2020, phụ lục I, phần
// II, mục 3): kind and agency; for a công văn agency and drafting unit or
// field, where the agency has any; for normative documents the year before it.
// The kind decides what unitAbbr and year are used for.
func Compose(n Number, kind document.Kind, agencyAbbr, unitAbbr string, year int) (Reference, error) {
	if err := n.Check(); err != nil {
		return Reference{}, err
	}
	if !isSymbolGroup(agencyAbbr) {
		return Reference{}, invalidAbbreviation("agency_abbreviation")
	}
	ref := Reference{Number: n, Symbol: agencyAbbr}
	switch {
	case kind.Abbreviation != "":
		ref.Symbol = kind.Abbreviation + "-" + agencyAbbr
	case unitAbbr != "":
		if !isSymbolGroup(unitAbbr) {
			return Reference{}, invalidAbbreviation("unit_abbreviation")
		}
		ref.Symbol = agencyAbbr + "-" + unitAbbr
	}
	if kind.Normative {
		if year < firstYear || year > lastYear {
			return Reference{}, fault.InvalidField("year", "invalid_year", "Năm ban hành không hợp lệ.", "The year of issue is not valid.")
		}
		ref.Year = year
	}
	if utf8.RuneCountInString(ref.Symbol) > maxSymbol {
		return Reference{}, invalidAbbreviation("agency_abbreviation")
	}
	return ref, nil
}

// String writes the reference as it stands after "Số:".
func (r Reference) String() string {
	if r.Party {
		return r.Number.String() + "-" + r.Symbol
	}
	return r.Number.String() + "/" + r.Notation()
}

// Notation is everything after the number, as registers and packages keep it
// apart from the number: QĐ-UBND, 2026/QĐ-UBND.
func (r Reference) Notation() string {
	if r.Year != 0 {
		return strconv.Itoa(r.Year) + "/" + r.Symbol
	}
	return r.Symbol
}

// Kinds gives the kinds that the reference may belong to, read from the first
// group of its symbol and from whether it carries a year. A symbol that names
// no kind is that of a công văn; one that names a kind may still be the công
// văn of an agency with the same letters, so the printed name decides.
func (r Reference) Kinds() []document.Kind {
	first, _, _ := strings.Cut(strings.ReplaceAll(r.Symbol, "/", "-"), "-")
	var kinds []document.Kind
	named := document.KindsByAbbreviation(first)
	for _, k := range named {
		if k.Normative == (r.Year != 0) {
			kinds = append(kinds, k)
		}
	}
	if len(named) == 0 && r.Year == 0 && !r.Party {
		if letter, known := document.KindByCode(document.OfficialLetter); known {
			kinds = append(kinds, letter)
		}
	}
	return kinds
}

// The written forms, after NFC and with blanks around the joints taken out:
// the state's 15/QĐ-UBND and 12/2026/QĐ-UBND, and the Party's 39-NQ/TW.
var (
	stateForm = regexp.MustCompile(`^(\d{1,6}[A-Za-z]?)/(?:(\d{4})/)?(` + group + `(?:-` + group + `)*)$`)
	partyForm = regexp.MustCompile(`^(\d{1,6}[A-Za-z]?)-(` + group + `(?:[-/]` + group + `)+)$`)
	prefix    = regexp.MustCompile(`^(?i:số)` + blanks + `:?` + blanks)
	joint     = regexp.MustCompile(blanks + `([/-])` + blanks)
)

// group is one part of a symbol: letters and digits, also & and full stops
// inside (KT&HT, P.TH).
const group = `[\p{L}\d](?:[\p{L}\d&.]*[\p{L}\d])?`

// blanks are those of a keyboard and those of a word processor.
const blanks = `[\s\p{Zs}]*`

// dashes are what word processors put in the place of a hyphen.
var dashes = strings.NewReplacer("\u2010", "-", "\u2011", "-", "\u2012", "-", "\u2013", "-", "\u2014", "-", "\u2212", "-", "\u00ad", "")

// Parse reads number and symbol as documents, mails and people write them,
// with or without "Số:". The text must be in NFC.
func Parse(text string) (Reference, error) {
	if utf8.RuneCountInString(text) > maxText {
		return Reference{}, unreadable()
	}
	text = prefix.ReplaceAllString(strings.TrimSpace(dashes.Replace(text)), "")
	text = joint.ReplaceAllString(text, "$1")
	if m := stateForm.FindStringSubmatch(text); m != nil {
		year := 0
		if m[2] != "" {
			year, _ = strconv.Atoi(m[2]) // four digits
			if year < firstYear {
				return Reference{}, unreadable()
			}
		}
		return reference(m[1], Reference{Year: year, Symbol: m[3]})
	}
	if m := partyForm.FindStringSubmatch(text); m != nil {
		return reference(m[1], Reference{Symbol: m[2], Party: true})
	}
	return Reference{}, unreadable()
}

func reference(number string, r Reference) (Reference, error) {
	n, err := ParseNumber(number)
	if err != nil {
		return Reference{}, unreadable().Because(err)
	}
	first, _ := utf8.DecodeRuneInString(r.Symbol)
	if !unicode.IsLetter(first) || utf8.RuneCountInString(r.Symbol) > maxSymbol {
		return Reference{}, unreadable()
	}
	r.Number = n
	return r, nil
}

var wholeGroup = regexp.MustCompile(`^\p{L}(?:[\p{L}\d&.]*[\p{L}\d])?$`)

// isSymbolGroup tells whether an abbreviation can stand in a symbol and be
// read back as one group.
func isSymbolGroup(abbreviation string) bool {
	return utf8.RuneCountInString(abbreviation) <= maxSymbol && wholeGroup.MatchString(abbreviation)
}

func invalidAbbreviation(field string) *fault.Error {
	return fault.InvalidField(field, "invalid_abbreviation",
		"Chữ viết tắt phải bắt đầu bằng chữ cái và chỉ gồm chữ cái, chữ số, dấu chấm hoặc dấu &.",
		"An abbreviation begins with a letter and has only letters, digits, full stops or &.")
}

func unreadable() *fault.Error {
	return fault.InvalidField("symbol", "unreadable_symbol",
		"Không đọc được số và ký hiệu (ví dụ đúng: 15/QĐ-UBND, 12/2026/QĐ-UBND).",
		"Number and symbol cannot be read (for example 15/QĐ-UBND, 12/2026/QĐ-UBND).")
}
