package postgres

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Token lets another program act for an account, within its scopes.
type Token struct {
	ID        org.ID
	Name      string
	Scopes    []access.Scope
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time
}

// TokenHolder gives the token of a secret with its account and the positions
// valid today. Whether it still counts is the caller's to judge.
func (tx *Tx) TokenHolder(ctx context.Context, secret SecretHash, today org.Day) (Token, Holder, error) {
	rows, err := tx.q.TokenPerson(ctx, today, secret[:])
	if err != nil {
		return Token{}, Holder{}, fmt.Errorf("read token: %w", err)
	}
	if len(rows) == 0 {
		return Token{}, Holder{}, fault.Missing()
	}
	var h Holder
	for _, r := range rows {
		h.add(holderRow{AccountID: r.AccountID, Login: r.Login, FullName: r.FullName, Email: r.Email, Operator: r.Operator,
			MustChangePassword: r.MustChangePassword, Language: r.Language, State: r.State, LeftOn: r.LeftOn, Version: r.Version,
			PositionID: r.PositionID, AgencyID: r.AgencyID, AgencyName: r.AgencyName, UnitID: r.UnitID, UnitName: r.UnitName,
			Role: r.Role, Title: r.Title, ValidFrom: r.ValidFrom, ValidUntil: r.ValidUntil, PositionVersion: r.PositionVersion})
	}
	t := rows[0]
	return Token{ID: t.TokenID, Scopes: scopesOf(t.Scopes), ExpiresAt: t.ExpiresAt, UsedAt: value(t.UsedAt)}, h, nil
}

func scopesOf(words []string) []access.Scope {
	scopes := make([]access.Scope, len(words))
	for i, w := range words {
		scopes[i] = access.Scope(w)
	}
	return scopes
}

// AddToken stores a new token by the hash of its secret.
func (tx *Tx) AddToken(ctx context.Context, account org.ID, secret SecretHash, t Token) error {
	scopes := make([]string, len(t.Scopes))
	for i, s := range t.Scopes {
		scopes[i] = string(s)
	}
	if err := tx.q.InsertToken(ctx, dbsqlc.InsertTokenParams{ID: t.ID, IDHash: secret[:], AccountID: account, Name: t.Name,
		Scopes: scopes, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt}); err != nil {
		return fmt.Errorf("add token: %w", err)
	}
	return nil
}

// TouchToken notes that a token was used.
func (tx *Tx) TouchToken(ctx context.Context, id org.ID, at time.Time) error {
	if err := tx.q.TouchToken(ctx, at, id); err != nil {
		return fmt.Errorf("touch token: %w", err)
	}
	return nil
}

// Tokens gives the tokens of an account that still count, the newest first.
func (tx *Tx) Tokens(ctx context.Context, account org.ID, now time.Time) ([]Token, error) {
	rows, err := tx.q.ListTokens(ctx, account, now)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	list := make([]Token, len(rows))
	for i, r := range rows {
		list[i] = Token{ID: r.ID, Name: r.Name, Scopes: scopesOf(r.Scopes), CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt, UsedAt: value(r.UsedAt)}
	}
	return list, nil
}

// RevokeToken ends one token of an account.
func (tx *Tx) RevokeToken(ctx context.Context, account, id org.ID, now time.Time) error {
	n, err := tx.q.RevokeToken(ctx, dbsqlc.RevokeTokenParams{At: &now, AccountID: account, ID: id})
	if err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	if n == 0 {
		return fault.Missing()
	}
	return nil
}

// RevokeTokens ends all tokens of an account.
func (tx *Tx) RevokeTokens(ctx context.Context, account org.ID, now time.Time) error {
	if err := tx.q.RevokeTokens(ctx, &now, account); err != nil {
		return fmt.Errorf("revoke tokens: %w", err)
	}
	return nil
}
