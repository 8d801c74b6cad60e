package outgoing_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"congvan/server/app/delivery"
	"congvan/server/app/incoming"
	"congvan/server/app/notice"
	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/job"
	"congvan/storage/postgres"
	"congvan/storage/storagetest"
)

// desk is one installation with the use cases of a sender and its receivers.
type desk struct {
	*storagetest.Database
	out    *outgoing.Service
	in     *incoming.Service
	told   *delivery.Service
	sender storagetest.Office
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db := storagetest.DB(t)
	readable := func(context.Context, document.File) error { return nil }
	return &desk{Database: db, out: outgoing.New(db.Store, nil, readable, time.Now), in: incoming.New(db.Store, nil, time.Now),
		told: delivery.New(db.Store, time.Now, delivery.Options{}), sender: db.Office(t, "H59", "UBND tỉnh")}
}

// draft gives a document ready to be submitted to the recipients.
func (d *desk) draft(t *testing.T, to ...outgoing.RecipientInput) (id org.ID, h document.Hash) {
	t.Helper()
	upload, h := d.Upload(t, d.sender.Officer.AccountID, "chi-thi.pdf")
	kind, subj := "directive", "Đẩy mạnh cải cách hành chính"
	files := []outgoing.FileInput{{Role: document.MainFile, UploadID: upload}}
	id, err := d.out.Draft(t.Context(), d.sender.Officer, access.Command{}, outgoing.Draft{Kind: &kind, Subject: &subj, Files: &files, Recipients: &to})
	if err != nil {
		t.Fatal(err)
	}
	return id, h
}

func (d *desk) approved(t *testing.T, to ...outgoing.RecipientInput) (org.ID, document.Hash) {
	t.Helper()
	id, h := d.draft(t, to...)
	if err := d.out.Submit(t.Context(), d.sender.Officer, access.Command{}, id, d.sender.LeaderPosition, ""); err != nil {
		t.Fatal(err)
	}
	if err := d.out.Approve(t.Context(), d.sender.Leader, access.Command{}, id, h, ""); err != nil {
		t.Fatal(err)
	}
	return id, h
}

func agency(o storagetest.Office) outgoing.RecipientInput {
	return outgoing.RecipientInput{Type: document.ToAgency, AgencyID: o.ID}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code {
		t.Fatalf("got %v, want fault %s", err, code)
	}
}

