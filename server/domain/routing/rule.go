package routing

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// ForwardRule says to whom an agency forwards what arrives of a kind, from an
// issuer, with words in its subject. What it leaves empty fits everything.
type ForwardRule struct {
	ID     org.ID
	Name   string
	Kind   string
	Issuer string // the issuer's code, or a part of the name
	Words  string // one of several, a comma between them, stands in the subject
	Holder
	Asks Asks
	Days int // working days until it is due; none is no date
}

// The limits of what an agency may set.
const (
	MaxForwardRules = 100
	maxRuleText     = 200
	maxRuleDays     = 250
)

// CheckForwardRules refuses rules that say nothing or lead nowhere. The order
// is the agency's: the first one that fits is the one.
func CheckForwardRules(rules []ForwardRule) error {
	if len(rules) > MaxForwardRules {
		return fault.InvalidField("items", "too_many", "Tối đa 100 quy tắc.", "At most 100 rules.")
	}
	for i, r := range rules {
		if code, vi, en := r.wrong(); code != "" {
			n := strconv.Itoa(i + 1)
			return fault.InvalidField("items", code, "Quy tắc "+n+": "+vi, "Rule "+n+": "+en)
		}
	}
	return nil
}

func (r ForwardRule) wrong() (code, vi, en string) {
	_, known := document.KindByCode(r.Kind)
	long := slices.ContainsFunc([]string{r.Name, r.Issuer, r.Words}, func(s string) bool { return utf8.RuneCountInString(s) > maxRuleText })
	switch {
	case strings.TrimSpace(r.Name) == "":
		return "required", "hãy đặt tên.", "give it a name."
	case long:
		return "too_long", "dài quá 200 ký tự.", "longer than 200 characters."
	case r.Kind != "" && !known:
		return "unknown_kind", "loại văn bản không có trong danh mục.", "the kind is not known."
	case r.UnitID.IsZero() == r.PositionID.IsZero():
		return "unknown_holder", "chọn một đơn vị hoặc một người nhận.", "it leads to one unit or one person."
	case !r.Asks.Known() || r.Asks != ForWork && r.PositionID.IsZero():
		return "asks", "xin ý kiến hay xin đề xuất chỉ gửi tới một người.", "a direction or a proposal is asked of one person."
	case r.Days < 0 || r.Days > maxRuleDays:
		return "out_of_range", "hạn từ 0 đến 250 ngày làm việc.", "due within 0 to 250 working days."
	case r.Words != "" && len(phrases(r.Words)) == 0:
		return "required", "từ khóa không có chữ nào.", "there is no word between the commas."
	}
	return "", "", ""
}

// Fits tells whether the rule is about what arrived.
func (r ForwardRule) Fits(f Fields) bool {
	if r.Kind != "" && r.Kind != f.Kind {
		return false
	}
	if issuer := strings.TrimSpace(r.Issuer); issuer != "" && !strings.EqualFold(issuer, f.IssuerCode) && !says(f.IssuerName, issuer) {
		return false
	}
	return r.Words == "" || slices.ContainsFunc(phrases(r.Words), func(p string) bool { return says(f.Subject, p) })
}

// FirstRule gives the first rule that fits and leads to somebody who is there.
func FirstRule(rules []ForwardRule, f Fields, there map[Holder]bool) (ForwardRule, bool) {
	i := slices.IndexFunc(rules, func(r ForwardRule) bool { return there[r.Holder] && r.Fits(f) })
	if i < 0 {
		return ForwardRule{}, false
	}
	return rules[i], true
}

func phrases(words string) []string {
	var list []string
	for p := range strings.SplitSeq(words, ",") {
		if strings.ContainsFunc(p, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) {
			list = append(list, p)
		}
	}
	return list
}

// says tells whether the words of part stand one after the other in text. Marks
// count: "họp" is no "hợp".
func says(text, part string) bool {
	return strings.Contains(" "+spaced(text)+" ", " "+spaced(part)+" ")
}

// spaced gives the words in small letters with one blank between them.
func spaced(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsMark(c)
	}), " ")
}
