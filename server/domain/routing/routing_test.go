package routing_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
)

var (
	noon   = time.Date(2017, 6, 15, 12, 0, 0, 0, org.Zone())
	today  = org.DayOf(noon)
	main   = document.Hash{1}
	annex  = document.Hash{2}
	clerk  = document.By{Name: "Trần Thị Lan", Position: org.Position{ID: org.ID{15: 4}, Role: org.Clerk}}
	number = routing.Taken{RegisterID: org.ID{15: 3}, Number: 12, Day: today}
	states = []routing.State{routing.Awaiting, routing.Registered, routing.Refused, routing.Inside}
)

// in gives an arrival that stands in the state and lacks nothing.
func in(state routing.State) routing.Arrival {
	return routing.Arrival{
		ID: org.ID{15: 9}, AgencyID: org.ID{15: 1}, Source: routing.FromLocal, State: state,
		Fields: routing.Fields{Kind: "directive", IssuerName: "UBND tỉnh Trà Vinh", IssuerCode: "H59", Number: "05", Symbol: "CT-UBND",
			DocumentDate: today.AddDays(-2), Subject: "Đẩy mạnh cải cách hành chính", Urgency: document.Normal, DueDate: today.AddDays(10), MainHash: main},
		Files: []routing.File{{Role: document.MainFile, Name: "chi-thi.pdf", Hash: main}, {Role: document.Annex, Name: "phu-luc.pdf", Hash: annex}},
		Lines: []routing.Line{routing.FirstLine(org.ID{15: 7}, noon.Add(-time.Hour))},
	}
}

// fieldsOf gives the refused fields, or the code of the fault itself.
func fieldsOf(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return ""
	}
	if len(f.Fields) == 0 {
		return f.Code
	}
	var list []string
	for _, field := range f.Fields {
		list = append(list, field.Name+" "+field.Code)
	}
	return strings.Join(list, ", ")
}

func receive(a *routing.Arrival) error { return a.Receive(a.Fields, main, today, today) }

func register(a *routing.Arrival) error {
	_, err := a.Register(clerk, number, noon)
	return err
}

func refuse(a *routing.Arrival) error {
	_, err := a.Refuse(clerk, routing.WrongAddressee, "", noon)
	return err
}

