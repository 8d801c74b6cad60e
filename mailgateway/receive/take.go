package receive

import (
	"bytes"
	"context"
	"errors"
	"io"

	"congvan/mailgateway/imap"
	"congvan/mailgateway/mime"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/job"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

const (
	// smallMail is read into memory, so that it need not be read back from the
	// store to be opened.
	smallMail = 1 << 20
	// abreast is how many messages of one mailbox are stored and opened at once.
	abreast = 4
)

// found is a message on its way from the mailbox to the table.
type found struct {
	mail  exchange.Mail
	err   error
	ready chan struct{}
}

// take stores a batch: messages are fetched one after the other, stored and
// opened side by side, and committed in their order. Then the mailbox is told.
func (r *reader) take(ctx context.Context, client *imap.Client, batch imap.Batch) error {
	work, cancel := context.WithCancel(ctx)
	defer cancel()
	queue := make(chan *found, len(batch.Messages))
	ended := make(chan committed, 1)
	go func() {
		c := r.commitAll(work, queue)
		if c.err != nil {
			cancel() // nothing behind it may be committed before it
		}
		ended <- c
	}()
	err := r.fetchAll(work, client, batch, queue)
	close(queue)
	c := <-ended
	if c.err != nil {
		err = c.err
	}
	if len(c.uids) > 0 {
		r.cursor.UIDValidity, r.cursor.LastUID = batch.Cursor.UIDValidity, c.uids[len(c.uids)-1]
		if told := r.tell(ctx, client, c.uids); err == nil {
			err = told
		}
	}
	if err == nil {
		r.cursor = batch.Cursor
	}
	return err
}

// tell marks what was taken in the mailbox. It is for people's eyes only: a
// server that does not let itself be told changes nothing.
func (r *reader) tell(ctx context.Context, client *imap.Client, uids []uint32) error {
	_, err := client.MarkDone(ctx, uids)
	if errors.Is(err, imap.ErrCannotMove) || errors.Is(err, imap.ErrBusy) {
		r.log.WarnContext(ctx, "the mailbox was not told", "error", err)
		return nil
	}
	return err
}

// fetchAll fetches a batch and hands each message on as soon as it is there.
func (r *reader) fetchAll(ctx context.Context, client *imap.Client, batch imap.Batch, queue chan<- *found) error {
	slots := make(chan struct{}, abreast)
	for _, listed := range batch.Messages {
		mail := r.blank(listed, batch.Cursor.UIDValidity)
		f := &found{mail: mail, ready: make(chan struct{})}
		finish, err := r.fetch(ctx, client, f, r.g.opts.MaxBytes)
		if errors.Is(err, imap.ErrGone) {
			continue // somebody deleted it meanwhile
		}
		if err != nil {
			return err
		}
		queue <- f
		if finish == nil {
			close(f.ready)
			continue
		}
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			f.err = ctx.Err()
			close(f.ready)
			return ctx.Err()
		}
		go func() {
			defer func() { <-slots; close(f.ready) }()
			f.err = finish(ctx)
		}()
	}
	return nil
}

// blank is a message of which nothing is known but what the list says.
func (r *reader) blank(listed imap.Listed, validity uint32) exchange.Mail {
	m := exchange.Mail{AgencyID: r.box.AgencyID, ID: postgres.NewID(), MailboxID: r.box.ID, UIDValidity: validity, UID: listed.UID,
		Size: max(listed.Size, 0), ReceivedAt: listed.Received, State: exchange.MailReceived}
	if now := r.g.clock(); m.ReceivedAt.IsZero() || m.ReceivedAt.After(now) {
		m.ReceivedAt = now // a server's clock is not ours
	}
	if len(listed.Header) > 0 {
		m.OpenedMail = headersOf(mime.ParseHeaders(listed.Header))
	}
	return m
}

// fetch brings one message over the line. What is left to do needs no line and
// is given back; nothing is left where the message is not taken at all.
func (r *reader) fetch(ctx context.Context, client *imap.Client, f *found, most int64) (finish func(context.Context) error, err error) {
	m := &f.mail
	if r.broke.hopeless(m.UID) {
		m.Hold = exchange.HeldUnfetchable
		return nil, nil
	}
	if m.Size > most {
		m.Hold = exchange.HeldTooLarge
		return nil, nil
	}
	stream, err := client.Stream(ctx, m.UID)
	if err != nil {
		return nil, r.noted(m.UID, err)
	}
	defer stream.Close()
	m.Size = stream.Size
	switch {
	case stream.Size > most: // the list was wrong about it
		m.Hold = exchange.HeldTooLarge
		return nil, nil
	case stream.Size <= smallMail:
		raw := make([]byte, stream.Size)
		if _, err := io.ReadFull(stream, raw); err != nil {
			return nil, r.noted(m.UID, err)
		}
		if _, err := stream.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			return nil, r.noted(m.UID, err)
		}
		return func(ctx context.Context) error { return r.g.keep(ctx, m, raw) }, nil
	}
	ref, err := r.g.blobs.Put(ctx, stream, blob.Hint{Size: stream.Size})
	if err != nil {
		return nil, r.noted(m.UID, err)
	}
	m.Raw = ref.Hash
	return func(ctx context.Context) (err error) {
		m.OpenedMail, err = r.g.reopen(ctx, m.Raw, most)
		return err
	}, nil
}

