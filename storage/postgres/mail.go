package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// MailView is a mail as its page shows it.
type MailView struct {
	exchange.Mail
	AgencyName string
	Mailbox    string // its address
}

// CountQuarantined counts the mails held back at the agencies, up to CountCap.
func (tx *Tx) CountQuarantined(ctx context.Context, agencies []org.ID) (int, bool, error) {
	n, err := tx.q.CountQuarantined(ctx, agencies, CountCap+1)
	if err != nil {
		return 0, false, fmt.Errorf("count quarantine: %w", err)
	}
	return min(int(n), CountCap), n > CountCap, nil
}

// AddMail stores a mail with its parts, unless the same number of the mailbox
// was stored before.
func (tx *Tx) AddMail(ctx context.Context, m exchange.Mail) (added bool, err error) {
	said, err := encodeMail(m)
	if err != nil {
		return false, err
	}
	n, err := tx.q.InsertMailItem(ctx, dbsqlc.InsertMailItemParams{AgencyID: m.AgencyID, ID: m.ID, MailboxID: m.MailboxID,
		Uidvalidity: int64(m.UIDValidity), Uid: int64(m.UID), MessageID: m.MessageID, RawSha256: hashBytes(m.Raw), Size: m.Size,
		FromName: m.FromName, FromAddress: m.FromAddress, Subject: m.Subject, SentAt: optional(m.SentAt), ReceivedAt: m.ReceivedAt,
		BodyText: m.BodyText, State: string(m.State), Reason: string(m.Reason), Detail: m.Detail, Warnings: said.warnings, ContentSha256: contentOf(m),
		Answer: said.answer, Trust: said.trust})
	if err != nil {
		return false, fmt.Errorf("add mail: %w", err)
	}
	if n == 0 {
		return false, nil
	}
	return true, tx.addParts(ctx, m)
}

// encodedMail is what a mail says in the form that columns keep.
type encodedMail struct{ warnings, answer, trust []byte }

func encodeMail(m exchange.Mail) (e encodedMail, err error) {
	for _, c := range []struct {
		to   *[]byte
		from any
	}{{&e.warnings, m.Warnings}, {&e.answer, m.Answer}, {&e.trust, m.Trust}} {
		if *c.to, err = json.Marshal(c.from); err != nil {
			return e, fmt.Errorf("encode mail: %w", err)
		}
	}
	return e, nil
}

// contentOf is what stands in a mail, whatever way it came.
func contentOf(m exchange.Mail) []byte {
	all := sha256.New()
	for _, p := range m.Parts {
		all.Write(p.Hash[:])
	}
	return all.Sum(nil)
}

const addMailParts = `
insert into mail_part (agency_id, mail_item_id, ordinal, path, name, declared_type, detected_type, size, sha256, inline)
select $1, $2, p.ordinal, p.path, p.name, p.declared_type, p.detected_type, p.size, p.sha256, p.inline
  from unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bytea[], $10::boolean[])
       p (ordinal, path, name, declared_type, detected_type, size, sha256, inline)`

func (tx *Tx) addParts(ctx context.Context, m exchange.Mail) error {
	n := len(m.Parts)
	if n == 0 {
		return nil
	}
	ordinals, sizes, hashes, inlines := make([]int32, n), make([]int64, n), make([][]byte, n), make([]bool, n)
	paths, names, declared, detected := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, p := range m.Parts {
		ordinals[i], paths[i], names[i], declared[i], detected[i] = int32(i), p.Path, p.Name, p.DeclaredType, p.DetectedType
		sizes[i], hashes[i], inlines[i] = p.Size, p.Hash[:], p.Inline
	}
	if _, err := tx.tx.Exec(ctx, addMailParts, m.AgencyID, m.ID, ordinals, paths, names, declared, detected, sizes, hashes, inlines); err != nil {
		return fmt.Errorf("add parts of a mail: %w", err)
	}
	return nil
}