// tell works off the jobs that receivers left for the sender.
func (d *desk) tell(t *testing.T) {
	t.Helper()
	rows, err := d.Admin(t).Query(t.Context(), `delete from river_job where kind = 'tell_sender'
		returning args->>'agencyId', args->>'documentId', args->>'deliveryId', args->>'state', args->>'byName', args->>'reason', coalesce(args->>'reasonCode', ''), (args->>'arrivalNumber')::int`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var jobs []job.TellSender
	for rows.Next() {
		var a, b, c string
		j := job.TellSender{At: time.Now()}
		if err := rows.Scan(&a, &b, &c, &j.State, &j.ByName, &j.Reason, &j.ReasonCode, &j.ArrivalNumber); err != nil {
			t.Fatal(err)
		}
		for text, id := range map[string]*org.ID{a: &j.AgencyID, b: &j.DocumentID, c: &j.DeliveryID} {
			if *id, err = org.ParseID(text); err != nil {
				t.Fatal(err)
			}
		}
		jobs = append(jobs, j)
	}
	for _, j := range jobs {
		if err := d.told.Tell(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
}

func TestE1_SenderSeesRegisteredAndRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, two := d.Office(t, "H59.01", "Sở Nội vụ"), d.Office(t, "H59.02", "Sở Tư pháp")
	id, h := d.approved(t, agency(one), agency(two))
	if err := d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, id, org.ID{}, h); err != nil {
		t.Fatal(err)
	}
	v, err := d.out.Read(t.Context(), d.sender.Officer, id)
	if err != nil || v.State != document.Issued || v.Reference() != "01/CT-UBND" || v.Counts.Total != 2 {
		t.Fatalf("%+v %v", v, err)
	}

	arrivals, err := d.in.List(t.Context(), one.Clerk, org.ID{}, postgres.ArrivalFilter{State: routing.Awaiting, Limit: 10})
	if err != nil || len(arrivals) != 1 || arrivals[0].Symbol != "CT-UBND" || arrivals[0].FileCount != 1 {
		t.Fatalf("%+v %v", arrivals, err)
	}
	keep := func(*routing.Fields) {}
	if err := d.in.Register(t.Context(), one.Clerk, access.Command{}, arrivals[0].ID, incoming.Registration{Seen: h, Correct: keep}); err != nil {
		t.Fatal(err)
	}
	arrivals, err = d.in.List(t.Context(), two.Clerk, org.ID{}, postgres.ArrivalFilter{Limit: 10})
	if err != nil || len(arrivals) != 1 {
		t.Fatalf("%+v %v", arrivals, err)
	}
	if err := d.in.Refuse(t.Context(), two.Clerk, access.Command{}, arrivals[0].ID, routing.WrongCompetence, "Thuộc Sở Nội vụ"); err != nil {
		t.Fatal(err)
	}
	d.tell(t)

	list, counts, err := d.out.Deliveries(t.Context(), d.sender.Clerk, id, "", 0, 10)
	if err != nil || counts != (postgres.DeliveryCounts{Total: 2, Registered: 1, Refused: 1}) {
		t.Fatalf("%+v %v", counts, err)
	}
	if list[0].State != exchange.Registered || list[0].ArrivalNumber != 1 || list[0].ByName != one.Clerk.FullName {
		t.Errorf("first delivery: %+v", list[0])
	}
	if list[1].State != exchange.Refused || list[1].ReasonCode != "wrong_competence" || list[1].Reason != "Thuộc Sở Nội vụ" {
		t.Errorf("second delivery: %+v", list[1])
	}
	d.refusalIsWork(t, id)
}

// refusalIsWork holds that a refusal stands in the work of those who can do
// something about it, and that the list behind counts the same.
func (d *desk) refusalIsWork(t *testing.T, id org.ID) {
	t.Helper()
	for name, c := range map[string]struct {
		who  access.Person
		days int
		want int
	}{
		"the clerk":                {d.sender.Clerk, 0, 1},
		"the author":               {d.sender.Officer, 0, 1},
		"a leader, not the author": {d.sender.Leader, 0, 0},
		"the clerk a month later":  {d.sender.Clerk, 31, 0},
	} {
		now := time.Now().AddDate(0, 0, c.days)
		groups, err := notice.New(d.Store, func() time.Time { return now }).Work(t.Context(), c.who)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(groups, func(g notice.Group) bool { return g.Expected == "refused" })
		if (at >= 0) != (c.want > 0) {
			t.Errorf("%s: %+v", name, groups)
			continue
		}
		if at < 0 {
			continue
		}
		g := groups[at]
		list, err := d.out.List(t.Context(), c.who, org.ID{}, outgoing.Filter{RefusedSince: g.Since, Mine: g.Mine, Limit: 10})
		if err != nil || len(list) != g.Count || g.Count != c.want || list[0].ID != id || list[0].ID != g.Documents[0].ID {
			t.Errorf("%s: group %+v, list %+v %v", name, g, list, err)
		}
	}
}

// What is told to an open screen keeps to what its person may read; that
// something changed is told all the same, so that lists stay true.
func TestM3_LiveChangesNameOnlyWhatMayBeRead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	there := d.Office(t, "H59.01", "Sở Nội vụ")
	id, h := d.draft(t, agency(there))
	colleague := d.Person(t, d.sender.ID, org.ID{}, org.Officer)
	notices := notice.New(d.Store, time.Now)
	named := func(who access.Person, at org.ID, subject string, id org.ID) bool {
		t.Helper()
		list, err := notices.Named(t.Context(), who, []notice.Change{{AgencyID: at, SubjectType: subject, SubjectID: id}})
		if err != nil || len(list) != 1 || list[0].AgencyID != at {
			t.Fatalf("%+v %v", list, err)
		}
		return list[0].SubjectID == id
	}
	check := func(when string, want map[string]bool) {
		t.Helper()
		for name, who := range map[string]access.Person{"author": d.sender.Officer, "head": d.sender.Head, "colleague": colleague, "clerk": d.sender.Clerk, "leader": d.sender.Leader} {
			if got := named(who, d.sender.ID, "document", id); got != want[name] {
				t.Errorf("%s, %s: named %v", when, name, got)
			}
		}
	}
	check("draft", map[string]bool{"author": true, "head": true})
	if err := d.out.Submit(t.Context(), d.sender.Officer, access.Command{}, id, d.sender.LeaderPosition, ""); err != nil {
		t.Fatal(err)
	}
	check("submitted", map[string]bool{"author": true, "head": true, "clerk": true, "leader": true})
	if err := d.out.Approve(t.Context(), d.sender.Leader, access.Command{}, id, h, ""); err != nil {
		t.Fatal(err)
	}
	if err := d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, id, org.ID{}, h); err != nil {
		t.Fatal(err)
	}
	arrivals, err := d.in.List(t.Context(), there.Clerk, org.ID{}, postgres.ArrivalFilter{Limit: 10})
	if err != nil || len(arrivals) != 1 {
		t.Fatalf("%+v %v", arrivals, err)
	}
	for who, want := range map[*access.Person]bool{&there.Clerk: true, &there.Leader: true, &there.Officer: false} {
		if got := named(*who, there.ID, "arrival", arrivals[0].ID); got != want {
			t.Errorf("arrival, %s: named %v", who.Positions[0].Role, got)
		}
	}
	mail := postgres.NewID()
	if !named(there.Clerk, there.ID, "mail_item", mail) || named(there.Officer, there.ID, "mail_item", mail) || named(there.Officer, there.ID, "mailbox", mail) {
		t.Error("mail is not its clerk's alone")
	}
}

