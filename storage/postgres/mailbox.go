package postgres

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Mailbox is an official mailbox as its page shows it.
type Mailbox struct {
	exchange.OfficialMailbox
	AgencyName  string
	Quarantined int       // up to CountCap
	HeldUntil   time.Time // while a gateway reads it
}

// HeldMailbox is a mailbox that one gateway reads, with how far it was read.
type HeldMailbox struct {
	exchange.OfficialMailbox
	Secret      []byte // sealed
	UIDValidity uint32
	LastUID     uint32
}

func mailboxOf(r dbsqlc.Mailbox) exchange.OfficialMailbox {
	return exchange.OfficialMailbox{AgencyID: r.AgencyID, ID: r.ID, Address: r.Address, Host: r.Host, Port: int(r.Port),
		Security: exchange.MailSecurity(r.Security), Username: r.Username, Folder: r.Folder, After: exchange.AfterAction(r.AfterAction),
		MoveTo: r.MoveTo, Enabled: r.Enabled, AskedAt: value(r.AskedAt), Version: int(r.Version),
		MailboxHealth: exchange.MailboxHealth{ConnectedAt: value(r.ConnectedAt), CheckedAt: value(r.CheckedAt), Trouble: r.LastError, TroubleAt: value(r.LastErrorAt)}}
}

// Mailboxes gives the mailboxes of the agencies, or everybody's.
func (tx *Tx) Mailboxes(ctx context.Context, agencies []org.ID, everybodys bool) ([]Mailbox, error) {
	rows, err := tx.q.ListMailboxes(ctx, everybodys, agencies)
	if err != nil {
		return nil, fmt.Errorf("list mailboxes: %w", err)
	}
	list := make([]Mailbox, len(rows))
	for i, r := range rows {
		list[i] = Mailbox{OfficialMailbox: mailboxOf(r.Mailbox), AgencyName: r.AgencyName, Quarantined: int(r.Quarantined), HeldUntil: value(r.Mailbox.LeaseUntil)}
	}
	return list, nil
}

// Mailbox gives one mailbox, and its sealed password apart.
func (tx *Tx) Mailbox(ctx context.Context, id org.ID) (Mailbox, []byte, error) {
	r, err := tx.q.GetMailbox(ctx, id)
	if err != nil {
		return Mailbox{}, nil, fmt.Errorf("read mailbox: %w", translate(err))
	}
	return Mailbox{OfficialMailbox: mailboxOf(r.Mailbox), AgencyName: r.AgencyName, Quarantined: int(r.Quarantined), HeldUntil: value(r.Mailbox.LeaseUntil)}, r.Mailbox.Secret, nil
}

// AddMailbox connects a mailbox to its agency.
func (tx *Tx) AddMailbox(ctx context.Context, m exchange.OfficialMailbox, sealed []byte) error {
	err := tx.q.InsertMailbox(ctx, dbsqlc.InsertMailboxParams{AgencyID: m.AgencyID, ID: m.ID, Address: m.Address, Host: m.Host, Port: int32(m.Port),
		Security: string(m.Security), Username: m.Username, Secret: sealed, Folder: m.Folder, AfterAction: string(m.After), MoveTo: m.MoveTo})
	if violates(err, "mailbox_address") {
		return fault.InvalidField("address", "already_exists", "Hộp thư này đã được kết nối.", "This mailbox is connected already.")
	}
	if err != nil {
		return fmt.Errorf("add mailbox: %w", err)
	}
	tx.Touch(Change{AgencyID: m.AgencyID, SubjectType: "mailbox", SubjectID: m.ID})
	return nil
}

// SaveMailbox writes the settings of a mailbox, unless somebody else changed it since.
func (tx *Tx) SaveMailbox(ctx context.Context, m exchange.OfficialMailbox, sealed []byte) error {
	n, err := tx.q.UpdateMailbox(ctx, dbsqlc.UpdateMailboxParams{Host: m.Host, Port: int32(m.Port), Security: string(m.Security), Username: m.Username,
		Secret: sealed, Folder: m.Folder, AfterAction: string(m.After), MoveTo: m.MoveTo, Enabled: m.Enabled, AgencyID: m.AgencyID, ID: m.ID, Version: int32(m.Version)})
	if err != nil {
		return fmt.Errorf("save mailbox: %w", err)
	}
	tx.Touch(Change{AgencyID: m.AgencyID, SubjectType: "mailbox", SubjectID: m.ID})
	return changed(n)
}

