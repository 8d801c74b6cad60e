package bench

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"golang.org/x/sync/errgroup"

	"congvan/mailgateway/receive"
	"congvan/server/app/intake"
	"congvan/server/worker"
	"congvan/storage/blob"
	"congvan/storage/embedded"
	"congvan/storage/postgres"
	"congvan/storage/secret"
)

const (
	boxAddress  = "vanthu@agency.example"
	boxPassword = "bench-bench"
	mailBytes   = 200 << 10
	// putsAtOnce is how many the bare side stores at a time, as the gateway does.
	putsAtOnce = 16
)

// postbox is a mailbox full of mail, an agency that it belongs to, and a store.
type postbox struct {
	*database
	office
	blobs  *blob.Store
	cfg    blob.Config
	place  embedded.DovecotPlace
	mails  int
	secret *secret.Box
}

// measureIntake takes mails in until they stand in the clerk's list: fetched,
// stored raw and part by part, committed, and decided by the workers. The bare
// side fetches the same mails with go-imap and puts them into the same store.
func measureIntake(ctx context.Context, b *bench) ([]Row, error) {
	p, err := newPostbox(ctx, b, "intake", b.sized(1000, 200))
	if err != nil {
		return nil, err
	}
	defer p.close()
	defer p.blobs.Close()
	client, err := bareClient(p.cfg)
	if err != nil {
		return nil, err
	}
	ours := func(ctx context.Context, _ int) (float64, error) {
		took, err := p.takeIn(ctx)
		if err != nil {
			return 0, err
		}
		for _, table := range []string{"mail_part", "line", "arrival_file", "arrival", "mail_item", "event", "river_job", "search_entry"} {
			if err := p.exec(ctx, "delete from "+table); err != nil {
				return 0, err
			}
		}
		return float64(p.mails) / took.Seconds(), dropBlobs(ctx, p.database, client, p.cfg.Bucket)
	}
	bare := bareFiles{client: client, bucket: p.cfg.Bucket}
	baseline := func(ctx context.Context, _ int) (float64, error) {
		began := time.Now()
		if err := p.fetchBare(ctx, bare); err != nil {
			return 0, err
		}
		return float64(p.mails) / time.Since(began).Seconds(), bare.drop(ctx)
	}
	o, base, err := b.byTurns(ctx, "intake", ours, baseline)
	return []Row{compare(fmt.Sprintf("intake of %d mails", p.mails), "/s", o, base, atLeast(0.6))}, err
}

func newPostbox(ctx context.Context, b *bench, name string, mails int) (*postbox, error) {
	d, err := b.database(ctx, "bench_"+name)
	if err != nil {
		return nil, err
	}
	p := &postbox{database: d, mails: mails}
	if p.blobs, p.cfg, err = b.place.blobs(ctx, d, "bench-"+name); err != nil {
		return nil, err
	}
	if p.office, err = d.office(ctx, "H59"); err != nil {
		return nil, err
	}
	if p.secret, err = secret.New(secret.NewKey()); err != nil {
		return nil, err
	}
	server, _, err := b.dovecot(ctx, "dovecot-"+name, map[string]string{boxAddress: boxPassword})
	if err != nil {
		return nil, err
	}
	p.place = server.Place()
	b.say("%s: filling the mailbox with %d mails", name, p.mails)
	return p, errors.Join(p.fill(ctx), p.connect(ctx))
}

