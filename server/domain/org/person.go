package org

import (
	"slices"
	"strings"

	"congvan/server/domain/fault"
)

// Account is a person who may sign in. What the person may do comes from
// positions, never from the account.
type Account struct {
	ID       ID
	Login    string
	FullName string
	Email    string
	Operator bool // runs the installation; reads no content
	State    AccountState
	LeftOn   Day
}

// AccountState says whether a person may sign in.
type AccountState string

// The states of an account.
const (
	Active AccountState = "active"
	Locked AccountState = "locked"
	Left   AccountState = "left"
)

// StateOn gives the state of the account on a day. Who leaves on a day has no
// access from that day on, without anybody doing anything that day.
func (a Account) StateOn(day Day) AccountState {
	if !a.LeftOn.IsZero() && !day.Before(a.LeftOn) {
		return Left
	}
	return a.State
}

// MaySignIn tells whether the account gives access on a day.
func (a Account) MaySignIn(day Day) bool { return a.StateOn(day) == Active }

// The bounds of a login.
const (
	minLogin = 3
	maxLogin = 64
)

// Check refuses an account that nobody could sign in with. A login is lower
// case without tone marks, so that it can be typed on any keyboard.
func (a Account) Check() error {
	if strings.TrimSpace(a.FullName) == "" {
		return required("full_name")
	}
	const allowed = "abcdefghijklmnopqrstuvwxyz0123456789._-@"
	if len(a.Login) < minLogin || len(a.Login) > maxLogin || strings.Trim(a.Login, allowed) != "" || strings.Trim(a.Login, "._-@") != a.Login {
		return fault.InvalidField("login", "invalid_login",
			"Tên đăng nhập gồm 3 đến 64 chữ thường không dấu, chữ số hoặc các dấu . _ - @, bắt đầu và kết thúc bằng chữ hay số.",
			"A login has 3 to 64 lower-case letters, digits or the marks . _ - @, and begins and ends with a letter or digit.")
	}
	return nil
}

// Position is a person's place in an agency; every act is made under exactly
// one. A person may hold several, in several agencies at once.
type Position struct {
	ID        ID
	AccountID ID
	AgencyID  ID
	UnitID    ID // none for those who lead the agency
	Role      Role
	Title     string // chức vụ, as it stands under a signature: Phó Giám đốc
	Validity  Validity
	Acting    *Acting // set when it is held by delegation, for the account of another
}

// Check refuses a position without a known role or with impossible days.
func (p Position) Check() error {
	if _, err := RoleNamed(string(p.Role)); err != nil {
		return err
	}
	return p.Validity.Check()
}

// ValidOn gives the positions that are valid on the day.
func ValidOn(positions []Position, day Day) []Position {
	var valid []Position
	for _, p := range positions {
		if p.Validity.Contains(day) {
			valid = append(valid, p)
		}
	}
	return valid
}

// AgenciesOn gives the agencies in which a position is valid on the day, each
// once and in a fixed order: what a person may reach that day.
func AgenciesOn(positions []Position, day Day) []ID {
	var ids []ID
	for _, p := range ValidOn(positions, day) {
		ids = append(ids, p.AgencyID)
	}
	slices.SortFunc(ids, ID.Compare)
	return slices.Compact(ids)
}
