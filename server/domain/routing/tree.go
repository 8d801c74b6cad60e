package routing

import (
	"slices"
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// Tree is all lines of one arrival, each under the line it was given out of.
// Every act gives a new tree and leaves the old one as it was, so that what is
// refused has changed nothing. An act that is allowed keeps what Check says.
type Tree []Line

// The bounds of a tree; beyond them nobody could follow it any more.
const (
	MaxShares = 200
	maxLines  = 2000
	maxDepth  = 12
)

var (
	errNoLine = fault.Missing()
	errClosed = fault.New(fault.Conflict, "line_closed",
		"Luồng này đã đóng.", "This line is closed already.")
	errWaits = fault.New(fault.Conflict, "line_awaiting",
		"Luồng này còn chờ tiếp nhận.", "This line has not been taken in yet.")
	errOut = fault.New(fault.Conflict, "line_forwarded",
		"Văn bản đã chuyển cho nơi khác chủ trì.", "The document is with another lead now.")
	errChildOpen = fault.New(fault.Conflict, "child_open",
		"Còn nơi đang xử lý phần được giao, chưa thể kết thúc.", "A part given out is still open.")
	errOnlyWord = fault.New(fault.Conflict, "only_a_word",
		"Luồng này chỉ xin ý kiến, không phải việc được giao.", "This line asks for a word and is no work.")
	errOnlyInform = fault.New(fault.Conflict, "only_for_information",
		"Luồng này chỉ để biết.", "This line is for information only.")
)

// Line gives the line of that identifier.
func (t Tree) Line(id org.ID) (Line, bool) {
	if i := t.at(id); i >= 0 {
		return t[i], true
	}
	return Line{}, false
}

// Root gives the agency's own line, from which its clerk gives the arrival out.
func (t Tree) Root() Line {
	for _, l := range t {
		if l.AgencyLine() {
			return l
		}
	}
	return Line{}
}

func (t Tree) at(id org.ID) int {
	return slices.IndexFunc(t, func(l Line) bool { return l.ID == id })
}

// begin gives a copy to change and the place of the line in it.
func (t Tree) begin(id org.ID) (Tree, int, error) {
	i := t.at(id)
	if i < 0 {
		return t, -1, errNoLine
	}
	return slices.Clone(t), i, nil
}

// parent gives the place of the line that this one was given out of, or -1.
func (t Tree) parent(i int) int {
	if t[i].ParentID.IsZero() {
		return -1
	}
	return t.at(t[i].ParentID)
}

// openWork tells whether something is still to be done right below the line.
func (t Tree) openWork(id org.ID) bool {
	return slices.ContainsFunc(t, func(l Line) bool { return l.ParentID == id && l.Work() && !l.State.Closed() })
}

// lead gives the place of the one lead that is at work right below the line, or -1.
func (t Tree) lead(id org.ID) int {
	return slices.IndexFunc(t, func(l Line) bool { return l.ParentID == id && l.Role == Lead && !l.State.Closed() })
}

// close closes one line that is not closed yet.
func (t Tree) close(i int, as LineState, now time.Time) {
	if !t[i].State.Closed() {
		t[i].State, t[i].ClosedAt, t[i].GivenBack = as, now, false
	}
}

// closeBelow closes everything under the line.
func (t Tree) closeBelow(id org.ID, as LineState, now time.Time) {
	for i := range t {
		if t[i].ParentID == id && !t[i].State.Closed() {
			t.close(i, as, now)
			t.closeBelow(t[i].ID, as, now)
		}
	}
}

// wake gives the work back to a line whose lead is gone.
func (t Tree) wake(i int, givenBack bool) {
	if i >= 0 && t[i].State == LineForwarded {
		t[i].State, t[i].GivenBack = LineOpen, givenBack
	}
}

// TakeIn opens the line of a unit that waited for the unit's clerk.
func (t Tree) TakeIn(id org.ID) (Tree, error) {
	after, i, err := t.begin(id)
	if err != nil {
		return t, err
	}
	switch {
	case t[i].State.Closed():
		return t, errClosed
	case t[i].State != LineAwaiting || t[i].AgencyLine(): // the agency's own is opened by registering
		return t, fault.New(fault.Conflict, "line_taken_in", "Luồng này đã được tiếp nhận.", "This line has been taken in already.")
	}
	after[i].State = LineOpen
	return after, nil
}

// Read notes that its holder opened the line. It changes no state.
func (t Tree) Read(id org.ID, now time.Time) (Tree, error) {
	after, i, err := t.begin(id)
	if err != nil {
		return t, err
	}
	if after[i].ReadAt.IsZero() {
		after[i].ReadAt = now
	}
	return after, nil
}

// Start notes the first thing that was done for the line. Who is asked for a
// direction or a proposal gives it, and does no work on it.
func (t Tree) Start(id org.ID, now time.Time) (Tree, error) {
	if err := t.working(id); err != nil {
		return t, err
	}
	after, i, _ := t.begin(id)
	if after[i].Asks != ForWork {
		return t, errOnlyWord
	}
	if after[i].StartedAt.IsZero() {
		after[i].StartedAt = now
	}
	return after, nil
}

// working refuses what nobody can work on.
func (t Tree) working(id org.ID) error {
	l, ok := t.Line(id)
	switch {
	case !ok:
		return errNoLine
	case l.State.Closed():
		return errClosed
	case l.State == LineAwaiting:
		return errWaits
	case !l.Work():
		return errOnlyInform
	}
	return nil
}

// Extend gives the line another due date. What it was cut out of must not end before.
func (t Tree) Extend(id org.ID, due, today org.Day) (Tree, error) {
	if err := t.working(id); err != nil {
		return t, err
	}
	after, i, _ := t.begin(id)
	if due.Before(today) {
		return t, errPast
	}
	if p := t.parent(i); p >= 0 && !t[p].AgencyLine() && !t[p].DueDate.IsZero() && due.After(t[p].DueDate) {
		return t, errAfterParent(t[p].DueDate)
	}
	after[i].DueDate = due
	return after, nil
}

// HandOver puts the line into other hands: of who takes over the work of a
// person that left, or of the unit that succeeds one that was dissolved. Role,
// state and due date stay.
func (t Tree) HandOver(id org.ID, to Holder) (Tree, error) {
	after, i, err := t.begin(id)
	if err != nil {
		return t, err
	}
	switch {
	case t[i].State.Closed():
		return t, errClosed
	case t[i].AgencyLine() || to == Holder{} || !to.UnitID.IsZero() && !to.PositionID.IsZero():
		return t, errHolder
	case t.heldAbove(i, to) || t.heldBelow(t[i].ID, to):
		return t, errCircle
	}
	after[i].UnitID, after[i].PositionID, after[i].ReadAt = to.UnitID, to.PositionID, time.Time{}
	return after, nil
}

func (t Tree) heldAbove(i int, by Holder) bool {
	for p := t.parent(i); p >= 0; p = t.parent(p) {
		if t[p].Holder() == by {
			return true
		}
	}
	return false
}

func (t Tree) heldBelow(id org.ID, by Holder) bool {
	return slices.ContainsFunc(t, func(l Line) bool {
		return l.ParentID == id && !l.State.Closed() && (l.Holder() == by || t.heldBelow(l.ID, by))
	})
}

// Stage is how far the office has come with an arrival, as its sender is told.
type Stage int

// The stages after registration: codes 04, 05 and 06 of QCVN 102:2016.
const (
	NotAssigned Stage = iota
	IsAssigned
	IsInWork
	IsDone
)

// Stage reads it off the lines. Asking for a direction or a proposal assigns
// nobody yet; the first thing done by who has the work means work.
func (t Tree) Stage() Stage {
	stage := NotAssigned
	done := false
	for _, l := range t {
		if l.ParentID.IsZero() {
			if l.Work() && !l.State.Closed() {
				done = false
				break
			}
			done = done || l.State == LineDone
		}
	}
	for _, l := range t {
		if l.ParentID.IsZero() && l.Work() && !l.State.Closed() {
			done = false
		}
		if l.AgencyLine() || l.Asks != ForWork || !l.Work() || l.State == LineWithdrawn || l.State == LineReturned {
			continue
		}
		stage = max(stage, IsAssigned)
		if !l.StartedAt.IsZero() {
			stage = IsInWork
		}
	}
	if done {
		return IsDone
	}
	return stage
}
