package smtp_test

import (
	"context"
	"crypto/sha256"
	"io"
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"congvan/mailgateway/mime"
	"congvan/server/channeltest"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/storage/embedded"
)

// Dovecot's submission takes the mail, signed in, and its LMTP puts it into a
// mailbox, where it is read over IMAP.
func TestK13_MailIsAChannelToARealMailStore(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, dovecot)
}

func dovecot(t *testing.T) channeltest.Side {
	t.Helper()
	dir, err := os.MkdirTemp("", "cvt")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	relay, err := embedded.StartRelay()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = relay.Stop() })
	d, err := embedded.StartDovecot(context.Background(), embedded.DovecotOptions{Dir: dir, Relay: relay.Address(),
		Mailboxes: map[string]string{recipient: "một", sender: password}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		_ = d.Stop(ctx)
	})
	relay.DeliverTo(d.Place().LMTP)
	host, portText, err := net.SplitHostPort(d.Place().Submission)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		t.Fatal(err)
	}
	s := (&server{listener: addressed(d.Place().Submission)}).settings(exchange.MailPlain)
	s.Host, s.Port, s.Username, s.Password = host, port, sender, password
	return channeltest.Side{Send: channel(t, s).Send, From: exchange.Party{AgencyID: org.ID{1}, Name: "UBND tỉnh", Email: sender},
		To:      exchange.Party{AgencyID: org.ID{2}, Name: "Bảo hiểm xã hội", Email: recipient},
		Unknown: exchange.Party{AgencyID: org.ID{3}, Name: "Không có", Email: nobody},
		Limit:   64 << 20, Taken: func() []channeltest.Taken { return inbox(t, d.Place().IMAP, recipient, "một") }}
}

// addressed is a listener that is elsewhere.
type addressed string

func (a addressed) Accept() (net.Conn, error) { return nil, net.ErrClosed }
func (a addressed) Close() error              { return nil }
func (a addressed) Addr() net.Addr {
	at, _ := net.ResolveTCPAddr("tcp", string(a))
	return at
}

// inbox reads every mail of a mailbox.
func inbox(t *testing.T, address, user, password string) []channeltest.Taken {
	t.Helper()
	c, err := imapclient.DialInsecure(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login(user, password).Wait(); err != nil {
		t.Fatal(err)
	}
	box, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	if box.NumMessages == 0 {
		return nil
	}
	var all []channeltest.Taken
	cmd := c.Fetch(imap.SeqSet{{Start: 1, Stop: box.NumMessages}}, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{Peek: true}}})
	for m := cmd.Next(); m != nil; m = cmd.Next() {
		for item := m.Next(); item != nil; item = m.Next() {
			if body, ok := item.(imapclient.FetchItemDataBodySection); ok {
				all = append(all, opened(t, body.Literal))
			}
		}
	}
	if err := cmd.Close(); err != nil {
		t.Fatal(err)
	}
	return all
}

func opened(t *testing.T, raw io.Reader) (taken channeltest.Taken) {
	t.Helper()
	m, err := mime.Split(raw, mime.Limits{}, func(p mime.Part, body io.Reader) error {
		sum := sha256.New()
		_, err := io.Copy(sum, body)
		taken.Files = append(taken.Files, channeltest.File{Name: p.Name, Hash: [32]byte(sum.Sum(nil))})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	taken.ID = m.Headers.MessageID
	return taken
}