// SaveMail writes a changed mail, unless another transaction changed it since;
// opened says that its parts were read again.
func (tx *Tx) SaveMail(ctx context.Context, m exchange.Mail, opened bool) error {
	said, err := encodeMail(m)
	if err != nil {
		return err
	}
	n, err := tx.q.UpdateMailItem(ctx, dbsqlc.UpdateMailItemParams{MessageID: m.MessageID, RawSha256: hashBytes(m.Raw), Size: m.Size, FromName: m.FromName,
		FromAddress: m.FromAddress, Subject: m.Subject, SentAt: optional(m.SentAt), BodyText: m.BodyText, State: string(m.State), Reason: string(m.Reason),
		Detail: m.Detail, Warnings: said.warnings, ContentSha256: contentOf(m), Answer: said.answer, Trust: said.trust,
		AboutAgencyID: optional(m.About.AgencyID), AboutDocumentID: optional(m.About.DocumentID), AboutDeliveryID: optional(m.About.ID), ArrivalID: optional(m.ArrivalID), Attempts: int32(m.Attempts),
		AgencyID: m.AgencyID, ID: m.ID, Version: int32(m.Version)})
	if err != nil {
		return fmt.Errorf("save mail: %w", err)
	}
	if n == 0 {
		return errStale
	}
	if !opened {
		return nil
	}
	if err := tx.q.DeleteMailParts(ctx, m.AgencyID, m.ID); err != nil {
		return fmt.Errorf("remove parts of a mail: %w", err)
	}
	return tx.addParts(ctx, m)
}

// LockMail gives a mail of one of the agencies and keeps everybody else from changing it.
func (tx *Tx) LockMail(ctx context.Context, agencies []org.ID, id org.ID) (exchange.Mail, error) {
	r, err := tx.q.LockMailItem(ctx, agencies, id)
	if err != nil {
		return exchange.Mail{}, fmt.Errorf("lock mail: %w", translate(err))
	}
	return tx.wholeMail(ctx, r)
}

// Mail gives a mail of one of the agencies as its page shows it.
func (tx *Tx) Mail(ctx context.Context, agencies []org.ID, id org.ID) (MailView, error) {
	r, err := tx.q.GetMailItem(ctx, agencies, id)
	if err != nil {
		return MailView{}, fmt.Errorf("read mail: %w", translate(err))
	}
	m, err := tx.wholeMail(ctx, r.MailItem)
	return MailView{Mail: m, AgencyName: r.AgencyName, Mailbox: r.Mailbox}, err
}

// MailsWithPart gives those of the mails that bring a part of the type.
func (tx *Tx) MailsWithPart(ctx context.Context, agency org.ID, ids []org.ID, detectedType string) ([]org.ID, error) {
	found, err := tx.q.MailsWithPart(ctx, dbsqlc.MailsWithPartParams{AgencyID: agency, Ids: ids, DetectedType: detectedType})
	if err != nil {
		return nil, fmt.Errorf("look for parts of mails: %w", err)
	}
	return found, nil
}

func (tx *Tx) wholeMail(ctx context.Context, r dbsqlc.MailItem) (exchange.Mail, error) {
	m, err := mailOf(r)
	if err != nil {
		return m, err
	}
	parts, err := tx.q.ListMailParts(ctx, r.AgencyID, r.ID)
	if err != nil {
		return m, fmt.Errorf("list parts of a mail: %w", err)
	}
	for _, p := range parts {
		m.Parts = append(m.Parts, exchange.MailPart{Path: p.Path, Name: p.Name, DeclaredType: p.DeclaredType, DetectedType: p.DetectedType,
			Size: p.Size, Hash: hashOf(p.Sha256), Inline: p.Inline})
	}
	return m, nil
}