// noted remembers that fetching a message ended the line.
func (r *reader) noted(uid uint32, err error) error {
	if errors.Is(err, imap.ErrLineDropped) || errors.Is(err, imap.ErrProtocol) {
		r.broke.on(uid)
	}
	return err
}

// keep stores a small message and opens it.
func (g *Gateway) keep(ctx context.Context, m *exchange.Mail, raw []byte) error {
	ref, err := g.blobs.Put(ctx, bytes.NewReader(raw), blob.Hint{Size: int64(len(raw))})
	if err != nil {
		return err
	}
	m.Raw = ref.Hash
	m.OpenedMail, err = g.open(ctx, bytes.NewReader(raw), int64(len(raw))+1)
	return err
}

// committed is what of a batch stands in the table.
type committed struct {
	uids []uint32
	err  error
}

// commitAll commits messages in their order, as many at a time as are ready.
func (r *reader) commitAll(ctx context.Context, queue <-chan *found) (c committed) {
	for first := range queue {
		group, more := []*found{first}, true
		if c.err = waitFor(ctx, first); c.err != nil {
			return c
		}
		for more {
			select {
			case next, open := <-queue:
				if !open {
					more = false
					break
				}
				if c.err = waitFor(ctx, next); c.err != nil {
					more = false
					break
				}
				group = append(group, next)
			default:
				more = false
			}
		}
		failed := c.err
		if c.err = r.commit(ctx, group); c.err != nil {
			return c
		}
		for _, f := range group {
			c.uids = append(c.uids, f.mail.UID)
		}
		if c.err = failed; failed != nil {
			return c
		}
	}
	return c
}

func waitFor(ctx context.Context, f *found) error {
	select {
	case <-f.ready:
		return f.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// commit writes messages, their parts, the cursor and the jobs, all or nothing.
func (r *reader) commit(ctx context.Context, group []*found) error {
	now := r.g.clock()
	last := group[len(group)-1].mail
	err := r.g.inTx(ctx, func(tx *postgres.Tx) error {
		for _, f := range group {
			if err := write(ctx, tx, f.mail, r.g); err != nil {
				return err
			}
		}
		return tx.AdvanceMailbox(ctx, r.box.OfficialMailbox, r.g.owner, last.UIDValidity, last.UID, now)
	})
	if err == nil {
		r.g.meter.taken(len(group))
	}
	return err
}

// write stores one message. What was never fetched is decided here and now;
// the rest by a job.
func write(ctx context.Context, tx *postgres.Tx, m exchange.Mail, g *Gateway) error {
	var held document.Event
	if m.Raw.IsZero() {
		held = m.HoldBack(m.Hold)
	} else {
		m.Reason = m.Hold
	}
	added, err := tx.AddMail(ctx, m)
	if err != nil || !added {
		return err
	}
	if m.Raw.IsZero() {
		return tx.Record(ctx, m.AgencyID, "mail_item", m.ID, held, document.By{}, g.clock())
	}
	return tx.Enqueue(ctx, job.TakeInMail{AgencyID: m.AgencyID, MailItemID: m.ID})
}

// fetchAgain brings a message over the line that a person asked for, whatever
// its size up to the hard limit.
func (r *reader) fetchAgain(ctx context.Context, client *imap.Client, m exchange.Mail) error {
	f := &found{mail: m}
	var err error
	if m.UIDValidity != client.Box().UIDValidity {
		err = imap.ErrGone // nothing has that number any more
	} else {
		var finish func(context.Context) error
		r.broke = breaks{}
		if finish, err = r.fetch(ctx, client, f, r.g.opts.HardBytes); err == nil && finish != nil {
			err = finish(ctx)
		}
	}
	switch {
	case errors.Is(err, imap.ErrGone):
		f.mail.Hold = exchange.HeldUnfetchable
	case r.broke.uid == m.UID && err != nil: // asked for, and it ends the line
		f.mail.Hold = exchange.HeldUnfetchable
	case err != nil:
		return err
	}
	broken := err
	if errors.Is(err, imap.ErrGone) {
		broken = nil
	}
	if err := r.settleAsked(ctx, f.mail); err != nil {
		return err
	}
	return broken
}

// settleAsked writes what came of fetching a message again.
func (r *reader) settleAsked(ctx context.Context, got exchange.Mail) error {
	return r.g.inTx(ctx, func(tx *postgres.Tx) error {
		m, err := tx.LockMail(ctx, agenciesOf(got), got.ID)
		if err != nil || m.State != exchange.MailReceived || !m.Raw.IsZero() {
			return err
		}
		if got.Raw.IsZero() {
			event := m.HoldBack(got.Hold)
			if err := tx.SaveMail(ctx, m, false); err != nil {
				return err
			}
			return tx.Record(ctx, m.AgencyID, "mail_item", m.ID, event, document.By{}, r.g.clock())
		}
		m.Raw, m.Size, m.OpenedMail = got.Raw, got.Size, got.OpenedMail
		m.Reason = m.Hold
		if err := tx.SaveMail(ctx, m, true); err != nil {
			return err
		}
		return tx.Enqueue(ctx, job.TakeInMail{AgencyID: m.AgencyID, MailItemID: m.ID})
	})
}
