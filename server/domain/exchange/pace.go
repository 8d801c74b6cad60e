package exchange

import "time"

// PaceRule is how much is sent to one mail host: many servers take a sender for
// a nuisance who opens more lines, or sends more in a minute.
type PaceRule struct {
	AtOnce    int
	PerMinute int
}

// UsualPaceRule is one that the servers in use take.
func UsualPaceRule() PaceRule { return PaceRule{AtOnce: 4, PerMinute: 60} }

// Pace is what is under way to one host. The zero Pace is of one that nothing
// was sent to.
type Pace struct {
	Busy  int
	Since time.Time // the minute that is counted
	Sent  int       // in it
}

// busyGap is how soon to look again while all lines are in use.
const busyGap = 2 * time.Second

// Admit tells whether one more may be sent now; if not, when to look again.
func (p Pace) Admit(rule PaceRule, now time.Time) (after Pace, admitted bool, at time.Time) {
	if now.Sub(p.Since) >= time.Minute {
		p.Since, p.Sent = now, 0
	}
	switch {
	case p.Busy >= rule.AtOnce:
		return p, false, now.Add(busyGap)
	case p.Sent >= rule.PerMinute:
		return p, false, p.Since.Add(time.Minute)
	}
	p.Busy++
	p.Sent++
	return p, true, now
}

// End notes that one is no longer under way.
func (p Pace) End() Pace {
	p.Busy = max(p.Busy-1, 0)
	return p
}

// HostOf gives the host that an address is at.
func HostOf(address string) string { return domainOf(address) }
