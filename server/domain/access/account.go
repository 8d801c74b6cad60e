package access

import (
	"slices"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// AccountFacts are what the policy looks at in an account.
type AccountFacts struct {
	AccountID org.ID
	Operator  bool
	Ever      []org.ID // the agencies in which it holds, held or will hold a position
	Now       []org.ID // those in which a position has not ended
}

// AccountFactsOf reads them off an account and all its positions.
func AccountFactsOf(a org.Account, positions []org.Position, today org.Day) AccountFacts {
	f := AccountFacts{AccountID: a.ID, Operator: a.Operator}
	for _, p := range positions {
		f.Ever = append(f.Ever, p.AgencyID)
		if !p.Validity.Ended(today) {
			f.Now = append(f.Now, p.AgencyID)
		}
	}
	for _, list := range []*[]org.ID{&f.Ever, &f.Now} {
		slices.SortFunc(*list, org.ID.Compare)
		*list = slices.Compact(*list)
	}
	return f
}

// SeeAccounts refuses who administers nothing.
func (p Person) SeeAccounts() error {
	if p.Operator || len(p.Administered()) > 0 {
		return nil
	}
	return errForbidden
}

// SeeAccount refuses an account that never held a position in an agency that
// the person administers; to the person it does not exist.
func (p Person) SeeAccount(f AccountFacts) error {
	if err := p.SeeAccounts(); err != nil {
		return err
	}
	if p.Operator || slices.ContainsFunc(f.Ever, p.administers) {
		return nil
	}
	return fault.Missing()
}

// ManageAccount refuses what reaches a person in every agency: their name, the
// password, locking. Who administers one agency must not gain by it the rights
// that the person has in another.
func (p Person) ManageAccount(f AccountFacts) error {
	if err := p.SeeAccount(f); err != nil {
		return err
	}
	if p.Operator || !f.Operator && !slices.ContainsFunc(f.Now, func(a org.ID) bool { return !p.administers(a) }) {
		return nil
	}
	return fault.New(fault.Forbidden, "other_agencies",
		"Người này còn làm việc ở cơ quan khác; việc này do quản trị hệ thống thực hiện.",
		"The person also serves another agency; the operator of the installation must do this.")
}

// KeepGroups refuses who may not change the recipient groups of the agency: its
// clerks keep them, and its administrators.
func (p Person) KeepGroups(agency org.ID) error {
	if p.Holds(agency, org.Clerk) {
		return nil
	}
	return p.Administer(agency)
}

func (p Person) administers(agency org.ID) bool { return p.Holds(agency, org.Admin) }
