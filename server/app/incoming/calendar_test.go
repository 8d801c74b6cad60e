package incoming_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"congvan/server/app/incoming"
	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/job"
)

// TestH4_DueDatesGoByTheCalendar: a day of rest is refused with the next working
// day, the past too; a Saturday that the calendar swaps is worked on.
func TestH4_DueDatesGoByTheCalendar(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.now = time.Date(2026, time.February, 12, 3, 0, 0, 0, time.UTC)
	// The agency has no province above it here: it goes by its own calendar.
	o.exec(t, `insert into calendar (province_id) values ($1)`, o.ID.String())
	o.exec(t, `insert into calendar_day (province_id, day, working, name) values ($1, '2026-02-16', false, 'Tết'), ($1, '2026-02-28', true, 'Làm bù')`, o.ID.String())
	id := o.registered(t, "Báo cáo quý")
	root := o.read(t, o.Clerk, id).Lines.Root()
	give := func(due string) error {
		day, err := org.ParseDay(due)
		must(t, err)
		return o.in.Forward(t.Context(), o.Clerk, access.Command{}, root.ID,
			incoming.Forwarding{Shares: []routing.Share{{Holder: unit(o.Unit), Role: routing.Lead, DueDate: day}}})
	}
	for due, want := range map[string]string{"2026-02-14": "2026-02-17", "2026-02-16": "2026-02-17", "2026-02-11": "quá khứ"} {
		var told *fault.Error
		if err := give(due); !errors.As(err, &told) || len(told.Fields) != 1 || told.Fields[0].Name != "dueDate" || !strings.Contains(told.Fields[0].Text.VI, want) {
			t.Errorf("%s: %v", due, err)
		}
	}
	must(t, give("2026-02-28"))
	// The same rule holds for many at once and for more time.
	line := o.line(t, id, unit(o.Unit)).ID
	sunday, err := org.ParseDay("2026-03-01")
	must(t, err)
	wantCode(t, o.in.AskMoreTime(t.Context(), o.Head, access.Command{}, line, sunday, "Chờ số liệu"), "day_of_rest")
	other := o.registered(t, "Báo cáo năm")
	_, err = o.in.ForwardMany(t.Context(), o.Clerk, access.Command{}, []org.ID{other},
		incoming.Forwarding{Shares: []routing.Share{{Holder: unit(o.Unit), Role: routing.Lead, DueDate: sunday}}})
	wantCode(t, err, "day_of_rest")
}

// TestH1_WhoDirectedIsOfferedWhatTheyCanDo: a leader who has directed works on
// nothing, and more time is decided where somebody asked for it.
func TestH1_WhoDirectedIsOfferedWhatTheyCanDo(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.registered(t, "Đẩy mạnh cải cách hành chính")
	root := o.read(t, o.Clerk, id).Lines.Root()
	o.forward(t, o.Clerk, root.ID, "", routing.Share{Holder: person(o.Leader), Role: routing.Lead, Asks: routing.ForDirection})
	asked := o.line(t, id, person(o.Leader)).ID
	if acts := o.read(t, o.Leader, id).LineActs[asked]; slices.Contains(acts, access.NoteLine) || !slices.Contains(acts, access.ForwardLine) || !slices.Contains(acts, access.ReturnLine) {
		t.Errorf("before directing: %v", acts)
	}
	o.forward(t, o.Leader, asked, "VP chủ trì", routing.Share{Holder: unit(o.Unit), Role: routing.Lead, DueDate: o.workday(5)})
	v := o.read(t, o.Leader, id)
	if acts := v.LineActs[asked]; !slices.Equal(acts, []access.LineAct{access.ForwardLine, access.HandOverLine}) {
		t.Errorf("after directing: %v", acts)
	}
	lead := o.line(t, id, unit(o.Unit)).ID
	if acts := v.LineActs[lead]; slices.Contains(acts, access.GiveMoreTime) || !slices.Contains(acts, access.RemindLine) {
		t.Errorf("nobody asked for more time: %v", acts)
	}
	must(t, o.in.AskMoreTime(t.Context(), o.Head, access.Command{}, lead, o.workday(9), "Chờ số liệu"))
	if acts := o.read(t, o.Leader, id).LineActs[lead]; !slices.Contains(acts, access.GiveMoreTime) {
		t.Errorf("more time was asked for: %v", acts)
	}
	wantCode(t, o.in.NoteProgress(t.Context(), o.Leader, access.Command{}, asked, "x", org.ID{}), "only_a_word")
}

