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
	pollMost      = 200
	peerGap       = 5 * time.Minute // another installation sends by itself; it is only asked how it is
	directoryGap  = 6 * time.Hour
	directoryPage = 500
)

// Poll fetches what waits for us on each axis, and the directory when it is old.
func (s *Service) Poll(ctx context.Context) error {
	if s.opts.Ask == nil {
		return nil
	}
	owner := postgres.NewID()
	var held []postgres.Peer
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		held, err = tx.HoldPoll(ctx, owner, postgres.PollPace{Lease: pollLease, Axis: pollGap, Peer: peerGap}, pollMost)
		return err
	})
	if err != nil {
		return err
	}
	for _, p := range held {
		failure := s.pollOne(ctx, p)
		now := s.clock()
		err := s.store.InTx(context.WithoutCancel(ctx), postgres.ExchangeScope(), func(tx *postgres.Tx) error {
			if failure != nil {
				if err := tx.PeerFailed(ctx, p.ID, exchange.CodeOf(failure), fault.KindOf(failure) == fault.Unavailable, now); err != nil {
					return err
				}
			} else if err := tx.PeerHeard(ctx, p.ID, now); err != nil {
				return err
			}
			return tx.EndPoll(ctx, owner, p.ID)
		})
		if err != nil {
			return err
		}
		if failure != nil {
			s.opts.Log.WarnContext(ctx, "the axis could not be asked", slog.String("peer", p.ID.String()), slog.Any("error", failure))
		}
	}
	return nil
}

func (s *Service) pollOne(ctx context.Context, p postgres.Peer) error {
	secret, err := s.secrets.Open(p.ID, p.OurSecret)
	if err != nil {
		return err
	}
	calls, err := s.opts.Ask(p.Connection, secret)
	if err != nil {
		return err
	}
	if p.Kind == exchange.PeerInstallation {
		return s.takeSigned(ctx, p, calls)
	}
	if s.clock().Sub(p.DirectoryAt) > directoryGap {
		if err := s.takeDirectory(ctx, p, calls); err != nil {
			return err
		}
	}
	for _, content := range []exchange.Content{exchange.DocumentContent, exchange.StatusContent} {
		list, err := calls.Waiting(ctx, content)
		if err != nil {
			return err
		}
		for _, m := range list {
			if err := s.fetch(ctx, p, calls, content, m); err != nil {
				return err
			}
		}
	}
	return nil
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
	return errors.Join(calls.Refused(ctx, m.Name))
}

// takeDirectory brings the axis's agencies into ours, with the day on which one
// ended. Agencies of this installation and of peers are nobody else's to change.
// What the directory leaves out stays: the axis may have been half awake.
func (s *Service) takeDirectory(ctx context.Context, p postgres.Peer, calls AxisCalls) error {
	list, err := calls.Directory(ctx)
	if err != nil {
		return err
	}
	for len(list) > 0 {
		page := list[:min(len(list), directoryPage)]
		list = list[len(page):]
		err := s.store.InTx(ctx, postgres.AdministrationScope(), func(tx *postgres.Tx) error { return s.listAgencies(ctx, tx, page) })
		if err != nil {
			return err
		}
	}
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error { return tx.DirectoryTaken(ctx, p.ID) })
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
