package postgres

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Passkey is a key that an authenticator holds for a person.
type Passkey struct {
	ID      org.ID
	Handle  []byte // by which the authenticator names it
	Record  []byte // JSON, as the library keeps it
	Name    string
	AddedAt time.Time
	UsedAt  time.Time
}

// AddPasskey stores a passkey of a person.
func (tx *Tx) AddPasskey(ctx context.Context, account org.ID, k Passkey) error {
	if err := tx.q.InsertPasskey(ctx, dbsqlc.InsertPasskeyParams{ID: k.ID, AccountID: account, Handle: k.Handle, Record: k.Record, Name: k.Name, AddedAt: k.AddedAt}); err != nil {
		return fmt.Errorf("add passkey: %w", err)
	}
	return nil
}

// Passkeys gives the passkeys of a person.
func (tx *Tx) Passkeys(ctx context.Context, account org.ID) ([]Passkey, error) {
	rows, err := tx.q.ListPasskeys(ctx, account)
	if err != nil {
		return nil, fmt.Errorf("list passkeys: %w", err)
	}
	list := make([]Passkey, len(rows))
	for i, r := range rows {
		list[i] = Passkey{ID: r.ID, Handle: r.Handle, Record: r.Record, Name: r.Name, AddedAt: r.AddedAt, UsedAt: value(r.UsedAt)}
	}
	return list, nil
}

// UsePasskey notes that a passkey was used, with its counter.
func (tx *Tx) UsePasskey(ctx context.Context, account org.ID, k Passkey, now time.Time) error {
	if err := tx.q.UsePasskey(ctx, dbsqlc.UsePasskeyParams{Record: k.Record, At: &now, AccountID: account, Handle: k.Handle}); err != nil {
		return fmt.Errorf("use passkey: %w", err)
	}
	return nil
}

// RemovePasskey removes a passkey of a person.
func (tx *Tx) RemovePasskey(ctx context.Context, account, id org.ID) error {
	n, err := tx.q.DeletePasskey(ctx, account, id)
	if err != nil {
		return fmt.Errorf("remove passkey: %w", err)
	}
	if n == 0 {
		return fault.Missing()
	}
	return nil
}

// OneTimeCode is a secret that a person's phone makes codes of.
type OneTimeCode struct {
	Sealed      []byte
	ConfirmedAt time.Time // zero: not yet
	LastStep    int64     // the last step of time whose code was used
	Failures    int       // in a row
	FailedAt    time.Time
}

// SetOneTimeCode gives a person a new secret in place of any other.
func (tx *Tx) SetOneTimeCode(ctx context.Context, account org.ID, c OneTimeCode, now time.Time) error {
	if err := tx.q.SetOneTimeCode(ctx, dbsqlc.SetOneTimeCodeParams{AccountID: account, Sealed: c.Sealed, AddedAt: now, ConfirmedAt: optional(c.ConfirmedAt)}); err != nil {
		return fmt.Errorf("set one-time code: %w", err)
	}
	return nil
}

// LockOneTimeCode gives the secret of a person and keeps others from trying codes meanwhile.
func (tx *Tx) LockOneTimeCode(ctx context.Context, account org.ID) (OneTimeCode, error) {
	r, err := tx.q.LockOneTimeCode(ctx, account)
	if err != nil {
		return OneTimeCode{}, fmt.Errorf("lock one-time code: %w", translate(err))
	}
	return OneTimeCode{Sealed: r.Sealed, ConfirmedAt: value(r.ConfirmedAt), LastStep: r.LastStep, Failures: int(r.Failures), FailedAt: value(r.FailedAt)}, nil
}

// SaveOneTimeCode notes what became of a try.
func (tx *Tx) SaveOneTimeCode(ctx context.Context, account org.ID, c OneTimeCode) error {
	if err := tx.q.SaveOneTimeCode(ctx, dbsqlc.SaveOneTimeCodeParams{AccountID: account, ConfirmedAt: optional(c.ConfirmedAt), LastStep: c.LastStep,
		Failures: int32(c.Failures), FailedAt: optional(c.FailedAt)}); err != nil {
		return fmt.Errorf("save one-time code: %w", err)
	}
	return nil
}

// RemoveOneTimeCode removes the secret of a person.
func (tx *Tx) RemoveOneTimeCode(ctx context.Context, account org.ID) error {
	n, err := tx.q.DeleteOneTimeCode(ctx, account)
	if err != nil {
		return fmt.Errorf("remove one-time code: %w", err)
	}
	if n == 0 {
		return fault.Missing()
	}
	return nil
}

// PresencePurpose is what a person is asked to prove presence for.
type PresencePurpose string

// The purposes.
const (
	ToSign  PresencePurpose = "sign"
	ToEnrol PresencePurpose = "enrol"
)

// Presence is one proof of presence: asked for, given, used once.
type Presence struct {
	ID        org.ID
	Purpose   PresencePurpose
	Challenge []byte // JSON; gone when it was answered
	AskedAt   time.Time
	ProvedAt  time.Time
	UsedAt    time.Time
}

// AddPresence stores a question, or a proof given at once.
func (tx *Tx) AddPresence(ctx context.Context, account org.ID, p Presence) error {
	if err := tx.q.InsertPresence(ctx, dbsqlc.InsertPresenceParams{ID: p.ID, AccountID: account, Purpose: string(p.Purpose), Challenge: p.Challenge,
		AskedAt: p.AskedAt, ProvedAt: optional(p.ProvedAt)}); err != nil {
		return fmt.Errorf("add presence: %w", err)
	}
	return nil
}

// LockPresence gives a proof of a person, for one use.
func (tx *Tx) LockPresence(ctx context.Context, account, id org.ID) (Presence, error) {
	r, err := tx.q.LockPresence(ctx, account, id)
	if err != nil {
		return Presence{}, fmt.Errorf("lock presence: %w", translate(err))
	}
	return Presence{ID: r.ID, Purpose: PresencePurpose(r.Purpose), Challenge: r.Challenge, AskedAt: r.AskedAt, ProvedAt: value(r.ProvedAt), UsedAt: value(r.UsedAt)}, nil
}

// SavePresence notes that it was given or used. A question is answered once:
// its challenge goes.
func (tx *Tx) SavePresence(ctx context.Context, account org.ID, p Presence) error {
	if err := tx.q.SavePresence(ctx, dbsqlc.SavePresenceParams{AccountID: account, ID: p.ID, ProvedAt: optional(p.ProvedAt), UsedAt: optional(p.UsedAt)}); err != nil {
		return fmt.Errorf("save presence: %w", err)
	}
	return nil
}

// Presences counts how often a person was asked since a time.
func (tx *Tx) Presences(ctx context.Context, account org.ID, since time.Time) (int, error) {
	n, err := tx.q.CountPresences(ctx, account, since)
	if err != nil {
		return 0, fmt.Errorf("count presences: %w", err)
	}
	return int(n), nil
}

// ForgetPresences removes questions and proofs of the past.
func (tx *Tx) ForgetPresences(ctx context.Context, before time.Time) (int64, error) {
	n, err := tx.q.DeletePresences(ctx, before)
	if err != nil {
		return 0, fmt.Errorf("forget presences: %w", err)
	}
	return n, nil
}
