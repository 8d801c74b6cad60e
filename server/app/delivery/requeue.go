package delivery

import (
	"context"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/job"
	"congvan/storage/postgres"
)

// Requeue puts a dead letter back to be sent, by one click of the agency's
// clerk (E4). The message keeps its id.
func (s *Service) Requeue(ctx context.Context, who access.Person, c access.Command, documentID, id org.ID) (exchange.Delivery, error) {
	if err := who.Allowed(access.ScopeIssue); err != nil {
		return exchange.Delivery{}, err
	}
	var d exchange.Delivery
	err := s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		doc, err := tx.Document(ctx, who.Agencies(), documentID)
		if err != nil {
			return err
		}
		if err := who.ReadDocument(access.FactsOf(doc)); err != nil {
			return err
		}
		pos, err := who.Clerk(doc.AgencyID, c.Position)
		if err != nil {
			return err
		}
		if d, err = tx.LockDelivery(ctx, doc.AgencyID, documentID, id); err != nil {
			return err
		}
		now := s.clock()
		if first, _, err := tx.Once(ctx, c, id, now); err != nil || !first {
			return err
		}
		if err := tx.ActFor(ctx, doc.AgencyID); err != nil {
			return err
		}
		before := d
		if err := liftSuppression(ctx, tx, d); err != nil {
			return err
		}
		if d, err = before.Requeue(now); err != nil {
			return err
		}
		if err := tx.SaveDelivery(ctx, before, d); err != nil {
			return err
		}
		event := document.Event{Verb: "delivery_requeued", Data: map[string]string{"recipient": d.Name}}
		if err := tx.Record(ctx, doc.AgencyID, "document", documentID, event, document.By{Position: pos, Name: who.FullName}, now); err != nil {
			return err
		}
		return tx.EnqueueDispatches(ctx, []job.Dispatch{{AgencyID: d.AgencyID, DocumentID: documentID, DeliveryID: id, Bytes: bytesOf(doc)}})
	})
	return d, err
}

// requeuedAtOnce is how many dead letters one click puts back.
const requeuedAtOnce = 1000

// RequeuePeer puts the dead letters of a connection back to be sent, by one click
// of the operator: the other end is there again. What a sender has taken back
// stays where it is.
func (s *Service) RequeuePeer(ctx context.Context, who access.Person, c access.Command, id org.ID) (n int, err error) {
	if err := who.Operate(); err != nil {
		return 0, err
	}
	// The deliveries are of many agencies: the exchange alone may change them.
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		n = 0
		p, err := tx.Peer(ctx, id)
		if err != nil {
			return err
		}
		now := s.clock()
		if first, _, err := tx.Once(ctx, c, id, now); err != nil || !first {
			return err
		}
		n, err = tx.RequeueOfPeer(ctx, p, document.By{Name: who.FullName}, now, requeuedAtOnce)
		return err
	})
	return n, err
}

func bytesOf(d document.Document) (n int64) {
	for _, f := range d.Files {
		n += f.Size
	}
	return n
}

// liftSuppression lets mail go to the recipient's address again: who asks for it
// to be sent again has looked.
func liftSuppression(ctx context.Context, tx *postgres.Tx, d exchange.Delivery) error {
	if d.Channel != exchange.Mailbox {
		return nil
	}
	e, _, err := tx.Envelope(ctx, d)
	if err != nil || e.To.Email == "" {
		return err
	}
	return tx.Unsuppress(ctx, d.AgencyID, e.To.Email)
}
