package evidence

import (
	"context"
	"crypto/ed25519"
	"time"

	"congvan/server/domain/evidence"
	"congvan/storage/postgres"
)

const (
	// page is how many lines are read at a time.
	page = 1000
	// lateAfter is how long an event may wait for its chain before it is an alarm.
	lateAfter = time.Minute
	// lateMost is how many late events are named.
	lateMost = 100
)

// Examined is what was found in the chain of one agency.
type Examined struct {
	Agency      postgres.ChainedAgency
	Lines       int64
	Checkpoints int
	Findings    []evidence.Finding
}

// Late names events that should have been chained by now.
func (s *Service) Late(ctx context.Context) (late []evidence.Finding, err error) {
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		late, err = tx.LateEvents(ctx, s.clock().Add(-lateAfter), lateMost)
		return err
	})
	return late, err
}

// Examine reads every chain through, one agency after another, and says what
// it found in each. Memory does not grow with the chain.
func (s *Service) Examine(ctx context.Context, say func(Examined) error) error {
	var agencies []postgres.ChainedAgency
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		agencies, err = tx.ChainedAgencies(ctx)
		return err
	})
	if err != nil {
		return err
	}
	for _, a := range agencies {
		found, err := s.examine(ctx, a)
		if err != nil {
			return err
		}
		if err := say(found); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) examine(ctx context.Context, a postgres.ChainedAgency) (Examined, error) {
	out := Examined{Agency: a}
	var x evidence.Examiner
	for {
		var lines []postgres.LineOfRecord
		err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
			lines, err = tx.LinesOfRecord(ctx, a.ID, x.Last().Seq, page)
			return err
		})
		if err != nil {
			return out, err
		}
		for _, l := range lines {
			out.Findings = append(out.Findings, x.Take(l.Line, l.Event)...)
		}
		if len(lines) < page {
			break
		}
	}
	out.Lines = x.Lines
	err := s.compare(ctx, &out)
	return out, err
}

// compare holds the checkpoints against the chain as it stands.
func (s *Service) compare(ctx context.Context, out *Examined) error {
	public, _ := s.key.Public().(ed25519.PublicKey)
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		checkpoints, err := tx.Checkpoints(ctx, out.Agency.ID)
		if err != nil {
			return err
		}
		out.Checkpoints = len(checkpoints)
		for _, c := range checkpoints {
			if !c.SignedWith(public) {
				out.Findings = append(out.Findings, evidence.Finding{AgencyID: c.AgencyID, Seq: c.Seq, Wrong: evidence.BadSignature})
				continue
			}
			stands, err := tx.LineHash(ctx, c.AgencyID, c.Seq)
			if err != nil {
				return err
			}
			if wrong, ok := c.CheckAgainst(stands); !ok {
				out.Findings = append(out.Findings, evidence.Finding{AgencyID: c.AgencyID, Seq: c.Seq, Wrong: wrong})
			}
		}
		return nil
	})
}
