package incoming_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"congvan/server/app/delivery"
	"congvan/server/app/incoming"
	"congvan/server/domain/access"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/job"
	"congvan/storage/postgres"
	"congvan/storage/storagetest"
)

// office is an agency at work, with a second unit, and a sender far away.
type office struct {
	*storagetest.Database
	storagetest.Office
	in           *incoming.Service
	told         *delivery.Service
	now          time.Time
	second       org.ID
	head2        access.Person
	sender       storagetest.Office
	document, to org.ID // what the sender sent, and the delivery of it
}

func newOffice(t *testing.T) *office {
	t.Helper()
	db := storagetest.DB(t)
	o := &office{Database: db, Office: db.Office(t, "H59.01", "Xã Long Đức"), now: time.Now(), second: postgres.NewID()}
	o.in = incoming.New(db.Store, nil, func() time.Time { return o.now })
	o.told = delivery.New(db.Store, time.Now, delivery.Options{})
	o.exec(t, `insert into unit (agency_id, id, name, valid_from) values ($1, $2, 'Phòng Kinh tế', '2000-01-01')`, o.ID.String(), o.second.String())
	o.head2 = db.Person(t, o.ID, o.second, org.UnitHead)
	o.sender = db.Office(t, "H59", "UBND tỉnh")
	return o
}

func (o *office) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := o.Admin(t).Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// arrived makes an arrival of the sender that waits for the clerk.
func (o *office) arrived(t *testing.T, subject string) org.ID {
	t.Helper()
	id := postgres.NewID()
	o.document, o.to = postgres.NewID(), postgres.NewID()
	author := o.sender.Officer
	o.exec(t, `insert into document (agency_id, id, state, kind, subject, author_position_id, author_account_id, number, numbered_at, issued_at, created_at, updated_at)
	           values ($1, $2, 'issued', 'directive', $3, $4, $5, 5, now(), now(), now(), now())`,
		o.sender.ID.String(), o.document.String(), subject, author.Positions[0].ID.String(), author.AccountID.String())
	o.exec(t, `insert into delivery (agency_id, document_id, id, ordinal, recipient_type, role, channel, target_agency_id, name, state, state_at, arrival_id)
	           values ($1, $2, $3, 0, 'agency', 'main', 'local', $4, 'Xã', 'arrived', now(), $5)`,
		o.sender.ID.String(), o.document.String(), o.to.String(), o.ID.String(), id.String())
	o.exec(t, `insert into delivery_count (agency_id, document_id, total) values ($1, $2, 1)`, o.sender.ID.String(), o.document.String())
	a := routing.Arrival{ID: id, AgencyID: o.ID, Source: routing.FromLocal, State: routing.Awaiting, Role: "main",
		OriginAgencyID: o.sender.ID, OriginDocumentID: o.document, OriginDeliveryID: o.to,
		Fields:    routing.Fields{Kind: "directive", IssuerName: "UBND tỉnh", Number: "05", Symbol: "CT-UBND", Subject: subject, Urgency: "normal"},
		ArrivedAt: o.now, Lines: routing.Tree{routing.FirstLine(postgres.NewID(), o.now)}}
	if err := o.Store.InTx(t.Context(), postgres.ExchangeScope(), func(tx *postgres.Tx) error { return tx.AddArrival(t.Context(), a) }); err != nil {
		t.Fatal(err)
	}
	return id
}

func (o *office) registered(t *testing.T, subject string) org.ID {
	t.Helper()
	id := o.arrived(t, subject)
	if err := o.in.Register(t.Context(), o.Clerk, access.Command{}, id, incoming.Registration{Correct: func(*routing.Fields) {}}); err != nil {
		t.Fatal(err)
	}
	return id
}

