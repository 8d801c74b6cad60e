package vxp

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// wrong answers with whatever it is told.
func wrong(status int, mediaType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", mediaType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func outgoing(text string) Outgoing {
	return Outgoing{Message: Document, From: "000.00.00.X01", To: []org.AgencyCode{"000.00.00.X02"}, Hash: document.Hash(sumOf(text)), Size: int64(len(text))}
}

// calls gives each call of the client as one that only fails or not.
func calls(c *Client) map[Call]func(context.Context) error {
	list := func(n int, err error) error {
		if err == nil && n == 0 {
			return errEmpty
		}
		return err
	}
	drain := func(r io.ReadCloser, err error) error {
		if err != nil {
			return err
		}
		defer r.Close()
		_, err = io.Copy(io.Discard, r)
		return err
	}
	return map[Call]func(context.Context) error{
		CallAgencies:     func(ctx context.Context) error { l, err := c.Agencies(ctx); return list(len(l), err) },
		CallAgenciesQD20: func(ctx context.Context) error { l, err := c.AgenciesQD20(ctx, "1"); return list(len(l), err) },
		CallSynchronise:  func(ctx context.Context) error { l, err := c.Synchronise(ctx); return list(len(l), err) },
		CallRegister:     func(ctx context.Context) error { return c.Register(ctx, Registration{Code: "H59.08", Name: "x"}) },
		CallDelete:       func(ctx context.Context) error { return c.Delete(ctx, "H59.08") },
		CallSend: func(ctx context.Context) error {
			_, err := c.Send(ctx, outgoing("hello"), strings.NewReader("hello"))
			return err
		},
		CallReceived:     func(ctx context.Context) error { l, err := c.Received(ctx, Document); return list(len(l), err) },
		CallGet:          func(ctx context.Context) error { return drain(c.Get(ctx, testID.String())) },
		CallDownload:     func(ctx context.Context) error { return drain(c.Download(ctx, testID.String())) },
		CallUpdateStatus: func(ctx context.Context) error { return c.UpdateStatus(ctx, testID.String(), Done) },
		CallSent: func(ctx context.Context) error {
			l, err := c.Sent(ctx, Document, testID.String())
			return list(len(l), err)
		},
		CallCountDocuments: func(ctx context.Context) error { _, err := c.CountReceived(ctx, Document); return err },
		CallCountStatuses:  func(ctx context.Context) error { _, err := c.CountReceived(ctx, Status); return err },
	}
}

var errEmpty = errors.New("an empty list")

func TestL5_EveryCallGoesBothWays(t *testing.T) {
	t.Parallel()
	a := newAxis(ServerOptions{Base: "axis"})
	a.packages[testID] = packageOf(t)
	for _, slash := range []string{"", "/"} { // two processes of one system, at one time
		c := client(t, serve(t, a).URL+"/axis"+slash, func(s *Settings) { s.Peer = true })
		for call, do := range calls(c) {
			assert.NoError(t, do(t.Context()), call)
		}
	}
}

