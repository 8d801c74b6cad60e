// Package smtp is the channel to agencies that have only a mailbox: it makes a
// mail of a message, hands it to the installation's mail server and tells how
// that ended. Files are streamed, never held whole. That the server took the
// mail means sent and nothing more. The package stores nothing, decides about
// no retry, and knows no agency but the two of the message.
package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"congvan/server/domain/exchange"
)

// Settings are how to reach the server that takes our mail. Zero times mean
// their defaults.
type Settings struct {
	Host     string
	Port     int // 465 with TLS from the start, 587 otherwise
	Security exchange.MailSecurity
	Username string // none signs in nowhere
	Password string
	// From is the address that all mail is sent from, where the server takes no
	// other. Without it each agency's own mailbox is the sender.
	From string
	// Name is what this installation calls itself: to the server, and in the
	// identifier of each mail. It should stay the same for ever.
	Name     string
	MaxBytes int64 // of a mail as it travels; 0 leaves it to the server
	DKIM     *DKIM // signs each mail, where there is one
	// AllowPrivate lets the host be on a private, loopback or link-local range.
	AllowPrivate bool
	// AllowPlain lets mail and password go over an unprotected line.
	AllowPlain bool
	RootCAs    *x509.CertPool   // the system's when nil
	Dial       time.Duration    // to connect and protect the line: 20 s
	Silence    time.Duration    // while an answer is due, or bytes do not move: 60 s
	Final      time.Duration    // until the server has taken the whole mail: 10 min
	Now        func() time.Time // the present when nil
}

func (s Settings) filled() Settings {
	fill := func(d *time.Duration, otherwise time.Duration) {
		if *d <= 0 {
			*d = otherwise
		}
	}
	fill(&s.Dial, 20*time.Second)
	fill(&s.Silence, time.Minute)
	fill(&s.Final, 10*time.Minute)
	if s.Port == 0 {
		s.Port = 587
		if s.Security == exchange.MailTLS {
			s.Port = 465
		}
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	return s
}

// Channel sends messages as mail. It may be used by many at a time.
type Channel struct{ settings Settings }

// New makes the channel. Nothing is connected yet.
func New(settings Settings) (*Channel, error) {
	s := settings.filled()
	switch {
	case s.Host == "" || !isHost(s.Name):
		return nil, ErrNotConfigured
	case s.Security != exchange.MailTLS && s.Security != exchange.MailStartTLS && s.Security != exchange.MailPlain:
		return nil, ErrNotConfigured
	case s.Security == exchange.MailPlain && !s.AllowPlain:
		return nil, ErrPlain
	case s.From != "" && !isAddress(s.From):
		return nil, ErrNoSender
	}
	return &Channel{settings: s}, nil
}

// Send makes one mail of the message and hands it over.
func (c *Channel) Send(ctx context.Context, e exchange.Envelope, open func(context.Context, exchange.FileRef) (io.ReadCloser, error)) (exchange.Outcome, error) {
	outcome, err := c.sendWhole(ctx, e, open)
	if errors.Is(err, exchange.ErrPackageTooLarge) && !e.Package.Hash.IsZero() {
		e.Package = exchange.FileRef{} // people can use the files without it
		return c.sendWhole(ctx, e, open)
	}
	return outcome, err
}

func (c *Channel) sendWhole(ctx context.Context, e exchange.Envelope, open opener) (exchange.Outcome, error) {
	m, err := c.compose(e)
	if err != nil {
		return exchange.Outcome{}, err
	}
	if limit := c.settings.MaxBytes; limit > 0 && m.size() > limit {
		return exchange.Outcome{Words: limitWords(limit)}, exchange.ErrPackageTooLarge
	}
	if err := c.sign(ctx, m, open); err != nil {
		return exchange.Outcome{}, err
	}
	s, err := c.connect(ctx)
	if err != nil {
		return outcomeOf(err), err
	}
	defer s.close()
	if err := s.translate(ctx, s.send(ctx, m, open)); err != nil {
		return outcomeOf(err), err
	}
	return exchange.Outcome{State: exchange.Sent, RemoteID: m.id, At: c.settings.Now()}, nil
}

func limitWords(limit int64) string { return fmt.Sprintf("≤ %d byte", limit) }

// session is one connection that is ready to take a mail.
type session struct {
	c      *smtp.Client
	line   *line
	stage  stage
	final  time.Duration
	unhook func() bool
}

// stage is how far a session has come; the same answer means different things.
type stage int

const (
	greeting stage = iota
	protecting
	signingIn
	naming   // MAIL FROM
	address  // RCPT TO
	handing  // DATA and the bytes
	accepted // all is handed over: the last answer
)

func (s *session) close() {
	s.unhook()
	if s.stage == accepted && s.line.failure() == nil {
		s.line.wait(goodbye)
		_ = s.c.Quit() // a courtesy: the mail was taken or refused already
	}
	_ = s.c.Close() // also in the middle of a mail, which is void then
}

// goodbye is how long a server may take to say it.
const goodbye = 2 * time.Second

func (c *Channel) connect(ctx context.Context) (*session, error) {
	dialCtx, cancel := context.WithTimeout(ctx, c.settings.Dial)
	defer cancel()
	l, err := dial(dialCtx, c.settings)
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, err
	}
	s := &session{line: l, final: c.settings.Final}
	s.unhook = context.AfterFunc(ctx, l.cut)
	if err := s.translate(ctx, s.enter(dialCtx, c.settings)); err != nil {
		s.unhook()
		l.cut()
		return nil, err
	}
	return s, nil
}

