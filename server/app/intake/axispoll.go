package intake

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Ask gives what the axis at the other end of a connection can be asked.
type Ask func(c exchange.Connection, secret string) (AxisCalls, error)

// AxisCalls are the questions to an axis.
type AxisCalls struct {
	Waiting   func(ctx context.Context, content exchange.Content) ([]WaitingMessage, error)
	Open      func(ctx context.Context, name string) (io.ReadCloser, error)
	Taken     func(ctx context.Context, name string) error // told after the commit
	Refused   func(ctx context.Context, name string) error
	Directory func(ctx context.Context) ([]ListedAgency, error)
	Signed    func(ctx context.Context) (exchange.SignedDirectory, error) // of another installation
}

// WaitingMessage is a message that waits on the axis.
type WaitingMessage struct {
	Name string // as the axis names it
	To   []org.AgencyCode
}

// ListedAgency is an agency of the axis's directory.
type ListedAgency struct {
	Code    org.AgencyCode
	OldCode org.AgencyCode
	Name    string
	Email   string
	Ended   bool
}

// The pace of asking. One process at a time asks for one connection.
const (
	pollLease     = 10 * time.Minute
	pollGap       = 10 * time.Second
	pollMost      = 200             // connections that one round asks
	peerGap       = 5 * time.Minute // another installation sends by itself; it is only asked how it is
	directoryGap  = 6 * time.Hour
	directoryPage = 500
	tolerated     = 3 // messages in a row that cannot be fetched
)

