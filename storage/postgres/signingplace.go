package postgres

import (
	"context"
	"fmt"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/signing"
	"congvan/storage/postgres/internal/dbsqlc"
)

// MovedPlaces gives where somebody has put the places of a document, while it
// has the same file.
func (tx *Tx) MovedPlaces(ctx context.Context, agency, id org.ID, file document.Hash) ([]signing.Moved, error) {
	rows, err := tx.q.ListMovedPlaces(ctx, dbsqlc.ListMovedPlacesParams{AgencyID: agency, DocumentID: id, Sha256: file[:]})
	if err != nil {
		return nil, fmt.Errorf("list places: %w", err)
	}
	var list []signing.Moved
	for _, r := range rows {
		if place, ok := signing.ParsePlace(r.Place); ok {
			list = append(list, signing.Moved{Place: place, Page: int(r.Page), Left: r.LowerLeft[0], Bottom: r.LowerLeft[1]})
		}
	}
	return list, nil
}

// ReplaceMovedPlaces keeps where they are put now; none proposes them anew.
func (tx *Tx) ReplaceMovedPlaces(ctx context.Context, agency, id org.ID, file document.Hash, list []signing.Moved) error {
	if err := tx.q.DeleteMovedPlaces(ctx, agency, id); err != nil {
		return fmt.Errorf("remove places: %w", err)
	}
	for _, m := range list {
		if err := tx.q.InsertMovedPlace(ctx, dbsqlc.InsertMovedPlaceParams{AgencyID: agency, DocumentID: id, Place: m.Place.Name(), Sha256: file[:],
			Page: int32(m.Page), LowerLeft: []float64{m.Left, m.Bottom}}); err != nil {
			return fmt.Errorf("add place: %w", err)
		}
	}
	return nil
}
