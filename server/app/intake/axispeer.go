package intake

import (
	"context"
	"time"

	"congvan/storage/postgres"
)

// Peer is the other end of a connection.
type Peer = postgres.Peer

// Now gives the present moment.
func (s *Service) Now() time.Time { return s.clock() }

// Axis gives the system that signs as this, with the secrets that are valid now.
func (s *Service) Axis(ctx context.Context, system string) (postgres.Peer, []string, error) {
	var p postgres.Peer
	var sealed []postgres.SealedSecret
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		if p, err = tx.PeerBySystem(ctx, system); err != nil {
			return err
		}
		sealed, err = tx.PeerSecrets(ctx, p.ID, s.clock())
		return err
	})
	if err != nil {
		return p, nil, err
	}
	secrets := make([]string, 0, len(sealed))
	for _, one := range sealed {
		plain, err := s.secrets.Open(one.ID, one.Secret)
		if err != nil {
			return p, nil, err
		}
		secrets = append(secrets, plain)
	}
	return p, secrets, nil
}

// RememberSignature notes what a signature is used for, for all processes.
func (s *Service) RememberSignature(ctx context.Context, signature []byte, use string, until time.Time) (first string, err error) {
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		// A machine that dies forgets the signatures of its last half second: a message
		// among them is a repeat all the same, and every other call may be repeated.
		if err := tx.Loosely(ctx); err != nil {
			return err
		}
		first, err = tx.RememberSignature(ctx, signature, use, until)
		return err
	})
	return first, err
}

// ForgetSignatures drops those that are too old to be taken anyway.
func (s *Service) ForgetSignatures(ctx context.Context) error {
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error { return tx.ForgetSignatures(ctx, s.clock()) })
}

// heardEvery is how often it is written down that the other end is there.
const heardEvery = time.Minute

// HeardFrom notes that the other end called.
func (s *Service) HeardFrom(ctx context.Context, p postgres.Peer) error {
	now := s.clock()
	if p.DownSince.IsZero() && now.Sub(p.HeardAt) < heardEvery {
		return nil
	}
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		if err := tx.Loosely(ctx); err != nil {
			return err
		}
		return tx.PeerHeard(ctx, p.ID, now)
	})
}