// What is no answer of the axis is an error in every call, and never an empty
// list or a package.
func TestL5_WhatIsNoAnswerIsAnError(t *testing.T) {
	t.Parallel()
	html := "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head></html>"
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   error
		except map[Call]error // where another error is right
	}{
		"a proxy's page":       {wrong(502, "text/html", html), exchange.ErrDisturbed, nil},
		"a page that says 200": {wrong(200, "text/html", html), ErrNotAxis, nil},
		"a page called JSON":   {wrong(200, "application/json", " \r\n"+strings.ToUpper(html)), ErrNotAxis, nil},
		"nothing":              {wrong(200, "application/json", ""), ErrNotAxis, map[Call]error{CallDownload: ErrIncomplete}},
		"an empty object":      {wrong(200, "application/json", "{}"), ErrIncomplete, nil},
		"null":                 {wrong(200, "application/json", "null"), ErrNotAxis, map[Call]error{CallDownload: nil}},
		"only OK":              {wrong(200, "application/json", `{"status":"OK"}`), ErrIncomplete, nil},
		"a null code":          {wrong(200, "application/json", `{"status":"OK","ErrorCode":null,"data":null,"count":null}`), ErrIncomplete, nil},
		"half an object":       {wrong(200, "application/json", `{"status":"OK","ErrorCode":"0"`), ErrNotAxis, nil},
		"two objects":          {wrong(200, "application/json", `{"status":"OK","ErrorCode":"0","data":[{}],"count":1}{}`), ErrNotAxis, nil},
		"a redirect":           {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, ErrRedirected, nil},
		"a permanent redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusPermanentRedirect)
		}, ErrRedirected, nil},
		"FAIL without a code":   {wrong(200, "application/json", `{"status":"FAIL","data":[],"count":1}`), ErrRefused, nil},
		"00":                    {wrong(200, "application/json", `{"status":"OK","ErrorCode":"00","data":[{}],"count":1}`), ErrRefused, nil},
		"a code nobody knows":   {wrong(200, "application/json", `{"status":"FAIL","ErrorCode":"777","ErrorDesc":"?"}`), ErrRefused, nil},
		"success with HTTP 500": {wrong(500, "application/json", `{"status":"OK","ErrorCode":"0","data":[{}],"count":1}`), exchange.ErrDisturbed, nil},
		"a number":              {wrong(401, "application/json", `{"status":"FAIL","ErrorCode":15}`), exchange.ErrBadCredentials, nil},
		"busy":                  {wrong(429, "text/plain", "slow down"), exchange.ErrOverloaded, nil},
		"too large for a proxy": {wrong(413, "text/html", html), exchange.ErrPackageTooLarge, nil},
		"not found by a proxy":  {wrong(404, "text/html", html), ErrRefused, nil},
	} {
		cl := client(t, serve(t, c.answer).URL)
		for call, do := range calls(cl) {
			err := do(t.Context())
			want := c.want
			if other, ok := c.except[call]; ok {
				want = other
			}
			if want == nil {
				continue
			}
			assert.ErrorIs(t, err, want, "%s: %s", name, call)
			var f *fault.Error
			if assert.ErrorAs(t, err, &f, "%s: %s", name, call) {
				assert.True(t, f.Text.VI != "" && f.Text.EN != "")
			}
			assert.NotErrorIs(t, err, errEmpty, "%s: %s", name, call)
		}
	}
}

func TestL5_NullsMissingKeysAndOtherTypesAreRead(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	answer := func(body string) *Client { return client(t, serve(t, wrong(200, "application/json", body)).URL) }
	ok := `{"ErrorDesc":null,"ErrorCode":0,"unknown":{"deep":[1,{"x":null}]},`
	for body, want := range map[string][]Received{
		ok + `"data":[]}`:   {},
		ok + `"data":null}`: {},
		ok + `"data":[null,{},{"docId":null,"to":null,"from":7},{"docId":1234567890123456789,"to":["H59"],"status":"initial"},{"to":["H59","H60"]},{"DocId":"other case"}]}`: {
			{}, {From: "7"}, {DocID: "1234567890123456789", To: Recipients{"H59"}, Status: Initial}, {To: Recipients{"H59", "H60"}}, {}},
	} {
		got, err := answer(body).Received(ctx, Document)
		require.NoError(t, err, body)
		assert.Equal(t, want, got, body)
	}
	units, err := answer(ok + `"data":[{"version":"3","deleted":"true","isAgency":1},{"version":null,"deleted":null},{"version":"","deleted":"","isAgency":"false"}]}`).Synchronise(ctx)
	require.NoError(t, err)
	assert.Equal(t, []Unit{{Version: 3, Deleted: true, IsAgency: true}, {}, {}}, units)
	for _, body := range []string{ok + `"data":{}}`, ok + `"data":"x"}`, ok + `"data":[7]}`, ok + `"data":[{"docId":{}}]}`, ok + `"data":[{"to":[7]}]}`, ok + `"data":[[]]}`} {
		_, err := answer(body).Received(ctx, Document)
		assert.ErrorIs(t, err, ErrNotAxis, body)
	}
	_, err = answer(ok+`"x":1}`).Received(ctx, Document)
	assert.ErrorIs(t, err, ErrIncomplete, "what is missing is not empty")
	for body, want := range map[string]int{`"count":7`: 7, `"count":"2"`: 2} {
		n, err := answer(ok+body+"}").CountReceived(ctx, Document)
		require.NoError(t, err)
		assert.Equal(t, want, n)
	}
	for _, body := range []string{`"count":null`, `"count":-1`, `"count":"many"`, `"x":1`} {
		_, err := answer(ok+body+"}").CountReceived(ctx, Document)
		assert.ErrorIs(t, err, ErrIncomplete, body)
	}
}

