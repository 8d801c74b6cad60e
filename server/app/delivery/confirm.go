package delivery

import (
	"context"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// byClerk does one act of the agency's clerk to a delivery in one transaction:
// permit, lock, once, rule, save, record.
func (s *Service) byClerk(ctx context.Context, who access.Person, c access.Command, documentID, id org.ID,
	act func(tx *postgres.Tx, doc document.Document, d exchange.Delivery, now time.Time) (exchange.Delivery, document.Event, error)) (exchange.Delivery, error) {
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
		after, event, err := act(tx, doc, before, now)
		if err != nil {
			return err
		}
		d = after
		if err := tx.SaveDelivery(ctx, before, after); err != nil {
			return err
		}
		return tx.Record(ctx, doc.AgencyID, "document", documentID, event, document.By{Position: pos, Name: who.FullName}, now)
	})
	return d, err
}

// Confirm notes what the agency's clerk knows from a recipient that has no
// system to say it.
func (s *Service) Confirm(ctx context.Context, who access.Person, c access.Command, documentID, id org.ID, r exchange.Receipt) (exchange.Delivery, error) {
	return s.byClerk(ctx, who, c, documentID, id, func(_ *postgres.Tx, _ document.Document, d exchange.Delivery, now time.Time) (exchange.Delivery, document.Event, error) {
		r.At, r.ByName = now, who.FullName
		after, err := d.Confirm(r)
		event := document.Event{Verb: "delivery_confirmed_" + string(after.State), Data: map[string]string{"recipient": d.Name}}
		if r.Reason != "" {
			event.Data["reason"] = r.Reason
		}
		return after, event, err
	})
}
