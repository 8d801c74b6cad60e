package imap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	gosmtp "github.com/emersion/go-smtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/storage/embedded"
)

const vanthu = "vanthu@agency.example.test"

// dovecot starts the mail server that agencies most often have.
func dovecot(t *testing.T, password string) (Settings, *embedded.Dovecot) {
	t.Helper()
	dir, err := os.MkdirTemp("", "cvi") // sockets want a short path
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o711))
	d, err := embedded.StartDovecot(context.Background(), embedded.DovecotOptions{Dir: dir, Mailboxes: map[string]string{vanthu: password}})
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		assert.NoError(t, d.Stop(ctx))
	})
	host, port, err := net.SplitHostPort(d.Place().IMAP)
	require.NoError(t, err)
	n, err := strconv.Atoi(port)
	require.NoError(t, err)
	return Settings{Host: host, Port: n, Security: None, AllowPlain: true, AllowPrivate: true, Username: vanthu, Password: password}, d
}

// deliver hands a message to the server as another mail server does.
func deliver(t *testing.T, d *embedded.Dovecot, text string) {
	t.Helper()
	conn, err := net.Dial("tcp", d.Place().LMTP)
	require.NoError(t, err)
	c := gosmtp.NewClientLMTP(conn)
	defer c.Close()
	require.NoError(t, c.Hello("test"))
	require.NoError(t, c.Mail("sender@example.test", nil))
	require.NoError(t, c.Rcpt(vanthu, nil))
	w, err := c.Data()
	require.NoError(t, err)
	_, err = io.WriteString(w, text)
	require.NoError(t, err)
	_, err = w.CloseWithLMTPResponse()
	require.NoError(t, err)
	require.NoError(t, c.Quit())
}

// person is somebody who uses the same mailbox with a program of their own.
func person(t *testing.T, s Settings) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(address(s), nil)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	require.NoError(t, c.Login(s.Username, s.Password).Wait())
	return c
}

func put(t *testing.T, c *imapclient.Client, folder string, text string) {
	t.Helper()
	cmd := c.Append(folder, int64(len(text)), nil)
	_, err := io.WriteString(cmd, text)
	require.NoError(t, err)
	require.NoError(t, cmd.Close())
	_, err = cmd.Wait()
	require.NoError(t, err)
}

func message(n, size int) string {
	return fmt.Sprintf("From: a@example.test\r\nSubject: thu %d\r\nMessage-ID: <%d@example.test>\r\n\r\n%s\r\n", n, n, strings.Repeat("x", size))
}

func open(t *testing.T, s Settings) *Client {
	t.Helper()
	c, err := Open(t.Context(), s)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	return c
}

// TestK1_AThousandMessagesAreListedOnce reads a box in batches, over several
// connections, and looks at what a second poll moves.
func TestK1_AThousandMessagesAreListedOnce(t *testing.T) {
	t.Parallel()
	settings, _ := dovecot(t, "mật khẩu tiếng Việt")
	other := person(t, Settings{Host: settings.Host, Port: settings.Port, Username: settings.Username, Password: settings.Password})
	for n := range 1000 {
		put(t, other, "INBOX", message(n, 50))
	}
	c := open(t, settings)
	assert.Equal(t, uint32(1000), c.Box().Messages)
	assert.Equal(t, uint32(1001), c.Box().UIDNext)
	assert.True(t, c.Box().Keywords && c.Box().Idle && c.Box().Move && c.Box().CondStore)
	var cursor Cursor
	seen := map[uint32]bool{}
	for batches := 0; ; batches++ {
		if batches == 5 {
			require.NoError(t, c.Close())
			c = open(t, settings)
		}
		batch, err := c.List(t.Context(), cursor, 70)
		require.NoError(t, err)
		require.LessOrEqual(t, len(batch.Messages), 70)
		for _, m := range batch.Messages {
			assert.False(t, seen[m.UID], "%d came twice", m.UID)
			seen[m.UID] = true
			assert.Contains(t, string(m.Header), fmt.Sprintf("Subject: thu %d\r\n", m.UID-1))
			assert.Positive(t, m.Size)
			assert.WithinDuration(t, time.Now(), m.Received, time.Hour)
			assert.False(t, m.Marked)
		}
		cursor = batch.Cursor
		if !batch.More {
			break
		}
	}
	assert.Len(t, seen, 1000)
	assert.Equal(t, uint32(1000), cursor.LastUID)
	require.NoError(t, c.Close())

	c = open(t, settings)
	batch, err := c.List(t.Context(), cursor, 70)
	require.NoError(t, err)
	assert.Empty(t, batch.Messages)
	assert.Equal(t, cursor, batch.Cursor)
	assert.Less(t, c.BytesRead(), int64(5000), "the next poll costs next to nothing")

	require.NoError(t, other.Store(selected(t, other, "INBOX", 500, 1000), &goimap.StoreFlags{Op: goimap.StoreFlagsAdd, Flags: []goimap.Flag{goimap.FlagDeleted}}, nil).Close())
	require.NoError(t, other.Expunge().Close())
	put(t, other, "INBOX", message(2000, 5))
	batch, err = c.List(t.Context(), cursor, 70)
	require.NoError(t, err)
	require.Len(t, batch.Messages, 1, "what people delete changes nothing")
	assert.Equal(t, uint32(1001), batch.Messages[0].UID)
	assert.Equal(t, strings.Repeat("x", 5)+"\r\n", readBody(t, c, 1001))
}

