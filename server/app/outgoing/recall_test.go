package outgoing_test

import (
	"encoding/json"
	"testing"

	"congvan/server/app/incoming"
	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/job"
	"congvan/storage/postgres"
	"congvan/storage/storagetest"
)

// work carries out the jobs between sender and recipients, each one twice: a
// queue may repeat them.
func (d *desk) work(t *testing.T) {
	t.Helper()
	rows, err := d.Admin(t).Query(t.Context(), `delete from river_job where kind in ('tell_recipients', 'request_answered') returning kind, args`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var told []job.TellRecipients
	var answered []job.RequestAnswered
	for rows.Next() {
		var kind string
		var args []byte
		if err := rows.Scan(&kind, &args); err != nil {
			t.Fatal(err)
		}
		if kind == (job.TellRecipients{}).Kind() {
			told = append(told, decoded[job.TellRecipients](t, args))
		} else {
			answered = append(answered, decoded[job.RequestAnswered](t, args))
		}
	}
	rows.Close()
	for range 2 {
		for _, j := range told {
			if err := d.told.TellRecipients(t.Context(), j); err != nil {
				t.Fatal(err)
			}
		}
		for _, j := range answered {
			if err := d.told.Answered(t.Context(), j); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func decoded[T any](t *testing.T, args []byte) T {
	t.Helper()
	var j T
	if err := json.Unmarshal(args, &j); err != nil {
		t.Fatal(err)
	}
	return j
}

// issued gives a document that the recipients have.
func (d *desk) issued(t *testing.T, to ...outgoing.RecipientInput) org.ID {
	t.Helper()
	id, h := d.approved(t, to...)
	if err := d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, id, org.ID{}, h); err != nil {
		t.Fatal(err)
	}
	return id
}

func (d *desk) ask(t *testing.T, id org.ID, in outgoing.AfterIssue) {
	t.Helper()
	if err := d.out.Ask(t.Context(), d.sender.Clerk, access.Command{}, id, in); err != nil {
		t.Fatal(err)
	}
	d.work(t)
}

// arrived gives the only arrival of an office.
func (d *desk) arrived(t *testing.T, o storagetest.Office) incoming.View {
	t.Helper()
	list, err := d.in.List(t.Context(), o.Clerk, org.ID{}, incoming.Filter{Limit: 10})
	if err != nil || len(list) != 1 {
		t.Fatalf("%d arrivals, %v", len(list), err)
	}
	v, err := d.in.Read(t.Context(), o.Clerk, list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (d *desk) register(t *testing.T, o storagetest.Office) incoming.View {
	t.Helper()
	v := d.arrived(t, o)
	if err := d.in.Register(t.Context(), o.Clerk, access.Command{}, v.ID, incoming.Registration{Seen: v.MainHash, Correct: func(*routing.Fields) {}}); err != nil {
		t.Fatal(err)
	}
	return d.arrived(t, o)
}

// answers gives what each recipient answered to the last request, by name.
func (d *desk) answers(t *testing.T, id org.ID) map[string]document.Reply {
	t.Helper()
	said, err := d.out.Requests(t.Context(), d.sender.Officer, id)
	if err != nil || len(said.Requests) == 0 {
		t.Fatalf("%d requests, %v", len(said.Requests), err)
	}
	by := map[string]document.Reply{}
	for _, a := range said.Requests[0].Answers {
		by[a.Name] = a.Answer
	}
	return by
}

func (d *desk) heard(t *testing.T, o storagetest.Office) postgres.HeardRequest {
	t.Helper()
	list, err := d.in.Requests(t.Context(), o.Clerk, d.arrived(t, o).ID)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d requests were heard, %v", len(list), err)
	}
	return list[0]
}

func TestF1_TakingBackBeforeAndAfterRegistration(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, two, three := d.Office(t, "H59.01", "Sở Nội vụ"), d.Office(t, "H59.02", "Sở Tư pháp"), d.Office(t, "H59.03", "Sở Y tế")
	id := d.issued(t, agency(one), agency(two), agency(three))
	registered := d.register(t, two)
	d.register(t, three)
	d.ask(t, id, outgoing.AfterIssue{Kind: document.TakeBackRequest, Reason: "Gửi nhầm tệp"})

	if v := d.arrived(t, one); v.State != routing.TakenBack || len(v.Acts) != 0 || v.Subject == "" {
		t.Errorf("not registered: %s, acts %v", v.State, v.Acts)
	}
	if _, err := d.in.File(t.Context(), one.Clerk, d.arrived(t, one).ID, registered.MainHash); err == nil {
		t.Error("the file of what was taken back can still be opened")
	}
	if v := d.arrived(t, two); v.State != routing.Registered {
		t.Errorf("registered: %s", v.State)
	}
	pending, err := d.in.Pending(t.Context(), two.Clerk)
	if err != nil || len(pending) != 1 || pending[0].Reason != "Gửi nhầm tệp" || pending[0].ArrivalNumber != 1 {
		t.Fatalf("%+v %v", pending, err)
	}
	request := d.heard(t, two)
	wantCode(t, d.in.AnswerRequest(t.Context(), two.Clerk, access.Command{}, registered.ID, request.ID, false, " "), "invalid_request")
	wantCode(t, d.in.AnswerRequest(t.Context(), two.Leader, access.Command{}, registered.ID, request.ID, true, ""), "forbidden")
	if err := d.in.AnswerRequest(t.Context(), two.Clerk, access.Command{}, registered.ID, request.ID, false, "Đã giao xử lý"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, d.in.AnswerRequest(t.Context(), two.Clerk, access.Command{}, registered.ID, request.ID, true, ""), "out_of_order")
	if err := d.in.AnswerRequest(t.Context(), three.Clerk, access.Command{}, d.arrived(t, three).ID, request.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	d.work(t)
	if v := d.arrived(t, three); v.State != routing.TakenBack || v.ArrivalNumber != 1 {
		t.Errorf("agreed: %s, number %d", v.State, v.ArrivalNumber)
	}
	got := d.answers(t, id)
	if got["Sở Nội vụ"] != document.Withdrawn || got["Sở Tư pháp"] != document.Declined || got["Sở Y tế"] != document.Agreed {
		t.Errorf("%v", got)
	}
	for _, o := range []storagetest.Office{one, two, three} {
		if events, err := d.in.Events(t.Context(), o.Clerk, d.arrived(t, o).ID, org.ID{}, 50); err != nil || count(events, "take_back_asked") != 1 {
			t.Errorf("%s: %+v %v", o.Name, events, err)
		}
	}
}

func count(events []postgres.Event, verb string) (n int) {
	for _, e := range events {
		if e.Verb == verb {
			n++
		}
	}
	return n
}

func TestF1_TakingBackFromOneLeavesTheOthers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, two := d.Office(t, "H59.01", "Sở Nội vụ"), d.Office(t, "H59.02", "Sở Tư pháp")
	id := d.issued(t, agency(one), agency(two))
	list, _, err := d.out.Deliveries(t.Context(), d.sender.Clerk, id, "", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	d.ask(t, id, outgoing.AfterIssue{Kind: document.TakeBackRequest, Reason: "Sai địa chỉ", Deliveries: []org.ID{list[0].ID}})
	if got := []routing.State{d.arrived(t, one).State, d.arrived(t, two).State}; got[0] != routing.TakenBack || got[1] != routing.Awaiting {
		t.Errorf("%v", got)
	}
	wantCode(t, d.out.Ask(t.Context(), d.sender.Clerk, access.Command{}, id,
		outgoing.AfterIssue{Kind: document.TakeBackRequest, Reason: "x", Deliveries: []org.ID{postgres.NewID()}}), "invalid_request")
}

func TestF2_ARecallIsConfirmedAndCannotBeRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, two := d.Office(t, "H59.01", "Sở Nội vụ"), d.Office(t, "H59.02", "Sở Tư pháp")
	id := d.issued(t, agency(one), agency(two))
	v := d.register(t, two)
	wantCode(t, d.out.Ask(t.Context(), d.sender.Leader, access.Command{}, id, outgoing.AfterIssue{Kind: document.RecallRequest, Reason: "Sai thẩm quyền"}), "invalid_request")
	d.ask(t, id, outgoing.AfterIssue{Kind: document.RecallRequest, Reason: "Sai thẩm quyền", ByReference: "06/QĐ-UBND"})
	if sent, err := d.out.Read(t.Context(), d.sender.Officer, id); err != nil || sent.State != document.Recalled || sent.Reference() != "01/CT-UBND" {
		t.Fatalf("%+v %v", sent, err)
	}
	if got := d.arrived(t, one).State; got != routing.Recalled {
		t.Errorf("not registered: %s", got)
	}
	request := d.heard(t, two)
	wantCode(t, d.in.AnswerRequest(t.Context(), two.Clerk, access.Command{}, v.ID, request.ID, false, "Không đồng ý"), "recall_cannot_be_refused")
	if err := d.in.AnswerRequest(t.Context(), two.Clerk, access.Command{}, v.ID, request.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	d.work(t)
	if v := d.arrived(t, two); v.State != routing.Recalled || v.Subject == "" || v.ArrivalNumber != 1 {
		t.Errorf("no stub is left: %+v", v)
	}
	if got := d.answers(t, id); got["Sở Nội vụ"] != document.Withdrawn || got["Sở Tư pháp"] != document.Confirmed {
		t.Errorf("%v", got)
	}
}

func TestA4_AVoidedDocumentKeepsItsNumberAndEverybodyIsTold(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one := d.Office(t, "H59.01", "Sở Nội vụ")
	id := d.issued(t, agency(one))
	wantCode(t, d.out.Ask(t.Context(), d.sender.Officer, access.Command{}, id, outgoing.AfterIssue{Kind: document.VoidNotice, Reason: "x"}), "forbidden")
	d.ask(t, id, outgoing.AfterIssue{Kind: document.VoidNotice, Reason: "Ban hành nhầm"})
	if v, err := d.out.Read(t.Context(), d.sender.Officer, id); err != nil || v.State != document.Voided || v.Reference() != "01/CT-UBND" {
		t.Fatalf("%+v %v", v, err)
	}
	if h := d.heard(t, one); h.Kind != document.VoidNotice || h.Answer != document.Told || h.Reason != "Ban hành nhầm" || d.arrived(t, one).State != routing.Awaiting {
		t.Errorf("%+v", h)
	}
	next := d.issued(t, agency(one))
	if v, err := d.out.Read(t.Context(), d.sender.Officer, next); err != nil || v.Reference() != "02/CT-UBND" {
		t.Errorf("the number of a voided document was given again: %s %v", v.Reference(), err)
	}
}

func TestF3_ReplacementLinksBothWays(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one := d.Office(t, "H59.01", "Sở Nội vụ")
	older := d.issued(t, agency(one))
	old := d.arrived(t, one)
	newer := d.issued(t, agency(one))
	draft, _ := d.draft(t, agency(one))
	for _, by := range []org.ID{{}, older, draft, postgres.NewID()} {
		wantCode(t, d.out.Ask(t.Context(), d.sender.Clerk, access.Command{}, older, outgoing.AfterIssue{Kind: document.ReplaceNotice, ByDocumentID: by}), "invalid_request")
	}
	d.ask(t, older, outgoing.AfterIssue{Kind: document.ReplaceNotice, ByDocumentID: newer})
	said, err := d.out.Requests(t.Context(), d.sender.Officer, older)
	if err != nil || len(said.Requests) != 1 || said.Requests[0].ByDocumentID != newer || said.Requests[0].ByReference != "02/CT-UBND" {
		t.Fatalf("%+v %v", said, err)
	}
	back, err := d.out.Requests(t.Context(), d.sender.Officer, newer)
	if err != nil || len(back.Followed) != 1 || back.Followed[0].DocumentID != older || back.Followed[0].Reference != "01/CT-UBND" {
		t.Fatalf("%+v %v", back, err)
	}
	heard, err := d.in.Requests(t.Context(), one.Clerk, old.ID)
	if err != nil || len(heard) != 1 || heard[0].ByArrivalID.IsZero() || heard[0].ByArrivalID == old.ID {
		t.Fatalf("the receiver does not find the new one: %+v %v", heard, err)
	}
}