func (p *postbox) connect(ctx context.Context) error {
	host, portText, err := net.SplitHostPort(p.place.IMAP)
	if err != nil {
		return fmt.Errorf("find the mail server: %w", err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return fmt.Errorf("find the mail server: %w", err)
	}
	id := postgres.NewID()
	return p.exec(ctx, `insert into mailbox (agency_id, id, address, host, port, security, username, secret, after_action) values ($1, $2, $3, $4, $5, 'none', $3, $6, 'nothing')`,
		p.office.id, id, boxAddress, host, port, p.secret.Seal(id, boxPassword))
}

func (p *postbox) fill(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(filesAtOnce)
	for n := range p.mails {
		group.Go(func() error {
			return embedded.Deliver(ctx, p.place.LMTP, "gui@sender.example", []string{boxAddress}, strings.NewReader(mailOf(n)))
		})
	}
	return group.Wait()
}

// mailOf is a mail with one PDF, as large as a mail usually is.
func mailOf(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "From: Van phong <vp@sender.example>\r\nTo: %s\r\nSubject: Van ban so %d\r\nMessage-ID: <%d@sender.example>\r\nDate: Mon, 02 Mar 2026 08:00:00 +0700\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nKinh gui\r\n--b\r\n"+
		"Content-Type: application/pdf; name=\"%d.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n", boxAddress, n, n, n)
	content := randomBytes(mailBytes * 57 / 78)
	copy(content, "%PDF-1.7\n")
	encoded := base64.StdEncoding.EncodeToString(content)
	for len(encoded) > 76 {
		b.WriteString(encoded[:76])
		b.WriteString("\r\n")
		encoded = encoded[76:]
	}
	b.WriteString(encoded + "\r\n--b--\r\n")
	return b.String()
}

// takeIn runs gateway and workers until every mail is an arrival.
func (p *postbox) takeIn(ctx context.Context) (time.Duration, error) {
	if err := p.exec(ctx, `update mailbox set uidvalidity = 0, last_uid = 0, lease_owner = null`); err != nil {
		return 0, err
	}
	if err := p.settle(ctx); err != nil {
		return 0, err
	}
	quiet := slog.New(slog.DiscardHandler)
	gateway, err := receive.New(p.Store, p.blobs, p.secret, quiet, nil, receive.Options{MaxBytes: 100 << 20, AllowPrivate: true, AllowPlain: true})
	if err != nil {
		return 0, err
	}
	mail := intake.New(p.Store, p.blobs, p.secret, time.Now, intake.Options{Reopen: gateway.Reopen})
	began := time.Now()
	ctx, stop := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return gateway.Run(ctx) })
	group.Go(func() error { return worker.Run(ctx, p.Pool(), worker.Work{TakeInMail: mail.TakeIn}, quiet) })
	var took time.Duration
	group.Go(func() error {
		defer stop()
		err := p.arrived(ctx)
		took = time.Since(began)
		return err
	})
	return took, group.Wait()
}

func (p *postbox) arrived(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var n int
		if err := p.admin.QueryRow(ctx, `select count(*) from arrival`).Scan(&n); err != nil {
			return fmt.Errorf("count arrivals: %w", err)
		}
		if n >= p.mails {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// fetchBare fetches the whole mailbox in one command and stores what comes, as
// many at a time as the gateway does.
func (p *postbox) fetchBare(ctx context.Context, files bareFiles) error {
	c, err := imapclient.DialInsecure(p.place.IMAP, nil)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer c.Close()
	if err := c.Login(boxAddress, boxPassword).Wait(); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		return fmt.Errorf("open: %w", err)
	}
	var all imap.UIDSet
	all.AddRange(1, 0)
	fetch := c.Fetch(all, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}})
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(putsAtOnce)
	n := 0
	for message := fetch.Next(); message != nil; message = fetch.Next() {
		for item := message.Next(); item != nil; item = message.Next() {
			section, ok := item.(imapclient.FetchItemDataBodySection)
			if !ok || section.Literal == nil {
				continue
			}
			raw, err := io.ReadAll(section.Literal)
			if err != nil {
				return fmt.Errorf("fetch: %w", err)
			}
			name := barePrefix + strconv.Itoa(n)
			n++
			group.Go(func() error { return files.up(ctx, name, int64(len(raw)), bytes.NewReader(raw)) })
		}
	}
	if err := errors.Join(fetch.Close(), group.Wait()); err != nil {
		return err
	}
	if n != p.mails {
		return fmt.Errorf("%d of %d mails came", n, p.mails)
	}
	return nil
}