func TestL5_APackageWithinJSONIsReadAsAStreamInAnyOrder(t *testing.T) {
	t.Parallel()
	text := base64.StdEncoding.EncodeToString([]byte("<edXML>nội dung</edXML>"))
	get := func(status int, body string) (string, error) {
		r, err := client(t, serve(t, wrong(status, "application/json", body)).URL).Get(t.Context(), "any id")
		if err != nil {
			return "", err
		}
		defer r.Close()
		got, err := io.ReadAll(r)
		return string(got), err
	}
	for _, body := range []string{
		`{"status":"OK","ErrorCode":"0","ErrorDesc":"Success","data":"` + text + `"}`,
		"\n {\"data\" : \"" + text + "\" , \"status\":\"OK\",\"ErrorCode\":0}\r\n ",
		`{"extra":{"a":["}",{"b":"\"]"}]},"n":12,"t":true,"data":"` + text[:8] + `\r\n` + text[8:] + `\n","status":"OK","ErrorCode":0}`,
		`{"ErrorCode":"0","data":"` + strings.NewReplacer("/", `\/`, "+", `\u002b`, "=", `\u003D`).Replace(text) + `"}`,
		`{"ErrorCode":"0","d\u0061ta":"` + text + `"}`,
	} {
		got, err := get(200, body)
		assert.NoError(t, err, body)
		assert.Equal(t, "<edXML>nội dung</edXML>", got, body)
	}
	for body, want := range map[string]error{
		`{"status":"FAIL","ErrorCode":"404","ErrorDesc":"x","data":"` + text + `"}`: exchange.ErrMessageUnknown,
		`{"data":"` + text + `","status":"FAIL","ErrorCode":"404"}`:                 exchange.ErrMessageUnknown,
		`{"data":"` + text + `"}`:                                       ErrIncomplete,
		`{"data":"` + text + `","ErrorCode":"0"}trailing`:               ErrNotAxis,
		`{"data":"` + text + `","ErrorCode":"0","data":"` + text + `"}`: ErrNotAxis,
		`{"data":"` + text + `","ErrorCode":"0"`:                        ErrNotAxis,
		`{"ErrorCode":"0","data":"` + text:                              ErrNotAxis,
		`{"ErrorCode":"0","data":"` + text[:len(text)-3] + `"}`:         ErrNotAxis,
		`{"ErrorCode":"0","data":"!!!!"}`:                               ErrNotAxis,
		`{"ErrorCode":"0","data":"\u0111"}`:                             ErrNotAxis,
		`{"ErrorCode":"0","data":"\q"}`:                                 ErrNotAxis,
		`{"ErrorCode":"0","data":null}`:                                 ErrIncomplete,
		`{"ErrorCode":"0","data":["` + text + `"]}`:                     ErrIncomplete,
		`{"ErrorCode":"0" "data":"` + text + `"}`:                       ErrNotAxis,
		`{"ErrorCode":0x0,"data":"` + text + `"}`:                       ErrNotAxis,
		`{"x":"` + strings.Repeat("x", maxMember) + `"}`:                ErrNotAxis,
		`{` + strings.Repeat(`"x":1,`, 200) + `"ErrorCode":"0"}`:        ErrNotAxis,
		`{"x":` + strings.Repeat("[", 60_000) + `}`:                     ErrNotAxis,
	} {
		_, err := get(200, body)
		assert.ErrorIs(t, err, want, "%.100s", body)
	}
	_, err := get(503, `{"ErrorCode":"0","data":"`+text+`"}`)
	assert.ErrorIs(t, err, exchange.ErrDisturbed)
}

func TestL5_ADownloadIsAPackageOrAnError(t *testing.T) {
	t.Parallel()
	get := func(status int, body string) error {
		r, err := client(t, serve(t, wrong(status, "text/xml", body)).URL).Download(t.Context(), "any id")
		if err != nil {
			return err
		}
		got, err := io.ReadAll(r)
		assert.Equal(t, body, string(got))
		return errors.Join(err, r.Close())
	}
	long := "<edXML>" + strings.Repeat("x", 100_000) + "</edXML>"
	for _, body := range []string{"\xef\xbb\xbf<?xml version=\"1.0\"?><edXML/>", "<edXML/>", long, "\xff\xfe<\x00"} {
		assert.NoError(t, get(200, body))
	}
	for body, want := range map[string]error{
		"":                                    ErrIncomplete,
		`{"status":"FAIL","ErrorCode":"404"}`: exchange.ErrMessageUnknown,
		`{"status":"OK","ErrorCode":"0"}`:     ErrNotAxis,
		`{nonsense`:                           ErrNotAxis,
		" \n<html>Đăng nhập</html>":           ErrNotAxis,
		"\xef\xbb\xbf<!doctype html><title>":  ErrNotAxis,
	} {
		assert.ErrorIs(t, get(200, body), want, body)
	}
	assert.ErrorIs(t, get(404, ""), exchange.ErrMessageUnknown)
	assert.ErrorIs(t, get(401, ""), exchange.ErrBadCredentials)
	assert.ErrorIs(t, get(500, "<edXML/>"), exchange.ErrDisturbed)
}

