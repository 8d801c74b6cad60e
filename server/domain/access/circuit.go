package access

import (
	"slices"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// KeepCircuits refuses who may not change the default circuits of the agency:
// its clerks keep them, and its administrators.
func (p Person) KeepCircuits(agency org.ID) error {
	own := p.Own()
	switch {
	case own.Holds(agency, org.Clerk, org.Admin):
		return nil
	case p.Holds(agency, org.Roles()...):
		return errForbidden
	}
	return fault.Missing()
}

// Comment gives the position under which the person comments on a document that
// is still in the agency's hands.
func (p Person) Comment(f DocumentFacts, chosen org.ID) (org.Position, error) {
	if err := p.ReadDocument(f); err != nil {
		return org.Position{}, err
	}
	if !slices.Contains([]document.State{document.Draft, document.Submitted, document.Approved}, f.State) {
		return org.Position{}, document.ErrOutOfOrder
	}
	var first []org.Position
	for _, pos := range p.Positions {
		if pos.AgencyID == f.AgencyID && drafters(pos.Role) && (chosen.IsZero() || pos.ID == chosen) {
			first = append(first, pos)
		}
	}
	if len(first) == 0 {
		return org.Position{}, errForbidden
	}
	// A word is the person's, whatever position it is said under.
	return first[0], nil
}
