package outgoing_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"congvan/server/app/notice"
	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// circuitDesk is a desk with a document whose circuit has every kind of step.
type circuitDesk struct {
	*desk
	id             org.ID
	hash           document.Hash
	an, binh       access.Person
	notices        *notice.Service
	clerk, officer org.ID // their positions
}

func seatOf(p access.Person) org.ID { return p.Positions[0].ID }

func newCircuitDesk(t *testing.T) *circuitDesk {
	t.Helper()
	d := newDesk(t)
	c := &circuitDesk{desk: d, notices: notice.New(d.Store, time.Now), clerk: seatOf(d.sender.Clerk), officer: seatOf(d.sender.Officer),
		an: d.Person(t, d.sender.ID, org.ID{}, org.Officer), binh: d.Person(t, d.sender.ID, org.ID{}, org.Officer)}
	c.id, c.hash = d.draft(t, agency(d.Office(t, "H59.01", "Sở Nội vụ")))
	c.plan(t, c.steps())
	return c
}

func (c *circuitDesk) steps() []document.CircuitStep {
	return []document.CircuitStep{
		{Kind: document.InitialStep, People: []org.ID{seatOf(c.sender.Head)}, Quorum: 1, Days: 1},
		{Kind: document.LayoutStep, People: []org.ID{c.clerk}, Quorum: 1},
		{Kind: document.OpinionStep, People: []org.ID{seatOf(c.an), seatOf(c.binh)}, Quorum: 1},
		{Kind: document.ApproveStep, People: []org.ID{c.sender.LeaderPosition}, Quorum: 1},
	}
}