func (o *office) read(t *testing.T, who access.Person, id org.ID) incoming.View {
	t.Helper()
	v, err := o.in.Read(t.Context(), who, id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// line gives the latest line of the holder.
func (o *office) line(t *testing.T, id org.ID, h routing.Holder) routing.Line {
	t.Helper()
	lines := o.read(t, o.Clerk, id).Lines
	for _, l := range slices.Backward(lines) {
		if l.Holder() == h {
			return l
		}
	}
	t.Fatalf("no line of %+v", h)
	return routing.Line{}
}

// workday gives the nth working day from now; there is no holiday here.
func (o *office) workday(n int) org.Day { return org.Calendar{}.After(org.DayOf(o.now), n) }

func person(p access.Person) routing.Holder { return routing.Holder{PositionID: p.Positions[0].ID} }
func unit(id org.ID) routing.Holder         { return routing.Holder{UnitID: id} }

func share(h routing.Holder, role routing.LineRole) routing.Share {
	return routing.Share{Holder: h, Role: role}
}

func (o *office) forward(t *testing.T, who access.Person, line org.ID, words string, shares ...routing.Share) {
	t.Helper()
	if err := o.in.Forward(t.Context(), who, access.Command{}, line, incoming.Forwarding{Words: words, Shares: shares}); err != nil {
		t.Fatal(err)
	}
}

// deliver works off what was told to the sender, and gives how far they see it.
func (o *office) deliver(t *testing.T) (states []string) {
	t.Helper()
	rows, err := o.Admin(t).Query(t.Context(), `delete from river_job where kind = 'tell_sender' returning args->>'state', args->>'byName'`)
	if err != nil {
		t.Fatal(err)
	}
	var jobs []job.TellSender
	for rows.Next() {
		j := job.TellSender{AgencyID: o.sender.ID, DocumentID: o.document, DeliveryID: o.to, At: time.Now()}
		if err := rows.Scan(&j.State, &j.ByName); err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, j)
	}
	for _, j := range jobs {
		states = append(states, j.State)
		if err := o.told.Tell(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	return states
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code && (len(f.Fields) == 0 || f.Fields[0].Code != code) {
		t.Fatalf("got %v, want %s", err, code)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (o *office) wantTold(t *testing.T, want ...exchange.State) {
	t.Helper()
	got := o.deliver(t)
	if len(got) != len(want) {
		t.Fatalf("told %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != string(want[i]) {
			t.Fatalf("told %v, want %v", got, want)
		}
	}
}

// TestH1_TheWholeRoad is the day of a directive: registered, the leader asked,
// directed, taken in, split, worked on, finished; the sender sees 03, 04, 05, 06.
func TestH1_TheWholeRoad(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	none := access.Command{}
	id := o.registered(t, "Đẩy mạnh cải cách hành chính")
	o.wantTold(t, exchange.Registered)
	root := o.read(t, o.Clerk, id).Lines.Root()
	o.forward(t, o.Clerk, root.ID, "Kính trình", routing.Share{Holder: person(o.Leader), Role: routing.Lead, Asks: routing.ForDirection})
	o.wantTold(t) // nobody is assigned yet
	asked := o.line(t, id, person(o.Leader))
	due := o.workday(5)
	o.forward(t, o.Leader, asked.ID, "Giao Văn phòng chủ trì", routing.Share{Holder: unit(o.Unit), Role: routing.Lead, DueDate: due}, share(unit(o.second), routing.Coordinate))
	o.wantTold(t, exchange.Assigned)
	lead := o.line(t, id, unit(o.Unit))
	if lead.State != routing.LineAwaiting || lead.DueDate != due {
		t.Fatalf("%+v", lead)
	}
	o.forward(t, o.Head, lead.ID, "Anh làm", routing.Share{Holder: person(o.Officer), Role: routing.Lead, DueDate: due}) // takes in and splits at once
	o.wantTold(t, exchange.InWork)
	mine := o.line(t, id, person(o.Officer))
	must(t, o.in.NoteProgress(t.Context(), o.Officer, none, mine.ID, "Đã thu thập số liệu", org.ID{}))
	wantCode(t, o.in.Finish(t.Context(), o.Head, none, lead.ID, "", org.ID{}), "child_open")
	must(t, o.in.Finish(t.Context(), o.Officer, none, mine.ID, "Đã báo cáo", org.ID{}))
	o.wantTold(t, exchange.Done)
	v := o.read(t, o.Clerk, id)
	for _, l := range v.Lines {
		if l.State != routing.LineDone {
			t.Errorf("%+v is left", l)
		}
	}
	if len(v.Directions) != 3 || v.Directions[1].Words != "Giao Văn phòng chủ trì" || v.Directions[1].Name != o.Leader.FullName || v.Directions[1].TypedName != "" || len(v.Notes) != 2 {
		t.Errorf("%+v %+v", v.Directions, v.Notes)
	}
	var state string
	must(t, o.Admin(t).QueryRow(t.Context(), `select state from delivery where id = $1`, o.to.String()).Scan(&state))
	if state != "done" {
		t.Errorf("the sender sees %s", state)
	}
}

func TestH1_ForInformationIsClosedAtOnceAndToldSo(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.registered(t, "Thông báo nghỉ lễ")
	o.deliver(t)
	root := o.read(t, o.Clerk, id).Lines.Root()
	must(t, o.in.Forward(t.Context(), o.Clerk, access.Command{}, root.ID,
		incoming.Forwarding{Shares: []routing.Share{share(unit(o.Unit), routing.Inform), share(person(o.Officer), routing.Inform)}, Inform: true}))
	o.wantTold(t, exchange.Done)
	if _, err := o.in.Read(t.Context(), o.Officer, id); err != nil {
		t.Errorf("who is informed sees it: %v", err)
	}
}

func TestH1_ADirectionTypedByTheClerkKeepsBothNames(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.registered(t, "Đơn đề nghị")
	root := o.read(t, o.Clerk, id).Lines.Root()
	o.forward(t, o.Clerk, root.ID, "", routing.Share{Holder: person(o.Leader), Role: routing.Lead, Asks: routing.ForDirection})
	asked := o.line(t, id, person(o.Leader))
	scan, h := o.Upload(t, o.Clerk.AccountID, "but-phe.pdf")
	must(t, o.in.Forward(t.Context(), o.Clerk, access.Command{}, asked.ID,
		incoming.Forwarding{Words: "VP xử lý", Shares: []routing.Share{share(unit(o.Unit), routing.Lead)}, ScanID: scan}))
	d := o.read(t, o.Head, id).Directions[1]
	if d.Name != o.Leader.FullName || d.TypedName != o.Clerk.FullName || d.Scan.Hash != h {
		t.Errorf("%+v", d)
	}
	// The clerk types for who directs, not for who works.
	wantCode(t, o.in.Forward(t.Context(), o.Clerk, access.Command{}, o.line(t, id, unit(o.Unit)).ID,
		incoming.Forwarding{Shares: []routing.Share{share(person(o.Officer), routing.Lead)}}), "forbidden")
	if f, err := o.in.File(t.Context(), o.Head, id, h); err != nil || f.Name != "but-phe.pdf" {
		t.Errorf("the scan: %+v %v", f, err)
	}
}

// directed is an arrival whose lead is the first unit, without a leader between.
func (o *office) directed(t *testing.T, due org.Day) (id, line org.ID) {
	t.Helper()
	id = o.registered(t, "Báo cáo quý")
	root := o.read(t, o.Clerk, id).Lines.Root()
	o.forward(t, o.Clerk, root.ID, "", routing.Share{Holder: unit(o.Unit), Role: routing.Lead, DueDate: due}, share(unit(o.second), routing.Coordinate))
	return id, o.line(t, id, unit(o.Unit)).ID
}

func TestG6_WithdrawnWhileUnopenedOnly(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id, line := o.directed(t, org.Day{})
	must(t, o.in.MarkRead(t.Context(), o.Officer, id)) // anybody of the unit opening it is enough
	wantCode(t, o.in.WithdrawLine(t.Context(), o.Clerk, access.Command{}, line, ""), "line_opened")
	must(t, o.in.WithdrawLine(t.Context(), o.Clerk, access.Command{}, o.line(t, id, unit(o.second)).ID, "Nhầm đơn vị"))
	if _, err := o.in.Read(t.Context(), o.head2, id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("what was withdrawn is still seen: %v", err)
	}
}

func TestTwoPeopleClosingAtOnce_TheSecondIsTold(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	_, line := o.directed(t, org.Day{})
	second := o.Person(t, o.ID, o.Unit, org.UnitHead)
	must(t, o.in.TakeInLine(t.Context(), o.Head, access.Command{}, line))
	var wait sync.WaitGroup
	errs := make([]error, 2)
	for i, who := range []access.Person{o.Head, second} {
		wait.Go(func() { errs[i] = o.in.Finish(t.Context(), who, access.Command{}, line, "", org.ID{}) })
	}
	wait.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("%v, %v", errs[0], errs[1])
	}
	wantCode(t, errors.Join(errs...), "line_closed")
}

func TestH4_MoreTimeIsAskedForAndGranted(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id, line := o.directed(t, o.workday(3))
	none := access.Command{}
	wantCode(t, o.in.AskMoreTime(t.Context(), o.Head, none, line, o.workday(2), "Chờ số liệu"), "not_later")
	must(t, o.in.AskMoreTime(t.Context(), o.Head, none, line, o.workday(9), "Chờ số liệu"))
	wantCode(t, o.in.AskMoreTime(t.Context(), o.Head, none, line, o.workday(10), "Nữa"), "already_asked")
	wantCode(t, o.in.DecideMoreTime(t.Context(), o.Head, none, line, true), "forbidden") // nobody grants their own
	must(t, o.in.DecideMoreTime(t.Context(), o.Clerk, none, line, true))
	if l := o.line(t, id, unit(o.Unit)); l.DueDate != o.workday(9) {
		t.Errorf("%+v", l)
	}
	wantCode(t, o.in.DecideMoreTime(t.Context(), o.Clerk, none, line, false), "nothing_asked")
}

func TestWorkOfWhoLeftIsHandedOver(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id, line := o.directed(t, org.Day{})
	o.forward(t, o.Head, line, "", share(person(o.Officer), routing.Lead))
	o.exec(t, `update position set valid_until = current_date - 2 where id = $1`, o.Officer.Positions[0].ID.String())
	left := o.line(t, id, person(o.Officer))
	// Nobody gives work to who has left.
	other, line2 := o.directed(t, org.Day{})
	wantCode(t, o.in.Forward(t.Context(), o.Head, access.Command{}, line2,
		incoming.Forwarding{Shares: []routing.Share{share(person(o.Officer), routing.Lead)}}), "nobody_there")
	next := o.Person(t, o.ID, o.Unit, org.Officer)
	must(t, o.in.HandOver(t.Context(), o.Head, access.Command{}, left.ID, person(next)))
	must(t, o.in.Finish(t.Context(), next, access.Command{}, left.ID, "Xong", org.ID{}))
	// A unit that is dissolved: its successor takes over, the history keeps the old name.
	must(t, o.in.HandOver(t.Context(), o.Clerk, access.Command{}, line2, unit(o.second)))
	must(t, o.in.TakeInLine(t.Context(), o.head2, access.Command{}, line2))
	events, err := o.in.Events(t.Context(), o.Clerk, other, org.ID{}, 50)
	must(t, err)
	if !slices.ContainsFunc(events, func(e postgres.Event) bool { return e.Verb == "handed_over" && e.Data["from"] == "Văn phòng" }) {
		t.Errorf("%+v", events)
	}
}

func TestG6_ManyAreForwardedAtOnceAndEachIsAnswered(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var ids []org.ID
	for range 5 {
		ids = append(ids, o.registered(t, "Giấy mời"))
	}
	gone := ids[2]
	o.forward(t, o.Clerk, o.read(t, o.Clerk, gone).Lines.Root().ID, "", share(unit(o.second), routing.Lead))
	foreign := postgres.NewID()
	list, err := o.in.ForwardMany(t.Context(), o.Clerk, access.Command{}, append(slices.Clone(ids), foreign, ids[0]),
		incoming.Forwarding{Words: "Chuyển VP", Shares: []routing.Share{share(unit(o.Unit), routing.Lead), share(person(o.Officer), routing.Inform)}})
	must(t, err)
	if len(list) != 6 {
		t.Errorf("%d answers for six documents, one of them named twice", len(list))
	}
	for i, f := range list {
		switch {
		case f.ArrivalID == gone && i < 5:
			wantCode(t, f.Refused, "two_leads")
		case i >= 5:
			wantCode(t, f.Refused, "not_found")
		case f.Refused != nil:
			t.Errorf("%d: %v", i, f.Refused)
		default:
			if l := o.line(t, f.ArrivalID, unit(o.Unit)); l.State != routing.LineAwaiting {
				t.Errorf("%+v", l)
			}
		}
	}
	if _, err := o.in.ForwardMany(t.Context(), o.Leader, access.Command{}, ids, incoming.Forwarding{Shares: []routing.Share{share(unit(o.Unit), routing.Lead)}}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a leader forwards many: %v", err)
	}
}

// TestH5_CountsEqualTheLists: each view lists what it counts, for everybody.
func TestH5_CountsEqualTheLists(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	today := org.DayOf(o.now)
	_, first := o.directed(t, today.AddDays(1))
	o.directed(t, today.AddDays(2))
	o.registered(t, "Chưa chuyển")
	o.forward(t, o.Head, first, "", share(person(o.Officer), routing.Lead))
	o.now = o.now.AddDate(0, 0, 3) // both are late now
	for who, p := range map[string]access.Person{"clerk": o.Clerk, "leader": o.Leader, "head": o.Head, "officer": o.Officer, "another head": o.head2} {
		for _, view := range postgres.LineViews() {
			list, err := o.in.Lines(t.Context(), p, org.ID{}, incoming.LineFilter{View: view, Limit: 100})
			must(t, err)
			count := 0
			must(t, o.Store.InTx(t.Context(), postgres.ScopeOf(p), func(tx *postgres.Tx) error {
				reach, err := tx.LineReachOf(t.Context(), p, org.ID{})
				if err != nil {
					return err
				}
				count, _, err = tx.CountLines(t.Context(), reach, postgres.LineFilter{View: view, Today: today.AddDays(3)})
				return err
			}))
			if want := map[string]map[postgres.LineView]int{
				"clerk":        {postgres.LinesTodo: 1, postgres.LinesGiven: 4, postgres.LinesToGive: 1, postgres.LinesLate: 2},
				"leader":       {postgres.LinesLate: 2},
				"head":         {postgres.LinesUnit: 2, postgres.LinesGiven: 1, postgres.LinesLate: 2},
				"officer":      {postgres.LinesTodo: 1, postgres.LinesMine: 1},
				"another head": {postgres.LinesUnit: 2},
			}[who][view]; len(list) != want || count != want {
				t.Errorf("%s, %s: %d listed, %d counted, want %d", who, view, len(list), count, want)
			}
		}
	}
	late, err := o.in.LateCounts(t.Context(), o.Leader, org.ID{})
	must(t, err)
	if len(late) != 1 || late[0].UnitID != o.Unit || late[0].Late != 2 || late[0].Oldest != today.AddDays(1) {
		t.Errorf("%+v", late)
	}
}

func TestLines_PagesGoOnWhereTheyEnded(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	today := org.DayOf(o.now)
	for i := range 7 {
		due := today.AddDays(i / 2)
		if i > 4 {
			due = org.Day{}
		}
		o.directed(t, due)
	}
	seen := map[org.ID]bool{}
	filter := incoming.LineFilter{View: postgres.LinesUnit, Limit: 3}
	for {
		list, err := o.in.Lines(t.Context(), o.Head, org.ID{}, filter)
		must(t, err)
		for _, l := range list {
			if seen[l.ID] {
				t.Errorf("%s is listed twice", l.ID)
			}
			seen[l.ID] = true
		}
		if len(list) < 3 {
			break
		}
		if filter.After, err = incoming.ParseCursor(list[2].Cursor().String()); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 7 {
		t.Errorf("%d lines seen", len(seen))
	}
}

// TestM5_WhoOpenedItIsKnownToThoseEntitled also holds that reading changes no state.
func TestM5_WhoOpenedItIsKnownToThoseEntitled(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id, _ := o.directed(t, org.Day{})
	before := o.read(t, o.Clerk, id).Lines
	must(t, o.in.MarkRead(t.Context(), o.Head, id))
	must(t, o.in.MarkRead(t.Context(), o.Head, id))
	after := o.read(t, o.Clerk, id).Lines
	for i := range before {
		if before[i].State != after[i].State {
			t.Errorf("reading made %s of %s", after[i].State, before[i].State)
		}
	}
	views, err := o.in.Views(t.Context(), o.Clerk, id)
	must(t, err)
	if len(views) != 1 || views[0].Name != o.Head.FullName || views[0].Times != 2 {
		t.Errorf("%+v", views)
	}
	_, err = o.in.Views(t.Context(), o.head2, id)
	wantCode(t, err, "forbidden")
}