func TestL5_AnswersAreBounded(t *testing.T) {
	t.Parallel()
	small := func(s *Settings) { s.List, s.Package, s.Peer = 1000, 1000, true }
	for call, do := range calls(client(t, serve(t, wrong(200, "application/json", `{"ErrorCode":"0","data":[`+strings.Repeat(`{},`, 1000)+`{}]}`)).URL, small)) {
		if call == CallGet || call == CallDownload {
			continue
		}
		assert.ErrorIs(t, do(t.Context()), ErrAnswerTooLarge, call)
	}
	a := newAxis(ServerOptions{})
	for size, want := range map[int]error{1000: nil, 1001: exchange.ErrPackageTooLarge} {
		a.mu.Lock()
		a.packages[testID] = bytes.Repeat([]byte("<"), size)
		a.mu.Unlock()
		c := client(t, serve(t, a).URL, small)
		for _, call := range []Call{CallGet, CallDownload} {
			assert.ErrorIs(t, calls(c)[call](t.Context()), want, call)
		}
	}
}

func TestL5_WhatTheAxisSaysIsMadeFitToRead(t *testing.T) {
	t.Parallel()
	desc := `Từ chối\u202e <b>\u0000\n` + strings.Repeat("dài ", 200)
	err := client(t, serve(t, wrong(400, "application/json", `{"status":"FAIL","ErrorCode":"18","ErrorDesc":"`+desc+`"}`)).URL).UpdateStatus(t.Context(), "x", Done)
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	assert.ErrorIs(t, err, exchange.ErrRecipientUnknown)
	assert.True(t, strings.HasPrefix(f.Text.VI, exchange.ErrRecipientUnknown.Text.VI+" (Mã 18: Từ chối <b> dài"), f.Text.VI)
	assert.Less(t, len([]rune(f.Text.VI)), 400)
	assert.NotContains(t, err.Error(), "dài", "the other side's words do not reach a log")
}

func TestL5_CodesOfAnAxisAreASetting(t *testing.T) {
	t.Parallel()
	server := serve(t, wrong(200, "application/json", `{"status":"FAIL","ErrorCode":"99"}`))
	for kind, want := range map[fault.Kind]exchange.Verdict{"": exchange.GiveUp, fault.Unavailable: exchange.Retry, fault.Conflict: exchange.Contradicted} {
		c := client(t, server.URL, func(s *Settings) {
			if kind != "" {
				s.Codes = map[string]fault.Kind{"99": kind}
			}
		})
		assert.Equal(t, want, exchange.VerdictOn(c.UpdateStatus(t.Context(), "x", Done)), kind)
	}
}

func TestK12_PrivateHostsAreRefusedUnlessAllowed(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"127.0.0.1:443", "10.1.2.3:443", "172.16.0.1:443", "192.168.1.1:443", "169.254.169.254:80", "100.64.0.1:443", "0.0.0.0:443",
		"[::1]:443", "[::]:443", "[fe80::1%eth0]:443", "[fd00::1]:443", "[::ffff:127.0.0.1]:443", "[::ffff:10.0.0.1]:443",
		"[64:ff9b::7f00:1]:443", "[2002:7f00:1::]:443", "224.0.0.1:443", "255.255.255.255:443", "240.0.0.1:443", "no address",
	} {
		assert.ErrorIs(t, onlyPublic("tcp", address, nil), ErrPrivateHost, address)
	}
	for _, address := range []string{"203.162.4.190:443", "1.1.1.1:80", "[2606:4700::1111]:443"} {
		assert.NoError(t, onlyPublic("tcp", address, nil), address)
	}
	server := serve(t, newAxis(ServerOptions{}))
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	require.NoError(t, err)
	for _, host := range []string{"127.0.0.1", "localhost"} {
		c := client(t, "http://"+net.JoinHostPort(host, port), func(s *Settings) { s.AllowPrivate = false })
		for call, do := range calls(c) {
			assert.ErrorIs(t, do(t.Context()), ErrPrivateHost, call)
		}
	}
}

