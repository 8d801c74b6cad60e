package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
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
		ArrivalID: value(r.ArrivalID), ArrivalNumber: int(value(r.ArrivalNumber))}
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
		Reason: after.Reason, ArrivalNumber: optional(int32(after.ArrivalNumber)), AgencyID: after.AgencyID, DocumentID: after.DocumentID, ID: after.ID}); err != nil {
		return fmt.Errorf("save delivery: %w", err)
	}
	r0, f0 := counted(before.State)
	r1, f1 := counted(after.State)
	if r0 == r1 && f0 == f1 {
		return nil
	}
	if err := tx.q.AddToDeliveryCount(ctx, dbsqlc.AddToDeliveryCountParams{Registered: r1 - r0, Refused: f1 - f0, AgencyID: after.AgencyID, DocumentID: after.DocumentID}); err != nil {
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
