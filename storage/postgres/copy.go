package postgres

import (
	"context"
	"fmt"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// AddCopy keeps what a certified copy was made of.
func (tx *Tx) AddCopy(ctx context.Context, agency, id org.ID, o document.Original) error {
	if err := tx.q.InsertCertifiedCopy(ctx, dbsqlc.InsertCertifiedCopyParams{AgencyID: agency, DocumentID: id, SourceDocumentID: optional(o.DocumentID),
		SourceArrivalID: optional(o.ArrivalID), Reference: o.Reference, Sha256: o.Hash[:], Electronic: o.Electronic}); err != nil {
		return fmt.Errorf("keep the original of a copy: %w", err)
	}
	return nil
}

// Original gives what a certified copy was made of, when it was made here.
func (tx *Tx) Original(ctx context.Context, agency, id org.ID) (document.Original, bool, error) {
	row, err := tx.q.GetCertifiedCopy(ctx, agency, id)
	if IsMissing(err) {
		return document.Original{}, false, nil
	}
	if err != nil {
		return document.Original{}, false, fmt.Errorf("read the original of a copy: %w", err)
	}
	return document.Original{DocumentID: value(row.SourceDocumentID), ArrivalID: value(row.SourceArrivalID), Reference: row.Reference,
		Hash: hashOf(row.Sha256), Electronic: row.Electronic}, true, nil
}
