package access

import (
	"slices"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// Under gives the person as far as their positions reach in a scope: what is
// held by delegation gives only the powers that were delegated, and never what
// belongs to a session or to administration.
func (p Person) Under(scope Scope) Person {
	if !slices.ContainsFunc(p.Positions, func(pos org.Position) bool { return pos.Acting != nil }) {
		return p
	}
	p.Positions = slices.DeleteFunc(slices.Clone(p.Positions), func(pos org.Position) bool { return !gives(pos, scope) })
	return p
}

// gives tells whether a position reaches so far.
func gives(pos org.Position, scope Scope) bool {
	switch {
	case pos.Acting == nil, scope == ScopeRead:
		return true
	case scope == ScopeSigning:
		return pos.Covers(org.PowerApprove) || pos.Covers(org.PowerIssue) // which of them, each act asks
	case scope == ScopeSession, scope == ScopeAdministration:
		return false
	}
	return pos.Covers(org.Power(scope))
}

// Own gives the person with the positions held in their own right: nothing is
// handed on that was only delegated.
func (p Person) Own() Person { return p.Under(ScopeSession) }

// Delegate refuses who may not name a substitute for a position: its holder
// does, and for who cannot (an illness) the agency's administrator.
func (p Person) Delegate(from org.Position) error {
	if slices.ContainsFunc(p.Own().Positions, func(pos org.Position) bool { return pos.ID == from.ID }) {
		return nil
	}
	return p.Administer(from.AgencyID)
}

// SeeDelegation refuses who is neither of the two and does not administer the
// agency; to the person the delegation does not exist.
func (p Person) SeeDelegation(d org.Delegation) error {
	if p.AccountID == d.AccountID || p.AccountID == d.DelegateAccountID || p.Administer(d.AgencyID) == nil {
		return nil
	}
	return fault.Missing()
}

// SeeRoster refuses who does not work in the agency.
func (p Person) SeeRoster(agency org.ID) error {
	if p.Operator || p.Holds(agency, org.Roles()...) {
		return nil
	}
	return fault.Missing()
}

// KeepRoster refuses who may not write the roster of duty: the agency's clerks
// do, and its administrators.
func (p Person) KeepRoster(agency org.ID) error { return p.KeepGroups(agency) }
