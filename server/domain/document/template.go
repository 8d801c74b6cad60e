package document

import (
	"strings"

	"congvan/server/domain/fault"
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
		field("ky_hieu", "Ký hiệu đứng sau số, ví dụ QĐ-UBND", "Symbol behind the number, for instance QĐ-UBND"),
		field("dia_danh", "Địa danh", "Place"),
		field("nam", "Năm", "Year"),
		field("ten_loai", "Tên loại văn bản, chữ in hoa", "Kind of document, in capitals"),
		field("trich_yeu", "Trích yếu", "Subject"),
		field("kinh_gui", "Nơi nhận để thực hiện, mỗi nơi một dòng", "Recipients for action, one on a line"),
		field("noi_nhan", "Danh sách nơi nhận và dòng lưu", "List of recipients and the filing line"),
		field("don_vi_soan_thao", "Chữ viết tắt của đơn vị soạn thảo", "Abbreviation of the drafting unit"),
		field("nguoi_soan_thao", "Họ và tên người soạn thảo", "Name of the drafter"),
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
	UnitAbbreviation string
	Author           string
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
	var to, all []string
	for _, r := range f.Recipients {
		if r.Role != ForInformation {
			to = append(to, r.Name)
		}
		all = append(all, "- "+r.Name+";")
	}
	filing := "- Lưu: VT"
	if f.UnitAbbreviation != "" {
		filing += ", " + f.UnitAbbreviation
	}
	return map[string]string{
		"co_quan_chu_quan": strings.ToUpper(f.Parent), "ten_co_quan": strings.ToUpper(f.Issuer), "ky_hieu": f.Notation, "dia_danh": f.Place,
		"nam": f.Year, "ten_loai": kind, "trich_yeu": subject, "kinh_gui": strings.Join(to, ";\n"), "noi_nhan": strings.Join(append(all, filing+"."), "\n"),
		"don_vi_soan_thao": f.UnitAbbreviation, "nguoi_soan_thao": f.Author, "chuc_vu_nguoi_ky": strings.ToUpper(f.SignerTitle), "ho_ten_nguoi_ky": f.SignerName,
	}
}
