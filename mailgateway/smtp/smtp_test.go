package smtp_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	stdmime "mime"
	"net"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	gosmtp "github.com/emersion/go-smtp"
	"pgregory.net/rapid"

	"congvan/mailgateway/smtp"
	"congvan/server/channeltest"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

func TestK13_MailIsAChannel(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T) channeltest.Side { return start(t, exchange.MailPlain).side(t) }
	channeltest.Run(t, open)
	channeltest.RunFailing(t, open)
}

// Not beside other tests: it measures memory.
func TestK13_ALargeAnnexNeedsNoMemory(t *testing.T) {
	s := start(t, exchange.MailPlain, func(s *gosmtp.Server) { s.MaxMessageBytes = 1 << 31 })
	channeltest.Flat(t, s.side(t), 100<<20)
}

func envelope(files ...exchange.FileRef) exchange.Envelope {
	id := org.ID{1, 2, 3}
	return exchange.Envelope{ID: id, DeliveryID: id, Content: exchange.DocumentContent, Act: exchange.ActNew,
		From: exchange.Party{Name: "Ủy ban nhân dân tỉnh Trà Vinh", Email: sender}, To: exchange.Party{Name: "Bảo hiểm xã hội tỉnh Trà Vinh", Email: recipient},
		Symbol: "05/CT-UBND", Subject: "Đẩy mạnh cải cách hành chính", CreatedAt: time.Date(2026, 3, 2, 1, 30, 0, 0, time.UTC), Files: files}
}

// paper is one small file and how to open it.
func paper(name string) (exchange.FileRef, func(context.Context, exchange.FileRef) (io.ReadCloser, error)) {
	const text = "%PDF-1.7 văn bản"
	return exchange.FileRef{Name: name, Size: int64(len(text)), Hash: sha256.Sum256([]byte(text)), MediaType: "application/pdf"},
		func(context.Context, exchange.FileRef) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(text)), nil
		}
}

func TestK13_TheMailIsForPeople(t *testing.T) {
	t.Parallel()
	s := start(t, exchange.MailPlain)
	file, open := paper("Chỉ thị 05.pdf")
	o, err := channel(t, s.settings(exchange.MailPlain)).Send(t.Context(), envelope(file), open)
	if err != nil {
		t.Fatal(err)
	}
	got := s.got()[0]
	h := got.message.Headers
	if h.Subject != "05/CT-UBND: Đẩy mạnh cải cách hành chính" || h.From[0].Name != "Ủy ban nhân dân tỉnh Trà Vinh" || h.From[0].Address != sender ||
		h.To[0].Name != "Bảo hiểm xã hội tỉnh Trà Vinh" || h.To[0].Address != recipient || "<"+h.MessageID+">" != o.RemoteID {
		t.Errorf("%+v", h)
	}
	for _, want := range []string{"Kính gửi: Bảo hiểm xã hội", "số 05/CT-UBND", "Trích yếu: Đẩy mạnh", "1. Chỉ thị 05.pdf", file.Hash.String(),
		"chỉ để biết, tham khảo và không thay cho", "28/2018/QĐ-TTg", "Mã gửi: 01020300-"} {
		if !strings.Contains(got.message.Body.Text, want) {
			t.Errorf("the text does not say %q:\n%s", want, got.message.Body.Text)
		}
	}
	if len(got.message.Warnings) > 0 || got.message.Parts[0].OriginalName != "Chỉ thị 05.pdf" {
		t.Errorf("%+v %+v", got.message.Warnings, got.message.Parts)
	}
	if got.options.Return != gosmtp.DSNReturnHeaders || got.options.EnvelopeID == "" || len(got.asked.Notify) != 3 || got.asked.OriginalRecipient != recipient {
		t.Errorf("no delivery status was asked for: %+v %+v", got.options, got.asked)
	}
	if got.options.Size != int64(len(got.raw)) {
		t.Errorf("announced %d bytes, sent %d", got.options.Size, len(got.raw))
	}
	if !strings.Contains(got.raw, "Auto-Submitted: auto-generated\r\n") || !strings.Contains(got.raw, "Date: Mon, 02 Mar 2026 08:30:00 +0700\r\n") {
		t.Errorf("%s", got.raw)
	}
}

