package api_test

import (
	"bytes"
	"sync"
	"testing"

	"github.com/google/uuid"

	"congvan/server/domain/org"
)

// Who cannot be sent to is refused by name of the field, and the draft stays as it was.
func TestBadInput_RecipientsThatAreNot(t *testing.T) {
	t.Parallel()
	i := install(t)
	o, other := i.Office(t, "H59.01", "Xã Long Đức"), i.Office(t, "H59.02", "Xã An Phú")
	retired := i.Office(t, "H59.03", "Xã đã sáp nhập")
	i.exec(t, "update agency set valid_until = $2 where id = $1", retired.ID, org.DayOf(i.now()).AddDays(-1).String())
	c := i.as(t, o.Officer.AccountID)
	file := c.upload("a.pdf", aPDF(t))
	begun := c.post("/api/documents", aDraft(file.ID, toAgency(other.ID))).need(t, 201)
	id := begun.identified(t)
	for name, x := range map[string]struct {
		to   object
		code string
	}{
		"an agency that is not":      {object{"type": "agency", "agencyId": uuid.NewString()}, "unknown_recipient"},
		"no agency at all":           {object{"type": "agency"}, "unknown_recipient"},
		"an agency of the past":      {toAgency(retired.ID), "retired_agency"},
		"oneself":                    {toAgency(o.ID), "own_agency"},
		"a unit of another agency":   {object{"type": "unit", "unitId": other.Unit.String()}, "unknown_recipient"},
		"a person of another agency": {object{"type": "person", "positionId": other.ClerkPosition.String()}, "unknown_recipient"},
		"a unit that is a person":    {object{"type": "unit", "unitId": o.ClerkPosition.String()}, "unknown_recipient"},
	} {
		to := []object{toAgency(other.ID), x.to}
		for _, a := range []answer{c.post("/api/documents", aDraft(file.ID, to...)), c.patch("/api/documents/"+id, begun.Header.Get("ETag"), object{"recipients": to})} {
			p := a.refused(t, 422, "invalid_request")
			if len(p.Fields) != 1 || p.Fields[0].Name != "recipients" || p.Fields[0].Code != x.code || p.Fields[0].Message == "" {
				t.Errorf("%s: %s", name, a.Body)
			}
		}
	}
	if n := i.count(t, "document"); n != 1 {
		t.Errorf("%d documents, want the one with a recipient that is", n)
	}
	var d struct{ Recipients []struct{ Name string } }
	c.get("/api/documents/"+id).need(t, 200).into(t, &d)
	if len(d.Recipients) != 1 || d.Recipients[0].Name != other.Name {
		t.Errorf("the draft is now for %+v", d.Recipients)
	}
}

// Of two who edit the same draft the later one is told, and loses nothing of the earlier one's.
func TestBadInput_AStaleEdit(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	c := i.as(t, o.Officer.AccountID)
	begun := c.post("/api/documents", object{"kind": anyKind, "subject": "Bản đầu"}).need(t, 201)
	path, version := "/api/documents/"+begun.identified(t), begun.Header.Get("ETag")
	first := c.patch(path, version, object{"subject": "Sửa ở máy này"}).need(t, 200)
	c.patch(path, version, object{"subject": "Sửa ở máy kia"}).refused(t, 412, "stale")
	c.patch(path, `"9999"`, object{"note": "x"}).refused(t, 412, "stale")
	c.call("PATCH", path, object{"note": "x"}).refused(t, 422, "invalid_request")
	var d struct{ Subject, Note string }
	kept := c.get(path).need(t, 200)
	kept.into(t, &d)
	if d.Subject != "Sửa ở máy này" || d.Note != "" || kept.Header.Get("ETag") != first.Header.Get("ETag") {
		t.Errorf("%+v, version %s after %s", d, kept.Header.Get("ETag"), first.Header.Get("ETag"))
	}
	// At the same moment: one of them, whichever.
	version = kept.Header.Get("ETag")
	won := together(8, func() int {
		return i.as(t, o.Officer.AccountID).patch(path, version, object{"note": "cùng lúc"}).Status
	})
	if won[200] != 1 || won[412] != 7 {
		t.Errorf("eight edits of one version: %v", won)
	}
}

// Two press issue at the same moment: it leaves once, with one number, and the
// other is told that it has left.
func TestBadInput_IssuedAtTheSameMoment(t *testing.T) {
	t.Parallel()
	i := install(t)
	o, to := i.Office(t, "H59.01", "Xã Long Đức"), i.Office(t, "H59.02", "Xã An Phú")
	id, sum := i.approved(t, o, toAgency(to.ID))
	second := i.Person(t, o.ID, org.ID{}, org.Clerk)
	clerks := []*client{i.as(t, o.Clerk.AccountID), i.as(t, second.AccountID)}
	var mu sync.Mutex
	turn := 0
	got := together(6, func() int {
		mu.Lock()
		c := clerks[turn%2]
		turn++
		mu.Unlock()
		a := c.post("/api/documents/"+id+"/issue", object{"seenSha256": sum})
		if a.Status != 200 && !bytes.Contains(a.Body, []byte(`"out_of_order"`)) {
			t.Errorf("who comes second is told %s", a.Body)
		}
		return a.Status
	})
	if got[200] != 1 || got[409] != 5 {
		t.Errorf("six who issue at once: %v", got)
	}
	if entries, arrivals := i.count(t, "register_entry"), i.count(t, "arrival"); entries != 1 || arrivals != 1 {
		t.Errorf("%d numbers were taken and %d arrivals made", entries, arrivals)
	}
}

// together does something n times at once and counts the answers.
func together(n int, do func() int) map[int]int {
	counts, answers, start := map[int]int{}, make(chan int, n), make(chan struct{})
	for range n {
		go func() {
			status := 0 // when it never came to an answer
			defer func() { answers <- status }()
			<-start
			status = do()
		}()
	}
	close(start)
	for range n {
		counts[<-answers]++
	}
	return counts
}
