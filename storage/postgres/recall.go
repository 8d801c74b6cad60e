package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// AddRequest stores what an agency says of its document, to the deliveries
// named or, with none, to all. It gives how many recipients it goes to.
func (tx *Tx) AddRequest(ctx context.Context, r document.Request, deliveries []org.ID) (int, error) {
	if err := tx.q.InsertRequest(ctx, dbsqlc.InsertRequestParams{AgencyID: r.AgencyID, ID: r.ID, DocumentID: r.DocumentID, Kind: string(r.Kind),
		Reason: r.Reason, ByDocumentID: optional(r.ByDocumentID), ByReference: r.ByReference, AskedAt: r.At, AskedBy: r.By}); err != nil {
		return 0, fmt.Errorf("add request: %w", err)
	}
	n, err := tx.q.AddRequestDeliveries(ctx, dbsqlc.AddRequestDeliveriesParams{RequestID: r.ID, AgencyID: r.AgencyID, DocumentID: r.DocumentID,
		Everybody: len(deliveries) == 0, Deliveries: notNull(deliveries)})
	if err != nil {
		return 0, fmt.Errorf("address request: %w", err)
	}
	return int(n), nil
}

// FindDocument gives a document of the agencies, and false when there is none.
func (tx *Tx) FindDocument(ctx context.Context, agencies []org.ID, id org.ID) (document.Document, bool, error) {
	d, err := tx.Document(ctx, agencies, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return document.Document{}, false, nil
	}
	return d, err == nil, err
}

// SentRequest is a request with the name of the agency that makes it.
type SentRequest struct {
	document.Request
	AgencyName string
}

// Request gives one request of an agency.
func (tx *Tx) Request(ctx context.Context, agency, id org.ID) (SentRequest, error) {
	r, err := tx.q.GetRequest(ctx, agency, id)
	if err != nil {
		return SentRequest{}, fmt.Errorf("read request: %w", err)
	}
	return SentRequest{AgencyName: r.AgencyName, Request: document.Request{ID: r.ID, AgencyID: r.AgencyID, DocumentID: r.DocumentID,
		Kind: document.RequestKind(r.Kind), Reason: r.Reason, ByDocumentID: value(r.ByDocumentID), ByReference: r.ByReference, At: r.AskedAt, By: r.AskedBy}}, nil
}

// UntoldDelivery is a recipient who does not know of a request yet.
type UntoldDelivery struct {
	ID             org.ID
	Channel        exchange.Channel
	State          exchange.State
	TargetAgencyID org.ID
	ArrivalID      org.ID
}

// UntoldDeliveries gives some of them and keeps others from telling them.
func (tx *Tx) UntoldDeliveries(ctx context.Context, agency, request org.ID, most int) ([]UntoldDelivery, error) {
	rows, err := tx.q.UntoldRequestDeliveries(ctx, dbsqlc.UntoldRequestDeliveriesParams{AgencyID: agency, RequestID: request, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("list who is not told: %w", err)
	}
	list := make([]UntoldDelivery, len(rows))
	for i, r := range rows {
		list[i] = UntoldDelivery{ID: r.DeliveryID, Channel: exchange.Channel(r.Channel), State: exchange.State(r.State),
			TargetAgencyID: value(r.TargetAgencyID), ArrivalID: value(r.ArrivalID)}
	}
	return list, nil
}

// Reply is what a recipient answered.
type Reply struct {
	Answer document.Reply
	At     time.Time
	By     string
	Note   string
}

// SaveReply notes the answer with the sender. It gives false when a final
// answer stands there already.
func (tx *Tx) SaveReply(ctx context.Context, agency, request, delivery org.ID, r Reply) (bool, error) {
	n, err := tx.q.AnswerRequestDelivery(ctx, dbsqlc.AnswerRequestDeliveryParams{Answer: string(r.Answer), AnsweredAt: &r.At, AnsweredBy: r.By, Note: r.Note,
		AgencyID: agency, RequestID: request, DeliveryID: delivery})
	if err != nil {
		return false, fmt.Errorf("note the answer: %w", err)
	}
	return n > 0, nil
}

// HeardRequest is a request as a recipient has it.
type HeardRequest struct {
	AgencyID     org.ID
	AgencyName   string
	ID           org.ID
	ArrivalID    org.ID
	Kind         document.RequestKind
	Reason       string
	ByDocumentID org.ID
	ByReference  string
	ByCode       string // what a sender beyond this installation knows that document by
	ByArrivalID  org.ID // the document by which it is done, when it arrived here too
	SenderName   string
	Origin       struct{ AgencyID, DocumentID, DeliveryID org.ID } // none: its sender is beyond this installation
	AskedAt      time.Time
	Reply
	// What it is about, in lists.
	Subject       string
	Reference     string
	ArrivalNumber int
}

// AddHeard stores a request with its recipient; one that is there already stays.
func (tx *Tx) AddHeard(ctx context.Context, h HeardRequest) (bool, error) {
	n, err := tx.q.InsertRequestArrival(ctx, dbsqlc.InsertRequestArrivalParams{AgencyID: h.AgencyID, ID: h.ID, ArrivalID: h.ArrivalID, Kind: string(h.Kind),
		Reason: h.Reason, ByDocumentID: optional(h.ByDocumentID), ByReference: h.ByReference, SenderName: h.SenderName,
		OriginAgencyID: optional(h.Origin.AgencyID), OriginDocumentID: optional(h.Origin.DocumentID), OriginDeliveryID: optional(h.Origin.DeliveryID),
		AskedAt: h.AskedAt, Answer: string(h.Answer), AnsweredAt: optional(h.At), ByCode: h.ByCode, ByArrivalID: optional(h.ByArrivalID)})
	if err != nil {
		return false, fmt.Errorf("add request: %w", err)
	}
	return n > 0, nil
}

// LockHeard gives a request of an arrival and keeps others from answering it.
func (tx *Tx) LockHeard(ctx context.Context, agency, arrival, id org.ID) (HeardRequest, error) {
	r, err := tx.q.LockRequestArrival(ctx, dbsqlc.LockRequestArrivalParams{AgencyID: agency, ArrivalID: arrival, ID: id})
	if err != nil {
		return HeardRequest{}, fmt.Errorf("lock request: %w", err)
	}
	return heardOf(r), nil
}

func heardOf(r dbsqlc.RequestArrival) HeardRequest {
	h := HeardRequest{AgencyID: r.AgencyID, ID: r.ID, ArrivalID: r.ArrivalID, Kind: document.RequestKind(r.Kind), Reason: r.Reason,
		ByDocumentID: value(r.ByDocumentID), ByReference: r.ByReference, SenderName: r.SenderName, AskedAt: r.AskedAt,
		Reply: Reply{Answer: document.Reply(r.Answer), At: value(r.AnsweredAt), By: r.AnsweredBy, Note: r.Note}}
	h.Origin.AgencyID, h.Origin.DocumentID, h.Origin.DeliveryID = value(r.OriginAgencyID), value(r.OriginDocumentID), value(r.OriginDeliveryID)
	return h
}

// SaveHeard notes the recipient's own answer.
func (tx *Tx) SaveHeard(ctx context.Context, h HeardRequest) error {
	if err := tx.q.AnswerRequestArrival(ctx, dbsqlc.AnswerRequestArrivalParams{Answer: string(h.Answer), AnsweredAt: optional(h.At), AnsweredBy: h.By,
		Note: h.Note, AgencyID: h.AgencyID, ArrivalID: h.ArrivalID, ID: h.ID}); err != nil {
		return fmt.Errorf("answer request: %w", err)
	}
	return nil
}
