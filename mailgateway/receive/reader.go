package receive

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"congvan/mailgateway/imap"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/storage/postgres"
)

// reader reads one mailbox, session after session.
type reader struct {
	g      *Gateway
	box    postgres.HeldMailbox
	log    *slog.Logger
	cursor atomic.Pointer[imap.Cursor] // what is committed
	broke  breaks
	next   atomic.Uint32 // the server's next number when the folder was opened
}

// breaks counts how often fetching one message ended the line.
type breaks struct {
	uid   uint32
	times int
}

// tolerated is how often one message may end the line before it is left behind.
const tolerated = 3

func (b *breaks) on(uid uint32) {
	if b.uid != uid {
		*b = breaks{uid: uid}
	}
	b.times++
}

func (b *breaks) hopeless(uid uint32) bool { return b.uid == uid && b.times >= tolerated }

func newReader(g *Gateway, box postgres.HeldMailbox) *reader {
	r := &reader{g: g, box: box, log: g.log.With(slog.String("mailbox", box.ID.String()))}
	r.cursor.Store(&imap.Cursor{UIDValidity: box.UIDValidity, LastUID: box.LastUID})
	return r
}

// longest is the longest gap between two tries.
const longest = 5 * time.Minute

// run reads until ctx ends. After a failure it waits, longer each time: a
// server that refuses a password locks who asks too often.
func (r *reader) run(ctx context.Context) {
	gap := r.g.opts.Patience
	for ctx.Err() == nil {
		began := time.Now()
		err := r.session(ctx)
		if ctx.Err() != nil {
			return
		}
		r.failed(ctx, err)
		if time.Since(began) > longest {
			gap = r.g.opts.Patience
		}
		timer := time.NewTimer(gap/2 + rand.N(gap)) //nolint:gosec // spreads the tries, nothing secret
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
		gap = min(gap*2, longest)
	}
}

// failed writes down why the mailbox cannot be read, in a code that a page puts
// into words.
func (r *reader) failed(ctx context.Context, err error) {
	code := string(fault.Internal)
	var known *fault.Error
	if errors.As(err, &known) {
		code = known.Code
	}
	r.g.meter.failure(code)
	r.log.WarnContext(ctx, "mailbox session ended", slog.String("code", code), slog.Any("error", err))
	if err := r.g.inTx(ctx, func(tx *postgres.Tx) error { return tx.MailboxFailed(ctx, r.box.OfficialMailbox, code, r.g.clock()) }); err != nil {
		r.log.WarnContext(ctx, "the failure was not written down", slog.Any("error", err))
	}
}

// batchSize is how many messages are listed at a time.
const batchSize = 50

// session reads the mailbox over one connection until something fails.
func (r *reader) session(ctx context.Context) error {
	settings, err := r.settings(ctx)
	if err != nil {
		return err
	}
	client, err := imap.Open(ctx, settings)
	if err != nil {
		return err
	}
	defer client.Close()
	r.next.Store(client.Box().UIDNext)
	if err := r.g.inTx(ctx, func(tx *postgres.Tx) error { return tx.MailboxConnected(ctx, r.box.OfficialMailbox, r.g.clock()) }); err != nil {
		return err
	}
	if err := r.begin(ctx, client); err != nil {
		return err
	}
	for {
		if err := r.takeNew(ctx, client); err != nil {
			return err
		}
		if err := r.takeAsked(ctx, client); err != nil {
			return err
		}
		if err := r.g.inTx(ctx, func(tx *postgres.Tx) error { return tx.MailboxChecked(ctx, r.box.OfficialMailbox, r.g.clock()) }); err != nil {
			return err
		}
		if err := client.Wait(ctx); err != nil {
			return err
		}
	}
}

// begin sets the cursor of a mailbox that was never read before behind the mail
// that is only counted.
func (r *reader) begin(ctx context.Context, client *imap.Client) error {
	if r.box.ReadFrom.IsZero() || r.cursor.Load().UIDValidity != 0 {
		return nil
	}
	first, older, err := client.Since(ctx, r.box.ReadFrom)
	if err != nil {
		return err
	}
	box := client.Box()
	last := first - 1
	if first == 0 {
		last = max(box.UIDNext, 1) - 1
	}
	cursor := postgres.MailboxCursor{UIDValidity: box.UIDValidity, LastUID: last}
	if err := r.g.inTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.MailboxOlder(ctx, r.box.OfficialMailbox, older, true); err != nil {
			return err
		}
		return tx.AdvanceMailbox(ctx, r.box.OfficialMailbox, r.g.owner, cursor, r.g.clock())
	}); err != nil {
		return err
	}
	r.cursor.Store(&imap.Cursor{UIDValidity: box.UIDValidity, LastUID: last})
	return nil
}

// takeNew takes everything after the cursor, batch by batch. While one batch is
// stored and committed, the next comes over the line.
func (r *reader) takeNew(ctx context.Context, client *imap.Client) error {
	work, c := r.newCommitter(ctx)
	err := r.fetchNew(work, client, c)
	if failed := c.end(); failed != nil {
		err = failed
	}
	told := r.tell(ctx, client, c.untold())
	if err == nil {
		err = told
	}
	return err
}

func (r *reader) fetchNew(ctx context.Context, client *imap.Client, c *committer) error {
	next := *r.cursor.Load()
	for {
		batch, err := client.List(ctx, next, batchSize)
		var renumbered *imap.ValidityChanged
		if errors.As(err, &renumbered) {
			// All is read again under the new numbers; what was taken before is
			// recognised by what it is.
			r.log.InfoContext(ctx, "the mailbox was renumbered", slog.Any("before", renumbered.Old), slog.Any("now", renumbered.New))
			next = imap.Cursor{}
			r.cursor.Store(&next)
			if err := r.begin(ctx, client); err != nil {
				return err
			}
			next = *r.cursor.Load()
			continue
		}
		if err != nil {
			return err
		}
		if err := r.fetchAll(ctx, client, batch, c.queue); err != nil {
			return err
		}
		if next = batch.Cursor; !batch.More {
			return nil
		}
		if err := r.tell(ctx, client, c.untold()); err != nil {
			return err
		}
	}
}

// takeAsked fetches what a person asked for although it is large.
func (r *reader) takeAsked(ctx context.Context, client *imap.Client) error {
	var asked []exchange.Mail
	err := r.g.inTx(ctx, func(tx *postgres.Tx) (err error) {
		asked, err = tx.MailToFetch(ctx, r.box.OfficialMailbox, batchSize)
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range asked {
		if err := r.fetchAgain(ctx, client, m); err != nil {
			return err
		}
	}
	return nil
}
