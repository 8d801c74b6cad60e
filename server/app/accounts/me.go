package accounts

import (
	"context"
	"fmt"

	"congvan/server/domain/fault"
	"congvan/storage/postgres"
)

var errCurrent = fault.InvalidField("current", "wrong", "Mật khẩu hiện tại không đúng.", "The current password is wrong.")

// SetLanguage stores the language that the person reads.
func (s *Service) SetLanguage(ctx context.Context, who Identity, language string) (Holder, error) {
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		return tx.SetLanguage(ctx, who.Person.AccountID, language)
	})
	if err != nil {
		return Holder{}, fmt.Errorf("set language: %w", err)
	}
	who.Holder.Language = language
	return who.Holder, nil
}

// ChangePassword replaces one's own password and ends all other sessions and
// every token: who knew the old one may have made them. Guessing the present one counts as guessing at signing in.
func (s *Service) ChangePassword(ctx context.Context, who Identity, current, next string) error {
	login := who.Holder.Login
	if err := checkPassword(next, login); err != nil {
		return err
	}
	account, hash, err := s.beginTry(ctx, login, "change")
	if err != nil {
		return err
	}
	same, err := s.hasher.matches(ctx, current, hash)
	switch {
	case err != nil:
		return err
	case !same:
		return errCurrent
	case current == next:
		return fault.InvalidField("next", "same", "Mật khẩu mới phải khác mật khẩu hiện tại.", "The new password must differ from the current one.")
	}
	changed, err := s.hasher.hash(ctx, next)
	if err != nil {
		return err
	}
	err = s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		if _, err := tx.LockAccount(ctx, account.ID); err != nil {
			return err
		}
		_, present, err := tx.PasswordOf(ctx, login)
		if err != nil {
			return err
		}
		if present != hash { // reset while the new one was worked out
			return errCurrent
		}
		if err := tx.SetPassword(ctx, account.ID, changed, false); err != nil {
			return err
		}
		now := s.now()
		if err := tx.RevokeSessions(ctx, account.ID, who.SessionID, now); err != nil {
			return err
		}
		if err := tx.RevokeTokens(ctx, account.ID, now); err != nil {
			return err
		}
		return endTry(ctx, tx, login, "change")
	})
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	return nil
}
