package incoming

import (
	"context"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres"
)

// TakeInLine takes in what came to a unit.
func (s *Service) TakeInLine(ctx context.Context, who access.Person, c access.Command, line org.ID) error {
	return s.onLine(ctx, who, c, line, access.TakeInLine, func(b bench) (routing.Tree, document.Event, error) {
		after, err := b.arrival.Lines.TakeIn(line)
		return after, document.Event{Verb: "taken_in", Data: b.about(nil)}, err
	})
}

// worded does an act that says something: the words become a note of a kind on
// the line, and the data of its event.
func (s *Service) worded(ctx context.Context, who access.Person, c access.Command, line org.ID, act access.LineAct, w worded) error {
	return s.onLine(ctx, who, c, line, act, func(b bench) (routing.Tree, document.Event, error) {
		words, err := wordsOf(w.field, w.words, w.needed)
		if err != nil {
			return nil, document.Event{}, err
		}
		tree, err := b.took()
		if err != nil {
			return nil, document.Event{}, err
		}
		after, err := w.rule(b, tree)
		if err != nil {
			return nil, document.Event{}, err
		}
		n := b.noteOf(w.note, words)
		if n.File, err = b.upload(ctx, w.file); err != nil {
			return nil, document.Event{}, err
		}
		if words != "" || !n.File.Hash.IsZero() {
			if err := b.tx.AddLineNote(ctx, n); err != nil {
				return nil, document.Event{}, err
			}
		}
		return after, document.Event{Verb: w.verb, Data: b.about(map[string]string{w.field: words})}, nil
	})
}

type worded struct {
	field, words string
	needed       bool
	file         org.ID // an upload
	note, verb   string
	rule         func(b bench, t routing.Tree) (routing.Tree, error)
}

// NoteProgress says how far the work is, with a file if there is one. The first
// one begins the work: the sender is told (05).
func (s *Service) NoteProgress(ctx context.Context, who access.Person, c access.Command, line org.ID, words string, file org.ID) error {
	return s.worded(ctx, who, c, line, access.NoteLine, worded{field: "words", words: words, needed: true, file: file, note: "progress", verb: "progressed",
		rule: func(b bench, t routing.Tree) (routing.Tree, error) { return t.Start(line, b.now) }})
}

// Finish closes a line with what came of it; the end of the first line is told
// to the sender (06).
func (s *Service) Finish(ctx context.Context, who access.Person, c access.Command, line org.ID, words string, file org.ID) error {
	return s.worded(ctx, who, c, line, access.FinishLine, worded{field: "words", words: words, file: file, note: "result", verb: "finished",
		rule: func(b bench, t routing.Tree) (routing.Tree, error) { return t.Finish(line, b.now) }})
}

// Return gives back what was sent wrong, with the reason.
func (s *Service) Return(ctx context.Context, who access.Person, c access.Command, line org.ID, reason string) error {
	return s.worded(ctx, who, c, line, access.ReturnLine, worded{field: "reason", words: reason, needed: true, note: "given_back", verb: "returned",
		rule: func(b bench, t routing.Tree) (routing.Tree, error) { return t.Return(line, b.now) }})
}

// HandBack gives work that was begun back to who assigned it.
func (s *Service) HandBack(ctx context.Context, who access.Person, c access.Command, line org.ID, reason string) error {
	return s.worded(ctx, who, c, line, access.HandBackLine, worded{field: "reason", words: reason, needed: true, note: "given_back", verb: "handed_back",
		rule: func(b bench, t routing.Tree) (routing.Tree, error) { return t.HandBack(line, b.now) }})
}

// giver does an act of who gave the line: nothing is taken in by it.
func (s *Service) giver(ctx context.Context, who access.Person, c access.Command, line org.ID, act access.LineAct, w worded) error {
	return s.onLine(ctx, who, c, line, act, func(b bench) (routing.Tree, document.Event, error) {
		words, err := wordsOf(w.field, w.words, w.needed)
		if err != nil {
			return nil, document.Event{}, err
		}
		after, err := w.rule(b, b.arrival.Lines)
		if err != nil {
			return nil, document.Event{}, err
		}
		if words != "" {
			err = b.note(ctx, w.note, words)
		}
		return after, document.Event{Verb: w.verb, Data: b.about(map[string]string{w.field: words})}, err
	})
}

