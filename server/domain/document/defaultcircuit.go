package document

import (
	"slices"

	"congvan/server/domain/org"
)

// Place is how the step of a default circuit finds its people in the office of
// the day, so that the circuit outlives whoever holds a post.
type Place string

// The places.
const (
	GivenPeople    Place = "people"    // the positions given
	UnitHeads      Place = "unit_head" // the head of the unit that drafts
	OfficeClerks   Place = "clerks"    // any clerk of the agency
	ChosenApprover Place = "approver"  // the leader chosen for the document
)

// DefaultStep is one step of a default circuit.
type DefaultStep struct {
	Kind   StepKind
	Place  Place
	People []org.ID
	Quorum int
	Days   int
}

// DefaultCircuit is what the documents of one kind of an agency begin with;
// without a kind, all documents that have none of their own.
type DefaultCircuit struct {
	ID       org.ID
	AgencyID org.ID
	Kind     string
	Steps    []DefaultStep
	Version  int
}

// Check refuses a default circuit that no document could follow.
func (d DefaultCircuit) Check() error {
	if _, known := KindByCode(d.Kind); d.Kind != "" && !known {
		return ErrUnknownKind
	}
	var trial Circuit
	stand := byte(0) // somebody for each place that is filled later
	for _, s := range d.Steps {
		people, quorum := s.People, s.Quorum
		if s.Place != GivenPeople {
			if len(s.People) > 0 {
				return errSteps("place", "Bước này tự tìm người, không chọn sẵn.", "The step finds its people itself.")
			}
			stand++
			people, quorum = []org.ID{{14: 0xff, 15: stand}}, 1
		}
		switch {
		case s.Place != GivenPeople && s.Place != UnitHeads && s.Place != OfficeClerks && s.Place != ChosenApprover,
			s.Place == ChosenApprover && s.Kind != ApproveStep, s.Place != ChosenApprover && s.Kind == ApproveStep:
			return errSteps("place", "Người ở một bước không hợp với loại bước.", "The people of a step do not fit its kind.")
		}
		trial.Steps = append(trial.Steps, CircuitStep{Kind: s.Kind, People: people, Quorum: quorum, Days: s.Days})
	}
	return trial.Check()
}

// Seats are the positions of an agency that the places lead to on a day.
type Seats struct {
	Author   org.ID
	Approver org.ID
	Heads    []org.ID // of the unit that drafts
	Clerks   []org.ID
	Present  func(org.ID) bool // whether a given person is there
}

// stepsFor gives the steps before the approval for one document. A step whose people are not there,
// or are the author or stand in the circuit already, is left out: a default
// must never hold a document up.
func (d DefaultCircuit) stepsFor(seats Seats) []CircuitStep {
	taken := []org.ID{seats.Author, seats.Approver}
	var steps []CircuitStep
	for _, s := range d.Steps {
		if s.Place == ChosenApprover {
			continue
		}
		var found []org.ID
		for _, p := range s.candidates(seats) {
			if !slices.Contains(taken, p) && seats.Present(p) {
				found = append(found, p)
			}
		}
		if len(found) > 1 && s.Kind != OpinionStep && s.Kind != LayoutStep {
			found = found[:1]
		}
		if len(found) == 0 {
			continue
		}
		taken = append(taken, found...)
		steps = append(steps, CircuitStep{Kind: s.Kind, People: found, Quorum: min(max(s.Quorum, 1), len(found)), Days: s.Days})
	}
	return steps
}

func (s DefaultStep) candidates(seats Seats) []org.ID {
	switch s.Place {
	case UnitHeads:
		return seats.Heads
	case OfficeClerks:
		if len(seats.Clerks) > MaxPeople {
			return seats.Clerks[:MaxPeople]
		}
		return seats.Clerks
	}
	return s.People
}

// approval gives the last step, with its deadline as the default has it.
func (d DefaultCircuit) approval(approver org.ID) CircuitStep {
	step := CircuitStep{Kind: ApproveStep, People: []org.ID{approver}, Quorum: 1}
	for _, s := range d.Steps {
		if s.Kind == ApproveStep {
			step.Days = s.Days
		}
	}
	return step
}

// For gives the circuit of a document in the office of the day. Without steps
// of its own it is the approver alone.
func (d DefaultCircuit) For(seats Seats) Circuit {
	return Circuit{Current: NoStep, Steps: append(d.stepsFor(seats), d.approval(seats.Approver))}
}
