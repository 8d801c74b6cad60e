package imap

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// certificate makes a server certificate for localhost, and the pool that trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// memory starts go-imap's own server: another make than Dovecot.
func memory(t *testing.T, security Security, withTLS bool) (Settings, *imapmemserver.User) {
	t.Helper()
	cert, pool := certificate(t)
	user := imapmemserver.NewUser("vanthu", "mật khẩu")
	require.NoError(t, user.Create("INBOX", nil))
	backend := imapmemserver.New()
	backend.AddUser(user)
	config := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	options := &imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return backend.NewSession(), nil, nil
		},
		Logger: log.New(io.Discard, "", 0),
		Caps:   imap.CapSet{imap.CapIMAP4rev1: {}}, InsecureAuth: security == None,
	}
	if security == StartTLS && withTLS {
		options.TLSConfig = config
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := listener.Addr().(*net.TCPAddr).Port
	if security == TLS {
		listener = tls.NewListener(listener, config)
	}
	server := imapserver.New(options)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		server.Close()
		<-ended
	})
	return Settings{
		Host: "localhost", Port: port, Security: security, Username: "vanthu", Password: "mật khẩu",
		AllowPrivate: true, AllowPlain: security == None, RootCAs: pool,
	}, user
}

func appendTo(t *testing.T, user *imapmemserver.User, text string) {
	t.Helper()
	_, err := user.Append("INBOX", literal{strings.NewReader(text), int64(len(text))}, &imap.AppendOptions{})
	require.NoError(t, err)
}

type literal struct {
	io.Reader
	size int64
}

func (l literal) Size() int64 { return l.size }

func TestK12_PrivateHostsAreRefused(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"127.0.0.1:993", "10.1.2.3:993", "172.16.0.1:993", "192.168.1.1:993", "169.254.169.254:80", "100.64.0.1:993", "0.0.0.0:993",
		"[::1]:993", "[::]:993", "[fe80::1%eth0]:993", "[fd00::1]:993", "[::ffff:127.0.0.1]:993", "[::ffff:10.0.0.1]:993",
		"[64:ff9b::7f00:1]:993", "[2002:7f00:1::]:993", "224.0.0.1:993", "255.255.255.255:993", "240.0.0.1:993", "no address",
	} {
		assert.ErrorIs(t, checkPublic(address), ErrPrivateHost, address)
	}
	for _, address := range []string{"203.162.4.190:993", "1.1.1.1:143", "[2606:4700::1111]:993"} {
		assert.NoError(t, checkPublic(address), address)
	}
	settings, _ := memory(t, None, false)
	settings.AllowPrivate = false
	for _, host := range []string{"127.0.0.1", "localhost", "::1", "0177.0.0.1", "2130706433"} {
		settings.Host = host
		_, err := Open(t.Context(), settings)
		if assert.Error(t, err, host) && (host == "127.0.0.1" || host == "localhost") {
			assert.ErrorIs(t, err, ErrPrivateHost, host)
		}
	}
}

func TestConnect_SecurityIsWhatTheSettingSays(t *testing.T) {
	t.Parallel()
	for _, security := range []Security{TLS, StartTLS, None} {
		settings, user := memory(t, security, true)
		appendTo(t, user, "From: a@b\r\nSubject: x\r\n\r\nhello\r\n")
		c, err := Open(t.Context(), settings)
		require.NoError(t, err, security)
		batch, err := c.List(t.Context(), Cursor{}, 10)
		require.NoError(t, err)
		require.Len(t, batch.Messages, 1)
		assert.Equal(t, "hello\r\n", readBody(t, c, batch.Messages[0].UID))
		require.NoError(t, c.Close())
		require.NoError(t, c.Close(), "closing twice does no harm")
	}
	settings, _ := memory(t, None, false)
	settings.AllowPlain = false
	_, err := Open(t.Context(), settings)
	assert.ErrorIs(t, err, ErrPlain)

	settings, _ = memory(t, StartTLS, false)
	_, err = Open(t.Context(), settings)
	assert.ErrorIs(t, err, ErrTLS, "a server without STARTTLS gets no password")

	for _, security := range []Security{TLS, StartTLS} {
		settings, _ = memory(t, security, true)
		settings.RootCAs = x509.NewCertPool()
		_, err = Open(t.Context(), settings)
		assert.ErrorIs(t, err, ErrTLS, "an unknown certificate")
	}
}