// WithdrawLine takes back a line that nobody has opened.
func (s *Service) WithdrawLine(ctx context.Context, who access.Person, c access.Command, line org.ID, reason string) error {
	return s.giver(ctx, who, c, line, access.WithdrawLine, worded{field: "reason", words: reason, note: "withdrawn", verb: "line_withdrawn",
		rule: func(b bench, t routing.Tree) (routing.Tree, error) { return t.Withdraw(line, b.now) }})
}

// Reopen takes up again what was finished, with the reason.
func (s *Service) Reopen(ctx context.Context, who access.Person, c access.Command, line org.ID, reason string) error {
	return s.giver(ctx, who, c, line, access.ReopenLine, worded{field: "reason", words: reason, needed: true, note: "reopened", verb: "reopened",
		rule: func(_ bench, t routing.Tree) (routing.Tree, error) { return t.Reopen(line) }})
}

// Remind tells who has the line that it is waited for.
func (s *Service) Remind(ctx context.Context, who access.Person, c access.Command, line org.ID, words string) error {
	return s.giver(ctx, who, c, line, access.RemindLine, worded{field: "words", words: words, needed: true, note: "reminder", verb: "reminded",
		rule: func(b bench, t routing.Tree) (routing.Tree, error) {
			if b.line.State.Closed() {
				return nil, errLineClosed
			}
			return t, b.tx.NoticeLine(ctx, b.arrival.AgencyID, line, b.now)
		}})
}

var errLineClosed = fault.New(fault.Conflict, "line_closed", "Luồng này đã đóng.", "This line is closed already.")

// AskMoreTime asks who gave the line for a later due date. One request at a time.
func (s *Service) AskMoreTime(ctx context.Context, who access.Person, c access.Command, line org.ID, due org.Day, reason string) error {
	return s.onLine(ctx, who, c, line, access.AskMoreTime, func(b bench) (routing.Tree, document.Event, error) {
		words, err := wordsOf("reason", reason, true)
		if err != nil {
			return nil, document.Event{}, err
		}
		tree, err := b.took()
		if err != nil {
			return nil, document.Event{}, err
		}
		if b.line.ParentID.IsZero() || b.line.DueDate.IsZero() {
			return nil, document.Event{}, errNoDue
		}
		if !due.After(b.line.DueDate) || due.Before(b.today()) {
			return nil, document.Event{}, fault.InvalidField("dueDate", "not_later", "Hạn mới phải sau hạn đang có và không ở quá khứ.", "The new date must be later than the present one.")
		}
		calendar, err := b.tx.Calendar(ctx, b.arrival.AgencyID)
		if err != nil {
			return nil, document.Event{}, err
		}
		if err := calendar.CheckDue("dueDate", due, b.today()); err != nil {
			return nil, document.Event{}, err
		}
		notes, err := b.tx.LineNotes(ctx, b.arrival.AgencyID, b.arrival.ID)
		if err != nil {
			return nil, document.Event{}, err
		}
		for _, n := range notes {
			if n.LineID == line && n.Decision == "asked" {
				return nil, document.Event{}, errAsked
			}
		}
		after, err := tree.Start(line, b.now)
		if err != nil {
			return nil, document.Event{}, err
		}
		n := b.noteOf("more_time", words)
		n.DueDate, n.Decision = due, "asked"
		return after, document.Event{Verb: "more_time_asked", Data: b.about(map[string]string{"reason": words, "day": due.String()})}, b.tx.AddLineNote(ctx, n)
	})
}

var (
	errNoDue = fault.New(fault.Conflict, "no_due_date", "Luồng này không có hạn được giao.", "The line has no due date that was given.")
	errAsked = fault.New(fault.Conflict, "already_asked", "Đã xin gia hạn và đang chờ trả lời.", "More time was asked for already.")
)

