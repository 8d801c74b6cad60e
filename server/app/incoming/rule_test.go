package incoming_test

import (
	"testing"

	"congvan/server/domain/org"
	"congvan/server/domain/routing"
)

// TestH1_TheRuleThatFitsIsSuggestedToTheClerk: before and after registering,
// with the due date it comes to, until the line was given out.
func TestH1_TheRuleThatFitsIsSuggestedToTheClerk(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	rules := []routing.ForwardRule{
		{Name: "Khiếu nại", Words: "khiếu nại", Holder: unit(o.second), Asks: routing.ForWork},
		{Name: "Chỉ thị của tỉnh", Kind: "directive", Issuer: "UBND tỉnh", Holder: person(o.Leader), Asks: routing.ForDirection, Days: 5},
	}
	set, err := o.in.SetForwardRules(t.Context(), o.Clerk, o.ID, 1, rules)
	must(t, err)
	if set.Version != 2 || len(set.Rules) != 2 || set.Rules[1].Name != "Chỉ thị của tỉnh" {
		t.Fatalf("%+v", set)
	}
	_, err = o.in.SetForwardRules(t.Context(), o.Clerk, o.ID, 1, rules)
	wantCode(t, err, "stale")
	_, err = o.in.SetForwardRules(t.Context(), o.Officer, o.ID, 2, nil)
	wantCode(t, err, "forbidden")

	id := o.registered(t, "Đẩy mạnh cải cách hành chính")
	got := o.read(t, o.Clerk, id).Suggestion
	if got == nil || got.Rule.Name != "Chỉ thị của tỉnh" || got.DueDate != o.workday(5) {
		t.Fatalf("%+v", got)
	}
	if o.read(t, o.Leader, id).Suggestion != nil {
		t.Error("suggested to who does not forward it")
	}
	root := o.read(t, o.Clerk, id).Lines.Root()
	o.forward(t, o.Clerk, root.ID, "", routing.Share{Holder: got.Rule.Holder, Role: routing.Lead, Asks: got.Rule.Asks, DueDate: got.DueDate})
	if o.read(t, o.Clerk, id).Suggestion != nil {
		t.Error("suggested again after it was given out")
	}
}

// A rule that leads to who has left gives way to the next, and cannot be set.
func TestH1_ARuleToWhoHasLeftGivesWay(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	gone := o.Person(t, o.ID, o.Unit, org.UnitHead)
	rules := []routing.ForwardRule{
		{Name: "Người cũ", Holder: person(gone), Asks: routing.ForWork},
		{Name: "Mọi văn bản", Holder: person(o.Leader), Asks: routing.ForDirection},
	}
	_, err := o.in.SetForwardRules(t.Context(), o.Clerk, o.ID, 1, rules)
	must(t, err)
	o.exec(t, `update position set valid_until = '2001-01-01' where id = $1`, gone.Positions[0].ID.String())
	if got := o.read(t, o.Clerk, o.arrived(t, "Việc mới")).Suggestion; got == nil || got.Rule.Name != "Mọi văn bản" {
		t.Fatalf("%+v", got)
	}
	_, err = o.in.SetForwardRules(t.Context(), o.Clerk, o.ID, 2, rules)
	wantCode(t, err, "nobody_there")
}

// TestH4_APrefilledDueDateMovesOffDaysOfRest: what the sender wrote stays, what
// work is given by is a day on which the office works.
func TestH4_APrefilledDueDateMovesOffDaysOfRest(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	sunday := org.DayOf(o.now).AddDays(7)
	for sunday.Weekday() != 0 {
		sunday = sunday.AddDays(1)
	}
	id := o.registered(t, "Hạn vào chủ nhật")
	o.exec(t, `update arrival set due_date = $1 where id = $2`, sunday.String(), id.String())
	v := o.read(t, o.Clerk, id)
	if v.DueDate != sunday || v.DueForWork != sunday.AddDays(1) {
		t.Fatalf("due %s, for work %s", v.DueDate, v.DueForWork)
	}
	o.forward(t, o.Clerk, v.Lines.Root().ID, "", routing.Share{Holder: unit(o.Unit), Role: routing.Lead, DueDate: v.DueForWork})
	o.exec(t, `update arrival set due_date = '2001-01-01' where id = $1`, id.String())
	if d := o.read(t, o.Clerk, id).DueForWork; !d.IsZero() {
		t.Errorf("a due date that has passed is filled in: %s", d)
	}
}