// enter protects the line, says who we are and signs in.
func (s *session) enter(ctx context.Context, settings Settings) (err error) {
	config := &tls.Config{ServerName: settings.Host, RootCAs: settings.RootCAs, MinVersion: tls.VersionTLS12}
	switch settings.Security {
	case exchange.MailTLS:
		s.stage = protecting
		conn := tls.Client(s.line, config)
		if err := conn.HandshakeContext(ctx); err != nil {
			return err
		}
		s.stage = greeting
		s.c = smtp.NewClient(conn)
	case exchange.MailStartTLS:
		s.stage = protecting
		if s.c, err = smtp.NewClientStartTLS(s.line, config); err != nil {
			return err
		}
		s.stage = greeting
	default:
		s.c = smtp.NewClient(s.line)
	}
	if err := s.c.Hello(settings.Name); err != nil {
		return err
	}
	if settings.Username == "" {
		return nil
	}
	s.stage = signingIn
	switch {
	case s.c.SupportsAuth(sasl.Plain):
		return s.c.Auth(sasl.NewPlainClient("", settings.Username, settings.Password))
	case s.c.SupportsAuth(sasl.Login):
		return s.c.Auth(sasl.NewLoginClient(settings.Username, settings.Password))
	}
	return ErrLogin
}

// send hands the mail over. What is too large for the server is not begun.
func (s *session) send(ctx context.Context, m *message, open opener) error {
	if limit, ok := s.c.MaxMessageSize(); ok && limit > 0 && m.size() > int64(limit) {
		return &refusal{fault: exchange.ErrPackageTooLarge, words: limitWords(int64(limit))}
	}
	s.stage = naming
	mail := &smtp.MailOptions{Size: m.size(), Return: smtp.DSNReturnHeaders, EnvelopeID: m.delivery}
	recipient := &smtp.RcptOptions{Notify: []smtp.DSNNotify{smtp.DSNNotifySuccess, smtp.DSNNotifyFailure, smtp.DSNNotifyDelayed},
		OriginalRecipientType: smtp.DSNAddressTypeRFC822, OriginalRecipient: m.to}
	if !isASCII(m.from + m.to) {
		if ok, _ := s.c.Extension("SMTPUTF8"); !ok {
			return ErrAddress
		}
		mail.UTF8, recipient.OriginalRecipientType = true, smtp.DSNAddressTypeUTF8
	}
	if err := s.c.Mail(m.from, mail); err != nil {
		return err
	}
	s.stage = address
	if err := s.c.Rcpt(m.to, recipient); err != nil {
		return err
	}
	s.stage = handing
	data, err := s.c.Data()
	if err != nil {
		return err
	}
	if err := m.write(ctx, data, open); err != nil {
		return err // without its end the mail is void
	}
	s.line.wait(s.final)
	err = data.Close()
	s.stage = accepted
	return err
}

func isHost(name string) bool {
	return name != "" && len(name) <= 255 && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789-.[]:_") == ""
}

func target(s Settings) string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }
