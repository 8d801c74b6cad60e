package delivery

import (
	"context"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/job"
	"congvan/storage/postgres"
)

// Tell applies what a recipient on this installation did to the sender's
// delivery. It may be told twice or late: the rule is indifferent to both.
func (s *Service) Tell(ctx context.Context, j job.TellSender) error {
	return s.Apply(ctx, j.AgencyID, j.DocumentID, j.DeliveryID, exchange.Receipt{State: exchange.State(j.State), At: j.At,
		ByName: j.ByName, Reason: j.Reason, ReasonCode: j.ReasonCode, ArrivalNumber: j.ArrivalNumber})
}

// Apply applies one receipt to one delivery, in one transaction.
func (s *Service) Apply(ctx context.Context, agency, documentID, id org.ID, r exchange.Receipt) error {
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		before, err := tx.LockDelivery(ctx, agency, documentID, id)
		if err != nil {
			return err
		}
		return s.apply(ctx, tx, before, r)
	})
}

// apply applies a receipt to a locked delivery.
func (s *Service) apply(ctx context.Context, tx *postgres.Tx, before exchange.Delivery, r exchange.Receipt) error {
	after, changed := before.Apply(r)
	if !changed {
		return nil
	}
	if err := tx.SaveDelivery(ctx, before, after); err != nil {
		return err
	}
	data := map[string]string{"recipient": after.Name, "byName": r.ByName}
	switch {
	case r.ReasonCode != "":
		data["reason"], data["note"] = r.ReasonCode, r.Reason
	case r.Reason != "":
		data["reason"] = r.Reason
	}
	event := document.Event{Verb: "delivery_" + string(r.State), Data: data}
	return tx.Record(ctx, after.AgencyID, "document", after.DocumentID, event, document.By{}, s.clock())
}
