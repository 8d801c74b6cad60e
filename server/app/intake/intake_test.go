package intake_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/app/incoming"
	"congvan/server/app/intake"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/job"
	"congvan/storage/blob"
	"congvan/storage/postgres"
	"congvan/storage/secret"
	"congvan/storage/storagetest"
)

// desk is an agency with two mailboxes and the use cases on it.
type desk struct {
	t        *testing.T
	db       *storagetest.Database
	blobs    *blob.Store
	service  *intake.Service
	arrivals *incoming.Service
	office   storagetest.Office
	boxes    [2]org.ID
	inside   exchange.OpenedMail // what opening a raw mail again finds
	uid      uint32
}

func newDesk(t *testing.T, change ...func(*intake.Options)) *desk {
	t.Helper()
	db := storagetest.DB(t)
	d := &desk{t: t, db: db, blobs: storagetest.Blobs(t, db), office: db.Office(t, "H59.01", "Xã Long Đức"), boxes: [2]org.ID{postgres.NewID(), postgres.NewID()}}
	box, err := secret.New(secret.NewKey())
	require.NoError(t, err)
	opts := intake.Options{Reopen: func(context.Context, document.Hash) (exchange.OpenedMail, error) { return d.inside, nil }}
	for _, c := range change {
		c(&opts)
	}
	d.service = intake.New(db.Store, d.blobs, box, time.Now, opts)
	d.arrivals = incoming.New(db.Store, d.blobs, time.Now)
	for _, id := range d.boxes {
		_, err := db.Admin(t).Exec(t.Context(), `insert into mailbox (agency_id, id, address, host, port, security, username, secret)
			values ($1, $2, $3, 'mail.example.test', 993, 'tls', 'vanthu', '\x00')`, uuid.UUID(d.office.ID), uuid.UUID(id), id.String()+"@example.test")
		require.NoError(t, err)
	}
	return d
}

// part is a stored attachment.
func (d *desk) part(path, name, content string) exchange.MailPart {
	d.t.Helper()
	ref, err := d.blobs.Put(d.t.Context(), bytes.NewReader([]byte(content)), blob.Hint{})
	require.NoError(d.t, err)
	return exchange.MailPart{Path: path, Name: name, DeclaredType: "application/octet-stream", DetectedType: ref.MediaType, Size: ref.Size, Hash: ref.Hash}
}

func (d *desk) pdf(path, words string) exchange.MailPart {
	return d.part(path, "văn bản.pdf", "%PDF-1.7 "+words)
}

// mail is a message as the gateway found it.
func mail(subject string, parts ...exchange.MailPart) exchange.OpenedMail {
	return exchange.OpenedMail{MessageID: subject + "@example.test", FromName: "Văn phòng", FromAddress: "vp@ngoai.example.test", Subject: subject,
		SentAt: time.Now().Add(-time.Hour), BodyText: "Kính gửi", Parts: parts}
}

// store does what the gateway does with a message.
func (d *desk) store(box int, opened exchange.OpenedMail) exchange.Mail {
	d.t.Helper()
	d.uid++
	raw := d.part("", "raw", "Subject: "+opened.Subject+"\r\n\r\n"+uuid.NewString())
	m := exchange.Mail{AgencyID: d.office.ID, ID: postgres.NewID(), MailboxID: d.boxes[box], UIDValidity: 1, UID: d.uid, Raw: raw.Hash, Size: raw.Size,
		ReceivedAt: time.Now(), OpenedMail: opened, State: exchange.MailReceived, Reason: opened.Hold}
	require.NoError(d.t, d.db.InTx(d.t.Context(), postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		added, err := tx.AddMail(d.t.Context(), m)
		assert.True(d.t, added)
		return err
	}))
	return m
}

// receive stores a message and lets the job decide.
func (d *desk) receive(box int, opened exchange.OpenedMail) intake.Mail {
	d.t.Helper()
	m := d.store(box, opened)
	for range 2 { // a job may be worked on twice
		require.NoError(d.t, d.service.TakeIn(d.t.Context(), job.TakeInMail{AgencyID: m.AgencyID, MailItemIDs: []org.ID{m.ID}}))
	}
	return d.read(m.ID)
}

