package access

import "congvan/server/domain/org"

// SeeSeals refuses who neither seals for the agency nor administers it.
func (p Person) SeeSeals(agency org.ID) error {
	if p.Holds(agency, org.Clerk) {
		return nil
	}
	return p.Administer(agency)
}
