package org_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"congvan/server/domain/org"
)

// tet2026 is how an office works in 2026: Tết, the swapped Saturday, holidays.
func tet2026(t testing.TB) []org.SpecialDay {
	t.Helper()
	var days []org.SpecialDay
	add := func(from, until, name string, working bool) {
		for d := day(t, from); !d.After(day(t, until)); d = d.AddDays(1) {
			days = append(days, org.SpecialDay{Day: d, Working: working, Name: name})
		}
	}
	add("2026-01-01", "2026-01-02", "Tết Dương lịch", false)
	add("2026-01-10", "2026-01-10", "Làm bù", true)
	add("2026-02-14", "2026-02-22", "Tết Nguyên đán", false)
	add("2026-04-26", "2026-04-27", "Giỗ Tổ Hùng Vương", false)
	add("2026-04-30", "2026-05-01", "Ngày Chiến thắng, Quốc tế Lao động", false)
	add("2026-09-01", "2026-09-02", "Quốc khánh", false)
	return days
}

func office2026(t testing.TB) org.Calendar {
	t.Helper()
	c, err := org.NewCalendar(org.Weekend(), tet2026(t))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestH4_WorkingDaysAcrossTetAndASwappedSaturday(t *testing.T) {
	t.Parallel()
	c := office2026(t)
	for _, x := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-02-12", 1, "2026-02-13"},
		{"2026-02-13", 1, "2026-02-23"}, // over Tết
		{"2026-02-13", 3, "2026-02-25"},
		{"2026-01-09", 1, "2026-01-10"}, // the swapped Saturday
		{"2026-01-09", 2, "2026-01-12"},
		{"2026-02-16", 0, "2026-02-23"}, // itself no working day
		{"2026-02-13", 0, "2026-02-13"},
		{"2025-12-31", 1, "2026-01-05"},
	} {
		if got := c.After(day(t, x.from), x.n); got.String() != x.want {
			t.Errorf("%d working days after %s: %s, want %s", x.n, x.from, got, x.want)
		}
	}
	if got := c.Before(day(t, "2026-02-23"), 1); got.String() != "2026-02-13" {
		t.Errorf("the working day before: %s", got)
	}
	if got := c.Between(day(t, "2026-02-13"), day(t, "2026-02-25")); got != 3 {
		t.Errorf("%d working days between", got)
	}
}

func TestH4_StatutoryLimits(t *testing.T) {
	t.Parallel()
	c := office2026(t)
	friday := time.Date(2026, 2, 13, 16, 30, 0, 0, org.Zone())
	for _, x := range []struct {
		limit  org.Limit
		urgent bool
		began  time.Time
		want   string
	}{
		{org.SameDay, false, friday, "2026-02-14T00:00:00+07:00"},
		{org.NextWorkingDay, false, friday, "2026-02-24T00:00:00+07:00"},                  // by the end of the 23rd, after Tết
		{org.NextWorkingDay, false, friday.AddDate(0, 0, 3), "2026-02-25T00:00:00+07:00"}, // came on a holiday
		{org.NextWorkingDay, true, friday, "2026-02-13T16:30:00+07:00"},
		// 23:30 in Viet Nam is the same day, whatever UTC says.
		{org.SameDay, false, time.Date(2026, 2, 12, 16, 30, 0, 0, time.UTC), "2026-02-13T00:00:00+07:00"},
	} {
		if got := c.Ends(x.limit, x.urgent, x.began).Format(time.RFC3339); got != x.want {
			t.Errorf("%s from %s: %s, want %s", x.limit, x.began, got, x.want)
		}
	}
}

func TestH4_ADueDateOnAHolidayIsRefused(t *testing.T) {
	t.Parallel()
	c := office2026(t)
	today := day(t, "2026-02-10")
	for text, want := range map[string]string{"2026-02-17": "day_of_rest", "2026-02-09": "past", "2026-02-23": "", "2026-01-10": "past"} {
		if got := fieldCode(c.CheckDue("dueDate", day(t, text), today)); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestH4_ACalendarImportedWrong(t *testing.T) {
	t.Parallel()
	good := tet2026(t)
	if err := org.CheckYear(2026, org.Weekend(), good); err != nil {
		t.Fatal(err)
	}
	without := func(from, until string) []org.SpecialDay {
		var rest []org.SpecialDay
		for _, s := range good {
			if s.Day.Before(day(t, from)) || s.Day.After(day(t, until)) {
				rest = append(rest, s)
			}
		}
		return rest
	}
	with := func(text string, working bool, name string) []org.SpecialDay {
		return append(append([]org.SpecialDay{}, good...), org.SpecialDay{Day: day(t, text), Working: working, Name: name})
	}
	tooMany := append([]org.SpecialDay{}, good...)
	for d := day(t, "2026-06-01"); d.Before(day(t, "2026-08-01")); d = d.AddDays(1) {
		tooMany = append(tooMany, org.SpecialDay{Day: d, Name: "x"})
	}
	for want, list := range map[string][]org.SpecialDay{
		"holiday_missing": without("2026-09-02", "2026-09-02"),
		"no_tet":          without("2026-02-16", "2026-02-18"),
		"other_year":      with("2027-01-01", false, "Tết Dương lịch"),
		"twice":           with("2026-01-01", false, "Tết Dương lịch"),
		"working_anyway":  with("2026-03-04", true, "Làm bù"),
		"too_many":        tooMany,
		"required":        with("2026-03-04", false, " "),
	} {
		if got := fieldCode(org.CheckYear(2026, org.Weekend(), list)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// The arithmetic is the same as counting day by day, on any calendar.
func TestH4_ArithmeticIsCountingProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := day(t, "2024-01-01").AddDays(rapid.IntRange(0, 1000).Draw(t, "start"))
		var special []org.SpecialDay
		for n, working := range rapid.MapOf(rapid.IntRange(-60, 200), rapid.Bool()).Draw(t, "special") {
			special = append(special, org.SpecialDay{Day: start.AddDays(n), Working: working, Name: "x"})
		}
		weekend := rapid.SliceOfNDistinct(rapid.IntRange(0, 6), 0, 3, rapid.ID).Draw(t, "weekend")
		rest := make([]time.Weekday, len(weekend))
		for i, w := range weekend {
			rest[i] = time.Weekday(w)
		}
		c, err := org.NewCalendar(rest, special)
		if err != nil {
			t.Fatal(err)
		}
		n := rapid.IntRange(1, 60).Draw(t, "n")
		want := start
		for left := n; left > 0; {
			if want = want.AddDays(1); c.Working(want) {
				left--
			}
		}
		if got := c.After(start, n); got != want {
			t.Fatalf("%d after %s: %s, counting gives %s", n, start, got, want)
		}
		if got := c.Between(start, want); got != n {
			t.Fatalf("between: %d, want %d", got, n)
		}
		back := want
		for left := n; left > 0; {
			if back = back.AddDays(-1); c.Working(back) {
				left--
			}
		}
		if got := c.Before(want, n); got != back {
			t.Fatalf("%d before %s: %s, counting gives %s", n, want, got, back)
		}
	})
}

func BenchmarkCalendarAfter(b *testing.B) {
	c := office2026(b)
	from := day(b, "2026-01-05")
	for b.Loop() {
		c.After(from, 2500)
	}
}