func readBody(t *testing.T, c *Client, uid uint32) string {
	t.Helper()
	s, err := c.Stream(t.Context(), uid)
	require.NoError(t, err)
	raw, err := io.ReadAll(s)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	_, body, _ := strings.Cut(string(raw), "\r\n\r\n")
	return body
}

func TestConnect_RefusalsAreToldApart(t *testing.T) {
	t.Parallel()
	settings, _ := memory(t, TLS, true)
	wrong := settings
	wrong.Password = "sai"
	_, err := Open(t.Context(), wrong)
	assert.ErrorIs(t, err, ErrLogin)
	assert.NotContains(t, err.Error(), "sai")
	wrong = settings
	wrong.Folder = "Không có"
	_, err = Open(t.Context(), wrong)
	assert.ErrorIs(t, err, ErrFolder)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	wrong.Port = closed.Addr().(*net.TCPAddr).Port
	closed.Close()
	_, err = Open(t.Context(), wrong)
	assert.ErrorIs(t, err, ErrUnreachable)

	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	wrong.Port, wrong.Dial = silent.Addr().(*net.TCPAddr).Port, 100*time.Millisecond
	for _, security := range []Security{TLS, StartTLS, None} {
		wrong.Security, wrong.AllowPlain = security, true
		_, err = Open(t.Context(), wrong)
		require.Error(t, err)
		assert.NotErrorIs(t, err, ErrLogin)
	}

	busy := startScripted(t, "", func(_ io.Writer, command string) string {
		if strings.HasPrefix(command, "LOGIN") {
			return "NO [UNAVAILABLE] later"
		}
		return "default"
	})
	_, err = Open(t.Context(), busy.settings())
	assert.ErrorIs(t, err, ErrBusy, "what passes is no wrong password")
}

// TestK10_SizesThatServersGetWrong lists and fetches although sizes are −1.
func TestK10_SizesThatServersGetWrong(t *testing.T) {
	t.Parallel()
	text := "From: a@b\r\n\r\nx\r\n"
	s := startScripted(t, "", func(w io.Writer, command string) string {
		switch {
		case strings.HasPrefix(command, "UID SEARCH"):
			fmt.Fprint(w, "* SEARCH 11 10 3\r\n") // 3 is before the cursor: "n:*" of some servers
		case strings.Contains(command, "RFC822.SIZE"):
			fmt.Fprint(w, "* 1 FETCH (UID 10 RFC822.SIZE -1 INTERNALDATE \"05-Mar-2026 08:15:00 +0700\")\r\n")
		case strings.Contains(command, "BODY.PEEK[]"):
			fmt.Fprintf(w, "* 1 FETCH (UID 10 BODY[] {%d}\r\n%s)\r\n", len(text), text)
		case strings.HasPrefix(command, "UID FETCH"):
			fmt.Fprint(w, "* 1 FETCH (UID 10)\r\n* 2 FETCH (UID 11)\r\n")
		default:
			return "default"
		}
		return "OK"
	})
	c, err := Open(t.Context(), s.settings())
	require.NoError(t, err)
	defer c.Close()
	batch, err := c.List(t.Context(), Cursor{7, 9}, 10)
	require.NoError(t, err)
	assert.Equal(t, []Listed{{UID: 10, Size: -1}, {UID: 11, Size: -1}}, batch.Messages)
	assert.Equal(t, Cursor{7, 11}, batch.Cursor)
	assert.False(t, batch.More)
	assert.Equal(t, "x\r\n", readBody(t, c, 10))
}

