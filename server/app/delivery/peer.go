package delivery

import (
	"context"
	"sync"
	"time"

	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// peer is whoever answers at the other end of a channel: one server for
// everybody, save where there are connections.
type peer struct {
	channel    exchange.Channel
	connection org.ID
}

// peerOf finds who answers for the delivery. Where no connection leads to it,
// each agency is somebody of its own.
func (s *Service) peerOf(ctx context.Context, tx *postgres.Tx, d exchange.Delivery) (peer, error) {
	to := peer{channel: d.Channel}
	var p postgres.Peer
	var err error
	switch d.Channel {
	case exchange.Axis:
		p, err = tx.AxisOf(ctx, d.AgencyID)
	case exchange.Peer:
		to.connection = d.TargetAgencyID
		p, err = tx.PeerOfAgency(ctx, d.TargetAgencyID)
	default:
		return to, nil
	}
	if fault.KindOf(err) == fault.NotFound {
		return to, nil
	}
	to.connection = p.ID
	return to, err
}

// over is a connection as whoever answers at its other end.
func over(p postgres.Peer) peer {
	if p.Kind == exchange.PeerAxis {
		return peer{exchange.Axis, p.ID}
	}
	return peer{exchange.Peer, p.ID}
}

// peers is what this process knows of the health of the other ends. Another
// process finds out by itself: what is lost with it costs a few tries.
type peers struct {
	rule  exchange.BreakerRule
	mu    sync.Mutex
	known map[peer]exchange.Breaker
}

// probing is how soon to ask again while a probe is under way.
const probing = 15 * time.Second

// admit tells whether a message may be sent now; if not, when to ask again.
func (p *peers) admit(to peer, now time.Time) (admitted bool, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	after, admitted, at := p.known[to].Admit(p.rule, now)
	p.known[to] = after
	if !admitted && now.Before(after.ProbeUntil) {
		at = now.Add(min(probing, at.Sub(now)))
	}
	return admitted, at
}

// heard takes in how a try ended.
func (p *peers) heard(from peer, err error, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known[from] = p.known[from].Heard(p.rule, err, now)
}

// letGo gives the right to a probe back that was not made.
func (p *peers) letGo(of peer, now time.Time) { p.heard(of, exchange.ErrFileAway, now) }
