package server_test

import (
	"context"
	"fmt"
	"testing"

	"congvan/server/app/incoming"
	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres"
)

func (s *site) ask(id org.ID, in outgoing.AfterIssue) {
	s.t.Helper()
	if err := s.out.Ask(context.Background(), s.office.Clerk, access.Command{}, id, in); err != nil {
		s.t.Fatal(err)
	}
}

// answered waits until the only recipient has answered the request of the kind so.
func (s *site) answered(id org.ID, kind document.RequestKind, want document.Reply) {
	s.t.Helper()
	s.await(func() bool {
		return s.count(fmt.Sprintf(`select count(*) from request r join request_delivery q on q.agency_id = r.agency_id and q.request_id = r.id
			where r.document_id = '%s' and r.kind = '%s' and q.answer = '%s'`, id, kind, want)) == 1
	})
}

// heard gives what the sender said of the arrival with the subject, once it is there.
func (s *site) heard(subject string, n int) []postgres.HeardRequest {
	s.t.Helper()
	arrival, _ := s.arrival(subject)
	s.await(func() bool {
		return s.count(fmt.Sprintf(`select count(*) from request_arrival where arrival_id = '%s'`, arrival)) == n
	})
	list, err := s.in.Requests(context.Background(), s.office.Clerk, arrival)
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func (s *site) answers(subject string, request org.ID, agree bool, note string) {
	s.t.Helper()
	arrival, _ := s.arrival(subject)
	if err := s.in.AnswerRequest(context.Background(), s.office.Clerk, access.Command{}, arrival, request, agree, note); err != nil {
		s.t.Fatal(err)
	}
}

// tells proves that the history of a subject has the verb so many times.
func (s *site) tells(subjectType string, id org.ID, verb string, want int) {
	s.t.Helper()
	if n := s.count(fmt.Sprintf(`select count(*) from event where subject_type = '%s' and subject_id = '%s' and verb = '%s'`, subjectType, id, verb)); n != want {
		s.t.Errorf("%s: %d times in the history of the %s, want %d", verb, n, subjectType, want)
	}
}

func (s *site) arrivalState(subject string) routing.State {
	s.t.Helper()
	id, _ := s.arrival(subject)
	v, err := s.in.Read(context.Background(), s.office.Clerk, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return v.State
}

// Taking back between two installations: before its registration a document is
// taken out by itself, after it the recipient's clerk agrees (15) or declines
// (16); both sides keep what was there, when, and who said what (F1).
func TestF1_TakingBackCrossesBetweenInstallations(t *testing.T) {
	t.Parallel()
	a, b := federate(t)
	there := a.knows(b, b.addr, "khoa-bi-mat-cua-hai-ben")
	b.knows(a, a.addr, "khoa-bi-mat-cua-hai-ben")
	a.start()
	b.start()
	takeBack := outgoing.AfterIssue{Kind: document.TakeBackRequest, Reason: "Gửi nhầm tệp"}
	sent := map[string]org.ID{}
	for n, subject := range []string{"Chưa vào sổ", "Đồng ý", "Từ chối"} {
		sent[subject] = a.issue(subject, fmt.Appendf(nil, "%%PDF-1.7 %s", subject), there)
		a.await(func() bool { return a.inState("arrived")+a.inState("registered") == n+1 })
	}
	b.register("Đồng ý")
	b.register("Từ chối")
	a.await(func() bool { return a.inState("registered") == 2 })
	for _, id := range sent {
		a.ask(id, takeBack)
	}
	a.answered(sent["Chưa vào sổ"], document.TakeBackRequest, document.Withdrawn)
	if got := b.arrivalState("Chưa vào sổ"); got != routing.TakenBack {
		t.Errorf("before registration: %s", got)
	}
	arrival, hash := b.arrival("Chưa vào sổ")
	if _, err := b.in.File(t.Context(), b.office.Clerk, arrival, hash); err == nil {
		t.Error("the file of what was taken back can still be opened")
	}
	heard := b.heard("Đồng ý", 1)
	if heard[0].Kind != document.TakeBackRequest || heard[0].Answer != document.Pending || heard[0].Reason != "Gửi nhầm tệp" || heard[0].SenderName != "UBND tỉnh Trà Vinh" {
		t.Fatalf("%+v", heard[0])
	}
	b.answers("Đồng ý", heard[0].ID, true, "")
	b.answers("Từ chối", b.heard("Từ chối", 1)[0].ID, false, "Đã giao xử lý")
	a.answered(sent["Đồng ý"], document.TakeBackRequest, document.Agreed)
	a.answered(sent["Từ chối"], document.TakeBackRequest, document.Declined)
	if b.arrivalState("Đồng ý") != routing.TakenBack || b.arrivalState("Từ chối") != routing.Registered {
		t.Error("the answer was not carried out")
	}
	said, err := a.out.Requests(t.Context(), a.office.Clerk, sent["Từ chối"])
	if err != nil || said.Requests[0].Answers[0].By != b.office.Clerk.FullName || said.Requests[0].Answers[0].Note != "Đã giao xử lý" {
		t.Errorf("%+v %v", said, err)
	}
	for subject, verb := range map[string]string{"Chưa vào sổ": "request_withdrawn", "Đồng ý": "request_agreed", "Từ chối": "request_declined"} {
		a.tells("document", sent[subject], "take_back_asked", 1)
		a.tells("document", sent[subject], verb, 1)
		id, _ := b.arrival(subject)
		b.tells("arrival", id, "take_back_asked", 1)
	}
	if n := b.count(`select count(*) from arrival`); n != 3 {
		t.Errorf("%d arrivals", n)
	}
}

// A recall crosses: the recipient cannot refuse it, cancels and confirms, and
// both keep a stub. A replacement and an update link both ways (F2, F3).
func TestF2_RecallAndReplacementCrossBetweenInstallations(t *testing.T) {
	t.Parallel()
	a, b := federate(t)
	there := a.knows(b, b.addr, "khoa-bi-mat-cua-hai-ben")
	b.knows(a, a.addr, "khoa-bi-mat-cua-hai-ben")
	a.start()
	b.start()
	one, two := a.issue("Bị thu hồi", []byte("%PDF-1.7 một"), there), a.issue("Bị thay thế", []byte("%PDF-1.7 hai"), there)
	three := a.issue("Bị cập nhật", []byte("%PDF-1.7 ba"), there)
	a.await(func() bool { return a.inState("arrived") == 3 })
	b.register("Bị thu hồi")
	a.await(func() bool { return a.inState("registered") == 1 })
	a.ask(one, outgoing.AfterIssue{Kind: document.RecallRequest, Reason: "Trái thẩm quyền", ByReference: "06/QĐ-UBND"})
	heard := b.heard("Bị thu hồi", 1)
	if heard[0].Kind != document.RecallRequest || heard[0].Reason != "Trái thẩm quyền" || heard[0].ByReference != "06/QĐ-UBND" || heard[0].Answer != document.Pending {
		t.Fatalf("%+v", heard[0])
	}
	arrival, _ := b.arrival("Bị thu hồi")
	if err := b.in.AnswerRequest(t.Context(), b.office.Clerk, access.Command{}, arrival, heard[0].ID, false, "Không đồng ý"); err == nil {
		t.Error("a recall was refused")
	}
	b.answers("Bị thu hồi", heard[0].ID, true, "")
	a.answered(one, document.RecallRequest, document.Confirmed)
	if b.arrivalState("Bị thu hồi") != routing.Recalled {
		t.Error("the recalled document still stands")
	}
	a.tells("document", one, "recalled", 1)
	a.tells("document", one, "request_confirmed", 1)
	b.tells("arrival", arrival, "recalled", 1)

	// The new document comes first for one, and after the word of it for the other.
	newer := a.issue("Văn bản mới", []byte("%PDF-1.7 bốn"), there)
	a.await(func() bool { return a.inState("arrived") == 3 })
	a.ask(two, outgoing.AfterIssue{Kind: document.ReplaceNotice, ByDocumentID: newer})
	a.answered(two, document.ReplaceNotice, document.Told)
	b.kill()
	late := a.issue("Văn bản đến sau", []byte("%PDF-1.7 năm"), there)
	a.ask(three, outgoing.AfterIssue{Kind: document.UpdateNotice, ByDocumentID: late, Reason: "Bổ sung phụ lục"})
	b.start()
	a.await(func() bool { a.hurry(); return a.inState("arrived") == 4 })
	a.answered(three, document.UpdateNotice, document.Told)
	for old, by := range map[string]string{"Bị thay thế": "Văn bản mới", "Bị cập nhật": "Văn bản đến sau"} {
		want, _ := b.arrival(by)
		b.await(func() bool { return b.heard(old, 1)[0].ByArrivalID == want })
		if h := b.heard(old, 1)[0]; h.Answer != document.Told || h.ByReference == "" {
			t.Errorf("%s: %+v", old, h)
		}
	}
	for id, verb := range map[org.ID]string{two: "replaced", three: "updated"} {
		a.tells("document", id, verb, 1)
	}
	old, _ := b.arrival("Bị thay thế")
	b.tells("arrival", old, "replaced", 1)
	old, _ = b.arrival("Bị cập nhật")
	b.tells("arrival", old, "updated", 1)
	said, err := a.out.Requests(t.Context(), a.office.Clerk, newer)
	if err != nil || len(said.Followed) != 1 || said.Followed[0].DocumentID != two {
		t.Errorf("%+v %v", said, err)
	}
	if n := b.count(`select count(*) from arrival`); n != 5 {
		t.Errorf("%d arrivals of five documents", n)
	}
}

// The office's work beyond registering is told too: assigned (04), in work (05),
// done (06), each with who, in order (E1, L3).
func TestE1_AssignedInWorkAndDoneAreToldOverTheWire(t *testing.T) {
	t.Parallel()
	a, b := federate(t)
	there := a.knows(b, b.addr, "khoa-bi-mat-cua-hai-ben")
	b.knows(a, a.addr, "khoa-bi-mat-cua-hai-ben")
	a.start()
	b.start()
	a.issue("Giao việc", []byte("%PDF-1.7 một"), there)
	a.await(func() bool { return a.inState("arrived") == 1 })
	b.register("Giao việc")
	a.await(func() bool { return a.inState("registered") == 1 })
	clerk, head, officer := b.office.Clerk, b.office.Head, b.office.Officer
	arrival, _ := b.arrival("Giao việc")
	line := func(h routing.Holder) org.ID {
		t.Helper()
		v, err := b.in.Read(t.Context(), clerk, arrival)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range v.Lines {
			if l.Holder() == h {
				return l.ID
			}
		}
		t.Fatalf("no line of %+v", h)
		return org.ID{}
	}
	forward := func(who access.Person, from routing.Holder, to routing.Holder) {
		t.Helper()
		if err := b.in.Forward(t.Context(), who, access.Command{}, line(from), incoming.Forwarding{Shares: []routing.Share{{Holder: to, Role: routing.Lead}}}); err != nil {
			t.Fatal(err)
		}
	}
	unit, person := routing.Holder{UnitID: b.office.Unit}, routing.Holder{PositionID: officer.Positions[0].ID}
	forward(clerk, routing.Holder{}, unit)
	a.await(func() bool { return a.inState("assigned") == 1 })
	forward(head, unit, person)
	if err := b.in.NoteProgress(t.Context(), officer, access.Command{}, line(person), "Đang soạn", org.ID{}); err != nil {
		t.Fatal(err)
	}
	a.await(func() bool { return a.inState("in_work") == 1 })
	for _, end := range []struct {
		who  access.Person
		line routing.Holder
	}{{officer, person}, {head, unit}, {clerk, routing.Holder{}}} {
		_ = b.in.Finish(t.Context(), end.who, access.Command{}, line(end.line), "Đã xong", org.ID{}) // the last closes those above it
	}
	a.await(func() bool { return a.inState("done") == 1 })
	rows := b.count(`select count(*) from axis_status where sent_at is not null`)
	codes := b.count(`select count(distinct code) from axis_status where code in ('03', '04', '05', '06') and sent_at is not null`)
	if rows != 4 || codes != 4 {
		t.Errorf("%d statuses of %d codes were sent", rows, codes)
	}
}

// A peer that took a document and has forgotten it, after a restore say, answers
// a take-back truly: there is nothing there any more (F1).
func TestF1_WhatThePeerForgotIsWithdrawn(t *testing.T) {
	t.Parallel()
	a, b := federate(t)
	there := a.knows(b, b.addr, "khoa-bi-mat-cua-hai-ben")
	b.knows(a, a.addr, "khoa-bi-mat-cua-hai-ben")
	a.start()
	b.start()
	id := a.issue("Bị quên", []byte("%PDF-1.7 một"), there)
	a.await(func() bool { return a.inState("arrived") == 1 })
	b.exec(`update axis_message set document_code = 'khac', key = 'khac ' || key`)
	a.ask(id, outgoing.AfterIssue{Kind: document.TakeBackRequest, Reason: "Gửi nhầm"})
	a.answered(id, document.TakeBackRequest, document.Withdrawn)
}
