package outgoing

import (
	"context"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// OpenRegister opens a series of numbers in the clerk's agency (B2).
func (s *Service) OpenRegister(ctx context.Context, who access.Person, c access.Command, r numbering.Register) (id, agency org.ID, err error) {
	if err := who.Allowed(access.ScopeNumber); err != nil {
		return id, agency, err
	}
	pos, err := who.KeepRegister(r.AgencyID, c.Position)
	if err != nil {
		return id, agency, err
	}
	now := s.clock()
	if r, err = numbering.Open(r, org.DayOf(now)); err != nil {
		return id, agency, err
	}
	r.ID = postgres.NewID()
	id = r.ID
	err = s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		first, earlier, err := tx.Once(ctx, c, r.ID, now)
		if err != nil || !first {
			id = earlier
			return err
		}
		if err := tx.ActFor(ctx, r.AgencyID); err != nil {
			return err
		}
		others, err := tx.Registers(ctx, r.AgencyID, r.Direction, r.Year)
		if err != nil {
			return err
		}
		if err := r.Beside(others); err != nil {
			return err
		}
		if err := tx.OpenRegister(ctx, r); err != nil {
			return err
		}
		event := document.Event{Verb: "register_opened", Data: map[string]string{"name": r.Name, "number": numbering.Number{Value: r.Opening}.String()}}
		return tx.Record(ctx, r.AgencyID, "register", r.ID, event, document.By{Position: pos, Name: who.FullName}, now)
	})
	return id, r.AgencyID, err
}

// CloseRegister ends a series for its year, with a reason; what stands in it stays.
func (s *Service) CloseRegister(ctx context.Context, who access.Person, c access.Command, id org.ID, reason string) error {
	return s.onRegister(ctx, who, c, id, reason, func(tx *postgres.Tx, r numbering.Register, _ document.By, now time.Time) (document.Event, error) {
		closed, err := r.Close()
		if err != nil {
			return document.Event{}, err
		}
		return document.Event{Verb: "register_closed", Data: map[string]string{"reason": reason}}, tx.CloseRegister(ctx, closed, now)
	})
}
