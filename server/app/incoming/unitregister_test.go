package incoming_test

import (
	"testing"
	"time"

	"congvan/server/app/outgoing"
	"congvan/server/app/report"
	"congvan/server/domain/access"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
)

// TestUnitRegister_WhatAUnitTakesInGetsItsOwnNumber: beside the agency's
// number, once for a document, in the unit's series, for its head to read.
func TestUnitRegister_WhatAUnitTakesInGetsItsOwnNumber(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	none := access.Command{}
	books := outgoing.New(o.Store, nil, nil, func() time.Time { return o.now })
	mine, _, err := books.OpenRegister(t.Context(), o.Clerk, none, numbering.Register{AgencyID: o.ID, Code: "VP", Name: "Sổ đến của Văn phòng",
		Direction: numbering.Incoming, Year: org.DayOf(o.now).Year(), Opening: 7, UnitID: o.Unit})
	must(t, err)
	_, _, err = books.OpenRegister(t.Context(), o.Clerk, none, numbering.Register{AgencyID: o.ID, Code: "VPD", Name: "Sổ đi", Direction: numbering.Outgoing,
		Year: org.DayOf(o.now).Year(), UnitID: o.Unit})
	wantCode(t, err, "incoming_only")

	first, second := o.registered(t, "Việc thứ nhất"), o.registered(t, "Việc thứ hai")
	for _, id := range []org.ID{first, second} {
		a := o.read(t, o.Clerk, id)
		if a.RegisterID == mine {
			t.Fatal("the agency numbered in the unit's register")
		}
		o.forward(t, o.Clerk, a.Lines.Root().ID, "", share(unit(o.Unit), routing.Lead), share(unit(o.second), routing.Coordinate))
	}
	if n := o.read(t, o.Clerk, first).UnitNumbers; len(n) != 0 {
		t.Fatalf("entered before the unit took it in: %v", n)
	}
	line := o.line(t, first, unit(o.Unit))
	must(t, o.in.TakeInLine(t.Context(), o.Head, none, line.ID))
	// Taking in with the same act that splits it enters it too; a unit without a register enters nothing.
	o.forward(t, o.Head, o.line(t, second, unit(o.Unit)).ID, "", share(person(o.Officer), routing.Lead))
	must(t, o.in.TakeInLine(t.Context(), o.head2, none, o.line(t, second, unit(o.second)).ID))
	if n := o.read(t, o.Head, first).UnitNumbers; n[o.Unit].Number.Value != 7 || n[o.Unit].RegisterID != mine {
		t.Fatalf("%+v", n)
	}
	if n := o.read(t, o.Head, second).UnitNumbers; n[o.Unit].Number.Value != 8 || len(n) != 1 {
		t.Fatalf("%+v", n)
	}

	// Given back and given again: the number stays what it was.
	must(t, o.in.Return(t.Context(), o.Head, none, line.ID, "Nhầm nơi"))
	o.forward(t, o.Clerk, o.read(t, o.Clerk, first).Lines.Root().ID, "", share(unit(o.Unit), routing.Lead))
	must(t, o.in.TakeInLine(t.Context(), o.Head, none, o.line(t, first, unit(o.Unit)).ID))
	if n := o.read(t, o.Head, first).UnitNumbers; n[o.Unit].Number.Value != 7 {
		t.Fatalf("%+v", n)
	}

	shown := report.New(o.Store, func() time.Time { return o.now }, nil)
	list, err := shown.Registers(t.Context(), o.Head, o.ID, "", 0)
	must(t, err)
	if len(list) != 1 || list[0].ID != mine || list[0].Next != 9 {
		t.Fatalf("the head sees %+v", list)
	}
	entries, err := shown.Entries(t.Context(), o.Head, mine, numbering.Number{Value: 1000}, 10)
	must(t, err)
	if len(entries) != 2 || entries[0].Subject != "Việc thứ hai" || len(entries[0].Holders) != 2 {
		t.Fatalf("%+v", entries)
	}
	_, err = shown.Entries(t.Context(), o.head2, mine, numbering.Number{Value: 1000}, 10)
	wantCode(t, err, "not_found")
}
