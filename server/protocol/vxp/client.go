package vxp

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"congvan/server/domain/fault"
)

// What the official client says of itself.
const (
	userAgent = "JAVASDKAgent/1.0.0 XRoad/VPCP"
	version   = "3.0.201608"
)

// Settings are how to reach an axis or a peer. Zero times and sizes mean their
// defaults.
type Settings struct {
	Endpoint string // what the call's name is put behind
	System   string
	Secret   string
	// AllowPrivate lets the host be on a private, loopback or link-local range.
	AllowPrivate bool
	// AllowPlain lets requests go over a line without TLS, on which the
	// signature can be captured and used again.
	AllowPlain bool
	// Peer says that the other side is of our own make. It is then asked before
	// a package is sent whether it is wanted, and each request carries a number
	// of its own, so that no two processes of one system sign alike. The official
	// client does neither.
	Peer    bool
	RootCAs *x509.CertPool        // the system's when nil
	Codes   map[string]fault.Kind // what error codes of this axis mean, where the usual table is wrong
	Dial    time.Duration         // to connect and protect the line: 20 s
	Silence time.Duration         // without progress, while bytes go or come: 60 s
	Answer  time.Duration         // from the last byte sent until the answer begins: 2 min
	Whole   time.Duration         // for a whole package, however steadily it drips: 2 h
	List    int64                 // bytes of an answer that is no package: 128 MiB
	Package int64                 // bytes of a package that is taken in: 2 GiB
	Now     func() time.Time      // the present when nil
}

func (s Settings) filled() Settings {
	fill(&s.Dial, 20*time.Second)
	fill(&s.Silence, time.Minute)
	fill(&s.Answer, 2*time.Minute)
	fill(&s.Whole, 2*time.Hour)
	fill(&s.List, 128<<20)
	fill(&s.Package, 2<<30)
	if s.Now == nil {
		s.Now = time.Now
	}
	return s
}

// Client speaks to one axis or peer as one system. It may be used by many at a
// time.
type Client struct {
	settings Settings
	http     *http.Client
	mu       sync.Mutex
	last     time.Time // of the stamps given out
}

// NewClient makes a client. Nothing is connected yet.
func NewClient(settings Settings) (*Client, error) {
	s := settings.filled()
	at, err := url.Parse(s.Endpoint)
	switch {
	case err != nil, at.Host == "", at.Scheme != "http" && at.Scheme != "https", at.User != nil, at.RawQuery != "", at.Fragment != "":
		return nil, ErrEndpoint
	case at.Scheme == "http" && !s.AllowPlain:
		return nil, ErrPlain
	case s.System == "" || s.Secret == "" || !plainText(s.System):
		return nil, ErrNotConfigured
	}
	s.Endpoint = strings.TrimRight(s.Endpoint, "/")
	dialer := &net.Dialer{Timeout: s.Dial, KeepAlive: 15 * time.Second}
	if !s.AllowPrivate {
		dialer.Control = onlyPublic
	}
	transport := &http.Transport{ // no proxy: it would dial in our stead, where nobody judges the address
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: s.RootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    s.Dial,
		DisableCompression:     true,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        30 * time.Second,
		ExpectContinueTimeout:  3 * time.Second,
	}
	return &Client{settings: s, http: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Close lets go of lines that are kept open.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// plainText tells whether a value can be signed and sent as it is: other
// letters reach the other side changed.
func plainText(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) && strings.TrimSpace(s) == s
}

// stamp gives each request a time of its own, so that no two have one
// signature: the other side may refuse a signature on a second path.
func (c *Client) stamp() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.settings.Now().Truncate(time.Millisecond)
	if !at.After(c.last) {
		at = c.last.Add(time.Millisecond)
	}
	c.last = at
	return formatStamp(at)
}

// request makes a signed request. The header is new for each: nothing of an
// earlier call rides along.
func (c *Client) request(ctx context.Context, call Call, body io.Reader, parameters ...pair) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, call.method(), c.settings.Endpoint+"/"+string(call), body)
	if err != nil {
		return nil, ErrEndpoint.Because(err)
	}
	pairs := append([]pair{{keySystem, c.settings.System}}, parameters...)
	if c.settings.Peer {
		pairs = append(pairs, pair{keyNonce, rand.Text()})
	}
	pairs = append(pairs, pair{keyTime, c.stamp()}, pair{keyType, call.mediaType()})
	for _, p := range pairs {
		if !plainText(p.value) {
			return nil, malformed(p.key)
		}
		r.Header[prefix+p.key] = []string{p.value} // in exactly this case, which Header.Set would change
	}
	text := stringToSign(pairs)
	r.Header[headerKeys] = []string{keysOf(pairs)}
	r.Header[headerSigned] = []string{text}
	r.Header[headerHash] = []string{hex.EncodeToString(sign(c.settings.Secret, text))}
	r.Header[headerVersion] = []string{version}
	r.Header.Set("Content-Type", call.mediaType())
	r.Header.Set("User-Agent", userAgent)
	return r, nil
}

// ask sends a request and gives the answer, which has to be closed.
func (c *Client) ask(ctx context.Context, call Call, body string, parameters ...pair) (*answer, error) {
	watch, ctx := newWatch(ctx, c.settings)
	var content io.Reader
	if call.method() != http.MethodGet {
		content = strings.NewReader(body)
	}
	r, err := c.request(ctx, call, content, parameters...)
	if err != nil {
		watch.end()
		return nil, err
	}
	return c.do(r, watch)
}

func (c *Client) do(r *http.Request, watch *watch) (*answer, error) {
	response, err := c.http.Do(r) //nolint:bodyclose // the answer closes it
	if err != nil {
		err = translate(watch.cause(), err)
		watch.end()
		return nil, err
	}
	watch.allow(watch.silence)
	a := &answer{Response: response, watch: watch}
	if response.StatusCode >= 300 && response.StatusCode < 400 {
		a.Close()
		return nil, ErrRedirected
	}
	return a, nil
}

// answer is a response whose body is watched while it is read.
type answer struct {
	*http.Response
	watch *watch
}

func (a *answer) Read(b []byte) (int, error) {
	n, err := a.Body.Read(b)
	a.watch.allow(a.watch.silence)
	if err != nil && !errors.Is(err, io.EOF) {
		err = translate(a.watch.cause(), err)
	}
	return n, err
}

// Close frees the line.
func (a *answer) Close() {
	_ = a.Body.Close() // what was read counts
	a.watch.end()
}

// watch ends an exchange in which nothing moves any more, or that drips.
type watch struct {
	timer   *time.Timer
	silence time.Duration
	answer  time.Duration
	cancel  func()
	cause   func() error // what ended it from our side, if anything did
}

var errSilent = errors.New("nothing moved for too long")

func newWatch(ctx context.Context, s Settings) (*watch, context.Context) {
	ctx, done := context.WithTimeoutCause(ctx, s.Whole, errSilent)
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(s.Dial+s.Answer, func() { cancel(errSilent) })
	return &watch{
		timer: timer, silence: s.Silence, answer: s.Answer,
		cancel: func() { cancel(context.Canceled); done() },
		cause:  func() error { return context.Cause(ctx) },
	}, ctx
}

// allow gives the exchange so long until something has to move.
func (w *watch) allow(d time.Duration) { w.timer.Reset(d) }

func (w *watch) end() {
	w.timer.Stop()
	w.cancel()
}
