package accounts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// The bounds of tokens.
const (
	maxTokens    = 50
	maxTokenDays = 366
)

// tokenScopes are what a token can be made for.
var tokenScopes = []access.Scope{access.ScopeRead, access.ScopeDraft, access.ScopeApprove, access.ScopeNumber,
	access.ScopeIssue, access.ScopeRegister, access.ScopeAdministration}

// TokenNew is a token to be made.
type TokenNew struct {
	Name   string
	Scopes []access.Scope
	Days   int
}

func (n TokenNew) check() error {
	switch {
	case strings.TrimSpace(n.Name) == "":
		return fault.InvalidField("name", "required", "Bắt buộc nhập.", "Required.")
	case n.Days < 1 || n.Days > maxTokenDays:
		return fault.InvalidField("days", "out_of_range", "Thời hạn từ 1 đến 366 ngày.", "From 1 to 366 days.")
	case len(n.Scopes) == 0 || slices.ContainsFunc(n.Scopes, func(s access.Scope) bool { return !slices.Contains(tokenScopes, s) }):
		return fault.InvalidField("scopes", "unknown_scope", "Phạm vi không có trong danh sách.", "Not one of the scopes.")
	}
	return nil
}

// Tokens gives one's own tokens.
func (s *Service) Tokens(ctx context.Context, who Identity) ([]Token, error) {
	var list []Token
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		var err error
		list, err = tx.Tokens(ctx, who.Person.AccountID, s.now())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return list, nil
}

// MakeToken makes a token and gives its secret, which nobody can ask for again.
func (s *Service) MakeToken(ctx context.Context, who Identity, n TokenNew) (Token, string, error) {
	if err := n.check(); err != nil {
		return Token{}, "", err
	}
	now := s.now()
	slices.Sort(n.Scopes)
	t := Token{ID: postgres.NewID(), Name: n.Name, Scopes: slices.Compact(n.Scopes), CreatedAt: now,
		ExpiresAt: now.Add(time.Duration(n.Days) * 24 * time.Hour)}
	key := secret("cv_")
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		if _, err := tx.LockAccount(ctx, who.Person.AccountID); err != nil { // counts with what others add
			return err
		}
		list, err := tx.Tokens(ctx, who.Person.AccountID, now)
		if err != nil {
			return err
		}
		if len(list) >= maxTokens {
			return fault.New(fault.Conflict, "too_many_tokens", "Đã có 50 mã truy cập. Hãy hủy bớt mã không còn dùng.",
				"There are 50 tokens already. End those no longer used.")
		}
		return tx.AddToken(ctx, who.Person.AccountID, hashOf(key), t)
	})
	if err != nil {
		return Token{}, "", fmt.Errorf("make token: %w", err)
	}
	return t, key, nil
}

// EndToken ends one of one's own tokens, at once.
func (s *Service) EndToken(ctx context.Context, who Identity, id org.ID) error {
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		return tx.RevokeToken(ctx, who.Person.AccountID, id, s.now())
	})
	if err != nil {
		return fmt.Errorf("end token: %w", err)
	}
	return nil
}
