package postgres

import (
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"congvan/server/domain/org"
)

// registerTypes teaches a connection the domain's identifiers and days, so that
// neither is ever turned into text on the way.
func registerTypes(m *pgtype.Map) {
	m.TryWrapEncodePlanFuncs = append([]pgtype.TryWrapEncodePlanFunc{wrapEncode}, m.TryWrapEncodePlanFuncs...)
	m.TryWrapScanPlanFuncs = append([]pgtype.TryWrapScanPlanFunc{wrapScan}, m.TryWrapScanPlanFuncs...)
	m.RegisterDefaultPgType(org.ID{}, "uuid")
	m.RegisterDefaultPgType([]org.ID{}, "_uuid")
	m.RegisterDefaultPgType(org.Day{}, "date")
}

type idValue org.ID

func (v idValue) UUIDValue() (pgtype.UUID, error) {
	return pgtype.UUID{Bytes: v, Valid: true}, nil
}

type idTarget org.ID

func (t *idTarget) ScanUUID(v pgtype.UUID) error {
	*t = idTarget(v.Bytes)
	return nil
}

type dayValue org.Day

func (v dayValue) DateValue() (pgtype.Date, error) {
	d := org.Day(v)
	return pgtype.Date{Time: time.Date(d.Year(), d.Month(), d.DayOfMonth(), 0, 0, 0, 0, time.UTC), Valid: !d.IsZero()}, nil
}

type dayTarget org.Day

func (t *dayTarget) ScanDate(v pgtype.Date) error {
	*t = dayTarget{}
	if !v.Valid {
		return nil
	}
	d, err := org.NewDay(v.Time.Year(), v.Time.Month(), v.Time.Day())
	*t = dayTarget(d)
	return err
}

type encodePlan struct {
	next pgtype.EncodePlan
	wrap func(any) any
}

func (p *encodePlan) SetNext(next pgtype.EncodePlan) { p.next = next }

func (p *encodePlan) Encode(value any, buf []byte) ([]byte, error) {
	return p.next.Encode(p.wrap(value), buf)
}

func wrapEncode(value any) (pgtype.WrappedEncodePlanNextSetter, any, bool) {
	switch v := value.(type) {
	case org.ID:
		return &encodePlan{wrap: func(x any) any { return idValue(x.(org.ID)) }}, idValue(v), true
	case org.Day:
		return &encodePlan{wrap: func(x any) any { return dayValue(x.(org.Day)) }}, dayValue(v), true
	}
	return nil, nil, false
}

type scanPlan struct {
	next pgtype.ScanPlan
	wrap func(any) any
}

func (p *scanPlan) SetNext(next pgtype.ScanPlan) { p.next = next }

func (p *scanPlan) Scan(src []byte, dst any) error { return p.next.Scan(src, p.wrap(dst)) }

func wrapScan(target any) (pgtype.WrappedScanPlanNextSetter, any, bool) {
	switch t := target.(type) {
	case *org.ID:
		return &scanPlan{wrap: func(x any) any { return (*idTarget)(x.(*org.ID)) }}, (*idTarget)(t), true
	case *org.Day:
		return &scanPlan{wrap: func(x any) any { return (*dayTarget)(x.(*org.Day)) }}, (*dayTarget)(t), true
	}
	return nil, nil, false
}
