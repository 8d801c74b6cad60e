package delivery

import (
	"context"
	"time"

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
	return s.byClerk(ctx, who, c, documentID, id, func(tx *postgres.Tx, doc document.Document, d exchange.Delivery, now time.Time) (exchange.Delivery, document.Event, error) {
		event := document.Event{Verb: "delivery_requeued", Data: map[string]string{"recipient": d.Name}}
		if err := liftSuppression(ctx, tx, d); err != nil {
			return d, event, err
		}
		after, err := d.Requeue(now)
		if err != nil {
			return d, event, err
		}
		return after, event, tx.EnqueueDispatches(ctx, []job.Dispatch{{AgencyID: d.AgencyID, DocumentID: documentID, DeliveryID: id, Bytes: bytesOf(doc)}})
	})
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
