package outgoing

import (
	"context"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// Discard gives a draft up.
func (s *Service) Discard(ctx context.Context, who access.Person, c access.Command, id org.ID) error {
	return s.carryOut(ctx, who, c, id, step{document.Discard,
		func(_ context.Context, _ *postgres.Tx, d *document.Document, _ document.By, now time.Time) (document.Event, error) {
			return d.Discard(now)
		}})
}

// Submit starts the circuit of the document, or takes it straight back to whoever
// asked for a correction. With no approver given it is the one chosen in the draft.
func (s *Service) Submit(ctx context.Context, who access.Person, c access.Command, id, approverID org.ID, note string) error {
	return s.carryOut(ctx, who, c, id, onCircuit(document.Submit, func(t *turn) (document.Event, error) {
		chosen := approverID
		if chosen.IsZero() {
			chosen = t.d.ApproverPositionID
		}
		pos, err := approver(t.ctx, t.tx, t.d.AgencyID, chosen)
		if err != nil {
			return document.Event{}, err
		}
		if t.d.Recipients, _, err = t.tx.Recipients(t.ctx, t.d.AgencyID, t.d.ID); err != nil {
			return document.Event{}, err
		}
		event, err := t.d.Submit(pos, note, t.now)
		if err != nil {
			return event, err
		}
		return event, t.begin(pos, note)
	}))
}

// Withdraw takes a submitted draft back while nobody it waits for has opened it.
func (s *Service) Withdraw(ctx context.Context, who access.Person, c access.Command, id org.ID) error {
	return s.carryOut(ctx, who, c, id, onCircuit(document.Withdraw, func(t *turn) (document.Event, error) {
		event, err := t.d.Withdraw(t.now)
		if err != nil {
			return event, err
		}
		t.said = said{document.VerdictWithdrawn, ""}
		t.place = document.NoStep
		if err := t.c.Withdraw(); err != nil {
			return event, err
		}
		return event, t.unsign(event)
	}))
}

// Approve accepts the bytes that the leader saw.
func (s *Service) Approve(ctx context.Context, who access.Person, c access.Command, id org.ID, seen document.Hash, note string) error {
	return s.carryOut(ctx, who, c, id, onCircuit(document.Approve, func(t *turn) (document.Event, error) {
		event, err := t.d.Approve(t.by, seen, note, t.now)
		if err != nil {
			return event, err
		}
		if err := t.signed(); err != nil {
			return event, err
		}
		t.said = said{document.VerdictAgreed, note}
		return event, t.c.Answer(t.seat(), t.today)
	}))
}

// SendBack gives the draft back to its author with a reason.
func (s *Service) SendBack(ctx context.Context, who access.Person, c access.Command, id org.ID, reason string, seen document.Hash) error {
	return s.carryOut(ctx, who, c, id, onCircuit(document.SendBack, func(t *turn) (document.Event, error) {
		approved := t.d.State != document.Submitted
		event, err := t.d.SendBack(reason, seen, t.now)
		if err != nil {
			return event, err
		}
		t.said = said{document.VerdictSentBack, reason}
		if approved {
			t.place = document.NoStep
			t.c.Restart()
		} else if err := t.c.SendBack(t.seat(), document.ToAuthor, t.today); err != nil {
			return event, err
		}
		return event, t.unsign(event)
	}))
}
