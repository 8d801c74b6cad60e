package document

import (
	"fmt"
	"slices"
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// StepKind is what a step of a circuit asks of its people.
type StepKind string

// The kinds of steps. The last step of every circuit approves, and no other does.
const (
	ReviewStep  StepKind = "review"  // xem xét
	InitialStep StepKind = "initial" // ký nháy
	LayoutStep  StepKind = "layout"  // the office looks at the layout
	OpinionStep StepKind = "opinion" // several at once, closed by a quorum
	ApproveStep StepKind = "approve"
)

// answers tells which act answers which kind of step.
var answers = map[StepKind]Act{ReviewStep: Review, InitialStep: Initial, LayoutStep: CheckLayout, OpinionStep: GiveOpinion, ApproveStep: Approve}

// Act gives the act that answers a step of the kind; none for an unknown kind.
func (k StepKind) Act() Act { return answers[k] }

// The bounds of a circuit.
const (
	MaxSteps  = 20
	MaxPeople = 50
	MaxDays   = 60
)

// CircuitStep is one station of a circuit: who is asked, how many must answer
// and by when.
type CircuitStep struct {
	Kind     StepKind
	People   []org.ID // the positions asked
	Quorum   int      // how many answers close the step
	Days     int      // working days from the day it is asked; 0 sets no day
	DueOn    org.Day  // set when the step is asked
	Answered []org.ID // since it was last asked
	Opened   []org.ID // who has read it since
}

// Awaited gives the positions whose answer still counts.
func (s CircuitStep) Awaited() []org.ID {
	var list []org.ID
	for _, p := range s.People {
		if !slices.Contains(s.Answered, p) {
			list = append(list, p)
		}
	}
	return list
}

// ask turns the step to its people. One that is returned to keeps the answers
// it has: those who agreed are not asked twice.
func (s *CircuitStep) ask(calendar org.Calendar, today org.Day, returning bool) {
	s.Opened, s.DueOn = nil, org.Day{}
	if !returning {
		s.Answered = nil
	}
	if s.Days > 0 {
		s.DueOn = calendar.After(today, s.Days)
	}
}

// NoStep is the place of a circuit that nobody is asked by: it is with its author.
const NoStep = -1

// Circuit is the way of one document from its author to the one who approves.
// Exactly one step is asked at a time; every submission opens a round.
type Circuit struct {
	Round   int
	Steps   []CircuitStep
	Current int      // place of the step that is asked; NoStep while it is with the author, len(Steps) when approved
	Returns []int    // where it goes straight back to, the last one first
	Told    []org.ID // who agreed to an earlier file and has not seen the new one

	Calendar org.Calendar // the working days that deadlines are reckoned in; not kept with the circuit
}

// Running tells whether a step is asked.
func (c Circuit) Running() bool { return c.Current >= 0 && c.Current < len(c.Steps) }

// Asked gives the step that is asked.
func (c Circuit) Asked() (CircuitStep, bool) {
	if !c.Running() {
		return CircuitStep{}, false
	}
	return c.Steps[c.Current], true
}

// Reached gives everybody whom the circuit has come to: they may go on reading.
func (c Circuit) Reached() []org.ID {
	last := c.Current
	for _, r := range c.Returns {
		last = max(last, r)
	}
	var list []org.ID
	for i, s := range c.Steps {
		if i <= last || len(s.Answered) > 0 {
			list = append(list, s.People...)
		}
	}
	return list
}

func errSteps(code, vi, en string) error { return fault.InvalidField("steps", code, vi, en) }

// Check refuses a circuit that could not come to its end. Whether its people
// are there today is for whoever knows the directory to say.
func (c Circuit) Check() error {
	if len(c.Steps) == 0 {
		return errSteps("empty", "Quy trình chưa có bước nào.", "The circuit has no step.")
	}
	if len(c.Steps) > MaxSteps {
		return errSteps("too_many", "Quy trình có quá nhiều bước (tối đa 20).", "The circuit has too many steps (20 at most).")
	}
	seen := map[org.ID]bool{}
	for i, s := range c.Steps {
		if (s.Kind == ApproveStep) != (i == len(c.Steps)-1) {
			return errSteps("approve_last", "Bước cuối, và chỉ bước cuối, là ký duyệt.", "The last step, and no other, approves.")
		}
		if err := s.check(i); err != nil {
			return err
		}
		for _, p := range s.People {
			if seen[p] {
				return errSteps("circle", "Một người không thể đứng hai lần trong quy trình.", "Nobody can stand twice in the circuit.")
			}
			seen[p] = true
		}
	}
	return nil
}

func (s CircuitStep) check(place int) error {
	which := func(code, vi, en string) error {
		return errSteps(code, fmt.Sprintf("Bước %d: %s", place+1, vi), fmt.Sprintf("Step %d: %s", place+1, en))
	}
	if s.Kind.Act() == "" {
		return which("unknown_kind", "loại bước không hợp lệ.", "the kind of step is not known.")
	}
	if len(s.People) == 0 || slices.ContainsFunc(s.People, org.ID.IsZero) {
		return which("nobody", "hãy chọn người.", "choose somebody.")
	}
	if len(s.People) > MaxPeople {
		return which("too_many_people", "quá nhiều người (tối đa 50).", "too many people (50 at most).")
	}
	// The office's clerks are asked together and one of them answers.
	if len(s.People) > 1 && s.Kind != OpinionStep && s.Kind != LayoutStep {
		return which("one_person", "chỉ chọn một người.", "choose one person.")
	}
	if s.Quorum < 1 || s.Quorum > len(s.People) {
		return which("quorum", "số ý kiến cần có phải từ 1 đến số người được hỏi.", "the quorum must be from 1 to the number of people asked.")
	}
	if s.Days < 0 || s.Days > MaxDays {
		return which("days", "thời hạn từ 0 đến 60 ngày làm việc.", "the deadline is from 0 to 60 working days.")
	}
	return nil
}

// Verdict is what was said in a circuit.
type Verdict string

// The verdicts.
const (
	VerdictSubmitted  Verdict = "submitted" // the drafter's reasons open a round
	VerdictAgreed     Verdict = "agreed"
	VerdictReturned   Verdict = "returned"
	VerdictSentBack   Verdict = "sent_back"
	VerdictWithdrawn  Verdict = "withdrawn"
	VerdictReassigned Verdict = "reassigned"
	VerdictReopened   Verdict = "reopened"
)

// Answer is one thing said in a round, about the bytes that were before the
// speaker. Answers are kept for ever and make the submission slip.
type Answer struct {
	Round       int
	Step        int // NoStep for the author's own words
	Kind        StepKind
	Verdict     Verdict
	By          By
	Note        string
	Hash        Hash
	FileVersion int
	At          time.Time
}

// Follow makes the document show where its circuit stands.
func (d *Document) Follow(c Circuit) {
	d.Stage, d.Awaited = ApproveStep, nil
	if s, ok := c.Asked(); ok {
		d.Stage, d.Awaited = s.Kind, s.Awaited()
	}
	for _, p := range c.Reached() {
		if !slices.Contains(d.Asked, p) {
			d.Asked = append(d.Asked, p)
		}
	}
	d.Told = c.Told
}
