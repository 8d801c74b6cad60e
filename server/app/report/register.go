// Package report shows what was recorded: registers and, later, figures. It
// only reads.
package report

import (
	"context"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Service holds what the use cases need.
type Service struct {
	store   *postgres.Store
	clock   func() time.Time
	binders map[string]Binder
	binding chan struct{}
}

// New makes the use cases over a store; binders are the forms that books come
// in, by the name of the format.
func New(store *postgres.Store, clock func() time.Time, binders map[string]Binder) *Service {
	return &Service{store: store, clock: clock, binders: binders, binding: make(chan struct{}, atOnce)}
}

// Registers lists the registers of the person's agencies, or of one of them.
func (s *Service) Registers(ctx context.Context, who access.Person, agency org.ID, direction numbering.Direction, year int) ([]postgres.NamedRegister, error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	reach := readable(who, agency)
	var list []postgres.NamedRegister
	err := s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) (err error) {
		list, err = tx.AllRegisters(ctx, reach, direction, year)
		return err
	})
	return list, err
}

// readable gives whose registers the person may read, of all their agencies or
// of one.
func readable(who access.Person, agency org.ID) postgres.RegisterReach {
	agencies, units := who.ReadsRegisters(agency)
	return postgres.RegisterReach{Agencies: agencies, Units: units}
}

// Entries gives a page of a register, highest number first.
func (s *Service) Entries(ctx context.Context, who access.Person, id org.ID, before numbering.Number, most int) ([]postgres.Entry, error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	var list []postgres.Entry
	err := s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		r, err := tx.Register(ctx, readable(who, org.ID{}), id)
		if err != nil {
			return err
		}
		list, err = tx.Entries(ctx, r, before, most)
		return err
	})
	return list, err
}

// Reserved gives the numbers of a register that wait for their documents.
func (s *Service) Reserved(ctx context.Context, who access.Person, id org.ID, most int) ([]postgres.Entry, error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	var list []postgres.Entry
	err := s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		r, err := tx.Register(ctx, readable(who, org.ID{}), id)
		if err != nil {
			return err
		}
		list, err = tx.ReservedEntries(ctx, r, most)
		return err
	})
	return list, err
}
