package api

import (
	"time"

	"github.com/google/uuid"
	"github.com/oapi-codegen/runtime/types"

	"congvan/server/domain/org"
)

// What may be absent is a pointer in the contract's types and a zero value in
// the domain.

func absent[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func present[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}

func optionalID(id org.ID) *uuid.UUID { return absent(uuid.UUID(id)) }

func idOf(p *uuid.UUID) org.ID { return org.ID(present(p)) }

func idsOf(list []uuid.UUID) []org.ID {
	ids := make([]org.ID, len(list))
	for i, id := range list {
		ids[i] = org.ID(id)
	}
	return ids
}

func date(d org.Day) types.Date {
	return types.Date{Time: time.Date(d.Year(), d.Month(), d.DayOfMonth(), 0, 0, 0, 0, time.UTC)}
}

func optionalDate(d org.Day) *types.Date {
	if d.IsZero() {
		return nil
	}
	v := date(d)
	return &v
}

func dayOf(p *types.Date) (org.Day, error) {
	if p == nil {
		return org.Day{}, nil
	}
	return org.NewDay(p.Year(), p.Month(), p.Day())
}

func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
