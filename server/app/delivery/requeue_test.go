package delivery_test

import (
	"context"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"congvan/server/app/delivery"
	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/job"
)

// Whom a document was taken back from before it went out does not get it later.
func TestF1_WhatWasTakenBackBeforeItWentOutIsNotSentLater(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.issue(d.mailOnly(1, "mailbox"))
	j := d.only()
	ask := outgoing.AfterIssue{Kind: document.TakeBackRequest, Reason: "Gửi nhầm tệp"}
	if err := d.out.Ask(t.Context(), d.sender.Clerk, access.Command{}, id, ask); err != nil {
		t.Fatal(err)
	}
	said, err := d.out.Requests(t.Context(), d.sender.Clerk, id)
	if err != nil || len(said.Requests) != 1 {
		t.Fatal(len(said.Requests), err)
	}
	if err := d.told.TellRecipients(t.Context(), job.TellRecipients{AgencyID: j.AgencyID, RequestID: said.Requests[0].ID}); err != nil {
		t.Fatal(err)
	}
	if x := d.delivery(id); x.State != exchange.Failed {
		t.Fatalf("%+v", x)
	}
	if _, err := d.told.Requeue(t.Context(), d.sender.Clerk, access.Command{}, id, j.DeliveryID); fault.KindOf(err) != fault.Conflict {
		t.Error("it is requeued", err)
	}
	d.dispatch(j)
	if d.mail.times() != 0 {
		t.Error("it is sent after it was taken back")
	}
}

// A transaction that lost against another is done again: the place at the
// recipient's host is taken once all the same.
func TestE3_AClaimThatIsMadeTwiceKeepsNoPlaceAtTheHost(t *testing.T) {
	t.Parallel()
	d := newDesk(t, func(o *delivery.Options) { o.Pace = exchange.PaceRule{AtOnce: 1, PerMinute: 100} })
	first := d.issue(d.mailOnly(1, "mailbox"))
	j := d.only()
	d.exec(`create sequence tries; grant usage on sequence tries to public`)
	d.exec(`create function lose() returns trigger language plpgsql as
		$$ begin if nextval('tries') = 1 then raise sqlstate '40001'; end if; return new; end $$`)
	d.exec(`create trigger lose before update on delivery for each row execute function lose()`)
	if again := d.dispatch(j); !again.IsZero() {
		t.Errorf("it waits until %v for itself", again)
	}
	second := d.issue(d.mailOnly(2, "mailbox"))
	if again := d.dispatch(d.only()); !again.IsZero() {
		t.Errorf("the next one waits until %v", again)
	}
	if a, b := d.delivery(first).State, d.delivery(second).State; a != exchange.Sent || b != exchange.Sent {
		t.Error(a, b)
	}
}

// Wherever the line to who fetches breaks, the first whole fetch says that the
// mail arrived.
func TestK13_AFetchThatBreaksOffLosesNoReceipt(t *testing.T) {
	t.Parallel()
	var left atomic.Int64 // looks at the clock until the line breaks
	var hangUp atomic.Pointer[context.CancelFunc]
	d := newDesk(t, linking)
	clock := func() time.Time {
		if left.Add(-1) == 0 {
			(*hangUp.Load())()
		}
		return d.now()
	}
	opts := delivery.Options{Channels: map[exchange.Channel]delivery.Channel{exchange.Mailbox: d.mail}, Content: d.open}
	linking(&opts)
	told := delivery.New(d.Store, clock, opts)
	d.mail.behave(takesLinks)
	for n := range 5 {
		id := d.issue(d.mailOnly(n+1, "mailbox"))
		d.dispatch(d.only())
		token := strings.TrimPrefix(d.mail.sent[d.mail.times()-1].Link, "https://vanban.example/link/")
		shown, err := d.told.ReadLink(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		hangUp.Store(&cancel)
		left.Store(int64(n + 1))
		_, _, _ = told.FetchLinked(ctx, token, shown.Files[0].Hash) // it may come to its end or not
		left.Store(0)
		cancel()
		_, content, err := told.FetchLinked(t.Context(), token, shown.Files[0].Hash)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, content); err != nil {
			t.Fatal(err)
		}
		if x := d.delivery(id); x.State != exchange.Arrived {
			t.Errorf("a break at look %d: %s", n+1, x.State)
		}
	}
}

// A dead letter that lay longer than a message lives begins another life when it
// is put back.
func TestE6_WhatIsPutBackLivesAnew(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.issue(d.mailOnly(1, "mailbox"))
	d.mail.behave(fails(exchange.Outcome{}, errRefused))
	d.dispatch(d.only())
	x := d.delivery(id)
	if x.State != exchange.Failed {
		t.Fatalf("%+v", x)
	}
	d.later(exchange.UsualLife + 24*time.Hour)
	d.mail.behave(nil)
	if _, err := d.told.Requeue(t.Context(), d.sender.Clerk, access.Command{}, id, x.ID); err != nil {
		t.Fatal(err)
	}
	d.dispatch(d.only())
	if x := d.delivery(id); x.State != exchange.Sent || !x.ExpiresAt.Equal(d.now().Add(exchange.UsualLife)) {
		t.Errorf("%+v", x)
	}
}
