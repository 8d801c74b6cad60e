package accounts

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// givePosition stores a new position with the record of it.
func givePosition(ctx context.Context, tx *postgres.Tx, who access.Person, p org.Position, now time.Time) error {
	if _, err := tx.Agency(ctx, p.AgencyID); err != nil {
		return err
	}
	if err := checkUnit(ctx, tx, "unit_id", p.AgencyID, p.UnitID); err != nil {
		return err
	}
	if err := actIn(ctx, tx, who, p.AgencyID); err != nil {
		return err
	}
	if err := tx.AddPosition(ctx, p); err != nil {
		return err
	}
	return record(ctx, tx, who, p.AgencyID, subjectPosition, p.ID,
		document.Event{Verb: "position_given", Data: map[string]string{"role": string(p.Role), "account": p.AccountID.String()}}, now)
}

// AddPosition gives a person a position.
func (s *Service) AddPosition(ctx context.Context, who access.Person, c access.Command, p org.Position) (Holder, error) {
	if err := who.SeeAccounts(); err != nil {
		return Holder{}, err
	}
	facts, err := s.facts(ctx, p.AccountID)
	if err != nil {
		return Holder{}, fmt.Errorf("read account: %w", err)
	}
	if err := who.SeeAccount(facts); err != nil {
		return Holder{}, err
	}
	if err := who.Administer(p.AgencyID); err != nil {
		return Holder{}, err
	}
	if err := p.Check(); err != nil {
		return Holder{}, err
	}
	now := s.now()
	p.ID = postgres.NewID()
	var h Holder
	err = s.manage(ctx, who, func(tx *postgres.Tx) error {
		first, _, err := tx.Once(ctx, c, p.AccountID, now)
		if err != nil {
			return err
		}
		if first {
			if err := givePosition(ctx, tx, who, p, now); err != nil {
				return err
			}
		}
		h, err = s.holder(ctx, tx, p.AccountID)
		return err
	})
	if err != nil {
		return Holder{}, fmt.Errorf("add position: %w", err)
	}
	return h, nil
}

// PositionChange is what an edit changes; what is nil stays as it is.
type PositionChange struct {
	Title      *string
	ValidUntil *org.Day
}

// EditPosition changes a position's title or last day.
func (s *Service) EditPosition(ctx context.Context, who access.Person, id org.ID, version int, change PositionChange) (Holder, error) {
	now := s.now()
	var h Holder
	err := s.manage(ctx, who, func(tx *postgres.Tx) error {
		agency, account, err := tx.PositionHolder(ctx, id)
		if err != nil {
			return err
		}
		if err := who.Administer(agency); err != nil {
			return err
		}
		if err := actIn(ctx, tx, who, agency); err != nil {
			return err
		}
		p, err := tx.LockPosition(ctx, agency, id)
		if err != nil {
			return err
		}
		p.Version = version
		set(&p.Title, change.Title)
		set(&p.Validity.Until, change.ValidUntil)
		if err := p.Check(); err != nil {
			return err
		}
		if err := tx.SavePosition(ctx, p); err != nil {
			return err
		}
		if err := record(ctx, tx, who, agency, subjectPosition, id, document.Event{Verb: "position_changed"}, now); err != nil {
			return err
		}
		h, err = s.holder(ctx, tx, account)
		return err
	})
	if err != nil {
		return Holder{}, fmt.Errorf("edit position: %w", err)
	}
	return h, nil
}
