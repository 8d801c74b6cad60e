package outgoing

import (
	"context"
	"strings"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Difference is what changed between the texts of two versions of a document.
type Difference struct {
	From, To postgres.StoredFile
	Pieces   []document.Piece
}

// Difference compares the texts of two files of the document, present or
// earlier (A3): what those who agreed to one version must know of the next.
func (w *Writing) Difference(ctx context.Context, who access.Person, id org.ID, from, to document.Hash) (Difference, error) {
	var out Difference
	err := w.reading(ctx, who, id, func(tx *postgres.Tx, d document.Document) (err error) {
		if out.From, err = tx.DocumentFile(ctx, d.AgencyID, d.ID, from); err != nil {
			return err
		}
		out.To, err = tx.DocumentFile(ctx, d.AgencyID, d.ID, to)
		return err
	})
	if err != nil {
		return out, err
	}
	texts := [2]string{}
	for i, f := range []postgres.StoredFile{out.From, out.To} {
		if texts[i], err = w.words(ctx, document.File{Hash: f.Hash, Size: f.Size, Name: f.Name}); err != nil {
			return out, err
		}
		if strings.TrimSpace(texts[i]) == "" {
			return out, document.ErrNoWords
		}
	}
	out.Pieces = w.tools.Compare(texts[0], texts[1])
	return out, nil
}