func TestAServerThatTalksNonsenseIsSaidToDoSo(t *testing.T) {
	t.Parallel()
	s := startScripted(t, "", func(w io.Writer, command string) string {
		if strings.HasPrefix(command, "UID") {
			fmt.Fprint(w, "* utter nonsense ((\r\n")
		}
		return "default"
	})
	c, err := Open(t.Context(), s.settings())
	require.NoError(t, err)
	defer c.Close()
	_, err = c.List(t.Context(), Cursor{}, 10)
	assert.ErrorIs(t, err, ErrProtocol)

	flood := startScripted(t, "", func(w io.Writer, command string) string {
		if strings.HasPrefix(command, "UID") {
			line := bytes.Repeat([]byte("x"), 1<<20)
			fmt.Fprint(w, "* OK ")
			for range 100 {
				if _, err := w.Write(line); err != nil {
					return ""
				}
			}
		}
		return "default"
	})
	c, err = Open(t.Context(), flood.settings())
	require.NoError(t, err)
	defer c.Close()
	_, err = c.List(t.Context(), Cursor{}, 10)
	assert.ErrorIs(t, err, ErrProtocol)
}

// TestALiteralThatEndsEarlyIsNoMail has the library's trap: a dropped line
// looks like the end.
func TestALiteralThatEndsEarlyIsNoMail(t *testing.T) {
	t.Parallel()
	for name, tail := range map[string]string{"hangs up": "", "goes on": "OK done"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startScripted(t, "", func(w io.Writer, command string) string {
				if strings.HasPrefix(command, "UID FETCH") {
					fmt.Fprint(w, "* 1 FETCH (UID 10 BODY[] {1000}\r\nFrom: a@b\r\n\r\nshort")
					return tail
				}
				return "default"
			})
			settings := s.settings()
			settings.Answer = 200 * time.Millisecond
			c, err := Open(t.Context(), settings)
			require.NoError(t, err)
			defer c.Close()
			stream, err := c.Stream(t.Context(), 10)
			require.NoError(t, err)
			assert.Equal(t, int64(1000), stream.Size)
			_, err = io.Copy(io.Discard, stream)
			assert.ErrorIs(t, err, ErrLineDropped)
			assert.NotErrorIs(t, err, io.EOF, "or a reader takes it for the end")
			assert.ErrorIs(t, stream.Close(), ErrLineDropped)
		})
	}
}

func TestAMessageThatIsGone(t *testing.T) {
	t.Parallel()
	settings, _ := memory(t, None, false)
	c, err := Open(t.Context(), settings)
	require.NoError(t, err)
	defer c.Close()
	_, err = c.Stream(t.Context(), 99)
	require.ErrorIs(t, err, ErrGone)
	batch, err := c.List(t.Context(), Cursor{}, 10)
	require.NoError(t, err, "the line is still good")
	assert.Empty(t, batch.Messages)
}

// TestK2_WithoutIdleThereIsPolling looks again after the polling time.
func TestK2_WithoutIdleThereIsPolling(t *testing.T) {
	t.Parallel()
	s := startScripted(t, "", func(_ io.Writer, _ string) string { return "default" })
	settings := s.settings()
	settings.Poll = 20 * time.Millisecond
	c, err := Open(t.Context(), settings)
	require.NoError(t, err)
	defer c.Close()
	require.False(t, c.Box().Idle)
	require.NoError(t, c.Wait(t.Context()))
	require.NoError(t, c.Wait(t.Context()))
	asked := c.settings.Poll
	assert.Contains(t, s.commands(), "NOOP", asked)
	told, err := c.MarkDone(t.Context(), []uint32{10})
	require.NoError(t, err)
	assert.False(t, told, "a server without keywords is not told")
	s.stop()
	assert.ErrorIs(t, c.Wait(t.Context()), ErrLineDropped)
}

