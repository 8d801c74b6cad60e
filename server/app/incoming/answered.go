package incoming

import (
	"context"
	"slices"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/job"
	"congvan/storage/postgres"
)

// Answered closes the lines that an issued document answers (H6). It may be
// asked twice: what is closed stays so.
func (s *Service) Answered(ctx context.Context, j job.CloseAnswered) error {
	var open []postgres.Answer
	err := s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) (err error) {
		open, err = tx.OpenAnswers(ctx, j.AgencyID, j.DocumentID)
		return err
	})
	if err != nil {
		return err
	}
	for _, a := range open {
		if err := s.answered(ctx, j, a); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) answered(ctx context.Context, j job.CloseAnswered, answer postgres.Answer) error {
	now := s.clock()
	return s.store.InTx(ctx, postgres.ExchangeScope(), func(tx *postgres.Tx) error {
		a, err := tx.LockArrival(ctx, []org.ID{j.AgencyID}, answer.ArrivalID)
		if err != nil {
			return err
		}
		// Who came first may have closed it: only what is open under the lock counts.
		open, err := tx.OpenAnswers(ctx, j.AgencyID, j.DocumentID)
		if err != nil || !slices.Contains(open, answer) {
			return err
		}
		event := document.Event{Verb: "answered", Data: map[string]string{"line": answer.LineID.String(), "reference": j.Reference}}
		by := document.By{Name: j.ByName}
		after, err := a.Lines.Finish(answer.LineID, now)
		switch {
		case fault.KindOf(err) == fault.Conflict:
			// Parts are still open below: the answer is there, and the line ends with them.
			after, event.Verb = a.Lines, "answer_issued"
		case err != nil:
			return err
		}
		if err := tx.SaveLines(ctx, j.AgencyID, org.ID{}, now, postgres.Grown{ArrivalID: a.ID, Before: a.Lines, After: after}); err != nil {
			return err
		}
		if err := tx.CloseAnswer(ctx, j.AgencyID, answer, now); err != nil {
			return err
		}
		if err := tx.Record(ctx, j.AgencyID, subject, a.ID, event, by, now); err != nil {
			return err
		}
		return tellStage(ctx, tx, a, after, j.ByName, now)
	})
}
