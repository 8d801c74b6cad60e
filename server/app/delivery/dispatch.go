package delivery

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/job"
	"congvan/storage/postgres"
)

// claim is a delivery that this process has taken on for one try.
type claim struct {
	delivery exchange.Delivery
	envelope exchange.Envelope
	to       peer
	again    time.Time // there is nothing to send before
	sent     bool
	receipt  exchange.SignedReceipt // what the other side gave
}

// Dispatch tries a delivery once: it claims it, lets its channel send it
// outside any transaction, and records the outcome. It gives when the job is to
// come back, zero when it has nothing left to do. A process that dies in
// between leaves the claim to run out; the message is then sent again under the
// same id.
func (s *Service) Dispatch(ctx context.Context, j job.Dispatch) (again time.Time, err error) {
	c, err := s.claim(ctx, j)
	if err != nil || c.envelope.ID.IsZero() {
		return c.again, err
	}
	outcome, failure := s.send(ctx, c)
	s.leaveHost(c)
	if failure != nil && errors.Is(context.Cause(ctx), context.Canceled) {
		s.peers.letGo(c.to, s.clock())
		return s.record(ctx, c, func(d exchange.Delivery, now time.Time) exchange.Delivery { return d.Release(now) })
	}
	now := s.clock()
	s.peers.heard(c.to, failure, now)
	if failure == nil {
		c.sent, c.receipt = true, outcome.Receipt
		return s.record(ctx, c, func(d exchange.Delivery, _ time.Time) exchange.Delivery { return d.Succeed(outcome) })
	}
	s.tell(ctx, c, failure)
	next := s.opts.Patience.After(c.envelope, exchange.Try{Number: c.delivery.Attempts, At: now, Err: failure, Wait: outcome.Wait}, s.opts.Chance())
	return s.record(ctx, c, func(d exchange.Delivery, now time.Time) exchange.Delivery {
		return d.FailTry(next, failure, spoken(outcome.Words), now)
	})
}

// claim takes the delivery on, or finds out why there is nothing to send now.
func (s *Service) claim(ctx context.Context, j job.Dispatch) (claim, error) {
	var c claim
	drop := func() { // a try of the transaction that lost must not keep its place
		if !c.envelope.ID.IsZero() {
			s.leaveHost(c)
			s.peers.letGo(c.to, s.clock())
		}
		c = claim{}
	}
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		drop()
		before, err := tx.LockDelivery(ctx, j.AgencyID, j.DocumentID, j.DeliveryID)
		if err != nil {
			return err
		}
		now := s.clock()
		at, waiting := before.Due()
		if !waiting {
			return nil
		}
		if now.Before(at) {
			c.again = at
			return nil
		}
		e, state, err := tx.Envelope(ctx, before)
		if err != nil {
			return err
		}
		words, suppressed, err := s.suppressed(ctx, tx, before, e)
		if err != nil {
			return err
		}
		if suppressed {
			next := exchange.Next{State: exchange.Failed, Verdict: exchange.GiveUp}
			return s.save(ctx, tx, before, before.FailTry(next, exchange.ErrSuppressed, words, now), now)
		}
		to, err := s.peerOf(ctx, tx, before)
		if err != nil {
			return err
		}
		after, err := s.begin(before, e, to, state, now, exchange.SendTime(bytesBy(before.Channel, j.Bytes)))
		switch {
		case err != nil:
			return s.save(ctx, tx, before, after, now)
		case after.Attempts > before.Attempts:
			c.delivery, c.envelope, c.to = after, e, to
			if err := tx.Loosely(ctx); err != nil { // a claim that is forgotten is made again, under the same id
				return err
			}
		default:
			c.again = after.NextAttemptAt
		}
		return tx.SaveDelivery(ctx, before, after)
	})
	if err != nil {
		drop()
	}
	return c, err
}

// bytesBy is how much really goes out: a mail brings the files twice, the
// package has them too.
func bytesBy(by exchange.Channel, files int64) int64 {
	if by == exchange.Mailbox {
		return 2 * files
	}
	return files
}

// suppressed tells whether the recipient's own server called the address wrong
// before: sending on would only hurt the name of our server.
func (s *Service) suppressed(ctx context.Context, tx *postgres.Tx, d exchange.Delivery, e exchange.Envelope) (words string, yes bool, err error) {
	if d.Channel != exchange.Mailbox || e.To.Email == "" {
		return "", false, nil
	}
	return tx.Suppressed(ctx, d.AgencyID, e.To.Email)
}

// begin decides what becomes of a delivery that is due: it is begun, it waits
// for its peer, or there is a reason not to send it.
func (s *Service) begin(d exchange.Delivery, e exchange.Envelope, to peer, state document.State, now time.Time, lease time.Duration) (exchange.Delivery, error) {
	gone := func(state exchange.State, why error) (exchange.Delivery, error) {
		return d.FailTry(exchange.Next{State: state, Verdict: exchange.GiveUp}, why, "", now), why
	}
	switch {
	case e.Expired(now):
		return gone(exchange.Expired, exchange.ErrMessageExpired)
	case state != document.Issued:
		return gone(exchange.Failed, exchange.ErrNotIssued)
	case s.opts.Channels[d.Channel] == nil:
		return d.HoldBack(exchange.ErrChannelAway), exchange.ErrChannelAway
	}
	if admitted, at := s.peers.admit(to, now); !admitted {
		return d.Postpone(at.Add(time.Duration(s.opts.Chance() * float64(probing)))), nil
	}
	if d.Channel == exchange.Mailbox {
		if admitted, at := s.hosts.begin(e.To.Email, now); !admitted {
			s.peers.letGo(to, now)
			return d.Postpone(at.Add(time.Duration(s.opts.Chance() * float64(spread)))), nil
		}
	}
	return d.Claim(now.Add(lease)), nil
}

