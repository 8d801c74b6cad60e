package routing

import (
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// Holder is whose a line is: a unit's or a position's; the agency's own line has neither.
type Holder struct {
	UnitID     org.ID
	PositionID org.ID
}

// Holder gives whose the line is.
func (l Line) Holder() Holder { return Holder{UnitID: l.UnitID, PositionID: l.PositionID} }

// Share is one line that is to be given out: to whom, as what, until when.
type Share struct {
	ID org.ID // of the line to be
	Holder
	Role    LineRole
	Asks    Asks
	DueDate org.Day
}

// Giving is one act of giving out: the shares, the words they go with, and when it is.
type Giving struct {
	Shares      []Share
	DirectionID org.ID
	Now         time.Time
	Today       org.Day
}

var (
	errNobody = fault.InvalidField("shares", "required",
		"Hãy chọn nơi nhận.", "Choose who is to get it.")
	errTwoLeads = fault.InvalidField("shares", "two_leads",
		"Chỉ một nơi chủ trì.", "There is exactly one lead.")
	errNoLead = fault.InvalidField("shares", "no_lead",
		"Phải có đúng một nơi chủ trì.", "Exactly one lead is needed.")
	errHolder = fault.InvalidField("shares", "unknown_holder",
		"Nơi nhận phải là một đơn vị hoặc một người.", "A share goes to one unit or one person.")
	errTwice = fault.InvalidField("shares", "twice",
		"Một nơi nhận được chọn hai lần hoặc đang giữ văn bản.", "Somebody is named twice or has it already.")
	errCircle = fault.InvalidField("shares", "circle",
		"Nơi này đang giữ luồng phía trên; hãy trả lại thay vì chuyển lại.", "They hold a line above this one: give it back instead.")
	errPast = fault.InvalidField("dueDate", "past",
		"Hạn xử lý không được ở quá khứ.", "The due date must not lie in the past.")
	errTooMany = fault.InvalidField("shares", "too_many",
		"Quá nhiều nơi nhận.", "Too many shares.")
	errAsks = fault.InvalidField("shares", "asks",
		"Xin ý kiến hay xin đề xuất chỉ gửi tới một người chủ trì.", "A direction or a proposal is asked of one person.")
)

func errAfterParent(day org.Day) error {
	return fault.InvalidField("dueDate", "after_parent",
		"Hạn phải trước hoặc bằng hạn được giao ("+day.String()+").",
		"The due date must not come after the one that was given ("+day.String()+").")
}

// Forward gives the document out below a line. Work goes to exactly one lead
// and any number who coordinate or are informed (H1); to a lead already at
// work others may be added. What is only shown for information moves nothing.
func (t Tree) Forward(id org.ID, g Giving) (Tree, error) {
	after, i, err := t.begin(id)
	if err != nil {
		return t, err
	}
	if err := t.mayGive(i, g); err != nil {
		return t, err
	}
	leads, works := 0, 0
	for _, s := range g.Shares {
		if s.Role == Lead {
			leads++
		}
		if s.Role != Inform {
			works++
		}
	}
	if l := t.lead(id); l >= 0 {
		leads++
	}
	switch {
	case leads > 1:
		return t, errTwoLeads
	case works > 0 && leads == 0:
		return t, errNoLead
	}
	for _, s := range g.Shares {
		after = append(after, s.line(id, g))
	}
	if works > 0 {
		after[i].State, after[i].GivenBack = LineForwarded, false
		if after[i].StartedAt.IsZero() && after[i].Asks == ForWork && !after[i].AgencyLine() {
			after[i].StartedAt = g.Now
		}
	}
	return after, nil
}

func (s Share) line(parent org.ID, g Giving) Line {
	l := InsideLine(s.ID, s.UnitID, s.PositionID, s.Role, g.Now)
	l.ParentID, l.Asks, l.DirectionID = parent, s.Asks, g.DirectionID
	if s.Role != Inform {
		l.DueDate = s.DueDate
	}
	return l
}

// mayGive checks everything but the count of leads.
func (t Tree) mayGive(i int, g Giving) error {
	from := t[i]
	switch {
	case from.State.Closed():
		return errClosed
	case from.State == LineAwaiting:
		return errWaits
	case len(g.Shares) == 0:
		return errNobody
	case len(g.Shares) > MaxShares || len(t)+len(g.Shares) > maxLines || t.depth(i) >= maxDepth:
		return errTooMany
	}
	seen := map[Holder]bool{}
	for _, l := range t {
		if l.ParentID == from.ID && !l.State.Closed() {
			seen[l.Holder()] = true
		}
	}
	for _, s := range g.Shares {
		if err := t.mayShare(i, s, g.Today); err != nil {
			return err
		}
		if seen[s.Holder] {
			return errTwice
		}
		seen[s.Holder] = true
	}
	return nil
}

func (t Tree) mayShare(i int, s Share, today org.Day) error {
	from := t[i]
	switch {
	case s.UnitID.IsZero() == s.PositionID.IsZero():
		return errHolder
	case s.Role != Lead && s.Role != Coordinate && s.Role != Inform:
		return fault.InvalidField("shares", "unknown_role", "Vai trò không hợp lệ.", "The role is not known.")
	case !s.Asks.Known() || s.Asks != ForWork && (s.Role != Lead || s.PositionID.IsZero()):
		return errAsks
	case !from.Work() && !from.AgencyLine() && s.Role != Inform:
		return errOnlyInform
	case from.Holder() == s.Holder || t.heldAbove(i, s.Holder):
		return errCircle
	case s.Role == Inform || s.DueDate.IsZero():
		return nil
	case s.DueDate.Before(today):
		return errPast
	case !from.AgencyLine() && !from.DueDate.IsZero() && s.DueDate.After(from.DueDate):
		return errAfterParent(from.DueDate)
	}
	return nil
}

func (t Tree) depth(i int) int {
	n := 0
	for p := t.parent(i); p >= 0 && n <= maxDepth; p = t.parent(p) {
		n++
	}
	return n
}