func (d *desk) read(id org.ID) intake.Mail {
	d.t.Helper()
	m, err := d.service.ReadMail(d.t.Context(), d.office.Clerk, id)
	require.NoError(d.t, err)
	return m
}

func (d *desk) waiting() []postgres.ArrivalSummary {
	d.t.Helper()
	list, err := d.arrivals.List(d.t.Context(), d.office.Clerk, org.ID{}, incoming.Filter{State: routing.Awaiting, Limit: 100})
	require.NoError(d.t, err)
	return list
}

func TestK_AMailWithADocumentAwaitsRegistrationPrefilled(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	m := d.receive(0, mail("Về việc phòng chống lụt bão", d.part("2", "bảng kê.docx", "PK\x03\x04 not the document"), d.pdf("3", "chỉ thị")))
	require.Equal(t, exchange.MailArrived, m.State)
	list := d.waiting()
	require.Len(t, list, 1)
	a, err := d.arrivals.Read(t.Context(), d.office.Clerk, list[0].ID)
	require.NoError(t, err)
	assert.Equal(t, m.ArrivalID, a.ID)
	assert.Equal(t, "Về việc phòng chống lụt bão", a.Subject)
	assert.Equal(t, "Văn phòng", a.IssuerName)
	assert.Equal(t, org.DayOf(m.SentAt), a.DocumentDate)
	assert.Equal(t, m.Parts[1].Hash, a.MainHash, "the PDF is the document")
	assert.Len(t, a.Files, 2)
	require.NotNil(t, a.Mail)
	assert.Equal(t, "Kính gửi", a.Mail.BodyText)
	assert.Equal(t, "vp@ngoai.example.test", a.Mail.FromAddress)
	require.NoError(t, d.arrivals.Register(t.Context(), d.office.Clerk, access.Command{}, a.ID,
		incoming.Registration{Seen: a.MainHash, Correct: func(f *routing.Fields) { f.Number = "15" }}))
}

func TestK_ASenderOfTheDirectoryIsNamedAsThere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	other := d.db.Office(t, "H59.08", "Sở Nội vụ")
	_, err := d.db.Admin(t).Exec(t.Context(), `update agency set email = 'SNV@ngoai.example.test' where id = $1`, uuid.UUID(other.ID))
	require.NoError(t, err)
	opened := mail("Kế hoạch", d.pdf("2", "kế hoạch"))
	opened.FromAddress = "snv@NGOAI.example.test"
	d.receive(0, opened)
	a, err := d.arrivals.Read(t.Context(), d.office.Clerk, d.waiting()[0].ID)
	require.NoError(t, err)
	assert.Equal(t, "Sở Nội vụ", a.IssuerName)
	assert.Equal(t, "H59.08", a.IssuerCode)
}

// TestK_OneMailThatCannotBeDecidedDoesNotHoldUpTheOthers lets the database
// refuse one of three mails that came together.
func TestK_OneMailThatCannotBeDecidedDoesNotHoldUpTheOthers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, sql := range []string{
		`create function refuse() returns trigger language plpgsql as $$ begin if new.subject = 'hỏng' then raise 'refused'; end if; return new; end $$`,
		`create trigger refuse before insert on arrival for each row execute function refuse()`,
	} {
		_, err := d.db.Admin(t).Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	j := job.TakeInMail{AgencyID: d.office.ID}
	for _, subject := range []string{"một", "hỏng", "ba"} {
		m := d.store(0, mail(subject, d.pdf("2", subject)))
		j.MailItemIDs = append(j.MailItemIDs, m.ID)
	}
	require.Error(t, d.service.TakeIn(t.Context(), j), "the job is tried again")
	assert.Len(t, d.waiting(), 2)
	assert.Equal(t, exchange.MailReceived, d.read(j.MailItemIDs[1]).State)
}

