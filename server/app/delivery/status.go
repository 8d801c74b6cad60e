package delivery

import (
	"context"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/job"
	"congvan/storage/postgres"
)

// SendStatuses tells the sender of an arrival beyond this installation what
// became of it: each word once, in the order that it was said. It gives when the
// job is to come back, zero when nothing waits.
func (s *Service) SendStatuses(ctx context.Context, j job.SendStatus) (again time.Time, err error) {
	for {
		word, origin, again, err := s.claimStatus(ctx, j)
		if err != nil || word.ID.IsZero() {
			return again, err
		}
		err = s.sendStatus(ctx, word, origin)
		if ctx.Err() != nil && err != nil {
			return time.Time{}, err
		}
		if again, err = s.recordStatus(ctx, word, err); err != nil || !again.IsZero() {
			return again, err
		}
	}
}

// origin is where word goes to.
type origin struct {
	postgres.AxisOrigin
	peer postgres.Peer
	from exchange.Party
	to   exchange.Party
}

// claimStatus takes the next word on, for one try.
func (s *Service) claimStatus(ctx context.Context, j job.SendStatus) (word postgres.WaitingStatus, from origin, again time.Time, err error) {
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		word, from, again = postgres.WaitingStatus{}, origin{}, time.Time{}
		next, waits, err := tx.NextStatus(ctx, j.AgencyID, j.ArrivalID)
		if err != nil || !waits {
			return err
		}
		now := s.clock()
		if next.NextAt.After(now) {
			again = next.NextAt
			return nil
		}
		var known bool
		if from, known, err = s.originOf(ctx, tx, j); err != nil {
			return err
		}
		if !known {
			next.GivenUpAt = now
			return tx.SaveStatus(ctx, next)
		}
		if admitted, at := s.peers.admit(over(from.peer), now); !admitted { // it waits without using up its tries
			again, next.NextAt = at, at
			return tx.SaveStatus(ctx, next)
		}
		next.Attempts++
		next.NextAt = now.Add(exchange.SendTime(0))
		word = next
		return tx.SaveStatus(ctx, next)
	})
	return word, from, again, err
}

func (s *Service) originOf(ctx context.Context, tx *postgres.Tx, j job.SendStatus) (origin, bool, error) {
	var o origin
	at, known, err := tx.AxisOrigin(ctx, j.AgencyID, j.ArrivalID)
	if err != nil || !known {
		return o, false, err
	}
	o.AxisOrigin = at
	if o.peer, err = tx.Peer(ctx, at.Peer); err != nil {
		return o, false, err
	}
	// In the name and under the code that the document was addressed to, which may
	// be of an agency that has ended since.
	o.from, o.to = exchange.Party{AgencyID: j.AgencyID, Code: at.OurCode}, exchange.Party{Code: at.From}
	parties, err := tx.AgenciesByCode(ctx, []org.AgencyCode{at.OurCode, at.From})
	if err != nil {
		return o, false, err
	}
	for _, a := range parties {
		if a.Names(at.OurCode) {
			o.from.Name = a.Name
		}
		if a.Names(at.From) {
			o.to.AgencyID, o.to.Name = a.ID, a.Name
		}
	}
	return o, true, nil
}

func (s *Service) sendStatus(ctx context.Context, word postgres.WaitingStatus, o origin) error {
	e := exchange.Envelope{ID: word.ID, AgencyID: word.AgencyID, DeliveryID: word.ID, Content: exchange.StatusContent, Act: exchange.ActNew, From: o.from, To: o.to,
		Status: word.Status, About: o.About, Symbol: o.About.Reference, CreatedAt: word.At}
	e.Letter.Code = o.About.Code
	ctx, cancel := context.WithTimeoutCause(ctx, exchange.SendTime(0), exchange.ErrTooSlow)
	defer cancel()
	_, err := s.sendBy(ctx, o.peer, e, s.open)
	s.peers.heard(over(o.peer), err, s.clock())
	if exchange.VerdictOn(err) == exchange.Contradicted {
		return nil // it has this word already, written by another release of ours
	}
	return err
}

func (s *Service) recordStatus(ctx context.Context, word postgres.WaitingStatus, failure error) (again time.Time, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	now := s.clock()
	word.NextAt, word.ErrorCode = time.Time{}, ""
	switch {
	case failure == nil:
		word.SentAt = now
	default:
		next := s.opts.Patience.After(exchange.Envelope{}, exchange.Try{Number: word.Attempts, At: now, Err: failure}, s.opts.Chance())
		word.ErrorCode, word.NextAt = exchange.CodeOf(failure), next.At
		if next.State != exchange.Waiting {
			word.GivenUpAt, word.NextAt = now, time.Time{}
		}
		again = word.NextAt
	}
	return again, s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		if err := tx.SaveStatus(ctx, word); err != nil {
			return err
		}
		if word.GivenUpAt.IsZero() {
			return nil
		}
		event := document.Event{Verb: "status_not_sent", Data: map[string]string{"code": string(word.Code), "reason": word.ErrorCode}}
		return tx.Record(ctx, word.AgencyID, "arrival", word.ArrivalID, event, document.By{}, now)
	})
}

// SendStatusesDue gives a job to word that waits without one.
func (s *Service) SendStatusesDue(ctx context.Context) error {
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		jobs, err := tx.OverdueStatuses(ctx, s.clock().Add(-overdueGrace), overdueMost)
		if err != nil {
			return err
		}
		for _, j := range jobs {
			if err := tx.Enqueue(ctx, j); err != nil {
				return err
			}
		}
		return nil
	})
}
