package server_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"
	"github.com/google/uuid"

	"congvan/mailgateway/mime"
	"congvan/server/app/incoming"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/embedded"
	"congvan/storage/postgres"
	"congvan/storage/secret"
	"congvan/storage/storagetest"
)

const (
	officeMailbox  = "vanthu@ubnd.example"
	partnerMailbox = "vanthu0@coquan.example"
)

// mailRoad is a whole installation with real servers on both sides: Postfix
// between the parties, Dovecot with their mailboxes.
type mailRoad struct {
	*sendingVictim
	store   *embedded.Dovecot
	postfix string
}

func newMailRoad(t *testing.T, env ...string) *mailRoad {
	t.Helper()
	store := storagetest.Dovecot(t, map[string]string{officeMailbox: killedPassword, partnerMailbox: killedPassword})
	postfix := storagetest.Postfix(t, store.Place().LMTP, "ubnd.example", "coquan.example")
	r := &mailRoad{sendingVictim: newSendingVictim(t, postfix), store: store, postfix: postfix}
	r.env = append(append(r.env, "CONGVAN_ROLES=worker,mail"), env...)
	host, portText, err := net.SplitHostPort(store.Place().IMAP)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		t.Fatal(err)
	}
	box, err := secret.New(r.key())
	if err != nil {
		t.Fatal(err)
	}
	id := postgres.NewID()
	r.exec(`insert into mailbox (agency_id, id, address, host, port, security, username, secret) values ($1, $2, $3, $4, $5, 'none', $3, $6)`,
		uuid.UUID(r.sender.ID), uuid.UUID(id), officeMailbox, host, port, box.Seal(id, killedPassword))
	return r
}

func (r *mailRoad) key() []byte {
	r.t.Helper()
	i := slices.IndexFunc(r.env, func(s string) bool { return strings.HasPrefix(s, "CONGVAN_SECRET_KEY=") })
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.env[i], "CONGVAN_SECRET_KEY="))
	if err != nil {
		r.t.Fatal(err)
	}
	return key
}

// start runs the installation until the test ends.
func (r *mailRoad) start() {
	r.t.Helper()
	r.cmd = exec.Command("/proc/self/exe")
	r.cmd.Env, r.cmd.Stderr = r.env, os.Stderr
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
}

