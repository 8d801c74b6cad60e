package delivery_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"congvan/server/app/delivery"
	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

func TestK13_IssuingSendsToAgenciesThatHaveOnlyAMailbox(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	here := outgoing.RecipientInput{Type: document.ToAgency, AgencyID: d.Office(t, "H59.01", "Sở Nội vụ").ID}
	refused, h := d.approved(d.mailOnly(1, "mailbox"))
	if err := d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, refused, org.ID{}, document.Hash{1}); err == nil || h.IsZero() {
		t.Fatal("another file was issued")
	}
	if jobs := d.jobs(); len(jobs) != 0 {
		t.Fatalf("nothing was issued, and %d jobs are there", len(jobs))
	}
	id := d.issue(d.mailOnly(2, "mailbox"), here, d.mailOnly(3, "paper"))
	j := d.only()
	if again := d.dispatch(j); !again.IsZero() {
		t.Errorf("the job comes back at %v", again)
	}
	x := d.delivery(id)
	if x.State != exchange.Sent || x.Attempts != 1 || x.RemoteID == "" || !x.NextAttemptAt.IsZero() || last(d.verbs(id)) != "delivery_sent" {
		t.Errorf("%+v %v", x, d.verbs(id))
	}
	e := d.mail.sent[0]
	if e.ID != x.ID || e.From.Name != "UBND tỉnh" || e.To.Email != "vanthu2@coquan.example" || e.To.Name != "Cơ quan 2" || e.Symbol != "01/CT-UBND" ||
		e.Subject != "Đẩy mạnh cải cách hành chính" || len(e.Files) != 1 || e.Files[0].Name != "Chỉ thị.pdf" || e.ExpiresAt.Sub(e.CreatedAt) != exchange.UsualLife {
		t.Errorf("%+v", e)
	}
	if d.dispatch(j); d.mail.times() != 1 {
		t.Error("it was sent twice")
	}
}

func TestE3_ABusyRecipientIsAskedAgainWithGrowingGaps(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.issue(d.mailOnly(1, "mailbox"))
	j := d.only()
	d.mail.behave(fails(exchange.Outcome{Words: "450 4.7.1 Greylisted\r\n"}, errLater))
	first := d.dispatch(j)
	x := d.delivery(id)
	if gap := first.Sub(d.now()); gap != time.Minute || x.State != exchange.Waiting || x.ReasonCode != "smtp_later" || x.Reason != "450 4.7.1 Greylisted" || !x.NextAttemptAt.Equal(first) {
		t.Fatalf("%v %+v", gap, x)
	}
	if again := d.dispatch(j); !again.Equal(first) || d.mail.times() != 1 {
		t.Errorf("tried before its time: %v, %d times", again, d.mail.times())
	}
	d.later(time.Minute)
	if gap := d.dispatch(j).Sub(d.now()); gap != 2*time.Minute {
		t.Errorf("the second gap is %v", gap)
	}
	d.mail.behave(nil)
	d.later(2 * time.Minute)
	if again := d.dispatch(j); !again.IsZero() {
		t.Error(again)
	}
	if x := d.delivery(id); x.State != exchange.Sent || x.ReasonCode != "" || x.Reason != "" || x.Attempts != 3 {
		t.Errorf("%+v", x)
	}
	if d.mail.sent[0].ID != d.mail.sent[2].ID {
		t.Error("another try has another id")
	}
}

