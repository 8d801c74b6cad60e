package outgoing

import (
	"context"
	"errors"
	"io"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/server/job"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// maxOrders is how many orders one answer holds.
const maxOrders = 200

// Orders gives one's own orders, newest first; of one batch where it is named.
func (s *Service) Orders(ctx context.Context, who access.Person, batch org.ID) (list []SigningOrder, err error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	err = s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) (err error) {
		list, err = tx.SigningOrders(ctx, who.Agencies(), who.AccountID, batch, maxOrders)
		return err
	})
	return list, err
}

// Waiting gives the documents that wait for the person's signature or initials,
// or for the seal of an agency whose clerk the person is.
func (s *Service) Waiting(ctx context.Context, who access.Person, act document.Act) (list []document.Document, err error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	reach, filter := postgres.AwaitsSignature(who, act)
	filter.Limit = maxOrders
	err = s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) (err error) {
		list, err = tx.WholeDocuments(ctx, reach, filter)
		return err
	})
	return list, err
}

// batch gives the orders of an earlier batch. Their tickets were handed out then.
func (s *Service) batch(ctx context.Context, who access.Person, id org.ID) (Batch, error) {
	list, err := s.Orders(ctx, who, id)
	b := Batch{ID: id}
	for _, o := range list {
		b.Items = append(b.Items, Ordered{DocumentID: o.DocumentID, Order: o})
	}
	return b, err
}

// CancelOrder ends one of one's own orders.
func (s *Service) CancelOrder(ctx context.Context, who access.Person, id org.ID) (SigningOrder, error) {
	return s.onOwnOrder(ctx, who, id, func(_ context.Context, _ *postgres.Tx, o *SigningOrder) (document.Event, error) { return o.Cancel() })
}

// RepeatOrder opens one of one's own orders again, with another proof and
// another ticket.
func (s *Service) RepeatOrder(ctx context.Context, who access.Person, id, presence org.ID) (SigningOrder, signing.Ticket, error) {
	ticket := newTicket()
	o, err := s.onOwnOrder(ctx, who, id, func(ctx context.Context, tx *postgres.Tx, o *SigningOrder) (document.Event, error) {
		now := s.clock()
		proof, err := usePresence(ctx, tx, who.AccountID, presence, now)
		if err != nil {
			return document.Event{}, err
		}
		event, err := o.Repeat(ticket, proof, now)
		o.Failed = fault.Text{}
		if err != nil {
			return event, err
		}
		cert, _, err := certificateFor(ctx, tx, actOf(o.Place), o.AgencyID, o.SignerID, o.CertificateID)
		if err != nil || !cert.SignsByItself() {
			return event, err
		}
		return event, tx.Enqueue(ctx, job.Sign{AgencyID: o.AgencyID, OrderID: o.ID})
	})
	return o, ticket, err
}

func (s *Service) onOwnOrder(ctx context.Context, who access.Person, id org.ID,
	do func(context.Context, *postgres.Tx, *SigningOrder) (document.Event, error)) (o SigningOrder, err error) {
	if err := s.maySign(who, document.Sign); err != nil {
		return o, err
	}
	err = s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		if o, err = tx.LockSigningOrder(ctx, who.Agencies(), id); err != nil {
			return err
		}
		if o.SignerID != who.AccountID {
			return fault.Missing()
		}
		if err := tx.ActFor(ctx, o.AgencyID); err != nil {
			return err
		}
		event, err := do(ctx, tx, &o)
		if err != nil {
			return err
		}
		return s.keepOrder(ctx, tx, o, event)
	})
	return o, err
}

// keepOrder saves an order and records what happened to it with its document.
func (s *Service) keepOrder(ctx context.Context, tx *postgres.Tx, o SigningOrder, event document.Event) error {
	by := o.Signer
	if o.State == signing.Expired {
		by = document.By{} // nobody did it
	}
	if err := tx.SaveSigningOrder(ctx, o); err != nil {
		return err
	}
	return tx.Record(ctx, o.AgencyID, subject, o.DocumentID, event, by, s.clock())
}

// FetchOrder hands out the file of an order to who has its ticket: a program on
// the signer's PC, which has no session.
func (s *Service) FetchOrder(ctx context.Context, id org.ID, ticket signing.Ticket) (postgres.StoredFile, *blob.File, error) {
	var f postgres.StoredFile
	_, err := s.withTicket(ctx, id, ticket, func(tx *postgres.Tx, o *SigningOrder) error {
		if _, err := o.Start(s.clock()); err != nil {
			return err
		}
		if err := tx.SaveSigningOrder(ctx, *o); err != nil {
			return err
		}
		var err error
		f, err = tx.DocumentFile(ctx, o.AgencyID, o.DocumentID, o.Base)
		f.Hash = o.FileHash
		return err
	})
	if err != nil {
		return f, nil, err
	}
	content, err := s.blobs.Open(ctx, f.Hash)
	if err == nil {
		f.Size = content.Size
	}
	return f, content, err
}

// withTicket opens an order by its ticket. A wrong one and an order that is
// none look the same.
func (s *Service) withTicket(ctx context.Context, id org.ID, ticket signing.Ticket, do func(*postgres.Tx, *SigningOrder) error) (o SigningOrder, err error) {
	if s.signing == nil {
		return o, errNoSigning
	}
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		found, err := tx.FindSigningOrder(ctx, id)
		if postgres.IsMissing(err) {
			return signing.ErrTicket
		}
		if err != nil {
			return err
		}
		if o, err = tx.LockSigningOrder(ctx, []org.ID{found.AgencyID}, id); err != nil {
			return err
		}
		if err := o.Open(ticket, s.clock()); err != nil {
			return err
		}
		return do(tx, &o)
	})
	return o, err
}

// ReturnSigned takes the file that came back signed for an order, from who has
// its ticket.
func (s *Service) ReturnSigned(ctx context.Context, id org.ID, ticket signing.Ticket, r io.Reader) (SigningOrder, error) {
	o, err := s.withTicket(ctx, id, ticket, func(tx *postgres.Tx, o *SigningOrder) error {
		if o.State == signing.Done {
			return nil
		}
		// Each try is looked at with care, which costs: it counts as a start.
		if _, err := o.Start(s.clock()); err != nil {
			return err
		}
		return tx.SaveSigningOrder(ctx, *o)
	})
	if err != nil {
		return o, err
	}
	file, err := io.ReadAll(io.LimitReader(r, s.signing.MaxFile+1))
	if err != nil {
		return o, err
	}
	if int64(len(file)) > s.signing.MaxFile {
		return o, errTooLargeToSign
	}
	return s.accept(ctx, o, file)
}

// ExpireOrders ends orders that nobody answered.
func (s *Service) ExpireOrders(ctx context.Context) error {
	var due []postgres.DueOrder
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		due, err = tx.DueSigningOrders(ctx, s.clock(), maxOrders)
		return err
	})
	for _, one := range due {
		err = errors.Join(err, s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
			o, err := tx.LockSigningOrder(ctx, []org.ID{one.AgencyID}, one.ID)
			if err != nil {
				return err
			}
			event, err := o.Expire(s.clock())
			if errors.Is(err, signing.ErrOrderState) {
				return nil // answered a moment ago
			}
			if err != nil {
				return err
			}
			return s.keepOrder(ctx, tx, o, event)
		}))
	}
	return err
}
