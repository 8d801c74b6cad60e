package outgoing

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/server/job"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// Signing is what the use cases of signing ask of the outside. PDFs and keys
// are slow, so none of it is called in a transaction.
type Signing struct {
	// Prepare reserves the places of a document in a PDF, unless it has them.
	Prepare func(ctx context.Context, file []byte, w signing.Wanted) ([]byte, error)
	// Propose tells where the places of a PDF lie or would be reserved.
	Propose func(ctx context.Context, file []byte, w signing.Wanted) (signing.Proposal, error)
	// Free gives the first place of a kind that is still empty.
	Free func(file []byte, kind signing.PlaceKind) (signing.Place, error)
	// Fill writes number and date into their places.
	Fill func(file []byte, n signing.Numbering) ([]byte, error)
	// Sign has a key sign that the server can reach.
	Sign func(ctx context.Context, t SignTask) (file []byte, err error)
	// SignAsked has a service sign that asks the person for what was typed: the
	// secrets, by the service's names. It gives the files that it signed, in order.
	SignAsked func(ctx context.Context, tasks []SignTask, secrets map[string]string) ([][]byte, error)
	// Returned finds out what was added to what was sent.
	Returned func(ctx context.Context, sent, file []byte) (signing.Returned, error)
	MaxFile  int64
}

// SignTask is one signature to be made.
type SignTask struct {
	File        []byte
	Place       signing.Place
	Certificate signing.Certificate
	Sealed      []byte // key or PIN, for the row of the certificate
	Name        string // of the person or the agency
	Reference   string // of the document, once it has a number
	Kind        string // of the document
	Reason      string
}

// SignWith connects the use cases of signing with keys. Without it nothing can
// be signed here.
func (s *Service) SignWith(x Signing) { s.signing = &x }

var errNoSigning = fault.New(fault.Unavailable, "signing_off", "Bản cài đặt này chưa bật ký số.", "Signing is not switched on here.")

// SigningOrder is an order to sign with where it belongs.
type SigningOrder = postgres.SigningOrder

// ToSign names a document and the bytes of it that the signer read.
type ToSign struct {
	DocumentID org.ID
	Seen       document.Hash
}

// SignRequest asks for the signatures of one batch.
type SignRequest struct {
	Act           document.Act // Initial, Sign or Seal
	Documents     []ToSign
	CertificateID org.ID // one's own, or a seal of the agency
	PresenceID    org.ID
}

// Ordered is what became of one document of a batch: an order, or why there is none.
type Ordered struct {
	DocumentID org.ID
	Order      SigningOrder
	Ticket     signing.Ticket // handed out this once
	Refused    error
}

// Batch is what became of a batch.
type Batch struct {
	ID    org.ID
	Items []Ordered
}

// Order makes the orders to sign a batch of documents, after one fresh proof of
// presence. What cannot be signed is listed with its reason and stops nothing else.
func (s *Service) Order(ctx context.Context, who access.Person, c access.Command, r SignRequest) (Batch, error) {
	if err := s.maySign(who, r.Act); err != nil {
		return Batch{}, err
	}
	if err := checkBatch(r.Documents); err != nil {
		return Batch{}, err
	}
	now := s.clock()
	batch := Batch{ID: postgres.NewID()}
	var proof signing.Presence
	again := false
	err := s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		first, earlier, err := tx.Once(ctx, c, batch.ID, now)
		if err != nil {
			return err
		}
		if again = !first; again {
			batch.ID = earlier
			return nil
		}
		proof, err = usePresence(ctx, tx, who.AccountID, r.PresenceID, now)
		return err
	})
	if err != nil {
		return Batch{}, err
	}
	if again {
		return s.batch(ctx, who, batch.ID)
	}
	for _, one := range r.Documents {
		targets, err := s.targets(ctx, who, r.Act, one)
		if err != nil {
			batch.Items = append(batch.Items, Ordered{DocumentID: one.DocumentID, Refused: err})
			continue
		}
		for _, t := range targets {
			o := Ordered{DocumentID: one.DocumentID}
			o.Order, o.Ticket, o.Refused = s.order(ctx, who, c, orderOne{r, one, t, proof, batch.ID})
			if o.Refused != nil && fault.KindOf(o.Refused) == fault.Internal {
				o.Refused = errSigningFailed.Because(o.Refused)
			}
			batch.Items = append(batch.Items, o)
		}
	}
	return batch, nil
}

// target is one file of a document that is to be signed.
type target struct {
	kind  signing.PlaceKind
	hash  document.Hash
	annex string // name of the file, when it is an annex
}

