package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
	"congvan/server/job"
	"congvan/storage/postgres/internal/dbsqlc"
)

// DeliveryCounts are kept with each issued document.
type DeliveryCounts struct {
	Total, Registered, Refused int
}

// DeliveryCounts gives how many recipients an issued document has and how far
// they have come; all zero before it is issued.
func (tx *Tx) DeliveryCounts(ctx context.Context, agency, id org.ID) (DeliveryCounts, error) {
	r, err := tx.q.GetDeliveryCount(ctx, agency, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return DeliveryCounts{}, nil
	}
	if err != nil {
		return DeliveryCounts{}, fmt.Errorf("read delivery counts: %w", err)
	}
	return DeliveryCounts{Total: int(r.Total), Registered: int(r.Registered), Refused: int(r.Refused)}, nil
}

// Deliveries gives a page of the document's deliveries in the order of its recipients.
func (tx *Tx) Deliveries(ctx context.Context, agency, id org.ID, state exchange.State, after, most int) ([]exchange.Delivery, error) {
	rows, err := tx.q.ListDeliveries(ctx, dbsqlc.ListDeliveriesParams{AgencyID: agency, DocumentID: id, After: int32(after), State: string(state), Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	ds := make([]exchange.Delivery, len(rows))
	for i, r := range rows {
		ds[i] = deliveryOf(r)
	}
	return ds, nil
}

func deliveryOf(r dbsqlc.Delivery) exchange.Delivery {
	return exchange.Delivery{AgencyID: r.AgencyID, DocumentID: r.DocumentID, ID: r.ID, Ordinal: int(r.Ordinal), RecipientType: r.RecipientType,
		Role: r.Role, Channel: exchange.Channel(r.Channel), TargetAgencyID: value(r.TargetAgencyID), Name: r.Name,
		State: exchange.State(r.State), StateAt: r.StateAt, ByName: r.ByName, Reason: r.Reason,
		ArrivalID: value(r.ArrivalID), ArrivalNumber: int(value(r.ArrivalNumber)), ReasonCode: r.ReasonCode, RemoteID: r.RemoteID,
		Attempts: int(r.Attempts), NextAttemptAt: value(r.NextAttemptAt), ExpiresAt: value(r.ExpiresAt)}
}

// LockDelivery gives one delivery and keeps others from changing it.
func (tx *Tx) LockDelivery(ctx context.Context, agency, documentID, id org.ID) (exchange.Delivery, error) {
	r, err := tx.q.LockDelivery(ctx, dbsqlc.LockDeliveryParams{AgencyID: agency, DocumentID: documentID, ID: id})
	if err != nil {
		return exchange.Delivery{}, fmt.Errorf("lock delivery: %w", err)
	}
	return deliveryOf(r), nil
}

// SaveDelivery writes where the delivery stands and keeps the counts right.
func (tx *Tx) SaveDelivery(ctx context.Context, before, after exchange.Delivery) error {
	if err := tx.q.UpdateDelivery(ctx, dbsqlc.UpdateDeliveryParams{State: string(after.State), StateAt: after.StateAt, ByName: after.ByName,
		Reason: after.Reason, ReasonCode: after.ReasonCode, ArrivalNumber: optional(int32(after.ArrivalNumber)), RemoteID: after.RemoteID,
		Attempts: int32(after.Attempts), NextAttemptAt: optional(after.NextAttemptAt), ExpiresAt: optional(after.ExpiresAt), AgencyID: after.AgencyID, DocumentID: after.DocumentID, ID: after.ID}); err != nil {
		return fmt.Errorf("save delivery: %w", err)
	}
	r0, f0 := counted(before.State)
	r1, f1 := counted(after.State)
	if r0 == r1 && f0 == f1 {
		return nil
	}
	if err := tx.q.AddToDeliveryCount(ctx, dbsqlc.AddToDeliveryCountParams{Registered: r1 - r0, Refused: f1 - f0, At: after.StateAt, AgencyID: after.AgencyID, DocumentID: after.DocumentID}); err != nil {
		return fmt.Errorf("count delivery: %w", err)
	}
	return nil
}

func counted(s exchange.State) (registered, refused int32) {
	switch s {
	case exchange.Registered, exchange.Assigned, exchange.InWork, exchange.Done:
		return 1, 0
	case exchange.Refused, exchange.Failed, exchange.Expired:
		return 0, 1
	}
	return 0, 0
}

// EnqueueDispatches adds a job for each delivery, in one statement.
func (tx *Tx) EnqueueDispatches(ctx context.Context, jobs []job.Dispatch) error {
	args := make([]river.JobArgs, len(jobs))
	for i, j := range jobs {
		args[i] = j
	}
	return tx.Enqueue(ctx, args...)
}

// EnqueueTellings adds a job for each sender that is told something, in one statement.
func (tx *Tx) EnqueueTellings(ctx context.Context, jobs []job.TellSender) error {
	args := make([]river.JobArgs, len(jobs))
	for i, j := range jobs {
		args[i] = j
	}
	return tx.Enqueue(ctx, args...)
}

// Overdue says which waiting deliveries have nobody who tries them.
type Overdue struct {
	Channels []exchange.Channel // that are connected
	Before   time.Time          // what was due before that should have been tried
	Now      time.Time
	Most     int
}

// TakeOverdue gives deliveries that nobody tries and, of whatever channel,
// those whose life time has passed. They are due now, so that the next look
// does not find them again.
func (tx *Tx) TakeOverdue(ctx context.Context, o Overdue) ([]job.Dispatch, error) {
	channels := make([]string, len(o.Channels))
	for i, c := range o.Channels {
		channels[i] = string(c)
	}
	rows, err := tx.q.TakeDueDeliveries(ctx, dbsqlc.TakeDueDeliveriesParams{Now: &o.Now, Channels: channels, Before: o.Before, Most: int32(o.Most)})
	if err != nil {
		return nil, fmt.Errorf("look for overdue deliveries: %w", err)
	}
	jobs := make([]job.Dispatch, len(rows))
	for i, r := range rows {
		jobs[i] = job.Dispatch{AgencyID: r.AgencyID, DocumentID: r.DocumentID, DeliveryID: r.ID, Bytes: r.Bytes}
	}
	return jobs, nil
}

// Envelope gives the message of a delivery: the same at every try, but for the
// address, which the directory may have corrected meanwhile.
func (tx *Tx) Envelope(ctx context.Context, d exchange.Delivery) (exchange.Envelope, document.State, error) {
	doc, err := tx.Document(ctx, []org.ID{d.AgencyID}, d.DocumentID)
	if err != nil {
		return exchange.Envelope{}, "", err
	}
	rows, err := tx.q.DeliveryParties(ctx, []org.ID{d.AgencyID, d.TargetAgencyID})
	if err != nil {
		return exchange.Envelope{}, "", fmt.Errorf("read sender and recipient: %w", err)
	}
	e := exchange.Envelope{ID: d.ID, AgencyID: d.AgencyID, DocumentID: d.DocumentID, DeliveryID: d.ID, Content: exchange.DocumentContent,
		Act: exchange.ActNew, To: exchange.Party{AgencyID: d.TargetAgencyID, Name: d.Name}, Symbol: doc.Reference(), Subject: doc.Subject,
		CreatedAt: doc.IssuedAt, ExpiresAt: d.ExpiresAt}
	for _, r := range rows {
		party := exchange.Party{AgencyID: r.ID, Code: org.AgencyCode(r.Code), Name: r.Name, Email: r.Email}
		if r.ID == d.AgencyID {
			e.From = party
			continue
		}
		party.Name = d.Name // as the document names it
		e.To = party
	}
	if e.Letter, err = tx.letterOf(ctx, doc, e.From); err != nil {
		return exchange.Envelope{}, "", err
	}
	for _, f := range doc.Files {
		e.Files = append(e.Files, exchange.FileRef{Hash: f.Hash, Size: f.Size, Name: f.Name, MediaType: f.MediaType})
	}
	return e, doc.State, nil
}
