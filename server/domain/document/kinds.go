package document

import (
	"strings"

	"congvan/server/domain/fault"
)

// OfficialLetter is the one kind whose symbol names the drafting unit.
const OfficialLetter = "official_letter"

// Kind is a kind of document.
type Kind struct {
	// Code is the stable identifier; it is what tables and the contract carry.
	Code string
	// Name is the line above the subject, as the document prints it.
	Name fault.Text
	// Abbreviation stands in the symbol. It is compared byte by byte, in NFC:
	// QC and QyĐ, CT and CTr, TC and TB, DA and ĐA, HD and HĐ differ only by
	// case or marks. Empty for công văn and thư công.
	Abbreviation string
	// Normative kinds are legal rules: their number carries the year, and each
	// has a series of its own (NĐ 30/2020, điều 15.1.a).
	Normative bool
	// Copy kinds are made from another document and share one series of the
	// agency (NĐ 30/2020, phụ lục I, phần II).
	Copy bool
}

// HasNameLine tells whether the document prints the name of its kind.
func (k Kind) HasNameLine() bool { return k.Abbreviation != "" }

// Label names the kind where the two meanings of one name stand side by side.
func (k Kind) Label() fault.Text {
	if !k.Normative {
		return k.Name
	}
	return fault.Text{VI: k.Name.VI + " (quy phạm pháp luật)", EN: k.Name.EN + " (normative)"}
}

// Kinds gives all kinds in the order of NĐ 30/2020, điều 7, then the normative
// ones that a province issues, then the copies.
func Kinds() []Kind {
	return append(append(administrativeKinds(), normativeKinds()...), copyKinds()...)
}

// NĐ 30/2020, điều 7 and phụ lục III, phần I.
func administrativeKinds() []Kind {
	return []Kind{
		{Code: "resolution", Name: fault.Text{VI: "Nghị quyết", EN: "Resolution"}, Abbreviation: "NQ"},
		{Code: "decision", Name: fault.Text{VI: "Quyết định", EN: "Decision"}, Abbreviation: "QĐ"},
		{Code: "directive", Name: fault.Text{VI: "Chỉ thị", EN: "Directive"}, Abbreviation: "CT"},
		{Code: "statute", Name: fault.Text{VI: "Quy chế", EN: "Regulations"}, Abbreviation: "QC"},
		{Code: "regulation", Name: fault.Text{VI: "Quy định", EN: "Rules"}, Abbreviation: "QyĐ"},
		{Code: "communique", Name: fault.Text{VI: "Thông cáo", EN: "Communiqué"}, Abbreviation: "TC"},
		{Code: "announcement", Name: fault.Text{VI: "Thông báo", EN: "Announcement"}, Abbreviation: "TB"},
		{Code: "guidance", Name: fault.Text{VI: "Hướng dẫn", EN: "Guidance"}, Abbreviation: "HD"},
		{Code: "programme", Name: fault.Text{VI: "Chương trình", EN: "Programme"}, Abbreviation: "CTr"},
		{Code: "plan", Name: fault.Text{VI: "Kế hoạch", EN: "Plan"}, Abbreviation: "KH"},
		{Code: "scheme", Name: fault.Text{VI: "Phương án", EN: "Scheme"}, Abbreviation: "PA"},
		{Code: "proposal", Name: fault.Text{VI: "Đề án", EN: "Proposal"}, Abbreviation: "ĐA"},
		{Code: "project", Name: fault.Text{VI: "Dự án", EN: "Project"}, Abbreviation: "DA"},
		{Code: "report", Name: fault.Text{VI: "Báo cáo", EN: "Report"}, Abbreviation: "BC"},
		{Code: "minutes", Name: fault.Text{VI: "Biên bản", EN: "Minutes"}, Abbreviation: "BB"},
		{Code: "submission", Name: fault.Text{VI: "Tờ trình", EN: "Submission"}, Abbreviation: "TTr"},
		{Code: "contract", Name: fault.Text{VI: "Hợp đồng", EN: "Contract"}, Abbreviation: "HĐ"},
		{Code: OfficialLetter, Name: fault.Text{VI: "Công văn", EN: "Official letter"}},
		{Code: "telegram", Name: fault.Text{VI: "Công điện", EN: "Telegram"}, Abbreviation: "CĐ"},
		{Code: "memorandum", Name: fault.Text{VI: "Bản ghi nhớ", EN: "Memorandum"}, Abbreviation: "BGN"},
		{Code: "agreement", Name: fault.Text{VI: "Bản thỏa thuận", EN: "Agreement"}, Abbreviation: "BTT"},
		{Code: "power_of_attorney", Name: fault.Text{VI: "Giấy ủy quyền", EN: "Power of attorney"}, Abbreviation: "GUQ"},
		{Code: "invitation", Name: fault.Text{VI: "Giấy mời", EN: "Invitation"}, Abbreviation: "GM"},
		{Code: "introduction", Name: fault.Text{VI: "Giấy giới thiệu", EN: "Letter of introduction"}, Abbreviation: "GGT"},
		{Code: "leave_permit", Name: fault.Text{VI: "Giấy nghỉ phép", EN: "Leave permit"}, Abbreviation: "GNP"},
		{Code: "dispatch_slip", Name: fault.Text{VI: "Phiếu gửi", EN: "Dispatch slip"}, Abbreviation: "PG"},
		{Code: "covering_slip", Name: fault.Text{VI: "Phiếu chuyển", EN: "Covering slip"}, Abbreviation: "PC"},
		{Code: "notification_slip", Name: fault.Text{VI: "Phiếu báo", EN: "Notification slip"}, Abbreviation: "PB"},
		{Code: "courtesy_letter", Name: fault.Text{VI: "Thư công", EN: "Courtesy letter"}},
	}
}

