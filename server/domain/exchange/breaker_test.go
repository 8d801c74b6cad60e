package exchange_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"congvan/server/domain/exchange"
)

var breakerRule = exchange.BreakerRule{Failures: 3, Rest: time.Minute, Longest: 4 * time.Minute, Probe: 30 * time.Second}

func admit(t *testing.T, b exchange.Breaker, at time.Duration, want bool) exchange.Breaker {
	t.Helper()
	b, admitted, _ := b.Admit(breakerRule, noon.Add(at))
	if admitted != want {
		t.Fatalf("at %s admitted: %t; %+v", at, admitted, b)
	}
	return b
}

func TestE3_ABreakerOpensRestsLongerAndCloses(t *testing.T) {
	t.Parallel()
	var b exchange.Breaker
	for i := range 3 {
		b = admit(t, b, time.Duration(i)*time.Second, true)
		b = b.Heard(breakerRule, exchange.ErrDisturbed, noon.Add(time.Duration(i)*time.Second))
	}
	if !b.Open() || !b.DownSince.Equal(noon) {
		t.Fatalf("after three failures: %+v", b)
	}
	admit(t, b, 61*time.Second, false)
	b = admit(t, b, 62*time.Second, true) // the probe
	admit(t, b, 63*time.Second, false)    // one at a time
	b = b.Heard(breakerRule, exchange.ErrDisturbed, noon.Add(70*time.Second))
	admit(t, b, 70*time.Second+2*time.Minute-1, false) // twice as long
	b = admit(t, b, 70*time.Second+2*time.Minute, true)
	b = admit(t, b, 70*time.Second+2*time.Minute+30*time.Second, true) // the first probe was lost
	if b = b.Heard(breakerRule, nil, noon.Add(4*time.Minute)); b != (exchange.Breaker{}) {
		t.Fatalf("after a success: %+v", b)
	}
}

func TestE3_ARefusalProvesThePeerUpAndOurOwnTroubleNothing(t *testing.T) {
	t.Parallel()
	failing := exchange.Breaker{}.Heard(breakerRule, exchange.ErrDisturbed, noon)
	for _, err := range []error{nil, exchange.ErrRecipientUnknown, exchange.ErrContentDiffers, exchange.ErrBadCredentials} {
		if b := failing.Heard(breakerRule, err, noon); b != (exchange.Breaker{}) {
			t.Errorf("%v leaves %+v", err, b)
		}
	}
	for _, err := range []error{exchange.ErrFileAway, exchange.ErrOverloaded, errors.New("a defect")} {
		if b := failing.Heard(breakerRule, err, noon); b != failing {
			t.Errorf("%v leaves %+v", err, b)
		}
	}
}

// For any order of answers: it is never open for longer than the longest rest,
// and while it is open no two probes run at a time.
func TestE3_ABreakerNeverLocksAPeerOut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var b exchange.Breaker
		now, probing := noon, false
		for range rapid.IntRange(1, 40).Draw(t, "events") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(3*time.Minute)).Draw(t, "later")))
			if rapid.Bool().Draw(t, "asks") {
				before := b
				after, admitted, at := b.Admit(breakerRule, now)
				if at.Sub(now) > breakerRule.Longest || admitted == at.After(now) {
					t.Fatalf("at %s admitted %t, ask again at %s", now, admitted, at)
				}
				if admitted && before.Open() && probing && now.Before(before.ProbeUntil) {
					t.Fatal("two probes at a time")
				}
				probing = after.Open() && admitted || probing
				b = after
				continue
			}
			b = b.Heard(breakerRule, rapid.SampledFrom([]error{nil, exchange.ErrDisturbed, exchange.ErrDisturbed, exchange.ErrOverloaded}).Draw(t, "answer"), now)
			probing = false
			if b.Open() && b.OpenUntil.Sub(now) > breakerRule.Longest {
				t.Fatalf("open for %s", b.OpenUntil.Sub(now))
			}
			if b.Failures == 0 && b != (exchange.Breaker{}) {
				t.Fatalf("nothing is known against it: %+v", b)
			}
		}
	})
}
