package delivery

import (
	"context"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
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
	heard := postgres.HeardRequest{AgencyID: owner, ID: r.ID, ArrivalID: d.ArrivalID, Kind: r.Kind, Reason: r.Reason, ByDocumentID: r.ByDocumentID,
		ByReference: r.ByReference, SenderName: r.AgencyName, AskedAt: r.At}
	heard.Origin.AgencyID, heard.Origin.DocumentID, heard.Origin.DeliveryID = r.AgencyID, r.DocumentID, d.ID
	answer, _, err := s.hearAt(ctx, tx, heard)
	return answer, err
}

// hearAt lets an arrival hear a word of its sender, wherever that one is, and
// tells whether it was the first time.
func (s *Service) hearAt(ctx context.Context, tx *postgres.Tx, heard postgres.HeardRequest) (answer document.Reply, first bool, err error) {
	a, err := tx.LockArrival(ctx, []org.ID{heard.AgencyID}, heard.ArrivalID)
	if err != nil {
		return "", false, err
	}
	now, before := s.clock(), a.State
	answer = a.Hear(heard.Kind, now)
	if heard.Answer = answer; answer.Final() {
		heard.At = now
	}
	if first, err = tx.AddHeard(ctx, heard); err != nil || !first {
		return answer, false, err
	}
	if a.State != before {
		if err := tx.SaveArrival(ctx, a); err != nil {
			return "", false, err
		}
	}
	event := document.Event{Verb: heard.Kind.Verb(), Data: map[string]string{}}
	for name, value := range map[string]string{"reason": heard.Reason, "byReference": heard.ByReference} {
		if value != "" {
			event.Data[name] = value
		}
	}
	return answer, true, tx.Record(ctx, a.AgencyID, "arrival", a.ID, event, document.By{Name: heard.SenderName}, now)
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
