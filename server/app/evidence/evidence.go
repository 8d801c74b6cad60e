// Package evidence keeps the chains of events: it binds what was recorded into
// the chain of its agency, signs checkpoints, and reads chains through. The
// hashes and what counts as wrong are domain/evidence's.
package evidence

import (
	"context"
	"crypto/ed25519"
	"time"

	"congvan/server/domain/evidence"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// together is how many events are chained in one transaction.
const together = 2000

// Service holds what the use cases need.
type Service struct {
	store *postgres.Store
	key   ed25519.PrivateKey
	clock func() time.Time
}

// New makes the use cases; key signs the checkpoints.
func New(store *postgres.Store, key ed25519.PrivateKey, clock func() time.Time) *Service {
	return &Service{store: store, key: key, clock: clock}
}

// Chain binds all events of finished transactions into their chains. Only one
// process does it at a time; another goes away at once.
func (s *Service) Chain(ctx context.Context) error {
	for {
		more := false
		err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
			more, err = s.chainSome(ctx, tx)
			return err
		})
		if err != nil || !more {
			return err
		}
	}
}

func (s *Service) chainSome(ctx context.Context, tx *postgres.Tx) (more bool, err error) {
	at, mine, err := tx.LockEvidence(ctx)
	if err != nil || !mine {
		return false, err
	}
	events, err := tx.Unchained(ctx, at, together)
	if err != nil {
		return false, err
	}
	if len(events) > 0 {
		if err := s.bind(ctx, tx, events); err != nil {
			return false, err
		}
	}
	if len(events) == together {
		return true, nil
	}
	return false, tx.ChainedAll(ctx, at)
}

func (s *Service) bind(ctx context.Context, tx *postgres.Tx, events []evidence.Event) error {
	var agencies []org.ID
	seen := map[org.ID]bool{}
	for _, e := range events {
		if !seen[e.AgencyID] {
			seen[e.AgencyID], agencies = true, append(agencies, e.AgencyID)
		}
	}
	last, err := tx.LastLines(ctx, agencies)
	if err != nil {
		return err
	}
	lines := make([]evidence.Line, len(events))
	for i, e := range events {
		lines[i] = last[e.AgencyID].Next(e)
		last[e.AgencyID] = lines[i]
	}
	return tx.AddLines(ctx, lines, s.clock())
}

// Checkpoint signs the end of every chain that grew since it was last signed.
func (s *Service) Checkpoint(ctx context.Context) error {
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		heads, err := tx.UncheckedHeads(ctx)
		if err != nil {
			return err
		}
		for _, l := range heads {
			if err := tx.AddCheckpoint(ctx, evidence.Sign(s.key, l, s.clock())); err != nil {
				return err
			}
		}
		return nil
	})
}
