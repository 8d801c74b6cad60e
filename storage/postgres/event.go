package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// NewID makes an identifier that sorts by the time it was made.
func NewID() org.ID { return org.ID(uuid.Must(uuid.NewV7())) }

// Event is one line of the history of an object of an agency.
type Event struct {
	AgencyID    org.ID
	ID          org.ID
	At          time.Time
	SubjectType string
	SubjectID   org.ID
	Verb        string
	ActorName   string
	ActorTitle  string
	ForName     string // on whose behalf, when by delegation
	Data        map[string]string
}

// Record appends what happened to the history and announces the change.
// A zero actor means that the system did it.
func (tx *Tx) Record(ctx context.Context, agency org.ID, subjectType string, subject org.ID, e document.Event, by document.By, now time.Time) error {
	data, err := json.Marshal(e.Data)
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	if e.Data == nil {
		data = []byte("{}")
	}
	id := NewID()
	if err := tx.q.InsertEvent(ctx, dbsqlc.InsertEventParams{AgencyID: agency, ID: id, At: now, SubjectType: subjectType, SubjectID: subject,
		Verb: e.Verb, AccountID: optional(by.Position.AccountID), PositionID: optional(by.Position.ID),
		ActorName: by.Name, ActorTitle: by.Position.Title, Data: data,
		ForName: by.Position.Acting.Name(), ForAccountID: optional(by.Position.Acting.Account())}); err != nil {
		return fmt.Errorf("record event: %w", err)
	}
	tx.Touch(Change{AgencyID: agency, SubjectType: subjectType, SubjectID: subject, EventID: id})
	return nil
}

// RecordMany appends the same event to the histories of many objects, in one statement.
func (tx *Tx) RecordMany(ctx context.Context, agency org.ID, subjectType string, subjects []org.ID, e document.Event, by document.By, now time.Time) error {
	data, err := json.Marshal(e.Data)
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	ids := make([]org.ID, len(subjects))
	for i, subject := range subjects {
		ids[i] = NewID()
		tx.Touch(Change{AgencyID: agency, SubjectType: subjectType, SubjectID: subject, EventID: ids[i]})
	}
	_, err = tx.tx.Exec(ctx, `
insert into event (agency_id, id, at, subject_type, subject_id, verb, account_id, position_id, actor_name, actor_title, data, for_name, for_account_id)
select $1, s.event, $2, $3, s.id, $4, $5, $6, $7, $8, $9, $10, $11 from unnest($12::uuid[], $13::uuid[]) s (event, id)`,
		agency, now, subjectType, e.Verb, optional(by.Position.AccountID), optional(by.Position.ID), by.Name, by.Position.Title, data,
		by.Position.Acting.Name(), optional(by.Position.Acting.Account()), ids, subjects)
	if err != nil {
		return fmt.Errorf("record events: %w", err)
	}
	return nil
}

// Events gives the history of an object after an event, oldest first.
func (tx *Tx) Events(ctx context.Context, agency, subject, after org.ID, most int) ([]Event, error) {
	rows, err := tx.q.ListEvents(ctx, dbsqlc.ListEventsParams{AgencyID: agency, SubjectID: subject, After: after, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	events := make([]Event, len(rows))
	for i, r := range rows {
		events[i] = Event{AgencyID: agency, ID: r.ID, At: r.At, SubjectID: subject, Verb: r.Verb, ActorName: r.ActorName, ActorTitle: r.ActorTitle, ForName: r.ForName}
		if err := json.Unmarshal(r.Data, &events[i].Data); err != nil {
			return nil, fmt.Errorf("decode event: %w", err)
		}
	}
	return events, nil
}

// ChangesSince gives what was recorded after an event in the agencies, for a
// live screen that was away.
func (tx *Tx) ChangesSince(ctx context.Context, agencies []org.ID, after org.ID, most int) ([]Change, error) {
	rows, err := tx.q.EventsSince(ctx, dbsqlc.EventsSinceParams{Agencies: agencies, After: after, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("list changes: %w", err)
	}
	changes := make([]Change, len(rows))
	for i, r := range rows {
		changes[i] = Change{AgencyID: r.AgencyID, SubjectType: r.SubjectType, SubjectID: r.SubjectID, EventID: r.ID}
	}
	return changes, nil
}

// optional and value carry what may be absent between the domain, where absent
// is the zero value, and the tables, where it is null.
func optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func value[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}
