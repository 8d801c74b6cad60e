package signing

import (
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// clock is how a time of signing is written (NĐ 30/2020, phụ lục I: day and
// hour by ISO 8601, in Viet Nam's zone).
const clock = "2006-01-02T15:04:05-07:00"

// WrittenTime gives the time of a signature as it is shown.
func WrittenTime(at time.Time) string { return at.In(org.Zone()).Format(clock) }

// AnnexWords is what the agency's signature shows on an annex in a file of its
// own: number and symbol of the document, and the time (NĐ 30/2020, phụ lục I,
// phần I, mục II, điểm 8). Words alone, black, size 10.
func AnnexWords(reference string, at time.Time) []string {
	return []string{reference, WrittenTime(at)}
}

// CopyWords is what the agency's signature shows on a certified copy: the form
// of the copy, the agency, the time (NĐ 30/2020, phụ lục I, phần II).
func CopyWords(kind, agency string, at time.Time) ([]string, error) {
	form := document.CopyForm(kind)
	if form == "" {
		return nil, fault.InvalidField("kind", "not_a_copy", "Đây không phải là hình thức bản sao.", "This is no form of a copy.")
	}
	return []string{form, agency, WrittenTime(at)}, nil
}
