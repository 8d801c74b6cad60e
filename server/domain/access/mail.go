package access

import (
	"slices"

	"congvan/server/domain/org"
)

// SeeMailboxes gives the agencies whose mailboxes the person sees: clerks see
// how theirs stand, administrators look after them, an operator sees all.
func (p Person) SeeMailboxes() (agencies []org.ID, everybodys bool, err error) {
	if p.Operator {
		return nil, true, nil
	}
	agencies = p.agenciesOf(func(r org.Role) bool { return r == org.Clerk || r == org.Admin })
	if len(agencies) == 0 {
		return nil, false, errForbidden
	}
	return agencies, false, nil
}

// ManageMailboxes refuses who connects no mailbox anywhere.
func (p Person) ManageMailboxes() error {
	if p.Operator || len(p.Administered()) > 0 {
		return nil
	}
	return errForbidden
}

// ReadQuarantine gives the agencies whose held mail the person sees: a clerk's.
func (p Person) ReadQuarantine(agency org.ID) ([]org.ID, error) {
	clerks := p.ClerkAgencies()
	if len(clerks) == 0 {
		return nil, errForbidden
	}
	if agency.IsZero() {
		return clerks, nil
	}
	if !slices.Contains(clerks, agency) {
		return []org.ID{}, nil
	}
	return []org.ID{agency}, nil
}
