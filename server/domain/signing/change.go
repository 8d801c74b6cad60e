package signing

import (
	"slices"
	"strings"

	"congvan/server/domain/fault"
)

// Change is one thing that a later revision of a signed PDF did to it.
type Change string

// The changes that can be told apart. What is none of the others is Altered,
// and that is allowed after no signature.
const (
	AddedInitial   Change = "added_initial"
	AddedSignature Change = "added_signature"
	FilledNumber   Change = "filled_number"
	FilledDate     Change = "filled_date"
	AddedSeal      Change = "added_seal"
	AddedAnnexSeal Change = "added_annex_seal"
	AddedCopy      Change = "added_copy"
	AddedHidden    Change = "added_hidden_signature" // one that shows nothing on any page
	AddedStamp     Change = "added_time_stamp"
	AddedEvidence  Change = "added_evidence" // certificates and revocation data for later validation
	Altered        Change = "altered"
)

// changes are all of them with their words, in the order of the table.
var changes = [...]struct {
	change Change
	text   fault.Text
}{
	{AddedInitial, fault.Text{VI: "ký nháy vào vị trí dành sẵn", EN: "an initial in a reserved place"}},
	{AddedSignature, fault.Text{VI: "ký vào vị trí dành sẵn", EN: "a signature in a reserved place"}},
	{FilledNumber, fault.Text{VI: "ghi số, ký hiệu vào vị trí dành sẵn còn trống", EN: "the number, in its reserved and empty place"}},
	{FilledDate, fault.Text{VI: "ghi ngày vào vị trí dành sẵn còn trống", EN: "the date, in its reserved and empty place"}},
	{AddedSeal, fault.Text{VI: "ký số của cơ quan (con dấu) vào vị trí dành sẵn", EN: "the agency's signature (seal) in a reserved place"}},
	{AddedAnnexSeal, fault.Text{VI: "ký số của cơ quan trên phụ lục, vào vị trí dành sẵn", EN: "the agency's signature on an annex, in a reserved place"}},
	{AddedCopy, fault.Text{VI: "ký số sao văn bản vào vị trí dành sẵn", EN: "the signature of a certified copy, in a reserved place"}},
	{AddedHidden, fault.Text{VI: "ký thêm, không hiển thị trên trang nào", EN: "a further signature that shows on no page"}},
	{AddedStamp, fault.Text{VI: "dấu thời gian trên toàn tệp", EN: "a time stamp over the whole file"}},
	{AddedEvidence, fault.Text{VI: "bổ sung chứng thư và dữ liệu thu hồi", EN: "certificates and revocation data"}},
	{Altered, fault.Text{VI: "mọi thay đổi khác", EN: "every other change"}},
}

// Text says what the change is.
func (c Change) Text() fault.Text {
	for _, known := range changes {
		if known.change == c {
			return known.text
		}
	}
	return fault.Text{VI: string(c), EN: string(c)}
}

// always may follow any signature: none of these shows anything on a page.
var always = []Change{AddedHidden, AddedStamp, AddedEvidence}

// allowed is the table of what may follow a signature, by what the signature
// stands for. Number and date come after the personal signature and before the
// seal (NĐ 30/2020, điều 15 and 32), so the seal ends them.
var allowed = [...]struct {
	after PlaceKind
	text  fault.Text
	may   []Change
}{
	{Initial, fault.Text{VI: "ký nháy", EN: "initial"},
		[]Change{AddedInitial, AddedSignature, FilledNumber, FilledDate, AddedSeal, AddedAnnexSeal, AddedCopy}},
	{Signature, fault.Text{VI: "chữ ký của người có thẩm quyền", EN: "signature of the person entitled"},
		[]Change{AddedSignature, FilledNumber, FilledDate, AddedSeal, AddedAnnexSeal, AddedCopy}},
	{Foreign, fault.Text{VI: "chữ ký ở vị trí khác", EN: "signature in another place"},
		[]Change{AddedSignature, FilledNumber, FilledDate, AddedSeal, AddedAnnexSeal, AddedCopy}},
	{Seal, fault.Text{VI: "con dấu số của cơ quan", EN: "seal of the agency"},
		[]Change{AddedSeal, AddedCopy}}, // a joint document has several seals
	{AnnexSeal, fault.Text{VI: "chữ ký số của cơ quan trên phụ lục", EN: "agency's signature on an annex"},
		[]Change{AddedCopy}},
	{Copy, fault.Text{VI: "chữ ký số trên bản sao", EN: "signature of a certified copy"}, nil},
	{Stamp, fault.Text{VI: "dấu thời gian trên toàn tệp", EN: "time stamp over the whole file"},
		[]Change{AddedCopy}},
}

// May tells whether the change is allowed after a signature of the kind. What
// the table does not know is not allowed.
func May(after PlaceKind, c Change) bool {
	for _, row := range allowed {
		if row.after == after {
			return slices.Contains(row.may, c) || slices.Contains(always, c)
		}
	}
	return false
}

// Filling gives the change that filling a place is.
func Filling(kind PlaceKind) Change {
	switch kind {
	case Initial:
		return AddedInitial
	case Signature, Foreign:
		return AddedSignature
	case Number:
		return FilledNumber
	case Date:
		return FilledDate
	case Seal:
		return AddedSeal
	case AnnexSeal:
		return AddedAnnexSeal
	case Copy:
		return AddedCopy
	case Stamp:
		return AddedStamp
	}
	return Altered
}

// Describe prints the table in one of the languages; a test keeps the pages
// about signing equal to it.
func Describe() string {
	var b strings.Builder
	b.WriteString("| change / thay đổi |")
	for _, row := range allowed {
		b.WriteString(" after " + row.text.EN + " / sau " + row.text.VI + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat(":-:|", len(allowed)) + "\n")
	for _, c := range changes {
		b.WriteString("| " + c.text.EN + " / " + c.text.VI + " |")
		for _, row := range allowed {
			mark := " – |"
			if May(row.after, c.change) {
				mark = " ✓ |"
			}
			b.WriteString(mark)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
