package intake

import (
	"context"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/storage/postgres"
)

// answered applies an answer to the delivery that it is about, in the
// transaction that settles the mail, so that it counts exactly once.
func answered(ctx context.Context, tx *postgres.Tx, m *exchange.Mail, now time.Time) error {
	before, err := tx.LockDelivery(ctx, m.About.AgencyID, m.About.DocumentID, m.About.ID)
	if err != nil {
		return err
	}
	after, changed := before, false
	if m.Answer.Kind == exchange.AnswerDelayed {
		after, changed = before.NoteDelay(m.Answer.Words)
	} else if r, says := m.Answer.Receipt(momentOf(*m, now)); says {
		after, changed = before.Apply(r)
	}
	if changed {
		// Whatever was planned for it is over; what failed is sent again by a person.
		after.NextAttemptAt = time.Time{}
		if err := tx.SaveDelivery(ctx, before, after); err != nil {
			return err
		}
	}
	if m.Answer.Hard() && after.State == exchange.Failed {
		if err := tx.Suppress(ctx, m.About.AgencyID, m.Answer.Recipient, m.Answer.Words, now); err != nil {
			return err
		}
	}
	if m.Answer.LargeBounce() {
		if err := noteLimit(ctx, tx, before, m.Answer.Words, now); err != nil {
			return err
		}
	}
	for _, event := range eventsOf(*m, before, after) {
		if err := tx.Record(ctx, m.About.AgencyID, "document", m.About.DocumentID, event, document.By{}, now); err != nil {
			return err
		}
	}
	return nil
}

// noteLimit remembers that the files were too large for the recipient's server:
// sent again they go as a link. A mail that is one already says nothing.
func noteLimit(ctx context.Context, tx *postgres.Tx, d exchange.Delivery, words string, now time.Time) error {
	if _, _, linked, err := tx.MailLink(ctx, d.AgencyID, d.ID); err != nil || linked {
		return err
	}
	e, _, err := tx.Envelope(ctx, d)
	if err != nil || e.To.Email == "" {
		return err
	}
	var bytes int64
	for _, f := range e.Files {
		bytes += f.Size
	}
	return tx.NoteMailLimit(ctx, d.AgencyID, e.To.Email, bytes, words, now)
}

// eventsOf is what the history of the document keeps of an answer.
func eventsOf(m exchange.Mail, before, after exchange.Delivery) []document.Event {
	var events []document.Event
	add := func(verb string) {
		data := map[string]string{"recipient": after.Name, "from": m.FromAddress}
		if m.Answer.Words != "" {
			data["words"] = m.Answer.Words
		}
		events = append(events, document.Event{Verb: verb, Data: data})
	}
	if after.State != before.State {
		add("delivery_" + string(after.State))
	}
	switch m.Answer.Kind {
	case exchange.AnswerDelayed:
		add("delivery_delayed")
	case exchange.AnswerReply:
		add("delivery_replied")
	case exchange.AnswerAutomatic:
		add("delivery_auto_replied")
	}
	return events
}

// momentOf is when the answer was given, as far as its clock can be believed.
func momentOf(m exchange.Mail, now time.Time) time.Time {
	if m.ReceivedAt.IsZero() || m.ReceivedAt.After(now) {
		return now
	}
	return m.ReceivedAt
}

// settleAnswer decides about a mail that answers another, and tells whether it
// is settled by that. What brings a document becomes an arrival besides.
func settleAnswer(ctx context.Context, tx *postgres.Tx, m *exchange.Mail, files []exchange.MailPart, now time.Time) (document.Event, bool, error) {
	kind := m.Answer.Kind
	if kind == exchange.NoAnswer {
		return document.Event{}, false, nil
	}
	ref, mine, err := tx.MailedDelivery(ctx, m.Answer.Deliveries())
	if err != nil {
		return document.Event{}, false, err
	}
	brings := len(files) > 0 && !kind.Report()
	switch {
	case mine && brings:
		m.About = ref // and on, as an arrival
		return document.Event{}, false, nil
	case mine:
		m.About = ref
		return m.Answers(), true, answered(ctx, tx, m, now)
	case kind.Report(), kind == exchange.AnswerAutomatic && m.Answer.Unanswerable && !brings:
		return m.Ignore(exchange.IgnoredReport), true, nil
	}
	return document.Event{}, false, nil
}
