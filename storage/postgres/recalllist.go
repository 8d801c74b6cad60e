package postgres

import (
	"context"
	"fmt"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// RequestView is a request with what its recipients answered.
type RequestView struct {
	document.Request
	Total    int
	Open     int
	Declined int
	Answers  []RequestAnswer // at most a thousand over all requests
}

// RequestAnswer is one recipient's.
type RequestAnswer struct {
	DeliveryID org.ID
	Name       string
	Reply
}

// Requests gives what was said of a document, the latest first.
func (tx *Tx) Requests(ctx context.Context, agency, id org.ID) ([]RequestView, error) {
	rows, err := tx.q.ListRequests(ctx, agency, id)
	if err != nil {
		return nil, fmt.Errorf("list requests: %w", err)
	}
	answers, err := tx.q.ListRequestAnswers(ctx, agency, id)
	if err != nil {
		return nil, fmt.Errorf("list answers: %w", err)
	}
	list := make([]RequestView, len(rows))
	for i, r := range rows {
		list[i] = RequestView{Request: document.Request{ID: r.ID, AgencyID: r.AgencyID, DocumentID: r.DocumentID, Kind: document.RequestKind(r.Kind),
			Reason: r.Reason, ByDocumentID: value(r.ByDocumentID), ByReference: r.ByReference, At: r.AskedAt, By: r.AskedBy},
			Total: int(r.Total), Open: int(r.Open), Declined: int(r.Declined)}
		for _, a := range answers {
			if a.RequestID == r.ID {
				list[i].Answers = append(list[i].Answers, RequestAnswer{DeliveryID: a.DeliveryID, Name: a.Name,
					Reply: Reply{Answer: document.Reply(a.Answer), At: value(a.AnsweredAt), By: a.AnsweredBy, Note: a.Note}})
			}
		}
	}
	return list, nil
}

// Followed is an older document that this one replaces, updates or recalls.
type Followed struct {
	Kind       document.RequestKind
	DocumentID org.ID
	Reference  string
	Subject    string
}

// Followed gives what was done to other documents by this one.
func (tx *Tx) Followed(ctx context.Context, agency, by org.ID) ([]Followed, error) {
	rows, err := tx.q.ListFollowed(ctx, agency, &by)
	if err != nil {
		return nil, fmt.Errorf("list followed documents: %w", err)
	}
	list := make([]Followed, len(rows))
	for i, r := range rows {
		list[i] = Followed{Kind: document.RequestKind(r.Kind), DocumentID: r.ID, Subject: r.Subject,
			Reference: document.Document{Number: int(value(r.Number)), NumberSuffix: r.NumberSuffix, Symbol: r.Symbol}.Reference()}
	}
	return list, nil
}

// Heard gives what the sender of an arrival said of it, the latest first.
func (tx *Tx) Heard(ctx context.Context, agency, arrival org.ID) ([]HeardRequest, error) {
	rows, err := tx.q.ListArrivalRequests(ctx, agency, arrival)
	if err != nil {
		return nil, fmt.Errorf("list requests: %w", err)
	}
	list := make([]HeardRequest, len(rows))
	for i, r := range rows {
		list[i] = heardOf(r.RequestArrival)
		list[i].ByArrivalID = r.FollowedBy
	}
	return list, nil
}

// PendingRequests gives what waits for the clerks of the agencies, oldest first.
func (tx *Tx) PendingRequests(ctx context.Context, agencies []org.ID) ([]HeardRequest, error) {
	rows, err := tx.q.ListPendingRequests(ctx, notNull(agencies))
	if err != nil {
		return nil, fmt.Errorf("list pending requests: %w", err)
	}
	list := make([]HeardRequest, len(rows))
	for i, r := range rows {
		list[i] = heardOf(dbsqlc.RequestArrival{AgencyID: r.AgencyID, ID: r.ID, ArrivalID: r.ArrivalID, Kind: r.Kind, Reason: r.Reason,
			ByDocumentID: r.ByDocumentID, ByReference: r.ByReference, SenderName: r.SenderName, OriginAgencyID: r.OriginAgencyID,
			OriginDocumentID: r.OriginDocumentID, OriginDeliveryID: r.OriginDeliveryID, AskedAt: r.AskedAt, Answer: r.Answer,
			AnsweredAt: r.AnsweredAt, AnsweredBy: r.AnsweredBy, Note: r.Note})
		list[i].AgencyName, list[i].Subject, list[i].ArrivalNumber = r.AgencyName, r.Subject, int(value(r.ArrivalNumber))
		if list[i].Reference = r.Symbol; r.Number != "" {
			list[i].Reference = r.Number + "/" + r.Symbol
		}
	}
	return list, nil
}
