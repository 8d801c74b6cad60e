package postgres

import (
	"context"
	"encoding/json"
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
	Undecided   int       // taken in, not decided yet; up to CountCap
	HeldUntil   time.Time // while a gateway reads it
}

// HeldMailbox is a mailbox that one gateway reads, with how far it was read.
type HeldMailbox struct {
	exchange.OfficialMailbox
	Secret      []byte // sealed
	UIDValidity uint32
	LastUID     uint32
}

func mailboxOf(r dbsqlc.Mailbox) (exchange.OfficialMailbox, error) {
	m := exchange.OfficialMailbox{AgencyID: r.AgencyID, ID: r.ID, Address: r.Address, Host: r.Host, Port: int(r.Port),
		Security: exchange.MailSecurity(r.Security), Username: r.Username, Folder: r.Folder, After: exchange.AfterAction(r.AfterAction),
		MoveTo: r.MoveTo, Enabled: r.Enabled, AskedAt: value(r.AskedAt), Version: int(r.Version),
		MailboxHealth: exchange.MailboxHealth{ConnectedAt: value(r.ConnectedAt), CheckedAt: value(r.CheckedAt), Trouble: r.LastError, TroubleAt: value(r.LastErrorAt), FailingSince: value(r.FailingSince),
			LastMessage: value(r.LastMessageAt), Older: int(r.Older), Pending: int(r.Pending)},
		MailPolicy: exchange.MailPolicy{Purpose: exchange.MailboxPurpose(r.Purpose), AuthServer: r.AuthServer},
		ReadFrom:   value(r.ReadFrom), SilentDays: int(r.SilentDays)}
	if r.Auth == authOAuth {
		m.OAuth = exchange.OAuth{TokenURL: r.TokenUrl, ClientID: r.ClientID}
	}
	if err := json.Unmarshal(r.Rules, &m.Rules); err != nil {
		return m, fmt.Errorf("decode rules: %w", err)
	}
	return m, nil
}

// The words of the column auth.
const (
	authPassword = "password"
	authOAuth    = "oauth2"
)

func authOf(m exchange.OfficialMailbox) string {
	if m.OAuth.Used() {
		return authOAuth
	}
	return authPassword
}

func rulesOf(m exchange.OfficialMailbox) ([]byte, error) {
	if len(m.Rules) == 0 {
		return []byte("[]"), nil
	}
	rules, err := json.Marshal(m.Rules)
	if err != nil {
		return nil, fmt.Errorf("encode rules: %w", err)
	}
	return rules, nil
}

// Mailboxes gives the mailboxes of the agencies, or everybody's.
func (tx *Tx) Mailboxes(ctx context.Context, agencies []org.ID, everybodys bool) ([]Mailbox, error) {
	rows, err := tx.q.ListMailboxes(ctx, everybodys, agencies)
	if err != nil {
		return nil, fmt.Errorf("list mailboxes: %w", err)
	}
	list := make([]Mailbox, len(rows))
	for i, r := range rows {
		m, err := mailboxOf(r.Mailbox)
		if err != nil {
			return nil, err
		}
		list[i] = Mailbox{OfficialMailbox: m, AgencyName: r.AgencyName, Quarantined: int(r.Quarantined), Undecided: int(r.Undecided), HeldUntil: value(r.Mailbox.LeaseUntil)}
	}
	return list, nil
}

// MailboxesInTrouble counts the mailboxes of the agencies that a person should look at.
func (tx *Tx) MailboxesInTrouble(ctx context.Context, agencies []org.ID, now time.Time) (n int, err error) {
	rows, err := tx.q.WatchedMailboxes(ctx, agencies)
	if err != nil {
		return 0, fmt.Errorf("look at mailboxes: %w", err)
	}
	for _, r := range rows {
		m, err := mailboxOf(r)
		if err != nil {
			return 0, err
		}
		if m.InTrouble(now) {
			n++
		}
	}
	return n, nil
}

// Mailbox gives one mailbox, and its sealed password apart.
func (tx *Tx) Mailbox(ctx context.Context, id org.ID) (Mailbox, []byte, error) {
	r, err := tx.q.GetMailbox(ctx, id)
	if err != nil {
		return Mailbox{}, nil, fmt.Errorf("read mailbox: %w", translate(err))
	}
	m, err := mailboxOf(r.Mailbox)
	if err != nil {
		return Mailbox{}, nil, err
	}
	return Mailbox{OfficialMailbox: m, AgencyName: r.AgencyName, Quarantined: int(r.Quarantined), Undecided: int(r.Undecided), HeldUntil: value(r.Mailbox.LeaseUntil)}, r.Mailbox.Secret, nil
}