func TestL5_SettingsAreChecked(t *testing.T) {
	t.Parallel()
	good := Settings{Endpoint: "https://truc.example.vn/vxp/", System: testSystem, Secret: testSecret}
	_, err := NewClient(good)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		change func(*Settings)
		want   error
	}{
		"no scheme":    {func(s *Settings) { s.Endpoint = "truc.example.vn" }, ErrEndpoint},
		"a file":       {func(s *Settings) { s.Endpoint = "file:///etc/passwd" }, ErrEndpoint},
		"a password":   {func(s *Settings) { s.Endpoint = "https://a:b@truc.example.vn" }, ErrEndpoint},
		"a parameter":  {func(s *Settings) { s.Endpoint = "https://truc.example.vn?x=" }, ErrEndpoint},
		"nonsense":     {func(s *Settings) { s.Endpoint = "https://[::1" }, ErrEndpoint},
		"a plain line": {func(s *Settings) { s.Endpoint = "http://truc.example.vn" }, ErrPlain},
		"no system":    {func(s *Settings) { s.System = "" }, ErrNotConfigured},
		"no secret":    {func(s *Settings) { s.Secret = "" }, ErrNotConfigured},
		"a name":       {func(s *Settings) { s.System = "hệ thống" }, ErrNotConfigured},
	} {
		s := good
		c.change(&s)
		_, err := NewClient(s)
		assert.ErrorIs(t, err, c.want, name)
	}
	c := client(t, "http://127.0.0.1:1")
	assert.ErrorIs(t, c.UpdateStatus(t.Context(), "văn bản", Done), errMalformed, "other letters cannot be signed")
	assert.ErrorIs(t, c.UpdateStatus(t.Context(), "a\r\nb: c", Done), errMalformed)
	assert.ErrorIs(t, c.UpdateStatus(t.Context(), "x", Done), ErrUnreachable)
}

// A package of any length takes no memory: here 96 MiB from end to end, sent,
// downloaded and got.
func TestL5_PackagesAreNeverHeldWhole(t *testing.T) { // alone: it measures the memory of the process
	const size = 96 << 20
	block := make([]byte, 1<<20)
	_, err := rand.Read(block)
	require.NoError(t, err)
	block[0] = '<'
	file := func() io.Reader {
		readers := make([]io.Reader, size/len(block))
		for i := range readers {
			readers[i] = bytes.NewReader(block)
		}
		return io.MultiReader(readers...)
	}
	sum := sha256.New()
	_, err = io.Copy(sum, file())
	require.NoError(t, err)
	a := newAxis(ServerOptions{})
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q, err := a.wire.Read(w, r)
		require.NoError(t, err)
		switch q := q.(type) {
		case *Send:
			if _, err = io.Copy(io.Discard, q.Package); err == nil {
				err = q.Answer(w, testID, exchange.SignedReceipt{})
			}
		case Get:
			err = q.Answer(w, Package{size, file()})
		case Download:
			err = q.Answer(w, Package{size, file()})
		}
		assert.NoError(t, err)
	}))
	var most atomic.Uint64
	watch := func(src io.Reader) io.Reader {
		return &tapped{src, func() {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most.Store(max(most.Load(), m.HeapAlloc))
		}, 0}
	}
	c := client(t, server.URL)
	o := Outgoing{Message: Document, From: "H59", Hash: document.Hash(sum.Sum(nil)), Size: size}
	_, err = c.Send(t.Context(), o, watch(file()))
	require.NoError(t, err)
	for _, fetch := range []func(context.Context, string) (io.ReadCloser, error){c.Get, c.Download} {
		body, err := fetch(t.Context(), testID.String())
		require.NoError(t, err)
		got := sha256.New()
		_, err = io.Copy(got, watch(body))
		require.NoError(t, err)
		require.NoError(t, body.Close())
		assert.Equal(t, o.Hash, document.Hash(got.Sum(nil)))
	}
	assert.Less(t, most.Load(), uint64(48<<20))
}

// tapped looks up now and then while bytes pass.
type tapped struct {
	io.Reader
	look func()
	n    int64
}

func (p *tapped) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	if before := p.n >> 23; (p.n+int64(n))>>23 > before {
		p.look()
	}
	p.n += int64(n)
	return n, err
}

func TestL5_AClientMayBeUsedByMany(t *testing.T) {
	t.Parallel()
	a := newAxis(ServerOptions{})
	c := client(t, serve(t, a).URL)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			for call, do := range calls(c) {
				if call == CallGet || call == CallDownload {
					continue
				}
				assert.NoError(t, do(t.Context()), call)
			}
		})
	}
	all.Wait()
}
