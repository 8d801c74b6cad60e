package exchange

import (
	"errors"
	"time"

	"congvan/server/domain/fault"
)

// BreakerRule says when a peer counts as down, and how it is tried again.
type BreakerRule struct {
	Failures int           // so many in a row, and the peer counts as down
	Rest     time.Duration // how long nothing is sent at first; it doubles with each failed probe
	Longest  time.Duration // no rest is longer
	Probe    time.Duration // a probe that says nothing for so long was lost
}

// UsualBreakerRule is the one for peers of which nothing else is set.
func UsualBreakerRule() BreakerRule {
	return BreakerRule{Failures: 5, Rest: 30 * time.Second, Longest: 10 * time.Minute, Probe: 5 * time.Minute}
}

// Breaker is what is known of a peer's health. While it is open nothing is
// sent but one probe at a time; messages wait without using up their tries.
// The zero Breaker is of a peer that nothing is known against.
type Breaker struct {
	Failures   int       // in a row
	DownSince  time.Time // the first of them
	OpenUntil  time.Time // zero: closed
	Rests      int
	ProbeUntil time.Time // a probe is under way until then
}

// Open tells whether the peer counts as down.
func (b Breaker) Open() bool { return !b.OpenUntil.IsZero() }

// Admit tells whether a message may be sent now; if not, from when it is worth
// asking again. An admitted message through an open breaker is the probe.
func (b Breaker) Admit(rule BreakerRule, now time.Time) (after Breaker, admitted bool, at time.Time) {
	switch {
	case !b.Open():
		return b, true, now
	case now.Before(b.OpenUntil):
		return b, false, b.OpenUntil
	case now.Before(b.ProbeUntil):
		return b, false, b.ProbeUntil
	}
	b.ProbeUntil = now.Add(rule.Probe)
	return b, true, now
}

// Heard takes in how a try ended. Any answer proves the peer up, a refusal
// too; a peer that asks for patience is left as it was, and so is one that our
// own trouble kept us from.
func (b Breaker) Heard(rule BreakerRule, err error, now time.Time) Breaker {
	switch kind := fault.KindOf(err); {
	case err != nil && (kind == fault.Internal || kind == fault.Throttled || errors.Is(err, ErrFileAway)):
		b.ProbeUntil = time.Time{}
		return b
	case kind != fault.Unavailable:
		return Breaker{}
	}
	if b.Failures == 0 {
		b.DownSince = now
	}
	b.Failures++
	probed := b.Open() && !b.ProbeUntil.IsZero()
	if probed || !b.Open() && b.Failures >= rule.Failures {
		b.OpenUntil, b.ProbeUntil = now.Add(rule.rest(b.Rests)), time.Time{}
		b.Rests++
	}
	return b
}

// rest is how long the breaker stays open for the time after so many others.
func (r BreakerRule) rest(before int) time.Duration {
	return Patience{First: r.Rest, Longest: r.Longest}.Gap(before+1, 1)
}