func TestK11_WhatCannotBeADocumentIsHeldWithAReason(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	logo := d.part("2", "logo.png", "\x89PNG\r\n\x1a\n logo")
	logo.Inline = true
	virus := d.part("2", "hóa đơn.exe", "MZ program")
	broken := mail("Hỏng", d.pdf("2", "hỏng"))
	broken.Warnings = []exchange.MailWarning{{Code: "base64_damaged", Path: "2", Loses: true}}
	unreadable := mail("Rác")
	unreadable.Hold = exchange.HeldUnreadable
	for want, opened := range map[exchange.HoldReason][]exchange.OpenedMail{
		exchange.HeldNoDocument: {mail("Không có gì"), mail("Chỉ có biểu trưng", logo), mail("Chương trình", virus)},
		exchange.HeldDamaged:    {broken},
		exchange.HeldUnreadable: {unreadable},
	} {
		for _, o := range opened {
			m := d.receive(0, o)
			assert.Equal(t, exchange.MailQuarantined, m.State, o.Subject)
			assert.Equal(t, want, m.Reason, o.Subject)
		}
	}
	assert.Empty(t, d.waiting())
	list, err := d.service.Quarantine(t.Context(), d.office.Clerk, org.ID{}, postgres.Cursor{}, 3)
	require.NoError(t, err)
	require.Len(t, list, 3, "a page")
	rest, err := d.service.Quarantine(t.Context(), d.office.Clerk, org.ID{}, postgres.Cursor{At: list[2].ReceivedAt, ID: list[2].ID}, 10)
	require.NoError(t, err)
	assert.Len(t, rest, 2, "the rest")
}

func TestK_TheSameMailInTwoBoxesArrivesOnceAndAnotherWithItsIdentifierArrivesToo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	same := mail("Một thư", d.pdf("2", "một"))
	first, second := d.receive(0, same), d.receive(1, same)
	assert.Equal(t, exchange.MailArrived, first.State)
	assert.Equal(t, exchange.MailDuplicate, second.State)
	another := mail("Một thư", d.pdf("2", "bản khác"))
	another.MessageID = same.MessageID
	assert.Equal(t, exchange.MailArrived, d.receive(0, another).State, "an identifier alone proves nothing")
	assert.Len(t, d.waiting(), 2)
}

func TestK11_AHeldMailIsTriedAgainOncePerCommandAndBecomesAnArrival(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	m := d.receive(0, mail("Thử lại"))
	command := access.Command{AccountID: d.office.Clerk.AccountID, Key: uuid.NewString(), Operation: "retryQuarantined"}
	again, err := d.service.Retry(t.Context(), d.office.Clerk, access.Command{}, m.ID)
	require.NoError(t, err)
	assert.Equal(t, exchange.MailQuarantined, again.State, "still nothing in it")
	assert.Equal(t, 1, again.Attempts)

	d.inside = mail("Thử lại", d.pdf("1.2", "nay mở được"))
	for range 2 {
		after, err := d.service.Retry(t.Context(), d.office.Clerk, command, m.ID)
		require.NoError(t, err)
		assert.Equal(t, exchange.MailArrived, after.State)
		assert.Len(t, after.Parts, 1)
	}
	assert.Len(t, d.waiting(), 1)
	_, err = d.service.Discard(t.Context(), d.office.Clerk, access.Command{}, m.ID, "không cần")
	assert.Equal(t, fault.Conflict, fault.KindOf(err), "what arrived is not put aside")
}

// Bytes that came between the reading and the deciding are not judged by what
// other bytes held.
func TestK11_AMailThatWasFetchedMeanwhileKeepsItsParts(t *testing.T) {
	t.Parallel()
	var fetched func()
	d := newDesk(t, func(o *intake.Options) {
		o.Reopen = func(context.Context, document.Hash) (exchange.OpenedMail, error) {
			fetched()
			return exchange.OpenedMail{}, nil
		}
	})
	opened := mail("Tải lại", d.pdf("2", "bản đầy đủ"))
	opened.Hold = exchange.HeldUnreadable
	m := d.receive(0, opened)
	require.Equal(t, exchange.MailQuarantined, m.State)
	require.Len(t, m.Parts, 1)
	other := d.part("", "raw", "Subject: other")
	fetched = func() {
		_, err := d.db.Admin(t).Exec(t.Context(), `update mail_item set raw_sha256 = $1 where id = $2`, other.Hash[:], uuid.UUID(m.ID))
		require.NoError(t, err)
	}
	_, err := d.service.Retry(t.Context(), d.office.Clerk, access.Command{}, m.ID)
	assert.Equal(t, fault.Stale, fault.KindOf(err))
	assert.Len(t, d.read(m.ID).Parts, 1, "what was fetched is still there")
}

