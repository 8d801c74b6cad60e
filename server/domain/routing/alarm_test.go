package routing_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"congvan/server/domain/org"
	"congvan/server/domain/routing"
)

func parse(t testing.TB, s string) org.Day {
	t.Helper()
	d, err := org.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestH4_AlarmsByWorkingDays: a line due on Friday 27 March 2026 is told of on
// Tuesday and Thursday before, on Saturday as late, to the head on Monday and to
// the leader on Wednesday.
func TestH4_AlarmsByWorkingDays(t *testing.T) {
	t.Parallel()
	due := parse(t, "2026-03-27")
	given := func(today string) (list []routing.Alarm) {
		for _, w := range routing.UsualAlarms().Windows(org.Calendar{}, parse(t, today)) {
			if (w.From.IsZero() || !due.Before(w.From)) && !due.After(w.Until) {
				list = append(list, w.Alarm)
			}
		}
		return list
	}
	for today, want := range map[string]int{"2026-03-23": 0, "2026-03-24": 1, "2026-03-25": 1, "2026-03-26": 2, "2026-03-27": 2} {
		if got := given(today); len(got) != want {
			t.Errorf("%s: %v", today, got)
		}
	}
	for today, want := range map[string]routing.Alarm{"2026-03-28": routing.Late, "2026-03-29": routing.Late, "2026-03-30": routing.LateHead,
		"2026-03-31": routing.LateHead, "2026-04-01": routing.LateLeader} {
		if got := given(today); len(got) == 0 || got[len(got)-1] != want {
			t.Errorf("%s: %v, want %s at last", today, got, want)
		}
	}
}

// Whatever the rule and the day: the alarm that comes later is for due dates
// that the earlier one was given for before.
func TestH4_AlarmsFollowOneAnotherProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := routing.AlarmRule{First: rapid.IntRange(0, 60).Draw(t, "first"), RegisterBy: rapid.IntRange(0, 1439).Draw(t, "hour")}
		r.Second = rapid.IntRange(0, r.First).Draw(t, "second")
		r.HeadAfter = rapid.IntRange(1, 60).Draw(t, "head")
		r.LeaderAfter = rapid.IntRange(r.HeadAfter, 60).Draw(t, "leader")
		if err := r.Check(); err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 366*24*60).Draw(t, "minute")) * time.Minute)
		w := r.Windows(org.Calendar{}, org.DayOf(now))
		if w[1].Until.After(w[0].Until) || w[3].Until.After(w[2].Until) || w[4].Until.After(w[3].Until) || !w[2].Until.Before(w[1].From) {
			t.Fatalf("%+v", w)
		}
		if before := r.UnregisteredBefore(org.Calendar{}, now); before.After(now) || now.Sub(before) > 4*24*time.Hour {
			t.Fatalf("%s at %s", before, now)
		}
	})
}

func TestG2b_WhatStaysUnregisteredByTheSetHour(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	r := routing.UsualAlarms()
	for now, want := range map[string]string{
		"2026-03-26T15:59:00+07:00": "2026-03-25T16:00:00+07:00",
		"2026-03-26T16:00:00+07:00": "2026-03-26T16:00:00+07:00",
		"2026-03-29T17:00:00+07:00": "2026-03-27T16:00:00+07:00", // a Sunday
	} {
		if got := r.UnregisteredBefore(org.Calendar{}, at(now)); !got.Equal(at(want)) {
			t.Errorf("%s: %s, want %s", now, got, want)
		}
	}
}
