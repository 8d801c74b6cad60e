package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"congvan/server/app/delivery"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// linking lets a desk send links and packages. Sealing is played: what is kept
// is not the secret, and only its row opens it.
func linking(o *delivery.Options) {
	o.LinkBase = "https://vanban.example/link"
	o.Seal = func(row org.ID, plain string) []byte { return []byte(row.String() + reverse(plain)) }
	o.Reveal = func(row org.ID, sealed []byte) (string, error) {
		text, ok := strings.CutPrefix(string(sealed), row.String())
		if !ok {
			return "", errors.New("another row's")
		}
		return reverse(text), nil
	}
}

func reverse(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// takesLinks is a server for which files are too large.
func takesLinks(_ context.Context, e exchange.Envelope, _ delivery.Open) (exchange.Outcome, error) {
	if e.Link == "" {
		return exchange.Outcome{Words: "552 5.3.4 too big"}, exchange.ErrPackageTooLarge
	}
	return exchange.Outcome{State: exchange.Sent, RemoteID: "<x>", At: e.CreatedAt.Add(time.Minute)}, nil
}

func TestK13_WhatIsTooLargeForMailGoesAsALinkThatClosesByItself(t *testing.T) {
	t.Parallel()
	d := newDesk(t, linking)
	id := d.issue(d.mailOnly(1, "mailbox"))
	j := d.only()
	d.mail.behave(func(ctx context.Context, e exchange.Envelope, open delivery.Open) (exchange.Outcome, error) {
		if e.Link != "" {
			return exchange.Outcome{}, errLater
		}
		return takesLinks(ctx, e, open)
	})
	d.dispatch(j)
	d.later(time.Hour)
	d.mail.behave(takesLinks)
	d.dispatch(j)
	if x := d.delivery(id); x.State != exchange.Sent {
		t.Fatalf("%+v", x)
	}
	first, second := d.mail.sent[1].Link, d.mail.sent[2].Link
	if first != second || d.mail.times() != 3 {
		t.Errorf("%d times: every try sends the same mail, and none tries the files again", d.mail.times())
	}
	token, ok := strings.CutPrefix(first, "https://vanban.example/link/")
	if !ok || len(token) != 32 {
		t.Fatal(first)
	}
	var kept int
	if err := d.Admin(t).QueryRow(t.Context(), `select count(*) from mail_link l where l::text like '%' || $1 || '%'`, token).Scan(&kept); err != nil || kept != 0 {
		t.Error("the secret stands in the table", err)
	}

	shown, err := d.told.ReadLink(t.Context(), token)
	if err != nil || shown.From != "UBND tỉnh" || shown.To != "Cơ quan 1" || len(shown.Files) != 1 {
		t.Fatalf("%+v %v", shown, err)
	}
	hash := shown.Files[0].Hash
	for range 2 {
		_, content, err := d.told.FetchLinked(t.Context(), token, hash)
		if err != nil {
			t.Fatal(err)
		}
		if all, err := io.ReadAll(content); err != nil || string(all) != d.content[hash] {
			t.Error(string(all), err)
		}
	}
	if x, verbs := d.delivery(id), strings.Join(d.verbs(id), " "); x.State != exchange.Arrived || strings.Count(verbs, "delivery_fetched") != 1 || strings.Count(verbs, "delivery_arrived") != 1 {
		t.Errorf("%s %s", x.State, verbs)
	}
	closed := func(token string, hash document.Hash) {
		t.Helper()
		_, _, err := d.told.FetchLinked(t.Context(), token, hash)
		if !errors.Is(err, exchange.ErrLinkClosed) || fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
	}
	closed(token, document.Hash{1})
	closed(strings.Repeat("A", 32), hash)
	d.later(exchange.LinkOpen)
	closed(token, hash)
	if _, err := d.told.ReadLink(t.Context(), token); !errors.Is(err, exchange.ErrLinkClosed) {
		t.Error(err)
	}
}

func TestK13_ALinkLivesForFourteenDaysAndIsCounted(t *testing.T) {
	t.Parallel()
	now := time.Now()
	l := exchange.MailLink{ExpiresAt: now.Add(exchange.LinkLife)}
	if !l.Open(now) || l.Open(now.Add(exchange.LinkLife)) || !l.Until().Equal(l.ExpiresAt) {
		t.Error("life")
	}
	l.OpenedAt = now
	if !l.Open(now.Add(exchange.LinkOpen-1)) || l.Open(now.Add(exchange.LinkOpen)) || !l.Until().Equal(now.Add(exchange.LinkOpen)) {
		t.Error("once")
	}
	l.Fetched = exchange.LinkVisits
	if l.Open(now) {
		t.Error("counted")
	}
}

func TestK13_WithoutLinksWhatIsTooLargeIsADeadLetter(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.issue(d.mailOnly(1, "mailbox"))
	d.mail.behave(takesLinks)
	d.dispatch(d.only())
	if x := d.delivery(id); x.State != exchange.Failed || x.ReasonCode != "package_too_large" {
		t.Errorf("%+v", x)
	}
}

func TestK13_TheKnownLimitOfAnAddressIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, linking)
	id := d.issue(d.mailOnly(1, "mailbox"))
	d.exec(`insert into mail_limit (agency_id, address, most, since) values ($1::text::uuid, 'vanthu1@coquan.example', 1, now())`, d.sender.ID.String())
	d.mail.behave(takesLinks)
	d.dispatch(d.only())
	if x := d.delivery(id); x.State != exchange.Sent || d.mail.times() != 1 || d.mail.sent[0].Link == "" {
		t.Errorf("%+v", x)
	}
}

