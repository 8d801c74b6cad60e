package smtp_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"congvan/mailgateway/mime"
	"congvan/mailgateway/smtp"
	"congvan/server/channeltest"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

const (
	recipient = "vanthu@benhnhan.example"
	nobody    = "khongco@benhnhan.example"
	sender    = "vanthu@ubnd.example"
	password  = "mật khẩu gửi thư"
	limit     = 4 << 20
	refusal   = "thư bị chặn theo chính sách"
)

// server is a mail server that can be made to fail.
type server struct {
	mu       sync.Mutex
	mood     channeltest.Mood
	mails    []received
	busyAt   string // the command that a busy server refuses
	roots    *x509.CertPool
	listener net.Listener
	smtp     *gosmtp.Server
}

// received is one mail with its envelope.
type received struct {
	from, to string
	options  gosmtp.MailOptions
	asked    gosmtp.RcptOptions
	user     string
	secure   bool
	message  mime.Message
	files    []channeltest.File
	raw      string // only of small ones
}

// start starts a server; secure says how its line is protected.
func start(t testing.TB, security exchange.MailSecurity, change ...func(*gosmtp.Server)) *server {
	t.Helper()
	s := &server{mood: channeltest.Well, busyAt: "RCPT"}
	s.smtp = gosmtp.NewServer(gosmtp.BackendFunc(func(c *gosmtp.Conn) (gosmtp.Session, error) { return &session{server: s, conn: c}, nil }))
	s.smtp.Domain, s.smtp.EnableDSN, s.smtp.AllowInsecureAuth, s.smtp.MaxMessageBytes = "mail.example", true, security == exchange.MailPlain, limit
	s.smtp.ErrorLog = quiet{}
	config := s.certificate(t)
	if security == exchange.MailStartTLS {
		s.smtp.TLSConfig = config
	}
	for _, c := range change {
		c(s.smtp)
	}
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.listener = inner
	l := net.Listener(&door{inner, s})
	if security == exchange.MailTLS {
		l = tls.NewListener(l, config)
	}
	go func() { _ = s.smtp.Serve(l) }() // ends with Close
	t.Cleanup(func() { _ = s.smtp.Close() })
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// certificate makes one for localhost, and the roots that know it.
func (s *server) certificate(t testing.TB) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	s.roots = x509.NewCertPool()
	s.roots.AddCert(certificate)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// door lets nobody in while the server is down.
type door struct {
	net.Listener
	s *server
}

func (d *door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil || d.s.now() != channeltest.Down {
			return c, err
		}
		_ = c.Close()
	}
}

func (s *server) behave(m channeltest.Mood) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mood = m
}

func (s *server) now() channeltest.Mood {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mood
}

func (s *server) got() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.mails...)
}

// settings reach the server without TLS, as on one machine.
func (s *server) settings(security exchange.MailSecurity) smtp.Settings {
	host, portText, _ := net.SplitHostPort(s.listener.Addr().String())
	port, _ := strconv.Atoi(portText)
	if security != exchange.MailPlain {
		host = "localhost"
	}
	return smtp.Settings{Host: host, Port: port, Security: security, Name: "congvan.example", AllowPrivate: true, AllowPlain: security == exchange.MailPlain,
		RootCAs: s.roots, Silence: 10 * time.Second}
}

func channel(t testing.TB, s smtp.Settings) *smtp.Channel {
	t.Helper()
	c, err := smtp.New(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// side is the server as the suite sees it.
func (s *server) side(t testing.TB) channeltest.Side {
	t.Helper()
	c := channel(t, s.settings(exchange.MailPlain))
	return channeltest.Side{Send: c.Send, From: exchange.Party{AgencyID: org.ID{1}, Name: "Ủy ban nhân dân tỉnh Trà Vinh", Code: "H59", Email: sender},
		To:      exchange.Party{AgencyID: org.ID{2}, Name: "Bảo hiểm xã hội tỉnh Trà Vinh", Email: recipient},
		Unknown: exchange.Party{AgencyID: org.ID{3}, Name: "Không có", Email: nobody},
		Limit:   limit, Taken: s.taken, Behave: s.behave, Words: refusal}
}

func (s *server) taken() []channeltest.Taken {
	var all []channeltest.Taken
	for _, m := range s.got() {
		all = append(all, channeltest.Taken{ID: m.message.Headers.MessageID, Files: m.files})
	}
	return all
}

type session struct {
	server *server
	conn   *gosmtp.Conn
	mail   received
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, given string) error {
		if user != sender || given != password {
			return gosmtp.ErrAuthFailed
		}
		s.mail.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, o *gosmtp.MailOptions) error {
	s.mail.from, s.mail.options = from, *o
	return s.server.refuse("MAIL")
}

func (s *session) Rcpt(to string, o *gosmtp.RcptOptions) error {
	if to == nobody {
		return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "User unknown"}
	}
	s.mail.to, s.mail.asked = to, *o
	return s.server.refuse("RCPT")
}

func (s *server) refuse(at string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.mood == channeltest.Busy && at == s.busyAt:
		return &gosmtp.SMTPError{Code: 450, EnhancedCode: gosmtp.EnhancedCode{4, 7, 1}, Message: "Greylisted, come back"}
	case s.mood == channeltest.Refusing && at == "DATA":
		return &gosmtp.SMTPError{Code: 554, EnhancedCode: gosmtp.EnhancedCode{5, 7, 1}, Message: refusal}
	}
	return nil
}

var errDropped = errors.New("dropped")

func (s *session) Data(r io.Reader) error {
	mood := s.server.now()
	if mood == channeltest.LosingAsked {
		_, _ = io.CopyN(io.Discard, r, 64<<10)
		_ = s.conn.Conn().Close()
		return errDropped
	}
	if err := s.take(r); err != nil {
		return err
	}
	if err := s.server.refuse("DATA"); err != nil {
		return err
	}
	_, s.mail.secure = s.conn.TLSConnectionState()
	s.server.mu.Lock()
	s.server.mails = append(s.server.mails, s.mail)
	s.server.mu.Unlock()
	if mood == channeltest.LosingTold {
		_ = s.conn.Conn().Close()
	}
	return nil
}

// take reads the mail through with the gateway's own reader.
func (s *session) take(r io.Reader) error {
	start := &head{most: 64 << 10}
	s.mail.files = nil
	var err error
	s.mail.message, err = mime.Split(io.TeeReader(r, start), mime.Limits{PartBytes: 1 << 31, TotalBytes: 1 << 32}, func(p mime.Part, body io.Reader) error {
		sum := sha256.New()
		_, err := io.Copy(sum, body)
		s.mail.files = append(s.mail.files, channeltest.File{Name: p.Name, Hash: [32]byte(sum.Sum(nil))})
		return err
	})
	s.mail.raw = string(start.kept)
	if err != nil {
		return fmt.Errorf("read the mail: %w", err)
	}
	return nil
}

type head struct {
	kept []byte
	most int
}

func (h *head) Write(b []byte) (int, error) {
	h.kept = append(h.kept, b[:min(len(b), h.most-len(h.kept))]...)
	return len(b), nil
}

func (s *session) Reset()        { s.mail = received{user: s.mail.user} }
func (s *session) Logout() error { return nil }
