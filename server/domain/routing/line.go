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

// Line is one unit's or person's share of an arrival. One without unit and
// position is the agency's own and waits for its clerk.
type Line struct {
	ID         org.ID
	ParentID   org.ID
	UnitID     org.ID
	PositionID org.ID
	Role       LineRole
	State      LineState
	DueDate    org.Day
	ReadAt     time.Time
	CreatedAt  time.Time
	ClosedAt   time.Time
}

func (l Line) agencyLine() bool { return l.UnitID.IsZero() && l.PositionID.IsZero() }

// FirstLine is the line every arrival from outside begins with.
func FirstLine(id org.ID, now time.Time) Line {
	return Line{ID: id, Role: Lead, State: LineAwaiting, CreatedAt: now}
}

// InsideLine is the line of a unit or person that a document of its own agency
// was issued to: a unit's waits for the unit, a person's is open at once.
func InsideLine(id, unit, position org.ID, role LineRole, now time.Time) Line {
	state := LineOpen
	if position.IsZero() {
		state = LineAwaiting
	}
	return Line{ID: id, UnitID: unit, PositionID: position, Role: role, State: state, CreatedAt: now}
}
