package org_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

const (
	vinhLong = iota + 1
	traVinh
	benTre
	traVinhHome // Sở Nội vụ of the old province
	vinhLongHome
	duyenHai // a district: it has no successor, because its level is gone
	closed
)

func id(n byte) org.ID { return org.ID{15: n} }

// merger is the south of 1 July 2025 (Nghị quyết 202/2025/QH15): Bến Tre and
// Trà Vinh join Vĩnh Long, which keeps its code.
func merger(t *testing.T) org.Directory {
	before := org.Validity{From: day(t, "1992-01-01"), Until: day(t, "2025-06-30")}
	agency := func(n byte, code, old string, v org.Validity, successor byte) org.Agency {
		a := org.Agency{ID: id(n), Validity: v, Codes: []org.HeldCode{
			{Code: org.AgencyCode(old), Validity: v}, {Code: org.AgencyCode(code), Validity: v},
		}}
		if successor != 0 {
			a.SuccessorID = id(successor)
		}
		return a
	}
	return org.NewDirectory([]org.Agency{
		agency(vinhLong, "H61", "000.00.00.H61", org.Validity{From: before.From}, 0),
		agency(traVinh, "H59", "000.00.00.H59", before, vinhLong),
		agency(benTre, "H07", "000.00.00.H07", before, vinhLong),
		agency(traVinhHome, "H59.08", "000.00.08.H59", before, vinhLongHome),
		agency(vinhLongHome, "H61.08", "000.00.08.H61", org.Validity{From: before.From}, 0),
		agency(duyenHai, "H59.30", "000.00.30.H59", before, 0),
	})
}

func TestSuccessor_TraVinhIsVinhLongFrom1July2025(t *testing.T) {
	t.Parallel()
	d := merger(t)
	for _, c := range []struct {
		code org.AgencyCode
		day  string
		want byte
	}{
		{"H59", "2025-06-30", traVinh},
		{"H59", "2025-07-01", vinhLong},
		{"000.00.00.H59", "2025-07-01", vinhLong},
		{"H07", "2026-01-01", vinhLong},
		{"H61", "2017-03-20", vinhLong},
		{"H61", "2025-07-01", vinhLong},
		{"000.00.08.H59", "2017-03-20", traVinhHome},
		{"000.00.08.H59", "2025-07-01", vinhLongHome},
		{"H59.08", "2030-01-01", vinhLongHome},
		{"000.00.30.H59", "2025-06-30", duyenHai},
	} {
		got, err := d.ReceiverOf(c.code, day(t, c.day))
		if err != nil || got.ID != id(c.want) {
			t.Errorf("%s on %s: %v, %v; want agency %d", c.code, c.day, got.ID, err, c.want)
		}
	}
}

func TestSuccessor_RefusedWhereNobodyReceives(t *testing.T) {
	t.Parallel()
	d := merger(t)
	for _, c := range []struct {
		code org.AgencyCode
		day  string
		want string
	}{
		{"H59.30", "2025-07-01", "agency_ended"},
		{"H99", "2025-07-01", "not_found"},
		{"H59", "1991-12-31", "not_found"}, // nobody held the code yet
	} {
		var f *fault.Error
		if got, err := d.ReceiverOf(c.code, day(t, c.day)); !errors.As(err, &f) || f.Code != c.want {
			t.Errorf("%s on %s: %v, %v; want %s", c.code, c.day, got.ID, err, c.want)
		}
	}
	var f *fault.Error
	if _, err := d.Receiver(id(traVinh), day(t, "1991-12-31")); !errors.As(err, &f) || f.Code != "agency_not_yet" {
		t.Errorf("before it was founded: %v", err)
	}
	if _, err := d.Receiver(id(closed), day(t, "2025-07-01")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an unknown agency: %v", err)
	}
}

func TestSuccessor_ASharedCodeIsRefused(t *testing.T) {
	t.Parallel()
	both := []org.HeldCode{{Code: "H59"}}
	d := org.NewDirectory([]org.Agency{{ID: id(1), Codes: both}, {ID: id(2), Codes: both}})
	var f *fault.Error
	if _, err := d.HolderOf("H59", day(t, "2025-01-01")); !errors.As(err, &f) || f.Code != "agency_code_shared" {
		t.Errorf("two holders on one day: %v", err)
	}
}

