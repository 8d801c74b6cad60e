package notice_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"congvan/server/app/incoming"
	"congvan/server/app/notice"
	"congvan/server/domain/access"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres"
	"congvan/storage/storagetest"
)

// desk is an office whose clock the test moves.
type desk struct {
	*storagetest.Database
	storagetest.Office
	notices *notice.Service
	in      *incoming.Service
	now     time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db := storagetest.DB(t)
	d := &desk{Database: db, Office: db.Office(t, "H59.01", "Xã Long Đức"), now: time.Date(2026, 3, 23, 2, 0, 0, 0, time.UTC)} // Monday, 9 o'clock
	clock := func() time.Time { return d.now }
	d.notices, d.in = notice.New(db.Store, clock), incoming.New(db.Store, nil, clock)
	return d
}

func (d *desk) arrived(t *testing.T, urgency string) org.ID {
	t.Helper()
	a := routing.Arrival{ID: postgres.NewID(), AgencyID: d.ID, Source: routing.FromPaper, State: routing.Awaiting, Role: "main",
		Fields:    routing.Fields{Kind: "directive", IssuerName: "UBND tỉnh", Number: "05", Symbol: "CT-UBND", Subject: "Đẩy mạnh cải cách", Urgency: "normal"},
		ArrivedAt: d.now, Lines: routing.Tree{routing.FirstLine(postgres.NewID(), d.now)}}
	a.Urgency = "normal"
	if urgency != "" {
		a.Urgency = "flash"
	}
	if err := d.Store.InTx(t.Context(), postgres.ExchangeScope(), func(tx *postgres.Tx) error { return tx.AddArrival(t.Context(), a) }); err != nil {
		t.Fatal(err)
	}
	return a.ID
}

