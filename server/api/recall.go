package api

import (
	"context"

	"github.com/google/uuid"

	"congvan/server/api/gen"
	"congvan/server/app/incoming"
	"congvan/server/app/outgoing"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// ask carries out what is said of an issued document.
func (r documentRoom) ask(ctx context.Context, id uuid.UUID, key string, position *uuid.UUID, request any, in outgoing.AfterIssue) (gen.DocumentJSONResponse, error) {
	return r.do(ctx, id, key, position, request, func(who access.Person, c access.Command, id org.ID) error {
		return r.documents.Ask(ctx, who, c, id, in)
	})
}

// VoidDocument voids a document.
func (r documentRoom) VoidDocument(ctx context.Context, q gen.VoidDocumentRequestObject) (gen.VoidDocumentResponseObject, error) {
	answer, err := r.ask(ctx, q.Id, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, outgoing.AfterIssue{Kind: document.VoidNotice, Reason: q.Body.Reason})
	return gen.VoidDocument200JSONResponse{DocumentJSONResponse: answer}, err
}

// TakeBackDocument asks recipients to give the document back.
func (r documentRoom) TakeBackDocument(ctx context.Context, q gen.TakeBackDocumentRequestObject) (gen.TakeBackDocumentResponseObject, error) {
	in := outgoing.AfterIssue{Kind: document.TakeBackRequest, Reason: q.Body.Reason}
	for _, id := range present(q.Body.DeliveryIds) {
		in.Deliveries = append(in.Deliveries, org.ID(id))
	}
	answer, err := r.ask(ctx, q.Id, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, in)
	return gen.TakeBackDocument200JSONResponse{DocumentJSONResponse: answer}, err
}

// RecallDocument recalls a document by another one.
func (r documentRoom) RecallDocument(ctx context.Context, q gen.RecallDocumentRequestObject) (gen.RecallDocumentResponseObject, error) {
	answer, err := r.ask(ctx, q.Id, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, outgoing.AfterIssue{Kind: document.RecallRequest,
		Reason: q.Body.Reason, ByDocumentID: idOf(q.Body.ByDocumentId), ByReference: present(q.Body.ByReference)})
	return gen.RecallDocument200JSONResponse{DocumentJSONResponse: answer}, err
}

// FollowDocument says which document replaces or updates another.
func (r documentRoom) FollowDocument(ctx context.Context, q gen.FollowDocumentRequestObject) (gen.FollowDocumentResponseObject, error) {
	answer, err := r.ask(ctx, q.Id, q.Params.IdempotencyKey, q.Params.CongvanPosition, q, outgoing.AfterIssue{Kind: document.RequestKind(q.Body.Kind),
		Reason: present(q.Body.Note), ByDocumentID: org.ID(q.Body.ByDocumentId)})
	return gen.FollowDocument200JSONResponse{DocumentJSONResponse: answer}, err
}

// ListDocumentRequests gives what was said of a document since its issue.
func (r documentRoom) ListDocumentRequests(ctx context.Context, q gen.ListDocumentRequestsRequestObject) (gen.ListDocumentRequestsResponseObject, error) {
	said, err := r.documents.Requests(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	out := gen.ListDocumentRequests200JSONResponse{Items: make([]gen.SentRequest, len(said.Requests)), Followed: make([]gen.FollowedDocument, len(said.Followed))}
	for i, x := range said.Requests {
		out.Items[i] = gen.SentRequest{Id: uuid.UUID(x.ID), Kind: gen.RequestKind(x.Kind), Reason: x.Reason, ByDocumentId: optionalID(x.ByDocumentID),
			ByReference: x.ByReference, AskedAt: x.At, AskedBy: x.By, Total: x.Total, Open: x.Open, Declined: x.Declined,
			Answers: make([]gen.RecipientAnswer, len(x.Answers))}
		for k, a := range x.Answers {
			out.Items[i].Answers[k] = gen.RecipientAnswer{DeliveryId: uuid.UUID(a.DeliveryID), Name: a.Name, Answer: gen.RequestAnswer(a.Answer),
				AnsweredAt: optionalTime(a.At), AnsweredBy: a.By, Note: a.Note}
		}
	}
	for i, f := range said.Followed {
		out.Followed[i] = gen.FollowedDocument{Kind: gen.RequestKind(f.Kind), DocumentId: uuid.UUID(f.DocumentID), Reference: f.Reference, Subject: f.Subject}
	}
	return out, nil
}

// ListPendingRequests gives what waits for the person as clerk.
func (r arrivalRoom) ListPendingRequests(ctx context.Context, _ gen.ListPendingRequestsRequestObject) (gen.ListPendingRequestsResponseObject, error) {
	list, err := r.arrivals.Pending(ctx, personOf(ctx))
	if err != nil {
		return nil, err
	}
	return gen.ListPendingRequests200JSONResponse{Items: heardViews(list)}, nil
}

// ListArrivalRequests gives what the sender said of an arrival.
func (r arrivalRoom) ListArrivalRequests(ctx context.Context, q gen.ListArrivalRequestsRequestObject) (gen.ListArrivalRequestsResponseObject, error) {
	list, err := r.arrivals.Requests(ctx, personOf(ctx), org.ID(q.Id))
	if err != nil {
		return nil, err
	}
	return gen.ListArrivalRequests200JSONResponse{Items: heardViews(list)}, nil
}

func heardViews(list []incoming.Heard) []gen.HeardRequest {
	out := make([]gen.HeardRequest, len(list))
	for i, h := range list {
		out[i] = gen.HeardRequest{Id: uuid.UUID(h.ID), ArrivalId: uuid.UUID(h.ArrivalID), AgencyId: uuid.UUID(h.AgencyID), AgencyName: h.AgencyName,
			Kind: gen.RequestKind(h.Kind), Reason: h.Reason, ByReference: h.ByReference, ByArrivalId: optionalID(h.ByArrivalID), SenderName: h.SenderName,
			AskedAt: h.AskedAt, Answer: gen.RequestAnswer(h.Answer), AnsweredAt: optionalTime(h.At), AnsweredBy: h.By, Note: h.Note,
			Subject: h.Subject, Reference: h.Reference, ArrivalNumber: absent(h.ArrivalNumber)}
	}
	return out
}

// AnswerRequest answers a request of the sender.
func (r arrivalRoom) AnswerRequest(ctx context.Context, q gen.AnswerRequestRequestObject) (gen.AnswerRequestResponseObject, error) {
	c, err := command(ctx, q.Params.IdempotencyKey, q.Params.CongvanPosition, q)
	if err != nil {
		return nil, err
	}
	if err := r.arrivals.AnswerRequest(ctx, personOf(ctx), c, org.ID(q.Id), org.ID(q.RequestId), q.Body.Agree, present(q.Body.Note)); err != nil {
		return nil, err
	}
	answer, err := r.arrival(ctx, q.Id)
	return gen.AnswerRequest200JSONResponse{ArrivalJSONResponse: answer}, err
}
