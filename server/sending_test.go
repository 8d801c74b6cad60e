package server_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"congvan/mailgateway/mime"
	"congvan/server/app/delivery"
	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/postgres"
	"congvan/storage/secret"
	"congvan/storage/storagetest"
)

// ledger is a mail server that writes down what it took, by the identifier of
// each mail, outside of everything that is killed.
type ledger struct {
	mu     sync.Mutex
	mails  map[string][][32]byte // the files of each mail
	times  map[string]int
	answer func(nth int) error // what the nth mail is answered; nil takes it
	nth    int
}

func (l *ledger) NewSession(*smtp.Conn) (smtp.Session, error) { return l, nil }
func (l *ledger) Mail(string, *smtp.MailOptions) error        { return nil }
func (l *ledger) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (l *ledger) Reset()                                      {}
func (l *ledger) Logout() error                               { return nil }
func (l *ledger) Data(r io.Reader) error {
	var files [][32]byte
	m, err := mime.Split(r, mime.Limits{}, func(_ mime.Part, body io.Reader) error {
		sum := sha256.New()
		_, err := io.Copy(sum, body)
		files = append(files, [32]byte(sum.Sum(nil)))
		return err
	})
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.nth++
	nth, answer := l.nth, l.answer
	l.mails[m.Headers.MessageID] = files
	l.times[m.Headers.MessageID]++
	l.mu.Unlock()
	if answer == nil {
		return nil
	}
	return answer(nth)
}

func (l *ledger) took() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.nth
}

func (l *ledger) behave(answer func(nth int) error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answer = answer
}

func newLedger(t *testing.T) (*ledger, string) {
	t.Helper()
	l := &ledger{mails: map[string][][32]byte{}, times: map[string]int{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(l)
	server.Domain, server.ErrorLog = "mail.example", log.New(io.Discard, "", 0) // of lines that a killed process leaves
	go func() { _ = server.Serve(listener) }()                                  // ends with Close
	t.Cleanup(func() { _ = server.Close() })
	return l, listener.Addr().String()
}

// sendingVictim is an installation that sends mail and is killed while it does.
type sendingVictim struct {
	*victim
	sender storagetest.Office
	out    *outgoing.Service
	blobs  *blob.Store
}

func newSendingVictim(t *testing.T, server string) *sendingVictim {
	t.Helper()
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		t.Fatal(err)
	}
	v := &sendingVictim{victim: &victim{t: t, db: storagetest.DB(t)}}
	bucket := storagetest.Bucket(t)
	v.blobs = storagetest.OpenBlobs(t, bucket, v.db)
	v.env = append(os.Environ(), asServer+"=1", "CONGVAN_ROLES=worker", "CONGVAN_LOG_LEVEL=error", "CONGVAN_DATABASE_URL="+v.db.AppURL,
		"CONGVAN_SECRET_KEY="+base64.StdEncoding.EncodeToString(secret.NewKey()), "CONGVAN_ALLOW_PRIVATE_MAIL_HOSTS=true", "CONGVAN_ALLOW_PLAIN_MAIL=true",
		"CONGVAN_SMTP_HOST="+host, "CONGVAN_SMTP_PORT="+port, "CONGVAN_SMTP_SECURITY=none", "CONGVAN_SMTP_NAME=congvan.example", "CONGVAN_SMTP_FROM=vanthu@ubnd.example")
	v.env = append(v.env, bucketSettings(bucket)...)
	readable := func(context.Context, document.File) error { return nil }
	v.sender, v.out = v.db.Office(t, "H59", "UBND tỉnh"), outgoing.New(v.db.Store, v.blobs, readable, time.Now)
	t.Cleanup(v.kill)
	return v
}

// issue issues a document of one file to so many agencies that have only a mailbox.
func (v *sendingVictim) issue(recipients int, content []byte) (id org.ID, sum [32]byte) {
	v.t.Helper()
	ctx := context.Background()
	ref, err := v.blobs.Put(ctx, bytes.NewReader(content), blob.Hint{})
	if err != nil {
		v.t.Fatal(err)
	}
	upload := postgres.NewID()
	v.exec(`insert into upload (id, account_id, size, received, name, created_at, expires_at, sha256) values ($1::text::uuid, $2::text::uuid, $3, $3, $5, now(), now() + interval '1 day', $4)`,
		upload.String(), v.sender.Officer.AccountID.String(), len(content), ref.Hash[:], "Chi\u0309 thị.pdf")
	var to []outgoing.RecipientInput
	for n := range recipients {
		agency := postgres.NewID()
		v.exec(`insert into agency (id, code, name, level, channel, email, valid_from) values ($1::text::uuid, $2, $3, 'other', 'mailbox', $4, '2000-01-01')`,
			agency.String(), "X."+strings.ToUpper(agency.String()[24:]), fmt.Sprintf("Cơ quan %d", n), fmt.Sprintf("vanthu%d@coquan.example", n))
		to = append(to, outgoing.RecipientInput{Type: document.ToAgency, AgencyID: agency})
	}
	kind, subject := "directive", "Đẩy mạnh cải cách hành chính"
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: upload}}
	id, err = v.out.Draft(ctx, v.sender.Officer, access.Command{}, outgoing.Draft{Kind: &kind, Subject: &subject, Files: &files, Recipients: &to})
	if err != nil {
		v.t.Fatal(err)
	}
	for _, err := range []error{v.out.Submit(ctx, v.sender.Officer, access.Command{}, id, v.sender.LeaderPosition, ""),
		v.out.Approve(ctx, v.sender.Leader, access.Command{}, id, ref.Hash, ""),
		v.out.Issue(ctx, v.sender.Clerk, access.Command{}, id, org.ID{}, ref.Hash)} {
		if err != nil {
			v.t.Fatal(err)
		}
	}
	return id, ref.Hash
}