// What another try sends is the same to the last byte.
func TestE2_EveryTryIsTheSameMail(t *testing.T) {
	t.Parallel()
	s := start(t, exchange.MailPlain)
	file, open := paper("a.pdf")
	for range 2 {
		if _, err := channel(t, s.settings(exchange.MailPlain)).Send(t.Context(), envelope(file), open); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.got(); got[0].raw != got[1].raw {
		t.Errorf("%s\n\n%s", got[0].raw, got[1].raw)
	}
}

// Whatever people write: fields stay fields, lines stay short, and a second
// reader finds the same names.
func TestK13_NothingWrittenBreaksTheMail(t *testing.T) {
	t.Parallel()
	s := start(t, exchange.MailPlain)
	c := channel(t, s.settings(exchange.MailPlain))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"a\r\nBcc: evil@x.example", "=?utf-8?B?YQ==?=", strings.Repeat("ế", 2000), "\"\\;", strings.Repeat("A", 3000),
			"Chi\u0309 thi\u0323", "\r\n.\r\n", strings.Repeat("từ ", 700)}))
		file, open := paper(text.Draw(t, "name"))
		file.MediaType = rapid.SampledFrom([]string{"application/pdf", "message/rfc822", "multipart/mixed", "a/b\r\nX: y", "", "text/plain; charset=x"}).Draw(t, "type")
		e := envelope(file)
		e.Subject, e.From.Name, e.To.Name, e.Symbol = text.Draw(t, "subject"), text.Draw(t, "from"), text.Draw(t, "to"), text.Draw(t, "symbol")
		before := len(s.got())
		if _, err := c.Send(context.Background(), e, open); err != nil {
			t.Fatal(err)
		}
		got := s.got()[before]
		if got.options.Size > int64(len(got.raw)) && len(got.raw) < 64<<10 || len(got.message.Parts) != 1 || len(got.files) != 1 || got.files[0].Hash != file.Hash {
			t.Fatalf("%+v\n%s", got.message.Parts, got.raw)
		}
		standard, err := mail.ReadMessage(strings.NewReader(got.raw))
		if err != nil {
			t.Fatal(err)
		}
		for name := range standard.Header {
			if !slices.Contains([]string{"Date", "From", "To", "Subject", "Message-Id", "Auto-Submitted", "X-Auto-Response-Suppress", "Mime-Version", "Content-Type"}, name) {
				t.Fatalf("a field %s came in:\n%s", name, got.raw)
			}
		}
		for line := range strings.SplitSeq(got.raw, "\r\n") {
			if len(line) > 200 || strings.ContainsFunc(line, func(r rune) bool { return r >= 0x7f || r < ' ' && r != '\t' }) {
				t.Fatalf("the line %q", line)
			}
		}
		subject, err := new(stdmime.WordDecoder).DecodeHeader(standard.Header.Get("Subject"))
		if err != nil || got.message.Headers.Subject != subject {
			t.Fatalf("%q is not %q: %v", subject, got.message.Headers.Subject, err)
		}
	})
}

func TestK13_LinesAreProtected(t *testing.T) {
	t.Parallel()
	for _, security := range []exchange.MailSecurity{exchange.MailTLS, exchange.MailStartTLS} {
		s := start(t, security)
		settings := s.settings(security)
		settings.Username, settings.Password = sender, password
		file, open := paper("a.pdf")
		if _, err := channel(t, settings).Send(t.Context(), envelope(file), open); err != nil {
			t.Fatal(security, err)
		}
		if got := s.got()[0]; !got.secure && security == exchange.MailStartTLS || got.user != sender {
			t.Errorf("%s: %+v", security, got)
		}
		settings.Password = "sai"
		want(t, channel(t, settings), smtp.ErrLogin)
		settings.RootCAs = x509.NewCertPool()
		want(t, channel(t, settings), smtp.ErrTLS)
	}
	plain := start(t, exchange.MailPlain)
	settings := plain.settings(exchange.MailPlain)
	settings.Security = exchange.MailStartTLS // which the server does not offer
	want(t, channel(t, settings), smtp.ErrTLS)
	if len(plain.got()) > 0 {
		t.Error("a mail went over an unprotected line")
	}
	settings.Security, settings.AllowPlain = exchange.MailPlain, false
	if _, err := smtp.New(settings); !errors.Is(err, smtp.ErrPlain) {
		t.Error(err)
	}
}

func want(t *testing.T, c *smtp.Channel, wanted error) {
	t.Helper()
	file, open := paper("a.pdf")
	_, err := c.Send(t.Context(), envelope(file), open)
	if !errors.Is(err, wanted) || exchange.VerdictOn(err) != exchange.Retry {
		t.Errorf("%v, want %v, tried again", err, wanted)
	}
}

