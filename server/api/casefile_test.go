package api_test

import (
	"sync"
	"testing"

	"congvan/server/domain/org"
	"congvan/storage/storagetest"
)

type casefileView struct {
	ID, Code, State string
	Contents        []struct {
		Ordinal  int
		Day      string
		Document *struct{ ID string }
	}
	Acts []string
}

// opened opens a restricted case file of the officer.
func (i *installation) opened(t testing.TB, o storagetest.Office, notation string) string {
	t.Helper()
	return i.as(t, o.Officer.AccountID).post("/api/casefiles", object{"agencyId": o.ID.String(), "year": 2026, "notation": notation,
		"title": "Hồ sơ về việc thử", "retention": 10, "start": "2020-01-01"}).need(t, 201).identified(t)
}

// issued gives an issued document of the office.
func (i *installation) issued(t testing.TB, o storagetest.Office, to org.ID) string {
	t.Helper()
	id, sum := i.approved(t, o, toAgency(to))
	i.as(t, o.Clerk.AccountID).post("/api/documents/"+id+"/issue", object{"seenSha256": sum}).need(t, 200)
	return id
}

func TestI1_ACaseFileFromOpeningToReopening(t *testing.T) {
	t.Parallel()
	i := install(t)
	o, to := i.Office(t, "H59.01", "Xã Long Đức"), i.Office(t, "H59.02", "Xã An Phú")
	officer := i.as(t, o.Officer.AccountID)
	first, second := i.opened(t, o, "01.VP"), i.opened(t, o, "02.VP")
	officer.post("/api/casefiles", object{"agencyId": o.ID.String(), "year": 2026, "notation": "01.vp", "title": "Trùng số", "retention": 0}).refused(t, 422, "invalid_request")
	path := "/api/casefiles/" + first
	today := org.DayOf(i.now()).String()
	officer.post(path+"/close", object{"end": today}).refused(t, 409, "casefile_not_ready")
	doc := i.issued(t, o, to.ID)
	// One document in two files, no copy, and once in each.
	officer.post(path+"/add", object{"documentId": doc}).need(t, 200)
	officer.post("/api/casefiles/"+second+"/add", object{"documentId": doc}).need(t, 200)
	officer.post(path+"/add", object{"documentId": doc}).refused(t, 409, "in_the_file_already")
	officer.post(path+"/add", object{}).refused(t, 422, "invalid_request")
	var v casefileView
	officer.post(path+"/close", object{"end": today}).need(t, 200).into(t, &v)
	if v.State != "closed" || v.Code != "H59.01.2026.01.VP" || len(v.Contents) != 1 || v.Contents[0].Document.ID != doc {
		t.Errorf("%+v", v)
	}
	officer.post(path+"/remove", object{"documentId": doc, "reason": "nhầm"}).refused(t, 409, "casefile_closed")
	i.as(t, o.Leader.AccountID).post(path+"/destroy", object{"decision": "12/QĐ-UBND"}).refused(t, 409, "casefile_kept")
	officer.post(path+"/reopen", object{"reason": "bổ sung"}).need(t, 200)
	// Frozen, nothing changes.
	i.as(t, o.Clerk.AccountID).post(path+"/freeze", object{"reason": "thanh tra"}).need(t, 200)
	officer.post(path+"/remove", object{"documentId": doc, "reason": "nhầm"}).refused(t, 409, "casefile_frozen")
	i.as(t, o.Clerk.AccountID).post(path+"/release", object{"reason": "xong thanh tra"}).need(t, 200)
	officer.post(path+"/hand-over", object{"keeperPositionId": o.Head.Positions[0].ID.String()}).need(t, 200)
}

// TestI1_ClosedWhileADocumentIsBeingAdded races the two: either the document
// was in before and the file closed with it, or it was refused.
func TestI1_ClosedWhileADocumentIsBeingAdded(t *testing.T) {
	t.Parallel()
	i := install(t)
	o, to := i.Office(t, "H59.01", "Xã Long Đức"), i.Office(t, "H59.02", "Xã An Phú")
	officer, clerk := i.as(t, o.Officer.AccountID), i.as(t, o.Clerk.AccountID)
	base, late := i.issued(t, o, to.ID), i.issued(t, o, to.ID)
	for n, notation := range []string{"01.VP", "02.VP", "03.VP", "04.VP"} {
		path := "/api/casefiles/" + i.opened(t, o, notation)
		officer.post(path+"/add", object{"documentId": base}).need(t, 200)
		var both sync.WaitGroup
		var added, closed answer
		both.Go(func() { added = officer.post(path+"/add", object{"documentId": late}) })
		both.Go(func() { closed = clerk.post(path+"/close", object{"end": org.DayOf(i.now()).String()}) })
		both.Wait()
		closed.need(t, 200)
		want := 2
		if added.Status != 200 {
			added.refused(t, 409, "casefile_closed")
			want = 1
		}
		var v casefileView
		officer.get(path).need(t, 200).into(t, &v)
		var count int
		i.scan(t, &count, "select count from casefile where id = $1", v.ID)
		if v.State != "closed" || len(v.Contents) != want || count != want {
			t.Errorf("round %d: %s with %d of %d documents, counted %d", n, v.State, len(v.Contents), want, count)
		}
	}
}

// Who may not read what lies in a file is told of it neither by the count nor
// by the history.
func TestM3_WhatIsRestrictedVanishesFromCaseFilesToo(t *testing.T) {
	t.Parallel()
	i := install(t)
	o, to := i.Office(t, "H59.01", "Xã Long Đức"), i.Office(t, "H59.02", "Xã An Phú")
	clerk, leader := i.as(t, o.Clerk.AccountID), i.as(t, o.Leader.AccountID)
	file := i.opened(t, o, "01.VP")
	i.as(t, o.Officer.AccountID).post("/api/casefiles/"+file+"/hand-over", object{"keeperPositionId": o.Clerk.Positions[0].ID.String()}).need(t, 200)
	complaint := clerk.post("/api/agencies/"+o.ID.String()+"/paper-arrivals",
		object{"seenSha256": "", "subject": "Đơn tố cáo", "issuerName": "Nguyễn Văn A", "restricted": true}).need(t, 201).identified(t)
	clerk.post("/api/casefiles/"+file+"/add", object{"arrivalId": complaint}).need(t, 200)
	clerk.post("/api/casefiles/"+file+"/add", object{"documentId": i.issued(t, o, to.ID)}).need(t, 200)
	for name, seen := range map[string]struct {
		by   *client
		want int
	}{"clerk": {clerk, 2}, "leader": {leader, 1}} {
		var list struct{ Items []struct{ Count int } }
		seen.by.get("/api/casefiles").need(t, 200).into(t, &list)
		var told struct {
			Items []struct{ Verb string }
			Next  string
		}
		seen.by.get("/api/casefiles/"+file+"/events?limit=2").need(t, 200).into(t, &told)
		var rest struct{ Items []struct{ Verb string } }
		if told.Next != "" {
			seen.by.get("/api/casefiles/"+file+"/events?limit=2&cursor="+told.Next).need(t, 200).into(t, &rest)
		}
		added := 0
		for _, e := range append(told.Items, rest.Items...) {
			if e.Verb == "casefile_added" {
				added++
			}
		}
		if len(list.Items) != 1 || list.Items[0].Count != seen.want || added != seen.want || len(told.Items)+len(rest.Items) != seen.want+2 {
			t.Errorf("the %s is told %+v and %+v %+v", name, list.Items, told, rest)
		}
	}
}
