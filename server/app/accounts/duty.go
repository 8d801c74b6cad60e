package accounts

import (
	"context"
	"fmt"
	"strings"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

const subjectDuty = "duty"

// Duty is one person on duty as the roster shows it.
type Duty = postgres.Duty

// Roster is the duty of a week.
type Roster struct {
	Duties  []Duty
	MayEdit bool
}

// Duties gives the roster of the week that begins on monday.
func (s *Service) Duties(ctx context.Context, who access.Person, agency org.ID, monday org.Day) (Roster, error) {
	if err := who.SeeRoster(agency); err != nil {
		return Roster{}, err
	}
	if err := org.CheckRoster(monday, nil); err != nil {
		return Roster{}, err
	}
	r := Roster{MayEdit: who.KeepRoster(agency) == nil}
	err := s.manage(ctx, who, func(tx *postgres.Tx) (err error) {
		r.Duties, err = tx.Duties(ctx, agency, weekOf(monday))
		return err
	})
	if err != nil {
		return Roster{}, fmt.Errorf("list duties: %w", err)
	}
	return r, nil
}

func weekOf(monday org.Day) org.Validity {
	return org.Validity{From: monday, Until: monday.AddDays(6)}
}

// SetDuties replaces the roster of a week.
func (s *Service) SetDuties(ctx context.Context, who access.Person, c access.Command, agency org.ID, monday org.Day, duties []org.Duty) (Roster, error) {
	if err := who.KeepRoster(agency); err != nil {
		return Roster{}, err
	}
	for i := range duties {
		duties[i].Note = strings.TrimSpace(duties[i].Note)
	}
	if err := org.CheckRoster(monday, duties); err != nil {
		return Roster{}, err
	}
	now := s.now()
	r := Roster{MayEdit: true}
	err := s.manage(ctx, who, func(tx *postgres.Tx) error {
		if _, err := tx.Agency(ctx, agency); err != nil {
			return err
		}
		first, _, err := tx.Once(ctx, c, agency, now)
		if err != nil {
			return err
		}
		if first {
			if err := replaceDuties(ctx, tx, who, agency, monday, duties); err != nil {
				return err
			}
			if err := record(ctx, tx, who, agency, subjectDuty, agency, document.Event{Verb: "roster_set",
				Data: map[string]string{"week": monday.String()}}, now); err != nil {
				return err
			}
		}
		r.Duties, err = tx.Duties(ctx, agency, weekOf(monday))
		return err
	})
	if err != nil {
		return Roster{}, fmt.Errorf("set duties: %w", err)
	}
	return r, nil
}

func replaceDuties(ctx context.Context, tx *postgres.Tx, who access.Person, agency org.ID, monday org.Day, duties []org.Duty) error {
	if err := actIn(ctx, tx, who, agency); err != nil {
		return err
	}
	seen := map[org.ID]bool{}
	for _, d := range duties {
		if seen[d.PositionID] {
			continue
		}
		seen[d.PositionID] = true
		p, err := knownPosition(ctx, tx, d.PositionID)
		if err != nil {
			return unknown("duties", err)
		}
		if p.AgencyID != agency {
			return unknown("duties", fault.Missing())
		}
	}
	return tx.SetDuties(ctx, agency, weekOf(monday), duties)
}