func TestA1_OutOfOrderIsRefusedAndLeavesOnlyAnAuditLine(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id, h := d.draft(t, agency(d.Office(t, "H59.01", "Sở Nội vụ")))
	if err := d.out.Submit(t.Context(), d.sender.Officer, access.Command{}, id, d.sender.LeaderPosition, ""); err != nil {
		t.Fatal(err)
	}
	before, err := d.out.Read(t.Context(), d.sender.Clerk, id)
	if err != nil {
		t.Fatal(err)
	}
	err = d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, id, org.ID{}, h)
	wantCode(t, err, "out_of_order")
	after, err := d.out.Read(t.Context(), d.sender.Clerk, id)
	if err != nil || after.State != document.Submitted || after.Version != before.Version || after.Number != 0 {
		t.Fatalf("changed: %+v %v", after.Document, err)
	}
	events, err := d.out.Events(t.Context(), d.sender.Clerk, id, org.ID{}, 50)
	if err != nil || events[len(events)-1].Verb != "act_refused" || events[len(events)-1].Data["act"] != "issue" {
		t.Fatalf("no audit line: %+v %v", events, err)
	}
}

func TestB1_NumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	to := agency(d.Office(t, "H59.01", "Sở Nội vụ"))
	const n = 40
	type made struct {
		id org.ID
		h  document.Hash
	}
	var all []made
	for range n {
		id, h := d.approved(t, to)
		all = append(all, made{id, h})
	}
	var wg sync.WaitGroup
	for i, m := range all {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if i%4 == 3 { // a failed transaction after the number was taken in it
				err := d.Store.InTx(context.Background(), postgres.PersonScope(d.sender.Clerk.Agencies()), func(tx *postgres.Tx) error {
					r, err := tx.LockRegister(context.Background(), d.sender.ID, d.sender.OutgoingRegister)
					if err != nil {
						return err
					}
					number, next, err := r.Take(org.DayOf(time.Now()))
					if err != nil {
						return err
					}
					if err := tx.ActFor(context.Background(), d.sender.ID); err != nil {
						return err
					}
					if err := tx.TakeNumber(context.Background(), postgres.Taking{Register: next, Number: number, Symbol: "X", Day: org.DayOf(time.Now()),
						SubjectType: "document", SubjectID: m.id, By: d.sender.Clerk.AccountID, At: time.Now()}); err != nil {
						return err
					}
					return errors.New("fails on purpose")
				})
				if err == nil {
					t.Error("the failing transaction did not fail")
				}
			}
			if err := d.out.Issue(context.Background(), d.sender.Clerk, access.Command{}, m.id, org.ID{}, m.h); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	var count, low, high, next int
	err := d.Admin(t).QueryRow(t.Context(), `select count(distinct number), min(number), max(number), (select next_number from register where id = register_id)
		from register_entry where register_id = $1 group by register_id`, d.sender.OutgoingRegister.String()).Scan(&count, &low, &high, &next)
	if err != nil || count != n || low != 1 || high != n || next != n+1 {
		t.Fatalf("count %d, %d to %d, next %d: %v", count, low, high, next, err)
	}
}

