// Package imap reads one folder of one mailbox: it connects, lists what is new
// since a cursor, hands a message on as a stream, marks what was taken, and
// waits for more. It is the only importer of go-imap. It stores nothing, knows
// no agency and does not look into messages; when a message counts as taken is
// decided by its caller, after the commit.
//
// A Client is for one goroutine. The end of a context closes the connection:
// an IMAP line in the middle of an answer is good for nothing else.
package imap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Security says how the line is protected.
type Security string

// The ways. None is refused unless Settings.AllowPlain.
const (
	TLS      Security = "tls"
	StartTLS Security = "starttls"
	None     Security = "none"
)

// After says what happens in the mailbox to a message that was taken. People
// read the same box, so it is never marked as read.
type After string

// The ways. Keyword does nothing where the server keeps no keywords.
const (
	AfterKeyword After = "keyword"
	AfterFlag    After = "flag"
	AfterMove    After = "move"
	AfterNothing After = "nothing"
)

// Keyword is our own mark on a message that was taken.
const Keyword = "$CongvanReceived"

// Settings are how to reach a mailbox. Zero times and the empty folder mean
// their defaults.
type Settings struct {
	Host     string
	Port     int
	Security Security
	Username string
	Password string
	Token    string // an OAuth access token, instead of the password
	Folder   string // INBOX
	After    After
	MoveTo   string
	// AllowPrivate lets the host be on a private, loopback or link-local range.
	AllowPrivate bool
	// AllowPlain lets the password go over an unprotected line.
	AllowPlain bool
	RootCAs    *x509.CertPool // the system's when nil
	Dial       time.Duration  // to connect and protect the line: 20 s
	Answer     time.Duration  // silence while an answer is due: 60 s
	Rearm      time.Duration  // of IDLE; servers hang up after 30 minutes: 25 min
	Poll       time.Duration  // where there is no IDLE: 1 min
}

func (s Settings) filled() Settings {
	if s.Folder == "" {
		s.Folder = "INBOX"
	}
	if s.After == "" {
		s.After = AfterKeyword
	}
	fill := func(d *time.Duration, otherwise time.Duration) {
		if *d <= 0 {
			*d = otherwise
		}
	}
	fill(&s.Dial, 20*time.Second)
	fill(&s.Answer, time.Minute)
	fill(&s.Rearm, 25*time.Minute)
	fill(&s.Poll, time.Minute)
	s.Rearm = min(s.Rearm, 28*time.Minute) // RFC 2177: before 29
	return s
}

// Box is what the server says of the open folder.
type Box struct {
	UIDValidity uint32
	UIDNext     uint32 // 0 when the server does not say
	Messages    uint32
	Keywords    bool // our keyword can be set
	Writable    bool // anything can be set
	Idle        bool
	Move        bool
	CondStore   bool
}

// Client is one connection to one folder.
type Client struct {
	settings Settings
	line     *line
	c        *imapclient.Client
	box      Box
	news     chan struct{}
	backlog  []imap.UID // found and not yet listed
	bare     bool       // the server's lists cannot be read: ask for UIDs only
	stream   *Stream
}