// DecideMoreTime grants or declines what was asked for.
func (s *Service) DecideMoreTime(ctx context.Context, who access.Person, c access.Command, line org.ID, grant bool) error {
	return s.onLine(ctx, who, c, line, access.GiveMoreTime, func(b bench) (routing.Tree, document.Event, error) {
		asked, err := b.asked(ctx)
		if err != nil {
			return nil, document.Event{}, err
		}
		after, decision := b.arrival.Lines, "declined"
		if grant {
			decision = "granted"
			if after, err = after.Extend(line, asked.DueDate, b.today()); err != nil {
				return nil, document.Event{}, err
			}
		}
		err = b.tx.DecideMoreTime(ctx, b.arrival.AgencyID, line, asked.ID, decision, b.by.Name, b.now)
		return after, document.Event{Verb: "more_time_" + decision, Data: b.about(map[string]string{"day": asked.DueDate.String()})}, err
	})
}

// asked gives the request for more time that waits on the line.
func (b bench) asked(ctx context.Context) (postgres.LineNote, error) {
	notes, err := b.tx.LineNotes(ctx, b.arrival.AgencyID, b.arrival.ID)
	if err != nil {
		return postgres.LineNote{}, err
	}
	for _, n := range notes {
		if n.LineID == b.line.ID && n.Decision == "asked" {
			return n, nil
		}
	}
	return postgres.LineNote{}, fault.New(fault.Conflict, "nothing_asked", "Không có đề nghị gia hạn nào đang chờ.", "No request for more time is waiting.")
}

// HandOver puts the line of who left, or of a unit that was dissolved, into
// other hands. What happened before keeps the old names.
func (s *Service) HandOver(ctx context.Context, who access.Person, c access.Command, line org.ID, to routing.Holder) error {
	return s.onLine(ctx, who, c, line, access.HandOverLine, func(b bench) (routing.Tree, document.Event, error) {
		if err := holdersThere(ctx, b.tx, b.arrival.AgencyID, []routing.Share{{Holder: to}}, b.today()); err != nil {
			return nil, document.Event{}, err
		}
		names, err := b.tx.ArrivalNames(ctx, b.arrival)
		if err != nil {
			return nil, document.Event{}, err
		}
		after, err := b.arrival.Lines.HandOver(line, to)
		return after, document.Event{Verb: "handed_over", Data: b.about(map[string]string{"from": names.People[line] + names.Units[line]})}, err
	})
}

// LinkAnswer lets an outgoing document answer the line: when it is issued, the
// line is done.
func (s *Service) LinkAnswer(ctx context.Context, who access.Person, c access.Command, line, documentID org.ID) error {
	return s.onLine(ctx, who, c, line, access.AnswerLine, func(b bench) (routing.Tree, document.Event, error) {
		d, err := b.tx.Document(ctx, []org.ID{b.arrival.AgencyID}, documentID)
		if err != nil {
			return nil, document.Event{}, err
		}
		if err := who.ReadDocument(access.FactsOf(d)); err != nil {
			return nil, document.Event{}, err
		}
		if d.State == document.Discarded || d.State == document.Voided {
			return nil, document.Event{}, fault.New(fault.Conflict, "answer_void", "Văn bản trả lời không còn hiệu lực.", "The answering document does not stand any more.")
		}
		tree, err := b.took()
		if err != nil {
			return nil, document.Event{}, err
		}
		after, err := tree.Start(line, b.now)
		if err != nil {
			return nil, document.Event{}, err
		}
		answer := postgres.Answer{LineID: line, DocumentID: d.ID, ArrivalID: b.arrival.ID}
		if err := b.tx.LinkAnswer(ctx, b.arrival.AgencyID, answer, b.by.Name, b.now); err != nil {
			return nil, document.Event{}, err
		}
		event := document.Event{Verb: "answer_linked", Data: b.about(map[string]string{"reference": d.Reference()})}
		if d.State != document.Issued {
			return after, event, nil
		}
		if after, err = after.Finish(line, b.now); err != nil {
			return nil, document.Event{}, err
		}
		event.Verb = "answered"
		return after, event, b.tx.CloseAnswer(ctx, b.arrival.AgencyID, answer, b.now)
	})
}
