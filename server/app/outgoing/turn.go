package outgoing

import (
	"context"
	"slices"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// turn is one act on a document that moves its circuit.
type turn struct {
	ctx   context.Context //nolint:containedctx // lives as long as one step of one transaction
	tx    *postgres.Tx
	d     *document.Document
	c     document.Circuit
	by    document.By
	now   time.Time
	today org.Day
	said  said
	place int // of the step that spoke
}

// said is what the act leaves in the round.
type said struct {
	verdict document.Verdict
	note    string
}

// onCircuit makes a step of an act that moves the circuit: the circuit is read,
// moved by the rules and saved, and what was said is kept.
func onCircuit(act document.Act, do func(t *turn) (document.Event, error)) step {
	return step{act, func(ctx context.Context, tx *postgres.Tx, d *document.Document, by document.By, now time.Time) (document.Event, error) {
		c, err := circuitOf(ctx, tx, *d)
		if err != nil {
			return document.Event{}, err
		}
		calendar, err := tx.Calendar(ctx, d.AgencyID)
		if err != nil {
			return document.Event{}, err
		}
		c.Calendar = calendar.Calendar
		t := &turn{ctx: ctx, tx: tx, d: d, c: c, by: by, now: now, today: org.DayOf(now), place: c.Current}
		event, err := do(t)
		if err != nil {
			return event, err
		}
		return event, t.keep()
	}}
}

// keep saves where the circuit stands after the act.
func (t *turn) keep() error {
	t.d.Follow(t.c)
	if err := t.tx.SaveCircuit(t.ctx, t.d.AgencyID, t.d.ID, t.c); err != nil {
		return err
	}
	if t.said.verdict == "" {
		return nil
	}
	a := document.Answer{Round: t.c.Round, Step: t.place, Verdict: t.said.verdict, By: t.by, Note: t.said.note, At: t.now}
	if t.place >= 0 && t.place < len(t.c.Steps) {
		a.Kind = t.c.Steps[t.place].Kind
	}
	if main, ok := t.d.Main(); ok {
		a.Hash, a.FileVersion = main.Hash, main.Version
	}
	return t.tx.AddAnswer(t.ctx, t.d.AgencyID, t.d.ID, a)
}

// unsign ends every signature on the document, which goes back to its author:
// orders still open, and the signed file, whose bytes stay in the history.
func (t *turn) unsign(event document.Event) error {
	if err := t.tx.CancelSigningOrders(t.ctx, t.d.AgencyID, t.d.ID); err != nil {
		return err
	}
	earlier, err := t.tx.EarlierFiles(t.ctx, t.d.AgencyID, t.d.ID)
	if err != nil {
		return err
	}
	before := t.d.Files
	main, _ := t.d.Main()
	if !t.d.Unsign(earlier, postgres.NewID(), t.now) {
		return nil
	}
	event.Data["unsigned"] = main.Hash.String()
	return t.tx.ReplaceFiles(t.ctx, *t.d, before, t.by.Position.AccountID, t.now)
}

// seat gives the position of the circuit that the actor answers for.
func (t *turn) seat() org.ID { return t.by.Position.ID }

// circuitOf gives the circuit of a document. One that was submitted before there
// were circuits has its approver alone.
func circuitOf(ctx context.Context, tx *postgres.Tx, d document.Document) (document.Circuit, error) {
	c, found, err := tx.Circuit(ctx, d.AgencyID, d.ID)
	if err != nil || found || d.State == document.Draft || d.ApproverPositionID.IsZero() {
		return c, err
	}
	c = document.Circuit{Round: 1, Steps: []document.CircuitStep{{Kind: document.ApproveStep, People: []org.ID{d.ApproverPositionID}, Quorum: 1}}}
	if d.State != document.Submitted {
		c.Current = len(c.Steps)
	}
	return c, nil
}

// begin starts a round of the circuit with the approver chosen.
func (t *turn) begin(chosen org.Position, note string) error {
	if len(t.c.Steps) == 0 {
		proposed, err := proposed(t.ctx, t.tx, *t.d, chosen.ID, t.today)
		if err != nil {
			return err
		}
		proposed.Calendar = t.c.Calendar
		t.c = proposed
	}
	last := &t.c.Steps[len(t.c.Steps)-1]
	if !slices.Equal(last.People, []org.ID{chosen.ID}) {
		last.People, last.Answered, last.Opened = []org.ID{chosen.ID}, nil, nil
	}
	changed, err := t.changed()
	if err != nil {
		return err
	}
	if err := t.c.Submit(changed, t.today); err != nil {
		return err
	}
	if err := t.present(t.c.Steps[t.c.Current:]); err != nil {
		return err
	}
	if t.d.Competence == "" {
		names, err := t.tx.DocumentNames(t.ctx, *t.d)
		if err != nil {
			return err
		}
		t.d.Competence = document.CompetenceOfPost(names.Agency, chosen.Role, chosen.Title)
	}
	t.said, t.place = said{document.VerdictSubmitted, note}, document.NoStep
	return nil
}

// changed tells whether the main file is another one than anybody last spoke about.
func (t *turn) changed() (bool, error) {
	list, err := t.tx.CircuitAnswers(t.ctx, t.d.AgencyID, t.d.ID)
	if err != nil || len(list) == 0 {
		return false, err
	}
	main, _ := t.d.Main()
	return list[len(list)-1].Hash != main.Hash, nil
}

// present refuses steps with somebody who is not there today.
func (t *turn) present(steps []document.CircuitStep) error {
	var ids []org.ID
	for _, s := range steps {
		ids = append(ids, s.People...)
	}
	found, err := t.tx.CircuitPeople(t.ctx, t.d.AgencyID, ids, t.today)
	if err != nil {
		return err
	}
	for _, id := range ids {
		p, ok := found[id]
		switch {
		case !ok || p.Role == org.Admin:
			return fault.InvalidField("steps", "unknown_person", "Có người không thuộc cơ quan hoặc không xử lý văn bản.", "Somebody does not handle documents of the agency.")
		case !p.Present:
			return fault.InvalidField("steps", "has_left", p.FullName+" không còn giữ vị trí này. Hãy chọn người khác.", p.FullName+" no longer holds the position. Choose somebody else.")
		}
	}
	return nil
}

// proposed gives the circuit that the agency's defaults make of a draft.
func proposed(ctx context.Context, tx *postgres.Tx, d document.Document, approver org.ID, today org.Day) (document.Circuit, error) {
	defaults, err := tx.DefaultCircuits(ctx, []org.ID{d.AgencyID})
	if err != nil {
		return document.Circuit{}, err
	}
	var chosen document.DefaultCircuit
	var given []org.ID
	for _, one := range defaults {
		if one.Kind == d.Kind || one.Kind == "" && chosen.ID.IsZero() {
			chosen = one
		}
	}
	if chosen.ID.IsZero() {
		return chosen.For(document.Seats{Approver: approver}), nil
	}
	for _, s := range chosen.Steps {
		given = append(given, s.People...)
	}
	seats := document.Seats{Author: d.AuthorPositionID, Approver: approver}
	people, err := tx.CircuitPeople(ctx, d.AgencyID, given, today)
	if err != nil {
		return document.Circuit{}, err
	}
	office, err := tx.OfficeSeats(ctx, d.AgencyID, d.UnitID, today)
	if err != nil {
		return document.Circuit{}, err
	}
	there := map[org.ID]bool{}
	for id, p := range people {
		there[id] = p.Present
	}
	for _, o := range office {
		there[o.ID] = true
		switch {
		case o.Role == org.Clerk:
			seats.Clerks = append(seats.Clerks, o.ID)
		case o.Role == org.UnitHead && o.InUnit:
			seats.Heads = append(seats.Heads, o.ID)
		}
	}
	seats.Present = func(id org.ID) bool { return there[id] }
	return chosen.For(seats), nil
}
