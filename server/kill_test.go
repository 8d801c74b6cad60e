package server_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"congvan/server/command"
	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/embedded"
	"congvan/storage/postgres"
	"congvan/storage/secret"
	"congvan/storage/storagetest"
)

// asServer makes the test program run as the product's binary, so that a
// process of it can be killed.
const asServer = "CONGVAN_TEST_AS_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		os.Exit(command.Main([]string{"serve"}))
	}
	os.Exit(m.Run())
}

const (
	killedMailbox  = "vanthu@agency.example.test"
	killedPassword = "mật khẩu của hộp thư"
)

// victim is an installation whose process is killed again and again.
type victim struct {
	t    *testing.T
	db   *storagetest.Database
	mail *embedded.Dovecot
	env  []string
	cmd  *exec.Cmd
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	v := &victim{t: t, db: storagetest.DB(t), mail: storagetest.Dovecot(t, map[string]string{killedMailbox: killedPassword})}
	bucket := storagetest.Bucket(t)
	storagetest.OpenBlobs(t, bucket, v.db)
	key := secret.NewKey()
	v.env = append(os.Environ(), asServer+"=1", "CONGVAN_ROLES=worker,mail", "CONGVAN_LOG_LEVEL=error",
		"CONGVAN_DATABASE_URL="+v.db.AppURL, "CONGVAN_SECRET_KEY="+base64.StdEncoding.EncodeToString(key),
		"CONGVAN_ALLOW_PRIVATE_MAIL_HOSTS=true", "CONGVAN_ALLOW_PLAIN_MAIL=true")
	v.env = append(v.env, bucketSettings(bucket)...)
	v.connect(v.db.Office(t, "H59.01", "Xã Long Đức").ID, key)
	t.Cleanup(v.kill)
	return v
}

func bucketSettings(b blob.Config) []string {
	return []string{"CONGVAN_S3_ENDPOINT=" + b.Endpoint, "CONGVAN_S3_ACCESS_KEY=" + b.Access, "CONGVAN_S3_SECRET_KEY=" + b.Secret, "CONGVAN_S3_BUCKET=" + b.Bucket}
}

func (v *victim) connect(agency org.ID, key []byte) {
	v.t.Helper()
	box, err := secret.New(key)
	if err != nil {
		v.t.Fatal(err)
	}
	host, portText, err := net.SplitHostPort(v.mail.Place().IMAP)
	if err != nil {
		v.t.Fatal(err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		v.t.Fatal(err)
	}
	id := postgres.NewID()
	v.exec(`insert into mailbox (agency_id, id, address, host, port, security, username, secret) values ($1, $2, $3, $4, $5, 'none', $3, $6)`,
		uuid.UUID(agency), uuid.UUID(id), killedMailbox, host, port, box.Seal(id, killedPassword))
}

func (v *victim) exec(sql string, args ...any) {
	v.t.Helper()
	if _, err := v.db.Admin(v.t).Exec(context.Background(), sql, args...); err != nil {
		v.t.Fatal(err)
	}
}

func (v *victim) count(sql string) (n int) {
	v.t.Helper()
	if err := v.db.Admin(v.t).QueryRow(context.Background(), sql).Scan(&n); err != nil {
		v.t.Fatal(err)
	}
	return n
}

// run starts a process and kills it the moment that what is asked holds.
func (v *victim) run(until func() bool) {
	v.t.Helper()
	// The lease of the one killed before would have to run out by itself.
	v.exec(`update mailbox set lease_until = now() - interval '1 second'`)
	// So would the time after which its jobs are taken over.
	v.exec(`update river_job set attempted_at = attempted_at - interval '1 day' where state = 'running'`)
	v.exec(`delete from river_leader`)
	v.cmd = exec.Command("/proc/self/exe")
	v.cmd.Env, v.cmd.Stderr = v.env, os.Stderr
	if err := v.cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	v.await(until)
	v.kill()
}

// await looks again and again until it holds.
func (v *victim) await(until func() bool) {
	v.t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !until() {
		select {
		case <-tick.C:
		case <-deadline.C:
			v.t.Fatal("the process never came so far")
		}
	}
}

func (v *victim) kill() {
	if v.cmd != nil {
		_ = v.cmd.Process.Kill() // SIGKILL: nothing of it is asked
		_ = v.cmd.Wait()
		v.cmd = nil
	}
}

func (v *victim) deliver(n int) {
	v.t.Helper()
	pdf := base64.StdEncoding.EncodeToString([]byte(fmt.Sprintf("%%PDF-1.7 văn bản số %d", n)))
	mail := fmt.Sprintf("From: a@sender.example.test\r\nSubject: Van ban %d\r\nMessage-ID: <%d@sender.example.test>\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/pdf; name=%d.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--b--\r\n", n, n, n, pdf)
	if err := embedded.Deliver(context.Background(), v.mail.Place().LMTP, "a@sender.example.test", []string{killedMailbox}, strings.NewReader(mail)); err != nil {
		v.t.Fatal(err)
	}
}

// TestK9_KilledAtAnyPointNothingIsLostAndNothingComesTwice kills the process at
// every hand-over of a mail's way: after raw bytes were stored, after rows were
// committed, after jobs were worked off.
func TestK9_KilledAtAnyPointNothingIsLostAndNothingComesTwice(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	const mails = 120
	for n := range mails {
		v.deliver(n)
	}
	blobs := func() int { return v.count(`select count(*) from blob`) }
	items := func() int { return v.count(`select count(*) from mail_item`) }
	arrivals := func() int { return v.count(`select count(*) from arrival`) }
	for _, at := range []struct {
		what func() int
		more int
	}{{blobs, 1}, {blobs, 30}, {items, 1}, {arrivals, 1}, {blobs, 40}, {items, 1}, {arrivals, 10}, {blobs, 1}} {
		begin := at.what()
		if begin+at.more >= mails {
			break
		}
		v.run(func() bool { return at.what() >= begin+at.more })
	}
	v.run(func() bool {
		return v.count(`select count(*) from mail_item where state = 'arrived'`) == mails && v.count(`select count(*) from river_job where state <> 'completed' and kind = 'take_in_mail'`) == 0
	})
	for name, query := range map[string]string{
		"mails":             `select count(*) from mail_item`,
		"numbers":           `select count(distinct uid) from mail_item`,
		"arrivals":          `select count(*) from arrival`,
		"subjects":          `select count(distinct subject) from arrival`,
		"files of arrivals": `select count(*) from arrival_file f join blob b on b.sha256 = f.sha256`,
		"agency's lines":    `select count(*) from line where state = 'awaiting'`,
	} {
		if got := v.count(query); got != mails {
			t.Errorf("%d %s, want %d", got, name, mails)
		}
	}
}
