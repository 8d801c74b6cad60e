package document

import (
	"regexp"
	"strings"
	"unicode"

	"congvan/server/domain/fault"
)

// Layout is what the text of a document should say, so that it can be compared.
type Layout struct {
	Issuer     string
	Kind       Kind
	Notation   string // behind the number, none when it cannot be told yet
	Subject    string
	SignerName string   // none when nobody is chosen yet
	Block      []string // the lines above the signature
}

// Remark is something in a text that NĐ 30/2020, phụ lục I has otherwise. It
// warns; whether it is right to leave it so is for people to say.
type Remark struct {
	Code string
	Text fault.Text
}

func remark(code, vi, en string) Remark { return Remark{Code: code, Text: fault.Text{VI: vi, EN: en}} }

// NoWords remarks a file whose text cannot be read: a scan.
func NoWords() Remark {
	return remark("no_words", "Tệp không có chữ đọc được (bản quét ảnh), nên không kiểm tra được thể thức.", "The file has no text that can be read (a scan), so its layout cannot be checked.")
}

var (
	dateLine   = regexp.MustCompile(`(?i)\p{L}\s*,\s*ngày[\s\d….]{1,20}tháng[\s\d….]{1,20}năm\s*[\d….]{1,4}`)
	numberLine = regexp.MustCompile(`Số\s*:[\s\d….]{0,20}[A-Za-z]?\s*/\s*([^\s,;]+)`)
	reLine     = regexp.MustCompile(`(?i)\bV\s*/\s*v\b`)
	filingLine = regexp.MustCompile(`(?i)Lưu\s*:?\s*VT`)
)

// Compare compares a text, as it is read off the page, with what the law
// wants of its parts. It looks for words, not for their places.
func (want Layout) Compare(text string) []Remark {
	flat := squeeze(text)
	var found []Remark
	found = append(found, checkHead(flat, want)...)
	found = append(found, checkSubject(flat, want)...)
	return append(found, checkFoot(flat, want)...)
}

// NĐ 30/2020, phụ lục I, phần I, mục II: the parts 1 to 4.
func checkHead(flat string, want Layout) []Remark {
	var found []Remark
	head := string([]rune(flat)[:min(headLength, len([]rune(flat)))])
	if !scattered(head, "cộng hòa xã hội chủ nghĩa việt nam") {
		found = append(found, remark("no_country", "Chưa thấy Quốc hiệu “CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM”.", "The name of the country is missing."))
	}
	if !scattered(head, "độc lập tự do hạnh phúc") {
		found = append(found, remark("no_motto", "Chưa thấy Tiêu ngữ “Độc lập - Tự do - Hạnh phúc”.", "The motto is missing."))
	}
	if want.Issuer != "" && !scattered(head, want.Issuer) {
		found = append(found, remark("no_issuer", "Chưa thấy tên cơ quan ban hành “"+want.Issuer+"”.", "The name of the issuing agency “"+want.Issuer+"” is missing."))
	}
	switch m := numberLine.FindStringSubmatch(flat); {
	case m == nil:
		found = append(found, remark("no_number_line", "Chưa thấy dòng “Số: …/ký hiệu”.", "The line “Số: …/symbol” is missing."))
	case want.Notation != "" && m[1] != want.Notation:
		// Compared byte by byte: QC and QyĐ, CT and CTr differ only by case or marks.
		found = append(found, remark("other_symbol", "Ký hiệu trong văn bản là “"+m[1]+"”, theo quy tắc phải là “"+want.Notation+"”.",
			"The symbol in the text is “"+m[1]+"”; by the rules it is “"+want.Notation+"”."))
	}
	if !dateLine.MatchString(flat) {
		found = append(found, remark("no_date_line", "Chưa thấy dòng “Địa danh, ngày … tháng … năm …”.", "The line of place and date is missing."))
	}
	return found
}

