package api_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"congvan/server/domain/org"
	"congvan/storage/storagetest"
)

// standIn lets one person stand in for another from today on, through the contract.
func (i *installation) standIn(t testing.TB, from, to org.ID, account org.ID, days int, powers ...string) answer {
	t.Helper()
	today := org.DayOf(i.now())
	body := object{"positionId": from.String(), "delegatePositionId": to.String(), "validFrom": today.String(), "validUntil": today.AddDays(days - 1).String(), "reason": "Đi công tác"}
	if len(powers) > 0 {
		body["powers"] = powers
	}
	return i.as(t, account).post("/api/delegations", body)
}

type delegationView struct {
	ID, State, FullName, DelegateName string
}

func (i *installation) submitted(t testing.TB, o storagetest.Office) (id, sha256 string) {
	t.Helper()
	officer := i.as(t, o.Officer.AccountID)
	file := officer.upload("văn bản.pdf", append(aPDF(t), "\n% "+uuid.NewString()...))
	id = officer.post("/api/documents", aDraft(file.ID, object{"type": "name", "name": "Lưu"})).need(t, 201).identified(t)
	officer.post("/api/documents/"+id+"/submit", object{"approverPositionId": o.LeaderPosition.String()}).need(t, 200)
	return id, file.SHA256
}

func TestH3_TheSubstituteActsOnBehalfAndItEndsByItself(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	first, firstSum := i.submitted(t, o) // waits for the leader before the absence
	head := i.as(t, o.Head.AccountID)
	head.post("/api/documents/"+first+"/approve", object{"seenSha256": firstSum}).refused(t, 403, "forbidden")

	var d delegationView
	i.standIn(t, o.LeaderPosition, o.Head.Positions[0].ID, o.Leader.AccountID, 3).need(t, 201).into(t, &d)
	if d.State != "standing" || d.DelegateName != o.Head.FullName {
		t.Errorf("%+v", d)
	}
	var me struct {
		Positions []struct{ ID, OnBehalfOf string }
	}
	head.get("/api/me").need(t, 200).into(t, &me)
	if len(me.Positions) != 2 || me.Positions[1].ID != o.LeaderPosition.String() || me.Positions[1].OnBehalfOf != o.Leader.FullName {
		t.Errorf("the substitute's positions: %+v", me.Positions)
	}
	// Open work is shown to both, and the substitute may decide it.
	for _, c := range []*client{head, i.as(t, o.Leader.AccountID)} {
		var work struct {
			Groups []struct {
				Expected string
				Count    int
			}
		}
		c.get("/api/work").need(t, 200).into(t, &work)
		if len(work.Groups) == 0 || work.Groups[0].Expected != "approve" || work.Groups[0].Count != 1 {
			t.Errorf("work: %+v", work)
		}
	}
	head.post("/api/documents/"+first+"/approve", object{"seenSha256": firstSum}).need(t, 200)
	var history struct {
		Items []struct{ Verb, ActorName, OnBehalfOf string }
	}
	head.get("/api/documents/"+first+"/events").need(t, 200).into(t, &history)
	last := history.Items[len(history.Items)-1]
	if last.Verb != "approved" || last.ActorName != o.Head.FullName || last.OnBehalfOf != o.Leader.FullName {
		t.Errorf("the history does not name both: %+v", last)
	}
	var title string
	i.scan(t, &title, "select signer_title from document where id = $1", first)
	if title != "TUQ. leader, unit_head" {
		t.Errorf("signed as %q", title)
	}
	// It ends by itself.
	second, secondSum := i.submitted(t, o)
	i.later(3 * 24 * time.Hour)
	head = i.as(t, o.Head.AccountID)
	head.post("/api/documents/"+second+"/approve", object{"seenSha256": secondSum}).refused(t, 403, "forbidden")
}

func TestH3_RevokedAtOnceAndOnlyWhatWasDelegated(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	id, sum := i.submitted(t, o)
	head := i.as(t, o.Head.AccountID)
	var d delegationView
	i.standIn(t, o.LeaderPosition, o.Head.Positions[0].ID, o.Leader.AccountID, 3, "register").need(t, 201).into(t, &d)
	head.post("/api/documents/"+id+"/approve", object{"seenSha256": sum}).refused(t, 403, "forbidden") // may not approve, may read
	i.as(t, o.Leader.AccountID).post("/api/delegations/"+d.ID+"/revoke", nil).need(t, 204)
	i.as(t, o.Leader.AccountID).post("/api/delegations/"+d.ID+"/revoke", nil).refused(t, 409, "ended")

	i.standIn(t, o.LeaderPosition, o.Head.Positions[0].ID, o.Leader.AccountID, 3, "approve").need(t, 201).into(t, &d)
	// Nothing is handed on: what was only delegated is not the substitute's to delegate.
	i.standIn(t, o.LeaderPosition, o.Officer.Positions[0].ID, o.Head.AccountID, 2).refused(t, 403, "forbidden")
	// A program of the substitute does not act on behalf.
	token := i.token(t, o.Head.AccountID, "read", "approve")
	token.post("/api/documents/"+id+"/approve", object{"seenSha256": sum}).refused(t, 403, "forbidden")
	head.post("/api/delegations/"+d.ID+"/revoke", nil).need(t, 204) // the substitute may give it back
	head.post("/api/documents/"+id+"/approve", object{"seenSha256": sum}).refused(t, 403, "forbidden")
}

func TestH3_WhoIsLockedLendsNothing(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	id, sum := i.submitted(t, o)
	i.standIn(t, o.LeaderPosition, o.Head.Positions[0].ID, o.Leader.AccountID, 3).need(t, 201)
	i.exec(t, "update account set state = 'locked' where id = $1", o.Leader.AccountID)
	i.as(t, o.Head.AccountID).post("/api/documents/"+id+"/approve", object{"seenSha256": sum}).refused(t, 403, "forbidden")
}

func TestH3_TwoWhoNameEachOtherAtOneMoment(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	for range 5 {
		answers := make([]answer, 2)
		var both sync.WaitGroup
		leader, head := o.Leader, o.Head
		both.Go(func() { answers[0] = i.standIn(t, leader.Positions[0].ID, head.Positions[0].ID, leader.AccountID, 2) })
		both.Go(func() { answers[1] = i.standIn(t, head.Positions[0].ID, leader.Positions[0].ID, head.AccountID, 2) })
		both.Wait()
		if answers[0].Status+answers[1].Status != 201+422 {
			t.Fatalf("%d and %d: %s %s", answers[0].Status, answers[1].Status, answers[0].Body, answers[1].Body)
		}
		i.exec(t, "update delegation set revoked_at = now() where agency_id = $1 and revoked_at is null", o.ID)
	}
}
