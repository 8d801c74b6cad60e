package vxp

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

// between stands on the line between a client and a server. Each connection is
// handed to spoil with its number; it may pass bytes on, or not.
func between(t *testing.T, to string, spoil func(n int32, client, server *net.TCPConn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	var n atomic.Int32
	go func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				return
			}
			go func() {
				defer in.Close()
				defer out.Close()
				spoil(n.Add(1), in.(*net.TCPConn), out.(*net.TCPConn))
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

// pass carries bytes both ways until one side ends.
func pass(client, server *net.TCPConn) {
	done := make(chan struct{}, 2)
	for _, way := range [][2]*net.TCPConn{{client, server}, {server, client}} {
		go func() {
			_, _ = io.Copy(way[0], way[1])
			_ = way[0].CloseWrite()
			done <- struct{}{}
		}()
	}
	<-done
	<-done
}

func reset(c *net.TCPConn) {
	_ = c.SetLinger(0)
	_ = c.Close()
}

func readAnswer(c *net.TCPConn) {
	if r, err := http.ReadResponse(bufio.NewReader(c), nil); err == nil {
		_ = r.Body.Close()
	}
}

// wholeRequest reads one request off the line and gives its bytes.
func wholeRequest(c *net.TCPConn) []byte {
	var raw bytes.Buffer
	r, err := http.ReadRequest(bufio.NewReader(io.TeeReader(c, &raw)))
	if err == nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	return raw.Bytes()
}

// Cases 1 to 4: whatever is lost on the line, the axis has the package once,
// and the sender ends with the same name for it.
func TestE2_WhateverIsLostThePackageIsThereOnce(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(client, server *net.TCPConn){
		"the answer is lost": func(client, server *net.TCPConn) {
			_, _ = server.Write(wholeRequest(client))
			readAnswer(server)
		},
		"the answer is reset": func(client, server *net.TCPConn) {
			_, _ = server.Write(wholeRequest(client))
			readAnswer(server)
			reset(client)
		},
		"the answer is cut": func(client, server *net.TCPConn) {
			_, _ = server.Write(wholeRequest(client))
			_, _ = io.CopyN(client, server, 200)
		},
		"the request is lost":  func(client, _ *net.TCPConn) { wholeRequest(client) },
		"the request is reset": func(client, _ *net.TCPConn) { _, _ = client.Read(make([]byte, 10)); reset(client) },
		"the request is cut": func(client, server *net.TCPConn) {
			raw := wholeRequest(client)
			_, _ = server.Write(raw[:len(raw)-3])
		},
		"a byte is altered": func(client, server *net.TCPConn) {
			raw := wholeRequest(client)
			raw[len(raw)-4] ^= 1
			_, _ = server.Write(raw)
			_, _ = io.Copy(client, server)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAxis(ServerOptions{})
			origin := serve(t, a)
			address := between(t, origin.Listener.Addr().String(), func(n int32, client, server *net.TCPConn) {
				if n <= 2 {
					spoil(client, server)
					return
				}
				pass(client, server)
			})
			ch := Channel{Client: client(t, address)}
			for try := 1; ; try++ {
				out, err := ch.Send(t.Context(), envelope("nội dung gói tin"), opens("nội dung gói tin"))
				if err == nil {
					assert.Equal(t, testID.String(), out.RemoteID)
					assert.Equal(t, 3, try)
					break
				}
				if name == "a byte is altered" { // 14: it is told, and not repeated as it is
					assert.ErrorIs(t, err, exchange.ErrPackageAltered)
				} else {
					assert.Equal(t, exchange.Retry, exchange.VerdictOn(err), "%v", err)
				}
				require.Less(t, try, 3)
			}
			again, err := ch.Send(t.Context(), envelope("nội dung gói tin"), opens("nội dung gói tin"))
			require.NoError(t, err)
			assert.Equal(t, testID.String(), again.RemoteID, "the same message gives the same receipt")
			a.mu.Lock()
			defer a.mu.Unlock()
			assert.Len(t, a.packages, 1)
			assert.Equal(t, "nội dung gói tin", string(a.packages[testID]))
		})
	}
}

func TestE3_ASilentSideIsGivenUp(t *testing.T) {
	t.Parallel()
	impatient := func(s *Settings) {
		s.Dial, s.Answer, s.Silence = 100*time.Millisecond, 100*time.Millisecond, 100*time.Millisecond
	}
	for name, spoil := range map[string]func(client, server *net.TCPConn){
		"it says nothing": func(client, _ *net.TCPConn) { _, _ = io.Copy(io.Discard, client) },
		"it stops in the headers": func(client, _ *net.TCPConn) {
			wholeRequest(client)
			_, _ = io.WriteString(client, "HTTP/1.1 200 OK\r\nContent-")
			_, _ = io.Copy(io.Discard, client)
		},
		"it stops in the body": func(client, _ *net.TCPConn) {
			wholeRequest(client)
			_, _ = io.WriteString(client, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"data\":\"")
			_, _ = io.Copy(io.Discard, client)
		},
	} {
		address := between(t, serve(t, newAxis(ServerOptions{})).Listener.Addr().String(), func(_ int32, client, server *net.TCPConn) { spoil(client, server) })
		var all sync.WaitGroup
		for call, do := range calls(client(t, address, impatient)) {
			all.Go(func() { assert.ErrorIs(t, do(t.Context()), ErrSilent, "%s: %s", name, call) })
		}
		all.Wait()
	}
}

func TestE3_ASideThatReadsNothingIsGivenUp(t *testing.T) {
	t.Parallel()
	end := make(chan struct{})
	address := between(t, serve(t, newAxis(ServerOptions{})).Listener.Addr().String(), func(int32, *net.TCPConn, *net.TCPConn) { <-end })
	defer close(end)
	c := client(t, address, func(s *Settings) { s.Silence = 200 * time.Millisecond })
	o := outgoing("x")
	o.Size = 1 << 30 // more than any line holds
	src := &counted{Reader: zeros{}}
	_, err := c.Send(t.Context(), o, src)
	assert.ErrorIs(t, err, ErrSilent)
	assert.Less(t, src.read, 1<<30)
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

// A steady answer may take longer than any silence; one that drips for ever
// may not.
func TestE3_ADrippingAnswerEndsSometime(t *testing.T) {
	t.Parallel()
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		_, _ = io.WriteString(w, "<edXML>")
		for {
			select {
			case <-r.Context().Done():
				return
			case <-tick.C:
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
			}
		}
	}))
	c := client(t, server.URL, func(s *Settings) { s.Silence, s.Whole = 10*time.Second, 300*time.Millisecond })
	body, err := c.Download(t.Context(), "x")
	require.NoError(t, err)
	got, err := io.ReadAll(body)
	assert.ErrorIs(t, err, ErrSilent)
	assert.Greater(t, len(got), 7)
	require.NoError(t, body.Close())
}

