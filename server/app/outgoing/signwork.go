package outgoing

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/server/job"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// SignOrder has a key sign one order, between two transactions. It may be
// called again at any point: an order that is answered stays as it is.
func (s *Service) SignOrder(ctx context.Context, j job.Sign) error {
	if s.signing == nil {
		return errNoSigning
	}
	task, o, err := s.startOrder(ctx, j)
	if err != nil || o.ID.IsZero() {
		return err
	}
	task.File, err = s.bytesOf(ctx, o.FileHash)
	if err != nil {
		return err
	}
	file, err := s.signing.Sign(ctx, task)
	if err == nil {
		_, err = s.accept(ctx, o, file)
	}
	if err == nil || ctx.Err() != nil {
		return err // cut off, it is done again
	}
	return s.failOrder(ctx, o, err)
}

// startOrder marks an order as begun and gives what its key needs. An order that
// no longer waits is none.
func (s *Service) startOrder(ctx context.Context, j job.Sign) (task SignTask, o SigningOrder, err error) {
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		o, err = tx.LockSigningOrder(ctx, []org.ID{j.AgencyID}, j.OrderID)
		if err != nil {
			return err
		}
		now := s.clock()
		if !o.State.Allows(signing.Start) || o.Due(now) {
			o = SigningOrder{}
			return nil
		}
		if _, err := o.Start(now); err != nil {
			return err
		}
		if err := tx.SaveSigningOrder(ctx, o); err != nil {
			return err
		}
		act := actOf(o.Place)
		task.Certificate, task.Sealed, err = certificateFor(ctx, tx, act, o.AgencyID, o.SignerID, o.CertificateID)
		if err != nil {
			return err
		}
		d, err := tx.Document(ctx, []org.ID{o.AgencyID}, o.DocumentID)
		if err != nil {
			return err
		}
		task.Place, task.Name, task.Reference, task.Kind = o.Place, o.Signer.Name, d.Reference(), d.Kind
		if act == document.Seal {
			issuer, err := tx.Issuer(ctx, o.AgencyID, org.ID{})
			task.Name = issuer.Name
			return err
		}
		return nil
	})
	return task, o, err
}

var errSigningFailed = fault.New(fault.Internal, "signing_failed",
	"Không ký được do sự cố của hệ thống; hãy thử lại.", "It could not be signed because of trouble in the system; try again.")

// failOrder notes why an order was not signed, in words for the person. A
// defect of ours also stays visible in the queue.
func (s *Service) failOrder(ctx context.Context, o SigningOrder, cause error) error {
	var known *fault.Error
	if !errors.As(cause, &known) {
		known = errSigningFailed
	}
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		o, err := tx.LockSigningOrder(ctx, []org.ID{o.AgencyID}, o.ID)
		if err != nil {
			return err
		}
		event, err := o.Fail(known.Code)
		if errors.Is(err, signing.ErrOrderState) {
			return nil // cancelled meanwhile
		}
		if err != nil {
			return err
		}
		o.Failed = known.Text
		return s.keepOrder(ctx, tx, o, event)
	})
	if known == errSigningFailed {
		return errors.Join(cause, err)
	}
	return err
}

// accept takes a signed file for an order: what was sent is its unchanged
// beginning, the signer the one expected, the place the one ordered. Then it is
// the document's file.
func (s *Service) accept(ctx context.Context, o SigningOrder, file []byte) (SigningOrder, error) {
	sent, err := s.bytesOf(ctx, o.FileHash)
	if err != nil {
		return o, err
	}
	returned, err := s.signing.Returned(ctx, sent, file)
	if err != nil {
		return o, err
	}
	stored, err := s.blobs.Put(ctx, bytes.NewReader(file), blob.Hint{Size: int64(len(file))})
	if err != nil {
		return o, err
	}
	id := o.ID
	// It is the signer's act: under the agency that the order was made in.
	err = s.store.InTx(ctx, postgres.PersonScope([]org.ID{o.AgencyID}), func(tx *postgres.Tx) error {
		if err := tx.ActFor(ctx, o.AgencyID); err != nil {
			return err
		}
		d, err := tx.LockDocument(ctx, []org.ID{o.AgencyID}, o.DocumentID)
		if err != nil {
			return err
		}
		if o, err = tx.LockSigningOrder(ctx, []org.ID{d.AgencyID}, id); err != nil {
			return err
		}
		event, err := o.Accept(returned, s.clock())
		if err != nil || event.Verb == "" {
			return err
		}
		return s.takeSigned(ctx, tx, d, o, returned, stored.Size)
	})
	if err != nil {
		return o, fmt.Errorf("accept a signed file: %w", err)
	}
	return o, nil
}

// signedBy puts the signed file where the order was for it.
func signedBy(d *document.Document, o SigningOrder, file document.File, now time.Time) (document.Event, error) {
	if o.Place.Kind == signing.AnnexSeal {
		return d.TakeSealedAnnex(o.Base, file, now)
	}
	if main, _ := d.Main(); main.Hash != o.Base {
		return document.Event{}, signing.ErrOtherBytes
	}
	return d.TakeSigned(actOf(o.Place), file, now)
}

func (s *Service) takeSigned(ctx context.Context, tx *postgres.Tx, d document.Document, o SigningOrder, r signing.Returned, size int64) error {
	now := s.clock()
	before := d.Files
	event, err := signedBy(&d, o, document.File{ID: postgres.NewID(), Hash: r.Hash, Size: size}, now)
	if err != nil {
		return err
	}
	if actOf(o.Place) == document.Initial {
		if err := s.initialled(ctx, tx, &d, o); err != nil {
			return err
		}
	}
	event.Data["place"], event.Data["fingerprint"] = o.Place.Name(), hex.EncodeToString(r.Signer[:])
	o.Stamped = !r.StampedAt.IsZero()
	if !o.Stamped {
		event.Data["stamp"] = "none" // never without one in silence
	}
	if err := tx.ReplaceFiles(ctx, d, before, o.SignerID, now); err != nil {
		return err
	}
	if err := tx.SaveDocument(ctx, d); err != nil {
		return err
	}
	return s.keepOrder(ctx, tx, o, event)
}

// initialled answers the step of the circuit that the initials were asked by.
func (s *Service) initialled(ctx context.Context, tx *postgres.Tx, d *document.Document, o SigningOrder) error {
	c, err := circuitOf(ctx, tx, *d)
	if err != nil {
		return err
	}
	now := s.clock()
	t := &turn{ctx: ctx, tx: tx, d: d, c: c, by: o.Signer, now: now, today: org.DayOf(now), place: c.Current, said: said{verdict: document.VerdictAgreed}}
	if err := t.c.Answer(t.seat(), t.today); err != nil {
		return err
	}
	return t.keep()
}
