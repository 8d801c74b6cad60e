package outgoing

import (
	"context"
	"slices"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// DefaultCircuits gives the default circuits of the person's agencies, or of one
// of them, with the people who stand in them by name.
func (s *Service) DefaultCircuits(ctx context.Context, who access.Person, agency org.ID) ([]document.DefaultCircuit, map[org.ID]postgres.CircuitPerson, error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, nil, err
	}
	agencies := who.Everywhere()
	if !agency.IsZero() {
		agencies = slices.DeleteFunc(agencies, func(id org.ID) bool { return id != agency })
	}
	var list []document.DefaultCircuit
	people := map[org.ID]postgres.CircuitPerson{}
	err := s.store.InTx(ctx, postgres.PersonScope(who.Everywhere()), func(tx *postgres.Tx) (err error) {
		if list, err = tx.DefaultCircuits(ctx, agencies); err != nil {
			return err
		}
		for _, d := range list {
			var ids []org.ID
			for _, s := range d.Steps {
				ids = append(ids, s.People...)
			}
			found, err := tx.CircuitPeople(ctx, d.AgencyID, ids, org.DayOf(s.clock()))
			if err != nil {
				return err
			}
			for id, p := range found {
				people[id] = p
			}
		}
		return nil
	})
	return list, people, err
}

// SaveDefaultCircuit makes the circuit the default of its kind in its agency.
// One that is there is replaced, if it is still the version that was read.
func (s *Service) SaveDefaultCircuit(ctx context.Context, who access.Person, d document.DefaultCircuit) error {
	if err := who.Allowed(access.ScopeAdministration); err != nil {
		return err
	}
	if err := who.KeepCircuits(d.AgencyID); err != nil {
		return err
	}
	if err := d.Check(); err != nil {
		return err
	}
	now := s.clock()
	return s.store.InTx(ctx, postgres.PersonScope(who.Everywhere()), func(tx *postgres.Tx) error {
		if err := tx.ActFor(ctx, d.AgencyID); err != nil {
			return err
		}
		var people document.CircuitStep
		for _, s := range d.Steps {
			people.People = append(people.People, s.People...)
		}
		t := &turn{ctx: ctx, tx: tx, d: &document.Document{AgencyID: d.AgencyID}, today: org.DayOf(now)}
		if err := t.present([]document.CircuitStep{people}); err != nil {
			return err
		}
		there, err := tx.DefaultCircuits(ctx, []org.ID{d.AgencyID})
		if err != nil {
			return err
		}
		place := slices.IndexFunc(there, func(o document.DefaultCircuit) bool { return o.Kind == d.Kind })
		if place < 0 {
			d.ID = postgres.NewID()
			err = tx.AddDefaultCircuit(ctx, d)
		} else {
			d.ID = there[place].ID
			err = tx.SaveDefaultCircuit(ctx, d)
		}
		if err != nil {
			return err
		}
		return recordDefault(ctx, tx, s, who, d, "circuit_saved")
	})
}

// RemoveDefaultCircuit removes a default; documents on their way keep their steps.
func (s *Service) RemoveDefaultCircuit(ctx context.Context, who access.Person, id org.ID, version int) error {
	if err := who.Allowed(access.ScopeAdministration); err != nil {
		return err
	}
	return s.store.InTx(ctx, postgres.PersonScope(who.Everywhere()), func(tx *postgres.Tx) error {
		there, err := tx.DefaultCircuits(ctx, who.Everywhere())
		if err != nil {
			return err
		}
		place := slices.IndexFunc(there, func(o document.DefaultCircuit) bool { return o.ID == id })
		if place < 0 {
			return who.KeepCircuits(org.ID{}) // of nobody, and so unknown
		}
		d := there[place]
		if err := who.KeepCircuits(d.AgencyID); err != nil {
			return err
		}
		if err := tx.ActFor(ctx, d.AgencyID); err != nil {
			return err
		}
		d.Version = version
		if err := tx.RemoveDefaultCircuit(ctx, d); err != nil {
			return err
		}
		return recordDefault(ctx, tx, s, who, d, "circuit_removed")
	})
}

func recordDefault(ctx context.Context, tx *postgres.Tx, s *Service, who access.Person, d document.DefaultCircuit, verb string) error {
	by := document.By{Name: who.FullName}
	for _, p := range who.Positions {
		if p.AgencyID == d.AgencyID && (p.Role == org.Clerk || p.Role == org.Admin) {
			by.Position = p
		}
	}
	return tx.Record(ctx, d.AgencyID, "circuit", d.ID, document.Event{Verb: verb, Data: map[string]string{"kind": d.Kind}}, by, s.clock())
}