// TestH6_TheAnswerThatIsIssuedClosesWhatItAnswers: an outgoing document linked
// to a line closes it when it is issued, and the sender is told that it is done.
func TestH6_TheAnswerThatIsIssuedClosesWhatItAnswers(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id, line := o.directed(t, org.Day{})
	none := access.Command{}
	readable := func(context.Context, document.File) error { return nil }
	out := outgoing.New(o.Store, nil, readable, time.Now)
	upload, h := o.Upload(t, o.Head.AccountID, "bao-cao.pdf")
	kind, subj := "report", "Báo cáo kết quả quý"
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: upload}}
	to := []outgoing.RecipientInput{{Type: document.ToAgency, AgencyID: o.sender.ID}}
	answer, err := out.Draft(t.Context(), o.Head, none, outgoing.Draft{Kind: &kind, Subject: &subj, Files: &files, Recipients: &to})
	must(t, err)
	must(t, o.in.LinkAnswer(t.Context(), o.Head, none, line, answer))
	if l := o.line(t, id, unit(o.Unit)); l.State != routing.LineOpen || l.StartedAt.IsZero() {
		t.Fatalf("a draft closes nothing: %+v", l)
	}
	must(t, out.Submit(t.Context(), o.Head, none, answer, o.LeaderPosition, ""))
	must(t, out.Approve(t.Context(), o.Leader, none, answer, h, ""))
	must(t, out.Issue(t.Context(), o.Clerk, none, answer, org.ID{}, h))
	var queued int
	must(t, o.Admin(t).QueryRow(t.Context(), `select count(*) from river_job where kind = $1`, job.CloseAnswered{}.Kind()).Scan(&queued))
	if queued != 1 {
		t.Fatalf("%d jobs close what was answered", queued)
	}
	work := job.CloseAnswered{AgencyID: o.ID, DocumentID: answer, Reference: "1/BC-UBND", ByName: o.Clerk.FullName}
	// Asked twice at the same time, it is the same: the other comes between the
	// looking and the closing.
	late := incoming.New(o.Store, nil, func() time.Time {
		must(t, o.in.Answered(t.Context(), work))
		return time.Now()
	})
	must(t, late.Answered(t.Context(), work))
	must(t, o.in.Answered(t.Context(), work))
	var told int
	must(t, o.Admin(t).QueryRow(t.Context(), `select count(*) from event where verb in ('answered', 'answer_issued')`).Scan(&told))
	if told != 1 {
		t.Errorf("the history tells it %d times", told)
	}
	if l := o.line(t, id, unit(o.Unit)); l.State != routing.LineDone {
		t.Errorf("%+v", l)
	}
	if v := o.read(t, o.Clerk, id); v.Lines.Stage() != routing.IsDone || len(v.Answers) != 1 {
		t.Errorf("%+v", v.Answers)
	}
}

// TestFollowed_TheListIsWhatOneFollows and nothing of another's.
func TestFollowed_TheListIsWhatOneFollows(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.registered(t, "Theo dõi")
	o.registered(t, "Không theo dõi")
	must(t, o.in.Follow(t.Context(), o.Clerk, id, true))
	for who, want := range map[*access.Person]int{&o.Clerk: 1, &o.Leader: 0} {
		list, err := o.in.List(t.Context(), *who, org.ID{}, incoming.Filter{Followed: who.AccountID, Limit: 10})
		must(t, err)
		if len(list) != want || want == 1 && list[0].ID != id {
			t.Errorf("%s: %+v", who.FullName, list)
		}
	}
}
