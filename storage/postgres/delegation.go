package postgres

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Delegation is a delegation with the names that lists show.
type Delegation struct {
	org.Delegation
	AgencyName, FullName, Title string
	DelegateName, DelegateTitle string
	RevokedBy                   string
}

func powersOf(words []string) []org.Power {
	powers := make([]org.Power, len(words))
	for i, w := range words {
		powers[i] = org.Power(w)
	}
	return powers
}

func powerWords(powers []org.Power) []string {
	words := make([]string, len(powers))
	for i, p := range powers {
		words[i] = string(p)
	}
	return words
}

// AddDelegation stores a new delegation.
func (tx *Tx) AddDelegation(ctx context.Context, d org.Delegation, by org.ID, now time.Time) error {
	if err := tx.q.InsertDelegation(ctx, dbsqlc.InsertDelegationParams{AgencyID: d.AgencyID, ID: d.ID, PositionID: d.PositionID,
		DelegatePositionID: d.DelegatePositionID, Powers: powerWords(d.Powers), ValidFrom: d.Validity.From, ValidUntil: d.Validity.Until,
		Reason: d.Reason, CreatedBy: by, CreatedAt: now}); err != nil {
		return fmt.Errorf("add delegation: %w", err)
	}
	return nil
}

// LockDelegation gives a delegation and keeps everybody else from changing it.
func (tx *Tx) LockDelegation(ctx context.Context, id org.ID) (org.Delegation, error) {
	agency, err := tx.q.FindDelegation(ctx, id)
	if err != nil {
		return org.Delegation{}, fmt.Errorf("find delegation: %w", translate(err))
	}
	r, err := tx.q.LockDelegation(ctx, agency, id)
	if err != nil {
		return org.Delegation{}, fmt.Errorf("lock delegation: %w", translate(err))
	}
	return org.Delegation{ID: r.ID, AgencyID: r.AgencyID, PositionID: r.PositionID, AccountID: r.AccountID,
		DelegatePositionID: r.DelegatePositionID, DelegateAccountID: r.DelegateAccountID, Powers: powersOf(r.Powers),
		Validity: org.Validity{From: r.ValidFrom, Until: r.ValidUntil}, Reason: r.Reason, RevokedAt: value(r.RevokedAt)}, nil
}

// RevokeDelegation ends a delegation that was not revoked before.
func (tx *Tx) RevokeDelegation(ctx context.Context, d org.Delegation, by string, now time.Time) error {
	n, err := tx.q.RevokeDelegation(ctx, dbsqlc.RevokeDelegationParams{At: &now, By: by, AgencyID: d.AgencyID, ID: d.ID})
	if err != nil {
		return fmt.Errorf("revoke delegation: %w", err)
	}
	return changed(n)
}

// StandingDelegations gives those of an agency that were not revoked and touch
// the days.
func (tx *Tx) StandingDelegations(ctx context.Context, agency org.ID, within org.Validity) ([]org.Delegation, error) {
	rows, err := tx.q.StandingDelegations(ctx, dbsqlc.StandingDelegationsParams{AgencyID: agency, Since: within.From, Until: within.Until})
	if err != nil {
		return nil, fmt.Errorf("list standing delegations: %w", err)
	}
	list := make([]org.Delegation, len(rows))
	for i, r := range rows {
		list[i] = org.Delegation{ID: r.ID, AgencyID: r.AgencyID, PositionID: r.PositionID, AccountID: r.AccountID,
			DelegatePositionID: r.DelegatePositionID, DelegateAccountID: r.DelegateAccountID, Powers: powersOf(r.Powers),
			Validity: org.Validity{From: r.ValidFrom, Until: r.ValidUntil}, Reason: r.Reason}
	}
	return list, nil
}

// DelegationFilter narrows the list of delegations.
type DelegationFilter struct {
	AccountID    org.ID // whose own they are, on either side
	Agencies     []org.ID
	Administered []org.ID // where every one is seen
	Since        org.Day  // what ended before is left out
	Limit        int
}

// Delegations gives delegations with names, the latest first.
func (tx *Tx) Delegations(ctx context.Context, f DelegationFilter) ([]Delegation, error) {
	rows, err := tx.q.ListDelegations(ctx, dbsqlc.ListDelegationsParams{Agencies: f.Agencies, AccountID: f.AccountID,
		Administered: f.Administered, Since: f.Since, Most: int32(f.Limit)})
	if err != nil {
		return nil, fmt.Errorf("list delegations: %w", err)
	}
	list := make([]Delegation, len(rows))
	for i, r := range rows {
		list[i] = Delegation{Delegation: org.Delegation{ID: r.ID, AgencyID: r.AgencyID, PositionID: r.PositionID, AccountID: r.AccountID,
			DelegatePositionID: r.DelegatePositionID, DelegateAccountID: r.DelegateAccountID, Powers: powersOf(r.Powers),
			Validity: org.Validity{From: r.ValidFrom, Until: r.ValidUntil}, Reason: r.Reason, RevokedAt: value(r.RevokedAt)},
			AgencyName: r.AgencyName, FullName: r.FullName, Title: r.Title, DelegateName: r.DelegateName, DelegateTitle: r.DelegateTitle,
			RevokedBy: r.RevokedBy}
	}
	return list, nil
}

// Duty is one person on duty with the name that the roster shows.
type Duty struct {
	org.Duty
	AccountID       org.ID
	FullName, Title string
}

// Duties gives the roster of an agency on the days, in the order of calling.
func (tx *Tx) Duties(ctx context.Context, agency org.ID, within org.Validity) ([]Duty, error) {
	rows, err := tx.q.ListDuties(ctx, dbsqlc.ListDutiesParams{AgencyID: agency, Since: within.From, Until: within.Until})
	if err != nil {
		return nil, fmt.Errorf("list duties: %w", err)
	}
	list := make([]Duty, len(rows))
	for i, r := range rows {
		list[i] = Duty{Duty: org.Duty{Day: r.Day, PositionID: r.PositionID, Note: r.Note}, AccountID: r.AccountID, FullName: r.FullName, Title: r.Title}
	}
	return list, nil
}

// SetDuties replaces the roster of the days.
func (tx *Tx) SetDuties(ctx context.Context, agency org.ID, within org.Validity, duties []org.Duty) error {
	if err := tx.q.ClearDuties(ctx, dbsqlc.ClearDutiesParams{AgencyID: agency, Since: within.From, Until: within.Until}); err != nil {
		return fmt.Errorf("clear duties: %w", err)
	}
	place := map[org.Day]int32{}
	for _, d := range duties {
		place[d.Day]++
		if err := tx.q.InsertDuty(ctx, dbsqlc.InsertDutyParams{AgencyID: agency, Day: d.Day, Ordinal: place[d.Day], PositionID: d.PositionID, Note: d.Note}); err != nil {
			return fmt.Errorf("add duty: %w", err)
		}
	}
	return nil
}