// given makes work of the officer that is due on Friday 27 March.
func (d *desk) given(t *testing.T) (id, line org.ID) {
	t.Helper()
	id = d.arrived(t, "")
	must(t, d.in.Register(t.Context(), d.Clerk, access.Command{}, id, incoming.Registration{Correct: func(*routing.Fields) {}}))
	v, err := d.in.Read(t.Context(), d.Clerk, id)
	must(t, err)
	due, err := org.ParseDay("2026-03-27")
	must(t, err)
	holder := routing.Holder{PositionID: d.Officer.Positions[0].ID}
	must(t, d.in.Forward(t.Context(), d.Clerk, access.Command{}, v.Lines.Root().ID,
		incoming.Forwarding{Shares: []routing.Share{{Holder: holder, Role: routing.Lead, DueDate: due}}}))
	v, err = d.in.Read(t.Context(), d.Clerk, id)
	must(t, err)
	for _, l := range v.Lines {
		if l.Holder() == holder {
			return id, l.ID
		}
	}
	t.Fatal("the officer has no line")
	return id, line
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// kinds gives what the person was told, the oldest first; the count equals the list.
func (d *desk) kinds(t *testing.T, who access.Person) string {
	t.Helper()
	list, unread, err := d.notices.Notices(t.Context(), who, true, notice.Cursor{}, 100)
	must(t, err)
	if unread != len(list) {
		t.Errorf("%d are counted and %d listed", unread, len(list))
	}
	words := make([]string, len(list))
	for i, n := range list {
		words[len(list)-1-i] = string(n.Kind)
	}
	return strings.Join(words, " ")
}

// TestH4_TwoAlarmsBeforeOneAfterThenThoseAbove moves the clock over a due date.
func TestH4_TwoAlarmsBeforeOneAfterThenThoseAbove(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, line := d.given(t)
	for _, step := range []struct{ day, officer, head, leader string }{
		{"2026-03-23", "", "", ""},
		{"2026-03-24", "soon", "", ""},
		{"2026-03-26", "soon near", "", ""},
		{"2026-03-27", "soon near", "", ""},
		{"2026-03-28", "soon near late", "", ""},
		{"2026-03-30", "soon near late", "late_head", ""},
		{"2026-04-01", "soon near late", "late_head", "late_leader"},
	} {
		at, err := org.ParseDay(step.day)
		must(t, err)
		d.now = at.Start().Add(9 * time.Hour)
		for range 2 { // asked twice, nobody is told twice
			must(t, d.notices.Alarm(t.Context()))
		}
		if o, h, l := d.kinds(t, d.Officer), d.kinds(t, d.Head), d.kinds(t, d.Leader); o != step.officer || h != step.head || l != step.leader {
			t.Errorf("%s: officer %q, head %q, leader %q", step.day, o, h, l)
		}
	}
	// A reminder by hand comes as often as it is given; what is read is gone.
	must(t, d.notices.MarkRead(t.Context(), d.Officer, nil))
	must(t, d.in.Remind(t.Context(), d.Clerk, access.Command{}, line, "Đề nghị khẩn trương"))
	must(t, d.in.Remind(t.Context(), d.Clerk, access.Command{}, line, "Rất gấp"))
	if got := d.kinds(t, d.Officer); got != "reminded reminded" {
		t.Error(got)
	}
	// Who is done is left alone.
	must(t, d.in.Finish(t.Context(), d.Officer, access.Command{}, line, "Xong", org.ID{}))
	d.now = d.now.AddDate(0, 1, 0)
	must(t, d.notices.Alarm(t.Context()))
	if got := d.kinds(t, d.Officer); got != "reminded reminded" {
		t.Error(got)
	}
}

func TestG2b_TheClerkIsAlarmedOfWhatStaysUnregistered(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.arrived(t, "")
	flash := d.arrived(t, "flash")
	tell := func(want string) {
		t.Helper()
		must(t, d.notices.Alarm(t.Context()))
		if got := d.kinds(t, d.Clerk); got != want {
			t.Errorf("%s: %q, want %q", d.now, got, want)
		}
	}
	tell("")
	d.now = d.now.Add(31 * time.Minute)
	tell("unregistered") // what is urgent is registered at once
	d.now = org.DayOf(d.now).Start().Add(16 * time.Hour)
	tell("unregistered unregistered")
	if got := d.kinds(t, d.Officer); got != "" {
		t.Errorf("the officer is told of %q", got)
	}
	var recorded int
	must(t, d.Admin(t).QueryRow(t.Context(), `select count(*) from event where subject_id = $1 and verb = 'unregistered_late'`, flash.String()).Scan(&recorded))
	if recorded != 1 {
		t.Errorf("it stands %d times in the history", recorded)
	}
}

func TestNotices_EachPersonChoosesAndTheDigestSaysNothingOfWhatItIs(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.given(t)
	if _, err := d.Admin(t).Exec(t.Context(), `update account set email = 'cv@travinh.example' where id = $1`, d.Officer.AccountID.String()); err != nil {
		t.Fatal(err)
	}
	must(t, d.notices.Choose(t.Context(), d.Officer, notice.Choice{Muted: []string{"soon"}, Digest: true}))
	if err := d.notices.Choose(t.Context(), d.Officer, notice.Choice{Muted: []string{"gossip"}}); err == nil {
		t.Error("a kind that there is not was taken")
	}
	d.now = d.now.AddDate(0, 0, 3) // Thursday
	must(t, d.notices.Alarm(t.Context()))
	if got := d.kinds(t, d.Officer); got != "near" {
		t.Errorf("told of %q", got)
	}
	var sent []exchange.MailNotice
	broken := errors.New("away")
	send := func(_ context.Context, n exchange.MailNotice) error {
		if broken != nil {
			return broken
		}
		sent = append(sent, n)
		return nil
	}
	digest := func() error { return d.notices.Digest(t.Context(), send, "https://congvan.example") }
	if err := digest(); !errors.Is(err, broken) {
		t.Errorf("a server that is away is not told of: %v", err)
	}
	broken = nil
	must(t, digest())
	must(t, digest())
	if len(sent) != 1 || sent[0].To != "cv@travinh.example" || strings.Contains(sent[0].Text+sent[0].Subject, "cải cách") || !strings.Contains(sent[0].Text, "https://congvan.example/notices") {
		t.Errorf("%+v", sent)
	}
}

// A mail that went out while the round was ended is not sent again by the next.
func TestNotices_ADigestThatWasSentIsNotSentAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.given(t)
	if _, err := d.Admin(t).Exec(t.Context(), `update account set email = 'cv@travinh.example' where id = $1`, d.Officer.AccountID.String()); err != nil {
		t.Fatal(err)
	}
	must(t, d.notices.Choose(t.Context(), d.Officer, notice.Choice{Muted: []string{}, Digest: true}))
	d.now = d.now.AddDate(0, 0, 3)
	must(t, d.notices.Alarm(t.Context()))
	ctx, end := context.WithCancel(t.Context())
	sent := 0
	send := func(context.Context, exchange.MailNotice) error { sent++; end(); return nil }
	_ = d.notices.Digest(ctx, send, "https://congvan.example") // it was ended, and may say so
	must(t, d.notices.Digest(t.Context(), send, "https://congvan.example"))
	if sent != 1 {
		t.Errorf("sent %d times", sent)
	}
}

func TestM3_ARestrictedArrivalIsToldOfOnlyToWhoMaySeeIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id, _ := d.given(t)
	d.now = time.Date(2026, 4, 1, 3, 0, 0, 0, time.UTC)
	must(t, d.notices.Alarm(t.Context()))
	if d.kinds(t, d.Head) == "" || d.kinds(t, d.Leader) == "" {
		t.Fatal("nobody was told")
	}
	must(t, d.in.Restrict(t.Context(), d.Clerk, access.Command{}, id, true, "đơn tố cáo"))
	if h, l, o := d.kinds(t, d.Head), d.kinds(t, d.Leader), d.kinds(t, d.Officer); h != "" || l != "" || o == "" {
		t.Errorf("head %q, leader %q, officer %q", h, l, o)
	}
}
