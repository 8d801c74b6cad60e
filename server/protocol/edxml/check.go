package edxml

import (
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// Check refuses a document that a register cannot take: one that lacks what
// QCVN 102:2016, 1.1 to 1.6 call required, names a recipient twice or is dated
// after today. Reading refuses none of these, so that a clerk can see what came.
func (d Document) Check(today org.Day) error {
	var bad []fault.Field
	refuse := func(wrong bool, name, code, vi, en string) {
		if wrong {
			bad = append(bad, fault.Field{Name: name, Code: code, Text: fault.Text{VI: vi, EN: en}})
		}
	}
	refuse(d.From.Code == "", "From", "required", "Thiếu mã định danh của cơ quan gửi.", "The sender's agency code is missing.")
	refuse(len(d.To) == 0, "To", "required", "Thiếu cơ quan nhận.", "There is no recipient.")
	met := map[string]bool{}
	for _, a := range d.To {
		refuse(a.Code == "", "To", "required", "Một cơ quan nhận không có mã định danh.", "A recipient has no agency code.")
		refuse(a.Code != "" && met[a.Code], "To", "repeated", "Một cơ quan nhận được ghi hai lần.", "A recipient is named twice.")
		met[a.Code] = true
	}
	refuse(d.DocumentID == "", "DocumentId", "required", "Thiếu mã văn bản.", "The identifier of the document is missing.")
	refuse(d.Number == "", "CodeNumber", "required", "Thiếu số văn bản.", "The number is missing.")
	refuse(d.Symbol == "", "CodeNotation", "required", "Thiếu ký hiệu văn bản.", "The symbol is missing.")
	refuse(d.Subject == "", "Subject", "required", "Thiếu trích yếu.", "The subject is missing.")
	refuse(d.Issued.IsZero(), "PromulgationDate", "required", "Thiếu ngày ban hành.", "The date of issue is missing.")
	refuse(!d.Issued.IsZero() && d.Issued.After(today), "PromulgationDate", "future",
		"Ngày ban hành ở tương lai.", "The date of issue lies in the future.")
	if len(bad) > 0 {
		return fault.New(fault.Invalid, "edxml_incomplete",
			"Gói tin thiếu thông tin bắt buộc nên không vào sổ được.", "The package lacks what a register requires.").With(bad...)
	}
	return nil
}
