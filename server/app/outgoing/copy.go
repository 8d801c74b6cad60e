package outgoing

import (
	"bytes"
	"context"
	"io"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres"
)

// Copying says what is copied: a document of the agency's own, or one that it received.
type Copying struct {
	DocumentID org.ID
	ArrivalID  org.ID
	Form       string // the kind of copy
}

// Copy begins a certified copy: a draft with the files of the original, which
// then goes the way of any document. An extract is written anew, so it begins
// without a file (NĐ 30/2020, điều 25).
func (s *Service) Copy(ctx context.Context, who access.Person, c access.Command, in Copying) (org.ID, error) {
	if err := who.Allowed(access.ScopeDraft); err != nil {
		return org.ID{}, err
	}
	now := s.clock()
	id := postgres.NewID()
	err := s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		first, earlier, err := tx.Once(ctx, c, id, now)
		if err != nil || !first {
			id = earlier
			return err
		}
		agency, original, files, err := originalOf(ctx, tx, who, in)
		if err != nil {
			return err
		}
		pos, err := who.Draft(agency, c.Position)
		if err != nil {
			return err
		}
		if err := original.CheckCopy(in.Form); err != nil {
			return err
		}
		if in.Form == document.ExtractCopy {
			files = nil
		}
		for i := range files {
			files[i].ID, files[i].Version, files[i].AddedAt = postgres.NewID(), 1, now
		}
		if err := tx.ActFor(ctx, agency); err != nil {
			return err
		}
		d := document.Document{ID: id, AgencyID: agency, State: document.Draft, Urgency: document.Normal, UnitID: pos.UnitID, Kind: in.Form,
			Subject: original.CopySubject(), AuthorPositionID: pos.ID, AuthorAccountID: who.AccountID, CreatedAt: now, UpdatedAt: now, Version: 1, Files: files}
		if err := d.Check(); err != nil {
			return err
		}
		if err := tx.AddDocument(ctx, d, who.AccountID); err != nil {
			return err
		}
		if err := tx.AddCopy(ctx, agency, id, original); err != nil {
			return err
		}
		by := document.By{Position: pos, Name: who.FullName}
		if !in.DocumentID.IsZero() {
			copied := document.Event{Verb: "copied", Data: map[string]string{"form": in.Form}}
			if err := tx.Record(ctx, agency, subject, in.DocumentID, copied, by, now); err != nil {
				return err
			}
		}
		return tx.Record(ctx, agency, subject, id, document.Event{Verb: "drafted", Data: map[string]string{"copy_of": original.Reference}}, by, now)
	})
	return id, err
}

// originalOf reads what is copied, with its present files.
func originalOf(ctx context.Context, tx *postgres.Tx, who access.Person, in Copying) (org.ID, document.Original, []document.File, error) {
	if in.ArrivalID.IsZero() {
		d, err := tx.Document(ctx, who.Agencies(), in.DocumentID)
		if err != nil {
			return org.ID{}, document.Original{}, nil, err
		}
		if err := who.ReadDocument(access.FactsOf(d)); err != nil {
			return org.ID{}, document.Original{}, nil, err
		}
		names, err := tx.DocumentNames(ctx, d)
		o := document.Original{DocumentID: d.ID, Kind: d.Kind, Date: d.Date, Issuer: names.Agency, Subject: d.Subject, Electronic: !d.SignedHash.IsZero()}
		if main, ok := d.Main(); ok && d.State == document.Issued {
			o.Reference, o.Hash = d.Reference(), main.Hash
		}
		files := make([]document.File, len(d.Files))
		for i, f := range d.Files {
			files[i] = document.File{Role: f.Role, Name: f.Name, Hash: f.Hash, Size: f.Size, MediaType: f.MediaType}
		}
		return d.AgencyID, o, files, err
	}
	a, err := tx.Arrival(ctx, who.Agencies(), in.ArrivalID)
	if err != nil {
		return org.ID{}, document.Original{}, nil, err
	}
	if err := who.ReadArrival(access.ArrivalFactsOf(a)); err != nil {
		return org.ID{}, document.Original{}, nil, err
	}
	o := document.Original{ArrivalID: a.ID, Kind: a.Kind, Date: a.DocumentDate, Issuer: a.IssuerName, Subject: a.Subject, Electronic: a.Source != routing.FromPaper}
	if a.State == routing.Registered {
		o.Reference, o.Hash = written(a), a.MainHash
	}
	files := make([]document.File, len(a.Files))
	for i, f := range a.Files {
		files[i] = document.File{Role: f.Role, Name: f.Name, Hash: f.Hash, Size: f.Size, MediaType: f.MediaType}
	}
	return a.AgencyID, o, files, nil
}

// written gives number and symbol of an arrival as they read together.
func written(a routing.Arrival) string {
	if a.Number == "" || a.Symbol == "" {
		return a.Number + a.Symbol
	}
	return a.Number + "/" + a.Symbol
}

var errNoCopy = fault.New(fault.Conflict, "no_copy", "Văn bản này không phải là bản sao có tệp PDF.", "This document is no copy with a PDF.")

// CopySheet gives a certified copy as it is printed: its PDF with the
// directions of the copy behind it (NĐ 30/2020, phụ lục I, phần II).
func (w *Writing) CopySheet(ctx context.Context, who access.Person, id org.ID) ([]byte, error) {
	var b document.Directions
	var main document.File
	err := w.reading(ctx, who, id, func(tx *postgres.Tx, d document.Document) error {
		var ok bool
		if main, ok = d.Main(); !ok || !d.IsCopy() || main.MediaType != document.TypePDF {
			return errNoCopy
		}
		f, err := w.filling(ctx, tx, who, d)
		if err != nil {
			return err
		}
		b = document.Directions{Form: document.CopyForm(d.Kind), Agency: f.Issuer, Reference: d.Reference(), Notation: f.Notation, Place: f.Place, Date: d.Date,
			Recipients: f.RecipientLines(), Signer: f.SignerBlock, SignerName: f.SignerName}
		if d.SignerName != "" {
			b.SignerName = d.SignerName
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	content, err := w.blobs.Open(ctx, main.Hash)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	if content.Size > maxPrinted {
		return nil, errTooLargeToPrint
	}
	var file bytes.Buffer
	if _, err := io.Copy(&file, content); err != nil {
		return nil, err
	}
	return w.tools.Directions(file.Bytes(), b)
}

// maxPrinted is how much of a PDF is held in memory to be printed.
const maxPrinted = 64 << 20

var errTooLargeToPrint = fault.New(fault.TooLarge, "too_large_to_print", "Tệp quá lớn để in từ đây; hãy tải về rồi in.", "The file is too large to be printed from here; download it and print it.")