func TestE4_ADeadLetterSaysWhyAndIsRequeuedByTheClerk(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.issue(d.mailOnly(1, "mailbox"))
	d.mail.behave(fails(exchange.Outcome{Words: "550 5.1.1 User unknown"}, errRefused))
	if again := d.dispatch(d.only()); !again.IsZero() {
		t.Error("what is refused for good is tried again")
	}
	x := d.delivery(id)
	if x.State != exchange.Failed || x.ReasonCode != "smtp_refused" || x.Reason != "550 5.1.1 User unknown" || last(d.verbs(id)) != "delivery_failed" {
		t.Fatalf("%+v %v", x, d.verbs(id))
	}
	v, err := d.out.Read(t.Context(), d.sender.Officer, id)
	if err != nil || v.Counts.Refused != 1 {
		t.Errorf("%+v %v", v.Counts, err)
	}
	requeue := func(who access.Person, key string) error {
		_, err := d.told.Requeue(t.Context(), who, access.Command{AccountID: who.AccountID, Key: key, Operation: "requeueDelivery"}, id, x.ID)
		return err
	}
	for _, who := range []access.Person{d.sender.Officer, d.sender.Leader, d.sender.Head} {
		if fault.KindOf(requeue(who, "key-0009")) != fault.Forbidden {
			t.Errorf("%s requeues", who.FullName)
		}
	}
	if fault.KindOf(requeue(d.Office(t, "H59.02", "Sở Tư pháp").Clerk, "key-0009")) != fault.NotFound {
		t.Error("a foreign clerk sees the document")
	}
	for range 2 { // the same command twice is one
		if err := requeue(d.sender.Clerk, "key-0001"); err != nil {
			t.Fatal(err)
		}
	}
	if fault.KindOf(requeue(d.sender.Clerk, "key-0002")) != fault.Conflict {
		t.Error("what waits is requeued")
	}
	d.mail.behave(nil)
	d.dispatch(d.only())
	if y := d.delivery(id); y.State != exchange.Sent || y.Attempts != 1 || d.mail.times() != 2 || d.mail.sent[0].ID != d.mail.sent[1].ID {
		t.Errorf("%+v, sent %d times", y, d.mail.times())
	}
	if v, err := d.out.Read(t.Context(), d.sender.Officer, id); err != nil || v.Counts.Refused != 0 {
		t.Errorf("%+v %v", v.Counts, err)
	}
}

func TestE4_RetriesAreExhausted(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.issue(d.mailOnly(1, "mailbox"))
	j := d.only()
	d.mail.behave(fails(exchange.Outcome{}, errLater))
	for try := range 4 {
		again := d.dispatch(j)
		if again.IsZero() != (try == 3) {
			t.Fatalf("try %d: again at %v", try, again)
		}
		d.later(time.Hour)
	}
	if x := d.delivery(id); x.State != exchange.Failed || x.Attempts != 4 || d.mail.times() != 4 {
		t.Errorf("%+v", x)
	}
}

func TestE6_WhatIsTooLateIsNotSent(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.issue(d.mailOnly(1, "mailbox"))
	j := d.only()
	d.later(exchange.UsualLife)
	if again := d.dispatch(j); !again.IsZero() || d.mail.times() != 0 {
		t.Errorf("again %v, sent %d times", again, d.mail.times())
	}
	x := d.delivery(id)
	if x.State != exchange.Expired || x.ReasonCode != "message_expired" || last(d.verbs(id)) != "delivery_expired" {
		t.Errorf("%+v", x)
	}
}

func TestD3_WhatHasNoChannelWaitsForOne(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.issue(d.mailOnly(1, "axis"))
	if again := d.dispatch(d.only()); !again.IsZero() {
		t.Error(again)
	}
	if x := d.delivery(id); x.State != exchange.Waiting || x.ReasonCode != "channel_away" || x.Attempts != 0 || !x.NextAttemptAt.IsZero() {
		t.Fatalf("%+v", x)
	}
	if err := d.told.DispatchDue(t.Context()); err != nil || len(d.jobs()) != 0 {
		t.Fatal("a job for a channel that is not there", err)
	}
	axis := &road{}
	d.told = delivery.New(d.Store, d.now, delivery.Options{Channels: map[exchange.Channel]delivery.Channel{exchange.Axis: axis}, Content: d.open})
	if err := d.told.DispatchDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.dispatch(d.only())
	if x := d.delivery(id); x.State != exchange.Sent || axis.times() != 1 || x.ReasonCode != "" {
		t.Errorf("%+v", x)
	}
	late := d.issue(d.mailOnly(2, "peer"))
	d.jobs()
	d.later(exchange.UsualLife)
	if err := d.told.DispatchDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.dispatch(d.only())
	if x := d.delivery(late); x.State != exchange.Expired {
		t.Errorf("what nobody can send lives for ever: %+v", x)
	}
}

func TestE3_ALostJobIsFoundAgainOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.mailOnly(1, "mailbox"))
	d.jobs() // lost
	if err := d.told.DispatchDue(t.Context()); err != nil || len(d.jobs()) != 0 {
		t.Fatal("what is only just due has a job already", err)
	}
	d.later(61 * time.Minute)
	if err := errors.Join(d.told.DispatchDue(t.Context()), d.told.DispatchDue(t.Context())); err != nil {
		t.Fatal(err)
	}
	d.dispatch(d.only())
	if d.mail.times() != 1 {
		t.Error(d.mail.times())
	}
}