// spread keeps what waits for one host from coming back all at once.
const spread = 5 * time.Second

// leaveHost gives the place at the recipient's host back.
func (s *Service) leaveHost(c claim) {
	if c.delivery.Channel == exchange.Mailbox {
		s.hosts.end(c.envelope.To.Email)
	}
}

// send lets the channel do its work, in the time that the claim lasts.
func (s *Service) send(ctx context.Context, c claim) (exchange.Outcome, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.delivery.NextAttemptAt.Sub(s.clock()), exchange.ErrTooSlow)
	defer cancel()
	outcome, err := s.sendOnce(ctx, c)
	if err != nil && errors.Is(context.Cause(ctx), exchange.ErrTooSlow) || errors.Is(err, context.DeadlineExceeded) {
		return outcome, exchange.ErrTooSlow.Because(err)
	}
	return outcome, err
}

func (s *Service) sendOnce(ctx context.Context, c claim) (exchange.Outcome, error) {
	if c.delivery.Channel == exchange.Mailbox {
		return s.mail(ctx, c.envelope)
	}
	return s.opts.Channels[c.delivery.Channel].Send(ctx, c.envelope, s.open)
}

// The tries to write down how a try ended: a database that is away for a
// moment must not cost a second message.
const (
	recordTries = 5
	recordGap   = 200 * time.Millisecond
	recordTime  = 10 * time.Second
)

// record writes down how a try ended, also when whoever asked for it is gone.
func (s *Service) record(ctx context.Context, c claim, change func(exchange.Delivery, time.Time) exchange.Delivery) (again time.Time, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	gap := recordGap
	for try := 1; ; try++ {
		if again, err = s.recordOnce(ctx, c, change); err == nil || try == recordTries {
			return again, err
		}
		timer := time.NewTimer(gap)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return again, err
		}
		gap *= 3
	}
}

func (s *Service) recordOnce(ctx context.Context, c claim, change func(exchange.Delivery, time.Time) exchange.Delivery) (again time.Time, err error) {
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		again = time.Time{}
		before, err := tx.LockDelivery(ctx, c.delivery.AgencyID, c.delivery.DocumentID, c.delivery.ID)
		if err != nil {
			return err
		}
		now := s.clock()
		after := before
		// A claim that ran out may be another's by now: only success still counts.
		if c.sent || before.State == exchange.Waiting && before.Attempts == c.delivery.Attempts {
			after = change(before, now)
		}
		if at, waiting := after.Due(); waiting {
			again = at
		}
		if c.receipt.Text != "" {
			if err := tx.KeepReceipt(ctx, after, c.receipt, now); err != nil {
				return err
			}
		}
		return s.save(ctx, tx, before, after, now)
	})
	return again, err
}

// save writes the delivery, and into the history what a person wants to know.
func (s *Service) save(ctx context.Context, tx *postgres.Tx, before, after exchange.Delivery, now time.Time) error {
	if err := tx.SaveDelivery(ctx, before, after); err != nil {
		return err
	}
	if after.State == before.State {
		if after.ReasonCode != before.ReasonCode || after.Reason != before.Reason {
			tx.Touch(postgres.Change{AgencyID: after.AgencyID, SubjectType: "document", SubjectID: after.DocumentID})
		}
		return nil
	}
	data := map[string]string{"recipient": after.Name}
	if after.ReasonCode != "" {
		data["reason"] = after.ReasonCode
	}
	if after.Reason != "" {
		data["words"] = after.Reason
	}
	event := document.Event{Verb: "delivery_" + string(after.State), Data: data}
	return tx.Record(ctx, after.AgencyID, "document", after.DocumentID, event, document.By{}, now)
}

// tell logs a failed try. What the other side said may name people and stays
// with the delivery; what failed on the line may not.
func (s *Service) tell(ctx context.Context, c claim, err error) {
	attrs := []slog.Attr{slog.String("delivery", c.delivery.ID.String()), slog.String("channel", string(c.delivery.Channel)),
		slog.Int("attempt", c.delivery.Attempts), slog.String("code", exchange.CodeOf(err))}
	if kind := fault.KindOf(err); kind == fault.Unavailable || kind == fault.Internal {
		attrs = append(attrs, slog.Any("error", err))
	}
	s.opts.Log.LogAttrs(ctx, slog.LevelWarn, "a delivery was not sent", attrs...)
}

// maxWords is how much of what the other side said is kept.
const maxWords = 300

// spoken makes the other side's words fit to be shown.
func spoken(words string) string {
	words = document.CleanLine(words)
	if utf8.RuneCountInString(words) > maxWords {
		words = string([]rune(words)[:maxWords]) + "…"
	}
	return words
}

// The round that looks for deliveries nobody tries.
const (
	overdueGrace = time.Hour
	overdueMost  = 500
)

// DispatchDue gives a job to every delivery that waits without one: its channel
// was connected only now, its job was lost, or its life time passed.
func (s *Service) DispatchDue(ctx context.Context) error {
	connected := slices.Sorted(maps.Keys(s.opts.Channels))
	for {
		var found int
		err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
			now := s.clock()
			jobs, err := tx.TakeOverdue(ctx, postgres.Overdue{Channels: connected, Before: now.Add(-overdueGrace), Now: now, Most: overdueMost})
			if err != nil {
				return err
			}
			found = len(jobs)
			return tx.EnqueueDispatches(ctx, jobs)
		})
		if err != nil || found < overdueMost {
			return err
		}
	}
}
