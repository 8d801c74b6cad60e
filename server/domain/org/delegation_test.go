package org_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

func TestH3_ADelegationIsCheckedBeforeItStands(t *testing.T) {
	t.Parallel()
	from := org.Position{ID: id(1), AccountID: id(11), AgencyID: id(9), Role: org.Leader, Validity: org.Validity{From: day(t, "2020-01-01")}}
	to := org.Position{ID: id(2), AccountID: id(12), AgencyID: id(9), Role: org.UnitHead, Validity: org.Validity{From: day(t, "2020-01-01")}}
	good := org.Delegation{ID: id(5), AgencyID: id(9), PositionID: id(1), AccountID: id(11), DelegatePositionID: id(2), DelegateAccountID: id(12),
		Validity: org.Validity{From: day(t, "2026-03-02"), Until: day(t, "2026-03-06")}}
	today := day(t, "2026-03-01")
	if err := good.Check(from, to, today); err != nil {
		t.Fatal(err)
	}
	cases := map[string]func(d *org.Delegation, from, to *org.Position){
		"required": func(d *org.Delegation, _, _ *org.Position) { d.Validity.Until = org.Day{} },
		"past": func(d *org.Delegation, _, _ *org.Position) {
			d.Validity = org.Validity{From: day(t, "2026-02-01"), Until: day(t, "2026-02-28")}
		},
		"too_long":              func(d *org.Delegation, _, _ *org.Position) { d.Validity.Until = day(t, "2027-03-03") },
		"ends_before_it_begins": func(d *org.Delegation, _, _ *org.Position) { d.Validity.Until = day(t, "2026-03-01") },
		"other_agency":          func(_ *org.Delegation, _, to *org.Position) { to.AgencyID = id(8) },
		"oneself":               func(_ *org.Delegation, _, to *org.Position) { to.AccountID = id(11) },
		"admin_position":        func(_ *org.Delegation, _, to *org.Position) { to.Role = org.Admin },
		"not_valid":             func(_ *org.Delegation, _, to *org.Position) { to.Validity.Until = day(t, "2026-03-01") },
		"unknown_word":          func(d *org.Delegation, _, _ *org.Position) { d.Powers = []org.Power{"everything"} },
	}
	for code, spoil := range cases {
		d, f, o := good, from, to
		spoil(&d, &f, &o)
		if got := fieldCode(d.Check(f, o, today)); got != code {
			t.Errorf("%s: got %q", code, got)
		}
	}
}

func fieldCode(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return ""
	}
	return f.Fields[0].Code
}

// between makes a delegation from one account to another in March 2026.
func between(t interface{ Fatal(args ...any) }, n byte, from, to byte, first, last int) org.Delegation {
	a, err := org.NewDay(2026, 3, first)
	if err != nil {
		t.Fatal(err)
	}
	b, err := org.NewDay(2026, 3, last)
	if err != nil {
		t.Fatal(err)
	}
	return org.Delegation{ID: id(n), AgencyID: id(200), PositionID: id(100 + from), AccountID: id(from),
		DelegatePositionID: id(100 + to), DelegateAccountID: id(to), Validity: org.Validity{From: a, Until: b}}
}

func TestH3_NoCircleAndNobodyWhoIsAway(t *testing.T) {
	t.Parallel()
	standing := []org.Delegation{between(t, 50, 1, 2, 2, 10), between(t, 51, 2, 3, 5, 10)}
	revoked := between(t, 52, 9, 8, 1, 31)
	revoked.RevokedAt = day(t, "2026-03-01").Start()
	standing = append(standing, revoked)
	for _, c := range []struct {
		name string
		d    org.Delegation
		want string
	}{
		{"back to who asked", between(t, 60, 2, 1, 2, 4), "circle"},
		{"round by a third", between(t, 61, 3, 1, 5, 5), "circle"},
		{"to somebody away", between(t, 62, 4, 2, 6, 6), "substitute_away"},
		{"a second substitute", between(t, 63, 1, 4, 10, 12), "delegated_already"},
		{"after they are back", between(t, 64, 2, 1, 11, 12), ""},
		{"before they go", between(t, 65, 4, 2, 2, 4), ""},
		{"what was revoked does not count", between(t, 66, 8, 9, 2, 4), ""},
	} {
		if got := fieldCode(c.d.CheckAmong(standing)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	half := between(t, 67, 5, 6, 1, 31)
	half.Powers = []org.Power{org.PowerRegister}
	other := between(t, 68, 5, 7, 1, 31)
	other.Powers = []org.Power{org.PowerApprove}
	if err := other.CheckAmong([]org.Delegation{half}); err != nil {
		t.Errorf("two substitutes for different powers: %v", err)
	}
}

// Whatever is asked for in whatever order: on no day do the delegations that
// were taken lead round in a circle.
func TestH3_NeverACircleProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var taken []org.Delegation
		for n := range rapid.IntRange(1, 20).Draw(t, "wishes") {
			first := rapid.IntRange(1, 20).Draw(t, "first")
			from, to := byte(rapid.IntRange(1, 6).Draw(t, "from")), byte(rapid.IntRange(1, 6).Draw(t, "to"))
			d := between(t, byte(60+n), from, to, first, rapid.IntRange(first, 25).Draw(t, "last"))
			if from != to && d.CheckAmong(taken) == nil {
				taken = append(taken, d)
			}
		}
		for n := 1; n <= 25; n++ {
			on, err := org.NewDay(2026, 3, n)
			if err != nil {
				t.Fatal(err)
			}
			next := map[org.ID]org.ID{}
			for _, d := range taken {
				if d.Stands(on) {
					next[d.AccountID] = d.DelegateAccountID
				}
			}
			for start := range next {
				at := start
				for range next {
					at = next[at]
				}
				if slices.Contains([]org.ID{start}, at) && !at.IsZero() {
					t.Fatalf("on %s they lead round in a circle", on)
				}
			}
		}
	})
}

func TestH3_TheSubstitutesTitleUnderASignature(t *testing.T) {
	t.Parallel()
	p := org.Position{Title: "Giám đốc", Acting: &org.Acting{OwnTitle: "Phó Giám đốc", OwnRole: org.Leader}}
	if got := p.SignatureTitle(); got != "KT. Giám đốc, Phó Giám đốc" {
		t.Error(got)
	}
	p.Acting.OwnRole, p.Acting.OwnTitle = org.UnitHead, "Chánh Văn phòng"
	if got := p.SignatureTitle(); got != "TUQ. Giám đốc, Chánh Văn phòng" {
		t.Error(got)
	}
	p.Acting = nil
	if got := p.SignatureTitle(); got != "Giám đốc" {
		t.Error(got)
	}
}

func TestH3_ARosterIsOfOneWeek(t *testing.T) {
	t.Parallel()
	monday := day(t, "2026-03-02")
	if err := org.CheckRoster(monday, []org.Duty{{Day: monday, PositionID: id(1)}, {Day: monday.AddDays(6), PositionID: id(1)}}); err != nil {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		"not_monday":   org.CheckRoster(monday.AddDays(1), nil),
		"outside_week": org.CheckRoster(monday, []org.Duty{{Day: monday.AddDays(7)}}),
		"twice":        org.CheckRoster(monday, []org.Duty{{Day: monday, PositionID: id(1)}, {Day: monday, PositionID: id(1)}}),
	} {
		if got := fieldCode(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
