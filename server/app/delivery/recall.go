package delivery

import (
	"context"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/job"
	"congvan/storage/postgres"
)

// toldAtOnce is how many recipients one transaction tells.
const toldAtOnce = 100

// TellRecipients carries what a sender said of an issued document to those who
// have it. It may run twice: who was told is not told again.
func (s *Service) TellRecipients(ctx context.Context, j job.TellRecipients) error {
	for {
		told := 0
		err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
			r, err := tx.Request(ctx, j.AgencyID, j.RequestID)
			if err != nil {
				return err
			}
			untold, err := tx.UntoldDeliveries(ctx, j.AgencyID, j.RequestID, toldAtOnce)
			if err != nil {
				return err
			}
			for _, d := range untold {
				answer, err := s.hear(ctx, tx, r, d)
				if err != nil {
					return err
				}
				if _, err := tx.SaveReply(ctx, j.AgencyID, j.RequestID, d.ID, postgres.Reply{Answer: answer, At: s.clock()}); err != nil {
					return err
				}
			}
			told = len(untold)
			return nil
		})
		if err != nil || told == 0 {
			return err
		}
	}
}

// hear lets one recipient know, and gives the answer that follows by itself.
func (s *Service) hear(ctx context.Context, tx *postgres.Tx, r postgres.SentRequest, d postgres.UntoldDelivery) (document.Reply, error) {
	owner := d.TargetAgencyID
	switch d.Channel {
	case exchange.Local:
	case exchange.Inside:
		owner = r.AgencyID
	default:
		return s.tellBeyond(ctx, tx, r, d)
	}
	a, err := tx.LockArrival(ctx, []org.ID{owner}, d.ArrivalID)
	if err != nil {
		return "", err
	}
	now, before := s.clock(), a.State
	answer := a.Hear(r.Kind, now)
	heard := postgres.HeardRequest{AgencyID: owner, ID: r.ID, ArrivalID: a.ID, Kind: r.Kind, Reason: r.Reason, ByDocumentID: r.ByDocumentID,
		ByReference: r.ByReference, SenderName: r.AgencyName, AskedAt: r.At, Reply: postgres.Reply{Answer: answer}}
	heard.Origin.AgencyID, heard.Origin.DocumentID, heard.Origin.DeliveryID = r.AgencyID, r.DocumentID, d.ID
	if answer.Final() {
		heard.At = now
	}
	first, err := tx.AddHeard(ctx, heard)
	if err != nil || !first {
		return answer, err
	}
	if a.State != before {
		if err := tx.SaveArrival(ctx, a); err != nil {
			return "", err
		}
	}
	return answer, recordHeard(ctx, tx, a, r, now)
}

func recordHeard(ctx context.Context, tx *postgres.Tx, a routing.Arrival, r postgres.SentRequest, now time.Time) error {
	event := document.Event{Verb: "heard_" + string(r.Kind), Data: map[string]string{}}
	for name, value := range map[string]string{"reason": r.Reason, "byReference": r.ByReference} {
		if value != "" {
			event.Data[name] = value
		}
	}
	return tx.Record(ctx, a.AgencyID, "arrival", a.ID, event, document.By{Name: r.AgencyName}, now)
}

// tellBeyond keeps what was not sent yet from being sent. What has left the
// installation is asked for by people: the answer is noted by the clerk.
func (s *Service) tellBeyond(ctx context.Context, tx *postgres.Tx, r postgres.SentRequest, d postgres.UntoldDelivery) (document.Reply, error) {
	if r.Kind == document.ReplaceNotice || r.Kind == document.UpdateNotice || d.State != exchange.Waiting || !d.Channel.Remote() {
		return document.Pending, nil
	}
	before, err := tx.LockDelivery(ctx, r.AgencyID, r.DocumentID, d.ID)
	if err != nil {
		return "", err
	}
	if before.State != exchange.Waiting {
		return document.Pending, nil
	}
	after := before.FailTry(exchange.Next{State: exchange.Failed}, exchange.ErrNotIssued, "", s.clock())
	return document.Withdrawn, tx.SaveDelivery(ctx, before, after)
}

// Answered notes with the sender what a recipient on this installation answered.
func (s *Service) Answered(ctx context.Context, j job.RequestAnswered) error {
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		before, err := tx.LockDelivery(ctx, j.AgencyID, j.DocumentID, j.DeliveryID)
		if err != nil {
			return err
		}
		fresh, err := tx.SaveReply(ctx, j.AgencyID, j.RequestID, j.DeliveryID, postgres.Reply{Answer: document.Reply(j.Answer), At: j.At, By: j.ByName, Note: j.Note})
		if err != nil || !fresh {
			return err
		}
		data := map[string]string{"recipient": before.Name, "byName": j.ByName}
		if j.Note != "" {
			data["note"] = j.Note
		}
		event := document.Event{Verb: "request_" + j.Answer, Data: data}
		return tx.Record(ctx, j.AgencyID, "document", j.DocumentID, event, document.By{}, s.clock())
	})
}