func (c *circuitDesk) read(t *testing.T) outgoing.View {
	t.Helper()
	v, err := c.out.Read(t.Context(), c.sender.Officer, c.id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (c *circuitDesk) circuit(t *testing.T) outgoing.CircuitView {
	t.Helper()
	v, err := c.out.Circuit(t.Context(), c.sender.Officer, c.id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (c *circuitDesk) plan(t *testing.T, steps []document.CircuitStep) {
	t.Helper()
	if err := c.out.PlanCircuit(t.Context(), c.sender.Officer, org.ID{}, c.id, c.read(t).Version, outgoing.Plan{Steps: steps}); err != nil {
		t.Fatal(err)
	}
}

func (c *circuitDesk) submit(t *testing.T) {
	t.Helper()
	if err := c.out.Submit(t.Context(), c.sender.Officer, access.Command{}, c.id, org.ID{}, "Kính trình"); err != nil {
		t.Fatal(err)
	}
}

func (c *circuitDesk) answer(t *testing.T, who access.Person, act document.Act) error {
	t.Helper()
	return c.out.Answer(t.Context(), who, access.Command{}, c.id, act, c.hash, "Nhất trí")
}

// expected gives the groups of a person's work list that hold the document.
func (c *circuitDesk) expected(t *testing.T, who access.Person) (list []string) {
	t.Helper()
	groups, err := c.notices.Work(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range groups {
		for _, d := range g.Documents {
			if d.ID == c.id {
				list = append(list, g.Expected)
			}
		}
	}
	return list
}

func (c *circuitDesk) newFile(t *testing.T) {
	t.Helper()
	upload, h := c.Upload(t, c.sender.Officer.AccountID, "chi-thi-sua.pdf")
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: upload}}
	if err := c.out.Edit(t.Context(), c.sender.Officer, org.ID{}, c.id, c.read(t).Version, outgoing.Draft{Files: &files}); err != nil {
		t.Fatal(err)
	}
	c.hash = h
}

func need(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestC1_ADocumentGoesThroughItsCircuit(t *testing.T) {
	t.Parallel()
	c := newCircuitDesk(t)
	if _, err := c.out.Read(t.Context(), c.an, c.id); fault.KindOf(err) != fault.NotFound {
		t.Fatalf("somebody it has not come to reads it: %v", err)
	}
	c.submit(t)
	if got := c.expected(t, c.sender.Head); !slices.Equal(got, []string{"answer"}) {
		t.Fatalf("the unit head is expected to %v", got)
	}
	if got := c.expected(t, c.sender.Leader); got != nil {
		t.Fatalf("the leader is expected to %v before it is their turn", got)
	}
	wantCode(t, c.out.Approve(t.Context(), c.sender.Leader, access.Command{}, c.id, c.hash, ""), "not_your_turn")
	wantCode(t, c.answer(t, c.sender.Head, document.Review), "not_your_turn")
	need(t, c.answer(t, c.sender.Head, document.Initial))
	wantCode(t, c.answer(t, c.sender.Head, document.Initial), "not_your_turn")
	need(t, c.answer(t, c.sender.Clerk, document.CheckLayout))
	if got := c.expected(t, c.an); !slices.Equal(got, []string{"answer"}) {
		t.Fatalf("the one asked for an opinion is expected to %v", got)
	}
	need(t, c.answer(t, c.an, document.GiveOpinion))
	wantCode(t, c.answer(t, c.binh, document.GiveOpinion), "not_your_turn") // the quorum is full
	if got := c.expected(t, c.sender.Leader); !slices.Equal(got, []string{"approve"}) {
		t.Fatalf("the leader is expected to %v", got)
	}
	need(t, c.out.Approve(t.Context(), c.sender.Leader, access.Command{}, c.id, c.hash, "Đồng ý"))
	v := c.circuit(t)
	if v.Current != 4 || v.Round != 1 || len(v.Answers) != 5 || v.Answers[0].Verdict != document.VerdictSubmitted || v.Answers[0].Note != "Kính trình" ||
		v.Answers[3].Kind != document.OpinionStep || v.Answers[3].By.Name != c.an.FullName || v.Answers[4].Hash != c.hash {
		t.Errorf("%+v", v)
	}
	if d := c.read(t); d.State != document.Approved || d.ApprovedHash != c.hash || d.Awaited == nil || len(d.Awaited) > 0 {
		t.Errorf("%+v", d)
	}
	refused := 0
	events, err := c.out.Events(t.Context(), c.sender.Officer, c.id, org.ID{}, 100)
	need(t, err)
	for _, e := range events {
		if e.Verb == "act_refused" {
			refused++
		}
	}
	if refused != 4 {
		t.Errorf("%d audit lines of acts out of turn", refused)
	}
}

func TestC3_SentBackItReturnsStraightToTheOneWhoAsked(t *testing.T) {
	t.Parallel()
	c := newCircuitDesk(t)
	c.submit(t)
	need(t, c.answer(t, c.sender.Head, document.Initial))
	wantCode(t, c.out.SendBack(t.Context(), c.sender.Clerk, access.Command{}, c.id, " ", c.hash), "invalid_request")
	need(t, c.out.SendBack(t.Context(), c.sender.Clerk, access.Command{}, c.id, "Sai thể thức", c.hash))
	if d := c.read(t); d.State != document.Draft || d.SentBackReason != "Sai thể thức" {
		t.Fatalf("%+v", d)
	}
	if _, err := c.out.Read(t.Context(), c.sender.Clerk, c.id); err != nil {
		t.Error("who sent it back cannot see it: ", err)
	}
	c.newFile(t)
	c.submit(t)
	if v := c.circuit(t); v.Current != 1 || v.Round != 2 {
		t.Fatalf("it did not come straight back: %+v", v.Circuit)
	}
	if got := c.expected(t, c.sender.Head); !slices.Equal(got, []string{"changed"}) {
		t.Errorf("who initialled the earlier file is expected to %v", got)
	}
	need(t, c.out.Opened(t.Context(), c.sender.Head, c.id))
	if got := c.expected(t, c.sender.Head); got != nil {
		t.Errorf("having seen it, %v", got)
	}
	need(t, c.answer(t, c.sender.Clerk, document.CheckLayout))
	// And from one step to the one before.
	need(t, c.out.Return(t.Context(), c.an, access.Command{}, c.id, "Kiểm tra lại căn cứ", c.hash))
	if got := c.expected(t, c.sender.Clerk); !slices.Contains(got, "answer") {
		t.Errorf("the step before is expected to %v", got)
	}
	need(t, c.answer(t, c.sender.Clerk, document.CheckLayout))
	if v := c.circuit(t); v.Current != 2 || len(v.Returns) != 0 {
		t.Errorf("%+v", v.Circuit)
	}
}

func TestC1_WithdrawnOnlyWhileNobodyOpenedIt(t *testing.T) {
	t.Parallel()
	c := newCircuitDesk(t)
	c.submit(t)
	need(t, c.out.Withdraw(t.Context(), c.sender.Officer, access.Command{}, c.id))
	c.submit(t)
	need(t, c.out.Opened(t.Context(), c.sender.Officer, c.id)) // the author's own look does not count
	need(t, c.out.Opened(t.Context(), c.sender.Head, c.id))
	wantCode(t, c.out.Withdraw(t.Context(), c.sender.Officer, access.Command{}, c.id), "already_opened")
}

func TestA3_ANewFileAfterApprovalBeginsTheCircuitAnew(t *testing.T) {
	t.Parallel()
	c := newCircuitDesk(t)
	c.plan(t, []document.CircuitStep{c.steps()[0], c.steps()[3]})
	c.submit(t)
	need(t, c.answer(t, c.sender.Head, document.Initial))
	need(t, c.out.Approve(t.Context(), c.sender.Leader, access.Command{}, c.id, c.hash, ""))
	files := []outgoing.FileInput{}
	wantCode(t, c.out.Edit(t.Context(), c.sender.Officer, org.ID{}, c.id, c.read(t).Version, outgoing.Draft{Files: &files}), "out_of_order")
	need(t, c.out.Reopen(t.Context(), c.sender.Officer, access.Command{}, c.id, "Bổ sung phụ lục"))
	c.newFile(t)
	c.submit(t)
	if d, v := c.read(t), c.circuit(t); !d.ApprovedHash.IsZero() || v.Current != 0 || v.Round != 2 {
		t.Errorf("%s, %+v", d.State, v.Circuit)
	}
}

func TestC1_ACircuitWhosePersonHasLeftIsOfferedToSomebodyElse(t *testing.T) {
	t.Parallel()
	c := newCircuitDesk(t)
	c.submit(t)
	c.exec(t, `update position set valid_until = current_date - 2 where id = $1`, seatOf(c.sender.Head))
	for name, who := range map[string]access.Person{"the author": c.sender.Officer, "the clerk": c.sender.Clerk} {
		if got := c.expected(t, who); !slices.Equal(got, []string{"reassign"}) {
			t.Errorf("%s is expected to %v", name, got)
		}
	}
	if v := c.circuit(t); v.People[seatOf(c.sender.Head)].Present {
		t.Error("who has left is shown as there")
	}
	gone := outgoing.Reassignment{Step: 0, From: seatOf(c.sender.Head), To: seatOf(c.sender.Head)}
	wantCode(t, c.out.Reassign(t.Context(), c.sender.Clerk, access.Command{}, c.id, gone), "invalid_request")
	other := c.Person(t, c.sender.ID, org.ID{}, org.UnitHead)
	need(t, c.out.Reassign(t.Context(), c.sender.Clerk, access.Command{}, c.id, outgoing.Reassignment{Step: 0, From: seatOf(c.sender.Head), To: seatOf(other)}))
	need(t, c.answer(t, other, document.Initial))
	// Submitting to somebody who has left is refused at once.
	second := newCircuitDesk(t)
	second.exec(t, `update position set valid_until = current_date - 2 where id = $1`, seatOf(second.binh))
	wantCode(t, second.out.Submit(t.Context(), second.sender.Officer, access.Command{}, second.id, org.ID{}, ""), "invalid_request")
}

func TestC1_AnotherSignerRebuildsTheSignerBlock(t *testing.T) {
	t.Parallel()
	c := newCircuitDesk(t)
	c.exec(t, `update agency set name = 'Ủy ban nhân dân tỉnh Trà Vinh' where id = $1`, c.sender.ID)
	c.exec(t, `update position set title = 'Chủ tịch' where id = $1`, c.sender.LeaderPosition)
	deputy := c.Person(t, c.sender.ID, org.ID{}, org.Leader)
	c.exec(t, `update position set title = 'Phó Chủ tịch' where id = $1`, seatOf(deputy))
	c.submit(t)
	need(t, c.out.Reassign(t.Context(), c.sender.Officer, access.Command{}, c.id, outgoing.Reassignment{Step: 3, From: c.sender.LeaderPosition, To: seatOf(deputy)}))
	v := c.circuit(t)
	if want := []string{"TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"}; !slices.Equal(v.Block, want) || v.Competence != document.ForHead {
		t.Errorf("%q", v.Block)
	}
	if d := c.read(t); d.ApproverPositionID != seatOf(deputy) {
		t.Error("the approver stayed")
	}
	officer := outgoing.Reassignment{Step: 3, From: seatOf(deputy), To: seatOf(c.an)}
	wantCode(t, c.out.Reassign(t.Context(), c.sender.Officer, access.Command{}, c.id, officer), "invalid_request")
}

func TestC2_TwoActAtOnceAndOneStepIsClosedOnce(t *testing.T) {
	t.Parallel()
	c := newCircuitDesk(t)
	c.plan(t, c.steps()[2:])
	c.submit(t)
	command := access.Command{AccountID: c.an.AccountID, Key: "once", Operation: "answerDocument"}
	var wg sync.WaitGroup
	results := make([]error, 4)
	for i, who := range []access.Person{c.an, c.binh, c.an, c.an} {
		wg.Go(func() {
			cmd := command
			if i == 1 {
				cmd = access.Command{}
			}
			results[i] = c.out.Answer(t.Context(), who, cmd, c.id, document.GiveOpinion, c.hash, "Nhất trí")
		})
	}
	wg.Wait()
	v := c.circuit(t)
	agreed := 0
	for _, a := range v.Answers {
		if a.Verdict == document.VerdictAgreed {
			agreed++
		}
	}
	if agreed != 1 || v.Current != 1 {
		t.Errorf("%d answers, stands at %d: %v", agreed, v.Current, results)
	}
}

func (d *desk) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	for i, a := range args {
		if id, ok := a.(org.ID); ok {
			args[i] = id.String()
		}
	}
	if _, err := d.Admin(t).Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func TestC1_ADefaultCircuitIsFollowedAndNeverHoldsADocumentUp(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	def := document.DefaultCircuit{AgencyID: d.sender.ID, Kind: "directive", Steps: []document.DefaultStep{
		{Kind: document.InitialStep, Place: document.UnitHeads, Quorum: 1, Days: 1},
		{Kind: document.LayoutStep, Place: document.OfficeClerks, Quorum: 1},
		{Kind: document.ApproveStep, Place: document.ChosenApprover, Quorum: 1, Days: 2},
	}}
	wantCode(t, d.out.SaveDefaultCircuit(t.Context(), d.sender.Officer, def), "forbidden")
	need(t, d.out.SaveDefaultCircuit(t.Context(), d.sender.Clerk, def))
	wantCode(t, d.out.SaveDefaultCircuit(t.Context(), d.sender.Clerk, def), "stale") // another is there, and was not read
	id, h := d.draft(t, agency(d.Office(t, "H59.01", "Sở Nội vụ")))
	need(t, d.out.Submit(t.Context(), d.sender.Officer, access.Command{}, id, d.sender.LeaderPosition, ""))
	v, err := d.out.Circuit(t.Context(), d.sender.Officer, id)
	need(t, err)
	if len(v.Steps) != 3 || !slices.Equal(v.Steps[0].People, []org.ID{seatOf(d.sender.Head)}) || v.Steps[2].Days != 2 {
		t.Fatalf("%+v", v.Steps)
	}
	need(t, d.out.Comment(t.Context(), d.sender.Head, access.Command{}, id, h, "Sửa căn cứ thứ hai"))
	wantCode(t, d.out.Comment(t.Context(), d.sender.Head, access.Command{}, id, document.Hash{9}, "Sửa"), "stale")
	said, err := d.out.Comments(t.Context(), d.sender.Officer, id)
	if err != nil || len(said) != 1 || said[0].FileVersion != 1 || said[0].Hash != h || said[0].By.Name != d.sender.Head.FullName {
		t.Fatalf("%+v %v", said, err)
	}
	// With nobody at the head of the unit the step is left out.
	d.exec(t, `update position set valid_until = current_date - 2 where id = $1`, seatOf(d.sender.Head))
	second, _ := d.draft(t, agency(d.Office(t, "H59.02", "Sở Tư pháp")))
	need(t, d.out.Submit(t.Context(), d.sender.Officer, access.Command{}, second, d.sender.LeaderPosition, ""))
	if v, err = d.out.Circuit(t.Context(), d.sender.Officer, second); err != nil || len(v.Steps) != 2 || v.Steps[0].Kind != document.LayoutStep {
		t.Fatalf("%+v %v", v.Steps, err)
	}
}

func TestC1_DeadlinesOfStepsGoByTheProvincesCalendar(t *testing.T) {
	t.Parallel()
	c := newCircuitDesk(t)
	today := org.DayOf(time.Now())
	// The next ten days are a holiday of this province: what is due in one working day is due on the eleventh or later.
	c.exec(t, `insert into calendar (province_id) values ($1)`, c.sender.ID)
	c.exec(t, `insert into calendar_day (province_id, day, working, name) select $1, $2::date + n, false, 'Nghỉ lễ' from generate_series(1, 10) n`, c.sender.ID, today)
	c.submit(t)
	calendar, err := org.NewCalendar(org.Weekend(), nil)
	need(t, err)
	if got, want := c.circuit(t).Steps[0].DueOn, calendar.After(today.AddDays(10), 1); got != want {
		t.Errorf("due on %s, want %s", got, want)
	}
}
