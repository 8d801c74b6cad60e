package org_test

import (
	"slices"
	"strings"
	"testing"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

func TestM6_AgenciesAreThoseOfThePositionsValidThatDay(t *testing.T) {
	t.Parallel()
	positions := []org.Position{
		{AgencyID: id(2), Role: org.Clerk, Validity: org.Validity{From: day(t, "2017-01-01")}},
		{AgencyID: id(1), Role: org.Clerk, Validity: org.Validity{From: day(t, "2017-01-01"), Until: day(t, "2017-06-30")}},
		{AgencyID: id(2), Role: org.Officer, Validity: org.Validity{From: day(t, "2017-03-01")}},
		{AgencyID: id(3), Role: org.Leader, Validity: org.Validity{From: day(t, "2018-01-01")}},
	}
	for text, want := range map[string][]org.ID{
		"2016-12-31": nil,
		"2017-06-30": {id(1), id(2)},
		"2017-07-01": {id(2)},
		"2018-01-01": {id(2), id(3)},
	} {
		if got := org.AgenciesOn(positions, day(t, text)); !slices.Equal(got, want) {
			t.Errorf("on %s: %v, want %v", text, got, want)
		}
	}
}

func TestWords_EveryValueIsFoundByIdentifierAndLabels(t *testing.T) {
	t.Parallel()
	for _, r := range org.Roles() {
		for _, word := range []string{string(r), r.Label().VI, r.Label().EN, strings.ToUpper(r.Label().VI)} {
			if got, err := org.RoleNamed(word); err != nil || got != r {
				t.Errorf("role %q = %s, %v", word, got, err)
			}
		}
	}
	for _, l := range org.Levels() {
		for _, word := range []string{string(l), l.Label().VI, l.Label().EN} {
			if got, err := org.LevelNamed(word); err != nil || got != l {
				t.Errorf("level %q = %s, %v", word, got, err)
			}
		}
	}
	for _, c := range org.Channels() {
		for _, word := range []string{string(c), c.Label().VI, c.Label().EN} {
			if got, err := org.ChannelNamed(word); err != nil || got != c {
				t.Errorf("channel %q = %s, %v", word, got, err)
			}
		}
	}
	for _, word := range []string{"", "van thu", "secretary", "unit head "} {
		if got, err := org.RoleNamed(word); fault.KindOf(err) != fault.Invalid || err == nil {
			t.Errorf("role %q = %s, %v", word, got, err)
		}
	}
}

func TestAgency_Check(t *testing.T) {
	t.Parallel()
	good := org.Agency{ID: id(1), Name: "Sở Nội vụ", Level: org.Department, Channel: org.Local, Codes: []org.HeldCode{{Code: "H59.08"}}}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*org.Agency){
		"no name":             func(a *org.Agency) { a.Name = "  " },
		"unknown level":       func(a *org.Agency) { a.Level = "region" },
		"unknown channel":     func(a *org.Agency) { a.Channel = "fax" },
		"mailbox without one": func(a *org.Agency) { a.Channel = org.Mailbox },
		"bad code":            func(a *org.Agency) { a.Codes = []org.HeldCode{{Code: "h59"}} },
		"succeeds itself":     func(a *org.Agency) { a.SuccessorID = a.ID },
		"ends too early": func(a *org.Agency) {
			a.Validity = org.Validity{From: day(t, "2017-01-02"), Until: day(t, "2017-01-01")}
		},
	} {
		bad := good
		spoil(&bad)
		if err := bad.Check(); fault.KindOf(err) != fault.Invalid || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAgency_GoesByItsNewCode(t *testing.T) {
	t.Parallel()
	a := org.Agency{Codes: []org.HeldCode{
		{Code: "000.00.08.H59", Validity: org.Validity{Until: day(t, "2021-12-31")}},
		{Code: "H59.08", Validity: org.Validity{From: day(t, "2020-09-15"), Until: day(t, "2025-06-30")}},
	}}
	for text, want := range map[string]org.AgencyCode{
		"2017-03-20": "000.00.08.H59", "2021-01-01": "H59.08", "2025-06-30": "H59.08", "2025-07-01": "",
	} {
		if got, held := a.CodeOn(day(t, text)); got != want || held != (want != "") {
			t.Errorf("on %s: %q, want %q", text, got, want)
		}
	}
}

func TestAccount_Check(t *testing.T) {
	t.Parallel()
	for login, ok := range map[string]bool{
		"vanthu.ubnd": true, "abc": true, "vt-1@stp_x": true, strings.Repeat("a", 64): true,
		"ab": false, "": false, "VanThu": false, "văn.thư": false, ".vanthu": false, "vanthu.": false, "van thu": false,
		"van\nthu": false, strings.Repeat("a", 65): false,
	} {
		if err := (org.Account{Login: login, FullName: "Thạch Thị Sa Phia"}).Check(); (err == nil) != ok {
			t.Errorf("login %q: %v", login, err)
		}
	}
	if (org.Account{Login: "vanthu"}).Check() == nil {
		t.Error("an account without a name was accepted")
	}
}

func TestPositionAndUnit_Check(t *testing.T) {
	t.Parallel()
	late := org.Validity{From: day(t, "2017-01-02"), Until: day(t, "2017-01-01")}
	if err := (org.Position{Role: org.Clerk}).Check(); err != nil {
		t.Error(err)
	}
	if (org.Position{Role: "boss"}).Check() == nil || (org.Position{Role: org.Clerk, Validity: late}).Check() == nil {
		t.Error("a bad position was accepted")
	}
	if err := (org.Unit{Name: "Phòng Tổ chức"}).Check(); err != nil {
		t.Error(err)
	}
	if (org.Unit{Name: " "}).Check() == nil || (org.Unit{Name: "x", Validity: late}).Check() == nil {
		t.Error("a bad unit was accepted")
	}
}

func TestAccountsEndByThemselves(t *testing.T) {
	t.Parallel()
	day := func(s string) org.Day {
		d, err := org.ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	left := org.Account{State: org.Active, LeftOn: day("2026-07-01")}
	for on, want := range map[string]org.AccountState{"2026-06-30": org.Active, "2026-07-01": org.Left, "2027-01-01": org.Left} {
		if got := left.StateOn(day(on)); got != want || left.MaySignIn(day(on)) != (want == org.Active) {
			t.Errorf("on %s: %s", on, got)
		}
	}
	if (org.Account{State: org.Locked}).MaySignIn(day("2026-07-01")) {
		t.Error("a locked account gives access")
	}
}
