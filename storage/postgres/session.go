package postgres

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// SecretHash is the SHA-256 of a session's or a token's secret. The secret
// itself is never stored.
type SecretHash [32]byte

// Session is one signing in, until it ends.
type Session struct {
	ID        org.ID
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
	Address   string
	UserAgent string
}

// SessionHolder gives the session of a secret with its account and the
// positions valid today. Whether it still counts is the caller's to judge.
func (tx *Tx) SessionHolder(ctx context.Context, secret SecretHash, today org.Day) (Session, Holder, error) {
	rows, err := tx.q.SessionPerson(ctx, today, secret[:])
	if err != nil {
		return Session{}, Holder{}, fmt.Errorf("read session: %w", err)
	}
	if len(rows) == 0 {
		return Session{}, Holder{}, fault.Missing()
	}
	var h Holder
	for _, r := range rows {
		h.add(holderRow{AccountID: r.AccountID, Login: r.Login, FullName: r.FullName, Email: r.Email, Operator: r.Operator,
			MustChangePassword: r.MustChangePassword, Language: r.Language, State: r.State, LeftOn: r.LeftOn, Version: r.Version,
			PositionID: r.PositionID, AgencyID: r.AgencyID, AgencyName: r.AgencyName, UnitID: r.UnitID, UnitName: r.UnitName,
			Role: r.Role, Title: r.Title, ValidFrom: r.ValidFrom, ValidUntil: r.ValidUntil, PositionVersion: r.PositionVersion,
			DelegationID: r.DelegationID, ForAccountID: r.ForAccountID, ForName: r.ForName, OwnTitle: r.OwnTitle, OwnRole: r.OwnRole, Powers: r.Powers})
	}
	s := rows[0]
	return Session{ID: s.SessionID, CreatedAt: s.CreatedAt, SeenAt: s.SeenAt, ExpiresAt: s.ExpiresAt}, h, nil
}

// AddSession opens a session, unless the password was changed since it was compared.
func (tx *Tx) AddSession(ctx context.Context, account org.ID, passwordHash string, secret SecretHash, s Session) error {
	n, err := tx.q.InsertSession(ctx, dbsqlc.InsertSessionParams{IDHash: secret[:], ID: s.ID, At: s.CreatedAt, ExpiresAt: s.ExpiresAt,
		Address: s.Address, UserAgent: s.UserAgent, AccountID: account, PasswordHash: passwordHash})
	if err != nil {
		return fmt.Errorf("open session: %w", err)
	}
	if n == 0 {
		return fault.Missing()
	}
	return nil
}

// TouchSession notes that a session was used.
func (tx *Tx) TouchSession(ctx context.Context, id org.ID, at time.Time) error {
	if err := tx.q.TouchSession(ctx, at, id); err != nil {
		return fmt.Errorf("touch session: %w", err)
	}
	return nil
}

// Sessions gives the open sessions of an account, the last used first.
func (tx *Tx) Sessions(ctx context.Context, account org.ID, idleSince, now time.Time) ([]Session, error) {
	rows, err := tx.q.ListSessions(ctx, dbsqlc.ListSessionsParams{AccountID: account, At: now, IdleSince: idleSince})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	list := make([]Session, len(rows))
	for i, r := range rows {
		list[i] = Session{ID: r.ID, CreatedAt: r.CreatedAt, SeenAt: r.SeenAt, Address: r.Address, UserAgent: r.UserAgent}
	}
	return list, nil
}

// RevokeSession ends one session of an account.
func (tx *Tx) RevokeSession(ctx context.Context, account, id org.ID, now time.Time) error {
	n, err := tx.q.RevokeSession(ctx, dbsqlc.RevokeSessionParams{At: &now, AccountID: account, ID: id})
	if err != nil {
		return fmt.Errorf("revoke session: %w", err)
	}
	if n == 0 {
		return fault.Missing()
	}
	return nil
}

// RevokeSessions ends all sessions of an account but one; a zero kept ends all.
func (tx *Tx) RevokeSessions(ctx context.Context, account, kept org.ID, now time.Time) error {
	if err := tx.q.RevokeSessions(ctx, dbsqlc.RevokeSessionsParams{At: &now, AccountID: account, Kept: kept}); err != nil {
		return fmt.Errorf("revoke sessions: %w", err)
	}
	return nil
}

// AddFailure counts one more try and gives how many there are since a moment;
// the count begins anew when the last one began before it.
func (tx *Tx) AddFailure(ctx context.Context, key string, since, now time.Time) (int, error) {
	n, err := tx.q.AddFailure(ctx, dbsqlc.AddFailureParams{Key: key, At: now, Since: since})
	if err != nil {
		return 0, fmt.Errorf("count failure: %w", err)
	}
	return int(n), nil
}

// Failures gives how many tries are counted since a moment, and counts none.
func (tx *Tx) Failures(ctx context.Context, key string, since time.Time) (int, error) {
	n, err := tx.q.CountFailures(ctx, key, since)
	if err != nil {
		return 0, fmt.Errorf("read failures: %w", err)
	}
	return int(n), nil
}

// TakeBackFailure takes back one try that was none.
func (tx *Tx) TakeBackFailure(ctx context.Context, key string) error {
	if err := tx.q.TakeBackFailure(ctx, key); err != nil {
		return fmt.Errorf("take failure back: %w", err)
	}
	return nil
}

// ForgetFailures begins a key's count anew.
func (tx *Tx) ForgetFailures(ctx context.Context, key string) error {
	if err := tx.q.ForgetFailures(ctx, key); err != nil {
		return fmt.Errorf("forget failures: %w", err)
	}
	return nil
}

// ForgetSignIns removes the sessions and failure counts that ended before a moment.
func (tx *Tx) ForgetSignIns(ctx context.Context, before time.Time) (int64, error) {
	sessions, err := tx.q.DeleteSessions(ctx, before)
	if err != nil {
		return 0, fmt.Errorf("forget sessions: %w", err)
	}
	failures, err := tx.q.DeleteFailures(ctx, before)
	if err != nil {
		return 0, fmt.Errorf("forget failures: %w", err)
	}
	return sessions + failures, nil
}