// AskMailbox asks the gateway to look at once.
func (tx *Tx) AskMailbox(ctx context.Context, agency, id org.ID, now time.Time) error {
	if _, err := tx.q.AskMailbox(ctx, dbsqlc.AskMailboxParams{At: &now, AgencyID: agency, ID: id}); err != nil {
		return fmt.Errorf("ask mailbox: %w", err)
	}
	tx.Touch(Change{AgencyID: agency, SubjectType: "mailbox", SubjectID: id})
	return nil
}

// MailboxLease is how long a gateway holds a mailbox without saying so again.
// The statement has the same.
const MailboxLease = time.Minute

// HoldMailboxes takes the mailboxes that nobody reads, renews those that the
// gateway reads already, and gives them all.
func (tx *Tx) HoldMailboxes(ctx context.Context, owner org.ID, most int) ([]HeldMailbox, error) {
	rows, err := tx.q.HoldMailboxes(ctx, owner, int32(most))
	if err != nil {
		return nil, fmt.Errorf("hold mailboxes: %w", err)
	}
	list := make([]HeldMailbox, len(rows))
	for i, r := range rows {
		list[i] = HeldMailbox{OfficialMailbox: mailboxOf(r), Secret: r.Secret, UIDValidity: uint32(r.Uidvalidity), LastUID: uint32(r.LastUid)}
	}
	return list, nil
}

// ReleaseMailboxes gives back what the gateway holds, save the kept ones.
func (tx *Tx) ReleaseMailboxes(ctx context.Context, owner org.ID, kept []org.ID) error {
	if err := tx.q.ReleaseMailboxes(ctx, &owner, kept); err != nil {
		return fmt.Errorf("release mailboxes: %w", err)
	}
	return nil
}

// MailboxConnected notes that the gateway reads the mailbox.
func (tx *Tx) MailboxConnected(ctx context.Context, m exchange.OfficialMailbox, now time.Time) error {
	if err := tx.q.MailboxConnected(ctx, dbsqlc.MailboxConnectedParams{At: &now, AgencyID: m.AgencyID, ID: m.ID}); err != nil {
		return fmt.Errorf("note connection: %w", err)
	}
	tx.Touch(Change{AgencyID: m.AgencyID, SubjectType: "mailbox", SubjectID: m.ID})
	return nil
}

// MailboxChecked notes that the gateway looked.
func (tx *Tx) MailboxChecked(ctx context.Context, m exchange.OfficialMailbox, now time.Time) error {
	if err := tx.q.MailboxChecked(ctx, dbsqlc.MailboxCheckedParams{At: &now, AgencyID: m.AgencyID, ID: m.ID}); err != nil {
		return fmt.Errorf("note look: %w", err)
	}
	return nil
}

// MailboxFailed notes why the gateway cannot read the mailbox, as a code.
func (tx *Tx) MailboxFailed(ctx context.Context, m exchange.OfficialMailbox, code string, now time.Time) error {
	if err := tx.q.MailboxFailed(ctx, dbsqlc.MailboxFailedParams{Error: code, At: &now, AgencyID: m.AgencyID, ID: m.ID}); err != nil {
		return fmt.Errorf("note failure: %w", err)
	}
	tx.Touch(Change{AgencyID: m.AgencyID, SubjectType: "mailbox", SubjectID: m.ID})
	return nil
}

var errNotHeld = fault.New(fault.Conflict, "mailbox_not_held",
	"Hộp thư đang do một tiến trình khác đọc.", "Another process reads the mailbox.")

// AdvanceMailbox moves the cursor of a mailbox that the gateway still holds.
func (tx *Tx) AdvanceMailbox(ctx context.Context, m exchange.OfficialMailbox, owner org.ID, validity, last uint32, now time.Time) error {
	n, err := tx.q.AdvanceMailbox(ctx, dbsqlc.AdvanceMailboxParams{Uidvalidity: int64(validity), LastUid: int64(last), At: &now,
		AgencyID: m.AgencyID, ID: m.ID, Owner: &owner})
	if err != nil {
		return fmt.Errorf("advance mailbox: %w", err)
	}
	if n == 0 {
		return errNotHeld
	}
	return nil
}