func selected(t *testing.T, c *imapclient.Client, folder string, uids ...goimap.UID) goimap.UIDSet {
	t.Helper()
	_, err := c.Select(folder, nil).Wait()
	require.NoError(t, err)
	return goimap.UIDSetNum(uids...)
}

func flags(t *testing.T, c *imapclient.Client, folder string, uid goimap.UID) []goimap.Flag {
	t.Helper()
	list, err := c.Fetch(selected(t, c, folder, uid), &goimap.FetchOptions{Flags: true, UID: true}).Collect()
	require.NoError(t, err)
	require.Len(t, list, 1)
	return list[0].Flags
}

// TestK9_MarksAreWhatTheSettingSays and never the one that people see as read.
func TestK9_MarksAreWhatTheSettingSays(t *testing.T) {
	t.Parallel()
	settings, d := dovecot(t, "s3cret")
	deliver(t, d, message(1, 10))
	deliver(t, d, message(2, 10))
	other := person(t, settings)
	c := open(t, settings)
	batch, err := c.List(t.Context(), Cursor{}, 10)
	require.NoError(t, err)
	require.Len(t, batch.Messages, 2)
	assert.Contains(t, readBody(t, c, 1), "xxxxxxxxxx")
	assert.NotContains(t, flags(t, other, "INBOX", 1), goimap.FlagSeen, "reading leaves no trace")

	told, err := c.MarkDone(t.Context(), []uint32{1})
	require.NoError(t, err)
	assert.True(t, told)
	assert.Contains(t, flags(t, other, "INBOX", 1), goimap.Flag(Keyword))
	assert.NotContains(t, flags(t, other, "INBOX", 1), goimap.FlagSeen)
	batch, err = c.List(t.Context(), Cursor{}, 10)
	require.NoError(t, err)
	assert.True(t, batch.Messages[0].Marked)
	assert.False(t, batch.Messages[1].Marked)

	settings.After = AfterFlag
	told, err = open(t, settings).MarkDone(t.Context(), []uint32{2})
	require.NoError(t, err)
	assert.True(t, told)
	assert.Contains(t, flags(t, other, "INBOX", 2), goimap.FlagFlagged)

	settings.After = AfterNothing
	told, err = open(t, settings).MarkDone(t.Context(), []uint32{1, 2})
	require.NoError(t, err)
	assert.False(t, told)

	settings.After, settings.MoveTo = AfterMove, "Đã nhận"
	told, err = open(t, settings).MarkDone(t.Context(), []uint32{1})
	require.NoError(t, err)
	assert.True(t, told)
	_, err = other.Select("Đã nhận", nil).Wait()
	require.NoError(t, err)
	assert.Contains(t, flags(t, other, "Đã nhận", 1), goimap.Flag(Keyword))
	_, err = c.Stream(t.Context(), 1)
	assert.ErrorIs(t, err, ErrGone)
}

// TestK2_IdleWakesOnDelivery waits for a mail that comes the real way, and is
// renewed while nothing comes.
func TestK2_IdleWakesOnDelivery(t *testing.T) {
	t.Parallel()
	settings, d := dovecot(t, "s3cret")
	settings.Rearm = 50 * time.Millisecond
	c := open(t, settings)
	for range 3 {
		require.NoError(t, c.Wait(t.Context()), "IDLE is renewed")
	}
	c.settings.Rearm = time.Minute
	batch, err := c.List(t.Context(), Cursor{}, 10)
	require.NoError(t, err)
	require.Empty(t, batch.Messages)
	go func() { // while Wait waits, or just before
		deliver(t, d, message(1, 10))
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, c.Wait(ctx))
	batch, err = c.List(ctx, batch.Cursor, 10)
	require.NoError(t, err)
	require.Len(t, batch.Messages, 1)
}

// TestK2_ALineThatDiesWhileWaitingIsNoticed cuts it under IDLE.
func TestK2_ALineThatDiesWhileWaitingIsNoticed(t *testing.T) {
	t.Parallel()
	settings, _ := dovecot(t, "s3cret")
	cut := startCutter(t, net.JoinHostPort(settings.Host, strconv.Itoa(settings.Port)))
	settings.Port = cut.port()
	c := open(t, settings)
	waited := make(chan error, 1)
	go func() { waited <- c.Wait(t.Context()) }()
	cut.cutNow()
	select {
	case err := <-waited:
		assert.ErrorIs(t, err, ErrLineDropped)
	case <-time.After(10 * time.Second):
		t.Fatal("Wait does not notice")
	}
}

