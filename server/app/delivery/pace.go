package delivery

import (
	"sync"
	"time"

	"congvan/server/domain/exchange"
)

// hosts is what this process has under way to each mail host.
type hosts struct {
	rule  exchange.PaceRule
	mu    sync.Mutex
	known map[string]exchange.Pace
}

// maxHosts is when hosts that nothing is under way to are forgotten.
const maxHosts = 10_000

// begin tells whether one more mail may go to the host of an address.
func (h *hosts) begin(address string, now time.Time) (admitted bool, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.known) >= maxHosts {
		for host, p := range h.known {
			if p.Busy == 0 && now.Sub(p.Since) >= time.Minute {
				delete(h.known, host)
			}
		}
	}
	host := exchange.HostOf(address)
	after, admitted, at := h.known[host].Admit(h.rule, now)
	h.known[host] = after
	return admitted, at
}

func (h *hosts) end(address string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	host := exchange.HostOf(address)
	h.known[host] = h.known[host].End()
}
