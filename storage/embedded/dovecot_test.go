package embedded

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

func startDovecot(t *testing.T, opt DovecotOptions) *Dovecot {
	t.Helper()
	d, err := StartDovecot(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), stopGrace)
		defer cancel()
		if err := d.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return d
}

// mails gives how many mails stand in the inbox.
func mails(t *testing.T, d *Dovecot, address, password string) uint32 {
	t.Helper()
	c, err := imapclient.DialInsecure(d.Place().IMAP, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login(address, password).Wait(); err != nil {
		t.Fatal(err)
	}
	box, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return box.NumMessages
}

const letter = "From: a@example.vn\r\nTo: b@example.vn\r\nSubject: thu\r\n\r\nNoi dung\r\n"

func TestDovecotDeliversAndKeepsMailAcrossStarts(t *testing.T) {
	t.Parallel()
	opt := DovecotOptions{Dir: openTemp(t), Mailboxes: map[string]string{"a@example.vn": "mật khẩu một", "b@example.vn": "two"}}
	d := startDovecot(t, opt)
	if err := Deliver(t.Context(), d.Place().LMTP, "x@example.vn", []string{"a@example.vn", "b@example.vn"}, strings.NewReader(letter)); err != nil {
		t.Fatal(err)
	}
	if n := mails(t, d, "a@example.vn", "mật khẩu một"); n != 1 {
		t.Errorf("a has %d mails", n)
	}
	if err := Deliver(t.Context(), d.Place().LMTP, "x@example.vn", []string{"nobody@example.vn"}, strings.NewReader(letter)); err == nil {
		t.Error("mail for nobody was taken")
	}
	c, err := imapclient.DialInsecure(d.Place().IMAP, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login("a@example.vn", "two").Wait(); err == nil {
		t.Error("a wrong password was taken")
	}
	if err := d.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	d = startDovecot(t, opt)
	if n := mails(t, d, "b@example.vn", "two"); n != 1 {
		t.Errorf("b kept %d mails", n)
	}
	if found, err := RunningDovecot(opt.Dir); err != nil || found != d.Place() {
		t.Errorf("another process cannot find the server: %v", err)
	}
	info, err := os.Stat(filepath.Join(opt.Dir, "users"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("passwords are open to others: %v %v", info.Mode(), err)
	}
}

// sink takes every mail.
type sink struct{ arrived chan string }

func (s sink) NewSession(*smtp.Conn) (smtp.Session, error) { return s, nil }
func (s sink) Mail(string, *smtp.MailOptions) error        { return nil }
func (s sink) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (s sink) Reset()                                      {}
func (s sink) Logout() error                               { return nil }
func (s sink) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s.arrived <- string(raw)
	return err
}

func TestDovecotHandsSubmittedMailToTheRelay(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	relay := sink{arrived: make(chan string, 1)}
	server := smtp.NewServer(relay)
	go func() { _ = server.Serve(listener) }() // ends with Close
	defer server.Close()
	d := startDovecot(t, DovecotOptions{Dir: openTemp(t), Mailboxes: map[string]string{"a@example.vn": "one"}, Relay: listener.Addr().String()})
	c, err := smtp.Dial(d.Place().Submission)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Auth(sasl.NewPlainClient("", "a@example.vn", "one")); err != nil {
		t.Fatal(err)
	}
	if err := c.SendMail("a@example.vn", []string{"b@example.vn"}, strings.NewReader(letter)); err != nil {
		t.Fatal(err)
	}
	if got := <-relay.arrived; !strings.Contains(got, "Noi dung") {
		t.Errorf("the relay got %q", got)
	}
}

func TestDovecotTakesManyConnectionsFromOneAddress(t *testing.T) {
	t.Parallel()
	d := startDovecot(t, DovecotOptions{Dir: openTemp(t), Mailboxes: map[string]string{"a@example.vn": "one"}})
	for range 40 {
		c, err := imapclient.DialInsecure(d.Place().IMAP, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		if err := c.Login("a@example.vn", "one").Wait(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDovecotRecoversWhatAnEarlierRunLeft(t *testing.T) {
	t.Parallel()
	opt := DovecotOptions{Dir: openTemp(t), Mailboxes: map[string]string{"a@example.vn": "one"}}
	d := startDovecot(t, opt)
	d.folder.release() // as the kernel does when the parent dies
	orphan := d.process
	d = startDovecot(t, opt)
	if !orphan.ended() {
		t.Error("two servers in one data folder")
	}
	if n := mails(t, d, "a@example.vn", "one"); n != 0 {
		t.Errorf("%d mails", n)
	}
}

func TestDovecotEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	d, err := StartDovecot(ctx, DovecotOptions{Dir: openTemp(t)})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case <-d.Done():
	case <-time.After(stopGrace):
		t.Fatal("still runs")
	}
}

func TestManyMailServersStartAtOnce(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			box := fmt.Sprintf("box%d@example.vn", i)
			d, err := StartDovecot(t.Context(), DovecotOptions{Dir: openTemp(t), Mailboxes: map[string]string{box: "p"}})
			if err != nil {
				t.Error(err)
				return
			}
			if err := Deliver(t.Context(), d.Place().LMTP, "x@example.vn", []string{box}, strings.NewReader(letter)); err != nil {
				t.Error(err)
			}
			if err := d.Stop(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