// The part 5: kind and subject, or V/v of an official letter.
func checkSubject(flat string, want Layout) []Remark {
	var found []Remark
	switch {
	case want.Kind.HasNameLine() && !strings.Contains(flat, strings.ToUpper(want.Kind.Name.VI)):
		found = append(found, remark("no_kind", "Chưa thấy tên loại “"+strings.ToUpper(want.Kind.Name.VI)+"” viết hoa.", "The name of the kind “"+strings.ToUpper(want.Kind.Name.VI)+"” in capitals is missing."))
	case want.Kind.Code == OfficialLetter && !reLine.MatchString(flat):
		found = append(found, remark("no_re", "Công văn cần dòng “V/v …” dưới số và ký hiệu.", "An official letter needs a line “V/v …” below its number."))
	}
	if want.Kind.Code == OfficialLetter && !hasWords(flat, "kính gửi") {
		found = append(found, remark("no_addressee", "Công văn cần dòng “Kính gửi: …”.", "An official letter needs a line “Kính gửi: …”."))
	}
	if subject := withoutLead(want.Subject); subject != "" && !hasWords(flat, subject) && !scattered(flat, subject) {
		found = append(found, remark("other_subject", "Trích yếu trong văn bản khác với trích yếu đã nhập.", "The subject in the text is not the one that was entered."))
	}
	return found
}

// The parts 6, 7 and 9.
func checkFoot(flat string, want Layout) []Remark {
	var found []Remark
	if !hasWords(flat, "nơi nhận") {
		found = append(found, remark("no_recipients", "Chưa thấy mục “Nơi nhận”.", "The list of recipients is missing."))
	} else if !filingLine.MatchString(flat) {
		found = append(found, remark("no_filing", "Mục “Nơi nhận” chưa có dòng “Lưu: VT”.", "The list of recipients lacks the line “Lưu: VT”."))
	}
	if want.SignerName != "" && !hasWords(flat, want.SignerName) {
		found = append(found, remark("no_signer", "Chưa thấy họ tên người ký “"+want.SignerName+"”.", "The name of the signer “"+want.SignerName+"” is missing."))
	}
	for _, line := range want.Block {
		if want.SignerName != "" && line != "" && !hasWords(flat, line) && !scattered(flat, line) {
			found = append(found, remark("other_signer_block", "Quyền hạn, chức vụ của người ký phải là “"+strings.Join(want.Block, " / ")+"”; chưa thấy “"+line+"”.",
				"Competence and title of the signer should read “"+strings.Join(want.Block, " / ")+"”; “"+line+"” is missing."))
			break
		}
	}
	if !strings.Contains(strings.ReplaceAll(flat, " ", ""), "./.") {
		found = append(found, remark("no_end", "Nội dung chưa kết thúc bằng dấu “./.”.", "The text does not end with “./.”."))
	}
	return found
}

// headLength is how much of a text the parts 1 to 4 take, in characters: in two
// columns, and with a long name of the agency.
const headLength = 1500

// squeeze makes one line of a text.
func squeeze(text string) string { return strings.Join(strings.Fields(text), " ") }

// plainWords gives the words of a text in small letters, with the two ways of
// setting a tone mark made one.
func plainWords(text string) []string {
	text = strings.NewReplacer("oà", "òa", "oá", "óa", "oả", "ỏa", "oã", "õa", "oạ", "ọa", "uỷ", "ủy", "uý", "úy").Replace(strings.ToLower(text))
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

// hasWords tells whether the words stand in the text one after another.
func hasWords(text, words string) bool {
	return strings.Contains(" "+strings.Join(plainWords(text), " ")+" ", " "+strings.Join(plainWords(words), " ")+" ")
}

// scattered tells whether every word of a name is in the text: in two columns
// its lines stand between those of the other.
func scattered(text, name string) bool {
	have := map[string]bool{}
	for _, w := range plainWords(text) {
		have[w] = true
	}
	for _, w := range plainWords(name) {
		if !have[w] {
			return false
		}
	}
	return true
}

// withoutLead takes away what stands before a subject in some texts and not in others.
func withoutLead(subject string) string {
	subject = strings.TrimSpace(subject)
	for _, lead := range []string{"Về việc ", "về việc ", "V/v ", "v/v ", "Về ", "về "} {
		if rest, ok := strings.CutPrefix(subject, lead); ok {
			return strings.TrimSpace(rest)
		}
	}
	return subject
}
