package org

import (
	"strings"

	"congvan/server/domain/fault"
)

// Agency is a body with its own seal, registers and code. What it was called
// and coded in its time is never rewritten: an agency that ends names its
// successor, and documents of its time keep its name.
type Agency struct {
	ID             ID
	Codes          []HeldCode
	Name           string // UBND tỉnh Trà Vinh in full: Ủy ban nhân dân tỉnh Trà Vinh
	ShortName      string // as lists show it: UBND tỉnh Trà Vinh
	Abbreviation   string // as symbols carry it: UBND, STP
	ParentID       ID
	Level          Level
	Place          string // địa danh, where its documents are dated: Trà Vinh
	Email          string
	Channel        Channel
	Validity       Validity
	PredecessorIDs []ID
	SuccessorID    ID
}

// HeldCode is a code with the days on which its agency held it.
type HeldCode struct {
	Code     AgencyCode
	Validity Validity
}

// CodeOn gives the code that the agency goes by on a day: a new one before an
// old one, when it holds both.
func (a Agency) CodeOn(day Day) (AgencyCode, bool) {
	var found AgencyCode
	for _, held := range a.Codes {
		if held.Validity.Contains(day) && (found == "" || found.Form() == OldForm) {
			found = held.Code
		}
	}
	return found, found != ""
}

// Check refuses an agency that could not take part.
func (a Agency) Check() error {
	switch {
	case strings.TrimSpace(a.Name) == "":
		return required("name")
	case a.Level.Label() == fault.Text{}:
		_, err := LevelNamed(string(a.Level))
		return err
	case a.Channel.Label() == fault.Text{}:
		_, err := ChannelNamed(string(a.Channel))
		return err
	case a.Channel == Mailbox && a.Email == "":
		return fault.InvalidField("email", "required",
			"Cơ quan nhận qua hộp thư phải có địa chỉ thư công vụ.", "An agency reached by mailbox needs an e-mail address.")
	case !a.ID.IsZero() && a.SuccessorID == a.ID:
		return errSuccessorCycle()
	}
	for _, held := range a.Codes {
		if _, err := ParseAgencyCode(string(held.Code)); err != nil {
			return err
		}
		if err := held.Validity.Check(); err != nil {
			return err
		}
	}
	return a.Validity.Check()
}

// Unit is a part of an agency (phòng, ban).
type Unit struct {
	ID           ID
	AgencyID     ID
	ParentID     ID
	Name         string
	Abbreviation string // as symbols carry it after the agency's: VX, NC
	Validity     Validity
}

// Check refuses a unit without a name or with impossible days.
func (u Unit) Check() error {
	if strings.TrimSpace(u.Name) == "" {
		return required("name")
	}
	return u.Validity.Check()
}

func required(field string) *fault.Error {
	return fault.InvalidField(field, "required", "Bắt buộc nhập.", "Required.")
}
