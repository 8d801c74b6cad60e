package accounts

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// touchEvery bounds how often the use of a session or token is written down.
const touchEvery = time.Minute

// Credential is what a request carries: the secret of a session or of a token.
type Credential struct {
	Session string
	Token   string
}

// ErrSignIn is what a request gets whose credential counts no more, whatever the reason.
var ErrSignIn = fault.New(fault.Unauthenticated, "sign_in",
	"Phiên làm việc đã hết. Vui lòng đăng nhập.", "Please sign in.")

func hashOf(secret string) postgres.SecretHash { return sha256.Sum256([]byte(secret)) }

// Person finds out who sends a request. It runs before every other operation,
// so it is one transaction of one query.
func (s *Service) Person(ctx context.Context, c Credential) (Identity, error) {
	return s.person(ctx, c, true)
}

// Still finds the person out again without counting it as use: what is left
// open must not keep a session from ending.
func (s *Service) Still(ctx context.Context, c Credential) (Identity, error) {
	return s.person(ctx, c, false)
}

func (s *Service) person(ctx context.Context, c Credential, use bool) (Identity, error) {
	now := s.now()
	var who Identity
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		var err error
		if c.Token != "" {
			who, err = byToken(ctx, tx, c.Token, now, use)
		} else {
			who, err = s.bySession(ctx, tx, c.Session, now, use)
		}
		return err
	})
	switch {
	case errors.Is(err, fault.Missing()):
		return Identity{}, ErrSignIn
	case err != nil:
		return Identity{}, fmt.Errorf("find the person: %w", err)
	}
	return who, nil
}

func (s *Service) bySession(ctx context.Context, tx *postgres.Tx, secret string, now time.Time, use bool) (Identity, error) {
	session, holder, err := tx.SessionHolder(ctx, hashOf(secret), org.DayOf(now))
	if err != nil {
		return Identity{}, err
	}
	if !now.Before(session.ExpiresAt) || now.Sub(session.SeenAt) >= s.opts.SessionIdle || !holder.MaySignIn(org.DayOf(now)) {
		return Identity{}, ErrSignIn
	}
	if use && now.Sub(session.SeenAt) >= touchEvery {
		if err := tx.TouchSession(ctx, session.ID, now); err != nil {
			return Identity{}, err
		}
	}
	return Identity{Person: personOf(holder), Holder: holder, SessionID: session.ID}, nil
}

func byToken(ctx context.Context, tx *postgres.Tx, secret string, now time.Time, use bool) (Identity, error) {
	token, holder, err := tx.TokenHolder(ctx, hashOf(secret), org.DayOf(now))
	if err != nil {
		return Identity{}, err
	}
	if !now.Before(token.ExpiresAt) || !holder.MaySignIn(org.DayOf(now)) {
		return Identity{}, ErrSignIn
	}
	if use && now.Sub(token.UsedAt) >= touchEvery {
		if err := tx.TouchToken(ctx, token.ID, now); err != nil {
			return Identity{}, err
		}
	}
	person := personOf(holder)
	person.Token, person.Scopes = true, token.Scopes
	return Identity{Person: person, Holder: holder}, nil
}

func personOf(h Holder) access.Person {
	p := access.Person{AccountID: h.ID, FullName: h.FullName, Operator: h.Operator, Positions: make([]org.Position, len(h.Positions))}
	for i, position := range h.Positions {
		p.Positions[i] = position.Position
	}
	return p
}
