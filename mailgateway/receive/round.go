package receive

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// ErrSealed says that the key is not the one that the password was kept under.
var ErrSealed = fault.New(fault.Invalid, "mail_secret",
	"Mật khẩu đã lưu không mở được bằng khóa của hệ thống; hãy nhập lại.",
	"The stored password cannot be opened with this installation's key; enter it again.")

// running is a mailbox that is being read.
type running struct {
	box  postgres.HeldMailbox
	stop context.CancelFunc
	done chan struct{}
}

// changed tells whether a person changed or asked something since.
func (r running) changed(box postgres.HeldMailbox) bool {
	return r.box.Version != box.Version || !r.box.AskedAt.Equal(box.AskedAt)
}

// Run reads mailboxes until ctx ends, and gives them back then.
func (g *Gateway) Run(ctx context.Context) error {
	news := make(chan struct{}, 1)
	var listening sync.WaitGroup
	listening.Go(func() { g.listen(ctx, news) })
	defer listening.Wait()

	readers := map[org.ID]running{}
	held := time.Now() // when the leases were last renewed
	for ctx.Err() == nil {
		boxes, err := g.hold(ctx)
		switch {
		case err == nil:
			held = time.Now()
			g.arrange(ctx, readers, boxes)
			g.meter.health(boxes, g.clock())
		case ctx.Err() == nil:
			g.log.WarnContext(ctx, "mailboxes could not be listed", slog.Any("error", err))
			if time.Since(held) > postgres.MailboxLease {
				g.arrange(ctx, readers, nil) // somebody else may be reading them
			}
		}
		timer := time.NewTimer(g.opts.Round)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-news:
		}
		timer.Stop()
	}
	g.arrange(ctx, readers, nil)
	return g.release(ctx)
}

// listen wakes the round when a mailbox was changed or asked about.
func (g *Gateway) listen(ctx context.Context, news chan<- struct{}) {
	wake := func() {
		select {
		case news <- struct{}{}:
		default:
		}
	}
	heard := func(changes []postgres.Change) {
		if slices.ContainsFunc(changes, func(c postgres.Change) bool { return c.SubjectType == "mailbox" && c.EventID.IsZero() }) {
			wake()
		}
	}
	if err := g.store.Listen(ctx, heard, wake); err != nil {
		g.log.WarnContext(ctx, "changes of mailboxes are not heard", slog.Any("error", err))
	}
}

// hold renews the leases, takes what is free, and gives all that this gateway reads.
func (g *Gateway) hold(ctx context.Context) ([]postgres.HeldMailbox, error) {
	ctx, cancel := context.WithTimeout(ctx, postgres.MailboxLease/3)
	defer cancel()
	var boxes []postgres.HeldMailbox
	err := g.inTx(ctx, func(tx *postgres.Tx) error {
		list, err := tx.HoldMailboxes(ctx, g.owner, g.opts.Mailboxes)
		if err != nil {
			return err
		}
		kept := make([]org.ID, len(list))
		for i, b := range list {
			kept[i] = b.ID
		}
		boxes = list
		return tx.ReleaseMailboxes(ctx, g.owner, kept)
	})
	return boxes, err
}

// release lets another gateway take over at once.
func (g *Gateway) release(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := g.inTx(ctx, func(tx *postgres.Tx) error { return tx.ReleaseMailboxes(ctx, g.owner, []org.ID{}) })
	if err != nil {
		g.log.WarnContext(ctx, "mailboxes were not given back; their leases end by themselves", slog.Any("error", err))
	}
	return nil
}

// arrange makes exactly the mailboxes be read, each by one reader with the
// settings of now.
func (g *Gateway) arrange(ctx context.Context, readers map[org.ID]running, boxes []postgres.HeldMailbox) {
	wanted := map[org.ID]postgres.HeldMailbox{}
	for _, b := range boxes {
		wanted[b.ID] = b
	}
	var ending []running
	for id, r := range maps.All(readers) {
		if box, ok := wanted[id]; !ok || r.changed(box) {
			r.stop()
			ending = append(ending, r)
			delete(readers, id)
		}
	}
	for _, r := range ending {
		<-r.done
	}
	for id, box := range wanted {
		if _, reads := readers[id]; reads {
			continue
		}
		own, stop := context.WithCancel(ctx)
		r := running{box: box, stop: stop, done: make(chan struct{})}
		readers[id] = r
		go func() {
			defer close(r.done)
			newReader(g, box).run(own)
		}()
	}
	g.meter.mailboxes(len(readers))
}
