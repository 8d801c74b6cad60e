package exchange_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

func patience() *rapid.Generator[exchange.Patience] {
	return rapid.Custom(func(t *rapid.T) exchange.Patience {
		return exchange.Patience{
			First:   time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "first")),
			Longest: time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "longest")),
			Tries:   rapid.IntRange(1, 200).Draw(t, "tries"),
		}
	})
}

// Case 9: growing gaps with jitter, and never beyond the bound.
func TestE3_GapsGrowAndAreBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := patience().Draw(t, "patience")
		chance := rapid.Float64Range(0, 1).Draw(t, "chance")
		other := rapid.Float64Range(0, 1).Draw(t, "other chance")
		try := rapid.IntRange(1, 1_000_000).Draw(t, "try")
		first := min(p.First, p.Longest)
		gap := p.Gap(try, chance)
		if gap < first/2 || gap > p.Longest {
			t.Fatalf("gap %s after try %d", gap, try)
		}
		if next := p.Gap(try+1, chance); next < gap {
			t.Fatalf("%s, then %s", gap, next)
		}
		// The luckiest of the one after next waits no less than the unluckiest now.
		if p.Gap(try+2, 1) < p.Longest && p.Gap(try+2, 0) < p.Gap(try, other) {
			t.Fatalf("the gaps do not outgrow their jitter")
		}
	})
}

func TestE3_WhatFailedTogetherIsSpread(t *testing.T) {
	t.Parallel()
	p := exchange.UsualPatience()
	if low, high := p.Gap(3, 0), p.Gap(3, 1); low != time.Minute || high != 2*time.Minute {
		t.Errorf("%s to %s", low, high)
	}
}

func TestE3_UsualPatienceOutlastsAWeekendsBeginning(t *testing.T) {
	t.Parallel()
	p := exchange.UsualPatience()
	var least time.Duration
	for try := 1; try < p.Tries; try++ {
		least += p.Gap(try, 0)
	}
	if least < 24*time.Hour || least > 72*time.Hour {
		t.Errorf("gives up after %s at the earliest", least)
	}
}

// Cases 6, 8, 9 and 12.
func TestE3_OnlyWhatMaySucceedIsRetried(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want exchange.Verdict
	}{
		{exchange.ErrDisturbed, exchange.Retry},
		{exchange.ErrFileAway, exchange.Retry},
		{exchange.ErrOverloaded, exchange.Retry},
		{errors.New("a defect"), exchange.Retry},
		{exchange.ErrContentDiffers, exchange.Contradicted},
		{exchange.ErrMessageExpired, exchange.GiveUp},
		{exchange.ErrBadCredentials, exchange.GiveUp},
		{exchange.ErrRecipientUnknown, exchange.GiveUp},
		{exchange.ErrRecipientClosed, exchange.GiveUp},
		{exchange.ErrSenderUnknown, exchange.GiveUp},
		{exchange.ErrNotOnBehalf, exchange.GiveUp},
		{exchange.ErrPackageInvalid, exchange.GiveUp},
		{exchange.ErrPackageAltered, exchange.GiveUp},
		{exchange.ErrPackageTooLarge, exchange.GiveUp},
		{exchange.ErrMessageUnknown, exchange.GiveUp},
	} {
		if got := exchange.VerdictOn(c.err); got != c.want {
			t.Errorf("%v: %s", c.err, got)
		}
	}
}