func TestE3_TheEndOfTheContextIsNoFaultOfTheOtherSide(t *testing.T) {
	t.Parallel()
	began := make(chan struct{}, 100)
	address := between(t, serve(t, newAxis(ServerOptions{})).Listener.Addr().String(), func(_ int32, client, _ *net.TCPConn) {
		var one [1]byte
		if _, err := client.Read(one[:]); err == nil {
			began <- struct{}{}
		}
		_, _ = io.Copy(io.Discard, client)
	})
	for call, do := range calls(client(t, address)) {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-began
			cancel()
		}()
		err := do(ctx)
		assert.ErrorIs(t, err, context.Canceled, call)
		assert.Equal(t, exchange.Breaker{}, exchange.Breaker{}.Heard(exchange.UsualBreakerRule(), err, time.Now()))
	}
}

func TestL5_AnAnswerThatIsCutIsNoAnswer(t *testing.T) {
	t.Parallel()
	a := newAxis(ServerOptions{})
	a.packages[testID], a.repeats["kept"] = packageOf(t), testID
	origin := serve(t, a)
	for _, kept := range []int64{1, 100, 200, 260, 300, 350, 700} {
		address := between(t, origin.Listener.Addr().String(), func(_ int32, client, server *net.TCPConn) {
			go func() { _, _ = io.Copy(server, client) }()
			_, _ = io.CopyN(client, server, kept)
		})
		for call, do := range calls(client(t, address, func(s *Settings) { s.Peer = true })) {
			if kept > 200 && call != CallDownload && call != CallGet {
				continue // others are that short
			}
			err := do(t.Context())
			assert.Equal(t, exchange.Retry, exchange.VerdictOn(err), "%s cut after %d: %v", call, kept, err)
			assert.Error(t, err, "%s cut after %d", call, kept)
		}
	}
}

// A package that breaks off while it is given is known to be cut, by either call.
func TestL5_APackageThatBreaksOffIsKnownToBeCut(t *testing.T) {
	t.Parallel()
	var told atomic.Int32
	a := newAxis(ServerOptions{})
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q, err := a.wire.Read(w, r)
		if err != nil {
			a.wire.Refuse(w, r, err)
			return
		}
		short := Package{Size: 100_000, Body: strings.NewReader("<edXML>" + strings.Repeat("x", 70_000))}
		switch q := q.(type) {
		case Get:
			err = q.Answer(w, short)
		case Download:
			err = q.Answer(w, short)
		}
		if err != nil {
			told.Add(1)
		}
	}))
	c := client(t, server.URL)
	for _, call := range []Call{CallGet, CallDownload} {
		assert.ErrorIs(t, calls(c)[call](t.Context()), ErrDropped, call)
	}
	assert.Equal(t, int32(2), told.Load(), "the server knows it too")
}

