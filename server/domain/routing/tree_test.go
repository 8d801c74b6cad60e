package routing_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"congvan/server/domain/org"
	"congvan/server/domain/routing"
)

func lineID(n byte) org.ID         { return org.ID{14: 7, 15: n} }
func unit(n byte) routing.Holder   { return routing.Holder{UnitID: org.ID{14: 8, 15: n}} }
func person(n byte) routing.Holder { return routing.Holder{PositionID: org.ID{14: 9, 15: n}} }

func share(n byte, to routing.Holder, role routing.LineRole) routing.Share {
	return routing.Share{ID: lineID(n), Holder: to, Role: role, Asks: routing.ForWork}
}

func giving(shares ...routing.Share) routing.Giving {
	return routing.Giving{Shares: shares, Now: noon, Today: today}
}

// registered is the tree of an arrival that the clerk has just registered.
func registered() routing.Tree {
	root := routing.FirstLine(lineID(1), noon)
	root.State = routing.LineOpen
	return routing.Tree{root}
}

// directed is: the clerk asked the leader (2) to direct, who gave the lead to a
// unit (3) and had another (4) coordinate and a third (5) be informed.
func directed(t testing.TB) routing.Tree {
	t.Helper()
	asked := share(2, person(1), routing.Lead)
	asked.Asks = routing.ForDirection
	tree, err := registered().Forward(lineID(1), giving(asked))
	if err == nil {
		lead, helper := share(3, unit(1), routing.Lead), share(4, unit(2), routing.Coordinate)
		lead.DueDate = today.AddDays(10)
		tree, err = tree.Forward(lineID(2), giving(lead, helper, share(5, unit(3), routing.Inform)))
	}
	if err == nil {
		tree, err = tree.TakeIn(lineID(3))
	}
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// states writes a tree down: number, state and a mark for what was given back.
func statesOf(tree routing.Tree) string {
	var b strings.Builder
	for _, l := range tree {
		b.WriteString(" " + string('0'+rune(l.ID[15])) + " " + string(l.State))
		if l.GivenBack {
			b.WriteString("!")
		}
	}
	return strings.TrimSpace(b.String())
}

// TestH1_PropagationAlongTheTreeOfLines is office's table: what each act does to the others.
func TestH1_PropagationAlongTheTreeOfLines(t *testing.T) {
	t.Parallel()
	split := func(tree routing.Tree) (routing.Tree, error) {
		return tree.Forward(lineID(3), giving(share(6, person(6), routing.Lead), share(7, person(7), routing.Coordinate)))
	}
	type act func(routing.Tree) (routing.Tree, error)
	finish := func(n byte) act {
		return func(t routing.Tree) (routing.Tree, error) { return t.Finish(lineID(n), noon) }
	}
	giveBack := func(n byte) act {
		return func(t routing.Tree) (routing.Tree, error) { return t.Return(lineID(n), noon) }
	}
	handBack := func(n byte) act {
		return func(t routing.Tree) (routing.Tree, error) { return t.HandBack(lineID(n), noon) }
	}
	withdraw := func(n byte) act {
		return func(t routing.Tree) (routing.Tree, error) { return t.Withdraw(lineID(n), noon) }
	}
	reopen := func(n byte) act { return func(t routing.Tree) (routing.Tree, error) { return t.Reopen(lineID(n)) } }
	takeIn := func(n byte) act { return func(t routing.Tree) (routing.Tree, error) { return t.TakeIn(lineID(n)) } }
	start := func(n byte) act {
		return func(t routing.Tree) (routing.Tree, error) { return t.Start(lineID(n), noon) }
	}
	read := func(n byte) act { return func(t routing.Tree) (routing.Tree, error) { return t.Read(lineID(n), noon) } }
	begun := "1 forwarded 2 forwarded 3 open 4 awaiting 5 awaiting"
	for _, c := range []struct {
		name string
		acts []act
		want string
		code string
	}{
		{"nothing", nil, begun, ""},
		{"reading changes no state", []act{read(3), read(4), read(5)}, begun, ""},
		{"starting changes no state", []act{start(3)}, begun, ""},
		{"a unit's line waits to be taken in", []act{finish(4)}, begun, "line_awaiting"},
		{"a coordinating unit finishes only its own", []act{takeIn(4), finish(4)}, "1 forwarded 2 forwarded 3 open 4 done 5 awaiting", ""},
		{"the lead finishes everything it led", []act{finish(3)}, "1 done 2 done 3 done 4 done 5 done", ""},
		{"a parent waits for its children", []act{split, finish(3)}, begun[:24] + "3 forwarded 4 awaiting 5 awaiting 6 open 7 open", "child_open"},
		{"a child that leads finishes up to the first line", []act{split, finish(6)}, "1 done 2 done 3 done 4 done 5 done 6 done 7 done", ""},
		{"a leader cannot finish over open work", []act{finish(2)}, begun, "child_open"},
		{"a lead that returns voids the giving", []act{giveBack(3)}, "1 forwarded 2 open! 3 returned 4 withdrawn 5 awaiting", ""},
		{"who coordinates returns only their own", []act{giveBack(4)}, "1 forwarded 2 forwarded 3 open 4 returned 5 awaiting", ""},
		{"what is begun is not returned", []act{start(3), giveBack(3)}, begun, "line_begun"},
		{"what is begun is handed back, and the others go on", []act{start(3), handBack(3)}, "1 forwarded 2 open! 3 returned 4 awaiting 5 awaiting", ""},
		{"what is not begun is not handed back", []act{handBack(3)}, begun, "line_not_begun"},
		{"the first line goes back to nobody", []act{giveBack(1)}, begun, "no_sender"},
		{"what nobody opened is withdrawn", []act{withdraw(3)}, "1 forwarded 2 open 3 withdrawn 4 awaiting 5 awaiting", ""},
		{"what was just opened is not", []act{read(3), withdraw(3)}, begun, "line_opened"},
		{"what was given on is not", []act{split, withdraw(3)}, begun[:24] + "3 forwarded 4 awaiting 5 awaiting 6 open 7 open", "line_opened"},
		{"a leader may return to the clerk", []act{withdraw(3), withdraw(4), giveBack(2)}, "1 open! 2 returned 3 withdrawn 4 withdrawn 5 withdrawn", ""},
		{"two close at once: the second is told", []act{finish(3), finish(3)}, "1 done 2 done 3 done 4 done 5 done", "line_closed"},
		{"reopening the lead opens what it was cut out of", []act{finish(3), reopen(3)}, "1 forwarded 2 forwarded 3 open 4 done 5 done", ""},
		{"one who coordinated waits for the work above", []act{finish(3), reopen(4)}, "1 done 2 done 3 done 4 done 5 done", "reopen_above_first"},
		{"one who coordinated, the work above being open", []act{takeIn(4), finish(4), reopen(4)}, "1 forwarded 2 forwarded 3 open 4 open 5 awaiting", ""},
		{"open work is not reopened", []act{reopen(3)}, begun, "line_not_done"},
		{"information is not finished", []act{takeIn(5), finish(5)}, "1 forwarded 2 forwarded 3 open 4 awaiting 5 open", "only_for_information"},
	} {
		tree := directed(t)
		var err error
		for i, do := range c.acts {
			before := slices.Clone(tree)
			was := tree
			if tree, err = do(tree); err != nil && i < len(c.acts)-1 {
				t.Fatalf("%s, act %d: %v", c.name, i, err)
			}
			if !reflect.DeepEqual(was, before) {
				t.Errorf("%s: the tree before was changed", c.name)
			}
		}
		if statesOf(tree) != c.want || fieldsOf(err) != c.code {
			t.Errorf("%s: %s (%v), want %s (%s)", c.name, statesOf(tree), err, c.want, c.code)
		}
		if err := tree.Check(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestH1_ExactlyOneLead(t *testing.T) {
	t.Parallel()
	late := share(3, unit(1), routing.Lead)
	late.DueDate = today.AddDays(-1)
	after := share(6, person(6), routing.Lead)
	after.DueDate = today.AddDays(11)
	asks := share(6, unit(6), routing.Lead)
	asks.Asks = routing.ForDirection
	for want, try := range map[string]func() (routing.Tree, error){
		"shares required": func() (routing.Tree, error) { return registered().Forward(lineID(1), giving()) },
		"shares two_leads": func() (routing.Tree, error) {
			return registered().Forward(lineID(1), giving(share(3, unit(1), routing.Lead), share(4, unit(2), routing.Lead)))
		},
		"shares no_lead": func() (routing.Tree, error) {
			return registered().Forward(lineID(1), giving(share(3, unit(1), routing.Coordinate)))
		},
		"shares twice": func() (routing.Tree, error) {
			return registered().Forward(lineID(1), giving(share(3, unit(1), routing.Lead), share(4, unit(1), routing.Inform)))
		},
		"dueDate past":         func() (routing.Tree, error) { return registered().Forward(lineID(1), giving(late)) },
		"dueDate after_parent": func() (routing.Tree, error) { return directed(t).Forward(lineID(3), giving(after)) },
		"shares circle": func() (routing.Tree, error) {
			return directed(t).Forward(lineID(3), giving(share(6, person(1), routing.Lead)))
		},
		"shares asks": func() (routing.Tree, error) { return registered().Forward(lineID(1), giving(asks)) },
		"shares unknown_holder": func() (routing.Tree, error) {
			return registered().Forward(lineID(1), giving(share(3, routing.Holder{}, routing.Lead)))
		},
		"shares unknown_role": func() (routing.Tree, error) {
			return registered().Forward(lineID(1), giving(share(3, unit(1), "boss")))
		},
		"shares too_many": func() (routing.Tree, error) {
			return registered().Forward(lineID(1), giving(make([]routing.Share, routing.MaxShares+1)...))
		},
		"line_awaiting": func() (routing.Tree, error) {
			return directed(t).Forward(lineID(4), giving(share(6, person(6), routing.Lead)))
		},
		"not_found": func() (routing.Tree, error) {
			return registered().Forward(lineID(9), giving(share(3, unit(1), routing.Lead)))
		},
	} {
		if _, err := try(); fieldsOf(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	more, err := directed(t).Forward(lineID(2), giving(share(6, unit(6), routing.Coordinate)))
	if err != nil || more.Check() != nil {
		t.Errorf("one more who coordinates: %v", err)
	}
	if _, err := more.Forward(lineID(2), giving(share(7, unit(7), routing.Lead))); fieldsOf(err) != "shares two_leads" {
		t.Errorf("a second lead later: %v", err)
	}
}

func TestH1_ForInformationClosesAtOnce(t *testing.T) {
	t.Parallel()
	asked := share(2, person(1), routing.Lead)
	asked.Asks = routing.ForDirection
	tree, err := registered().Forward(lineID(1), giving(asked))
	if err != nil {
		t.Fatal(err)
	}
	for _, shares := range [][]routing.Share{nil, {share(3, unit(1), routing.Inform), share(4, person(4), routing.Inform)}} {
		after, err := tree.Inform(lineID(2), giving(shares...))
		if err != nil || after.Stage() != routing.IsDone || after.Check() != nil {
			t.Fatalf("%s %v %v", statesOf(after), err, after.Check())
		}
		for _, l := range after[2:] {
			if l.State.Closed() {
				t.Errorf("who is to know has it no more: %+v", l)
			}
		}
	}
	if _, err := tree.Inform(lineID(2), giving(share(3, unit(1), routing.Lead))); fieldsOf(err) != "shares no_lead" {
		t.Errorf("work is not for information: %v", err)
	}
	if _, err := directed(t).Inform(lineID(2), giving()); fieldsOf(err) != "line_forwarded" {
		t.Errorf("what is given out is not for information: %v", err)
	}
}

func TestStage_IsWhatTheSenderIsTold(t *testing.T) {
	t.Parallel()
	tree := registered()
	asked := share(2, person(1), routing.Lead)
	asked.Asks = routing.ForDirection
	see := func(want routing.Stage) {
		t.Helper()
		if tree.Stage() != want {
			t.Errorf("stage %d, want %d: %s", tree.Stage(), want, statesOf(tree))
		}
	}
	do := func(next routing.Tree, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		tree = next
	}
	see(routing.NotAssigned)
	do(tree.Forward(lineID(1), giving(asked)))
	see(routing.NotAssigned) // a leader who is asked has nobody assigned yet
	do(tree.Forward(lineID(2), giving(share(3, unit(1), routing.Lead))))
	see(routing.IsAssigned)
	do(tree.Read(lineID(3), noon))
	do(tree.TakeIn(lineID(3)))
	see(routing.IsAssigned)
	do(tree.Start(lineID(3), noon))
	see(routing.IsInWork)
	do(tree.Finish(lineID(3), noon))
	see(routing.IsDone)
}

func TestH4_AnExtensionStaysWithinWhatItWasCutOutOf(t *testing.T) {
	t.Parallel()
	tree, err := directed(t).Forward(lineID(3), giving(share(6, person(6), routing.Lead)))
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[org.Day]string{today: "", today.AddDays(10): "", today.AddDays(11): "dueDate after_parent", today.AddDays(-1): "dueDate past"} {
		after, err := tree.Extend(lineID(6), day, today)
		if fieldsOf(err) != want {
			t.Errorf("%s: %v, want %s", day, err, want)
		}
		if l, _ := after.Line(lineID(6)); err == nil && l.DueDate != day {
			t.Errorf("%s: due %s", day, l.DueDate)
		}
	}
}

func TestWork_OfWhoLeftIsHandedOver(t *testing.T) {
	t.Parallel()
	tree, err := directed(t).Forward(lineID(3), giving(share(6, person(6), routing.Lead)))
	if err != nil {
		t.Fatal(err)
	}
	after, err := tree.HandOver(lineID(6), person(8))
	if l, _ := after.Line(lineID(6)); err != nil || l.Holder() != person(8) || l.State != routing.LineOpen || after.Check() != nil {
		t.Errorf("%+v %v", l, err)
	}
	after, err = tree.HandOver(lineID(3), unit(9)) // a unit that was dissolved, and its successor
	if l, _ := after.Line(lineID(3)); err != nil || l.Holder() != unit(9) || l.State != routing.LineForwarded {
		t.Errorf("%+v %v", l, err)
	}
	for want, to := range map[string]routing.Holder{"shares circle": person(1), "shares unknown_holder": {}} {
		if _, err := tree.HandOver(lineID(6), to); fieldsOf(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := tree.HandOver(lineID(1), person(8)); fieldsOf(err) != "shares unknown_holder" {
		t.Errorf("the agency's own line: %v", err)
	}
}

// chooser gives numbers to build acts from: drawn by rapid, or bytes of a fuzzer.
type chooser func(most int) int

// act does something to a tree, allowed or not, and gives what it was.
func act(tree routing.Tree, next byte, choose chooser) (routing.Tree, string, error) {
	id := tree[choose(len(tree)-1)].ID
	holder := func() routing.Holder {
		n := byte(choose(7))
		if choose(1) == 0 {
			return unit(n)
		}
		return person(n)
	}
	shares := func() (list []routing.Share) {
		for i := range choose(3) + 1 {
			// mostly one lead, as people send it; sometimes anything
			role := []routing.LineRole{routing.Coordinate, routing.Inform, routing.Coordinate, routing.Lead}[choose(3)]
			if i == 0 && choose(4) > 0 {
				role = routing.Lead
			}
			s := share(next+byte(i), holder(), role)
			if choose(4) == 0 {
				s.Asks = []routing.Asks{routing.ForDirection, routing.ForProposal}[choose(1)]
			}
			list = append(list, s)
		}
		return list
	}
	then := noon.Add(time.Hour)
	name := []string{"forward", "inform", "take in", "read", "start", "finish", "return", "hand back", "withdraw", "reopen", "hand over", "extend",
		"forward", "take in", "start"}[choose(14)]
	var err error
	after := tree
	switch name {
	case "forward":
		after, err = tree.Forward(id, giving(shares()...))
	case "inform":
		after, err = tree.Inform(id, giving(shares()...))
	case "take in":
		after, err = tree.TakeIn(id)
	case "read":
		after, err = tree.Read(id, then)
	case "start":
		after, err = tree.Start(id, then)
	case "finish":
		after, err = tree.Finish(id, then)
	case "return":
		after, err = tree.Return(id, then)
	case "hand back":
		after, err = tree.HandBack(id, then)
	case "withdraw":
		after, err = tree.Withdraw(id, then)
	case "reopen":
		after, err = tree.Reopen(id)
	case "hand over":
		after, err = tree.HandOver(id, holder())
	case "extend":
		after, err = tree.Extend(id, today.AddDays(choose(20)-5), today)
	}
	return after, name, err
}

// neverStuck finishes a tree from its leaves up: what is open can always be ended.
func neverStuck(tree routing.Tree) error {
	for range len(tree) + 1 {
		for _, l := range tree {
			var err error
			if l.State == routing.LineAwaiting && !l.AgencyLine() {
				if tree, err = tree.TakeIn(l.ID); err != nil {
					return err
				}
			}
		}
		for _, l := range tree {
			if now, _ := tree.Line(l.ID); now.State == routing.LineOpen && now.Work() {
				if after, err := tree.Finish(l.ID, noon); err == nil {
					tree = after
				}
			}
		}
	}
	if tree.Stage() != routing.IsDone {
		return errStuck(statesOf(tree))
	}
	return nil
}

type errStuck string

func (e errStuck) Error() string { return "stuck: " + string(e) }

// walk does acts and holds the tree against everything that must always hold.
func walk(t interface{ Fatalf(string, ...any) }, acts int, choose chooser) {
	tree := registered()
	next := byte(2)
	for range acts {
		before := slices.Clone(tree)
		after, name, err := act(tree, next, choose)
		if !slices.Equal(tree, before) {
			t.Fatalf("%s changed the tree it was given", name)
		}
		if err != nil {
			if !slices.Equal(after, before) {
				t.Fatalf("%s was refused and changed something: %v", name, err)
			}
			continue
		}
		if name == "read" && statesOf(after) != statesOf(before) {
			t.Fatalf("reading changed %s to %s", statesOf(before), statesOf(after))
		}
		if err := after.Check(); err != nil {
			t.Fatalf("%s made of %s\n%s: %v", name, statesOf(before), statesOf(after), err)
		}
		if err := neverStuck(after); err != nil {
			t.Fatalf("%s made of %s: %v", name, statesOf(before), err)
		}
		if len(after) < len(before) {
			t.Fatalf("%s lost lines", name)
		}
		next += byte(len(after) - len(before))
		tree = after
		if next > 40 {
			return
		}
	}
}

// TestH2_NoLineIsEverOrphanedOrStuck tries any acts in any order.
func TestH2_NoLineIsEverOrphanedOrStuck(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		walk(t, 100, func(most int) int { return rapid.IntRange(0, most).Draw(t, "n") })
	})
}

// FuzzTree lets bytes choose the acts.
func FuzzTree(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 1, 0, 0, 1, 5, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 400 {
			data = data[:400]
		}
		walk(t, len(data)/4, func(most int) int {
			if len(data) == 0 {
				return 0
			}
			n := int(data[0]) % (most + 1)
			data = data[1:]
			return n
		})
	})
}