func TestD1_IssueIsRepeatedOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one := d.Office(t, "H59.01", "Sở Nội vụ")
	id, h := d.approved(t, agency(one))
	c := access.Command{AccountID: d.sender.Clerk.AccountID, Key: "key-0001", Operation: "issueDocument", Request: [32]byte{1}}
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := d.out.Issue(context.Background(), d.sender.Clerk, c, id, org.ID{}, h); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	list, err := d.in.List(t.Context(), one.Clerk, org.ID{}, postgres.ArrivalFilter{Limit: 10})
	if err != nil || len(list) != 1 {
		t.Fatalf("%d arrivals, %v", len(list), err)
	}
	c.Request = [32]byte{2}
	wantCode(t, d.out.Issue(t.Context(), d.sender.Clerk, c, id, org.ID{}, h), "idempotency_key_reused")
}

func TestD2_UnitsPeopleAndNamesAreRecipients(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id, h := d.approved(t,
		outgoing.RecipientInput{Type: document.ToUnit, UnitID: d.sender.Unit},
		outgoing.RecipientInput{Type: document.ToPerson, PositionID: d.sender.Officer.Positions[0].ID, Role: document.ForInformation},
		outgoing.RecipientInput{Type: document.ToName, Name: "Báo Trà Vinh"})
	if err := d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, id, org.ID{}, h); err != nil {
		t.Fatal(err)
	}
	list, err := d.in.List(t.Context(), d.sender.Officer, org.ID{}, postgres.ArrivalFilter{Unread: true, Limit: 10})
	if err != nil || len(list) != 1 || list[0].State != routing.Inside {
		t.Fatalf("%+v %v", list, err)
	}
	if err := d.in.MarkRead(t.Context(), d.sender.Officer, list[0].ID); err != nil {
		t.Fatal(err)
	}
	v, err := d.in.Read(t.Context(), d.sender.Officer, list[0].ID)
	if err != nil || len(v.Lines) != 2 || v.State != routing.Inside {
		t.Fatalf("%+v %v", v.Lines, err)
	}
	deliveries, _, err := d.out.Deliveries(t.Context(), d.sender.Clerk, id, "", 0, 10)
	if err != nil || deliveries[2].Channel != exchange.Paper || deliveries[2].State != exchange.Waiting {
		t.Fatalf("%+v %v", deliveries, err)
	}
}

func TestA3_StaleApprovalIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id, _ := d.draft(t, agency(d.Office(t, "H59.01", "Sở Nội vụ")))
	if err := d.out.Submit(t.Context(), d.sender.Officer, access.Command{}, id, d.sender.LeaderPosition, ""); err != nil {
		t.Fatal(err)
	}
	wantCode(t, d.out.Approve(t.Context(), d.sender.Leader, access.Command{}, id, document.Hash{9}, ""), "stale")
}