func TestE4_AFailedTryLeadsSomewhere(t *testing.T) {
	t.Parallel()
	p := exchange.Patience{First: time.Minute, Longest: time.Hour, Tries: 3}
	mortal := exchange.Envelope{ExpiresAt: noon.Add(10 * time.Minute)}
	for name, c := range map[string]struct {
		e    exchange.Envelope
		t    exchange.Try
		want exchange.Next
	}{
		"the first":        {exchange.Envelope{}, exchange.Try{Number: 1, Err: exchange.ErrDisturbed}, exchange.Next{State: exchange.Waiting, At: noon.Add(time.Minute), Verdict: exchange.Retry}},
		"the second":       {exchange.Envelope{}, exchange.Try{Number: 2, Err: exchange.ErrDisturbed}, exchange.Next{State: exchange.Waiting, At: noon.Add(2 * time.Minute), Verdict: exchange.Retry}},
		"the last":         {exchange.Envelope{}, exchange.Try{Number: 3, Err: exchange.ErrDisturbed}, exchange.Next{State: exchange.Failed, Verdict: exchange.GiveUp}},
		"refused":          {mortal, exchange.Try{Number: 1, Err: exchange.ErrRecipientUnknown}, exchange.Next{State: exchange.Failed, Verdict: exchange.GiveUp}},
		"contradicted":     {mortal, exchange.Try{Number: 1, Err: exchange.ErrContentDiffers}, exchange.Next{State: exchange.Failed, Verdict: exchange.Contradicted}},
		"asked to wait":    {exchange.Envelope{}, exchange.Try{Number: 1, Err: exchange.ErrOverloaded, Wait: 5 * time.Minute}, exchange.Next{State: exchange.Waiting, At: noon.Add(5 * time.Minute), Verdict: exchange.Retry}},
		"asked for ever":   {exchange.Envelope{}, exchange.Try{Number: 1, Err: exchange.ErrOverloaded, Wait: 999 * time.Hour}, exchange.Next{State: exchange.Waiting, At: noon.Add(time.Hour), Verdict: exchange.Retry}},
		"beyond its life":  {mortal, exchange.Try{Number: 1, Err: exchange.ErrDisturbed, Wait: time.Hour}, exchange.Next{State: exchange.Waiting, At: noon.Add(10 * time.Minute), Verdict: exchange.Retry}},
		"its life is over": {exchange.Envelope{ExpiresAt: noon}, exchange.Try{Number: 1, Err: exchange.ErrDisturbed}, exchange.Next{State: exchange.Expired, Verdict: exchange.GiveUp}},
		"theirs says so":   {exchange.Envelope{}, exchange.Try{Number: 1, Err: exchange.ErrMessageExpired}, exchange.Next{State: exchange.Expired, Verdict: exchange.GiveUp}},
	} {
		c.t.At = noon
		if got := p.After(c.e, c.t, 1); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// For any schedule of failures a message comes to an end, and no try is later
// than its life.
func TestE6_EveryMessageEnds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := patience().Draw(t, "patience")
		e := exchange.Envelope{CreatedAt: noon}
		if rapid.Bool().Draw(t, "mortal") {
			e.ExpiresAt = noon.Add(time.Duration(rapid.Int64Range(0, int64(48*time.Hour)).Draw(t, "life")))
		}
		now, tries := noon, 0
		for {
			if e.Expired(now) {
				return
			}
			tries++
			next := p.After(e, exchange.Try{
				Number: tries, At: now, Wait: time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "wait")),
				Err: rapid.SampledFrom([]error{exchange.ErrDisturbed, exchange.ErrOverloaded, errors.New("a defect")}).Draw(t, "error"),
			}, rapid.Float64Range(0, 1).Draw(t, "chance"))
			if next.State.Final() {
				return
			}
			if tries > p.Tries || next.At.Before(now) || !e.ExpiresAt.IsZero() && next.At.After(e.ExpiresAt) {
				t.Fatalf("try %d at %s leads to %+v", tries, now, next)
			}
			now = next.At
		}
	})
}

func TestE4_OnlyADeadLetterIsRequeued(t *testing.T) {
	t.Parallel()
	for _, s := range states {
		d, err := delivery(s).Requeue(noon.Add(time.Hour))
		if s == exchange.Failed {
			if err != nil || d.State != exchange.Waiting || !d.StateAt.Equal(noon.Add(time.Hour)) || d.ID != delivery(s).ID {
				t.Errorf("%+v, %v", d, err)
			}
		} else if fault.KindOf(err) != fault.Conflict || d != delivery(s) {
			t.Errorf("%s was requeued: %+v, %v", s, d, err)
		}
	}
}

// Case 11: word of the first sending still counts after a requeue.
func TestE4_WhatArrivedAfterAllIsKnownAfterARequeue(t *testing.T) {
	t.Parallel()
	d, err := delivery(exchange.Failed).Requeue(noon)
	if err != nil {
		t.Fatal(err)
	}
	arrived := exchange.Receipt{State: exchange.Arrived, At: noon.Add(-time.Hour)}
	once := after(d, []exchange.Receipt{arrived})
	if twice := after(once, []exchange.Receipt{{State: exchange.Sent, At: noon}, arrived}); once.State != exchange.Arrived || twice != once {
		t.Errorf("%+v, then %+v", once, twice)
	}
}

func TestE6_ALifeTimeEndsAtItsMoment(t *testing.T) {
	t.Parallel()
	e := exchange.Envelope{ID: org.ID{1}, ExpiresAt: noon}
	if e.Expired(noon.Add(-1)) || !e.Expired(noon) || (exchange.Envelope{}).Expired(noon) {
		t.Error("expired too early or too late")
	}
}

func TestF1_ActsAndTheirNumbersBelongTogether(t *testing.T) {
	t.Parallel()
	// QCVN 102:2016, BussinessDocType, written out apart from the code.
	for n, want := range []exchange.Act{exchange.ActNew, exchange.ActRecall, exchange.ActUpdate, exchange.ActReplace} {
		got, ok := exchange.ActNumbered(n)
		back, okBack := got.Number()
		if got != want || !ok || !okBack || back != n {
			t.Errorf("%d is %q (%t), back %d", n, got, ok, back)
		}
	}
	for _, n := range []int{-1, 4, 1 << 40} {
		if act, ok := exchange.ActNumbered(n); ok || act != "" {
			t.Errorf("%d is %q", n, act)
		}
	}
	if _, ok := exchange.Act("").Number(); ok {
		t.Error("no act has a number")
	}
}

func TestF1_WhatWasTakenBackIsNotRequeued(t *testing.T) {
	t.Parallel()
	d := delivery(exchange.Waiting).FailTry(exchange.Next{State: exchange.Failed}, exchange.ErrNotIssued, "", noon)
	if after, err := d.Requeue(noon); fault.KindOf(err) != fault.Conflict || after != d {
		t.Errorf("%+v, %v", after, err)
	}
}