// inbox gives the mails of a mailbox as a mail program reads them.
func (r *mailRoad) inbox(user string) (raws [][]byte) {
	r.t.Helper()
	c, err := imapclient.DialInsecure(r.store.Place().IMAP, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login(user, killedPassword).Wait(); err != nil {
		r.t.Fatal(err)
	}
	box, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		r.t.Fatal(err)
	}
	if box.NumMessages == 0 {
		return nil
	}
	list, err := c.Fetch(imap.SeqSet{{Start: 1, Stop: box.NumMessages}}, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, m := range list {
		raws = append(raws, m.BodySection[0].Bytes)
	}
	return raws
}

// mail hands a mail to Postfix as a program of the partner does.
func (r *mailRoad) mail(raw io.Reader) {
	r.t.Helper()
	c, err := smtp.Dial(r.postfix)
	if err != nil {
		r.t.Fatal(err)
	}
	defer c.Close()
	if err := c.SendMail(partnerMailbox, []string{officeMailbox}, raw); err != nil {
		r.t.Fatal(err)
	}
}

// winmail is winmail.dat with one file, as Exchange writes it (MS-OXTNEF).
func winmail(name string, content []byte) []byte {
	var b bytes.Buffer
	put := func(level byte, attribute uint32, data []byte) {
		b.WriteByte(level)
		sum := uint16(0)
		for _, c := range data {
			sum += uint16(c)
		}
		_ = binary.Write(&b, binary.LittleEndian, attribute) // a buffer takes everything
		_ = binary.Write(&b, binary.LittleEndian, uint32(len(data)))
		b.Write(data)
		_ = binary.Write(&b, binary.LittleEndian, sum)
	}
	_ = binary.Write(&b, binary.LittleEndian, uint32(0x223e9f78))
	_ = binary.Write(&b, binary.LittleEndian, uint16(1))
	put(1, 0x00089006, []byte{0, 0, 1, 0})                                           // the version
	put(1, 0x00069007, []byte{0xe4, 4, 0, 0, 0, 0, 0, 0})                            // the code page
	put(2, 0x00069002, []byte{1, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0}) // a file begins
	put(2, 0x00018010, append([]byte(name), 0))
	put(2, 0x0006800f, content)
	return b.Bytes()
}

// TestK13_TheWholeRoadOfAnAgencyThatHasOnlyAMailbox sends a directive by real
// mail servers, lets the recipient answer with a PDF in winmail.dat, and finds
// the answer linked in the sender's list; the wrong address comes back.
func TestK13_TheWholeRoadOfAnAgencyThatHasOnlyAMailbox(t *testing.T) {
	t.Parallel()
	r := newMailRoad(t)
	id, sum := r.issue(2, []byte("%PDF-1.7 chỉ thị")) // the second has no mailbox there
	r.start()
	r.await(func() bool { return r.count(`select count(*) from mail_item where state = 'answered'`) >= 2 }) // delivered here, refused there
	if n := r.count(`select count(*) from delivery where state = 'failed' and reason_code = 'mail_bounced' and reason ~ '5\.1\.1' and reason ~ 'vanthu1@coquan.example'`); n != 1 {
		t.Error("the bounce does not say why")
	}
	// Postfix hands on to a server that reports nothing: that is no arrival yet.
	if r.count(`select count(*) from mail_item where answer->>'Kind' = 'relayed'`) != 1 || r.count(`select count(*) from delivery where state = 'sent'`) != 1 {
		t.Error("the delivery report was not heard for what it says")
	}

	raws := r.inbox(partnerMailbox)
	if len(raws) != 1 {
		t.Fatalf("%d mails in the partner's mailbox", len(raws))
	}
	var files []string
	msg, err := mime.Split(bytes.NewReader(raws[0]), mime.Limits{}, func(p mime.Part, body io.Reader) error {
		all, err := io.ReadAll(body)
		files = append(files, p.Name+" "+p.DetectedType)
		if p.Name == "Chỉ thị.pdf" && string(all) != "%PDF-1.7 chỉ thị" {
			t.Error("the document was changed on its way")
		}
		return err
	})
	if err != nil || len(files) != 2 || !strings.HasPrefix(files[1], "van-ban.edxml "+mime.TypeEDXML) || sum == [32]byte{} {
		t.Fatalf("%v %v", files, err)
	}

	answer := []byte("%PDF-1.7 báo cáo, đã ký")
	dat := base64.StdEncoding.EncodeToString(winmail("bao cao.pdf", answer))
	r.mail(strings.NewReader(fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: Tra loi: %s\r\nMessage-ID: <reply@coquan.example>\r\nIn-Reply-To: <%s>\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nXin gui bao cao.\r\n--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n"+
		"Content-Transfer-Encoding: base64\r\n\r\n%s\r\n--b--\r\n", partnerMailbox, officeMailbox, msg.Headers.Subject[:2], msg.Headers.MessageID, dat)))
	r.await(func() bool { return r.count(`select count(*) from arrival`) == 1 })
	r.kill()

	arrivals := incoming.New(r.db.Store, r.blobs, time.Now)
	list, err := arrivals.List(context.Background(), r.sender.Clerk, org.ID{}, incoming.Filter{State: routing.Awaiting, Limit: 10})
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	a, err := arrivals.Read(context.Background(), r.sender.Clerk, list[0].ID)
	if err != nil || a.Source != routing.FromMail || len(a.Files) != 1 || a.Files[0].Name != "bao cao.pdf" {
		t.Fatalf("%+v %v", a.Files, err)
	}
	if r.count(`select count(*) from delivery where state = 'arrived'`) != 1 {
		t.Error("a reply says that it arrived")
	}
	if r.count(`select count(*) from mail_item where arrival_id is not null and about_document_id = '`+id.String()+`'`) != 1 {
		t.Error("the answer is not linked to what it answers")
	}
	content, err := r.blobs.Open(context.Background(), a.Files[0].Hash)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	if got, err := io.ReadAll(content); err != nil || !bytes.Equal(got, answer) {
		t.Errorf("%q %v", got, err)
	}
}

// TestK10_AnInfectedAndAHugeMailDoNotDisturbTheHundredBehindThem uses the real
// scanner with a signature of the test's own.
func TestK10_AnInfectedAndAHugeMailDoNotDisturbTheHundredBehindThem(t *testing.T) {
	t.Parallel()
	const sign = "CONGVAN-TEST-SIGNATURE-OF-MAILROAD"
	r := newMailRoad(t, "CONGVAN_CLAMAV=unix:"+storagetest.ClamAV(t, sign), "CONGVAN_MAX_MAIL_BYTES=1048576")
	deliver := func(subject string, pdf []byte) {
		t.Helper()
		mail := fmt.Sprintf("From: a@sender.example\r\nSubject: %s\r\nMessage-ID: <%s@sender.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"+
			"--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--b--\r\n", subject, subject, base64.StdEncoding.EncodeToString(pdf))
		if err := embedded.Deliver(context.Background(), r.store.Place().LMTP, "a@sender.example", []string{officeMailbox}, strings.NewReader(mail)); err != nil {
			t.Fatal(err)
		}
	}
	deliver("infected", []byte("%PDF-1.7 "+sign))
	deliver("huge", append([]byte("%PDF-1.7 "), bytes.Repeat([]byte("x"), 2<<20)...))
	for n := range 100 {
		deliver(fmt.Sprintf("n%d", n), fmt.Appendf(nil, "%%PDF-1.7 văn bản %d", n))
	}
	r.start()
	r.await(func() bool {
		return r.count(`select count(*) from arrival`) == 100 && r.count(`select count(*) from mail_item where state = 'quarantined'`) == 2
	})
	if r.count(`select count(*) from mail_item where subject = 'infected' and reason = 'infected' and detail like 'Congvan.Test%'`) != 1 ||
		r.count(`select count(*) from mail_item where subject = 'huge' and reason = 'too_large' and raw_sha256 is null`) != 1 {
		t.Error("what is held does not say why")
	}
}