func TestG1_AnArrivalIsDecidedOnce(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(*routing.Arrival) error{"receive": receive, "register": register, "refuse": refuse} {
		for _, state := range states {
			a := in(state)
			err := act(&a)
			if state == routing.Awaiting {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			if fieldsOf(err) != "out_of_order" || fault.KindOf(err) != fault.Conflict || !reflect.DeepEqual(a, in(state)) {
				t.Errorf("%s when %s: %v, left %+v", name, state, err, a)
			}
		}
	}
}

func TestG1_RegisteringOpensTheAgencysLine(t *testing.T) {
	t.Parallel()
	a := in(routing.Awaiting)
	event, err := a.Register(clerk, number, noon)
	if err != nil || a.State != routing.Registered || a.RegisterID != number.RegisterID || a.ArrivalNumber != 12 || a.ArrivalDay != today ||
		a.RegisteredBy != clerk.Name || !a.RegisteredAt.Equal(noon) {
		t.Fatalf("%+v %v", a, err)
	}
	if event.Verb != "registered" || event.Data["arrivalNumber"] != "12" || event.Data["day"] != "2017-06-15" {
		t.Errorf("%+v", event)
	}
	if l := a.Lines[0]; l.State != routing.LineOpen || l.DueDate != a.DueDate {
		t.Errorf("%+v", l)
	}
}

func TestG1_NothingIsRegisteredWithoutANumber(t *testing.T) {
	t.Parallel()
	for _, n := range []routing.Taken{{}, {Number: 1, Day: today}, {Number: 1, RegisterID: number.RegisterID}, {RegisterID: number.RegisterID, Day: today}} {
		a := in(routing.Awaiting)
		if _, err := a.Register(clerk, n, noon); err == nil || fault.KindOf(err) != fault.Internal || !reflect.DeepEqual(a, in(routing.Awaiting)) {
			t.Errorf("%+v: %v", n, err)
		}
	}
}

func TestG1_WhatTheClerkEntersIsChecked(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(*routing.Fields){
		"subject required":                  func(f *routing.Fields) { f.Subject = " " },
		"subject too_long":                  func(f *routing.Fields) { f.Subject = strings.Repeat("ữ", 2001) },
		"issuerName required":               func(f *routing.Fields) { f.IssuerName = "" },
		"documentDate after_arrival":        func(f *routing.Fields) { f.DocumentDate = today.AddDays(1) },
		"dueDate past":                      func(f *routing.Fields) { f.DueDate = today.AddDays(-1) },
		"mainSha256 unknown_file":           func(f *routing.Fields) { f.MainHash = document.Hash{9} },
		"kind unknown_kind":                 func(f *routing.Fields) { f.Kind = "CT" },
		"urgency unknown_urgency":           func(f *routing.Fields) { f.Urgency = "" },
		"issuerName required, dueDate past": func(f *routing.Fields) { f.IssuerName, f.DueDate = " ", today.AddDays(-9) },
	} {
		a := in(routing.Awaiting)
		f := a.Fields
		spoil(&f)
		if err := a.Receive(f, main, today, today); fieldsOf(err) != want || fault.KindOf(err) != fault.Invalid || !reflect.DeepEqual(a, in(routing.Awaiting)) {
			t.Errorf("%s: %v", want, err)
		}
	}
	a := in(routing.Awaiting)
	if err := a.Receive(a.Fields, main, today.AddDays(1), today); fieldsOf(err) != "arrivalDay future" {
		t.Error(err)
	}
	sparse := routing.Fields{Subject: " Giấy mời họp ", IssuerName: "Công ty A", Urgency: document.Normal}
	if err := a.Receive(sparse, main, today.AddDays(-1), today); err != nil || a.Subject != "Giấy mời họp" || a.MainHash != main {
		t.Errorf("%+v %v", a.Fields, err)
	}
}

func TestG1_TheClerkRegistersTheFileThatWasSeen(t *testing.T) {
	t.Parallel()
	for _, seen := range []document.Hash{annex, {}} {
		a := in(routing.Awaiting)
		if err := a.Receive(a.Fields, seen, today, today); fault.KindOf(err) != fault.Stale {
			t.Errorf("%q: %v", seen, err)
		}
	}
	a := in(routing.Awaiting)
	f := a.Fields
	f.MainHash, f.IssuerCode = annex, "H99"
	if err := a.Receive(f, main, today, today); err != nil || a.MainHash != annex || a.IssuerCode != "H59" {
		t.Fatalf("%+v %v", a.Fields, err)
	}
	if a.Files[0].Role != document.Annex || a.Files[1].Role != document.MainFile {
		t.Errorf("%+v", a.Files)
	}
	twice := in(routing.Awaiting)
	twice.Files = append(twice.Files, routing.File{Name: "chi-thi (1).pdf", Hash: main})
	if err := twice.Receive(twice.Fields, main, today, today); err != nil || twice.Files[0].Role != document.MainFile || twice.Files[2].Role != document.Annex {
		t.Errorf("the same bytes attached twice: %+v %v", twice.Files, err)
	}
	paper := in(routing.Awaiting)
	paper.Files, paper.MainHash = nil, document.Hash{}
	if err := paper.Receive(paper.Fields, document.Hash{}, today, today); err != nil {
		t.Errorf("paper that is not scanned yet: %v", err)
	}
}

func TestG2_RefusingNeedsAReasonFromTheList(t *testing.T) {
	t.Parallel()
	known := []routing.RefusalReason{routing.WrongAddressee, routing.NotAuthentic, routing.Incomplete, routing.WrongCompetence,
		routing.Duplicate, routing.Unreadable, routing.Secret, routing.OtherReason}
	for _, reason := range known {
		a := in(routing.Awaiting)
		event, err := a.Refuse(clerk, reason, "  Gửi Sở Tư pháp ", noon)
		if err != nil || a.State != routing.Refused || a.RefusedReason != reason || a.RefusedNote != "Gửi Sở Tư pháp" || a.RefusedBy != clerk.Name || !a.RefusedAt.Equal(noon) {
			t.Errorf("%s: %+v %v", reason, a, err)
		}
		if l := a.Lines[0]; l.State != routing.LineReturned || !l.ClosedAt.Equal(noon) {
			t.Errorf("%s: %+v", reason, l)
		}
		if event.Verb != "refused" || event.Data["reason"] != string(reason) || event.Data["note"] != "Gửi Sở Tư pháp" {
			t.Errorf("%+v", event)
		}
		if words := reason.Label(); words.VI == "" || words.EN == "" {
			t.Errorf("%s has no words", reason)
		}
	}
	for want, try := range map[string]func(*routing.Arrival) error{
		"reason unknown_reason": func(a *routing.Arrival) error { _, err := a.Refuse(clerk, "tired", "x", noon); return err },
		"note required":         func(a *routing.Arrival) error { _, err := a.Refuse(clerk, routing.OtherReason, "  ", noon); return err },
	} {
		a := in(routing.Awaiting)
		if err := try(&a); fieldsOf(err) != want || !reflect.DeepEqual(a, in(routing.Awaiting)) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestLines_BeginWhereTheirHoldersLook(t *testing.T) {
	t.Parallel()
	unit, position := org.ID{15: 5}, org.ID{15: 6}
	for _, c := range []struct {
		line routing.Line
		want routing.LineState
	}{
		{routing.FirstLine(org.ID{1}, noon), routing.LineAwaiting},
		{routing.InsideLine(org.ID{1}, unit, org.ID{}, routing.Inform, noon), routing.LineAwaiting},
		{routing.InsideLine(org.ID{1}, org.ID{}, position, routing.Lead, noon), routing.LineOpen},
	} {
		if c.line.State != c.want || c.line.State.Closed() || !c.line.CreatedAt.Equal(noon) {
			t.Errorf("%+v, want %s", c.line, c.want)
		}
	}
}

// TestLines_AreNeverOrphaned: whatever is done to an arrival, whichever lines
// it has, a line still waits for somebody exactly as long as the arrival does,
// nobody else's line is touched by registering, and none stays by refusing.
func TestLines_AreNeverOrphaned(t *testing.T) {
	t.Parallel()
	lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) routing.Line {
		l := routing.Line{ID: org.ID{rapid.Byte().Draw(t, "id")}, CreatedAt: noon,
			Role:  rapid.SampledFrom([]routing.LineRole{routing.Lead, routing.Coordinate, routing.Inform}).Draw(t, "role"),
			State: rapid.SampledFrom([]routing.LineState{routing.LineAwaiting, routing.LineOpen, routing.LineForwarded, routing.LineDone, routing.LineReturned, routing.LineWithdrawn}).Draw(t, "state")}
		switch rapid.IntRange(0, 2).Draw(t, "holder") {
		case 1:
			l.UnitID = org.ID{15: 5}
		case 2:
			l.PositionID = org.ID{15: 6}
		}
		if l.State.Closed() {
			l.ClosedAt = noon.Add(-time.Minute)
		}
		return l
	}), 0, 6)
	rapid.Check(t, func(t *rapid.T) {
		a := in(routing.Awaiting)
		a.Lines = append(a.Lines, lines.Draw(t, "lines")...)
		was := slices.Clone(a.Lines)
		acts := map[string]func(*routing.Arrival) error{"receive": receive, "register": register, "refuse": refuse}
		for _, name := range rapid.SliceOfN(rapid.SampledFrom([]string{"receive", "register", "refuse"}), 1, 5).Draw(t, "acts") {
			_ = acts[name](&a)
		}
		if len(a.Lines) != len(was) {
			t.Fatalf("%d lines became %d", len(was), len(a.Lines))
		}
		for i, l := range a.Lines {
			agencys := l.UnitID.IsZero() && l.PositionID.IsZero()
			switch {
			case l.ID != was[i].ID || l.Role != was[i].Role || l.UnitID != was[i].UnitID || l.PositionID != was[i].PositionID:
				t.Fatalf("another line: %+v, was %+v", l, was[i])
			case was[i].State.Closed() && l != was[i]:
				t.Fatalf("a closed line moved: %+v, was %+v", l, was[i])
			case l.State.Closed() != !l.ClosedAt.IsZero():
				t.Fatalf("closed when? %+v", l)
			case a.State == routing.Awaiting && l != was[i]:
				t.Fatalf("nothing was decided, and a line moved: %+v", l)
			case a.State == routing.Registered && agencys && l.State == routing.LineAwaiting:
				t.Fatalf("registered, and a line still waits for the clerk: %+v", l)
			case a.State == routing.Registered && !agencys && l != was[i]:
				t.Fatalf("registering moved another's line: %+v, was %+v", l, was[i])
			case a.State == routing.Refused && !l.State.Closed():
				t.Fatalf("refused, and a line is left: %+v", l)
			}
		}
	})
}

// TestK_ACodeTakenFromAnAddressGoesWithTheNameThatTheClerkCorrects: a From line
// proves nothing, and must not outlive the clerk's correction.
func TestK_ACodeTakenFromAnAddressGoesWithTheNameThatTheClerkCorrects(t *testing.T) {
	t.Parallel()
	today, err := org.ParseDay("2026-03-02")
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[routing.Source]string{routing.FromMail: "", routing.FromLocal: "H59.13"} {
		a := routing.Arrival{Source: source, State: routing.Awaiting,
			Fields: routing.Fields{IssuerName: "Sở Tư pháp", IssuerCode: "H59.13", Subject: "x", Urgency: document.Normal}}
		fields := a.Fields
		fields.IssuerName = "Công ty TNHH"
		if err := a.Receive(fields, a.MainHash, today, today); err != nil {
			t.Fatal(err)
		}
		if a.IssuerCode != want {
			t.Errorf("%s: the code is %q", source, a.IssuerCode)
		}
	}
}
