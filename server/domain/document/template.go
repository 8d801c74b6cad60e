package document

import (
	"slices"
	"strings"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// TemplateField is a place in a template that the draft fills in.
type TemplateField struct {
	Name string
	Text fault.Text
}

// TemplateFields gives the fields that a template may have.
func TemplateFields() []TemplateField {
	field := func(name, vi, en string) TemplateField {
		return TemplateField{Name: name, Text: fault.Text{VI: vi, EN: en}}
	}
	return []TemplateField{
		field("co_quan_chu_quan", "Tên cơ quan chủ quản, chữ in hoa", "Name of the parent agency, in capitals"),
		field("ten_co_quan", "Tên cơ quan ban hành, chữ in hoa", "Name of the issuing agency, in capitals"),
		field("ten_co_quan_dau_trang", "Như trên, để ở đầu trang: tên dài xuống dòng trước địa danh", "The same for the head of the page: a long name breaks before its place"),
		field("tham_quyen", "Thẩm quyền ban hành, chữ in hoa, ví dụ GIÁM ĐỐC SỞ NỘI VỤ", "The authority that issues, in capitals, for instance GIÁM ĐỐC SỞ NỘI VỤ"),
		field("ky_hieu", "Ký hiệu đứng sau số, ví dụ QĐ-UBND", "Symbol behind the number, for instance QĐ-UBND"),
		field("dia_danh", "Địa danh", "Place"),
		field("nam", "Năm", "Year"),
		field("ten_loai", "Tên loại văn bản, chữ in hoa", "Kind of document, in capitals"),
		field("trich_yeu", "Trích yếu", "Subject"),
		field("kinh_gui", "Nơi nhận để thực hiện, mỗi nơi một dòng", "Recipients for action, one on a line"),
		field("noi_nhan", "Danh sách nơi nhận và dòng lưu", "List of recipients and the filing line"),
		field("don_vi_soan_thao", "Chữ viết tắt của đơn vị soạn thảo", "Abbreviation of the drafting unit"),
		field("nguoi_soan_thao", "Họ và tên người soạn thảo", "Name of the drafter"),
		field("khoi_nguoi_ky", "Quyền hạn và chức vụ người ký, ví dụ TM. ỦY BAN NHÂN DÂN, xuống dòng CHỦ TỊCH", "Competence and title of the signer, for instance TM. ỦY BAN NHÂN DÂN and below it CHỦ TỊCH"),
		field("chuc_vu_nguoi_ky", "Chức vụ người ký, chữ in hoa", "Title of the signer, in capitals"),
		field("ho_ten_nguoi_ky", "Họ và tên người ký", "Name of the signer"),
	}
}

// TemplateFieldByName finds a field.
func TemplateFieldByName(name string) (TemplateField, bool) {
	for _, f := range TemplateFields() {
		if f.Name == name {
			return f, true
		}
	}
	return TemplateField{}, false
}

// Filling is what a draft knows when its text is begun.
type Filling struct {
	Parent, Issuer   string
	Notation         string // behind the number
	Place            string
	Year             string
	Kind             Kind
	Subject          string
	Recipients       []Recipient
	Groups           []RecipientGroup // by whose names recipients are called together
	UnitAbbreviation string
	Author           string
	SignerBlock      []string // competence and title, as they stand above the signature
	SignerTitle      string
	SignerName       string
}

// Values gives what stands in each field.
func (f Filling) Values() map[string]string {
	kind := ""
	if f.Kind.HasNameLine() {
		kind = strings.ToUpper(f.Kind.Name.VI)
	}
	subject := f.Subject
	if !f.Kind.HasNameLine() {
		subject = withoutLead(subject) // V/v says it already
	}
	var to []string
	for _, r := range together(f.Recipients, f.Groups) {
		if r.Role != ForInformation {
			to = append(to, r.Name)
		}
	}
	return map[string]string{
		"co_quan_chu_quan": strings.ToUpper(briefly(f.Parent)), "ten_co_quan": strings.ToUpper(f.Issuer), "ten_co_quan_dau_trang": unbroken(strings.ToUpper(f.Issuer)), "tham_quyen": strings.ToUpper(f.authority()), "ky_hieu": f.Notation, "dia_danh": f.Place,
		"nam": f.Year, "ten_loai": kind, "trich_yeu": subject, "kinh_gui": strings.Join(to, ";\n"), "noi_nhan": strings.Join(f.RecipientLines(), "\n"),
		"don_vi_soan_thao": f.UnitAbbreviation, "nguoi_soan_thao": f.Author, "khoi_nguoi_ky": strings.Join(f.SignerBlock, "\n"), "chuc_vu_nguoi_ky": strings.ToUpper(f.SignerTitle), "ho_ten_nguoi_ky": f.SignerName,
	}
}

// RecipientLines are the lines below Nơi nhận, with the filing line at their end.
func (f Filling) RecipientLines() []string {
	var lines []string
	for _, r := range together(f.Recipients, f.Groups) {
		lines = append(lines, "- "+r.Name+";")
	}
	filing := "- Lưu: VT"
	if f.UnitAbbreviation != "" {
		filing += ", " + f.UnitAbbreviation
	}
	return append(lines, filing+".")
}

// authority is whose decision it is: that of the body, or of its head (NĐ
// 30/2020, phụ lục III, mẫu 1.1 and 1.2).
func (f Filling) authority() string {
	switch {
	case collective(f.Issuer):
		return f.Issuer
	case f.SignerTitle == "":
		return "Thủ trưởng " + f.Issuer
	}
	return headOf(f.SignerTitle) + " " + f.Issuer
}

// unbroken keeps the place of a committee together, so that a name that is too
// long for its line breaks before it: ỦY BAN NHÂN DÂN, below it TỈNH TRÀ VINH.
func unbroken(name string) string {
	for _, c := range [...]string{"ỦY BAN NHÂN DÂN ", "UỶ BAN NHÂN DÂN ", "HỘI ĐỒNG NHÂN DÂN "} {
		if place, ok := strings.CutPrefix(name, c); ok {
			return c + strings.ReplaceAll(place, " ", "\u00a0")
		}
	}
	return name
}

// briefly shortens a parent agency's name by its usual phrases (NĐ 30/2020,
// phụ lục I, phần I, mục II.2.a), so that it stands on one line.
func briefly(name string) string {
	for _, c := range [...][2]string{{"ủy ban nhân dân", "UBND"}, {"uỷ ban nhân dân", "UBND"}, {"hội đồng nhân dân", "HĐND"}} {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, c[0]) && len(lower) == len(name) {
			return c[1] + name[len(c[0]):]
		}
	}
	return name
}

