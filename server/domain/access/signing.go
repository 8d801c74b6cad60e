package access

import (
	"slices"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// SeeSeals refuses who neither seals for the agency nor administers it.
func (p Person) SeeSeals(agency org.ID) error {
	if p.Holds(agency, org.Clerk) {
		return nil
	}
	return p.Administer(agency)
}

// ArrangePlaces gives the position under which the person puts the places of a
// document's signatures elsewhere, while nobody has signed: its author, whom it
// waits for, who will sign, and the clerk.
func (p Person) ArrangePlaces(f DocumentFacts, chosen org.ID) (org.Position, error) {
	if err := p.ReadDocument(f); err != nil {
		return org.Position{}, err
	}
	if !slices.Contains([]document.State{document.Draft, document.Submitted, document.Approved}, f.State) {
		return org.Position{}, document.ErrOutOfOrder
	}
	var fit []org.Position
	for _, pos := range p.Positions {
		may := pos.AgencyID == f.AgencyID && drafters(pos.Role) && (chosen.IsZero() || pos.ID == chosen) &&
			(f.AuthorAccountID == p.AccountID || f.awaits(pos) || pos.ID == f.ApproverPositionID || pos.Role == org.Clerk)
		if may {
			fit = append(fit, pos)
		}
	}
	if len(fit) == 0 {
		return org.Position{}, errForbidden
	}
	return fit[0], nil // where a box lies is nobody's decision in particular
}
