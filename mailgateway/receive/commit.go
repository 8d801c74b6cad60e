package receive

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"congvan/mailgateway/imap"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/job"
	"congvan/storage/postgres"
)

const (
	// ahead is how many messages may be on their way to the table.
	ahead = 200
	// together is how many are committed at once.
	together = 50
)

// committer commits messages in the order of their numbers while the line
// brings more.
type committer struct {
	r      *reader
	queue  chan *found
	cancel context.CancelFunc // nothing behind a failure may be committed before it
	done   chan struct{}

	mu   sync.Mutex
	uids []uint32 // committed, and the mailbox not told yet
	err  error
}

// newCommitter starts one; the context that it gives ends with its failure.
func (r *reader) newCommitter(ctx context.Context) (context.Context, *committer) {
	ctx, cancel := context.WithCancel(ctx)
	c := &committer{r: r, queue: make(chan *found, ahead), cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		if err := c.run(ctx); err != nil {
			c.mu.Lock()
			c.err = err
			c.mu.Unlock()
			cancel()
		}
	}()
	return ctx, c
}

// end waits until all that was handed over is committed.
func (c *committer) end() error {
	close(c.queue)
	<-c.done
	c.cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// untold gives what was committed since it was asked last.
func (c *committer) untold() []uint32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	uids := c.uids
	c.uids = nil
	return uids
}

func (c *committer) run(ctx context.Context) error {
	for first := range c.queue {
		if err := waitFor(ctx, first); err != nil {
			return err
		}
		group, failed := c.alsoReady(first)
		if err := c.commit(ctx, group); err != nil {
			return err
		}
		if failed != nil {
			return failed
		}
	}
	return nil
}

// alsoReady adds what is ready behind the first, without waiting for it.
func (c *committer) alsoReady(first *found) (group []*found, failed error) {
	group = []*found{first}
	for len(group) < together {
		select {
		case next, open := <-c.queue:
			if !open {
				return group, nil
			}
			<-next.ready // begun before, so it comes to an end
			if next.err != nil {
				return group, next.err
			}
			group = append(group, next)
		default:
			return group, nil
		}
	}
	return group, nil
}

func waitFor(ctx context.Context, f *found) error {
	select {
	case <-f.ready:
		return f.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *committer) commit(ctx context.Context, group []*found) error {
	if err := c.r.commit(ctx, group); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range group {
		if !f.old {
			c.uids = append(c.uids, f.mail.UID)
		}
	}
	return nil
}

// tell marks what was taken in the mailbox. It is for people's eyes only: a
// server that does not let itself be told changes nothing.
func (r *reader) tell(ctx context.Context, client *imap.Client, uids []uint32) error {
	_, err := client.MarkDone(ctx, uids)
	if errors.Is(err, imap.ErrCannotMove) || errors.Is(err, imap.ErrBusy) {
		r.log.WarnContext(ctx, "the mailbox was not told", slog.Any("error", err))
		return nil
	}
	return err
}

// commit writes messages, their parts, the cursor and the jobs, all or nothing.
func (r *reader) commit(ctx context.Context, group []*found) error {
	now := r.g.clock()
	last := group[len(group)-1].mail
	err := r.g.inTx(ctx, func(tx *postgres.Tx) error {
		j := job.TakeInMail{AgencyID: r.box.AgencyID}
		older := 0
		for _, f := range group {
			if f.old {
				older++
				continue
			}
			waits, err := r.g.write(ctx, tx, f.mail)
			if err != nil {
				return err
			}
			if waits {
				j.MailItemIDs = append(j.MailItemIDs, f.mail.ID)
			}
		}
		if len(j.MailItemIDs) > 0 {
			if err := tx.Enqueue(ctx, j); err != nil {
				return err
			}
		}
		if older > 0 {
			if err := tx.MailboxOlder(ctx, r.box.OfficialMailbox, older, false); err != nil {
				return err
			}
		}
		return tx.AdvanceMailbox(ctx, r.box.OfficialMailbox, r.g.owner, r.reached(last), now)
	})
	if err == nil {
		r.cursor.Store(&imap.Cursor{UIDValidity: last.UIDValidity, LastUID: last.UID})
		r.g.meter.taken(len(group))
	}
	return err
}

// reached is where a group leaves the mailbox.
func (r *reader) reached(last exchange.Mail) postgres.MailboxCursor {
	to := postgres.MailboxCursor{UIDValidity: last.UIDValidity, LastUID: last.UID, LastMessage: last.ReceivedAt}
	if next := r.next.Load(); next > last.UID+1 {
		to.Pending = int(next - last.UID - 1)
	}
	return to
}

// write stores one message, and tells whether a job must decide about it. What
// was never fetched is decided here and now.
func (g *Gateway) write(ctx context.Context, tx *postgres.Tx, m exchange.Mail) (waits bool, err error) {
	if !m.Raw.IsZero() {
		m.Reason = m.Hold
		return tx.AddMail(ctx, m)
	}
	held := m.HoldBack(m.Hold)
	added, err := tx.AddMail(ctx, m)
	if err != nil || !added {
		return false, err
	}
	return false, tx.Record(ctx, m.AgencyID, "mail_item", m.ID, held, document.By{}, g.clock())
}