func TestSuccessor_ACodeGivenAgainBelongsToItsHolderOfTheDay(t *testing.T) {
	t.Parallel()
	end := day(t, "2025-06-30")
	d := org.NewDirectory([]org.Agency{
		{ID: id(1), SuccessorID: id(2), Validity: org.Validity{Until: end}, Codes: []org.HeldCode{{Code: "H61", Validity: org.Validity{Until: end}}}},
		{ID: id(2), Validity: org.Validity{From: end.AddDays(1)}, Codes: []org.HeldCode{{Code: "H61", Validity: org.Validity{From: end.AddDays(1)}}}},
	})
	for _, c := range []struct {
		day  org.Day
		want byte
	}{{end, 1}, {end.AddDays(1), 2}} {
		if got, err := d.HolderOf("000.00.00.H61", c.day); err != nil || got.ID != id(c.want) {
			t.Errorf("on %s: %v, %v", c.day, got.ID, err)
		}
	}
}

// Whatever the successions are, also circular ones, Receiver ends: with an
// agency that is valid that day, or with a fault.
func TestSuccessor_ChainsEnd(t *testing.T) {
	t.Parallel()
	start := day(t, "2020-01-01")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "agencies")
		agencies := make([]org.Agency, n)
		for i := range agencies {
			agencies[i] = org.Agency{ID: id(byte(i + 1))}
			if rapid.Bool().Draw(t, "ended") {
				agencies[i].Validity.Until = start.AddDays(rapid.IntRange(0, 3).Draw(t, "until"))
			}
			if next := rapid.IntRange(0, n).Draw(t, "successor"); next > 0 {
				agencies[i].SuccessorID = id(byte(next))
			}
		}
		d := org.NewDirectory(agencies)
		today := start.AddDays(rapid.IntRange(0, 4).Draw(t, "today"))
		for _, a := range agencies {
			got, err := d.Receiver(a.ID, today)
			want, ok := walk(agencies, a.ID, today)
			if ok != (err == nil) || ok && got.ID != want {
				t.Fatalf("Receiver(%s) = %s, %v; want %s, %v", a.ID, got.ID, err, want, ok)
			}
			if err := d.CheckSuccessor(a.ID, a.ID); err == nil {
				t.Fatal("an agency may succeed itself")
			}
		}
	})
}

// walk is the same question, answered by marking every agency passed.
func walk(agencies []org.Agency, from org.ID, today org.Day) (org.ID, bool) {
	passed := map[org.ID]bool{}
	for !passed[from] && !from.IsZero() {
		passed[from] = true
		for _, a := range agencies {
			if a.ID != from {
				continue
			}
			if a.Validity.Contains(today) {
				return a.ID, true
			}
			from = a.SuccessorID
			break
		}
	}
	return org.ID{}, false
}

func TestDirectory_RefusesCycles(t *testing.T) {
	t.Parallel()
	d := org.NewDirectory([]org.Agency{
		{ID: id(1)},
		{ID: id(2), ParentID: id(1), SuccessorID: id(1)},
		{ID: id(3), ParentID: id(2), SuccessorID: id(2)},
	})
	for _, c := range []struct {
		id, next byte
		cycle    bool
	}{{1, 1, true}, {1, 2, true}, {1, 3, true}, {2, 3, true}, {3, 1, false}, {2, 1, false}, {4, 3, false}} {
		if err := d.CheckSuccessor(id(c.id), id(c.next)); (err != nil) != c.cycle {
			t.Errorf("successor %d of %d: %v", c.next, c.id, err)
		}
		if err := d.CheckParent(id(c.id), id(c.next)); (err != nil) != c.cycle {
			t.Errorf("parent %d of %d: %v", c.next, c.id, err)
		}
	}
	if d.CheckParent(id(1), org.ID{}) != nil || d.CheckSuccessor(id(1), org.ID{}) != nil {
		t.Error("having none must be allowed")
	}
}
