package outgoing

import (
	"context"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// CircuitView is a circuit as the document's page and its submission slip show it.
type CircuitView struct {
	document.Circuit
	Proposed   bool // by the agency's defaults; nobody has planned it yet
	People     map[org.ID]postgres.CircuitPerson
	Answers    []document.Answer
	Competence document.Competence
	Block      []string // the lines above the signature
	Version    int      // of the document
}

// Circuit gives where the document stands in its circuit. A draft that has none
// yet shows what it would begin with.
func (s *Service) Circuit(ctx context.Context, who access.Person, id org.ID) (CircuitView, error) {
	var v CircuitView
	today := org.DayOf(s.clock())
	err := s.reading(ctx, who, id, func(tx *postgres.Tx, d document.Document) error {
		c, err := circuitOf(ctx, tx, d)
		if err != nil {
			return err
		}
		v = CircuitView{Circuit: c, Competence: d.Competence, Version: d.Version}
		if len(c.Steps) == 0 {
			v.Proposed = true
			if v.Circuit, err = proposed(ctx, tx, d, d.ApproverPositionID, today); err != nil {
				return err
			}
		}
		if v.Answers, err = tx.CircuitAnswers(ctx, d.AgencyID, d.ID); err != nil {
			return err
		}
		var ids []org.ID
		for _, s := range v.Steps {
			ids = append(ids, s.People...)
		}
		if v.People, err = tx.CircuitPeople(ctx, d.AgencyID, ids, today); err != nil {
			return err
		}
		v.Competence, v.Block, err = signerBlock(ctx, tx, d, v.People, today)
		return err
	})
	return v, err
}