// targets gives the files that an act signs: the document itself, and with the
// agency's seal each annex in a file of its own.
func (s *Service) targets(ctx context.Context, who access.Person, act document.Act, one ToSign) ([]target, error) {
	switch act {
	case document.Initial:
		return []target{{kind: signing.Initial, hash: one.Seen}}, nil
	case document.Sign:
		return []target{{kind: signing.Signature, hash: one.Seen}}, nil
	}
	var list []target
	err := s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		d, err := tx.Document(ctx, who.Agencies(), one.DocumentID)
		if err != nil {
			return err
		}
		annexes := d.UnsealedAnnexes()
		if d.SealedAt.IsZero() || len(annexes) == 0 {
			kind := signing.Seal
			if d.IsCopy() {
				kind = signing.Copy
			}
			list = append(list, target{kind: kind, hash: one.Seen})
		}
		for _, f := range annexes {
			list = append(list, target{kind: signing.AnnexSeal, hash: f.Hash, annex: f.Name})
		}
		return nil
	})
	return list, err
}

func (s *Service) maySign(who access.Person, act document.Act) error {
	if s.signing == nil {
		return errNoSigning
	}
	return who.Allowed(access.ScopeFor(act))
}

func checkBatch(list []ToSign) error {
	if err := signing.CheckBatch(len(list)); err != nil {
		return err
	}
	seen := map[org.ID]bool{}
	for _, one := range list {
		if seen[one.DocumentID] {
			return fault.InvalidField("documents", "repeated", "Một văn bản được ghi hai lần.", "A document is named twice.")
		}
		seen[one.DocumentID] = true
	}
	return nil
}

// usePresence takes a proof for one use.
func usePresence(ctx context.Context, tx *postgres.Tx, account, id org.ID, now time.Time) (signing.Presence, error) {
	p, err := tx.LockPresence(ctx, account, id)
	if fault.KindOf(err) == fault.NotFound {
		return signing.Presence{}, signing.ErrPresence
	}
	if err != nil {
		return signing.Presence{}, err
	}
	proof := signing.Presence{AccountID: account, At: p.ProvedAt}
	if p.Purpose != postgres.ToSign || !p.UsedAt.IsZero() || p.ProvedAt.IsZero() || !proof.Proves(account, now) {
		return signing.Presence{}, signing.ErrPresence
	}
	p.UsedAt = now
	return proof, tx.SavePresence(ctx, account, p)
}

type orderOne struct {
	SignRequest
	one ToSign
	target
	proof signing.Presence
	batch org.ID
}

// actOf gives the act that signs a place.
func actOf(p signing.Place) document.Act {
	switch p.Kind {
	case signing.Seal, signing.AnnexSeal, signing.Copy:
		return document.Seal
	case signing.Initial:
		return document.Initial
	}
	return document.Sign
}

// order makes one order: look, make the file that is to be signed, and, when
// nothing changed meanwhile, keep the order for it.
func (s *Service) order(ctx context.Context, who access.Person, c access.Command, o orderOne) (SigningOrder, signing.Ticket, error) {
	d, cert, w, err := s.signable(ctx, who, c, o)
	if err != nil {
		return SigningOrder{}, signing.Ticket{}, err
	}
	base, err := s.bytesOf(ctx, o.hash)
	if err != nil {
		return SigningOrder{}, signing.Ticket{}, err
	}
	file, place, err := s.toBeSigned(ctx, o.kind, base, w)
	if err != nil {
		return SigningOrder{}, signing.Ticket{}, err
	}
	stored, err := s.blobs.Put(ctx, bytes.NewReader(file), blob.Hint{Size: int64(len(file))})
	if err != nil {
		return SigningOrder{}, signing.Ticket{}, err
	}
	now := s.clock()
	ticket := newTicket()
	made := SigningOrder{AgencyID: d.AgencyID, BatchID: o.batch, CertificateID: cert.ID, Provider: cert.Provider, Base: o.hash, Subject: d.Subject, Kind: d.Kind,
		Annex: o.annex}
	err = s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		d, err := tx.LockDocument(ctx, who.Agencies(), o.one.DocumentID)
		if err != nil {
			return err
		}
		pos, err := who.OnDocument(o.Act, access.FactsOf(d), c.Position)
		if err != nil {
			return err
		}
		if err := checkSign(d, o, who.FullName); err != nil {
			return err
		}
		made.Signer = document.By{Position: pos, Name: who.FullName}
		made.Order, err = signing.NewOrder(signing.Request{ID: postgres.NewID(), DocumentID: d.ID, SignerID: who.AccountID, Place: place,
			FileHash: stored.Hash, Signer: cert.Fingerprint, Ticket: ticket}, o.proof, now)
		if err != nil {
			return err
		}
		if err := tx.ActFor(ctx, d.AgencyID); err != nil {
			return err
		}
		if err := tx.AddSigningOrder(ctx, made); err != nil {
			return err
		}
		event := document.Event{Verb: "signing_ordered", Data: map[string]string{"place": made.Place.Name(), "certificate": cert.Subject}}
		if err := tx.Record(ctx, d.AgencyID, subject, d.ID, event, made.Signer, now); err != nil {
			return err
		}
		if !cert.SignsByItself() {
			return nil
		}
		return tx.Enqueue(ctx, job.Sign{AgencyID: made.AgencyID, OrderID: made.ID})
	})
	return made, ticket, err
}