// Poll fetches what waits for us on each axis, and the directory when it is old.
// Each connection is held only while it is asked: one that is slow holds up no
// other, which the next round asks.
func (s *Service) Poll(ctx context.Context) error {
	if s.opts.Ask == nil {
		return nil
	}
	owner := postgres.NewID()
	for range pollMost {
		var held []postgres.Peer
		err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
			held, err = tx.HoldPoll(ctx, owner, postgres.PollPace{Lease: pollLease, Axis: pollGap, Peer: peerGap}, 1)
			return err
		})
		if err != nil || len(held) == 0 {
			return err
		}
		for _, p := range held {
			if err := s.pollHeld(ctx, owner, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// pollHeld asks one connection, and writes down how it is. A round that is ended
// says nothing of the other side.
func (s *Service) pollHeld(ctx context.Context, owner org.ID, p postgres.Peer) error {
	answered, failure := s.pollOne(ctx, p)
	now := s.clock()
	ended := errors.Is(ctx.Err(), context.Canceled)
	err := s.store.InTx(context.WithoutCancel(ctx), postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		if answered || failure == nil {
			if err := tx.PeerHeard(ctx, p.ID, now); err != nil {
				return err
			}
		}
		if failure != nil && !ended {
			down := !answered && fault.KindOf(failure) == fault.Unavailable
			if err := tx.PeerFailed(ctx, p.ID, exchange.CodeOf(failure), down, now); err != nil {
				return err
			}
		}
		return tx.EndPoll(ctx, owner, p.ID)
	})
	if failure != nil {
		s.opts.Log.WarnContext(ctx, "the axis could not be asked", slog.String("peer", p.ID.String()), slog.Any("error", failure))
	}
	return errors.Join(err, ctx.Err())
}

// pollOne asks one connection, and tells whether it answered.
func (s *Service) pollOne(ctx context.Context, p postgres.Peer) (answered bool, err error) {
	secret, err := s.secrets.Open(p.ID, p.OurSecret)
	if err != nil {
		return false, err
	}
	calls, err := s.opts.Ask(p.Connection, secret)
	if err != nil {
		return false, err
	}
	if p.Kind == exchange.PeerInstallation {
		return false, s.takeSigned(ctx, p, calls)
	}
	var failed []error
	if s.clock().Sub(p.DirectoryAt) > directoryGap { // documents do not wait for it
		failed = append(failed, s.takeDirectory(ctx, p, calls))
	}
	for _, content := range []exchange.Content{exchange.DocumentContent, exchange.StatusContent} {
		list, err := calls.Waiting(ctx, content)
		if err != nil {
			return answered, errors.Join(append(failed, err)...)
		}
		answered = true
		failed = append(failed, s.fetchAll(ctx, p, calls, content, list))
	}
	return answered, errors.Join(failed...)
}

// fetchAll takes in what waits. One message that cannot be fetched stands in no
// other's way; when several in a row cannot, the axis is left alone.
func (s *Service) fetchAll(ctx context.Context, p postgres.Peer, calls AxisCalls, content exchange.Content, list []WaitingMessage) error {
	var failed []error
	inARow := 0
	for _, m := range list {
		err := s.fetch(ctx, p, calls, content, m)
		if err == nil {
			inARow = 0
			continue
		}
		failed = append(failed, err)
		if inARow++; inARow == tolerated || ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failed...)
}

// fetch takes one message in, and says so only after the commit. What can never
// be taken in is told as refused, so that it does not stand in the way for ever.
func (s *Service) fetch(ctx context.Context, p postgres.Peer, calls AxisCalls, content exchange.Content, m WaitingMessage) error {
	body, err := calls.Open(ctx, m.Name)
	if err != nil {
		return err
	}
	_, err = s.TakeMessage(ctx, AxisMessage{Peer: p, Name: m.Name, Content: content, To: m.To, Size: -1}, body)
	if end := body.Close(); err == nil {
		err = end
	}
	if err == nil {
		return calls.Taken(ctx, m.Name)
	}
	switch fault.KindOf(err) {
	case fault.Unavailable, fault.Throttled, fault.Internal:
		return err
	}
	s.opts.Log.WarnContext(ctx, "a message of the axis was refused", slog.String("message", m.Name), slog.String("code", exchange.CodeOf(err)))
	return calls.Refused(ctx, m.Name)
}

// takeDirectory brings the axis's agencies into ours, with the day on which one
// ended. Agencies of this installation and of peers are nobody else's to change.
// What the directory leaves out stays: the axis may have been half awake. What
// cannot be taken in keeps nothing else out.
func (s *Service) takeDirectory(ctx context.Context, p postgres.Peer, calls AxisCalls) error {
	list, err := calls.Directory(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for len(list) > 0 && ctx.Err() == nil {
		page := list[:min(len(list), directoryPage)]
		list = list[len(page):]
		if s.takePage(ctx, page) == nil {
			continue
		}
		for i := range page {
			failed = append(failed, s.takePage(ctx, page[i:i+1]))
		}
	}
	failed = append(failed, s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error { return tx.DirectoryTaken(ctx, p.ID) }))
	return errors.Join(failed...)
}

// takePage takes some agencies in, all or none.
func (s *Service) takePage(ctx context.Context, page []ListedAgency) error {
	return s.store.InTx(ctx, postgres.AdministrationScope(), func(tx *postgres.Tx) error { return s.listAgencies(ctx, tx, page) })
}

func (s *Service) listAgencies(ctx context.Context, tx *postgres.Tx, page []ListedAgency) error {
	codes := make([]org.AgencyCode, 0, 2*len(page))
	for _, a := range page {
		codes = append(codes, a.Code)
		if a.OldCode != "" {
			codes = append(codes, a.OldCode)
		}
	}
	known, err := tx.AgenciesByCode(ctx, codes)
	if err != nil {
		return err
	}
	for _, a := range page {
		if err := s.listAgency(ctx, tx, a, known); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) listAgency(ctx context.Context, tx *postgres.Tx, a ListedAgency, known []postgres.AxisAgency) error {
	today := org.DayOf(s.clock())
	for _, k := range known {
		if !k.Names(a.Code) && (a.OldCode == "" || !k.Names(a.OldCode)) {
			continue
		}
		name := document.CleanLine(a.Name)
		ended := !k.Validity.Until.IsZero()
		if k.Channel != org.Axis || (name == "" || k.Name == name) && k.Email == a.Email && ended == a.Ended {
			return nil
		}
		held, err := tx.LockAgency(ctx, k.ID)
		if err != nil {
			return err
		}
		if name != "" {
			held.Name = name
		}
		held.Email, held.Validity.Until = a.Email, org.Day{}
		if a.Ended {
			held.Validity.Until = today
		}
		return tx.SaveAgency(ctx, held)
	}
	if a.Ended || document.CleanLine(a.Name) == "" {
		return nil
	}
	made := postgres.Agency{Code: string(a.Code), OldCode: string(a.OldCode), Agency: org.Agency{ID: postgres.NewID(), Name: document.CleanLine(a.Name),
		ShortName: document.CleanLine(a.Name), Level: org.Other, Email: a.Email, Channel: org.Axis, Validity: org.Validity{From: today}}}
	return tx.AddAgency(ctx, made)
}
