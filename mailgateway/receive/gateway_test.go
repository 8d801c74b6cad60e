package receive_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/mailgateway/receive"
	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/embedded"
	"congvan/storage/postgres"
	"congvan/storage/secret"
	"congvan/storage/storagetest"
)

const (
	address  = "vanthu@agency.example.test"
	password = "mật khẩu"
	// patience is how long a test waits for what happens by itself.
	patience = 30 * time.Second
)

// office is an agency with a real mailbox that a gateway reads.
type office struct {
	t       *testing.T
	db      *storagetest.Database
	blobs   *blob.Store
	secrets *secret.Box
	mail    *embedded.Dovecot
	agency  org.ID
	mailbox org.ID
}

func newOffice(t *testing.T) *office {
	t.Helper()
	db := storagetest.DB(t)
	box, err := secret.New(secret.NewKey())
	require.NoError(t, err)
	o := &office{t: t, db: db, blobs: storagetest.Blobs(t, db), secrets: box, mailbox: postgres.NewID(),
		mail: storagetest.Dovecot(t, map[string]string{address: password}), agency: db.Office(t, "H59.01", "Xã Long Đức").ID}
	o.connect(o.mailbox, address, o.secrets.Seal(o.mailbox, password))
	return o
}

func (o *office) connect(id org.ID, user string, sealed []byte) {
	o.t.Helper()
	host, portText, err := net.SplitHostPort(o.mail.Place().IMAP)
	require.NoError(o.t, err)
	port, err := strconv.Atoi(portText)
	require.NoError(o.t, err)
	o.exec(`insert into mailbox (agency_id, id, address, host, port, security, username, secret) values ($1, $2, $3, $4, $5, 'none', $3, $6)`,
		uuid.UUID(o.agency), uuid.UUID(id), user, host, port, sealed)
}

func (o *office) exec(sql string, args ...any) {
	o.t.Helper()
	_, err := o.db.Admin(o.t).Exec(context.Background(), sql, args...)
	require.NoError(o.t, err)
}

// count gives the first column of the first row, a number.
func (o *office) count(sql string, args ...any) int {
	o.t.Helper()
	var n int
	require.NoError(o.t, o.db.Admin(o.t).QueryRow(context.Background(), sql, args...).Scan(&n))
	return n
}

func (o *office) mails() int { return o.count(`select count(*) from mail_item`) }

func (o *office) eventually(what string, holds func() bool) {
	o.t.Helper()
	require.Eventually(o.t, holds, patience, 20*time.Millisecond, what)
}

var quick = receive.Options{MaxBytes: 2 << 20, HardBytes: 16 << 20, AllowPrivate: true, AllowPlain: true, Round: 200 * time.Millisecond, Patience: 50 * time.Millisecond}

func (o *office) gateway(opts receive.Options) *receive.Gateway {
	o.t.Helper()
	g, err := receive.New(o.db.Store, o.blobs, o.secrets, slog.New(slog.DiscardHandler), nil, opts)
	require.NoError(o.t, err)
	return g
}

// read runs a gateway until the returned function is called or the test ends.
func (o *office) read(opts receive.Options) (stop func()) {
	o.t.Helper()
	g := o.gateway(opts)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- g.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		require.NoError(o.t, <-ended)
	}
	o.t.Cleanup(stop)
	return stop
}

func (o *office) deliver(messages ...string) {
	o.t.Helper()
	for _, m := range messages {
		require.NoError(o.t, embedded.Deliver(context.Background(), o.mail.Place().LMTP, "gui@sender.example.test", []string{address}, strings.NewReader(m)))
	}
}