// Case 4: whoever sent it died before saying so.
func TestE2_AClaimThatRanOutIsSentAgainUnderTheSameID(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.issue(d.mailOnly(1, "mailbox"))
	j := d.only()
	reached, hang := make(chan struct{}), make(chan struct{})
	d.mail.behave(func(_ context.Context, e exchange.Envelope, _ delivery.Open) (exchange.Outcome, error) {
		close(reached)
		<-hang
		return exchange.Outcome{State: exchange.Sent, RemoteID: e.ID.String(), At: d.now()}, nil
	})
	ended := make(chan error, 1)
	go func() {
		_, err := d.told.Dispatch(context.Background(), j)
		ended <- err
	}()
	<-reached
	lease := d.dispatch(j)
	if lease.Sub(d.now()) != exchange.SendTime(j.Bytes) || d.mail.times() != 1 {
		t.Fatalf("a second claim while the first stands: %v, sent %d times", lease, d.mail.times())
	}
	d.later(exchange.SendTime(j.Bytes))
	d.mail.behave(nil)
	d.dispatch(j)
	if x := d.delivery(id); x.State != exchange.Sent || d.mail.times() != 2 || d.mail.sent[0].ID != d.mail.sent[1].ID {
		t.Errorf("%+v, sent %d times", x, d.mail.times())
	}
	close(hang)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if x := d.delivery(id); x.State != exchange.Sent || x.Attempts != 2 {
		t.Errorf("%+v", x)
	}
}

func TestE2_TwoWorkersSendOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.issue(d.mailOnly(1, "mailbox"))
	j := d.only()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := d.told.Dispatch(context.Background(), j); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if d.mail.times() != 1 {
		t.Errorf("sent %d times", d.mail.times())
	}
}

func TestE3_StoppingInTheMiddleCostsNoTry(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.issue(d.mailOnly(1, "mailbox"))
	j := d.only()
	ctx, stop := context.WithCancel(t.Context())
	d.mail.behave(func(ctx context.Context, _ exchange.Envelope, _ delivery.Open) (exchange.Outcome, error) {
		stop()
		<-ctx.Done()
		return exchange.Outcome{}, ctx.Err()
	})
	again, err := d.told.Dispatch(ctx, j)
	if x := d.delivery(id); err != nil || again.After(d.now()) || x.Attempts != 0 || x.State != exchange.Waiting {
		t.Fatalf("%v %v %+v", again, err, x)
	}
	d.mail.behave(nil)
	d.dispatch(j)
	if x := d.delivery(id); x.State != exchange.Sent {
		t.Errorf("%+v", x)
	}
}

