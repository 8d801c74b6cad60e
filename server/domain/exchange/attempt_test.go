package exchange_test

import (
	"errors"
	"testing"
	"time"

	"congvan/server/domain/exchange"
)

func TestE3_AClaimIsOneTryAndAReleaseNone(t *testing.T) {
	t.Parallel()
	d := delivery(exchange.Waiting)
	d.Channel = exchange.Mailbox
	claimed := d.Claim(noon.Add(time.Minute))
	if at, waiting := claimed.Due(); !waiting || !at.Equal(noon.Add(time.Minute)) || claimed.Attempts != 1 {
		t.Errorf("%+v", claimed)
	}
	if back := claimed.Release(noon); back.Attempts != 0 || !back.NextAttemptAt.Equal(noon) {
		t.Errorf("%+v", back)
	}
	if later := claimed.Postpone(noon.Add(time.Hour)); later.Attempts != 1 || !later.NextAttemptAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("%+v", later)
	}
	for _, s := range states {
		d := delivery(s)
		d.Channel = exchange.Mailbox
		if _, waiting := d.Due(); waiting != (s == exchange.Waiting) {
			t.Errorf("%s is sent: %v", s, waiting)
		}
	}
	d.Channel = exchange.Paper
	if _, waiting := d.Due(); waiting {
		t.Error("paper is sent by a program")
	}
}

func TestE3_SendingNeverTakesBackWhatTheOtherSideSaid(t *testing.T) {
	t.Parallel()
	sent := exchange.Outcome{State: exchange.Sent, RemoteID: "<1@x>", At: noon}
	for _, s := range states {
		d := delivery(s).Succeed(sent)
		want := s
		if s == exchange.Waiting {
			want = exchange.Sent
		}
		if d.State != want || d.RemoteID != sent.RemoteID || !d.NextAttemptAt.IsZero() {
			t.Errorf("%s became %+v", s, d)
		}
	}
}

func TestE4_AFailedTryTellsWhyAndWhatFollows(t *testing.T) {
	t.Parallel()
	d := delivery(exchange.Waiting).Claim(noon)
	again := d.FailTry(exchange.Next{State: exchange.Waiting, At: noon.Add(time.Minute)}, exchange.ErrOverloaded, "450 later", noon)
	if again.State != exchange.Waiting || again.ReasonCode != exchange.ErrOverloaded.Code || again.Reason != "450 later" || !again.NextAttemptAt.Equal(noon.Add(time.Minute)) {
		t.Errorf("%+v", again)
	}
	dead := again.FailTry(exchange.Next{State: exchange.Failed, Verdict: exchange.GiveUp}, errors.New("a defect"), "", noon.Add(time.Hour))
	if dead.State != exchange.Failed || dead.ReasonCode != "internal" || !dead.NextAttemptAt.IsZero() || !dead.StateAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("%+v", dead)
	}
	back, err := dead.Requeue(noon.Add(2 * time.Hour))
	if err != nil || back.Attempts != 0 || back.ReasonCode != "" || !back.NextAttemptAt.Equal(noon.Add(2*time.Hour)) {
		t.Errorf("%+v %v", back, err)
	}
	if after, _ := dead.Apply(exchange.Receipt{State: exchange.Arrived, At: noon}); after.ReasonCode != "" || after.Reason != "" {
		t.Errorf("a reason stays when it arrived: %+v", after)
	}
}

func TestE3_ALargerMessageMayTakeLonger(t *testing.T) {
	t.Parallel()
	if exchange.SendTime(0) != 2*time.Minute || exchange.SendTime(64<<20) < 18*time.Minute {
		t.Error(exchange.SendTime(0), exchange.SendTime(64<<20))
	}
}
