package incoming

import (
	"context"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/server/job"
	"congvan/storage/postgres"
)

// ErrGone is the fault of opening what its sender has taken out again.
var ErrGone = fault.New(fault.Conflict, "document_gone",
	"Văn bản đã được bên gửi lấy lại hoặc thu hồi; tệp không còn mở được.",
	"The sender has taken the document back or recalled it; its files cannot be opened any more.")

// Requests gives what the sender said of an arrival.
func (s *Service) Requests(ctx context.Context, who access.Person, id org.ID) ([]postgres.HeardRequest, error) {
	var list []postgres.HeardRequest
	err := s.reading(ctx, who, id, func(tx *postgres.Tx, a routing.Arrival) (err error) {
		list, err = tx.Heard(ctx, a.AgencyID, a.ID)
		return err
	})
	return list, err
}

// Pending gives the requests that wait for the person as clerk.
func (s *Service) Pending(ctx context.Context, who access.Person) ([]postgres.HeardRequest, error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	list := []postgres.HeardRequest{}
	err := s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) (err error) {
		list, err = tx.PendingRequests(ctx, who.ClerkAgencies())
		return err
	})
	return list, err
}

// AnswerRequest agrees to a request of the sender, declines it, or confirms a
// recall. The sender is told by a job of the same transaction.
func (s *Service) AnswerRequest(ctx context.Context, who access.Person, c access.Command, id, request org.ID, agree bool, note string) error {
	if err := who.Allowed(access.ScopeRegister); err != nil {
		return err
	}
	now := s.clock()
	return s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		a, err := tx.LockArrival(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		if first, _, err := tx.Once(ctx, c, id, now); err != nil || !first {
			return err
		}
		pos, err := who.OnArrival(access.AnswerRequest, access.ArrivalFactsOf(a), c.Position)
		if err != nil {
			return err
		}
		if err := tx.ActFor(ctx, a.AgencyID); err != nil {
			return err
		}
		h, err := tx.LockHeard(ctx, a.AgencyID, a.ID, request)
		if err != nil {
			return err
		}
		by := document.By{Position: pos, Name: who.FullName}
		answer, event, err := a.AnswerRequest(h.Kind, h.Answer, agree, note, now)
		if err != nil {
			return err
		}
		h.Reply = postgres.Reply{Answer: answer, At: now, By: by.Name, Note: event.Data["note"]}
		if err := tx.SaveHeard(ctx, h); err != nil {
			return err
		}
		if a.State.Gone() {
			if err := tx.SaveArrival(ctx, a); err != nil {
				return err
			}
		}
		if err := tx.Record(ctx, a.AgencyID, subject, a.ID, event, by, now); err != nil {
			return err
		}
		if h.Origin.DocumentID.IsZero() { // its sender is beyond this installation
			code, _ := exchange.AnswerCode(answer)
			return tx.QueueStatus(ctx, a.AgencyID, a.ID, exchange.Status{Code: code, At: now, ByName: by.Name, Reason: h.Note})
		}
		return tx.Enqueue(ctx, job.RequestAnswered{AgencyID: h.Origin.AgencyID, DocumentID: h.Origin.DocumentID, DeliveryID: h.Origin.DeliveryID,
			RequestID: h.ID, Answer: string(answer), At: now, ByName: by.Name, Note: h.Note})
	})
}