// RecipientGroup is agencies that have a name together.
type RecipientGroup struct {
	Name    string
	Members []org.ID
}

// fewest is how many agencies are called together; two are named.
const fewest = 3

// together calls recipients by the names of groups, as offices do: "- UBND các
// xã, phường, thị trấn;". A group takes the place of its first member when all
// of it receives the document in the same role; the largest goes first.
func together(recipients []Recipient, groups []RecipientGroup) []Recipient {
	list := slices.Clone(recipients)
	groups = slices.Clone(groups)
	slices.SortStableFunc(groups, func(a, b RecipientGroup) int { return len(b.Members) - len(a.Members) })
	for _, g := range groups {
		if len(g.Members) < fewest {
			continue
		}
		for _, role := range [...]RecipientRole{ForAction, ForInformation} {
			list = called(list, g, role)
		}
	}
	return list
}

// called puts a group in the place of its members, where all of them are there.
func called(list []Recipient, g RecipientGroup, role RecipientRole) []Recipient {
	members := map[org.ID]bool{}
	for _, id := range g.Members {
		members[id] = true
	}
	belongs := func(r Recipient) bool { return r.Type == ToAgency && r.Role == role && members[r.AgencyID] }
	first, there := -1, 0
	for i, r := range list {
		if belongs(r) {
			if there++; first < 0 {
				first = i
			}
		}
	}
	if there < len(members) {
		return list
	}
	out := slices.Clone(list[:first])
	out = append(out, Recipient{Type: ToName, Role: role, Name: g.Name})
	for _, r := range list[first:] {
		if !belongs(r) {
			out = append(out, r)
		}
	}
	return out
}