func TestK11_AMailIsPutAsideWithAReasonAndStaysInTheHistory(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	m := d.receive(0, mail("Quảng cáo"))
	_, err := d.service.Discard(t.Context(), d.office.Clerk, access.Command{}, m.ID, "  ")
	var refused *fault.Error
	require.True(t, errors.As(err, &refused))
	after, err := d.service.Discard(t.Context(), d.office.Clerk, access.Command{}, m.ID, "Thư quảng cáo")
	require.NoError(t, err)
	assert.Equal(t, exchange.MailDiscarded, after.State)
	rows, err := d.db.Admin(t).Query(t.Context(), `select verb from event where subject_id = $1 order by id`, uuid.UUID(m.ID))
	require.NoError(t, err)
	var verbs []string
	for rows.Next() {
		var verb string
		require.NoError(t, rows.Scan(&verb))
		verbs = append(verbs, verb)
	}
	require.NoError(t, rows.Err())
	assert.Equal(t, []string{"mail_quarantined", "mail_discarded"}, verbs)
}

func TestM2_OnlyTheClerkOfTheAgencySeesAHeldMail(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	m := d.receive(0, mail("Riêng"))
	foreign := d.db.Office(t, "H59.02", "Xã An Phú")
	for _, who := range []access.Person{d.office.Leader, d.office.Officer, foreign.Clerk, {Operator: true}} {
		_, err := d.service.ReadMail(t.Context(), who, m.ID)
		assert.Equal(t, fault.NotFound, fault.KindOf(err))
		_, err = d.service.Retry(t.Context(), who, access.Command{}, m.ID)
		assert.Equal(t, fault.NotFound, fault.KindOf(err))
	}
}

func TestM1_AMailboxKeepsItsPasswordSealedAndForItsServer(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	admin := d.db.Person(t, d.office.ID, org.ID{}, org.Admin)
	box := exchange.OfficialMailbox{AgencyID: d.office.ID, Address: "moi@example.test", Host: "imap.example.test", Port: 993, Security: exchange.MailTLS, Username: "moi"}
	made, err := d.service.AddMailbox(t.Context(), admin, access.Command{}, box, intake.MailboxSecret{Password: "bí mật"})
	require.NoError(t, err)
	var sealed []byte
	require.NoError(t, d.db.Admin(t).QueryRow(t.Context(), `select secret from mailbox where id = $1`, uuid.UUID(made.ID)).Scan(&sealed))
	assert.False(t, bytes.Contains(sealed, []byte("bí mật")))

	_, err = d.service.AddMailbox(t.Context(), admin, access.Command{}, box, intake.MailboxSecret{Password: "bí mật"})
	assert.Equal(t, fault.Invalid, fault.KindOf(err), "the same box twice")
	elsewhere := "imap.thief.example.test"
	_, err = d.service.EditMailbox(t.Context(), admin, made.ID, made.Version, intake.MailboxChange{Host: &elsewhere})
	assert.Equal(t, fault.Invalid, fault.KindOf(err), "the stored password does not go to another server")
	plain := exchange.MailPlain
	_, err = d.service.EditMailbox(t.Context(), admin, made.ID, made.Version, intake.MailboxChange{Security: &plain})
	assert.Equal(t, fault.Invalid, fault.KindOf(err), "nor over an open line")
	off := false
	paused, err := d.service.EditMailbox(t.Context(), admin, made.ID, made.Version, intake.MailboxChange{Enabled: &off})
	require.NoError(t, err)
	assert.Equal(t, exchange.MailboxPaused, paused.State())
	_, err = d.service.EditMailbox(t.Context(), admin, made.ID, made.Version, intake.MailboxChange{Enabled: &off})
	assert.Equal(t, fault.Stale, fault.KindOf(err))
	list, err := d.service.Mailboxes(t.Context(), d.office.Clerk)
	require.NoError(t, err)
	assert.True(t, slices.ContainsFunc(list, func(m intake.Mailbox) bool { return m.ID == made.ID }))
	_, err = d.service.Mailboxes(t.Context(), d.office.Officer)
	assert.Equal(t, fault.Forbidden, fault.KindOf(err))
}
