package exchange

import (
	"errors"
	"time"

	"congvan/server/domain/fault"
)

// Patience is how a message is tried again.
type Patience struct {
	First   time.Duration // the gap after the first try
	Longest time.Duration // no gap is longer
	Tries   int           // the last try has this number
}

// UsualPatience keeps trying for about two days, so that a receiver who is
// down over a night, or from Friday evening until a duty officer looks, gets
// everything with no hand work (E3).
func UsualPatience() Patience {
	return Patience{First: 30 * time.Second, Longest: 30 * time.Minute, Tries: 130}
}

// Gap is how long to wait after a try with that number. It doubles until the
// longest; chance, from 0 to 1, spreads it over the upper half, so that what
// failed together does not come back together.
func (p Patience) Gap(try int, chance float64) time.Duration {
	gap := min(p.First, p.Longest)
	for ; try > 1 && gap < p.Longest; try-- {
		gap = min(2*gap, p.Longest)
		if gap <= 0 { // nothing doubles to nothing
			return 0
		}
	}
	return gap/2 + time.Duration(min(max(chance, 0), 1)*float64(gap-gap/2))
}

// Try is one try that failed.
type Try struct {
	Number int // from 1, counted anew when a person requeues
	At     time.Time
	Err    error
	Wait   time.Duration // how long the other side asked to be left alone
}

// Next is what follows a failed try.
type Next struct {
	State   State     // waiting for At, or the end: failed (a dead letter) or expired
	At      time.Time // of the next try
	Verdict Verdict
}

// After decides what follows a failed try of a message. What the other side
// asks for is heard, but it cannot park a message for ever; and no try is
// planned beyond the life time, at which the message is found expired.
func (p Patience) After(e Envelope, t Try, chance float64) Next {
	verdict := VerdictOn(t.Err)
	switch {
	case errors.Is(t.Err, ErrMessageExpired):
		return Next{State: Expired, Verdict: verdict}
	case verdict != Retry:
		return Next{State: Failed, Verdict: verdict}
	case e.Expired(t.At):
		return Next{State: Expired, Verdict: GiveUp}
	case t.Number >= p.Tries:
		return Next{State: Failed, Verdict: GiveUp}
	}
	at := t.At.Add(max(p.Gap(t.Number, chance), min(t.Wait, p.Longest)))
	if !e.ExpiresAt.IsZero() && at.After(e.ExpiresAt) {
		at = e.ExpiresAt
	}
	return Next{State: Waiting, At: at, Verdict: Retry}
}

// Requeue puts a dead letter back. The message keeps its id, so a recipient
// who has it after all gives the same receipt again (E4). What was taken back
// before it went out is no dead letter: it stays here (F1).
func (d Delivery) Requeue(now time.Time) (Delivery, error) {
	switch {
	case d.State != Failed:
		return d, fault.New(fault.Conflict, "not_a_dead_letter",
			"Chỉ gửi lại được lượt gửi đã thất bại.", "Only a delivery that failed can be sent again.")
	case d.ReasonCode == ErrNotIssued.Code:
		return d, fault.New(fault.Conflict, "delivery_taken_back",
			"Văn bản đã được lấy lại hoặc thu hồi trước khi gửi đến nơi này nên không gửi nữa.",
			"The document was taken back or recalled before it went to this recipient, and is not sent any more.")
	}
	d.State, d.StateAt, d.ByName, d.Reason, d.ReasonCode = Waiting, now, "", "", ""
	d.Attempts, d.NextAttemptAt = 0, now
	if !d.ExpiresAt.IsZero() {
		d.ExpiresAt = now.Add(UsualLife) // an old one would be over before it is tried
	}
	return d, nil
}
