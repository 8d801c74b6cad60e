package org_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

func day(t interface {
	Helper()
	Fatal(...any)
}, text string) org.Day {
	t.Helper()
	d, err := org.ParseDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// anyDay draws a day of the years that registers may have.
func anyDay() *rapid.Generator[org.Day] {
	return rapid.Custom(func(t *rapid.T) org.Day {
		return org.DayOf(time.Unix(rapid.Int64Range(-757382400, 253402214399).Draw(t, "unix"), 0)) // 1946 … 9999
	})
}

func TestB2_TheDayIsThatOfHoChiMinhCity(t *testing.T) {
	t.Parallel()
	for moment, want := range map[string]string{
		"2025-12-31T16:59:59Z":      "2025-12-31",
		"2025-12-31T17:00:00Z":      "2026-01-01",
		"2026-01-01T00:00:00+07:00": "2026-01-01",
		"2025-12-31T23:59:59-12:00": "2026-01-01",
	} {
		at, err := time.Parse(time.RFC3339, moment)
		if err != nil {
			t.Fatal(err)
		}
		if got := org.DayOf(at).String(); got != want {
			t.Errorf("DayOf(%s) = %s, want %s", moment, got, want)
		}
	}
	if start := day(t, "2026-01-01").Start(); !start.Equal(time.Date(2025, 12, 31, 17, 0, 0, 0, time.UTC)) {
		t.Errorf("1 January 2026 begins at %s", start)
	}
}

func TestDay_RoundTripsAndCounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDay().Draw(t, "day")
		if back := day(t, d.String()); back != d {
			t.Fatalf("%s reads as %s", d, back)
		}
		if made, err := org.NewDay(d.Year(), d.Month(), d.DayOfMonth()); err != nil || made != d {
			t.Fatalf("NewDay of the parts of %s = %s, %v", d, made, err)
		}
		if got := org.DayOf(d.Start()); got != d {
			t.Fatalf("%s starts on %s", d, got)
		}
		n := rapid.IntRange(-1000, 1000).Draw(t, "n")
		moved := d.AddDays(n)
		if moved.AddDays(-n) != d || moved.Before(d) != (n < 0) || moved.After(d) != (n > 0) {
			t.Fatalf("%s and %d days: %s", d, n, moved)
		}
		if want := time.Weekday((int(d.Weekday()) + n%7 + 7) % 7); moved.Weekday() != want {
			t.Fatalf("%s is a %s, %d days later a %s", d, d.Weekday(), n, moved.Weekday())
		}
	})
}

func TestDay_RefusesWhatNoCalendarHolds(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "2025-02-29", "2025-13-01", "2025-04-31", "0000-01-01", "2025-1-1", "01/07/2025", "2025-07-01T00:00:00Z", "99999-01-01"} {
		if d, err := org.ParseDay(text); fault.KindOf(err) != fault.Invalid || err == nil {
			t.Errorf("ParseDay(%q) = %s, %v", text, d, err)
		}
	}
	if _, err := org.NewDay(2025, time.April, 31); err == nil {
		t.Error("31 April was accepted")
	}
	if (org.Day{}).String() != "" || !(org.Day{}).IsZero() {
		t.Error("no day must read as nothing")
	}
}

func TestValidity_BothEndsBelongToIt(t *testing.T) {
	t.Parallel()
	first, last := day(t, "2017-01-01"), day(t, "2025-06-30")
	v := org.Validity{From: first, Until: last}
	for text, want := range map[string]bool{
		"2016-12-31": false, "2017-01-01": true, "2020-02-29": true, "2025-06-30": true, "2025-07-01": false,
	} {
		if got := v.Contains(day(t, text)); got != want {
			t.Errorf("contains %s = %v", text, got)
		}
	}
	open := org.Validity{}
	if !open.Contains(first) || !open.Contains(day(t, "9999-12-31")) || open.Check() != nil {
		t.Error("an open validity must contain every day")
	}
	if (org.Validity{From: last, Until: first}).Check() == nil {
		t.Error("a validity that ends before it begins was accepted")
	}
	if (org.Validity{From: first, Until: first}).Check() != nil {
		t.Error("a validity of one day was refused")
	}
}

func TestValidity_OverlapIsACommonDay(t *testing.T) {
	t.Parallel()
	base := day(t, "2024-02-25")
	span := rapid.Custom(func(t *rapid.T) org.Validity {
		var v org.Validity
		from := rapid.IntRange(0, 10).Draw(t, "from")
		if rapid.Bool().Draw(t, "begins") {
			v.From = base.AddDays(from)
		}
		if rapid.Bool().Draw(t, "ends") {
			v.Until = base.AddDays(from + rapid.IntRange(0, 10).Draw(t, "length"))
		}
		return v
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := span.Draw(t, "a"), span.Draw(t, "b")
		common := false
		for n := -1; n <= 21; n++ {
			d := base.AddDays(n)
			common = common || a.Contains(d) && b.Contains(d)
		}
		if a.Overlaps(b) != common || b.Overlaps(a) != common {
			t.Fatalf("overlap of %v and %v = %v, common day: %v", a, b, a.Overlaps(b), common)
		}
	})
}
