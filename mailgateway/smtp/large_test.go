package smtp_test

import (
	"context"
	"crypto/sha256"
	"io"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"congvan/mailgateway/smtp"
	"congvan/server/channeltest"
	"congvan/server/domain/exchange"
)

// large is a file of a size, and how to open it.
func large(name string, size int) (exchange.FileRef, func(context.Context, exchange.FileRef) (io.ReadCloser, error)) {
	text := strings.Repeat("x", size)
	return exchange.FileRef{Name: name, Size: int64(size), Hash: sha256.Sum256([]byte(text)), MediaType: "application/pdf"},
		func(context.Context, exchange.FileRef) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(text)), nil
		}
}

func TestK13_ThePackageIsLeftOutFirstWhereAMailIsTooLarge(t *testing.T) {
	t.Parallel()
	s := start(t, exchange.MailPlain, func(s *gosmtp.Server) { s.MaxMessageBytes = 100 << 10 })
	file, open := large("Chỉ thị 05.pdf", 50<<10)
	e := envelope(file)
	e.Package = file
	e.Package.Name, e.Package.MediaType = "van-ban.edxml", "application/xml"
	c := channel(t, s.settings(exchange.MailPlain))
	if _, err := c.Send(t.Context(), e, open); err != nil {
		t.Fatal(err)
	}
	if got := s.got(); len(got) != 1 || len(got[0].files) != 1 {
		t.Errorf("%d mails", len(got))
	}
	e.Package.Size, e.Files[0].Size = 17, 17
	small, open := paper("a.pdf")
	e.Files[0], e.Package = small, small
	e.Package.Name, e.Package.MediaType = "van-ban.edxml", "application/xml"
	if _, err := c.Send(t.Context(), e, open); err != nil {
		t.Fatal(err)
	}
	if got := s.got()[1]; len(got.files) != 2 || !strings.Contains(got.message.Body.Text, "van-ban.edxml") {
		t.Errorf("%+v", got.files)
	}
}

func TestK13_AMailWithALinkCarriesNoFile(t *testing.T) {
	t.Parallel()
	s := start(t, exchange.MailPlain, func(s *gosmtp.Server) { s.MaxMessageBytes = 10 << 10 })
	file, open := large("Bản đồ.pdf", 50<<10)
	e := envelope(file)
	e.Link, e.LinkUntil = "https://vanban.example/link/"+strings.Repeat("a", 32), time.Date(2026, 3, 16, 1, 30, 0, 0, time.UTC)
	if _, err := channel(t, s.settings(exchange.MailPlain)).Send(t.Context(), e, open); err != nil {
		t.Fatal(err)
	}
	got := s.got()[0]
	for _, want := range []string{e.Link, "08:30 16/03/2026", "1. Bản đồ.pdf", file.Hash.String()} {
		if !strings.Contains(got.message.Body.Text, want) {
			t.Errorf("no %q in\n%s", want, got.message.Body.Text)
		}
	}
	if len(got.files) != 0 {
		t.Error("a file came along")
	}
}

func TestE3_AGreylistingServerIsLeftForFiveMinutes(t *testing.T) {
	t.Parallel()
	s := start(t, exchange.MailPlain)
	s.behave(channeltest.Busy)
	file, open := paper("a.pdf")
	o, err := channel(t, s.settings(exchange.MailPlain)).Send(t.Context(), envelope(file), open)
	if o.Wait != 5*time.Minute || exchange.CodeOf(err) != smtp.ErrLater.Code || !strings.Contains(o.Words, "Greylisted") {
		t.Errorf("%+v %v", o, err)
	}
}
