package accounts

import (
	"context"
	"fmt"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
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
	var account org.Account
	var hash string
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		var err error
		account, hash, err = beginTry(ctx, tx, login, s.now())
		return err
	})
	if err != nil {
		return fmt.Errorf("begin to change password: %w", err)
	}
	same, err := s.hasher.matches(ctx, current, hash)
	switch {
	case err != nil:
	case !same:
		return errCurrent
	case current == next:
		err = fault.InvalidField("next", "same", "Mật khẩu mới phải khác mật khẩu hiện tại.", "The new password must differ from the current one.")
	default:
		err = s.replacePassword(ctx, who, account.ID, hash, next)
	}
	if err != nil {
		return s.takeBack(ctx, login, err)
	}
	return nil
}

func (s *Service) replacePassword(ctx context.Context, who Identity, account org.ID, hash, next string) error {
	login := who.Holder.Login
	changed, err := s.hasher.hash(ctx, next)
	if err != nil {
		return err
	}
	err = s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		if _, err := tx.LockAccount(ctx, account); err != nil {
			return err
		}
		_, present, err := tx.PasswordOf(ctx, login)
		if err != nil {
			return err
		}
		if present != hash { // reset while the new one was worked out
			return errCurrent
		}
		if err := tx.SetPassword(ctx, account, changed, false); err != nil {
			return err
		}
		now := s.now()
		if err := tx.RevokeSessions(ctx, account, who.SessionID, now); err != nil {
			return err
		}
		if err := tx.RevokeTokens(ctx, account, now); err != nil {
			return err
		}
		return tx.ForgetFailures(ctx, loginKey(login))
	})
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	return nil
}
