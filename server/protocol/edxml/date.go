package edxml

import (
	"fmt"
	"time"

	"congvan/server/domain/org"
)

// The forms of QCVN 102:2016, in Viet Nam's time and without a zone, and those
// of the old variant.
const (
	dayForm     = "2006/01/02"
	timeForm    = "2006/01/02 15:04:05"
	oldDayForm  = "02/01/2006"
	oldTimeForm = "02/01/2006 15:04:05"
)

// parseDay reads a day strictly. The official library would take 15/01/2026
// for a day of the year 20, and leave out 2026-01-15 without a word.
func parseDay(text, form string) (org.Day, bool) {
	t, ok := parseStrict(text, form)
	if !ok {
		return org.Day{}, false
	}
	day, err := org.NewDay(t.Year(), t.Month(), t.Day())
	return day, err == nil
}

// parseTime reads a moment strictly.
func parseTime(text, form string) (time.Time, bool) { return parseStrict(text, form) }

// parseStrict also asks for all digits: the standard library takes one for two
// in places, and fractions of seconds.
func parseStrict(text, form string) (time.Time, bool) {
	t, err := time.ParseInLocation(form, text, org.Zone())
	return t, err == nil && t.Year() > 0 && t.Format(form) == text
}

func formatDay(d org.Day) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d/%02d/%02d", d.Year(), d.Month(), d.DayOfMonth())
}

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(org.Zone()).Format(timeForm)
}