// The package goes along, the same at every try.
func TestK13_ThePackageGoesWithTheFiles(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	wrote := 0
	kept := map[document.Hash]string{}
	d := newDesk(t)
	withPackage := func(o *delivery.Options) {
		o.Write = func(_ context.Context, w io.Writer, e exchange.Envelope, _ delivery.Open) error {
			mu.Lock()
			defer mu.Unlock()
			wrote++
			_, err := fmt.Fprintf(w, "<edXML>%s</edXML>", e.Letter.Code)
			return err
		}
		o.Keep = func(_ context.Context, r io.Reader) (exchange.FileRef, error) {
			all, err := io.ReadAll(r)
			h := document.Hash{byte(len(all))}
			d.exec(`insert into blob (sha256, object_key, size, media_type, created_at) values ($1, gen_random_uuid(), $2, 'application/xml', now()) on conflict do nothing`, h[:], len(all))
			mu.Lock()
			defer mu.Unlock()
			kept[h] = string(all)
			return exchange.FileRef{Hash: h, Size: int64(len(all))}, err
		}
	}
	opts := delivery.Options{Channels: map[exchange.Channel]delivery.Channel{exchange.Mailbox: d.mail}, Content: d.open}
	withPackage(&opts)
	d.told = delivery.New(d.Store, d.now, opts)
	d.issue(d.mailOnly(1, "mailbox"), d.mailOnly(2, "mailbox"))
	d.mail.behave(fails(exchange.Outcome{}, errLater))
	jobs := d.jobs()
	for _, j := range jobs {
		d.dispatch(j)
	}
	d.later(time.Hour)
	d.mail.behave(nil)
	for _, j := range jobs {
		d.dispatch(j)
	}
	for _, e := range d.mail.sent {
		if e.Package.Name != "van-ban.edxml" || !strings.Contains(kept[e.Package.Hash], "CT-UBND") {
			t.Errorf("%+v", e.Package)
		}
	}
	if wrote != 1 || len(d.mail.sent) != 4 {
		t.Errorf("written %d times for %d mails", wrote, len(d.mail.sent))
	}
}

func TestK13_OneMailHostIsNotOverrun(t *testing.T) {
	t.Parallel()
	d := newDesk(t, func(o *delivery.Options) { o.Pace = exchange.PaceRule{AtOnce: 1, PerMinute: 2} })
	for n := range 3 {
		d.issue(d.mailOnly(n+1, "mailbox"))
	}
	jobs := d.jobs()
	var later []time.Time
	for _, j := range jobs {
		if again := d.dispatch(j); !again.IsZero() {
			later = append(later, again)
		}
	}
	if d.mail.times() != 2 || len(later) != 1 || later[0].Before(d.now().Add(time.Minute)) {
		t.Fatalf("%d sent, then %v", d.mail.times(), later)
	}
	d.later(2 * time.Minute)
	for _, j := range jobs {
		d.dispatch(j)
	}
	if d.mail.times() != 3 {
		t.Error("what waited for its host is not sent")
	}
}
