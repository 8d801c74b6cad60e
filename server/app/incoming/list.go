package incoming

import (
	"context"

	"congvan/server/domain/access"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres"
)

// Lines gives a page of the work that the person looks at, the earliest due
// date first.
func (s *Service) Lines(ctx context.Context, who access.Person, agency org.ID, f postgres.LineFilter) ([]postgres.LineSummary, error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	f.Today = org.DayOf(s.clock())
	var list []postgres.LineSummary
	err := s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		reach, err := tx.LineReachOf(ctx, who, agency)
		if err != nil {
			return err
		}
		list, err = tx.Lines(ctx, reach, f)
		return err
	})
	return list, err
}

// Today is the day by which work is late or not.
func (s *Service) Today() org.Day { return org.DayOf(s.clock()) }

// ArrivalOfLine gives the arrival that a line belongs to.
func (s *Service) ArrivalOfLine(ctx context.Context, who access.Person, line org.ID) (id org.ID, err error) {
	err = s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) (err error) {
		id, err = tx.ArrivalOfLine(ctx, who.Agencies(), line)
		return err
	})
	return id, err
}

// LateCounts gives how much is late by unit and person (H5).
func (s *Service) LateCounts(ctx context.Context, who access.Person, agency org.ID) ([]postgres.LateCount, error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	today := org.DayOf(s.clock())
	var list []postgres.LateCount
	err := s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		reach, err := tx.LineReachOf(ctx, who, agency)
		if err != nil {
			return err
		}
		list, err = tx.LateCounts(ctx, reach, today)
		return err
	})
	return list, err
}

// Views gives who opened an arrival and when, to those entitled (M5).
func (s *Service) Views(ctx context.Context, who access.Person, id org.ID) ([]postgres.View, error) {
	var list []postgres.View
	err := s.reading(ctx, who, id, func(tx *postgres.Tx, a routing.Arrival) (err error) {
		if err := who.SeeViews(access.ArrivalFactsOf(a)); err != nil {
			return err
		}
		list, err = tx.Views(ctx, a.AgencyID, a.ID)
		return err
	})
	return list, err
}

// Follow begins or ends following an arrival.
func (s *Service) Follow(ctx context.Context, who access.Person, id org.ID, follow bool) error {
	return s.reading(ctx, who, id, func(tx *postgres.Tx, a routing.Arrival) error {
		if err := tx.ActFor(ctx, a.AgencyID); err != nil {
			return err
		}
		return tx.Follow(ctx, a.AgencyID, who.AccountID, a.ID, follow, s.clock())
	})
}

// Phrases gives the phrases of direction that the person may use.
func (s *Service) Phrases(ctx context.Context, who access.Person) ([]postgres.Phrase, error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	var list []postgres.Phrase
	err := s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) (err error) {
		list, err = tx.Phrases(ctx, who.Agencies(), who.AccountID)
		return err
	})
	return list, err
}

// AddPhrase keeps a phrase: one's own, or one for everybody in the agency.
func (s *Service) AddPhrase(ctx context.Context, who access.Person, c access.Command, agency org.ID, words string, shared bool) (postgres.Phrase, error) {
	p := postgres.Phrase{ID: postgres.NewID()}
	if err := who.Allowed(access.ScopeRegister); err != nil {
		return p, err
	}
	var err error
	if p.Words, err = wordsOf("words", words, true); err != nil {
		return p, err
	}
	pos, err := who.Phrase(agency, c.Position, shared)
	if err != nil {
		return p, err
	}
	p.AgencyID = pos.AgencyID
	if !shared {
		p.AccountID = who.AccountID
	}
	now := s.clock()
	err = s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		first, earlier, err := tx.Once(ctx, c, p.ID, now)
		if err != nil || !first {
			p.ID = earlier
			return err
		}
		if err := tx.ActFor(ctx, p.AgencyID); err != nil {
			return err
		}
		return tx.AddPhrase(ctx, p, now)
	})
	return p, err
}

// RemovePhrase removes one's own phrase, or one of the agency.
func (s *Service) RemovePhrase(ctx context.Context, who access.Person, id org.ID) error {
	if err := who.Allowed(access.ScopeRegister); err != nil {
		return err
	}
	return s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		p, err := tx.Phrase(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		if err := who.RemovePhrase(p.AgencyID, p.AccountID); err != nil {
			return err
		}
		if err := tx.ActFor(ctx, p.AgencyID); err != nil {
			return err
		}
		return tx.RemovePhrase(ctx, p)
	})
}