// letter is a mail with a PDF of some size.
func letter(id string, size int) string {
	pdf := append([]byte("%PDF-1.7 "+id+"\n"), bytes.Repeat([]byte("0123456789abcdef"), size/16)...)
	var b strings.Builder
	fmt.Fprintf(&b, "From: =?utf-8?q?S=E1=BB=9F_T=C6=B0_ph=C3=A1p?= <stp@sender.example.test>\r\nTo: %s\r\nSubject: Van ban %s\r\nMessage-ID: <%s@sender.example.test>\r\n"+
		"Date: Mon, 02 Mar 2026 08:00:00 +0700\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nKinh gui.\r\n"+
		"--b\r\nContent-Type: application/octet-stream; name=\"%s.pdf\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"%s.pdf\"\r\n\r\n", address, id, id, id, id)
	encoded := base64.StdEncoding.EncodeToString(pdf)
	for len(encoded) > 76 {
		b.WriteString(encoded[:76] + "\r\n")
		encoded = encoded[76:]
	}
	b.WriteString(encoded + "\r\n--b--\r\n")
	return b.String()
}

// wholeOf checks that what the mail's row names is really stored, byte by byte.
func (o *office) wholeOf(subject string, size int) {
	o.t.Helper()
	var raw, part []byte
	require.NoError(o.t, o.db.Admin(o.t).QueryRow(context.Background(), `select i.raw_sha256, p.sha256 from mail_item i join mail_part p on p.mail_item_id = i.id
		where i.subject = $1`, subject).Scan(&raw, &part))
	for _, h := range [][]byte{raw, part} {
		f, err := o.blobs.Open(context.Background(), [32]byte(h))
		require.NoError(o.t, err)
		n, err := io.Copy(io.Discard, f)
		require.NoError(o.t, err)
		assert.GreaterOrEqual(o.t, int(n), size)
		require.NoError(o.t, f.Close())
	}
}

func TestK9_AMailIsStoredWithItsPartsAndOnlyThenMarked(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.deliver(letter("mot", 100<<10))
	o.read(quick)
	o.eventually("the mail is taken in", func() bool { return o.mails() == 1 })
	o.wholeOf("Van ban mot", 100<<10)
	assert.Equal(t, 1, o.count(`select count(*) from river_job where kind = 'take_in_mail'`), "one job of the same transaction")
	assert.Equal(t, 1, o.count(`select last_uid from mailbox`))
	o.eventually("the mailbox is told", func() bool { return o.marked() == 1 })
	assert.Zero(t, o.seen(), "nobody's mail is marked as read")

	o.deliver(letter("hai", 1200<<10)) // streamed, not buffered
	o.eventually("the next mail comes by itself", func() bool { return o.mails() == 2 })
	o.wholeOf("Van ban hai", 1200<<10)
}

func TestK10_WhatIsTooLargeIsHeldAndTheRestGoesOn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.deliver(letter("truoc", 1000), letter("lon", 3<<20), letter("sau", 1000))
	o.read(quick)
	o.eventually("all three are there", func() bool { return o.mails() == 3 })
	assert.Equal(t, 1, o.count(`select count(*) from mail_item where state = 'quarantined' and reason = 'too_large' and raw_sha256 is null and subject = 'Van ban lon' and from_address = 'stp@sender.example.test'`))
	assert.Equal(t, 2, o.count(`select count(*) from mail_item where state = 'received'`))

	// K11: who asks for it gets it whole, up to the hard limit.
	o.exec(`update mail_item set state = 'received', reason = '', attempts = 1 where subject = 'Van ban lon'`)
	o.exec(`update mailbox set asked_at = now()`)
	o.eventually("the large one is fetched", func() bool {
		return o.count(`select count(*) from mail_item where subject = 'Van ban lon' and raw_sha256 is not null`) == 1
	})
	o.wholeOf("Van ban lon", 3<<20)
}

func TestK10_WhatIsOverTheHardLimitStaysHeld(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.deliver(letter("lon", 3<<20))
	opts := quick
	opts.HardBytes = opts.MaxBytes
	o.read(opts)
	o.eventually("it is held", func() bool { return o.count(`select count(*) from mail_item where state = 'quarantined'`) == 1 })
	o.exec(`update mail_item set state = 'received', reason = '', attempts = 1`)
	o.exec(`update mailbox set asked_at = now()`)
	o.eventually("it is held again", func() bool {
		return o.count(`select count(*) from mail_item where state = 'quarantined' and reason = 'too_large' and attempts = 1`) == 1
	})
}

