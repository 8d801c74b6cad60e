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

// Submit asks a leader to decide; with no approver given the one chosen in the draft.
func (s *Service) Submit(ctx context.Context, who access.Person, c access.Command, id, approverID org.ID, note string) error {
	return s.carryOut(ctx, who, c, id, step{document.Submit,
		func(ctx context.Context, tx *postgres.Tx, d *document.Document, _ document.By, now time.Time) (document.Event, error) {
			chosen := approverID
			if chosen.IsZero() {
				chosen = d.ApproverPositionID
			}
			pos, err := approver(ctx, tx, d.AgencyID, chosen)
			if err != nil {
				return document.Event{}, err
			}
			if d.Recipients, _, err = tx.Recipients(ctx, d.AgencyID, d.ID); err != nil {
				return document.Event{}, err
			}
			return d.Submit(pos, note, now)
		}})
}

// Withdraw takes a submitted draft back before it is decided.
func (s *Service) Withdraw(ctx context.Context, who access.Person, c access.Command, id org.ID) error {
	return s.carryOut(ctx, who, c, id, step{document.Withdraw,
		func(_ context.Context, _ *postgres.Tx, d *document.Document, _ document.By, now time.Time) (document.Event, error) {
			return d.Withdraw(now)
		}})
}

// Approve accepts the bytes that the leader saw.
func (s *Service) Approve(ctx context.Context, who access.Person, c access.Command, id org.ID, seen document.Hash, note string) error {
	return s.carryOut(ctx, who, c, id, step{document.Approve,
		func(_ context.Context, _ *postgres.Tx, d *document.Document, by document.By, now time.Time) (document.Event, error) {
			return d.Approve(by, seen, note, now)
		}})
}

// SendBack gives the draft back to its author with a reason.
func (s *Service) SendBack(ctx context.Context, who access.Person, c access.Command, id org.ID, reason string, seen document.Hash) error {
	return s.carryOut(ctx, who, c, id, step{document.SendBack,
		func(_ context.Context, _ *postgres.Tx, d *document.Document, _ document.By, now time.Time) (document.Event, error) {
			return d.SendBack(reason, seen, now)
		}})
}