func mailOf(r dbsqlc.MailItem) (exchange.Mail, error) {
	m := exchange.Mail{AgencyID: r.AgencyID, ID: r.ID, MailboxID: r.MailboxID, UIDValidity: uint32(r.Uidvalidity), UID: uint32(r.Uid),
		Raw: hashOf(r.RawSha256), Size: r.Size, ReceivedAt: r.ReceivedAt, State: exchange.MailState(r.State), Reason: exchange.HoldReason(r.Reason),
		Detail: r.Detail, ArrivalID: value(r.ArrivalID), Attempts: int(r.Attempts), Version: int(r.Version),
		OpenedMail: exchange.OpenedMail{MessageID: r.MessageID, FromName: r.FromName, FromAddress: r.FromAddress, Subject: r.Subject,
			SentAt: value(r.SentAt), BodyText: r.BodyText}}
	if m.State == exchange.MailReceived {
		m.Hold = m.Reason // what the gateway found; decided when the mail is taken in
	}
	m.About = exchange.DeliveryRef{AgencyID: value(r.AboutAgencyID), DocumentID: value(r.AboutDocumentID), ID: value(r.AboutDeliveryID)}
	if err := errors.Join(json.Unmarshal(r.Warnings, &m.Warnings), json.Unmarshal(r.Answer, &m.Answer), json.Unmarshal(r.Trust, &m.Trust)); err != nil {
		return m, fmt.Errorf("decode mail: %w", err)
	}
	return m, nil
}

// Quarantine gives a page of the mails held back at the agencies, newest first, without their parts.
func (tx *Tx) Quarantine(ctx context.Context, agencies []org.ID, after Cursor, most int) ([]MailView, error) {
	p := dbsqlc.ListQuarantineParams{Agencies: agencies, BeforeAt: after.At, BeforeID: after.ID, Most: int32(most)}
	if after.At.IsZero() {
		p.BeforeAt = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	rows, err := tx.q.ListQuarantine(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("list quarantine: %w", err)
	}
	list := make([]MailView, len(rows))
	for i, r := range rows {
		m, err := mailOf(r.MailItem)
		if err != nil {
			return nil, err
		}
		list[i] = MailView{Mail: m, AgencyName: r.AgencyName, Mailbox: r.Mailbox}
	}
	return list, nil
}

// MailToFetch gives what a person asked to be fetched from the mailbox although it is large.
func (tx *Tx) MailToFetch(ctx context.Context, m exchange.OfficialMailbox, most int) ([]exchange.Mail, error) {
	rows, err := tx.q.MailToFetch(ctx, dbsqlc.MailToFetchParams{AgencyID: m.AgencyID, MailboxID: m.ID, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("list mail to fetch: %w", err)
	}
	list := make([]exchange.Mail, len(rows))
	for i, r := range rows {
		list[i] = exchange.Mail{AgencyID: m.AgencyID, ID: r.ID, MailboxID: m.ID, UIDValidity: uint32(r.Uidvalidity), UID: uint32(r.Uid), Size: r.Size}
	}
	return list, nil
}

// SameMail gives a mail of the agency that is the same and was decided before.
// Two that may be the same are looked at one after the other.
func (tx *Tx) SameMail(ctx context.Context, m exchange.Mail) (same org.ID, found bool, err error) {
	if err := tx.q.LockMailIdentity(ctx, m.Identity()); err != nil {
		return org.ID{}, false, fmt.Errorf("lock identity of a mail: %w", err)
	}
	same, err = tx.q.SameMail(ctx, dbsqlc.SameMailParams{AgencyID: m.AgencyID, ID: m.ID, RawSha256: hashBytes(m.Raw), MessageID: m.MessageID,
		Subject: m.Subject, FromAddress: m.FromAddress, ContentSha256: contentOf(m)})
	if errors.Is(err, pgx.ErrNoRows) {
		return org.ID{}, false, nil
	}
	if err != nil {
		return org.ID{}, false, fmt.Errorf("look for the same mail: %w", err)
	}
	return same, true, nil
}

// AgencyByEmail gives the agency whose official address it is.
func (tx *Tx) AgencyByEmail(ctx context.Context, address string) (exchange.KnownSender, bool, error) {
	r, err := tx.q.AgencyByEmail(ctx, address)
	if errors.Is(err, pgx.ErrNoRows) {
		return exchange.KnownSender{}, false, nil
	}
	if err != nil {
		return exchange.KnownSender{}, false, fmt.Errorf("look up a sender: %w", err)
	}
	return exchange.KnownSender{Name: r.Name, Code: r.Code}, true, nil
}
