package document

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// Competence is the right in which somebody signs, as it stands before the
// post in the signer block (NĐ 30/2020, điều 13 and phụ lục I, ô 7a).
type Competence string

// The competences. None is the head of an agency with one head.
const (
	ForItself       Competence = ""
	ForCollective   Competence = "TM"  // thay mặt: an agency that decides as a body
	ForHead         Competence = "KT"  // ký thay: a deputy for the head
	ByOrder         Competence = "TL"  // thừa lệnh
	ByAuthorisation Competence = "TUQ" // thừa ủy quyền
	ActingHead      Competence = "Q"   // quyền: who holds the post for the time being
)

// CheckCompetence refuses an unknown competence.
func CheckCompetence(c Competence) error {
	switch c {
	case ForItself, ForCollective, ForHead, ByOrder, ByAuthorisation, ActingHead:
		return nil
	}
	return fault.InvalidField("competence", "unknown", "Quyền hạn ký không hợp lệ.", "The competence of the signer is not known.")
}

// collectives are agencies that decide as a body; their documents are signed on behalf of it.
var collectives = [...]string{"ủy ban nhân dân", "uỷ ban nhân dân", "hội đồng", "ban chỉ đạo", "ban chỉ huy", "đoàn đại biểu"}

func collective(agency string) bool {
	name := strings.ToLower(agency)
	for _, c := range collectives {
		if strings.HasPrefix(name, c) {
			return true
		}
	}
	return false
}

const deputy = "phó "

// CompetenceOf gives the competence that a title itself speaks of: a deputy
// signs for the head, the head of a body for the body.
func CompetenceOf(agency, title string) Competence {
	t := strings.ToLower(title)
	switch {
	case strings.HasPrefix(t, "q. "), strings.HasPrefix(t, "quyền "):
		return ActingHead
	case strings.HasPrefix(t, deputy):
		return ForHead
	case collective(agency):
		return ForCollective
	}
	return ForItself
}

// CompetenceOfPost gives the competence of somebody in the role: a unit head
// signs on the order of the agency's head (NĐ 30/2020, điều 13, khoản 3), anybody
// else as the title speaks.
func CompetenceOfPost(agency string, role org.Role, title string) Competence {
	if c := CompetenceOf(agency, title); role != org.UnitHead || c == ActingHead {
		return c
	}
	return ByOrder
}

// CompetenceLine gives the line of a signer block that names the competence,
// and nothing where the head of an agency signs for it.
func CompetenceLine(block []string) string {
	for _, line := range slices.Backward(block) {
		word, _, found := strings.Cut(line, ". ")
		if found && word != "" && CheckCompetence(Competence(word)) == nil {
			return line
		}
	}
	return ""
}

// SignerBlock gives the lines above the signature (ô 7a) of somebody with the
// title who signs in the competence; head is the title of the agency's head,
// whom an order or an authorisation comes from.
func SignerBlock(c Competence, agency, head, title string) []string {
	var lines []string
	whole := collective(agency)
	if whole && c != ByOrder && c != ByAuthorisation {
		lines = append(lines, "TM. "+strings.ToUpper(agencyInBlock(agency)))
	}
	switch c {
	case ForHead:
		if head == "" {
			head = headOf(title)
		}
		lines = append(lines, "KT. "+strings.ToUpper(head))
	case ByOrder, ByAuthorisation:
		if head == "" {
			head = headOf(title)
		}
		lines = append(lines, string(c)+". "+strings.ToUpper(head))
	case ActingHead:
		return append(lines, "Q. "+strings.ToUpper(withoutActing(title)))
	case ForCollective:
		if !whole {
			lines = append(lines, "TM. "+strings.ToUpper(agency))
		}
	}
	return append(lines, strings.ToUpper(title))
}

// agencyInBlock leaves the place out: the block of Ủy ban nhân dân tỉnh Trà
// Vinh reads TM. ỦY BAN NHÂN DÂN.
func agencyInBlock(agency string) string {
	name := strings.ToLower(agency)
	for _, c := range collectives[:2] {
		if strings.HasPrefix(name, c) {
			return "ủy ban nhân dân"
		}
	}
	return agency
}

// headOf gives the post that a deputy's title is deputy of: Phó Giám đốc, Giám đốc.
func headOf(title string) string {
	if !strings.HasPrefix(strings.ToLower(title), deputy) {
		return title
	}
	_, rest, _ := strings.Cut(title, " ")
	r, size := utf8.DecodeRuneInString(rest)
	return string(unicode.ToUpper(r)) + rest[size:]
}

func withoutActing(title string) string {
	if _, rest, ok := strings.Cut(title, " "); ok {
		switch strings.ToLower(title[:len(title)-len(rest)-1]) {
		case "q.", "quyền":
			return rest
		}
	}
	return title
}