// Case 20: a peer says no before the bytes move.
func TestL5_APeerRefusesBeforeTheBytesMove(t *testing.T) {
	t.Parallel()
	a := newAxis(ServerOptions{Limits: Limits{Package: 1 << 20}})
	a.known = map[org.AgencyCode]bool{}
	server := serve(t, a)
	for size, want := range map[int]error{10: exchange.ErrRecipientUnknown, 8 << 20: exchange.ErrPackageTooLarge} {
		text := strings.Repeat("x", size)
		for _, peer := range []bool{true, false} {
			c := client(t, server.URL, func(s *Settings) { s.Peer = peer })
			src := &counted{Reader: strings.NewReader(text)}
			_, err := c.Send(t.Context(), outgoing(text), src)
			if peer {
				assert.ErrorIs(t, err, want)
				assert.Zero(t, src.read)
				continue
			}
			if size < 1<<20 {
				assert.ErrorIs(t, err, want) // what was asked for nothing may also end as a dropped line
			}
			assert.Less(t, src.read, 8<<20)
		}
	}
}

func TestL5_TheLineIsProtected(t *testing.T) {
	t.Parallel()
	a := newAxis(ServerOptions{})
	server := httptest.NewUnstartedServer(a)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	pool := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	trusting := client(t, server.URL, func(s *Settings) { s.RootCAs, s.AllowPlain = pool, false })
	assert.NoError(t, trusting.UpdateStatus(t.Context(), testID.String(), Done))
	assert.ErrorIs(t, client(t, server.URL).UpdateStatus(t.Context(), testID.String(), Done), ErrTLS)
	plain := serve(t, a)
	assert.ErrorIs(t, client(t, strings.Replace(plain.URL, "http:", "https:", 1)).UpdateStatus(t.Context(), testID.String(), Done), ErrTLS)
}

// A sender that stays silent in the middle of a package is let go, and nothing
// of it is taken.
func TestL5_ASilentSenderIsLetGo(t *testing.T) {
	t.Parallel()
	a := newAxis(ServerOptions{Limits: Limits{Silence: 100 * time.Millisecond}, Now: func() time.Time { return captured }})
	raw := fixture(t, "captures/006_sendEdoc.req")
	status, _, body := replay(t, serve(t, a).Listener.Addr().String(), raw[:len(raw)-4])
	assert.Equal(t, http.StatusBadRequest, status, body)
	assert.Contains(t, body, `"DocId":""`)
	assert.Empty(t, a.packages)
	raw = fixture(t, "captures/004_registerAgency.req")
	status, _, body = replay(t, serve(t, a).Listener.Addr().String(), raw[:len(raw)-4])
	assert.Equal(t, http.StatusBadRequest, status, body)
}

// What is done with a package may take longer than any silence: the watch over
// the body ends with the body.
func TestL5_WorkAfterTheBodyIsNotCutOff(t *testing.T) {
	t.Parallel()
	a := newAxis(ServerOptions{Limits: Limits{Silence: 50 * time.Millisecond}})
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q, err := a.wire.Read(w, r)
		if send, ok := q.(*Send); ok && err == nil {
			_, err = io.Copy(io.Discard, send.Package)
		}
		assert.NoError(t, err)
		work, cancel := context.WithTimeout(r.Context(), 200*time.Millisecond)
		defer cancel()
		<-work.Done()
		assert.NoError(t, r.Context().Err())
		if send, ok := q.(*Send); ok {
			assert.NoError(t, send.Answer(w, testID, exchange.SignedReceipt{}))
		} else {
			assert.NoError(t, q.(Register).Answer(w))
		}
	}))
	c := client(t, server.URL)
	for _, call := range []Call{CallSend, CallRegister} {
		assert.NoError(t, calls(c)[call](t.Context()), call)
	}
}

// A line may be used again after a package went over it, though packages move
// the line's deadlines.
func TestL5_ALineServesManyRequests(t *testing.T) {
	t.Parallel()
	a := newAxis(ServerOptions{Limits: Limits{Silence: 50 * time.Millisecond}})
	a.packages[testID] = packageOf(t)
	server := httptest.NewUnstartedServer(a)
	var lines atomic.Int32
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			lines.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	c := client(t, server.URL, func(s *Settings) { s.Peer = true })
	for range 4 {
		for call, do := range calls(c) {
			assert.NoError(t, do(t.Context()), call)
		}
		wait, cancel := context.WithTimeout(t.Context(), 120*time.Millisecond) // longer than any deadline that was left behind
		<-wait.Done()
		cancel()
	}
	assert.LessOrEqual(t, lines.Load(), int32(2))
}
