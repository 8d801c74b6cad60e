package delivery

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Connect makes a channel to the other end of a connection. pack gives the
// packages of its messages.
type Connect = func(c exchange.Connection, secret string, pack Pack) (Channel, error)

// Pack gives the package of a message.
type Pack = func(ctx context.Context, e exchange.Envelope, open Open) (exchange.FileRef, error)

// Reveal opens a sealed secret of a row.
type Reveal = func(row org.ID, sealed []byte) (string, error)

// errNoRoad is told of an agency that no connection leads to.
var errNoRoad = fault.New(fault.Unavailable, "no_connection",
	"Chưa có kết nối tới hệ thống của cơ quan nhận; văn bản chờ gửi đến khi quản trị hệ thống kết nối.",
	"No connection leads to the recipient's system; the document waits until the operator makes one.")

// road is a channel that finds the connection for each message: by the sender
// for the axis, by the recipient for peers.
type road struct {
	s  *Service
	by exchange.Channel
}

// roads keeps the clients of connections, one for each version of their settings.
type roads struct {
	mu    sync.Mutex
	known map[org.ID]opened
}

type opened struct {
	version int
	channel Channel
}

// Send sends one message by the connection that leads to its recipient.
func (r road) Send(ctx context.Context, e exchange.Envelope, open Open) (exchange.Outcome, error) {
	p, err := r.s.roadTo(ctx, r.by, e)
	if err != nil {
		return exchange.Outcome{}, err
	}
	return r.s.sendBy(ctx, p, e, open)
}

func (s *Service) roadTo(ctx context.Context, by exchange.Channel, e exchange.Envelope) (p postgres.Peer, err error) {
	err = s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		if by == exchange.Axis {
			p, err = tx.AxisOf(ctx, e.AgencyID)
			return err
		}
		p, err = tx.PeerOfAgency(ctx, e.To.AgencyID)
		return err
	})
	if fault.KindOf(err) == fault.NotFound || err == nil && !p.Enabled {
		return p, errNoRoad
	}
	return p, err
}

func (s *Service) sendBy(ctx context.Context, p postgres.Peer, e exchange.Envelope, open Open) (exchange.Outcome, error) {
	if !p.Calls() {
		return s.leave(ctx, p, e, open)
	}
	channel, err := s.channelTo(p)
	if err != nil {
		return exchange.Outcome{}, err
	}
	outcome, err := channel.Send(ctx, e, open)
	s.noteHealth(ctx, p, err)
	return outcome, err
}

func (s *Service) channelTo(p postgres.Peer) (Channel, error) {
	s.roads.mu.Lock()
	defer s.roads.mu.Unlock()
	if known, ok := s.roads.known[p.ID]; ok && known.version == p.Version {
		return known.channel, nil
	}
	secret, err := s.opts.Reveal(p.ID, p.OurSecret)
	if err != nil {
		return nil, err
	}
	channel, err := s.opts.Connect(p.Connection, secret, s.pack)
	if err != nil {
		return nil, err
	}
	s.roads.known[p.ID] = opened{p.Version, channel}
	return channel, nil
}

// leave lets a message wait here until the other end fetches it. The same
// message again is the one that waits.
func (s *Service) leave(ctx context.Context, p postgres.Peer, e exchange.Envelope, open Open) (exchange.Outcome, error) {
	file := e.Package
	if file.Hash.IsZero() {
		var err error
		if file, err = s.pack(ctx, e, open); err != nil {
			return exchange.Outcome{}, err
		}
	}
	if file.Size > p.MostBytes {
		return exchange.Outcome{}, exchange.ErrPackageTooLarge
	}
	now := s.clock()
	m := postgres.AxisMessage{ID: postgres.NewID(), Key: "own " + e.ID.String(), Content: e.Content, Act: e.Act, From: e.From.Code, DocumentCode: e.Letter.Code,
		Reference: e.Symbol, DocumentDate: e.Letter.Date, Subject: e.Subject, Package: file, CreatedAt: now}
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		kept, err := tx.PutAxisMessage(ctx, m)
		if err != nil {
			return err
		}
		m.ID = kept.ID
		_, err = tx.AddAxisRecipient(ctx, postgres.AxisRecipient{AgencyID: e.To.AgencyID, MessageID: kept.ID, Code: e.To.Code, PeerID: p.ID, State: "initial", StateAt: now})
		return err
	})
	if err != nil {
		return exchange.Outcome{}, err
	}
	return exchange.Outcome{State: exchange.Sent, RemoteID: m.ID.String(), At: now}, nil
}

// noteEvery is how often it is written down that the other end is there.
const noteEvery = time.Minute

// noteHealth writes down how the other end is, for who looks after it. That it
// cannot be written costs nothing.
func (s *Service) noteHealth(ctx context.Context, p postgres.Peer, failure error) {
	now := s.clock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	kind := fault.KindOf(failure)
	if failure == nil && p.DownSince.IsZero() && p.ErrorCode == "" && now.Sub(p.HeardAt) < noteEvery {
		return
	}
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		if failure == nil {
			return tx.PeerHeard(ctx, p.ID, now)
		}
		return tx.PeerFailed(ctx, p.ID, exchange.CodeOf(failure), kind == fault.Unavailable, now)
	})
	if err != nil {
		s.opts.Log.WarnContext(ctx, "a peer's health was not noted", slog.Any("error", err))
	}
}
