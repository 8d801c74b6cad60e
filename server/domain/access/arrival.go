package access

import (
	"slices"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
)

// ArrivalAct is something a person does to an arrival.
type ArrivalAct string

// The acts.
const (
	RegisterArrival ArrivalAct = "register"
	RefuseArrival   ArrivalAct = "refuse"
	AnswerRequest   ArrivalAct = "answer_request"
	RestrictArrival ArrivalAct = "restrict"
	ScanArrival     ArrivalAct = "scan" // put what was scanned to what came on paper
)

// ArrivalFacts are what the policy looks at in an arrival.
type ArrivalFacts struct {
	AgencyID   org.ID
	State      routing.State
	Restricted bool
	Lines      routing.Tree
}

// ArrivalFactsOf reads them off an arrival.
func ArrivalFactsOf(a routing.Arrival) ArrivalFacts {
	return ArrivalFacts{AgencyID: a.AgencyID, State: a.State, Restricted: a.Restricted, Lines: a.Lines}
}

// SeesAllArrivals are the roles that see every arrival of their agency; the
// others see those that a line brings to them or their unit.
func SeesAllArrivals(r org.Role) bool { return r == org.Clerk || r == org.Leader }

// SeesUnit tells whether the work of a whole unit is the position's business.
func SeesUnit(pos org.Position) bool {
	return !pos.UnitID.IsZero() && (pos.Role == org.UnitHead || pos.Role == org.Clerk)
}

// ReadArrival refuses an arrival that the person may not see; to the person it
// does not exist.
func (p Person) ReadArrival(f ArrivalFacts) error {
	for _, pos := range p.Positions {
		if pos.AgencyID != f.AgencyID || pos.Role == org.Admin {
			continue
		}
		if SeesAllArrivals(pos.Role) && !f.Restricted || slices.ContainsFunc(f.Lines, func(l routing.Line) bool { return holds(pos, l) }) {
			return nil
		}
	}
	return fault.Missing()
}

// holds tells whether a line is the position's own, that of its unit, or, for
// the clerk, the agency's.
func holds(pos org.Position, l routing.Line) bool {
	if l.State == routing.LineWithdrawn || pos.Role == org.Admin {
		return false
	}
	return l.PositionID == pos.ID || !l.UnitID.IsZero() && l.UnitID == pos.UnitID ||
		l.UnitID.IsZero() && l.PositionID.IsZero() && pos.Role == org.Clerk
}

// HeldLines gives the lines that are the person's own or their unit's.
func (p Person) HeldLines(f ArrivalFacts) []org.ID {
	var ids []org.ID
	for _, l := range f.Lines {
		if slices.ContainsFunc(p.Positions, func(pos org.Position) bool { return pos.AgencyID == f.AgencyID && holds(pos, l) }) {
			ids = append(ids, l.ID)
		}
	}
	return ids
}

// OnArrival gives the position under which the person does the act. Only the
// agency's clerk takes in and refuses (NĐ 30/2020, điều 21, 22).
func (p Person) OnArrival(_ ArrivalAct, f ArrivalFacts, chosen org.ID) (org.Position, error) {
	if err := p.ReadArrival(f); err != nil {
		return org.Position{}, err
	}
	return p.Clerk(f.AgencyID, chosen)
}

// ArrivalActs gives what the person may do with the arrival now.
func (p Person) ArrivalActs(f ArrivalFacts) []ArrivalAct {
	if !p.Under(ScopeRegister).Holds(f.AgencyID, org.Clerk) || p.Allowed(ScopeRegister) != nil {
		return []ArrivalAct{}
	}
	switch {
	case f.State == routing.Awaiting:
		return []ArrivalAct{RegisterArrival, RefuseArrival, RestrictArrival}
	case f.State.Gone() || f.State == routing.Refused:
		return []ArrivalAct{}
	}
	return []ArrivalAct{RestrictArrival}
}

// Clerk gives the position under which the person acts as the agency's clerk.
func (p Person) Clerk(agency, chosen org.ID) (org.Position, error) {
	return p.choose(chosen, func(pos org.Position) bool { return pos.AgencyID == agency && pos.Role == org.Clerk })
}

// Administer refuses who neither runs the installation nor administers the agency.
func (p Person) Administer(agency org.ID) error {
	if p.Operator || p.Holds(agency, org.Admin) {
		return nil
	}
	if p.Holds(agency, org.Clerk, org.Leader, org.UnitHead, org.Officer) {
		return errForbidden
	}
	return fault.Missing()
}

// Operate refuses who does not run the installation.
func (p Person) Operate() error {
	if p.Operator {
		return nil
	}
	return errForbidden
}

// ClerkAgencies gives the agencies in which the person is clerk.
func (p Person) ClerkAgencies() []org.ID {
	return p.agenciesOf(func(r org.Role) bool { return r == org.Clerk })
}

// ReadsRegisters gives the agencies and the units whose registers the person
// may read, in one agency or, without one, in all: a register shows the subject
// of everything, so it is for clerks and leaders, and a unit's for who works on
// all that comes to the unit.
func (p Person) ReadsRegisters(agency org.ID) (agencies, units []org.ID) {
	for _, pos := range p.Positions {
		switch {
		case !agency.IsZero() && pos.AgencyID != agency:
		case SeesAllArrivals(pos.Role):
			agencies = append(agencies, pos.AgencyID)
		case SeesUnit(pos):
			units = append(units, pos.UnitID)
		}
	}
	return agencies, units
}

// KeepRegister gives the position under which the person works on a register
// itself: its agency's clerk. Who may not see registers is told that there is
// none.
func (p Person) KeepRegister(agency, chosen org.ID) (org.Position, error) {
	if !p.Holds(agency, org.Clerk, org.Leader) {
		return org.Position{}, fault.Missing()
	}
	return p.Clerk(agency, chosen)
}
