package postgres

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/job"
	"congvan/storage/postgres/internal/dbsqlc"
)

// EarlyAct is what a sender said of a document before the document itself came.
type EarlyAct struct {
	ID     org.ID // of the message
	Act    exchange.Act
	Reason string
	At     time.Time
}

// EarlyActs gives them, the first first.
func (tx *Tx) EarlyActs(ctx context.Context, agency org.ID, code string, senders []string) ([]EarlyAct, error) {
	rows, err := tx.q.EarlyActs(ctx, dbsqlc.EarlyActsParams{DocumentCode: code, Senders: senders, AgencyID: agency})
	if err != nil {
		return nil, fmt.Errorf("look for what was said before: %w", err)
	}
	list := make([]EarlyAct, len(rows))
	for i, r := range rows {
		list[i] = EarlyAct{ID: r.ID, Act: exchange.Act(r.Act), Reason: r.Reason, At: r.CreatedAt}
	}
	return list, nil
}

// AgenciesBefore gives the agencies whose successor an agency is: what they sent
// and received is its own now.
func (tx *Tx) AgenciesBefore(ctx context.Context, successor org.ID) ([]AxisAgency, error) {
	rows, err := tx.q.AgenciesBefore(ctx, &successor)
	if err != nil {
		return nil, fmt.Errorf("look for predecessors: %w", err)
	}
	list := make([]AxisAgency, len(rows))
	for i, r := range rows {
		list[i] = AxisAgency{ID: r.ID, Code: org.AgencyCode(r.Code), OldCode: org.AgencyCode(value(r.OldCode))}
	}
	return list, nil
}

// LinkHeard joins what senders said by a document to the arrival that it became.
func (tx *Tx) LinkHeard(ctx context.Context, agency, arrival org.ID, code string, senders []string) error {
	if err := tx.q.LinkRequestArrivals(ctx, dbsqlc.LinkRequestArrivalsParams{ArrivalID: &arrival, AgencyID: agency, ByCode: code, Senders: senders}); err != nil {
		return fmt.Errorf("link requests: %w", err)
	}
	return nil
}

// WaitingRequest is what is said to one recipient beyond this installation, on
// its way there.
type WaitingRequest struct {
	AgencyID   org.ID
	RequestID  org.ID
	DocumentID org.ID
	DeliveryID org.ID
	Message    org.ID // the same at every try; none: it does not travel
	Answer     document.Reply
	Attempts   int
	NextAt     time.Time // zero: it was given up
	ErrorCode  string
	SentAt     time.Time
}

// QueueRequest puts what is said to a recipient beyond this installation on its way.
func (tx *Tx) QueueRequest(ctx context.Context, agency, request, documentID, delivery org.ID, at time.Time) error {
	if err := tx.q.QueueRequestDelivery(ctx, dbsqlc.QueueRequestDeliveryParams{MessageID: optional(NewID()), NextAttemptAt: &at, AgencyID: agency,
		RequestID: request, DeliveryID: delivery}); err != nil {
		return fmt.Errorf("queue request: %w", err)
	}
	return tx.Enqueue(ctx, job.SendRequest{AgencyID: agency, RequestID: request, DocumentID: documentID, DeliveryID: delivery})
}

// LockRequest gives what is on its way and keeps others from sending it.
func (tx *Tx) LockRequest(ctx context.Context, agency, request, delivery org.ID) (WaitingRequest, error) {
	r, err := tx.q.LockRequestDelivery(ctx, dbsqlc.LockRequestDeliveryParams{AgencyID: agency, RequestID: request, DeliveryID: delivery})
	if err != nil {
		return WaitingRequest{}, fmt.Errorf("lock request: %w", err)
	}
	return WaitingRequest{AgencyID: r.AgencyID, RequestID: r.RequestID, DocumentID: r.DocumentID, DeliveryID: r.DeliveryID, Message: value(r.MessageID),
		Answer: document.Reply(r.Answer), Attempts: int(r.Attempts), NextAt: value(r.NextAttemptAt), ErrorCode: r.ErrorCode, SentAt: value(r.SentAt)}, nil
}

