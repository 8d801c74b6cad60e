package accounts

import (
	"context"
	"fmt"

	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// MakeKey makes a certificate for training, with its key as it is kept.
type MakeKey func(name, agency string) (Certificate, []byte, error)

// TrainPerson gives somebody of a demonstration what signing needs: a
// certificate, and codes of a secret that everybody knows. What is there stays.
func (s *Service) TrainPerson(ctx context.Context, login, agency, codes string, signs bool, make MakeKey) error {
	var account Account
	has := false
	err := s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		found, err := tx.AccountsByLogin(ctx, []string{login})
		if err != nil {
			return err
		}
		account = found[login]
		list, err := tx.Certificates(ctx, account.ID)
		has = len(list) > 0 || !signs
		return err
	})
	if err != nil || account.ID.IsZero() {
		return err
	}
	var c Certificate
	var kept []byte
	if !has {
		if c, kept, err = make(account.FullName, agency); err != nil {
			return err
		}
		c.ID, c.AccountID, c.AddedAt = postgres.NewID(), account.ID, s.now()
	}
	return s.store.InTx(ctx, postgres.DirectoryScope(), func(tx *postgres.Tx) error {
		if !has {
			if err := tx.AddCertificate(ctx, c, s.seal(c.ID, kept)); err != nil {
				return err
			}
		}
		_, err := tx.LockOneTimeCode(ctx, account.ID)
		if !postgres.IsMissing(err) {
			return err
		}
		code := postgres.OneTimeCode{Sealed: s.opts.Secrets.Seal(account.ID, codes), ConfirmedAt: s.now()}
		return tx.SetOneTimeCode(ctx, account.ID, code, s.now())
	})
}

// TrainAgency gives an agency of a demonstration a seal, unless it has one.
func (s *Service) TrainAgency(ctx context.Context, code string, make MakeKey) error {
	found, _, err := s.Agencies(ctx, AgencySearch{Query: code, Limit: 2000})
	if err != nil {
		return err
	}
	for _, a := range found {
		if a.Code != code {
			continue
		}
		return s.trainAgency(ctx, a, make)
	}
	return fmt.Errorf("the demonstration has no agency %s", code)
}

func (s *Service) trainAgency(ctx context.Context, a Agency, make MakeKey) error {
	has := false
	err := s.manage(ctx, System(), func(tx *postgres.Tx) error {
		list, err := tx.Seals(ctx, a.ID)
		has = len(list) > 0
		return err
	})
	if err != nil || has {
		return err
	}
	c, kept, err := make(a.Name, a.Name)
	if err != nil {
		return err
	}
	c.ID, c.AccountID, c.AgencyID, c.AddedAt = postgres.NewID(), org.ID{}, a.ID, s.now()
	return s.manage(ctx, System(), func(tx *postgres.Tx) error { return tx.AddSeal(ctx, c, s.seal(c.ID, kept)) })
}