func TestK1_RenumberedMailIsReadAgainWithoutASecondRowPerNumber(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.deliver(letter("mot", 1000))
	stop := o.read(quick)
	o.eventually("taken", func() bool { return o.mails() == 1 })
	stop()
	o.exec(`update mailbox set uidvalidity = 7`) // as if the server had numbered anew since
	o.exec(`update mail_item set uidvalidity = 7`)
	o.read(quick)
	o.eventually("read again under the new number", func() bool { return o.mails() == 2 })
	assert.Equal(t, 1, o.count(`select count(distinct raw_sha256) from mail_item`), "the same bytes, for the job to recognise")
}

func TestK2_TwoGatewaysReadAMailboxOneAtATime(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	first := o.read(quick)
	o.eventually("somebody holds it", func() bool { return o.count(`select count(*) from mailbox where lease_owner is not null`) == 1 })
	o.read(quick)
	for n := range 20 {
		o.deliver(letter(fmt.Sprint("thu", n), 1000))
		if n == 10 {
			first() // the other takes over
		}
	}
	o.eventually("all are there", func() bool { return o.mails() == 20 })
	assert.Equal(t, 20, o.count(`select count(distinct uid) from mail_item`))
}

func TestK_OneMailboxThatFailsDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	wrong, foreign := postgres.NewID(), postgres.NewID()
	o.connect(wrong, "nobody@agency.example.test", o.secrets.Seal(wrong, "x"))
	o.connect(foreign, "other@agency.example.test", o.secrets.Seal(wrong, "x")) // sealed for another row
	o.read(quick)
	o.deliver(letter("mot", 1000))
	o.eventually("taken", func() bool { return o.mails() == 1 })
	o.eventually("the failures stand on their mailboxes", func() bool {
		return o.count(`select count(*) from mailbox where id = $1 and last_error = 'mail_login'`, uuid.UUID(wrong)) == 1 &&
			o.count(`select count(*) from mailbox where id = $1 and last_error = 'mail_secret'`, uuid.UUID(foreign)) == 1
	})
	assert.Equal(t, 1, o.count(`select count(*) from mailbox where last_error = '' and connected_at is not null`))
}

func TestK12_PrivateHostsAndPlainLinesAreRefusedUnlessAllowed(t *testing.T) {
	t.Parallel()
	for code, opts := range map[string]receive.Options{
		"mail_host_private": {MaxBytes: 1 << 20, AllowPlain: true, Round: 200 * time.Millisecond},
		"mail_plain":        {MaxBytes: 1 << 20, AllowPrivate: true, Round: 200 * time.Millisecond},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.read(opts)
			o.eventually("the refusal stands on the mailbox", func() bool { return o.count(`select count(*) from mailbox where last_error = $1`, code) == 1 })
		})
	}
}

func TestK_AnEditedMailboxIsReadAnewAndAPausedOneNotAtAll(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.exec(`update mailbox set secret = $1`, o.secrets.Seal(o.mailbox, "wrong"))
	o.read(quick)
	o.eventually("refused", func() bool { return o.count(`select count(*) from mailbox where last_error = 'mail_login'`) == 1 })
	o.exec(`update mailbox set secret = $1, version = version + 1`, o.secrets.Seal(o.mailbox, password))
	o.eventually("connected", func() bool { return o.count(`select count(*) from mailbox where connected_at is not null`) == 1 })
	o.exec(`update mailbox set enabled = false, version = version + 1`)
	o.eventually("given back", func() bool { return o.count(`select count(*) from mailbox where lease_owner is null`) == 1 })
	o.deliver(letter("mot", 1000))
	o.exec(`update mailbox set enabled = true, version = version + 1`)
	o.eventually("read again", func() bool { return o.mails() == 1 })
}