func TestM2_ForeignDocumentsAndArrivalsAreMissing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, two := d.Office(t, "H59.01", "Sở Nội vụ"), d.Office(t, "H59.02", "Sở Tư pháp")
	id, h := d.approved(t, agency(one))
	if err := d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, id, org.ID{}, h); err != nil {
		t.Fatal(err)
	}
	list, err := d.in.List(t.Context(), one.Clerk, org.ID{}, postgres.ArrivalFilter{Limit: 10})
	if err != nil || len(list) != 1 {
		t.Fatal(len(list), err)
	}
	for name, who := range map[string]access.Person{"clerk": two.Clerk, "leader": two.Leader, "officer": two.Officer} {
		_, err := d.out.Read(t.Context(), who, id)
		wantCode(t, err, "not_found")
		_, err = d.in.Read(t.Context(), who, list[0].ID)
		wantCode(t, err, "not_found")
		_, err = d.out.File(t.Context(), who, id, h)
		wantCode(t, err, "not_found")
		if found, err := d.in.List(t.Context(), who, one.ID, postgres.ArrivalFilter{Limit: 10}); err != nil || len(found) != 0 {
			t.Errorf("%s lists %d foreign arrivals, %v", name, len(found), err)
		}
	}
}

func TestJ1_SearchFoldsToneMarksAndKeepsToItsAgency(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, two := d.Office(t, "H59.01", "Sở Nội vụ"), d.Office(t, "H59.02", "Sở Tư pháp")
	id, h := d.approved(t, agency(one))
	if err := d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, id, org.ID{}, h); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"cải cách", "cai cach hanh", "CT-UBND", "01/ct-ubnd", "day manh"} {
		found, err := d.in.List(t.Context(), one.Clerk, org.ID{}, postgres.ArrivalFilter{Query: q, Limit: 10})
		if err != nil || len(found) != 1 {
			t.Errorf("%q: %d found, %v", q, len(found), err)
		}
		sent, err := d.out.List(t.Context(), d.sender.Officer, org.ID{}, postgres.DocumentFilter{Query: q, Limit: 10})
		if err != nil || len(sent) != 1 {
			t.Errorf("%q outgoing: %d found, %v", q, len(sent), err)
		}
		if found, err := d.in.List(t.Context(), two.Clerk, org.ID{}, postgres.ArrivalFilter{Query: q, Limit: 10}); err != nil || len(found) != 0 {
			t.Errorf("%q: another agency finds %d, %v", q, len(found), err)
		}
	}
	for _, q := range []string{"'", ":*", "a & b | !", "\\", "((("} {
		if _, err := d.in.List(t.Context(), one.Clerk, org.ID{}, postgres.ArrivalFilter{Query: q, Limit: 10}); err != nil {
			t.Errorf("%q: %v", q, err)
		}
	}
}

// What the lists show is exactly what the policy lets each person read.
func TestM2_ListsEqualThePolicy(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one := d.Office(t, "H59.01", "Sở Nội vụ")
	people := []access.Person{d.sender.Clerk, d.sender.Leader, d.sender.Head, d.sender.Officer, one.Clerk, one.Officer}
	people = append(people, d.Person(t, d.sender.ID, org.ID{}, org.Officer), d.Person(t, d.sender.ID, org.ID{}, org.Admin))
	var ids []org.ID
	draft, _ := d.draft(t, agency(one))
	ids = append(ids, draft)
	sentBack, h := d.draft(t, agency(one))
	if err := errors.Join(
		d.out.Submit(t.Context(), d.sender.Officer, access.Command{}, sentBack, d.sender.LeaderPosition, ""),
		d.out.SendBack(t.Context(), d.sender.Leader, access.Command{}, sentBack, "thiếu căn cứ", h)); err != nil {
		t.Fatal(err)
	}
	approved, _ := d.approved(t, agency(one))
	issued, h := d.approved(t, agency(one))
	if err := d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, issued, org.ID{}, h); err != nil {
		t.Fatal(err)
	}
	ids = append(ids, sentBack, approved, issued)
	for i, who := range people {
		list, err := d.out.List(t.Context(), who, org.ID{}, postgres.DocumentFilter{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		listed := map[org.ID]bool{}
		for _, x := range list {
			listed[x.ID] = true
		}
		for j, id := range ids {
			_, err := d.out.Read(t.Context(), who, id)
			if readable := err == nil; readable != listed[id] {
				t.Errorf("person %d, document %d: read %v, listed %v", i, j, readable, listed[id])
			}
		}
	}
}
