package intake

import (
	"context"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/job"
	"congvan/storage/postgres"
)

// takeStatus applies word of a document of ours, in whatever order it comes; word
// of a document that nobody here sent is kept and changes nothing.
func (s *Service) takeStatus(ctx context.Context, tx *postgres.Tx, m AxisMessage, p exchange.OpenedPackage, row postgres.AxisMessage) error {
	if p.Status.Code.BySender() {
		return s.takeBack(ctx, tx, m, p, row)
	}
	from, err := sendersOf(ctx, tx, row.From)
	if err != nil {
		return err
	}
	deliveries, err := tx.LockDeliveriesOf(ctx, p.About.Code, from.ids)
	if err != nil {
		return err
	}
	for _, d := range deliveries {
		receipt, says := p.Status.Receipt()
		if says {
			// By a job: the history of the sender's document is told in one place.
			if err := tx.Enqueue(ctx, job.TellSender{AgencyID: d.AgencyID, DocumentID: d.DocumentID, DeliveryID: d.ID, State: string(receipt.State),
				At: receipt.At, ByName: receipt.ByName, Reason: reasonOf(*p.Status)}); err != nil {
				return err
			}
			continue
		}
		answered, err := s.answerRequests(ctx, tx, d, *p.Status)
		if err != nil {
			return err
		}
		if answered {
			continue
		}
		event := document.Event{Verb: answerVerb(p.Status.Code), Data: map[string]string{"recipient": d.Name, "reason": p.Status.Reason, "byName": p.Status.ByName}}
		if err := tx.Record(ctx, d.AgencyID, "document", d.DocumentID, event, document.By{}, s.clock()); err != nil {
			return err
		}
	}
	return nil
}

// reasonOf keeps a description only where it is a reason: others say the code
// in words.
func reasonOf(s exchange.Status) string {
	if s.Code.NeedsReason() {
		return s.Reason
	}
	return ""
}

func answerVerb(code exchange.StatusCode) string {
	switch code {
	case exchange.CodeAgreed:
		return "take_back_agreed"
	case exchange.CodeDeclined:
		return "take_back_declined"
	}
	return "status_unknown"
}
