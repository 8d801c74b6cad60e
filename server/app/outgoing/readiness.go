package outgoing

import (
	"context"
	"strings"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Ready is a recipient with what is missing on the way there.
type Ready struct {
	postgres.Routed

	Missing []exchange.Shortfall
}

// Readiness is what is looked at before a document is issued.
type Readiness struct {
	Recipients []Ready
	Document   []exchange.Shortfall // what the document itself lacks
	Addressing document.Addressing  // its own Nơi nhận against the recipients
	Unread     bool                 // the file has no text that could be compared
}

// Readiness shows before the issue how each recipient is reached, what is
// missing, and whether the text names the same recipients (D2, D3, C6).
// Nothing is changed.
func (w *Writing) Readiness(ctx context.Context, who access.Person, id org.ID) (Readiness, error) {
	var out Readiness
	var main document.File
	var paper exchange.Paperwork
	today := org.DayOf(w.clock())
	err := w.reading(ctx, who, id, func(tx *postgres.Tx, d document.Document) error {
		list, err := tx.Routes(ctx, d.AgencyID, d.ID, today)
		if err != nil {
			return err
		}
		out.Recipients = make([]Ready, len(list))
		for i, r := range list {
			r.Outbox = r.Outbox || w.tools.OneSender
			out.Recipients[i] = Ready{Routed: r, Missing: r.Missing()}
		}
		main, _ = d.Main()
		paper, err = paperwork(ctx, tx, d, today)
		return err
	})
	if err != nil {
		return out, err
	}
	out.Document = paper.Missing()
	words, err := w.words(ctx, main)
	if err != nil || strings.TrimSpace(words) == "" {
		out.Unread = true
		return out, nil //nolint:nilerr // a scan, or a file that is refused elsewhere: there is nothing to compare
	}
	names := make([]document.Alias, len(out.Recipients))
	for i, r := range out.Recipients {
		names[i] = document.Alias{Name: r.Name, Short: r.Short}
	}
	out.Addressing = document.CompareAddressees(words, names)
	return out, nil
}

func paperwork(ctx context.Context, tx *postgres.Tx, d document.Document, today org.Day) (exchange.Paperwork, error) {
	main, _ := d.Main()
	p := exchange.Paperwork{PDF: main.MediaType == document.TypePDF, Signed: !d.SignedHash.IsZero(), Sealed: !d.SealedAt.IsZero(), Today: today}
	issuer, err := tx.Issuer(ctx, d.AgencyID, d.UnitID)
	if err != nil {
		return p, err
	}
	p.Required, p.Seals = issuer.Rule.Required, issuer.Rule.Seals
	for _, f := range d.Files {
		if f.Role == document.Annex {
			p.Annexes = append(p.Annexes, exchange.AnnexFile{Name: f.Name, PDF: f.MediaType == document.TypePDF, Signed: !f.Unsigned.IsZero()})
		}
	}
	p.SealUntil, err = tx.SealUntil(ctx, d.AgencyID)
	return p, err
}

// words gives the text of a file of a document that the person may see.
func (w *Writing) words(ctx context.Context, f document.File) (string, error) {
	if f.Hash.IsZero() {
		return "", nil
	}
	content, err := w.blobs.Open(ctx, f.Hash)
	if err != nil {
		return "", err
	}
	defer content.Close()
	return w.tools.Words(ctx, content, f.Size, f.Name)
}
