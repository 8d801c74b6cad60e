package routing

import (
	"errors"
	"fmt"
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

var (
	errRoot = fault.New(fault.Conflict, "no_sender",
		"Luồng gốc không có nơi chuyển để trả về.", "The first line has nobody to go back to.")
	errOpened = fault.New(fault.Conflict, "line_opened",
		"Nơi nhận đã mở văn bản, không thu hồi được nữa.", "They have opened it: it cannot be withdrawn any more.")
	errBegun = fault.New(fault.Conflict, "line_begun",
		"Đã bắt đầu xử lý: hãy chuyển trả phần việc kèm kết quả đến nay.", "Work has begun: hand it back with what was done.")
	errNotBegun = fault.New(fault.Conflict, "line_not_begun",
		"Chưa xử lý gì: hãy trả lại nơi chuyển.", "Nothing was done yet: return it to who sent it.")
	errNotDone = fault.New(fault.Conflict, "line_not_done",
		"Chỉ mở lại phần việc đã hoàn thành.", "Only what was finished can be reopened.")
	errReopenAbove = fault.New(fault.Conflict, "reopen_above_first",
		"Hãy mở lại việc ở cấp trên trước.", "Reopen the work above it first.")
	errAnotherLead = fault.New(fault.Conflict, "another_lead",
		"Việc này đã có nơi khác chủ trì.", "Somebody else leads this work now.")
)

// Finish closes a line whose work is done. It waits for everything given out
// below it (H2). When a lead finishes, the work it led is done: who coordinated
// or was informed is closed with it, and what it was cut out of is done too.
func (t Tree) Finish(id org.ID, now time.Time) (Tree, error) {
	after, i, err := t.begin(id)
	if err != nil {
		return t, err
	}
	if err := t.working(id); err != nil {
		return t, err
	}
	if t.openWork(id) {
		return t, errChildOpen
	}
	after.done(i, now)
	return after, nil
}

// done closes the line and what follows from it, upwards and downwards.
func (t Tree) done(i int, now time.Time) {
	t.close(i, LineDone, now)
	t.closeBelow(t[i].ID, LineDone, now)
	if p := t.parent(i); p >= 0 && t[i].Role == Lead && !t[p].State.Closed() {
		t.done(p, now)
	}
}

// Inform closes at once what a leader directs to be known only: nobody leads,
// nothing is due, and those who are to know have it (H1).
func (t Tree) Inform(id org.ID, g Giving) (Tree, error) {
	l, ok := t.Line(id)
	switch {
	case !ok:
		return t, errNoLine
	case l.State.Closed():
		return t, errClosed
	case l.State == LineAwaiting:
		return t, errWaits
	case l.State == LineForwarded:
		return t, errOut
	case !l.Work() && !l.AgencyLine():
		return t, errOnlyInform
	case t.openWork(id):
		return t, errChildOpen
	}
	for _, s := range g.Shares {
		if s.Role != Inform {
			return t, errNoLead
		}
	}
	after := t
	if len(g.Shares) > 0 {
		given, err := t.Forward(id, g)
		if err != nil {
			return t, err
		}
		after = given
	}
	after, i, _ := after.begin(id)
	after.closeKeepingInformed(i, g.Now)
	return after, nil
}

// closeKeepingInformed closes the line and those above that it led, and leaves
// to who is to be informed what they have not read yet.
func (t Tree) closeKeepingInformed(i int, now time.Time) {
	t.close(i, LineDone, now)
	t.closeWorkBelow(t[i].ID, now)
	if p := t.parent(i); p >= 0 && t[i].Role == Lead && !t[p].State.Closed() {
		t.closeKeepingInformed(p, now)
	}
}

func (t Tree) closeWorkBelow(id org.ID, now time.Time) {
	for i := range t {
		if t[i].ParentID == id && t[i].Work() && !t[i].State.Closed() {
			t.close(i, LineDone, now)
			t.closeWorkBelow(t[i].ID, now)
		}
	}
}

// Return gives back what was sent wrong and not begun. When the lead returns
// it, nobody leads any more: the others of that giving are withdrawn, with all
// they had given out, and the sender has it again. Who only coordinates
// returns their own share.
func (t Tree) Return(id org.ID, now time.Time) (Tree, error) {
	after, i, err := t.begin(id)
	if err != nil {
		return t, err
	}
	switch {
	case t[i].State.Closed():
		return t, errClosed
	case !t[i].Work():
		return t, errOnlyInform
	case t.parent(i) < 0:
		return t, errRoot
	case t.openWork(id):
		return t, errChildOpen
	case !t[i].StartedAt.IsZero():
		return t, errBegun
	}
	after.close(i, LineReturned, now)
	after.closeBelow(id, LineWithdrawn, now)
	if t[i].Role != Lead {
		return after, nil
	}
	for s := range after {
		if after[s].ParentID == t[i].ParentID && after[s].Work() && !after[s].State.Closed() {
			after.close(s, LineWithdrawn, now)
			after.closeBelow(after[s].ID, LineWithdrawn, now)
		}
	}
	after.wake(after.parent(i), true)
	return after, nil
}

// HandBack gives work that was begun back to who assigned it, with what was
// done so far. The others go on; who assigned it names another lead or
// finishes it.
func (t Tree) HandBack(id org.ID, now time.Time) (Tree, error) {
	after, i, err := t.begin(id)
	if err != nil {
		return t, err
	}
	if err := t.working(id); err != nil {
		return t, err
	}
	switch {
	case t.parent(i) < 0:
		return t, errRoot
	case t.openWork(id):
		return t, errChildOpen
	case t[i].StartedAt.IsZero():
		return t, errNotBegun
	}
	after.close(i, LineReturned, now)
	after.closeBelow(id, LineWithdrawn, now)
	if t[i].Role == Lead {
		after.wake(after.parent(i), true)
	}
	return after, nil
}

// Withdraw takes a line back that nobody has opened yet (G6).
func (t Tree) Withdraw(id org.ID, now time.Time) (Tree, error) {
	after, i, err := t.begin(id)
	if err != nil {
		return t, err
	}
	switch {
	case t[i].State.Closed():
		return t, errClosed
	case t.parent(i) < 0:
		return t, errRoot
	case !t[i].ReadAt.IsZero() || !t[i].StartedAt.IsZero() || t[i].State == LineForwarded:
		return t, errOpened
	}
	after.close(i, LineWithdrawn, now)
	after.closeBelow(id, LineWithdrawn, now)
	if t[i].Role == Lead {
		after.wake(after.parent(i), false)
	}
	return after, nil
}

// Reopen takes up again what was finished. With a lead, what it was cut out of
// is open again too, up to the first line; what was closed beside it stays so.
func (t Tree) Reopen(id org.ID) (Tree, error) {
	after, i, err := t.begin(id)
	if err != nil {
		return t, err
	}
	if t[i].State != LineDone || !t[i].Work() {
		return t, errNotDone
	}
	if err := after.open(i); err != nil {
		return t, err
	}
	after[i].State, after[i].ClosedAt = LineOpen, time.Time{}
	return after, nil
}

// open makes the lines above fit a line that is to be open again.
func (t Tree) open(i int) error {
	p := t.parent(i)
	if p < 0 {
		return nil
	}
	above := t[p].State
	switch {
	case above == LineReturned || above == LineWithdrawn, above == LineDone && t[i].Role != Lead:
		return errReopenAbove
	case t[i].Role != Lead:
		return nil
	case above == LineForwarded:
		return errAnotherLead // a line with a lead that is done is done itself
	case above == LineDone:
		if err := t.open(p); err != nil {
			return err
		}
	}
	t[p].State, t[p].ClosedAt, t[p].GivenBack = LineForwarded, time.Time{}, false
	return nil
}

// Check tells what is wrong with a tree: a line without the one it came from,
// a lead too many or too few, something open under something closed. No act
// leaves such a tree behind; a defect of ours is stopped here before it is kept.
func (t Tree) Check() error {
	for i, l := range t {
		if l.State.Closed() == l.ClosedAt.IsZero() {
			return fmt.Errorf("line %s: closed and not closed", l.ID)
		}
		if t.at(l.ID) != i {
			return fmt.Errorf("line %s: twice", l.ID)
		}
		if !l.ParentID.IsZero() && (t.parent(i) < 0 || t.depth(i) > maxDepth) {
			return fmt.Errorf("line %s: orphaned", l.ID)
		}
		leads := 0
		for _, c := range t {
			if c.ParentID != l.ID || c.State.Closed() {
				continue
			}
			if c.Role == Lead {
				leads++
			}
			if l.State.Closed() && c.Work() {
				return fmt.Errorf("line %s: open under one that is closed", c.ID)
			}
		}
		if leads > 1 || (leads == 1) != (l.State == LineForwarded) {
			return fmt.Errorf("line %s: %s with %d leads: %w", l.ID, l.State, leads, errStuck)
		}
	}
	return nil
}

var errStuck = errors.New("nobody has it, or two do")