// The normative kinds of a province: the council's resolutions, the
// committee's decisions, and the directives that committees issued as legal
// rules before the law of 2015.
func normativeKinds() []Kind {
	return []Kind{
		{Code: "normative_resolution", Name: fault.Text{VI: "Nghị quyết", EN: "Resolution"}, Abbreviation: "NQ", Normative: true},
		{Code: "normative_decision", Name: fault.Text{VI: "Quyết định", EN: "Decision"}, Abbreviation: "QĐ", Normative: true},
		{Code: "normative_directive", Name: fault.Text{VI: "Chỉ thị", EN: "Directive"}, Abbreviation: "CT", Normative: true},
	}
}

// NĐ 30/2020, điều 25: the full copy, the extract, and the copy of a copy.
func copyKinds() []Kind {
	return []Kind{
		{Code: "true_copy", Name: fault.Text{VI: "Bản sao y", EN: "True copy"}, Abbreviation: "SY", Copy: true},
		{Code: "extract_copy", Name: fault.Text{VI: "Bản trích sao", EN: "Extract copy"}, Abbreviation: "TrS", Copy: true},
		{Code: "duplicate_copy", Name: fault.Text{VI: "Bản sao lục", EN: "Duplicate copy"}, Abbreviation: "SL", Copy: true},
	}
}

// KindByCode finds a kind.
func KindByCode(code string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.Code == code {
			return k, true
		}
	}
	return Kind{}, false
}

// KindNamed finds a kind by its code or its label in either language, in any
// case of letters: the words that an office fills import files with.
func KindNamed(word string) (Kind, bool) {
	for _, k := range Kinds() {
		if label := k.Label(); strings.EqualFold(word, k.Code) || strings.EqualFold(word, label.VI) || strings.EqualFold(word, label.EN) {
			return k, true
		}
	}
	return Kind{}, false
}

// KindsByAbbreviation gives every kind that an abbreviation may stand for. It
// is often more than one: QĐ is an individual decision and a normative one, and
// only the year in the number tells them apart.
func KindsByAbbreviation(abbreviation string) []Kind {
	var found []Kind
	for _, k := range Kinds() {
		if abbreviation != "" && k.Abbreviation == abbreviation {
			found = append(found, k)
		}
	}
	return found
}