// TestK1_ALineDroppedInTheMiddleLosesNothing cuts the line at many places of
// a reading; what is read again is the same, and no cut mail counts as whole.
func TestK1_ALineDroppedInTheMiddleLosesNothing(t *testing.T) {
	t.Parallel()
	settings, d := dovecot(t, "s3cret")
	for n := range 3 {
		deliver(t, d, message(n, 30_000))
	}
	whole := open(t, settings)
	want := map[uint32]string{}
	for uid := uint32(1); uid <= 3; uid++ {
		want[uid] = readBody(t, whole, uid)
	}
	cut := startCutter(t, net.JoinHostPort(settings.Host, strconv.Itoa(settings.Port)))
	settings.Port = cut.port()
	drops := 0
	for at := int64(1); at < 120_000; at += 61 + at/10 {
		cut.cutAfter(at)
		got := map[uint32]string{}
		err := readBox(t.Context(), settings, got)
		if err != nil {
			drops++
			require.True(t, isDrop(err), "cut at %d: %v", at, err)
		}
		for uid, body := range got {
			require.True(t, want[uid] == body, "cut at %d: message %d is not what it was", at, uid)
		}
	}
	assert.Greater(t, drops, 30)
	cut.cutAfter(-1)
	got := map[uint32]string{}
	require.NoError(t, readBox(t.Context(), settings, got))
	assert.Len(t, got, 3)
}

func isDrop(err error) bool { return errors.Is(err, ErrLineDropped) || errors.Is(err, ErrUnreachable) }

// readBox does what the gateway does, and takes only what came whole.
func readBox(ctx context.Context, s Settings, got map[uint32]string) error {
	c, err := Open(ctx, s)
	if err != nil {
		return err
	}
	defer c.Close()
	batch, err := c.List(ctx, Cursor{}, 100)
	if err != nil {
		return err
	}
	for _, m := range batch.Messages {
		stream, err := c.Stream(ctx, m.UID)
		if err != nil {
			return err
		}
		raw, err := io.ReadAll(stream)
		if err != nil {
			return err
		}
		if err := stream.Close(); err != nil {
			return err
		}
		_, got[m.UID], _ = strings.Cut(string(raw), "\r\n\r\n")
	}
	return nil
}

// TestK1_ChangedValidityIsReported removes a folder and makes it anew, so that
// the same UIDs mean other messages.
func TestK1_ChangedValidityIsReported(t *testing.T) {
	t.Parallel()
	settings, _ := dovecot(t, "s3cret")
	settings.Folder = "Công văn"
	other := person(t, settings)
	require.NoError(t, other.Create(settings.Folder, nil).Wait())
	put(t, other, settings.Folder, message(1, 10))
	c := open(t, settings)
	batch, err := c.List(t.Context(), Cursor{}, 10)
	require.NoError(t, err)
	require.Len(t, batch.Messages, 1)
	require.NoError(t, c.Close())

	require.NoError(t, other.Delete(settings.Folder).Wait())
	await(t, "a later second", func() bool { return uint32(time.Now().Unix()) > batch.Cursor.UIDValidity }) // it is made of the time
	require.NoError(t, other.Create(settings.Folder, nil).Wait())
	put(t, other, settings.Folder, message(2, 10))
	c = open(t, settings)
	_, err = c.List(t.Context(), batch.Cursor, 10)
	var changed *ValidityChanged
	require.ErrorAs(t, err, &changed)
	assert.Equal(t, batch.Cursor.UIDValidity, changed.Old)
	assert.Equal(t, c.Box().UIDValidity, changed.New)
	batch, err = c.List(t.Context(), Cursor{}, 10)
	require.NoError(t, err)
	assert.Len(t, batch.Messages, 1)
}

// TestWhatIsNotReadIsSkipped goes on after a message that was too large to read.
func TestWhatIsNotReadIsSkipped(t *testing.T) {
	t.Parallel()
	settings, d := dovecot(t, "s3cret")
	deliver(t, d, message(1, 500_000))
	deliver(t, d, message(2, 3_000_000))
	c := open(t, settings)
	stream, err := c.Stream(t.Context(), 1)
	require.NoError(t, err)
	_, err = stream.Read(make([]byte, 100))
	require.NoError(t, err)
	require.NoError(t, stream.Close())
	_, err = c.List(t.Context(), Cursor{}, 10)
	require.NoError(t, err, "a little is read away")

	stream, err = c.Stream(t.Context(), 2)
	require.NoError(t, err)
	require.ErrorIs(t, stream.Close(), ErrLineDropped, "for much the line is cut")
	_, err = c.List(t.Context(), Cursor{}, 10)
	assert.Error(t, err)
}
