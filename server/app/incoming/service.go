// Package incoming carries out what people do with documents that arrived:
// see, read, register, refuse. Each verb is one transaction in which the rule
// (domain/routing), the permission (domain/access) and the record of it come
// together. It must not hold rules of its own, and it tells senders only by
// jobs of the same transaction.
package incoming

import (
	"context"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/job"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// Service holds what the use cases need.
type Service struct {
	store *postgres.Store
	blobs *blob.Store
	clock func() time.Time
}

// New makes the use cases over the stores; clock gives the present moment.
func New(store *postgres.Store, blobs *blob.Store, clock func() time.Time) *Service {
	return &Service{store: store, blobs: blobs, clock: clock}
}

const subject = "arrival"

// decide does one deciding act in one transaction: lock, once, permit, rule, save, record, tell.
func (s *Service) decide(ctx context.Context, who access.Person, c access.Command, id org.ID, act access.ArrivalAct,
	rule func(tx *postgres.Tx, a *routing.Arrival, by document.By, now time.Time) (document.Event, exchange.Receipt, error)) error {
	if err := who.Allowed(access.ScopeRegister); err != nil {
		return err
	}
	now := s.clock()
	return s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		a, err := tx.LockArrival(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		if first, _, err := tx.Once(ctx, c, id, now); err != nil || !first {
			return err
		}
		pos, err := who.OnArrival(act, access.ArrivalFactsOf(a), c.Position)
		if err != nil {
			return err
		}
		if err := tx.ActFor(ctx, a.AgencyID); err != nil {
			return err
		}
		by := document.By{Position: pos, Name: who.FullName}
		event, receipt, err := rule(tx, &a, by, now)
		if err != nil {
			return err
		}
		if err := tx.SaveArrival(ctx, a); err != nil {
			return err
		}
		if err := tx.Record(ctx, a.AgencyID, subject, a.ID, event, by, now); err != nil {
			return err
		}
		if receipt.State == "" {
			return nil // the agency's own business
		}
		return tellSender(ctx, tx, a, receipt)
	})
}

// tellSender lets the sender know, after the commit and in the exchange's scope:
// this agency cannot write the rows of a sender on this installation, and one
// beyond it is told by a status.
func tellSender(ctx context.Context, tx *postgres.Tx, a routing.Arrival, r exchange.Receipt) error {
	if a.Source == routing.FromAxis || a.Source == routing.FromPeer {
		code, ok := r.State.StatusCode()
		if !ok {
			return nil
		}
		return tx.QueueStatus(ctx, a.AgencyID, a.ID, exchange.Status{Code: code, At: r.At, ByName: r.ByName, Reason: r.Reason})
	}
	if told, ok := localTold(a, r); ok {
		return tx.Enqueue(ctx, told)
	}
	return nil
}

// localTold is the job that tells a sender on this installation.
func localTold(a routing.Arrival, r exchange.Receipt) (job.TellSender, bool) {
	return job.TellSender{AgencyID: a.OriginAgencyID, DocumentID: a.OriginDocumentID, DeliveryID: a.OriginDeliveryID,
			State: string(r.State), At: r.At, ByName: r.ByName, Reason: r.Reason, ReasonCode: r.ReasonCode, ArrivalNumber: r.ArrivalNumber},
		a.Source == routing.FromLocal && !a.OriginDeliveryID.IsZero()
}
