package routing

import (
	"time"

	"congvan/server/domain/org"
)

// LineRole is what a line asks of who holds it.
type LineRole string

// The roles (chủ trì, phối hợp, để biết).
const (
	Lead       LineRole = "lead"
	Coordinate LineRole = "coordinate"
	Inform     LineRole = "inform"
)

// LineState is where a line stands.
type LineState string

// The states of a line. Reading is not one of them: it never changes a state.
const (
	LineAwaiting  LineState = "awaiting" // waits for the clerk of the agency or unit
	LineOpen      LineState = "open"
	LineForwarded LineState = "forwarded"
	LineDone      LineState = "done"
	LineReturned  LineState = "returned"
	LineWithdrawn LineState = "withdrawn"
)

// Closed tells whether nothing more is asked along the line.
func (s LineState) Closed() bool {
	return s == LineDone || s == LineReturned || s == LineWithdrawn
}

// Asks is what a line wants of its holder: to do the work, to direct who does
// it, or to propose to the leader who should (H1).
type Asks string

// What lines ask.
const (
	ForWork      Asks = "work"
	ForDirection Asks = "direction"
	ForProposal  Asks = "proposal"
)

// Known tells whether it is one of ours.
func (a Asks) Known() bool { return a == ForWork || a == ForDirection || a == ForProposal }

// Line is one unit's or person's share of an arrival. One without unit and
// position is the agency's own and waits for its clerk.
type Line struct {
	ID          org.ID
	ParentID    org.ID
	UnitID      org.ID
	PositionID  org.ID
	Role        LineRole
	State       LineState
	Asks        Asks
	DirectionID org.ID // the words it was given with
	DueDate     org.Day
	ReadAt      time.Time
	StartedAt   time.Time // the first thing done for it; reading is none
	GivenBack   bool      // it woke up because who had it gave it back
	CreatedAt   time.Time
	ClosedAt    time.Time
}

// AgencyLine tells whether the line is the agency's own, the root of all that is given out.
func (l Line) AgencyLine() bool { return l.UnitID.IsZero() && l.PositionID.IsZero() }

// Work tells whether something is to be done along the line; what is only for
// information holds up nothing.
func (l Line) Work() bool { return l.Role != Inform }

// Late tells whether the line should have been closed before today. This is the
// one definition for lists, counts and reports.
func (l Line) Late(today org.Day) bool {
	return l.Work() && !l.State.Closed() && !l.DueDate.IsZero() && l.DueDate.Before(today)
}

// FirstLine is the line every arrival from outside begins with.
func FirstLine(id org.ID, now time.Time) Line {
	return Line{ID: id, Role: Lead, State: LineAwaiting, Asks: ForWork, CreatedAt: now}
}

// InsideLine is the line of a unit or person that a document of its own agency
// was issued to: a unit's waits for the unit, a person's is open at once.
func InsideLine(id, unit, position org.ID, role LineRole, now time.Time) Line {
	state := LineOpen
	if position.IsZero() {
		state = LineAwaiting
	}
	return Line{ID: id, UnitID: unit, PositionID: position, Role: role, State: state, Asks: ForWork, CreatedAt: now}
}