// again starts a process as run does, after the claims of the one before ran out.
func (v *sendingVictim) again(until func() bool) {
	v.t.Helper()
	v.exec(`update delivery set next_attempt_at = now() where state = 'waiting'`)
	v.exec(`update river_job set attempted_at = attempted_at - interval '1 day' where state = 'running'`)
	v.exec(`update river_job set scheduled_at = now() where state in ('scheduled', 'retryable')`)
	v.exec(`delete from river_leader`)
	v.cmd = exec.Command("/proc/self/exe")
	v.cmd.Env, v.cmd.Stderr = v.env, os.Stderr
	if err := v.cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	v.await(until)
	v.kill()
}

// carries tells whether a mail brings the file first and the package behind it.
func carries(files [][32]byte, sum [32]byte) bool {
	return len(files) == 2 && files[0] == sum && files[1] != sum
}

func (v *sendingVictim) states() (waiting, sent, failed int) {
	v.t.Helper()
	return v.count(`select count(*) from delivery where state = 'waiting'`), v.count(`select count(*) from delivery where state = 'sent'`),
		v.count(`select count(*) from delivery where state = 'failed'`)
}

// Case 4: the server has the mail, and the process dies before it can write
// that down. The mail is sent again under the same identifier.
func TestE2_KilledBetweenSendingAndRecordingTheMailKeepsItsID(t *testing.T) {
	t.Parallel()
	l, address := newLedger(t)
	v := newSendingVictim(t, address)
	_, sum := v.issue(1, []byte("%PDF-1.7 chỉ thị"))
	dead := make(chan struct{})
	l.behave(func(int) error { <-dead; return io.ErrUnexpectedEOF })
	v.again(func() bool { return l.took() == 1 })
	close(dead)
	l.behave(nil)
	if waiting, _, _ := v.states(); waiting != 1 {
		t.Fatal("the process wrote down what it could not know")
	}
	v.again(func() bool { _, sent, _ := v.states(); return sent == 1 })
	if len(l.mails) != 1 || l.nth != 2 {
		t.Fatalf("%d mails in %d sendings", len(l.mails), l.nth)
	}
	for id, files := range l.mails {
		if !strings.HasSuffix(id, "@congvan.example") || !carries(files, sum) {
			t.Errorf("%s: %x", id, files)
		}
	}
}

// Killed again and again, at any moment: each recipient's mail is one in the
// book, whole, however often it was sent.
func TestE2_KilledAtAnyMomentEachMailIsOne(t *testing.T) {
	t.Parallel()
	l, address := newLedger(t)
	v := newSendingVictim(t, address)
	const recipients = 40
	_, sum := v.issue(recipients, bytes.Repeat([]byte("%PDF-1.7 chỉ thị "), 4000))
	for _, at := range []int{1, 9, 20, 33} {
		v.again(func() bool { return l.took() >= at })
	}
	v.again(func() bool {
		_, sent, _ := v.states()
		return sent == recipients && v.count(`select count(*) from river_job where kind = 'dispatch' and state <> 'completed'`) == 0
	})
	if len(l.mails) != recipients {
		t.Errorf("%d mails for %d recipients", len(l.mails), recipients)
	}
	for id, files := range l.mails {
		if !carries(files, sum) {
			t.Errorf("%s: %x", id, files)
		}
	}
	t.Logf("%d sendings of %d mails", l.nth, recipients)
}

// The whole way with the real queue: 4xx, then taken; 5xx, then failed with the
// server's words, and once more after a click.
func TestE4_TheWholeWayOfADeadLetter(t *testing.T) {
	t.Parallel()
	l, address := newLedger(t)
	v := newSendingVictim(t, address)
	l.behave(func(nth int) error {
		if nth == 1 {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Greylisted"}
		}
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Blocked by policy"}
	})
	id, _ := v.issue(1, []byte("%PDF-1.7 chỉ thị"))
	v.again(func() bool { return v.count(`select count(*) from delivery where reason_code = 'smtp_later'`) == 1 })
	v.again(func() bool { _, _, failed := v.states(); return failed == 1 })
	if v.count(`select count(*) from delivery where reason = '554 5.7.1 Blocked by policy' and reason_code = 'smtp_refused'`) != 1 {
		t.Error("the server's words are not there")
	}
	l.behave(nil)
	list, _, err := v.out.Deliveries(t.Context(), v.sender.Clerk, id, "", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := delivery.New(v.db.Store, time.Now, delivery.Options{}).Requeue(t.Context(), v.sender.Clerk, access.Command{}, id, list[0].ID); err != nil {
		t.Fatal(err)
	}
	v.again(func() bool { _, sent, _ := v.states(); return sent == 1 })
	if len(l.mails) != 1 || l.nth != 3 {
		t.Errorf("%d mails in %d sendings", len(l.mails), l.nth)
	}
}