// signable looks whether the act may be done to the document, and with which certificate.
func (s *Service) signable(ctx context.Context, who access.Person, c access.Command, o orderOne) (d document.Document, cert signing.Certificate, w writing, err error) {
	err = s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		if d, err = tx.Document(ctx, who.Agencies(), o.one.DocumentID); err != nil {
			return err
		}
		if _, err := who.OnDocument(o.Act, access.FactsOf(d), c.Position); err != nil {
			return err
		}
		if err := checkSign(d, o, who.FullName); err != nil {
			return err
		}
		if cert, _, err = certificateFor(ctx, tx, o.Act, d.AgencyID, who.AccountID, o.CertificateID); err != nil {
			return err
		}
		issuer, err := tx.Issuer(ctx, d.AgencyID, d.UnitID)
		if err != nil {
			return err
		}
		w.numbering = signing.Numbering{Number: d.WrittenNumber(), Reference: d.Reference(), Place: issuer.Place, Day: d.Date}
		w.wanted, err = wanted(ctx, tx, d)
		return err
	})
	if err == nil {
		err = cert.Usable(s.clock())
	}
	return d, cert, w, err
}

// writing is what is written into a file before it is signed: places that it
// has not, number and date in them.
type writing struct {
	wanted    signing.Wanted
	numbering signing.Numbering
}

// wanted tells whose name stands below the signature, how many initials the
// circuit asks for, and where somebody has put the places. Before the approval it is the name of who will approve.
func wanted(ctx context.Context, tx *postgres.Tx, d document.Document) (signing.Wanted, error) {
	w := signing.Wanted{Signer: d.SignerName}
	if w.Signer == "" {
		names, err := tx.DocumentNames(ctx, d)
		if err != nil {
			return w, err
		}
		w.Signer = names.Approver
	}
	main, _ := d.Main()
	var err error
	if w.Moved, err = tx.MovedPlaces(ctx, d.AgencyID, d.ID, main.Hash); err != nil {
		return w, err
	}
	c, _, err := tx.Circuit(ctx, d.AgencyID, d.ID)
	for _, step := range c.Steps {
		if step.Kind == document.InitialStep {
			w.Initials++
		}
	}
	return w, err
}

func checkSign(d document.Document, o orderOne, name string) error {
	if o.kind == signing.AnnexSeal {
		return d.CheckSealAnnex(o.hash)
	}
	if err := d.CheckSign(o.Act, o.one.Seen); err != nil || o.Act != document.Sign {
		return err
	}
	return d.CheckSigner(name)
}

var errNoCertificate = fault.InvalidField("certificateId", "unknown_certificate", "Không có chứng thư này.", "There is no such certificate.")

// certificateFor gives the certificate that an act signs with: the person's own,
// or a seal of the agency.
func certificateFor(ctx context.Context, tx *postgres.Tx, act document.Act, agency, account, id org.ID) (signing.Certificate, []byte, error) {
	read := func() (signing.Certificate, []byte, bool, error) { return tx.Certificate(ctx, account, id) }
	if act == document.Seal {
		read = func() (signing.Certificate, []byte, bool, error) { return tx.Seal(ctx, agency, id) }
	}
	cert, sealed, removed, err := read()
	if postgres.IsMissing(err) || err == nil && removed {
		return cert, nil, errNoCertificate
	}
	return cert, sealed, err
}

var errNotAdded = errors.New("what is to be signed does not begin with the approved bytes")

// toBeSigned gives the bytes that the key signs, and the place for it. They
// begin with those that were approved.
func (s *Service) toBeSigned(ctx context.Context, kind signing.PlaceKind, base []byte, w writing) ([]byte, signing.Place, error) {
	var file []byte
	var err error
	switch kind {
	case signing.Seal:
		file, err = s.signing.Fill(base, w.numbering)
	case signing.AnnexSeal, signing.Copy:
		file, err = s.signing.Prepare(ctx, base, signing.Wanted{Corner: kind})
	default:
		file, err = s.signing.Prepare(ctx, base, w.wanted)
	}
	if err == nil && !bytes.HasPrefix(file, base) {
		err = errNotAdded
	}
	if err != nil {
		return nil, signing.Place{}, err
	}
	place, err := s.signing.Free(file, kind)
	return file, place, err
}

var errTooLargeToSign = fault.New(fault.TooLarge, "too_large_to_sign", "Tệp quá lớn để ký số.", "The file is too large to be signed.")

// bytesOf reads a stored file whole; it is hashed on the way.
func (s *Service) bytesOf(ctx context.Context, h document.Hash) ([]byte, error) {
	content, err := s.blobs.Open(ctx, h)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	if content.Size > s.signing.MaxFile {
		return nil, errTooLargeToSign
	}
	file, err := io.ReadAll(content)
	if err != nil {
		return nil, fmt.Errorf("read what is to be signed: %w", err)
	}
	return file, nil
}

func newTicket() signing.Ticket {
	var t signing.Ticket
	_, _ = rand.Read(t[:]) // never fails (crypto/rand)
	return t
}
