package postgres

import (
	"congvan/server/domain/org"
)

// Account is a person's account as it is kept.
type Account struct {
	org.Account
	MustChangePassword bool
	Language           string
	Version            int
}

// Position is a person's place in an agency with the names that lists show.
type Position struct {
	org.Position
	FullName   string
	AgencyName string
	UnitName   string
	Version    int
}

// Holder is an account with positions.
type Holder struct {
	Account
	Positions []Position
}

// holderRow is what the queries give that join accounts and their positions:
// one row per position, or one without any.
type holderRow struct {
	AccountID          org.ID
	Login              string
	FullName           string
	Email              string
	Operator           bool
	MustChangePassword bool
	Language           string
	State              string
	LeftOn             *org.Day
	Version            int32
	PositionID         *org.ID
	AgencyID           *org.ID
	AgencyName         *string
	UnitID             *org.ID
	UnitName           *string
	Role               *string
	Title              *string
	ValidFrom          *org.Day
	ValidUntil         *org.Day
	PositionVersion    *int32
}

func (h *Holder) add(r holderRow) {
	h.Account = Account{Account: org.Account{ID: r.AccountID, Login: r.Login, FullName: r.FullName, Email: r.Email,
		Operator: r.Operator, State: org.AccountState(r.State), LeftOn: value(r.LeftOn)},
		MustChangePassword: r.MustChangePassword, Language: r.Language, Version: int(r.Version)}
	if r.PositionID == nil {
		return
	}
	h.Positions = append(h.Positions, Position{Position: org.Position{ID: value(r.PositionID), AccountID: r.AccountID, AgencyID: value(r.AgencyID),
		UnitID: value(r.UnitID), Role: org.Role(value(r.Role)), Title: value(r.Title),
		Validity: org.Validity{From: value(r.ValidFrom), Until: value(r.ValidUntil)}},
		FullName: r.FullName, AgencyName: value(r.AgencyName), UnitName: value(r.UnitName), Version: int(value(r.PositionVersion))})
}
