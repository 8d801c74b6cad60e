package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// LockForIssue gives a document with its files and recipients, and the address
// of each recipient, in one round trip. The document is locked first, so what
// follows is what nobody changes any more.
func (tx *Tx) LockForIssue(ctx context.Context, agencies []org.ID, id org.ID) (d document.Document, addresses []Address, err error) {
	var b pgx.Batch
	b.Queue(dbsqlc.LockDocument, agencies, id)
	b.Queue(dbsqlc.ListDocumentFiles, agencies, id)
	b.Queue(dbsqlc.ListRecipients, agencies, id)
	answers := tx.tx.SendBatch(ctx, &b)
	defer func() { err = closed(answers, err) }()
	row, err := nextRow[dbsqlc.Document](answers)
	if err != nil {
		return d, nil, fmt.Errorf("lock document: %w", err)
	}
	files, err := nextRows[dbsqlc.DocumentFile](answers)
	if err != nil {
		return d, nil, fmt.Errorf("list files: %w", err)
	}
	recipients, err := nextRows[dbsqlc.ListRecipientsRow](answers)
	if err != nil {
		return d, nil, fmt.Errorf("list recipients: %w", err)
	}
	d = documentWith(row, files)
	d.Recipients, addresses = recipientsOf(recipients)
	return d, addresses, nil
}

// Ground is what issuing stands on besides the document.
type Ground struct {
	Issuer    Issuer
	Registers []numbering.Register // outgoing, of the year
}

// IssueFor names the agency that the rest of the transaction acts for, lets it
// deliver to other agencies of this installation, records the command and
// reads what issuing needs, in one round trip. First is false when the same
// command was carried out before.
func (tx *Tx) IssueFor(ctx context.Context, c access.Command, d document.Document, now time.Time) (g Ground, first bool, err error) {
	if err := tx.mayAct(d.AgencyID); err != nil {
		return g, false, err
	}
	var b pgx.Batch
	b.Queue(becomeStatement, "issuing", d.AgencyID.String())
	if c.Key != "" {
		b.Queue(dbsqlc.InsertCommand, c.AccountID, c.Key, c.Operation, c.Request[:], d.ID, now)
	}
	b.Queue(dbsqlc.GetIssuer, d.UnitID, d.AgencyID)
	b.Queue(dbsqlc.ListRegisters, []org.ID{d.AgencyID}, []org.ID{}, string(numbering.Outgoing), 0)
	registers, first, err := tx.readGround(ctx, &b, c, &g)
	if err != nil {
		return g, false, err
	}
	if !first {
		_, err := tx.earlierCommand(ctx, c)
		return g, false, err
	}
	g.Registers, err = tx.continued(ctx, registers, d.AgencyID, numbering.Outgoing, org.DayOf(now).Year())
	return g, true, err
}

func (tx *Tx) readGround(ctx context.Context, b *pgx.Batch, c access.Command, g *Ground) (registers []dbsqlc.ListRegistersRow, first bool, err error) {
	answers := tx.tx.SendBatch(ctx, b)
	defer func() { err = closed(answers, err) }()
	if _, err := answers.Exec(); err != nil {
		return nil, false, fmt.Errorf("act for an agency: %w", err)
	}
	first = true
	if c.Key != "" {
		done, err := answers.Exec()
		if err != nil {
			return nil, false, fmt.Errorf("record command: %w", err)
		}
		first = done.RowsAffected() == 1
	}
	issuer, err := nextRow[dbsqlc.GetIssuerRow](answers)
	if err != nil {
		return nil, false, fmt.Errorf("read issuer: %w", err)
	}
	g.Issuer = issuerOf(issuer)
	if registers, err = nextRows[dbsqlc.ListRegistersRow](answers); err != nil {
		return nil, false, fmt.Errorf("list registers: %w", err)
	}
	return registers, first, nil
}

func nextRows[T any](answers pgx.BatchResults) ([]T, error) {
	rows, err := answers.Query()
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[T])
}

func nextRow[T any](answers pgx.BatchResults) (T, error) {
	rows, err := answers.Query()
	if err != nil {
		var none T
		return none, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[T])
}

// closed frees the connection for what comes next; the first error is the one that tells.
func closed(answers pgx.BatchResults, err error) error {
	if end := answers.Close(); err == nil && end != nil {
		return fmt.Errorf("end of batch: %w", end)
	}
	return err
}
