package vxp

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"

	"golang.org/x/text/unicode/norm"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/protocol/edxml"
)

// Opener gives the bytes of a file of a message.
type Opener = func(ctx context.Context, file exchange.FileRef) (io.ReadCloser, error)

// Write writes the package of a message. The same message makes the same bytes.
// A file that is not what it was when it was stored is never written to its end.
func Write(ctx context.Context, w io.Writer, e exchange.Envelope, open Opener, signer *edxml.Signer) error {
	if e.Content == exchange.StatusContent {
		return edxml.Write(w, edxml.Package{Status: statusOf(e)}, nil, signer)
	}
	files := make([]edxml.Enclosure, len(e.Files))
	for i, f := range e.Files {
		files[i] = edxml.Enclosure{Attachment: edxml.Attachment{Name: nameOf(f, i)},
			Open: func() (io.ReadCloser, error) { return openWhole(ctx, f, open) }}
	}
	return edxml.Write(w, edxml.Package{Document: documentOf(e)}, files, signer)
}

// nameOf gives a name that another system can store: cleaned, and never none.
func nameOf(f exchange.FileRef, i int) string {
	if name := document.CleanName(norm.NFC.String(f.Name)); name != "" {
		return name
	}
	return fmt.Sprintf("tep-%d", i+1)
}

func openWhole(ctx context.Context, f exchange.FileRef, open Opener) (io.ReadCloser, error) {
	content, err := open(ctx, f)
	if err != nil {
		return nil, ownTrouble(ctx, err)
	}
	return &whole{ReadCloser: content, ctx: ctx, file: f, sum: sha256.New()}, nil
}

// ownTrouble makes what went wrong with our own file what it is.
func ownTrouble(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, exchange.ErrFileDamaged), errors.Is(err, exchange.ErrFileAway), errors.Is(err, context.Canceled):
		return err
	}
	return exchange.ErrFileAway.Because(err)
}

// whole gives the end of a file only when all before it was right.
type whole struct {
	io.ReadCloser
	ctx  context.Context //nolint:containedctx // of the one reading that it is made for
	file exchange.FileRef
	sum  hash.Hash
	n    int64
}

func (w *whole) Read(b []byte) (int, error) {
	n, err := w.ReadCloser.Read(b)
	w.sum.Write(b[:n]) // never fails
	w.n += int64(n)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return n, ownTrouble(w.ctx, err)
	case w.n > w.file.Size, err != nil && (w.n != w.file.Size || document.Hash(w.sum.Sum(nil)) != w.file.Hash):
		return 0, exchange.ErrFileDamaged
	}
	return n, err
}

func documentOf(e exchange.Envelope) *edxml.Document {
	l := e.Letter
	d := &edxml.Document{From: agencyOf(e.From), DocumentID: l.Code, Number: l.Number, Symbol: line(l.Symbol), Place: line(l.Place), Issued: l.Date,
		TypeName: line(l.KindName), Subject: line(l.Subject), Due: l.DueDate, Signer: edxml.Signatory{Position: line(l.SignerTitle), FullName: line(l.SignerName)}}
	if d.DocumentID == "" {
		d.DocumentID = e.DocumentID.String()
	}
	if d.Subject == "" {
		d.Subject = line(e.Subject)
	}
	for _, to := range l.To {
		d.To = append(d.To, agencyOf(to))
	}
	if len(d.To) == 0 {
		d.To = []edxml.Agency{agencyOf(e.To)}
	}
	kind, known := document.KindByCode(l.Kind)
	if known {
		one, detail := 2, 0 // 1: legal rules, 2: administrative
		if kind.Normative {
			one = 1
		}
		d.Type, d.TypeDetail, d.TypeName = &one, &detail, kind.Name.VI
	}
	priority := max(slices.Index(urgencies[:], l.Urgency), 0)
	d.Other = &edxml.OtherInfo{Priority: &priority, ReferenceCodes: line(l.References)}
	d.Trace = &edxml.Trace{Hops: []edxml.Hop{{AgencyCode: string(e.From.Code), At: e.CreatedAt}}, Act: actOf(e, d.DocumentID)}
	for _, earlier := range l.Earlier {
		d.ResponseFor = append(d.ResponseFor, earlierOf(earlier))
	}
	return d
}

// actOf writes the act as the samples of each kind have it.
func actOf(e exchange.Envelope, documentID string) *edxml.Act {
	act := &edxml.Act{Kind: edxml.New, DocumentID: documentID, Reason: line(e.Letter.Reason), Paper: "0"}
	switch e.Act {
	case exchange.ActRecall:
		act.Kind, act.DocumentID = edxml.Recall, "" // the document's own id is the recalled one's
	case exchange.ActUpdate:
		act.Kind = edxml.Update
		if len(e.Letter.Earlier) > 0 {
			act.DocumentID = e.Letter.Earlier[0].Code
		}
	case exchange.ActReplace:
		act.Kind, act.DocumentID = edxml.Replace, ""
		for _, earlier := range e.Letter.Earlier {
			act.Replaced = append(act.Replaced, edxml.Replaced{DocumentID: earlier.Code, AgencyCodes: []string{string(e.To.Code)}})
		}
	}
	return act
}

// urgencies stand at the place of their number (QCVN 102:2016, Priority).
var urgencies = [...]document.Urgency{document.Normal, document.Urgent, document.VeryUrgent, document.Flash, document.FlashAt}

func agencyOf(p exchange.Party) edxml.Agency {
	return edxml.Agency{Code: string(p.Code), Name: line(p.Name), Email: line(p.Email)}
}

func earlierOf(n exchange.Named) edxml.Earlier {
	return edxml.Earlier{AgencyCode: string(n.AgencyCode), Code: line(n.Reference), DocumentID: line(n.Code), Issued: n.Date}
}

func statusOf(e exchange.Envelope) *edxml.Status {
	s := &edxml.Status{From: agencyOf(e.From), ResponseFor: earlierOf(e.About), Staff: edxml.Staff{Name: line(e.Status.ByName)},
		Code: edxml.StatusCode(e.Status.Code), Description: line(e.Status.Reason), At: e.Status.At.Truncate(time.Second)}
	if s.Description == "" {
		s.Description = e.Status.Code.Label().VI
	}
	return s
}

// line makes a text fit for one element.
func line(s string) string { return document.CleanLine(norm.NFC.String(s)) }
