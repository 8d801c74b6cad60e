package accounts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

const subjectDelegation = "delegation"

// maxDelegations bounds a list: who is away at one time in the largest agency.
const maxDelegations = 500

// Delegation is a delegation as its list shows it to a person.
type Delegation struct {
	postgres.Delegation
	State     string // planned, standing, ended or revoked
	MayRevoke bool
}

func shownDelegation(d postgres.Delegation, who access.Person, today org.Day) Delegation {
	shown := Delegation{Delegation: d, State: "standing"}
	switch {
	case !d.RevokedAt.IsZero():
		shown.State = "revoked"
	case d.Validity.Ended(today):
		shown.State = "ended"
	case d.Validity.Begins(today):
		shown.State = "planned"
	}
	shown.MayRevoke = (shown.State == "standing" || shown.State == "planned") && who.SeeDelegation(d.Delegation) == nil
	return shown
}

// Delegations gives who stands in for whom, as far as the person is one of
// them or administers the agency.
func (s *Service) Delegations(ctx context.Context, who access.Person, past bool) ([]Delegation, error) {
	today := org.DayOf(s.now())
	f := postgres.DelegationFilter{AccountID: who.AccountID, Agencies: who.Everywhere(), Administered: who.Administered(), Since: today, Limit: maxDelegations}
	if past {
		f.Since = org.DayOf(time.Unix(0, 0))
	}
	shown := []Delegation{}
	err := s.store.InTx(ctx, postgres.PersonScope(who.Everywhere()), func(tx *postgres.Tx) error {
		list, err := tx.Delegations(ctx, f)
		shown = shown[:0]
		for _, d := range list {
			if one := shownDelegation(d, who, today); past || one.State != "revoked" {
				shown = append(shown, one)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list delegations: %w", err)
	}
	return shown, nil
}

// AddDelegation lets a substitute stand in for a position.
func (s *Service) AddDelegation(ctx context.Context, who access.Person, c access.Command, d org.Delegation) (Delegation, error) {
	now := s.now()
	d.ID = postgres.NewID()
	d.Reason = strings.TrimSpace(d.Reason)
	var made Delegation
	err := s.manage(ctx, who, func(tx *postgres.Tx) error {
		from, err := knownPosition(ctx, tx, d.PositionID)
		if err != nil {
			return err
		}
		if err := who.Delegate(from.Position); err != nil {
			return err
		}
		first, id, err := tx.Once(ctx, c, d.ID, now)
		if err != nil {
			return err
		}
		if first {
			if err := s.delegate(ctx, tx, who, from.Position, d, now); err != nil {
				return err
			}
		}
		made, err = s.delegation(ctx, tx, who, from.AgencyID, id, org.DayOf(now))
		return err
	})
	if err != nil {
		return Delegation{}, fmt.Errorf("add delegation: %w", err)
	}
	return made, nil
}

func knownPosition(ctx context.Context, tx *postgres.Tx, id org.ID) (Position, error) {
	agency, _, err := tx.PositionHolder(ctx, id)
	if err != nil {
		return Position{}, err
	}
	return tx.LockPosition(ctx, agency, id)
}

// delegate checks and stores a delegation. The agency's row is locked, so that
// two people who name each other at one moment do not both see nobody.
func (s *Service) delegate(ctx context.Context, tx *postgres.Tx, who access.Person, from org.Position, d org.Delegation, now time.Time) error {
	if err := actIn(ctx, tx, who, from.AgencyID); err != nil {
		return err
	}
	if _, err := tx.LockAgency(ctx, from.AgencyID); err != nil {
		return err
	}
	to, err := knownPosition(ctx, tx, d.DelegatePositionID)
	if err != nil {
		return unknown("delegatePositionId", err)
	}
	d.AgencyID, d.AccountID, d.DelegateAccountID = from.AgencyID, from.AccountID, to.AccountID
	if err := d.Check(from, to.Position, org.DayOf(now)); err != nil {
		return err
	}
	others, err := tx.StandingDelegations(ctx, d.AgencyID, d.Validity)
	if err != nil {
		return err
	}
	if err := d.CheckAmong(others); err != nil {
		return err
	}
	if err := tx.AddDelegation(ctx, d, who.AccountID, now); err != nil {
		return err
	}
	return record(ctx, tx, who, d.AgencyID, subjectDelegation, d.ID, document.Event{Verb: "delegated",
		Data: map[string]string{"from": d.Validity.From.String(), "until": d.Validity.Until.String(), "delegate": d.DelegateAccountID.String()}}, now)
}

func (s *Service) delegation(ctx context.Context, tx *postgres.Tx, who access.Person, agency, id org.ID, today org.Day) (Delegation, error) {
	list, err := tx.Delegations(ctx, postgres.DelegationFilter{AccountID: who.AccountID, Agencies: []org.ID{agency},
		Administered: []org.ID{agency}, Since: today, Limit: maxDelegations})
	if err != nil {
		return Delegation{}, err
	}
	for _, d := range list {
		if d.ID == id {
			return shownDelegation(d, who, today), nil
		}
	}
	return Delegation{}, fault.Missing()
}

var errEndedAlready = fault.New(fault.Conflict, "ended",
	"Việc trực thay này đã kết thúc.", "This delegation has ended already.")

// RevokeDelegation ends a delegation at once: by who was away, by the
// substitute, or by an administrator.
func (s *Service) RevokeDelegation(ctx context.Context, who access.Person, c access.Command, id org.ID) error {
	now := s.now()
	err := s.manage(ctx, who, func(tx *postgres.Tx) error {
		d, err := tx.LockDelegation(ctx, id)
		if err != nil {
			return err
		}
		if err := who.SeeDelegation(d); err != nil {
			return err
		}
		if first, _, err := tx.Once(ctx, c, id, now); err != nil || !first {
			return err
		}
		if !d.RevokedAt.IsZero() || d.Validity.Ended(org.DayOf(now)) {
			return errEndedAlready
		}
		if err := actIn(ctx, tx, who, d.AgencyID); err != nil {
			return err
		}
		if err := tx.RevokeDelegation(ctx, d, who.FullName, now); err != nil {
			return err
		}
		return record(ctx, tx, who, d.AgencyID, subjectDelegation, id, document.Event{Verb: "delegation_revoked"}, now)
	})
	if err != nil {
		return fmt.Errorf("revoke delegation: %w", err)
	}
	return nil
}
