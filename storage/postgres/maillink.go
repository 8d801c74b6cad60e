package postgres

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// MailLink gives the link of a delivery with its sealed secret, if there is one.
func (tx *Tx) MailLink(ctx context.Context, agency, delivery org.ID) (l exchange.MailLink, sealed []byte, there bool, err error) {
	r, err := tx.q.GetMailLink(ctx, agency, delivery)
	if there, err = found(err); err != nil || !there {
		return l, nil, false, err
	}
	return mailLinkOf(r), r.Sealed, true, nil
}

// AddMailLink keeps the link of a delivery; the first that is kept stays.
func (tx *Tx) AddMailLink(ctx context.Context, l exchange.MailLink, token string, sealed []byte) error {
	sum := sha256.Sum256([]byte(token))
	if err := tx.q.InsertMailLink(ctx, dbsqlc.InsertMailLinkParams{AgencyID: l.Delivery.AgencyID, ID: l.ID, DocumentID: l.Delivery.DocumentID,
		DeliveryID: l.Delivery.ID, TokenSha256: sum[:], Sealed: sealed, CreatedAt: l.CreatedAt, ExpiresAt: l.ExpiresAt}); err != nil {
		return fmt.Errorf("add a mail link: %w", err)
	}
	return nil
}

// MailLinkByToken gives the link that the secret opens.
func (tx *Tx) MailLinkByToken(ctx context.Context, token string) (exchange.MailLink, bool, error) {
	sum := sha256.Sum256([]byte(token))
	r, err := tx.q.MailLinkByToken(ctx, sum[:])
	there, err := found(err)
	if err != nil || !there {
		return exchange.MailLink{}, false, err
	}
	return mailLinkOf(r), true, nil
}

// CountMailLink counts one fetch, unless the link is closed.
func (tx *Tx) CountMailLink(ctx context.Context, l exchange.MailLink, now time.Time) (times int, open bool, err error) {
	n, err := tx.q.CountMailLink(ctx, dbsqlc.CountMailLinkParams{Now: now, AgencyID: l.Delivery.AgencyID, ID: l.ID,
		OpenedAfter: now.Add(-exchange.LinkOpen), Most: exchange.LinkVisits})
	open, err = found(err)
	return int(n), open, err
}

func mailLinkOf(r dbsqlc.MailLink) exchange.MailLink {
	return exchange.MailLink{ID: r.ID, Delivery: exchange.DeliveryRef{AgencyID: r.AgencyID, DocumentID: r.DocumentID, ID: r.DeliveryID},
		CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt, OpenedAt: value(r.OpenedAt), Fetched: int(r.Fetched)}
}

// NoteMailLimit keeps that files of so many bytes were too large for an address.
func (tx *Tx) NoteMailLimit(ctx context.Context, agency org.ID, address string, most int64, words string, now time.Time) error {
	if err := tx.q.NoteMailLimit(ctx, dbsqlc.NoteMailLimitParams{AgencyID: agency, Address: address, Most: most, Words: words, Since: now}); err != nil {
		return fmt.Errorf("note the limit of an address: %w", err)
	}
	return nil
}

// MailLimit gives what was too large for an address, zero when nothing was.
func (tx *Tx) MailLimit(ctx context.Context, agency org.ID, address string) (int64, error) {
	most, err := tx.q.MailLimit(ctx, agency, address)
	if _, err = found(err); err != nil {
		return 0, err
	}
	return most, nil
}
