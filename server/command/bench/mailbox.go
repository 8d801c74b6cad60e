package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"congvan/mailgateway/imap"
	"congvan/mailgateway/receive"
	"congvan/server/app/intake"
	"congvan/server/worker"
	"congvan/storage/embedded"
)

// measureMailbox measures what a mailbox costs while little comes: how long a
// mail takes from delivery to the clerk's list, and what a second poll of a full
// box moves.
func measureMailbox(ctx context.Context, b *bench) ([]Row, error) {
	latency, err := measureLatency(ctx, b)
	if err != nil {
		return nil, err
	}
	poll, err := measurePoll(ctx, b)
	return append(latency, poll...), err
}

// measureLatency delivers mails one by one, as LMTP does, and waits for each in
// the list of arrivals. The server tells of new mail by IDLE.
func measureLatency(ctx context.Context, b *bench) ([]Row, error) {
	p, err := newPostbox(ctx, b, "latency", 0)
	if err != nil {
		return nil, err
	}
	defer p.close()
	defer p.blobs.Close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	quiet := slog.New(slog.DiscardHandler)
	gateway, err := receive.New(p.Store, p.blobs, p.secret, quiet, nil, receive.Options{MaxBytes: 100 << 20, AllowPrivate: true, AllowPlain: true})
	if err != nil {
		return nil, err
	}
	mail := intake.New(p.Store, p.blobs, p.secret, time.Now, intake.Options{Reopen: gateway.Reopen})
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return gateway.Run(ctx) })
	group.Go(func() error { return worker.Run(ctx, p.Pool(), worker.Work{TakeInMail: mail.TakeIn}, quiet) })
	var ours Series
	group.Go(func() error {
		defer stop()
		for n := range b.sized(200, 20) + 1 {
			p.mails = n + 1
			if err := embedded.Deliver(ctx, p.place.LMTP, "gui@sender.example", []string{boxAddress}, strings.NewReader(mailOf(n))); err != nil {
				return err
			}
			began := time.Now()
			if err := p.arrived(ctx); err != nil {
				return err
			}
			if n > 0 { // the first waits for the connection as well
				ours = append(ours, time.Since(began).Seconds())
			}
		}
		return nil
	})
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return nil, err
	}
	row := judge(Row{Name: "delivery to the clerk's list, p99", Unit: "s", Ours: ours, Ratio: ours.at(0.99), Target: atMost(2), Note: "with the half second that Dovecot waits before it tells"})
	return []Row{row}, nil
}

// measurePoll reads the list of a full box once, and looks at what comes over
// the line when it is polled again over a new connection.
func measurePoll(ctx context.Context, b *bench) ([]Row, error) {
	mails := b.sized(100_000, 2000)
	server, dir, err := b.dovecot(ctx, "dovecot-poll", map[string]string{boxAddress: boxPassword})
	if err != nil {
		return nil, err
	}
	b.say("poll: filling the mailbox with %d mails", mails)
	if err := fillMaildir(filepath.Join(dir, boxAddress), mails); err != nil {
		return nil, err
	}
	host, portText, err := net.SplitHostPort(server.Place().IMAP)
	if err != nil {
		return nil, fmt.Errorf("find the mail server: %w", err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, fmt.Errorf("find the mail server: %w", err)
	}
	settings := imap.Settings{Host: host, Port: port, Security: imap.None, Username: boxAddress, Password: boxPassword, AllowPrivate: true, AllowPlain: true}
	cursor, n, _, err := listAll(ctx, settings, imap.Cursor{})
	if err != nil || n != mails {
		return nil, errors.Join(err, fmt.Errorf("%d of %d mails are listed", n, mails))
	}
	var bytes, took Series
	for range b.rounds() {
		began := time.Now()
		_, n, moved, err := listAll(ctx, settings, cursor)
		if err != nil || n != 0 {
			return nil, errors.Join(err, fmt.Errorf("%d mails are new", n))
		}
		bytes, took = append(bytes, float64(moved)/1024), append(took, time.Since(began).Seconds())
	}
	name := fmt.Sprintf("second poll of %d mails", mails)
	return []Row{judge(Row{Name: name + ", moved", Unit: "KiB", Ours: bytes, Ratio: bytes.at(1), Target: atMost(1024)}),
		judge(Row{Name: name + ", time", Unit: "s", Ours: took, Ratio: took.at(1), Target: atMost(5)})}, nil
}

func listAll(ctx context.Context, settings imap.Settings, cursor imap.Cursor) (after imap.Cursor, n int, moved int64, err error) {
	c, err := imap.Open(ctx, settings)
	if err != nil {
		return cursor, 0, 0, err
	}
	defer c.Close()
	for {
		batch, err := c.List(ctx, cursor, 500)
		if err != nil {
			return cursor, n, c.BytesRead(), err
		}
		n, cursor = n+len(batch.Messages), batch.Cursor
		if !batch.More {
			return cursor, n, c.BytesRead(), nil
		}
	}
}

// fillMaildir writes mails as files, which is how the store keeps them; to
// deliver so many would take longer than to measure.
func fillMaildir(dir string, mails int) error {
	for _, name := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o777); err != nil {
			return fmt.Errorf("make the mailbox: %w", err)
		}
	}
	for n := range mails {
		text := fmt.Sprintf("From: vp@sender.example\r\nSubject: Van ban so %d\r\nMessage-ID: <%d@sender.example>\r\n\r\nKinh gui\r\n", n, n)
		if err := os.WriteFile(filepath.Join(dir, "new", fmt.Sprintf("%d.%d.bench", 1_700_000_000+n, n)), []byte(text), 0o666); err != nil { // another user's server reads it
			return fmt.Errorf("fill the mailbox: %w", err)
		}
	}
	return openTree(dir)
}

// openTree lets the mail server's user own what was written for it.
func openTree(dir string) error {
	parent, err := os.Stat(filepath.Dir(dir))
	if err != nil {
		return fmt.Errorf("look at the mailbox: %w", err)
	}
	owner, ok := parent.Sys().(*syscall.Stat_t)
	if !ok || os.Getuid() != 0 {
		return nil
	}
	err = filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(owner.Uid), int(owner.Gid)) //nolint:gosec // a folder of this run alone
	})
	if err != nil {
		return fmt.Errorf("give the mailbox to the mail server: %w", err)
	}
	return nil
}
