package access

import (
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// SeeTemplates refuses who does not work in the agency.
func (p Person) SeeTemplates(agency org.ID) error {
	if p.Holds(agency, org.Clerk, org.Leader, org.UnitHead, org.Officer, org.Admin) {
		return nil
	}
	return fault.Missing()
}

// KeepTemplates gives the position under which the person changes the agency's
// templates: its clerks keep them, and its administrators.
func (p Person) KeepTemplates(agency, chosen org.ID) (org.Position, error) {
	if err := p.SeeTemplates(agency); err != nil {
		return org.Position{}, err
	}
	return p.choose(chosen, func(pos org.Position) bool {
		return pos.AgencyID == agency && (pos.Role == org.Clerk || pos.Role == org.Admin)
	})
}
