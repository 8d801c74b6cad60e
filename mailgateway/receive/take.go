package receive

import (
	"bytes"
	"context"
	"errors"
	"io"

	"golang.org/x/sync/errgroup"

	"congvan/mailgateway/imap"
	"congvan/mailgateway/mime"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/job"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// smallMail is read into memory, so that it need not be read back from the
// store to be opened.
const smallMail = 1 << 20

// found is a message on its way from the mailbox to the table.
type found struct {
	mail  exchange.Mail
	err   error
	ready chan struct{}
	old   bool // only counted
}

// fetchAll fetches a batch and hands each message on as soon as it is there.
// What follows needs no line and is done side by side, as many at a time as the
// whole gateway may.
func (r *reader) fetchAll(ctx context.Context, client *imap.Client, batch imap.Batch, queue chan<- *found) error {
	for _, listed := range batch.Messages {
		f := &found{mail: r.blank(listed, batch.Cursor.UIDValidity), ready: make(chan struct{}), old: r.old(listed)}
		if f.old { // the committer counts it at its place
			close(f.ready)
			select {
			case queue <- f:
				continue
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		select {
		case r.g.slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		finish, err := r.fetch(ctx, client, f, r.g.opts.MaxBytes)
		if err != nil {
			<-r.g.slots
			if errors.Is(err, imap.ErrGone) {
				continue // somebody deleted it meanwhile
			}
			return err
		}
		go func() {
			defer func() { <-r.g.slots; close(f.ready) }()
			if finish != nil {
				f.err = finish(ctx)
			}
		}()
		select {
		case queue <- f:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// old tells whether a message is only counted: its day was not early enough to
// stand before the cursor, or it was moved into the folder later.
func (r *reader) old(m imap.Listed) bool {
	return !r.box.ReadFrom.IsZero() && !m.Received.IsZero() && m.Received.Before(r.box.ReadFrom)
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

// keep stores a small message and opens it, both at once: nothing of it counts
// before the commit, which waits for both.
func (g *Gateway) keep(ctx context.Context, m *exchange.Mail, raw []byte) error {
	group, ctx := errgroup.WithContext(ctx)
	var ref blob.Ref
	group.Go(func() (err error) {
		ref, err = g.blobs.Put(ctx, bytes.NewReader(raw), blob.Hint{Size: int64(len(raw))})
		return err
	})
	var opened exchange.OpenedMail
	group.Go(func() (err error) {
		opened, err = g.open(ctx, bytes.NewReader(raw), int64(len(raw))+1)
		return err
	})
	if err := group.Wait(); err != nil {
		return err
	}
	m.Raw, m.OpenedMail = ref.Hash, opened
	return nil
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
		return tx.Enqueue(ctx, job.TakeInMail{AgencyID: m.AgencyID, MailItemIDs: []org.ID{m.ID}})
	})
}
