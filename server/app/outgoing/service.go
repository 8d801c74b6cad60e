// Package outgoing carries out what people do with outgoing documents: draft,
// submit, approve, send back, number, issue. Each verb is one transaction in
// which the rule (domain/document), the permission (domain/access) and the
// record of it come together. Files are streamed to the object store before any
// transaction begins. It must not hold rules of its own or send anything.
package outgoing

import (
	"context"
	"errors"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// Service holds what the use cases need.
type Service struct {
	store   *postgres.Store
	blobs   *blob.Store
	inspect Inspect
	clock   func() time.Time
	signing *Signing // nil: nothing is signed here
}

// New makes the use cases over the stores; clock gives the present moment.
func New(store *postgres.Store, blobs *blob.Store, inspect Inspect, clock func() time.Time) *Service {
	return &Service{store: store, blobs: blobs, inspect: inspect, clock: clock}
}

const subject = "document"

// step is one act on a document: what changes and what is recorded.
type step struct {
	act document.Act
	do  func(ctx context.Context, tx *postgres.Tx, d *document.Document, by document.By, now time.Time) (document.Event, error)
}

// carryOut does one act in one transaction: lock, permit, once, rule, save, record.
func (s *Service) carryOut(ctx context.Context, who access.Person, c access.Command, id org.ID, st step) error {
	if err := who.Allowed(access.ScopeFor(st.act)); err != nil {
		return err
	}
	now := s.clock()
	var locked document.Document
	var by document.By
	err := s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		d, err := tx.LockDocument(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		if first, _, err := tx.Once(ctx, c, id, now); err != nil || !first {
			return err
		}
		if err := d.CheckVersion(c.Seen); err != nil {
			return err
		}
		pos, err := who.OnDocument(st.act, access.FactsOf(d), c.Position)
		if err == nil || errors.Is(err, document.ErrNotYourTurn) {
			locked, by = d, document.By{Position: pos, Name: who.FullName}
		}
		if err != nil {
			return err
		}
		if err := tx.ActFor(ctx, d.AgencyID); err != nil {
			return err
		}
		event, err := st.do(ctx, tx, &d, by, now)
		if err != nil {
			return err
		}
		if err := tx.SaveDocument(ctx, d); err != nil {
			return err
		}
		return tx.Record(ctx, d.AgencyID, subject, d.ID, event, by, now)
	})
	return s.audited(ctx, err, who, locked, by, st.act)
}

// audited leaves an audit line when an act was refused because it was out of
// order (A1): the refusal itself changed nothing.
func (s *Service) audited(ctx context.Context, refusal error, who access.Person, d document.Document, by document.By, act document.Act) error {
	outOfOrder := errors.Is(refusal, document.ErrOutOfOrder) || errors.Is(refusal, document.ErrNotYourTurn)
	if !outOfOrder || d.ID.IsZero() {
		return refusal
	}
	event := document.Event{Verb: "act_refused", Data: map[string]string{"act": string(act), "state": string(d.State)}}
	err := s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		if err := tx.ActFor(ctx, d.AgencyID); err != nil {
			return err
		}
		return tx.Record(ctx, d.AgencyID, subject, d.ID, event, by, s.clock())
	})
	return errors.Join(refusal, err)
}
