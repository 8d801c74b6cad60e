package org

import (
	"strings"

	"congvan/server/domain/fault"
)

// maxCode is the longest code that QĐ 20/2020/QĐ-TTg allows.
const maxCode = 35

// AgencyCode is the identifier of an agency in exchange with others (mã định
// danh). Two forms are in use side by side, and one agency may have had both:
// 000.00.08.H59 by QCVN 102:2016 and H59.08 by QĐ 20/2020/QĐ-TTg.
type AgencyCode string

// CodeForm is the regulation that a code was written by.
type CodeForm string

// The two forms.
const (
	OldForm CodeForm = "old" // 13 characters, the levels from right to left
	NewForm CodeForm = "new" // up to 35 characters, the levels from left to right
)

// ParseAgencyCode reads a code of either form. It takes capitals only: a code
// is compared byte by byte everywhere.
func ParseAgencyCode(s string) (AgencyCode, error) {
	if len(s) > maxCode {
		return "", invalidCode()
	}
	for group := range strings.SplitSeq(s, ".") {
		if group == "" || strings.Trim(group, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			return "", invalidCode()
		}
	}
	return AgencyCode(s), nil
}

// Form tells by which regulation the code is written. What has the old shape
// is old: nobody gives out new codes that look so.
func (c AgencyCode) Form() CodeForm {
	if len(c) != len("000.00.00.H59") || c[3] != '.' || c[6] != '.' || c[9] != '.' || c[10] < 'A' || c[10] > 'Z' {
		return NewForm
	}
	for _, digits := range []AgencyCode{c[0:3], c[4:6], c[7:9], c[11:13]} {
		if strings.Trim(string(digits), "0123456789") != "" {
			return NewForm
		}
	}
	return OldForm
}

// Modern gives the code in the new form: the groups in use, reversed. A new
// code is its own modern form. An old code that skips a level
// (000.01.00.H59) has none, because dropping the empty group would give it the
// code of another agency; the province's published list must say.
func (c AgencyCode) Modern() (AgencyCode, error) {
	if c.Form() == NewForm {
		return c, nil
	}
	groups := []AgencyCode{c[10:13], c[7:9], c[4:6], c[0:3]}
	used := 1
	for used < len(groups) && strings.Trim(string(groups[used]), "0") != "" {
		used++
	}
	for _, group := range groups[used:] {
		if strings.Trim(string(group), "0") != "" {
			return "", fault.New(fault.Invalid, "agency_code_skips_level",
				"Mã định danh cũ bỏ trống một cấp ở giữa nên không tự chuyển sang mã mới được; hãy nhập mã mới theo danh mục đã công bố.",
				"The old agency code leaves out a level, so it cannot be converted; enter the new code from the published list.")
		}
	}
	modern := groups[0]
	for _, group := range groups[1:used] {
		modern += "." + group
	}
	return modern, nil
}

// Same tells whether two codes name one agency, whatever forms they have.
func (c AgencyCode) Same(other AgencyCode) bool { return c.key() == other.key() }

// key is the form that codes are compared in.
func (c AgencyCode) key() AgencyCode {
	if modern, err := c.Modern(); err == nil {
		return modern
	}
	return c
}

func invalidCode() *fault.Error {
	return fault.New(fault.Invalid, "invalid_agency_code",
		"Mã định danh không hợp lệ: chỉ gồm chữ in hoa, chữ số và dấu chấm, tối đa 35 ký tự (ví dụ H59.08 hoặc 000.00.08.H59).",
		"The agency code is not valid: capital letters, digits and dots only, at most 35 characters (for example H59.08 or 000.00.08.H59).")
}
