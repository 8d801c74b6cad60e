package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Calendar is the calendar of a province as it is kept.
type Calendar struct {
	org.Calendar
	ProvinceID org.ID
	Weekend    []time.Weekday
	Version    int
}

// ProvinceOf gives the agency whose calendar an agency goes by: its province,
// or the topmost one above it.
func (tx *Tx) ProvinceOf(ctx context.Context, agency org.ID) (org.ID, error) {
	id, err := tx.q.ProvinceOf(ctx, agency)
	if err != nil {
		return org.ID{}, fmt.Errorf("find province: %w", translate(err))
	}
	return id, nil
}

// Calendar gives the calendar that an agency goes by.
func (tx *Tx) Calendar(ctx context.Context, agency org.ID) (Calendar, error) {
	province, err := tx.ProvinceOf(ctx, agency)
	if err != nil {
		return Calendar{}, err
	}
	c := Calendar{ProvinceID: province, Weekend: org.Weekend(), Version: 1}
	row, err := tx.q.GetCalendar(ctx, province)
	switch err := translate(err); {
	case errors.Is(err, fault.Missing()):
	case err != nil:
		return Calendar{}, fmt.Errorf("read calendar: %w", err)
	default:
		c.Weekend, c.Version = weekdays(row.Weekend), int(row.Version)
	}
	days, err := tx.q.ListCalendarDays(ctx, province)
	if err != nil {
		return Calendar{}, fmt.Errorf("list special days: %w", err)
	}
	special := make([]org.SpecialDay, len(days))
	for i, d := range days {
		special[i] = org.SpecialDay{Day: d.Day, Working: d.Working, Name: d.Name}
	}
	c.Calendar, err = org.NewCalendar(c.Weekend, special)
	return c, err
}

func weekdays(list []int16) []time.Weekday {
	out := make([]time.Weekday, len(list))
	for i, w := range list {
		out[i] = time.Weekday(w)
	}
	return out
}

// SaveCalendarYear replaces the special days of a year and the days of rest of
// a week, unless somebody else changed the calendar since it was read.
func (tx *Tx) SaveCalendarYear(ctx context.Context, province org.ID, version, year int, weekend []time.Weekday, special []org.SpecialDay) error {
	if _, err := tx.q.LockCalendar(ctx, province); err != nil {
		return fmt.Errorf("lock calendar: %w", err)
	}
	rest := make([]int16, len(weekend))
	for i, w := range weekend {
		rest[i] = int16(w)
	}
	n, err := tx.q.SaveCalendar(ctx, dbsqlc.SaveCalendarParams{Weekend: rest, ProvinceID: province, Version: int32(version)})
	if err != nil {
		return fmt.Errorf("save calendar: %w", err)
	}
	if err := changed(n); err != nil {
		return err
	}
	first, err := org.NewDay(year, time.January, 1)
	if err != nil {
		return err
	}
	last, err := org.NewDay(year, time.December, 31)
	if err != nil {
		return err
	}
	if err := tx.q.ClearCalendarDays(ctx, dbsqlc.ClearCalendarDaysParams{ProvinceID: province, Since: first, Until: last}); err != nil {
		return fmt.Errorf("clear the year: %w", err)
	}
	p := dbsqlc.InsertCalendarDaysParams{ProvinceID: province}
	for _, s := range special {
		p.Days, p.Workings, p.Names = append(p.Days, s.Day), append(p.Workings, s.Working), append(p.Names, s.Name)
	}
	if err := tx.q.InsertCalendarDays(ctx, p); err != nil {
		return fmt.Errorf("add special days: %w", err)
	}
	return nil
}
