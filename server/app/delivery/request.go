package delivery

import (
	"context"
	"errors"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/job"
	"congvan/storage/postgres"
)

// tellBeyond keeps what was not sent yet from being sent, and puts the word on
// its way to a recipient that has a server. Others are asked by people: the
// answer is noted by the clerk.
func (s *Service) tellBeyond(ctx context.Context, tx *postgres.Tx, r postgres.SentRequest, d postgres.UntoldDelivery) (document.Reply, error) {
	if !d.Channel.Remote() {
		return document.Pending, nil
	}
	before, err := tx.LockDelivery(ctx, r.AgencyID, r.DocumentID, d.ID)
	if err != nil {
		return "", err
	}
	now, notice := s.clock(), r.Kind == document.ReplaceNotice || r.Kind == document.UpdateNotice
	at := now
	if before.State == exchange.Waiting && !notice {
		after := before.FailTry(exchange.Next{State: exchange.Failed}, exchange.ErrNotIssued, "", now)
		if err := tx.SaveDelivery(ctx, before, after); err != nil {
			return "", err
		}
		if before.Attempts == 0 {
			return document.Withdrawn, nil
		}
		// It may be there: a try is under way, or its answer was lost. The word
		// follows when that try is over.
		at = before.NextAttemptAt
	}
	if !d.Channel.Travels(r.Kind) {
		return document.Pending, nil
	}
	if at.Before(now) {
		at = now
	}
	return document.Pending, tx.QueueRequest(ctx, r.AgencyID, r.ID, r.DocumentID, d.ID, at)
}

// noticeGap is how long a notice waits at a time for the document that it is about.
const noticeGap = time.Minute

// SendRequest tells one recipient beyond this installation what was said of a
// document. It gives when the job is to come back, zero when nothing waits.
func (s *Service) SendRequest(ctx context.Context, j job.SendRequest) (again time.Time, err error) {
	word, e, to, again, err := s.claimRequest(ctx, j)
	if err != nil || word.Message.IsZero() {
		return again, err
	}
	trying, cancel := context.WithTimeoutCause(ctx, exchange.SendTime(0), exchange.ErrTooSlow)
	defer cancel()
	_, failure := s.opts.Channels[to.channel].Send(trying, e, s.open)
	s.peers.heard(to, failure, s.clock())
	if failure != nil && ctx.Err() != nil {
		return time.Time{}, failure
	}
	return s.recordRequest(ctx, word, failure)
}

// claimRequest takes the word on for one try. A word without a message is none.
func (s *Service) claimRequest(ctx context.Context, j job.SendRequest) (word postgres.WaitingRequest, e exchange.Envelope, to peer, again time.Time, err error) {
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		word, again = postgres.WaitingRequest{}, time.Time{}
		d, err := tx.LockDelivery(ctx, j.AgencyID, j.DocumentID, j.DeliveryID)
		if err != nil {
			return err
		}
		w, err := tx.LockRequest(ctx, j.AgencyID, j.RequestID, j.DeliveryID)
		if err != nil || w.Message.IsZero() || !w.SentAt.IsZero() || w.NextAt.IsZero() || w.Answer.Final() {
			return err
		}
		now := s.clock()
		switch {
		case w.NextAt.After(now):
			again = w.NextAt
			return nil
		case d.State == exchange.Waiting: // a notice comes behind what it is about
			again = now.Add(noticeGap)
			return nil
		case s.opts.Channels[d.Channel] == nil:
			again = now.Add(overdueGrace)
			return nil
		}
		r, err := tx.Request(ctx, j.AgencyID, j.RequestID)
		if err != nil {
			return err
		}
		if e, err = tx.ActEnvelope(ctx, r, d, w.Message, s.bringsFiles(ctx, tx, d)); err != nil {
			return err
		}
		if to, err = s.peerOf(ctx, tx, d); err != nil {
			return err
		}
		if admitted, at := s.peers.admit(to, now); !admitted { // it waits without using up its tries
			again, w.NextAt = at, at
			return tx.SaveRequest(ctx, w)
		}
		w.Attempts++
		w.NextAt = now.Add(exchange.SendTime(0))
		word = w
		return tx.SaveRequest(ctx, w)
	})
	return word, e, to, again, err
}

// bringsFiles tells whether a replacement or update must bring the document by
// which it is done: a server of ours has it already, others refuse a package
// without a file.
func (s *Service) bringsFiles(ctx context.Context, tx *postgres.Tx, d exchange.Delivery) bool {
	if d.Channel != exchange.Peer {
		return true
	}
	p, err := tx.PeerOfAgency(ctx, d.TargetAgencyID)
	return err != nil || p.Kind != exchange.PeerInstallation
}

func (s *Service) recordRequest(ctx context.Context, word postgres.WaitingRequest, failure error) (again time.Time, err error) {
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
	}
	return word.NextAt, s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		d, err := tx.LockDelivery(ctx, word.AgencyID, word.DocumentID, word.DeliveryID)
		if err != nil {
			return err
		}
		if err := tx.SaveRequest(ctx, word); err != nil {
			return err
		}
		r, err := tx.Request(ctx, word.AgencyID, word.RequestID)
		if err != nil {
			return err
		}
		return s.settleRequest(ctx, tx, word, d, r, failure, now)
	})
}

// settleRequest notes what follows by itself: a notice is told once it is there,
// and what never arrived is taken out. What could not be told is for people.
func (s *Service) settleRequest(ctx context.Context, tx *postgres.Tx, word postgres.WaitingRequest, d exchange.Delivery, r postgres.SentRequest, failure error, now time.Time) error {
	notice := r.Kind == document.ReplaceNotice || r.Kind == document.UpdateNotice
	answer := document.Reply("")
	switch {
	case failure == nil && notice:
		answer = document.Told
	case failure != nil && errors.Is(failure, exchange.ErrMessageUnknown):
		answer = document.Withdrawn
	case failure == nil || !word.NextAt.IsZero():
		return nil
	}
	if answer != "" {
		_, err := tx.SaveReply(ctx, word.AgencyID, word.RequestID, word.DeliveryID, postgres.Reply{Answer: answer, At: now})
		return err
	}
	event := document.Event{Verb: "request_not_sent", Data: map[string]string{"recipient": d.Name, "reason": word.ErrorCode}}
	return tx.Record(ctx, word.AgencyID, "document", word.DocumentID, event, document.By{}, now)
}

// SendRequestsDue gives a job to words that wait without one.
func (s *Service) SendRequestsDue(ctx context.Context) error {
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		jobs, err := tx.OverdueRequests(ctx, s.clock().Add(-overdueGrace), overdueMost)
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

// Hear lets an arrival hear what its sender beyond this installation says. What
// was not registered yet is taken out by itself, and the sender is told.
func (s *Service) Hear(ctx context.Context, j job.HearRequest) error {
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		answer, first, err := s.hearAt(ctx, tx, postgres.HeardRequest{AgencyID: j.AgencyID, ID: j.RequestID, ArrivalID: j.ArrivalID, Kind: document.RequestKind(j.Request),
			Reason: j.Reason, ByReference: j.ByReference, ByCode: j.ByCode, ByArrivalID: j.ByArrivalID, SenderName: j.SenderName, AskedAt: j.At})
		if err != nil || !first {
			return err
		}
		code, says := exchange.AnswerCode(answer)
		if !says {
			return nil
		}
		return tx.QueueStatus(ctx, j.AgencyID, j.ArrivalID, exchange.Status{Code: code, At: s.clock()})
	})
}
