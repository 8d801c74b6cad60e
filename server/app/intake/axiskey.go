package intake

import (
	"context"
	"crypto/ed25519"
	"time"

	"congvan/storage/postgres"
)

// keyLook is how long a process goes on with the key that it has.
const keyLook = 30 * time.Second

// MakeKey makes the key that this installation signs with, where there is none
// yet: an operator gives its public half to others before the first message.
func (s *Service) MakeKey(ctx context.Context) error {
	_, err := s.signer(ctx)
	return err
}

// signer gives the key that this installation signs with now; the first call
// ever makes it.
func (s *Service) signer(ctx context.Context) (ed25519.PrivateKey, error) {
	s.keyMu.Lock()
	defer s.keyMu.Unlock()
	now := s.clock()
	if s.key != nil && now.Sub(s.keyAt) < keyLook {
		return s.key, nil
	}
	var current postgres.SealedKey
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		if current, err = keyInUse(ctx, tx, now); err != nil || !current.ID.IsZero() {
			return err
		}
		// Processes that start together make one key: peers know us by it.
		if err := tx.LockExchangeKeys(ctx); err != nil {
			return err
		}
		if current, err = keyInUse(ctx, tx, now); err != nil || !current.ID.IsZero() {
			return err
		}
		if current, err = s.makeKey(now); err != nil {
			return err
		}
		return tx.AddExchangeKey(ctx, current)
	})
	if err != nil {
		return nil, err
	}
	plain, err := s.secrets.Open(current.ID, current.Secret)
	if err != nil {
		return nil, err
	}
	s.key, s.keyAt = ed25519.NewKeyFromSeed([]byte(plain)), now
	return s.key, nil
}

// keyInUse gives the oldest key that is not retired, if there is one: peers hear
// of a new one before it signs.
func keyInUse(ctx context.Context, tx *postgres.Tx, now time.Time) (current postgres.SealedKey, err error) {
	keys, err := tx.ExchangeKeys(ctx)
	for _, k := range keys { // the newest first
		if k.RetiredAt.IsZero() || k.RetiredAt.After(now) {
			current = k
		}
	}
	return current, err
}

func publicOf(key ed25519.PrivateKey) []byte { return key.Public().(ed25519.PublicKey) }

func (s *Service) makeKey(now time.Time) (postgres.SealedKey, error) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return postgres.SealedKey{}, err
	}
	id := postgres.NewID()
	return postgres.SealedKey{ID: id, Public: public, Secret: s.secrets.Seal(id, string(private.Seed())), CreatedAt: now}, nil
}
