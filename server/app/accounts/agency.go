package accounts

import (
	"context"
	"errors"
	"fmt"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// maxChain bounds how far parents and successors are followed.
const maxChain = 50

// AddAgency adds an agency; the operator of the installation does.
func (s *Service) AddAgency(ctx context.Context, who access.Person, c access.Command, a Agency) (Agency, error) {
	if err := who.Operate(); err != nil {
		return Agency{}, err
	}
	if err := checkAgency(a); err != nil {
		return Agency{}, err
	}
	now := s.now()
	a.ID = postgres.NewID()
	var added Agency
	err := s.manage(ctx, who, func(tx *postgres.Tx) error {
		first, id, err := tx.Once(ctx, c, a.ID, now)
		if err != nil {
			return err
		}
		if first {
			if err := tx.AddAgency(ctx, a); err != nil {
				return err
			}
			if err := record(ctx, tx, who, a.ID, subjectAgency, a.ID, document.Event{Verb: "agency_added"}, now); err != nil {
				return err
			}
		}
		added, err = tx.Agency(ctx, id)
		return err
	})
	if err != nil {
		return Agency{}, fmt.Errorf("add agency: %w", err)
	}
	return added, nil
}

// checkAgency refuses an agency that could not be found by its codes.
func checkAgency(a Agency) error {
	if _, err := org.ParseAgencyCode(a.Code); err != nil {
		return named("code", err)
	}
	if a.OldCode != "" {
		old, err := org.ParseAgencyCode(a.OldCode)
		if err != nil {
			return named("old_code", err)
		}
		if old.Form() != org.OldForm {
			return fault.InvalidField("old_code", "not_old", "Mã cũ gồm 13 ký tự, ví dụ 000.00.08.H59.", "An old code has 13 characters, for example 000.00.08.H59.")
		}
	}
	if !a.SuccessorID.IsZero() && a.Validity.Until.IsZero() {
		return fault.InvalidField("valid_until", "required", "Cơ quan có kế thừa phải có ngày kết thúc.", "An agency with a successor needs a last day.")
	}
	return a.Check()
}

// AgencyChange is what an edit changes; what is nil stays as it is.
type AgencyChange struct {
	Name, ShortName, Abbreviation, Place, Email *string
	ParentID, SuccessorID                       *org.ID
	Channel                                     *org.Channel
	ValidUntil                                  *org.Day
}

func (c AgencyChange) apply(a *Agency) {
	set(&a.Name, c.Name)
	set(&a.ShortName, c.ShortName)
	set(&a.Abbreviation, c.Abbreviation)
	set(&a.Place, c.Place)
	set(&a.Email, c.Email)
	set(&a.ParentID, c.ParentID)
	set(&a.SuccessorID, c.SuccessorID)
	set(&a.Channel, c.Channel)
	set(&a.Validity.Until, c.ValidUntil)
}

func set[T any](field *T, to *T) {
	if to != nil {
		*field = *to
	}
}

// EditAgency changes an agency, or closes it; the operator does.
func (s *Service) EditAgency(ctx context.Context, who access.Person, id org.ID, version int, change AgencyChange) (Agency, error) {
	if err := who.Operate(); err != nil {
		return Agency{}, err
	}
	now := s.now()
	var saved Agency
	err := s.manage(ctx, who, func(tx *postgres.Tx) error {
		a, err := tx.LockAgency(ctx, id)
		if err != nil {
			return err
		}
		closed := a.Validity.Until.IsZero() && change.ValidUntil != nil
		a.Version = version
		change.apply(&a)
		if err := checkAgency(a); err != nil {
			return err
		}
		if err := checkChains(ctx, tx, a, change); err != nil {
			return err
		}
		if err := tx.SaveAgency(ctx, a); err != nil {
			return err
		}
		if err := record(ctx, tx, who, id, subjectAgency, id, agencyEvent(a, closed), now); err != nil {
			return err
		}
		saved, err = tx.Agency(ctx, id)
		return err
	})
	if err != nil {
		return Agency{}, fmt.Errorf("edit agency: %w", err)
	}
	return saved, nil
}

func agencyEvent(a Agency, closed bool) document.Event {
	if closed {
		return document.Event{Verb: "agency_closed", Data: map[string]string{"lastDay": a.Validity.Until.String()}}
	}
	return document.Event{Verb: "agency_changed"}
}

// checkChains refuses a parent or successor that leads back to the agency.
func checkChains(ctx context.Context, tx *postgres.Tx, a Agency, change AgencyChange) error {
	if change.ParentID != nil {
		chain, err := follow(ctx, tx, *change.ParentID, func(a Agency) org.ID { return a.ParentID })
		if err != nil {
			return unknown("parent_id", err)
		}
		if err := org.NewDirectory(append(chain, a.Agency)).CheckParent(a.ID, *change.ParentID); err != nil {
			return err
		}
	}
	if change.SuccessorID != nil {
		chain, err := follow(ctx, tx, *change.SuccessorID, func(a Agency) org.ID { return a.SuccessorID })
		if err != nil {
			return unknown("successor_id", err)
		}
		return org.NewDirectory(append(chain, a.Agency)).CheckSuccessor(a.ID, *change.SuccessorID)
	}
	return nil
}

// follow gives the agencies that one leads to.
func follow(ctx context.Context, tx *postgres.Tx, id org.ID, next func(Agency) org.ID) ([]org.Agency, error) {
	var chain []org.Agency
	for range maxChain {
		if id.IsZero() {
			break
		}
		a, err := tx.Agency(ctx, id)
		if err != nil {
			return nil, err
		}
		chain = append(chain, a.Agency)
		id = next(a)
	}
	return chain, nil
}

// Units gives all units of an agency, also closed ones, to who administers it.
func (s *Service) Units(ctx context.Context, who access.Person, agency org.ID) ([]Unit, error) {
	if err := who.Administer(agency); err != nil {
		return nil, err
	}
	var list []Unit
	err := s.manage(ctx, who, func(tx *postgres.Tx) error {
		if _, err := tx.Agency(ctx, agency); err != nil {
			return err
		}
		var err error
		list, err = tx.Units(ctx, agency)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list units: %w", err)
	}
	return list, nil
}

// AddUnit adds a unit to an agency.
func (s *Service) AddUnit(ctx context.Context, who access.Person, c access.Command, u org.Unit) (Unit, error) {
	if err := who.Administer(u.AgencyID); err != nil {
		return Unit{}, err
	}
	if err := u.Check(); err != nil {
		return Unit{}, err
	}
	now := s.now()
	u.ID = postgres.NewID()
	var added Unit
	err := s.manage(ctx, who, func(tx *postgres.Tx) error {
		if _, err := tx.Agency(ctx, u.AgencyID); err != nil {
			return err
		}
		if err := actIn(ctx, tx, who, u.AgencyID); err != nil {
			return err
		}
		first, id, err := tx.Once(ctx, c, u.ID, now)
		if err != nil {
			return err
		}
		if first {
			if err := checkUnit(ctx, tx, "parent_id", u.AgencyID, u.ParentID); err != nil {
				return err
			}
			if err := tx.AddUnit(ctx, u); err != nil {
				return err
			}
			if err := record(ctx, tx, who, u.AgencyID, subjectUnit, u.ID, document.Event{Verb: "unit_added"}, now); err != nil {
				return err
			}
		}
		added, err = tx.LockUnit(ctx, u.AgencyID, id)
		return err
	})
	if err != nil {
		return Unit{}, fmt.Errorf("add unit: %w", err)
	}
	return added, nil
}

// UnitChange is what an edit changes; what is nil stays as it is.
type UnitChange struct {
	Name, Abbreviation *string
	ValidUntil         *org.Day
}

// EditUnit renames or closes a unit.
func (s *Service) EditUnit(ctx context.Context, who access.Person, id org.ID, version int, change UnitChange) (Unit, error) {
	now := s.now()
	var saved Unit
	err := s.manage(ctx, who, func(tx *postgres.Tx) error {
		agency, err := tx.UnitAgency(ctx, id)
		if err != nil {
			return err
		}
		if err := who.Administer(agency); err != nil {
			return err
		}
		if err := actIn(ctx, tx, who, agency); err != nil {
			return err
		}
		u, err := tx.LockUnit(ctx, agency, id)
		if err != nil {
			return err
		}
		u.Version = version
		set(&u.Name, change.Name)
		set(&u.Abbreviation, change.Abbreviation)
		set(&u.Validity.Until, change.ValidUntil)
		if err := u.Check(); err != nil {
			return err
		}
		if err := tx.SaveUnit(ctx, u); err != nil {
			return err
		}
		u.Version++
		saved = u
		return record(ctx, tx, who, agency, subjectUnit, id, document.Event{Verb: "unit_changed"}, now)
	})
	if err != nil {
		return Unit{}, fmt.Errorf("edit unit: %w", err)
	}
	return saved, nil
}

// checkUnit refuses a unit that is not one of the agency.
func checkUnit(ctx context.Context, tx *postgres.Tx, field string, agency, unit org.ID) error {
	if unit.IsZero() {
		return nil
	}
	of, err := tx.UnitAgency(ctx, unit)
	if err != nil {
		return unknown(field, err)
	}
	if of != agency {
		return unknown(field, fault.Missing())
	}
	return nil
}

// unknown names the field whose object was not found.
func unknown(field string, err error) error {
	if !errors.Is(err, fault.Missing()) {
		return err
	}
	return fault.InvalidField(field, "unknown", "Không tìm thấy mục đã chọn.", "What was chosen does not exist.")
}

// named gives a rule's fault the name of the field that broke it.
func named(field string, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	return fault.InvalidField(field, f.Code, f.Text.VI, f.Text.EN)
}