// Open connects, signs in and opens the folder.
func Open(ctx context.Context, settings Settings) (*Client, error) {
	c := &Client{settings: settings.filled()}
	if err := c.open(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// Box tells what the server said when the folder was opened.
func (c *Client) Box() Box { return c.box }

// BytesRead counts what came over the line.
func (c *Client) BytesRead() int64 { return c.line.read.Load() }

// Close says goodbye if the line still stands, and frees it. It can be called
// again, also after an error.
func (c *Client) Close() error {
	if c.stream == nil && c.line.failure() == nil {
		c.line.await(2 * time.Second)
		_ = c.c.Logout().Wait() // a courtesy: what counts is committed elsewhere
	}
	c.cut()
	return nil
}

// cut frees the line at once and waits until nothing of it runs any more.
func (c *Client) cut() {
	c.line.close()
	if c.stream != nil {
		c.stream.abandon()
	}
	_ = c.c.Close()
	<-c.c.Closed()
}

// hangUp ends the line and waits for the library's reader: a literal that
// failed is read again when its command is closed, and the two must not meet.
func (c *Client) hangUp() {
	c.line.close()
	<-c.c.Closed()
}

func (c *Client) open(ctx context.Context) (err error) {
	s := c.settings
	if s.Security == None && !s.AllowPlain {
		return ErrPlain
	}
	c.news = make(chan struct{}, 1)
	c.backlog, c.stream = nil, nil
	dialCtx, cancel := context.WithTimeout(ctx, s.Dial)
	defer cancel()
	if c.line, err = dial(dialCtx, s); err != nil {
		return err
	}
	done := c.guard(dialCtx)
	err = c.protect(dialCtx)
	if err = done(err); err != nil {
		c.line.close()
		if c.c != nil {
			c.cut()
		}
		if ctx.Err() == nil && dialCtx.Err() != nil {
			return ErrUnreachable.Because(err)
		}
		return err
	}
	done = c.guard(ctx)
	if err = done(c.enter()); err != nil {
		c.cut()
	}
	return err
}

// protect brings TLS onto the line and waits for the greeting.
func (c *Client) protect(ctx context.Context) error {
	options := &imapclient.Options{
		TLSConfig:             &tls.Config{ServerName: c.settings.Host, RootCAs: c.settings.RootCAs, MinVersion: tls.VersionTLS12},
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: c.noteNews},
	}
	c.c = nil
	switch c.settings.Security {
	case TLS:
		options.TLSConfig.NextProtos = []string{"imap"}
		conn := tls.Client(c.line, options.TLSConfig)
		if err := conn.HandshakeContext(ctx); err != nil {
			return ErrTLS.Because(err)
		}
		c.c = imapclient.New(conn, options)
	case StartTLS:
		client, err := imapclient.NewStartTLS(c.line, options)
		if err != nil {
			return ErrTLS.Because(err)
		}
		c.c = client
	default:
		c.c = imapclient.New(c.line, options)
	}
	return c.c.WaitGreeting()
}

// enter signs in and opens the folder.
func (c *Client) enter() error {
	if err := c.login(); err != nil {
		return err
	}
	caps := c.c.Caps()
	selected, err := c.c.Select(c.settings.Folder, nil).Wait()
	if err != nil {
		if isNo(err) {
			return ErrFolder.Because(err)
		}
		return err
	}
	c.box = Box{
		UIDValidity: selected.UIDValidity, UIDNext: uint32(selected.UIDNext), Messages: selected.NumMessages,
		Idle: caps.Has(imap.CapIdle), Move: caps.Has(imap.CapMove), CondStore: caps.Has(imap.CapCondStore),
	}
	for _, flag := range selected.PermanentFlags {
		c.box.Writable = true
		c.box.Keywords = c.box.Keywords || flag == imap.FlagWildcard || strings.EqualFold(string(flag), Keyword)
	}
	if c.box.UIDValidity == 0 {
		return ErrProtocol // without it no UID means anything (RFC 9051, 2.3.1.1)
	}
	return nil
}

// login presents what the mailbox is opened with. LOGIN carries only ASCII;
// other passwords go by AUTHENTICATE where the server takes it.
func (c *Client) login() error {
	if c.settings.Token != "" {
		return c.loginByToken()
	}
	caps := c.c.Caps()
	user, password := c.settings.Username, c.settings.Password
	var err error
	if plain := caps.Has(imap.AuthCap("PLAIN")); plain && (caps.Has(imap.CapLoginDisabled) || !isASCII(user+password)) {
		err = c.c.Authenticate(newPlain(user, password))
	} else {
		err = c.c.Login(user, password).Wait()
	}
	if isNo(err) && !isTemporary(err) {
		return ErrLogin.Because(err)
	}
	return err
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}

// reopen starts again after a server that talked nonsense.
func (c *Client) reopen(ctx context.Context) error {
	c.cut()
	return c.open(ctx)
}

func (c *Client) noteNews(data *imapclient.UnilateralDataMailbox) {
	if data.NumMessages == nil {
		return
	}
	select {
	case c.news <- struct{}{}:
	default:
	}
}

// guard lets the end of the context cut the line, and translates what an
// operation ends with. An answer is due until the returned function is called.
func (c *Client) guard(ctx context.Context) func(error) error {
	c.line.await(c.settings.Answer)
	line := c.line
	stop := context.AfterFunc(ctx, line.close)
	return func(err error) error {
		stop()
		if err == nil {
			line.rest()
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return c.translate(err)
	}
}

func address(s Settings) string {
	port := s.Port
	if port == 0 {
		port = map[Security]int{TLS: 993}[s.Security]
	}
	if port == 0 {
		port = 143
	}
	return net.JoinHostPort(s.Host, strconv.Itoa(port))
}

func uidSet(uids []uint32) imap.UIDSet {
	var set imap.UIDSet
	for _, uid := range slices.Sorted(slices.Values(uids)) {
		set.AddNum(imap.UID(uid))
	}
	return set
}
