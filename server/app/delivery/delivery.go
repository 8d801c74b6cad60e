// Package delivery brings issued documents to recipients beyond this
// installation and keeps what a sender knows of each recipient. It claims a
// delivery, lets a channel send it outside any transaction, and records how that
// ended or when the next try is made; it applies receipts, wherever they come
// from. How a message travels is the channel's business, and what a failure or
// a receipt means is a rule of domain/exchange. It works in the exchange's scope.
package delivery

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Open gives the bytes of a file of a message.
type Open = func(ctx context.Context, file exchange.FileRef) (io.ReadCloser, error)

// Channel sends messages by one protocol. A message that was sent before, with
// or without its sender knowing, is sent again under the same id; the other
// side makes one of them. After an error the outcome tells what the other side
// asked for and said, and nothing else.
type Channel interface {
	Send(ctx context.Context, e exchange.Envelope, open Open) (exchange.Outcome, error)
}

// Options are what sending needs. Without channels everything waits.
type Options struct {
	Channels map[exchange.Channel]Channel
	// Content opens a stored file.
	Content func(ctx context.Context, h document.Hash) (io.ReadSeekCloser, error)
	// Connect, Write, Keep, Reveal and Seal are what messages to other systems take;
	// without Connect none is sent there.
	Connect  Connect
	Write    Write
	Keep     Keep
	Reveal   Reveal
	Seal     func(row org.ID, plain string) []byte
	Patience exchange.Patience    // the usual when zero
	Breaker  exchange.BreakerRule // the usual when zero
	Pace     exchange.PaceRule    // for each mail host, the usual when zero
	Chance   func() float64       // spreads tries, from 0 to 1
	// LinkBase is the address of the page for what is too large to be mailed;
	// without it such mails are refused.
	LinkBase string
	Log      *slog.Logger
}

// Service holds what the use cases need.
type Service struct {
	store *postgres.Store
	clock func() time.Time
	opts  Options
	peers *peers
	hosts *hosts
	roads roads
}

// New makes the use cases over a store; clock gives the present moment.
func New(store *postgres.Store, clock func() time.Time, opts Options) *Service {
	if opts.Patience == (exchange.Patience{}) {
		opts.Patience = exchange.UsualPatience()
	}
	if opts.Breaker == (exchange.BreakerRule{}) {
		opts.Breaker = exchange.UsualBreakerRule()
	}
	if opts.Pace == (exchange.PaceRule{}) {
		opts.Pace = exchange.UsualPaceRule()
	}
	if opts.Chance == nil {
		opts.Chance = func() float64 { return 1 }
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{store: store, clock: clock, opts: opts, peers: &peers{rule: opts.Breaker, known: map[peer]exchange.Breaker{}},
		hosts: &hosts{rule: opts.Pace, known: map[string]exchange.Pace{}}, roads: roads{known: map[org.ID]opened{}}}
	if opts.Connect != nil {
		s.opts.Channels = maps.Clone(opts.Channels)
		if s.opts.Channels == nil {
			s.opts.Channels = map[exchange.Channel]Channel{}
		}
		s.opts.Channels[exchange.Axis], s.opts.Channels[exchange.Peer] = road{s, exchange.Axis}, road{s, exchange.Peer}
	}
	return s
}
