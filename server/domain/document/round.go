package document

import (
	"slices"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// ErrNotYourTurn is the fault of an answer to a step that is closed or not asked yet.
var ErrNotYourTurn = fault.New(fault.Conflict, "not_your_turn",
	"Bước này đã có người xử lý hoặc chưa tới lượt bạn.",
	"This step was answered already, or it is not your turn yet.")

var (
	errOpened = fault.New(fault.Conflict, "already_opened",
		"Người được trình đã mở văn bản, không rút lại được nữa. Hãy đề nghị họ trả lại.",
		"Somebody it was submitted to has opened it: it can no longer be withdrawn. Ask them to send it back.")
	errNoPrevious = fault.InvalidField("to", "no_previous",
		"Trước bước này không có ai; hãy trả lại người soạn.", "Nobody stands before this step; send it back to the author.")
	errBegun = fault.InvalidField("steps", "step_begun",
		"Các bước đã qua và bước đang xử lý không thay đổi được.", "Steps that were passed or are asked now cannot be changed.")
)

// Submit opens a round. A document that was sent back goes straight to whoever
// asked for the correction; any other begins at the first step.
func (c *Circuit) Submit(changed bool, today org.Day) error {
	if err := c.Check(); err != nil {
		return err
	}
	c.Round++
	if len(c.Returns) > 0 {
		c.back(changed, today)
		return nil
	}
	c.Restart()
	c.Current = 0
	c.Steps[0].ask(c.Calendar, today, false)
	return nil
}

// back goes straight to the last one who sent it back. When the file changed,
// those who agreed to the earlier one are told.
func (c *Circuit) back(changed bool, today org.Day) {
	last := len(c.Returns) - 1
	c.Current, c.Returns = c.Returns[last], c.Returns[:last]
	c.Steps[c.Current].ask(c.Calendar, today, true)
	if !changed {
		return
	}
	for i, s := range c.Steps {
		for _, p := range s.Answered {
			if i != c.Current && !slices.Contains(c.Told, p) {
				c.Told = append(c.Told, p)
			}
		}
	}
}

// Answer takes the answer of a position to the step that is asked. With the
// quorum full the next one is asked; after the last the circuit is through.
func (c *Circuit) Answer(position org.ID, today org.Day) error {
	s, ok := c.Asked()
	if !ok || !slices.Contains(s.Awaited(), position) {
		return ErrNotYourTurn
	}
	step := &c.Steps[c.Current]
	step.Answered = append(step.Answered, position)
	if len(step.Answered) < step.Quorum {
		return nil
	}
	if len(c.Returns) > 0 {
		c.back(false, today)
		return nil
	}
	c.Current++
	if c.Current < len(c.Steps) {
		c.Steps[c.Current].ask(c.Calendar, today, false)
	}
	return nil
}

// Goal is to whom a document is sent back.
type Goal string

// Where a document can be sent back to.
const (
	ToAuthor   Goal = "author"
	ToPrevious Goal = "previous"
)

// SendBack gives the document to its author or to the step before, from where
// it comes straight back to the one who asked.
func (c *Circuit) SendBack(position org.ID, to Goal, today org.Day) error {
	s, ok := c.Asked()
	if !ok || !slices.Contains(s.Awaited(), position) {
		return ErrNotYourTurn
	}
	switch to {
	case ToAuthor:
		c.Returns, c.Current = append(slices.Clone(c.Returns), c.Current), NoStep
	case ToPrevious:
		if c.Current == 0 {
			return errNoPrevious
		}
		c.Returns = append(slices.Clone(c.Returns), c.Current)
		c.Current--
		c.Steps[c.Current].ask(c.Calendar, today, false)
	default:
		return fault.InvalidField("to", "unknown", "Nơi trả lại không hợp lệ.", "It cannot be sent back there.")
	}
	return nil
}

// Withdraw gives the document to its author while nobody who is asked has
// opened it; submitted again it goes to the same people.
func (c *Circuit) Withdraw() error {
	s, ok := c.Asked()
	if !ok {
		return ErrOutOfOrder
	}
	if len(s.Opened) > 0 {
		return errOpened
	}
	c.Returns, c.Current = append(slices.Clone(c.Returns), c.Current), NoStep
	return nil
}

// Restart forgets where the circuit stood: the next submission begins at the
// first step, as after an approval that no longer holds (A3).
func (c *Circuit) Restart() {
	c.Current, c.Returns, c.Told = NoStep, nil, nil
	for i := range c.Steps {
		c.Steps[i].Answered, c.Steps[i].Opened, c.Steps[i].DueOn = nil, nil, org.Day{}
	}
}

// Open notes that somebody has read what is before them; it tells whether
// there was anything to note.
func (c *Circuit) Open(position org.ID) bool {
	noted := false
	if i := slices.Index(c.Told, position); i >= 0 {
		c.Told, noted = slices.Delete(slices.Clone(c.Told), i, i+1), true
	}
	if s, ok := c.Asked(); ok && slices.Contains(s.Awaited(), position) && !slices.Contains(s.Opened, position) {
		step := &c.Steps[c.Current]
		step.Opened, noted = append(step.Opened, position), true
	}
	return noted
}

// Reassign puts somebody into the place of a person who has not answered, so
// that nobody's leaving holds a document up.
func (c *Circuit) Reassign(step int, from, to org.ID, today org.Day) error {
	if step < 0 || step >= len(c.Steps) || step < c.Current {
		return errBegun
	}
	place := slices.Index(c.Steps[step].People, from)
	if place < 0 || slices.Contains(c.Steps[step].Answered, from) {
		return fault.InvalidField("fromPositionId", "not_in_step",
			"Người này không đứng ở bước đó hoặc đã xử lý rồi.", "That person does not stand in the step, or has answered already.")
	}
	changed := c.clone()
	changed.Steps[step].People[place] = to
	if err := changed.Check(); err != nil {
		return err
	}
	if step == c.Current {
		changed.Steps[step].ask(c.Calendar, today, true)
	}
	*c = changed
	return nil
}

// Plan gives the circuit other steps. While it runs, what was passed and what
// is asked now stay; with its author, a way back holds only as long as
// everything up to it stays.
func (c *Circuit) Plan(steps []CircuitStep) error {
	planned := c.clone()
	planned.Steps = nil
	for _, s := range steps {
		planned.Steps = append(planned.Steps, CircuitStep{Kind: s.Kind, People: slices.Clone(s.People), Quorum: s.Quorum, Days: s.Days})
	}
	if err := planned.Check(); err != nil {
		return err
	}
	kept := c.Current
	for _, r := range c.Returns {
		kept = max(kept, r)
	}
	kept = min(kept, len(c.Steps)-1)
	same := kept < len(planned.Steps)
	for i := 0; same && i <= kept; i++ {
		same = c.Steps[i].sameAs(planned.Steps[i])
	}
	switch {
	case same:
		copy(planned.Steps, c.clone().Steps[:kept+1])
	case c.Running():
		return errBegun
	default:
		planned.Restart()
	}
	*c = planned
	return nil
}

// sameAs tells whether two steps ask the same of the same people.
func (s CircuitStep) sameAs(other CircuitStep) bool {
	return s.Kind == other.Kind && s.Quorum == other.Quorum && s.Days == other.Days && slices.Equal(s.People, other.People)
}

func (c Circuit) clone() Circuit {
	c.Steps, c.Returns, c.Told = slices.Clone(c.Steps), slices.Clone(c.Returns), slices.Clone(c.Told)
	for i, s := range c.Steps {
		c.Steps[i].People, c.Steps[i].Answered, c.Steps[i].Opened = slices.Clone(s.People), slices.Clone(s.Answered), slices.Clone(s.Opened)
	}
	return c
}