func TestK12_PrivateHostsAreRefusedUnlessAllowed(t *testing.T) {
	t.Parallel()
	s := start(t, exchange.MailPlain)
	settings := s.settings(exchange.MailPlain)
	settings.AllowPrivate = false
	want(t, channel(t, settings), smtp.ErrPrivateHost)
	settings.Host = "localhost"
	want(t, channel(t, settings), smtp.ErrPrivateHost)
}

func TestK13_AddressesAreAskedForAndKept(t *testing.T) {
	t.Parallel()
	s := start(t, exchange.MailPlain)
	file, open := paper("a.pdf")
	for name, c := range map[string]struct {
		change func(*exchange.Envelope)
		want   error
	}{
		"no recipient":     {func(e *exchange.Envelope) { e.To.Email = "" }, smtp.ErrNoAddress},
		"a line end":       {func(e *exchange.Envelope) { e.To.Email = "a@b.example\r\nRCPT TO:<c@d.example>" }, smtp.ErrNoAddress},
		"a name beside it": {func(e *exchange.Envelope) { e.To.Email = "A <a@b.example>" }, smtp.ErrNoAddress},
		"no sender":        {func(e *exchange.Envelope) { e.From.Email = "" }, smtp.ErrNoSender},
		"not ASCII":        {func(e *exchange.Envelope) { e.To.Email = "văn.thư@b.example" }, smtp.ErrAddress},
	} {
		e := envelope(file)
		c.change(&e)
		if _, err := channel(t, s.settings(exchange.MailPlain)).Send(t.Context(), e, open); !errors.Is(err, c.want) || exchange.VerdictOn(err) != exchange.GiveUp {
			t.Errorf("%s: %v", name, err)
		}
	}
	settings := s.settings(exchange.MailPlain)
	settings.From = "gui@congvan.example"
	if _, err := channel(t, settings).Send(t.Context(), envelope(file), open); err != nil {
		t.Fatal(err)
	}
	got := s.got()[0]
	if got.from != settings.From || got.message.Headers.From[0].Address != settings.From || got.message.Headers.ReplyTo[0].Address != sender {
		t.Errorf("%s %+v", got.from, got.message.Headers)
	}
}

// The installation's own limit needs no connection.
func TestK13_OurOwnLimitComesFirst(t *testing.T) {
	t.Parallel()
	s := start(t, exchange.MailPlain)
	s.behave(channeltest.Down)
	settings := s.settings(exchange.MailPlain)
	settings.MaxBytes = 10 << 10
	file, open := paper("a.pdf")
	file.Size = 10 << 10
	if _, err := channel(t, settings).Send(t.Context(), envelope(file), open); !errors.Is(err, exchange.ErrPackageTooLarge) {
		t.Error(err)
	}
}

func TestK13_AServerThatSaysNothingIsLeft(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	s := &server{listener: l}
	settings := s.settings(exchange.MailPlain)
	settings.Silence = 50 * time.Millisecond
	want(t, channel(t, settings), smtp.ErrUnreachable)
}

func TestK13_MailIsSignedForItsDomain(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := smtp.ParseKey(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, exchange.MailPlain)
	settings := s.settings(exchange.MailPlain)
	settings.DKIM = &smtp.DKIM{Domain: "ubnd.example", Selector: "vanthu", Key: key}
	file, open := paper("Chỉ thị 05.pdf")
	if _, err := channel(t, settings).Send(t.Context(), envelope(file), open); err != nil {
		t.Fatal(err)
	}
	record := "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
	verify := func(raw string) error {
		found, err := dkim.VerifyWithOptions(strings.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(domain string) ([]string, error) {
			if domain != "vanthu._domainkey.ubnd.example" {
				return nil, fmt.Errorf("asked for %s", domain)
			}
			return []string{record}, nil
		}})
		if err != nil || len(found) != 1 {
			return fmt.Errorf("%d signatures, %w", len(found), err)
		}
		return found[0].Err
	}
	got := s.got()[0]
	if err := verify(got.raw); err != nil || got.options.Size != int64(len(got.raw)) {
		t.Errorf("%v, announced %d of %d", err, got.options.Size, len(got.raw))
	}
	if verify(strings.Replace(got.raw, "Subject: ", "Subject: x", 1)) == nil {
		t.Error("a changed subject is not noticed")
	}
	if _, err := smtp.ParseKey([]byte("no key")); !errors.Is(err, smtp.ErrDKIM) {
		t.Error(err)
	}
}
