package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// MailedDelivery gives the delivery by mail that one of the identifiers names.
func (tx *Tx) MailedDelivery(ctx context.Context, ids []org.ID) (exchange.DeliveryRef, bool, error) {
	if len(ids) == 0 {
		return exchange.DeliveryRef{}, false, nil
	}
	rows, err := tx.q.MailedDeliveries(ctx, ids)
	if err != nil {
		return exchange.DeliveryRef{}, false, fmt.Errorf("look for an answered delivery: %w", err)
	}
	for _, id := range ids { // what the mail names first is what it is about
		for _, r := range rows {
			if r.ID == id {
				return exchange.DeliveryRef{AgencyID: r.AgencyID, DocumentID: r.DocumentID, ID: r.ID}, true, nil
			}
		}
	}
	return exchange.DeliveryRef{}, false, nil
}

// Suppress keeps the agency's mail from an address that its own server calls wrong.
func (tx *Tx) Suppress(ctx context.Context, agency org.ID, address, words string, now time.Time) error {
	if err := tx.q.Suppress(ctx, dbsqlc.SuppressParams{AgencyID: agency, Address: address, Words: words, Since: now}); err != nil {
		return fmt.Errorf("suppress an address: %w", err)
	}
	return nil
}

// Suppressed tells whether nothing is to be sent to an address, and the words
// of the server that said so.
func (tx *Tx) Suppressed(ctx context.Context, agency org.ID, address string) (words string, yes bool, err error) {
	words, err = tx.q.Suppressed(ctx, agency, address)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("look for a suppressed address: %w", err)
	}
	return words, true, nil
}

// Unsuppress lets mail go to an address again.
func (tx *Tx) Unsuppress(ctx context.Context, agency org.ID, address string) error {
	if err := tx.q.Unsuppress(ctx, agency, address); err != nil {
		return fmt.Errorf("lift a suppression: %w", err)
	}
	return nil
}