// SaveRequest writes how far it has come.
func (tx *Tx) SaveRequest(ctx context.Context, w WaitingRequest) error {
	if err := tx.q.SaveRequestDelivery(ctx, dbsqlc.SaveRequestDeliveryParams{Attempts: int32(w.Attempts), NextAttemptAt: optional(w.NextAt), ErrorCode: w.ErrorCode,
		SentAt: optional(w.SentAt), AgencyID: w.AgencyID, RequestID: w.RequestID, DeliveryID: w.DeliveryID}); err != nil {
		return fmt.Errorf("save request: %w", err)
	}
	return nil
}

// OverdueRequests gives a job for what nobody sends.
func (tx *Tx) OverdueRequests(ctx context.Context, before time.Time, most int) ([]job.SendRequest, error) {
	rows, err := tx.q.OverdueRequests(ctx, before, int32(most))
	if err != nil {
		return nil, fmt.Errorf("look for overdue requests: %w", err)
	}
	jobs := make([]job.SendRequest, len(rows))
	for i, r := range rows {
		jobs[i] = job.SendRequest(r)
	}
	return jobs, nil
}

// OpenRequest is what was said of a delivery and waits for an answer.
type OpenRequest struct {
	ID   org.ID
	Kind document.RequestKind
}

// OpenRequests gives them, the oldest first.
func (tx *Tx) OpenRequests(ctx context.Context, d exchange.Delivery) ([]OpenRequest, error) {
	rows, err := tx.q.OpenRequestsOf(ctx, dbsqlc.OpenRequestsOfParams{AgencyID: d.AgencyID, DocumentID: d.DocumentID, DeliveryID: d.ID})
	if err != nil {
		return nil, fmt.Errorf("look for open requests: %w", err)
	}
	list := make([]OpenRequest, len(rows))
	for i, r := range rows {
		list[i] = OpenRequest{ID: r.RequestID, Kind: document.RequestKind(r.Kind)}
	}
	return list, nil
}

// ActEnvelope gives the message that says something of a document to one of its
// recipients. With files it stands for itself, for servers that take in no
// package without one; a server of ours has the document already.
func (tx *Tx) ActEnvelope(ctx context.Context, r SentRequest, d exchange.Delivery, message org.ID, files bool) (exchange.Envelope, error) {
	e, _, err := tx.Envelope(ctx, d)
	if err != nil {
		return e, err
	}
	if e.Letter.Code == "" {
		e.Letter.Code = exchange.DocumentCode(e.From.Code, e.Letter.Date, e.Letter.Number, e.Letter.Symbol)
	}
	e.ID, e.CreatedAt, e.ExpiresAt, e.Files = message, r.At, time.Time{}, nil
	about := exchange.Named{AgencyCode: e.From.Code, Code: e.Letter.Code, Reference: e.Symbol, Date: e.Letter.Date}
	act, travels := exchange.ActOf(r.Kind)
	switch {
	case !travels: // a status
		about.AgencyCode = e.To.Code
		e.Content, e.About = exchange.StatusContent, about
		e.Status = exchange.Status{Code: exchange.CodeTakeBack, At: r.At, ByName: r.By, Reason: r.Reason}
		return e, nil
	case act != exchange.ActRecall:
		if e, err = tx.byEnvelope(ctx, e, r.ByDocumentID, files); err != nil {
			return e, err
		}
	default:
		e.Letter.References = r.ByReference
	}
	e.Act, e.Letter.Act, e.Letter.Reason, e.Letter.Earlier = act, act, r.Reason, []exchange.Named{about}
	return e, nil
}

// byEnvelope lets the message speak of the document by which it is done.
func (tx *Tx) byEnvelope(ctx context.Context, e exchange.Envelope, id org.ID, files bool) (exchange.Envelope, error) {
	doc, err := tx.Document(ctx, []org.ID{e.AgencyID}, id)
	if err != nil {
		return e, err
	}
	to := e.Letter.To
	if e.Letter, err = tx.letterOf(ctx, doc, e.From); err != nil {
		return e, err
	}
	if e.Letter.Code == "" {
		e.Letter.Code = exchange.DocumentCode(e.From.Code, doc.Date, doc.WrittenNumber(), doc.Symbol)
	}
	if len(e.Letter.To) == 0 {
		e.Letter.To = to
	}
	e.DocumentID, e.Symbol, e.Subject = doc.ID, doc.Reference(), doc.Subject
	if files {
		for _, f := range doc.Files {
			e.Files = append(e.Files, exchange.FileRef{Hash: f.Hash, Size: f.Size, Name: f.Name, MediaType: f.MediaType})
		}
	}
	return e, nil
}
