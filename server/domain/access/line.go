package access

import (
	"slices"
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
)

// LineAct is something a person does to a line of an arrival.
type LineAct string

// The acts. The first ones are of who has the line, the others of who gave it.
const (
	TakeInLine   LineAct = "take_in"
	ForwardLine  LineAct = "forward"
	InformLine   LineAct = "inform"
	NoteLine     LineAct = "note"
	FinishLine   LineAct = "finish"
	AnswerLine   LineAct = "answer"
	ReturnLine   LineAct = "return"
	HandBackLine LineAct = "hand_back"
	AskMoreTime  LineAct = "ask_more_time"
	GiveMoreTime LineAct = "give_more_time"
	RemindLine   LineAct = "remind"
	WithdrawLine LineAct = "withdraw"
	ReopenLine   LineAct = "reopen"
	HandOverLine LineAct = "hand_over"
)

// LineActs gives all of them in the order a screen offers them.
func LineActs() []LineAct {
	return []LineAct{TakeInLine, ForwardLine, InformLine, NoteLine, FinishLine, AnswerLine, ReturnLine, HandBackLine, AskMoreTime,
		GiveMoreTime, RemindLine, WithdrawLine, ReopenLine, HandOverLine}
}

// hasInHand tells whether the position works on the line: its own holder; for a
// unit's line the unit's clerk or head; for the agency's own line its clerk.
func hasInHand(pos org.Position, l routing.Line) bool {
	switch {
	case !l.PositionID.IsZero():
		return pos.ID == l.PositionID
	case !l.UnitID.IsZero():
		return pos.UnitID == l.UnitID && (pos.Role == org.Clerk || pos.Role == org.UnitHead)
	}
	return pos.Role == org.Clerk
}

// typesFor tells whether the position may type for the line's holder: what a
// leader dictates or writes on paper is typed by a clerk (H1).
func typesFor(act LineAct, pos org.Position, l routing.Line) bool {
	return (act == ForwardLine || act == InformLine) && pos.Role == org.Clerk && l.Asks != routing.ForWork
}

func mayLine(act LineAct, f ArrivalFacts, l routing.Line, pos org.Position) bool {
	if pos.AgencyID != f.AgencyID || pos.Role == org.Admin {
		return false
	}
	above, given := f.Lines.Line(l.ParentID)
	gave := given && hasInHand(pos, above)
	switch act {
	case TakeInLine, NoteLine, FinishLine, AnswerLine, ReturnLine, HandBackLine, AskMoreTime:
		return hasInHand(pos, l)
	case ForwardLine, InformLine:
		return hasInHand(pos, l) || typesFor(act, pos, l)
	case GiveMoreTime, WithdrawLine:
		return gave
	case RemindLine:
		return (gave || given && SeesAllArrivals(pos.Role)) && !hasInHand(pos, l) // nobody reminds themselves
	case ReopenLine:
		return gave || hasInHand(pos, l)
	case HandOverLine:
		return given && (gave || hasInHand(pos, l) || SeesAllArrivals(pos.Role))
	}
	return false
}

// OnLine gives the position under which the person does the act to a line of
// the arrival. Who may not see the arrival is told that it does not exist.
func (p Person) OnLine(act LineAct, f ArrivalFacts, line, chosen org.ID) (org.Position, error) {
	if err := p.ReadArrival(f); err != nil {
		return org.Position{}, err
	}
	l, ok := f.Lines.Line(line)
	if !ok {
		return org.Position{}, fault.Missing()
	}
	return p.choose(chosen, func(pos org.Position) bool { return mayLine(act, f, l, pos) })
}

// LineActs gives what the person may do with the line now: exactly what OnLine
// and the tree allow.
func (p Person) LineActs(f ArrivalFacts, l routing.Line) []LineAct {
	acts := []LineAct{}
	if f.State == routing.Awaiting || f.State == routing.Refused || p.Allowed(ScopeRegister) != nil {
		return acts
	}
	for _, act := range LineActs() {
		if lineAllows(act, f.Lines, l) && slices.ContainsFunc(p.Under(ScopeRegister).Positions, func(pos org.Position) bool { return mayLine(act, f, l, pos) }) {
			acts = append(acts, act)
		}
	}
	return acts
}

// lineAllows tries the act on the tree.
func lineAllows(act LineAct, t routing.Tree, l routing.Line) bool {
	now := time.Unix(0, 0)
	var err error
	switch act {
	case TakeInLine:
		_, err = t.TakeIn(l.ID)
	case NoteLine, AskMoreTime, AnswerLine:
		_, err = t.Start(l.ID, now)
	case FinishLine:
		_, err = t.Finish(l.ID, now)
	case ReturnLine:
		_, err = t.Return(l.ID, now)
	case HandBackLine:
		_, err = t.HandBack(l.ID, now)
	case WithdrawLine:
		_, err = t.Withdraw(l.ID, now)
	case ReopenLine:
		_, err = t.Reopen(l.ID)
	case InformLine:
		_, err = t.Inform(l.ID, routing.Giving{Now: now})
	case ForwardLine, HandOverLine:
		return !l.State.Closed() && (l.State != routing.LineAwaiting || act == HandOverLine)
	case RemindLine:
		return l.Work() && !l.State.Closed()
	case GiveMoreTime:
		return l.Work() && l.Asks == routing.ForWork && !l.State.Closed() && l.State != routing.LineAwaiting
	}
	return err == nil
}

// SeeViews refuses who is not entitled to know who opened an arrival: its
// clerks and leaders, and who gave a line of it out (M5).
func (p Person) SeeViews(f ArrivalFacts) error {
	for _, pos := range p.Positions {
		if pos.AgencyID != f.AgencyID || pos.Role == org.Admin {
			continue
		}
		if SeesAllArrivals(pos.Role) || slices.ContainsFunc(f.Lines, func(l routing.Line) bool {
			above, given := f.Lines.Line(l.ParentID)
			return given && hasInHand(pos, above)
		}) {
			return nil
		}
	}
	return errForbidden
}

// Phrase gives the position under which the person keeps a phrase of direction;
// those for everybody are kept by clerks and leaders.
func (p Person) Phrase(agency, chosen org.ID, shared bool) (org.Position, error) {
	return p.choose(chosen, func(pos org.Position) bool {
		return pos.AgencyID == agency && pos.Role != org.Admin && (!shared || SeesAllArrivals(pos.Role))
	})
}

// RemovePhrase refuses who may not remove a phrase: another's does not exist to
// them, and those for everybody belong to clerks and leaders.
func (p Person) RemovePhrase(agency, owner org.ID) error {
	switch {
	case !owner.IsZero() && owner != p.AccountID:
		return fault.Missing()
	case owner.IsZero() && !p.Holds(agency, org.Clerk, org.Leader):
		return errForbidden
	}
	return nil
}

// SeeForwardRules refuses who does not work in the agency.
func (p Person) SeeForwardRules(agency org.ID) error { return p.SeeRoster(agency) }

// KeepForwardRules refuses who may not set to whom the agency forwards: its
// clerks do, and its administrators.
func (p Person) KeepForwardRules(agency org.ID) error { return p.KeepRoster(agency) }
