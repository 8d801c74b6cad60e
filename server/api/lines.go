package api

import (
	"context"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/incoming"
	"congvan/server/domain/access"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
)

// lineRoom answers the operations on the lines along which the office works.
type lineRoom struct {
	arrivals *incoming.Service
}

// after answers with the arrival as an act on one of its lines left it.
func (r lineRoom) after(ctx context.Context, line uuid.UUID, done error) (gen.ArrivalJSONResponse, error) {
	if done != nil {
		return gen.ArrivalJSONResponse{}, done
	}
	id, err := r.arrivals.ArrivalOfLine(ctx, personOf(ctx), org.ID(line))
	if err != nil {
		return gen.ArrivalJSONResponse{}, err
	}
	return arrivalRoom(r).arrival(ctx, uuid.UUID(id))
}

// act makes the command of a request and does with it what the request asks.
func act(ctx context.Context, key string, position *uuid.UUID, request any, do func(access.Person, access.Command) error) error {
	c, err := command(ctx, key, position, request)
	if err != nil {
		return err
	}
	return do(personOf(ctx), c)
}

func sharesOf(list []gen.Share) ([]routing.Share, error) {
	shares := make([]routing.Share, len(list))
	for i, s := range list {
		due, err := dayOf(s.DueDate)
		if err != nil {
			return nil, err
		}
		shares[i] = routing.Share{Holder: routing.Holder{UnitID: idOf(s.UnitId), PositionID: idOf(s.PositionId)}, Role: routing.LineRole(s.Role),
			Asks: routing.Asks(present(s.Asks)), DueDate: due}
	}
	return shares, nil
}

// ForwardLine gives a line out.
func (r lineRoom) ForwardLine(ctx context.Context, q gen.ForwardLineRequestObject) (gen.ForwardLineResponseObject, error) {
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) error {
		shares, err := sharesOf(q.Body.Shares)
		if err != nil {
			return err
		}
		return r.arrivals.Forward(ctx, who, c, org.ID(q.Id), incoming.Forwarding{Words: present(q.Body.Words), Shares: shares,
			ScanID: idOf(q.Body.ScanId), Inform: present(q.Body.Inform)})
	})
	answer, err := r.after(ctx, q.Id, err)
	return gen.ForwardLine200JSONResponse{ArrivalJSONResponse: answer}, err
}

// TakeInLine takes in what came to a unit.
func (r lineRoom) TakeInLine(ctx context.Context, q gen.TakeInLineRequestObject) (gen.TakeInLineResponseObject, error) {
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) error {
		return r.arrivals.TakeInLine(ctx, who, c, org.ID(q.Id))
	})
	answer, err := r.after(ctx, q.Id, err)
	return gen.TakeInLine200JSONResponse{ArrivalJSONResponse: answer}, err
}

// NoteProgress says how far the work is.
func (r lineRoom) NoteProgress(ctx context.Context, q gen.NoteProgressRequestObject) (gen.NoteProgressResponseObject, error) {
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) error {
		return r.arrivals.NoteProgress(ctx, who, c, org.ID(q.Id), q.Body.Words, idOf(q.Body.UploadId))
	})
	answer, err := r.after(ctx, q.Id, err)
	return gen.NoteProgress200JSONResponse{ArrivalJSONResponse: answer}, err
}

// FinishLine closes a line whose work is done.
func (r lineRoom) FinishLine(ctx context.Context, q gen.FinishLineRequestObject) (gen.FinishLineResponseObject, error) {
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) error {
		return r.arrivals.Finish(ctx, who, c, org.ID(q.Id), present(q.Body.Words), idOf(q.Body.UploadId))
	})
	answer, err := r.after(ctx, q.Id, err)
	return gen.FinishLine200JSONResponse{ArrivalJSONResponse: answer}, err
}

// AnswerLine lets an outgoing document answer the line.
func (r lineRoom) AnswerLine(ctx context.Context, q gen.AnswerLineRequestObject) (gen.AnswerLineResponseObject, error) {
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) error {
		return r.arrivals.LinkAnswer(ctx, who, c, org.ID(q.Id), org.ID(q.Body.DocumentId))
	})
	answer, err := r.after(ctx, q.Id, err)
	return gen.AnswerLine200JSONResponse{ArrivalJSONResponse: answer}, err
}

