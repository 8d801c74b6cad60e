package api

import (
	"context"

	"congvan/server/api/gen"
	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
)

// NumberDocumentSpecially gives a document a number out of the usual way.
func (r documentRoom) NumberDocumentSpecially(ctx context.Context, q gen.NumberDocumentSpeciallyRequestObject) (gen.NumberDocumentSpeciallyResponseObject, error) {
	in := outgoing.SpecialNumber{RegisterID: idOf(q.Body.RegisterId), InsertBehind: present(q.Body.InsertBehind), Reason: q.Body.Reason}
	var err error
	if in.Day, err = dayOf(q.Body.Day); err != nil {
		return nil, err
	}
	if q.Body.Reserved != nil {
		n, err := numbering.ParseNumber(*q.Body.Reserved)
		if err != nil {
			return nil, err
		}
		in.Reserved = &n
	}
	answer, err := r.do(ctx, q.Id, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, func(who access.Person, c access.Command, id org.ID) error {
		return r.documents.NumberSpecially(ctx, who, c, id, in)
	})
	return gen.NumberDocumentSpecially200JSONResponse{DocumentJSONResponse: answer}, err
}

// ReserveNumbers takes numbers ahead of their documents.
func (r registerRoom) ReserveNumbers(ctx context.Context, q gen.ReserveNumbersRequestObject) (gen.ReserveNumbersResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q)
	if err != nil {
		return nil, err
	}
	numbers, err := r.documents.Reserve(ctx, personOf(ctx), c, org.ID(q.Id), outgoing.Reservation{Count: q.Body.Count, Reason: q.Body.Reason})
	if err != nil {
		return nil, err
	}
	out := gen.ReserveNumbers200JSONResponse{Numbers: make([]string, len(numbers))}
	for i, n := range numbers {
		out.Numbers[i] = n.String()
	}
	return out, nil
}

// CancelNumber cancels a reserved number.
func (r registerRoom) CancelNumber(ctx context.Context, q gen.CancelNumberRequestObject) (gen.CancelNumberResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q)
	if err != nil {
		return nil, err
	}
	n, err := numbering.ParseNumber(q.Number)
	if err != nil {
		return nil, err
	}
	if err := r.documents.CancelNumber(ctx, personOf(ctx), c, org.ID(q.Id), n, q.Body.Reason); err != nil {
		return nil, err
	}
	return gen.CancelNumber204Response{}, nil
}
