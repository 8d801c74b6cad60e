package delivery

import (
	"sync"
	"time"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

// peer is whoever answers at the other end of a channel: one server for
// everybody, save where each agency has its own.
type peer struct {
	channel exchange.Channel
	agency  org.ID
}

func peerOf(d exchange.Delivery) peer {
	p := peer{channel: d.Channel}
	if d.Channel == exchange.Peer {
		p.agency = d.TargetAgencyID
	}
	return p
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