// AddMailbox connects a mailbox to its agency.
func (tx *Tx) AddMailbox(ctx context.Context, m exchange.OfficialMailbox, sealed []byte) error {
	rules, err := rulesOf(m)
	if err != nil {
		return err
	}
	err = tx.q.InsertMailbox(ctx, dbsqlc.InsertMailboxParams{AgencyID: m.AgencyID, ID: m.ID, Address: m.Address, Host: m.Host, Port: int32(m.Port),
		Security: string(m.Security), Username: m.Username, Secret: sealed, Folder: m.Folder, AfterAction: string(m.After), MoveTo: m.MoveTo,
		Purpose: string(m.Purpose), ReadFrom: optional(m.ReadFrom), Rules: rules, AuthServer: m.AuthServer, Auth: authOf(m), TokenUrl: m.OAuth.TokenURL,
		ClientID: m.OAuth.ClientID, SilentDays: int32(m.SilentDays)})
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
	rules, err := rulesOf(m)
	if err != nil {
		return err
	}
	n, err := tx.q.UpdateMailbox(ctx, dbsqlc.UpdateMailboxParams{Host: m.Host, Port: int32(m.Port), Security: string(m.Security), Username: m.Username,
		Secret: sealed, Folder: m.Folder, AfterAction: string(m.After), MoveTo: m.MoveTo, Enabled: m.Enabled,
		Purpose: string(m.Purpose), Rules: rules, AuthServer: m.AuthServer, Auth: authOf(m), TokenUrl: m.OAuth.TokenURL, ClientID: m.OAuth.ClientID,
		SilentDays: int32(m.SilentDays), AgencyID: m.AgencyID, ID: m.ID, Version: int32(m.Version)})
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
		m, err := mailboxOf(r)
		if err != nil {
			return nil, err
		}
		list[i] = HeldMailbox{OfficialMailbox: m, Secret: r.Secret, UIDValidity: uint32(r.Uidvalidity), LastUID: uint32(r.LastUid)}
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

// MailboxCursor is how far a mailbox was read.
type MailboxCursor struct {
	UIDValidity, LastUID uint32
	LastMessage          time.Time
	Pending              int // behind it, on the server
}

// AdvanceMailbox moves the cursor of a mailbox that the gateway still holds.
func (tx *Tx) AdvanceMailbox(ctx context.Context, m exchange.OfficialMailbox, owner org.ID, to MailboxCursor, now time.Time) error {
	n, err := tx.q.AdvanceMailbox(ctx, dbsqlc.AdvanceMailboxParams{Uidvalidity: int64(to.UIDValidity), LastUid: int64(to.LastUID), At: &now,
		LastMessageAt: optional(to.LastMessage), Pending: int64(to.Pending), AgencyID: m.AgencyID, ID: m.ID, Owner: &owner})
	if err != nil {
		return fmt.Errorf("advance mailbox: %w", err)
	}
	if n == 0 {
		return errNotHeld
	}
	return nil
}

// RotateMailboxSecret keeps a new refresh token, sealed, unless a person
// entered another meanwhile.
func (tx *Tx) RotateMailboxSecret(ctx context.Context, m exchange.OfficialMailbox, owner org.ID, sealed []byte) error {
	n, err := tx.q.RotateMailboxSecret(ctx, dbsqlc.RotateMailboxSecretParams{Secret: sealed, AgencyID: m.AgencyID, ID: m.ID, Version: int32(m.Version), Owner: &owner})
	if err != nil {
		return fmt.Errorf("rotate secret: %w", err)
	}
	if n == 0 {
		return errNotHeld
	}
	return nil
}

// MailboxOlder counts messages that are older than what is read; fresh counts anew.
func (tx *Tx) MailboxOlder(ctx context.Context, m exchange.OfficialMailbox, more int, fresh bool) error {
	if err := tx.q.MailboxOlder(ctx, dbsqlc.MailboxOlderParams{Fresh: fresh, More: int64(more), AgencyID: m.AgencyID, ID: m.ID}); err != nil {
		return fmt.Errorf("note older mail: %w", err)
	}
	return nil
}

// MailPolicy gives how the mails of a mailbox are to be taken.
func (tx *Tx) MailPolicy(ctx context.Context, agency, mailbox org.ID) (exchange.MailPolicy, error) {
	r, err := tx.q.MailPolicy(ctx, agency, mailbox)
	if err != nil {
		return exchange.MailPolicy{}, fmt.Errorf("read rules: %w", translate(err))
	}
	p := exchange.MailPolicy{Purpose: exchange.MailboxPurpose(r.Purpose), AuthServer: r.AuthServer}
	if err := json.Unmarshal(r.Rules, &p.Rules); err != nil {
		return p, fmt.Errorf("decode rules: %w", err)
	}
	return p, nil
}

// NoteMailNotice tells whether the sender was not told anything today yet, and
// notes that it is now.
func (tx *Tx) NoteMailNotice(ctx context.Context, agency org.ID, address string, day org.Day) (first bool, err error) {
	n, err := tx.q.NoteMailNotice(ctx, dbsqlc.NoteMailNoticeParams{AgencyID: agency, Address: address, Day: day})
	if err != nil {
		return false, fmt.Errorf("note a notice: %w", err)
	}
	return n == 1, nil
}