// TestK10_ALargeMessageIsNeverInMemory streams 300 MB.
func TestK10_ALargeMessageIsNeverInMemory(t *testing.T) {
	const size = 300 << 20
	s := startScripted(t, "", func(w io.Writer, command string) string {
		if strings.HasPrefix(command, "UID FETCH") {
			fmt.Fprintf(w, "* 1 FETCH (UID 10 BODY[] {%d}\r\n", size)
			chunk := bytes.Repeat([]byte("0123456789abcde\n"), 4096)
			for range size / len(chunk) {
				if _, err := w.Write(chunk); err != nil {
					return ""
				}
			}
			fmt.Fprint(w, ")\r\n")
		}
		return "default"
	})
	c, err := Open(t.Context(), s.settings())
	require.NoError(t, err)
	defer c.Close()
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	stream, err := c.Stream(t.Context(), 10)
	require.NoError(t, err)
	var n, peak int64
	buf := make([]byte, 256<<10)
	for i := 0; err == nil; i++ {
		var got int
		got, err = stream.Read(buf)
		n += int64(got)
		if i%500 == 0 {
			runtime.ReadMemStats(&now)
			peak = max(peak, int64(now.HeapAlloc)-int64(before.HeapAlloc))
		}
	}
	require.ErrorIs(t, err, io.EOF)
	assert.Equal(t, int64(size), n)
	assert.Less(t, peak, int64(8<<20))
}

// await waits for a condition without a goroutine of its own, which would be counted.
func await(t *testing.T, what string, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal(what)
		}
	}
}

// running counts goroutines of the client.
func running() (n int) {
	stacks := make([]byte, 1<<20)
	for stack := range strings.SplitSeq(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
		if strings.Contains(stack, "/imapclient.") || strings.Contains(stack, "mailgateway/imap.(*") {
			n++
		}
	}
	return n
}

// TestNothingRunsOnAfterTheEnd counts goroutines after every way to end.
func TestNothingRunsOnAfterTheEnd(t *testing.T) {
	settings, user := memory(t, TLS, true)
	appendTo(t, user, "From: a@b\r\n\r\n"+strings.Repeat("x", 4<<20))
	open := func(ctx context.Context) *Client {
		c, err := Open(ctx, settings)
		require.NoError(t, err)
		return c
	}
	ends := map[string]func(){
		"closed": func() { open(t.Context()).Close() },
		"closed while a message is half read": func() {
			c := open(t.Context())
			s, err := c.Stream(t.Context(), 1)
			require.NoError(t, err)
			_, err = s.Read(make([]byte, 10))
			require.NoError(t, err)
			c.Close()
		},
		"cancelled while a message is half read": func() {
			ctx, cancel := context.WithCancel(t.Context())
			c := open(ctx)
			s, err := c.Stream(ctx, 1)
			require.NoError(t, err)
			cancel()
			_, err = io.Copy(io.Discard, s)
			require.ErrorIs(t, err, context.Canceled)
			c.Close()
		},
		"cancelled while waiting": func() {
			ctx, cancel := context.WithCancel(t.Context())
			c := open(ctx)
			time.AfterFunc(20*time.Millisecond, cancel)
			require.ErrorIs(t, c.Wait(ctx), context.Canceled)
			c.Close()
		},
		"refused": func() {
			wrong := settings
			wrong.Password = "x"
			_, err := Open(t.Context(), wrong)
			require.Error(t, err)
		},
		"no certificate": func() {
			wrong := settings
			wrong.RootCAs = x509.NewCertPool()
			_, err := Open(t.Context(), wrong)
			require.Error(t, err)
		},
	}
	for name, end := range ends {
		for range 3 {
			end()
		}
		await(t, name+": goroutines are left", func() bool { return running() == 0 })
	}
}