// ReturnLine gives back what was sent wrong.
func (r lineRoom) ReturnLine(ctx context.Context, q gen.ReturnLineRequestObject) (gen.ReturnLineResponseObject, error) {
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) error {
		return r.arrivals.Return(ctx, who, c, org.ID(q.Id), q.Body.Reason)
	})
	answer, err := r.after(ctx, q.Id, err)
	return gen.ReturnLine200JSONResponse{ArrivalJSONResponse: answer}, err
}

// HandBackLine gives back work that was begun.
func (r lineRoom) HandBackLine(ctx context.Context, q gen.HandBackLineRequestObject) (gen.HandBackLineResponseObject, error) {
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) error {
		return r.arrivals.HandBack(ctx, who, c, org.ID(q.Id), q.Body.Reason)
	})
	answer, err := r.after(ctx, q.Id, err)
	return gen.HandBackLine200JSONResponse{ArrivalJSONResponse: answer}, err
}

// AskMoreTime asks for a later due date.
func (r lineRoom) AskMoreTime(ctx context.Context, q gen.AskMoreTimeRequestObject) (gen.AskMoreTimeResponseObject, error) {
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) error {
		due, err := dayOf(&q.Body.DueDate)
		if err != nil {
			return err
		}
		return r.arrivals.AskMoreTime(ctx, who, c, org.ID(q.Id), due, q.Body.Reason)
	})
	answer, err := r.after(ctx, q.Id, err)
	return gen.AskMoreTime200JSONResponse{ArrivalJSONResponse: answer}, err
}

// DecideMoreTime grants or declines a later due date.
func (r lineRoom) DecideMoreTime(ctx context.Context, q gen.DecideMoreTimeRequestObject) (gen.DecideMoreTimeResponseObject, error) {
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) error {
		return r.arrivals.DecideMoreTime(ctx, who, c, org.ID(q.Id), q.Body.Grant)
	})
	answer, err := r.after(ctx, q.Id, err)
	return gen.DecideMoreTime200JSONResponse{ArrivalJSONResponse: answer}, err
}

// RemindLine reminds who has the line.
func (r lineRoom) RemindLine(ctx context.Context, q gen.RemindLineRequestObject) (gen.RemindLineResponseObject, error) {
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) error {
		return r.arrivals.Remind(ctx, who, c, org.ID(q.Id), q.Body.Words)
	})
	answer, err := r.after(ctx, q.Id, err)
	return gen.RemindLine200JSONResponse{ArrivalJSONResponse: answer}, err
}

// WithdrawLine takes back what nobody has opened.
func (r lineRoom) WithdrawLine(ctx context.Context, q gen.WithdrawLineRequestObject) (gen.WithdrawLineResponseObject, error) {
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) error {
		return r.arrivals.WithdrawLine(ctx, who, c, org.ID(q.Id), present(q.Body.Reason))
	})
	answer, err := r.after(ctx, q.Id, err)
	return gen.WithdrawLine200JSONResponse{ArrivalJSONResponse: answer}, err
}

// ReopenLine takes up again what was finished.
func (r lineRoom) ReopenLine(ctx context.Context, q gen.ReopenLineRequestObject) (gen.ReopenLineResponseObject, error) {
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) error {
		return r.arrivals.Reopen(ctx, who, c, org.ID(q.Id), q.Body.Reason)
	})
	answer, err := r.after(ctx, q.Id, err)
	return gen.ReopenLine200JSONResponse{ArrivalJSONResponse: answer}, err
}

// HandOverLine puts the line into other hands.
func (r lineRoom) HandOverLine(ctx context.Context, q gen.HandOverLineRequestObject) (gen.HandOverLineResponseObject, error) {
	return gen.HandOverLine204Response{}, act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) error {
		return r.arrivals.HandOver(ctx, who, c, org.ID(q.Id), routing.Holder{UnitID: idOf(q.Body.UnitId), PositionID: idOf(q.Body.PositionId)})
	})
}

// RestrictArrival lets only those see the arrival who hold a line of it.
func (r lineRoom) RestrictArrival(ctx context.Context, q gen.RestrictArrivalRequestObject) (gen.RestrictArrivalResponseObject, error) {
	err := act(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command) error {
		return r.arrivals.Restrict(ctx, who, c, org.ID(q.Id), q.Body.Restricted, q.Body.Reason)
	})
	if err != nil {
		return nil, err
	}
	answer, err := arrivalRoom(r).arrival(ctx, q.Id)
	return gen.RestrictArrival200JSONResponse{ArrivalJSONResponse: answer}, err
}