// Case 9: while a server is down, one message at a time asks, and the others
// wait without using up their tries.
func TestE3_ADownServerIsLeftAlone(t *testing.T) {
	t.Parallel()
	d := newDesk(t, func(o *delivery.Options) { o.Patience = exchange.UsualPatience() })
	to := make([]outgoing.RecipientInput, 9)
	for i := range to {
		to[i] = d.mailOnly(i, "mailbox")
	}
	id := d.issue(to...)
	jobs := d.jobs()
	d.mail.behave(fails(exchange.Outcome{}, errDown))
	for _, j := range jobs {
		if d.dispatch(j).IsZero() {
			t.Error("a message is given up because the server is down")
		}
	}
	if d.mail.times() != 5 {
		t.Errorf("a server that is down was asked %d times", d.mail.times())
	}
	list, _, err := d.out.Deliveries(t.Context(), d.sender.Officer, id, "", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	tries := 0
	for _, x := range list {
		tries += x.Attempts
	}
	if tries != 5 {
		t.Errorf("%d tries are counted", tries)
	}
	d.later(2 * time.Minute)
	d.mail.behave(nil)
	for range 2 {
		for _, j := range jobs {
			d.dispatch(j)
		}
		d.later(time.Minute)
	}
	if list, _, err = d.out.Deliveries(t.Context(), d.sender.Officer, id, exchange.Sent, 0, 10); err != nil || len(list) != 9 {
		t.Errorf("%d of 9 are sent, %v", len(list), err)
	}
}

// A damaged file is our own trouble: it never leaves, and it waits for a copy.
func TestA3_OtherBytesThanWereIssuedNeverLeave(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.issue(d.mailOnly(1, "mailbox"))
	j := d.only()
	read := func(ctx context.Context, e exchange.Envelope, open delivery.Open) (exchange.Outcome, error) {
		content, err := open(ctx, e.Files[0])
		if err != nil {
			return exchange.Outcome{}, err
		}
		if _, err := io.Copy(io.Discard, content); err != nil {
			return exchange.Outcome{}, err
		}
		return exchange.Outcome{State: exchange.Sent, RemoteID: "x", At: d.now()}, nil
	}
	d.mail.behave(read)
	var h document.Hash
	var sound string
	for h, sound = range d.content {
		break
	}
	for name, text := range map[string]string{"changed": strings.Replace(sound, "1.7", "1.8", 1), "longer": sound + "x", "shorter": sound[1:]} {
		d.content[h] = text
		if d.dispatch(j).IsZero() || d.delivery(id).ReasonCode != exchange.ErrFileDamaged.Code {
			t.Errorf("%s: %+v", name, d.delivery(id))
		}
		d.later(time.Hour)
	}
	d.content[h] = sound
	d.dispatch(j)
	if x := d.delivery(id); x.State != exchange.Sent {
		t.Errorf("%+v", x)
	}
}

// Case 24, the other way round: word from the recipient ends the trying.
func TestE7_WhatArrivedIsNotSentAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.issue(d.mailOnly(1, "mailbox"))
	j := d.only()
	d.mail.behave(fails(exchange.Outcome{}, errLater))
	d.dispatch(j)
	if err := d.told.Apply(t.Context(), j.AgencyID, j.DocumentID, j.DeliveryID, exchange.Receipt{State: exchange.Arrived, At: d.now()}); err != nil {
		t.Fatal(err)
	}
	d.later(time.Hour)
	if again := d.dispatch(j); !again.IsZero() || d.mail.times() != 1 {
		t.Errorf("again %v, sent %d times", again, d.mail.times())
	}
	if x := d.delivery(id); x.State != exchange.Arrived || x.ReasonCode != "" {
		t.Errorf("%+v", x)
	}
}

func TestK13_NothingIsSentToAnAddressThatItsServerCalledWrong(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if err := d.InTx(t.Context(), postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		return tx.Suppress(t.Context(), d.sender.ID, "VANTHU1@coquan.example", "550 5.1.1 User unknown", d.now())
	}); err != nil {
		t.Fatal(err)
	}
	id := d.issue(d.mailOnly(1, "mailbox"))
	j := d.only()
	if d.dispatch(j); d.mail.times() != 0 {
		t.Fatal("it was sent")
	}
	x := d.delivery(id)
	if x.State != exchange.Failed || x.ReasonCode != exchange.ReasonSuppressed || x.Reason != "550 5.1.1 User unknown" {
		t.Fatalf("%+v", x)
	}
	if _, err := d.told.Requeue(t.Context(), d.sender.Clerk, access.Command{}, id, x.ID); err != nil {
		t.Fatal(err)
	}
	if d.dispatch(j); d.mail.times() != 1 || d.delivery(id).State != exchange.Sent {
		t.Error("a person asked for it")
	}
}

func TestK13_AClerkConfirmsWhatAMailboxCannotSay(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.issue(d.mailOnly(1, "mailbox"))
	d.dispatch(d.only())
	x := d.delivery(id)
	if _, err := d.told.Confirm(t.Context(), d.sender.Officer, access.Command{}, id, x.ID, exchange.Receipt{State: exchange.Registered}); fault.KindOf(err) != fault.Forbidden && fault.KindOf(err) != fault.NotFound {
		t.Errorf("an officer: %v", err)
	}
	if _, err := d.told.Confirm(t.Context(), d.sender.Clerk, access.Command{}, id, x.ID, exchange.Receipt{State: exchange.Refused}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("without a reason: %v", err)
	}
	after, err := d.told.Confirm(t.Context(), d.sender.Clerk, access.Command{}, id, x.ID, exchange.Receipt{State: exchange.Registered, ArrivalNumber: 44})
	if err != nil || after.State != exchange.Registered || after.ArrivalNumber != 44 || after.ByName == "" {
		t.Fatalf("%+v %v", after, err)
	}
	if last(d.verbs(id)) != "delivery_confirmed_registered" {
		t.Error(d.verbs(id))
	}
	if _, err := d.told.Confirm(t.Context(), d.sender.Clerk, access.Command{}, id, x.ID, exchange.Receipt{State: exchange.Arrived}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("back again: %v", err)
	}
}
