package org

import (
	"cmp"
	"fmt"
	"time"

	"congvan/server/domain/fault"
)

// Day is a civil day: year, month and day of the month, of no zone. The zero
// Day is no day at all.
type Day struct {
	year  int
	month time.Month
	day   int
}

// Zone is where the office's days and years begin (Asia/Ho_Chi_Minh). Viet Nam
// has kept UTC+7 without daylight saving since 1975, so the zone is written
// out here and does not depend on a time-zone file of the machine.
func Zone() *time.Location { return time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60) }

// NewDay gives the day of that date and refuses what no calendar holds, such
// as 31 April.
func NewDay(year int, month time.Month, day int) (Day, error) {
	if year < 1 || year > 9999 {
		return Day{}, invalidDay()
	}
	if t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC); t.Month() != month || t.Day() != day {
		return Day{}, invalidDay()
	}
	return Day{year, month, day}, nil
}

// DayOf gives the day that it is in Viet Nam at that moment.
func DayOf(t time.Time) Day {
	year, month, day := t.In(Zone()).Date()
	return Day{year, month, day}
}

// ParseDay reads yyyy-mm-dd, the form that String writes.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Day{}, invalidDay().Because(err)
	}
	return NewDay(t.Year(), t.Month(), t.Day())
}

// Year is the year whose registers the day belongs to.
func (d Day) Year() int { return d.year }

// Month gives the month.
func (d Day) Month() time.Month { return d.month }

// DayOfMonth gives 1 to 31.
func (d Day) DayOfMonth() int { return d.day }

// IsZero tells whether no day was set.
func (d Day) IsZero() bool { return d == Day{} }

// String gives yyyy-mm-dd, and nothing for no day.
func (d Day) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
}

// Written gives the day as offices write it, dd/mm/yyyy, and nothing for no day.
func (d Day) Written() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%02d/%02d/%04d", d.day, d.month, d.year)
}

// Compare is negative when d comes first, positive when other does.
func (d Day) Compare(other Day) int {
	return cmp.Or(cmp.Compare(d.year, other.year), cmp.Compare(d.month, other.month), cmp.Compare(d.day, other.day))
}

// Before tells whether d comes first.
func (d Day) Before(other Day) bool { return d.Compare(other) < 0 }

// After tells whether other comes first.
func (d Day) After(other Day) bool { return d.Compare(other) > 0 }

// Weekday gives the day of the week.
func (d Day) Weekday() time.Weekday { return d.utc().Weekday() }

// AddDays gives the day that many days later, or earlier when n is negative.
func (d Day) AddDays(n int) Day {
	year, month, day := d.utc().AddDate(0, 0, n).Date()
	return Day{year, month, day}
}

// Start gives the moment at which the day begins in Viet Nam.
func (d Day) Start() time.Time { return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, Zone()) }

func (d Day) utc() time.Time { return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC) }

// Validity says on which days something is valid. Both ends belong to it, as
// an office means it by "từ ngày … đến hết ngày …"; an end that is no day is
// open.
type Validity struct {
	From, Until Day
}

// Contains tells whether the day lies within.
func (v Validity) Contains(day Day) bool { return !v.Begins(day) && !v.Ended(day) }

// Begins tells whether the validity still lies ahead of the day.
func (v Validity) Begins(day Day) bool { return !v.From.IsZero() && day.Before(v.From) }

// Ended tells whether the day lies behind the validity.
func (v Validity) Ended(day Day) bool { return !v.Until.IsZero() && day.After(v.Until) }

// Overlaps tells whether there is a day that both contain.
func (v Validity) Overlaps(other Validity) bool {
	return !(!v.Until.IsZero() && other.Begins(v.Until)) && !(!other.Until.IsZero() && v.Begins(other.Until))
}

// Check refuses a validity that ends before it begins.
func (v Validity) Check() error {
	if !v.From.IsZero() && v.Ended(v.From) {
		return fault.InvalidField("valid_until", "ends_before_it_begins",
			"Ngày kết thúc phải sau hoặc trùng ngày bắt đầu.", "The last day must not come before the first.")
	}
	return nil
}

func invalidDay() *fault.Error {
	return fault.New(fault.Invalid, "invalid_day", "Ngày không hợp lệ.", "The date is not valid.")
}
