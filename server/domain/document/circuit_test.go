package document_test

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
)

// The people of the circuits of these tests.
var (
	headSeat, clerkSeat, otherClerk = org.ID{15: 51}, org.ID{15: 52}, org.ID{15: 53}
	anSeat, binhSeat, chiSeat       = org.ID{15: 54}, org.ID{15: 55}, org.ID{15: 56}
	leaderSeat, strangerSeat        = org.ID{15: 57}, org.ID{15: 58}
	today                           = org.DayOf(noon) // a Thursday
)

// directive is a circuit with every kind of step.
func directive() document.Circuit {
	return document.Circuit{Current: document.NoStep, Steps: []document.CircuitStep{
		{Kind: document.ReviewStep, People: []org.ID{headSeat}, Quorum: 1, Days: 1},
		{Kind: document.LayoutStep, People: []org.ID{clerkSeat, otherClerk}, Quorum: 1},
		{Kind: document.OpinionStep, People: []org.ID{anSeat, binhSeat, chiSeat}, Quorum: 2, Days: 3},
		{Kind: document.ApproveStep, People: []org.ID{leaderSeat}, Quorum: 1},
	}}
}

// move is one thing that happens to a circuit, and where it must stand after.
type move struct {
	do      func(c *document.Circuit) error
	at      int
	awaited []org.ID
	code    string
}

func answerOf(p org.ID) func(*document.Circuit) error {
	return func(c *document.Circuit) error { return c.Answer(p, today) }
}

func backTo(to document.Goal, by org.ID) func(*document.Circuit) error {
	return func(c *document.Circuit) error { return c.SendBack(by, to, today) }
}

func submit(changed bool) func(*document.Circuit) error {
	return func(c *document.Circuit) error { return c.Submit(changed, today) }
}

func opened(p org.ID) func(*document.Circuit) error {
	return func(c *document.Circuit) error { c.Open(p); return nil }
}

func ids(list ...org.ID) []org.ID { return list }

func TestC1_TheNextIsAskedWhenThePreviousHasDecided(t *testing.T) {
	t.Parallel()
	withdraw := func(c *document.Circuit) error { return c.Withdraw() }
	for name, moves := range map[string][]move{
		"straight through": {
			{submit(false), 0, ids(headSeat), ""},
			{answerOf(leaderSeat), 0, ids(headSeat), "not_your_turn"},
			{answerOf(headSeat), 1, ids(clerkSeat, otherClerk), ""},
			{answerOf(headSeat), 1, ids(clerkSeat, otherClerk), "not_your_turn"},
			{answerOf(otherClerk), 2, ids(anSeat, binhSeat, chiSeat), ""},
			{answerOf(clerkSeat), 2, ids(anSeat, binhSeat, chiSeat), "not_your_turn"},
			{answerOf(chiSeat), 2, ids(anSeat, binhSeat), ""},
			{answerOf(chiSeat), 2, ids(anSeat, binhSeat), "not_your_turn"},
			{answerOf(anSeat), 3, ids(leaderSeat), ""},
			{answerOf(binhSeat), 3, ids(leaderSeat), "not_your_turn"},
			{answerOf(leaderSeat), 4, nil, ""},
			{answerOf(leaderSeat), 4, nil, "not_your_turn"},
		},
		"C3 to the author and straight back": {
			{submit(false), 0, ids(headSeat), ""},
			{answerOf(headSeat), 1, ids(clerkSeat, otherClerk), ""},
			{answerOf(clerkSeat), 2, ids(anSeat, binhSeat, chiSeat), ""},
			{answerOf(anSeat), 2, ids(binhSeat, chiSeat), ""},
			{backTo(document.ToAuthor, binhSeat), document.NoStep, nil, ""},
			{answerOf(chiSeat), document.NoStep, nil, "not_your_turn"},
			{submit(true), 2, ids(binhSeat, chiSeat), ""},
			{answerOf(binhSeat), 3, ids(leaderSeat), ""},
		},
		"C3 to the person before, and from there to the one before": {
			{submit(false), 0, ids(headSeat), ""},
			{backTo(document.ToPrevious, headSeat), 0, ids(headSeat), "to no_previous"},
			{answerOf(headSeat), 1, ids(clerkSeat, otherClerk), ""},
			{answerOf(clerkSeat), 2, ids(anSeat, binhSeat, chiSeat), ""},
			{backTo(document.ToPrevious, anSeat), 1, ids(clerkSeat, otherClerk), ""},
			{backTo(document.ToPrevious, clerkSeat), 0, ids(headSeat), ""},
			{answerOf(headSeat), 1, ids(clerkSeat, otherClerk), ""},
			{answerOf(clerkSeat), 2, ids(anSeat, binhSeat, chiSeat), ""},
		},
		"withdrawn while nobody opened it": {
			{withdraw, document.NoStep, nil, "out_of_order"},
			{submit(false), 0, ids(headSeat), ""},
			{opened(strangerSeat), 0, ids(headSeat), ""},
			{withdraw, document.NoStep, nil, ""},
			{submit(false), 0, ids(headSeat), ""},
			{opened(headSeat), 0, ids(headSeat), ""},
			{withdraw, 0, ids(headSeat), "already_opened"},
		},
		"somebody has left": {
			{submit(false), 0, ids(headSeat), ""},
			{func(c *document.Circuit) error { return c.Reassign(0, headSeat, strangerSeat, today) }, 0, ids(strangerSeat), ""},
			{func(c *document.Circuit) error { return c.Reassign(0, strangerSeat, leaderSeat, today) }, 0, ids(strangerSeat), "steps circle"},
			{func(c *document.Circuit) error { return c.Reassign(9, leaderSeat, headSeat, today) }, 0, ids(strangerSeat), "steps step_begun"},
			{answerOf(headSeat), 0, ids(strangerSeat), "not_your_turn"},
			{answerOf(strangerSeat), 1, ids(clerkSeat, otherClerk), ""},
			{func(c *document.Circuit) error { return c.Reassign(0, strangerSeat, headSeat, today) }, 1, ids(clerkSeat, otherClerk), "steps step_begun"},
		},
		"planned while it runs": {
			{submit(false), 0, ids(headSeat), ""},
			{func(c *document.Circuit) error { return c.Plan(slices.Delete(directive().Steps, 1, 3)) }, 0, ids(headSeat), ""},
			{func(c *document.Circuit) error { return c.Plan(directive().Steps[1:]) }, 0, ids(headSeat), "steps step_begun"},
			{answerOf(headSeat), 1, ids(leaderSeat), ""},
		},
		"planned anew with its author, it begins anew": {
			{submit(false), 0, ids(headSeat), ""},
			{answerOf(headSeat), 1, ids(clerkSeat, otherClerk), ""},
			{backTo(document.ToAuthor, clerkSeat), document.NoStep, nil, ""},
			{func(c *document.Circuit) error { return c.Plan(directive().Steps[1:]) }, document.NoStep, nil, ""},
			{submit(false), 0, ids(clerkSeat, otherClerk), ""},
		},
	} {
		c := directive()
		for i, m := range moves {
			before := c
			err := m.do(&c)
			s, _ := c.Asked()
			if codeOf(err) != m.code || c.Current != m.at || !slices.Equal(s.Awaited(), m.awaited) {
				t.Fatalf("%s, move %d: stands at %d awaiting %v, %v; want %d, %v, %q", name, i, c.Current, s.Awaited(), err, m.at, m.awaited, m.code)
			}
			if err != nil && !reflect.DeepEqual(c, before) {
				t.Fatalf("%s, move %d was refused and changed something", name, i)
			}
		}
	}
}

func TestC1_TheDeadlineIsInWorkingDays(t *testing.T) {
	t.Parallel()
	c := directive()
	if err := c.Submit(false, today); err != nil || c.Steps[0].DueOn != today.AddDays(1) || !c.Steps[1].DueOn.IsZero() {
		t.Fatalf("%v %v", c.Steps[0].DueOn, err)
	}
	c.Current = 1
	if err := c.Answer(clerkSeat, today); err != nil || c.Steps[2].DueOn != today.AddDays(5) { // Thursday and three: Tuesday
		t.Errorf("%v %v", c.Steps[2].DueOn, err)
	}
}

func TestC3_ThoseWhoAgreedToTheEarlierFileAreTold(t *testing.T) {
	t.Parallel()
	for _, changed := range []bool{true, false} {
		c := directive()
		for i, step := range []func(*document.Circuit) error{submit(false), answerOf(headSeat), answerOf(clerkSeat), answerOf(anSeat),
			backTo(document.ToAuthor, binhSeat), submit(changed)} {
			if err := step(&c); err != nil {
				t.Fatal(i, err)
			}
		}
		want := ids(headSeat, clerkSeat)
		if !changed {
			want = nil
		}
		if !slices.Equal(c.Told, want) {
			t.Fatalf("changed %t: told %v", changed, c.Told)
		}
		if noted := c.Open(headSeat); noted != changed || slices.Contains(c.Told, headSeat) {
			t.Error("opening does not end it")
		}
	}
}

func TestC2_ACircuitThatCannotComeToItsEndIsRefused(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(*document.Circuit){
		"steps empty":           func(c *document.Circuit) { c.Steps = nil },
		"steps too_many":        func(c *document.Circuit) { c.Steps = make([]document.CircuitStep, document.MaxSteps+1) },
		"steps approve_last":    func(c *document.Circuit) { c.Steps = c.Steps[:3] },
		"steps unknown_kind":    func(c *document.Circuit) { c.Steps[0].Kind = "burn" },
		"steps nobody":          func(c *document.Circuit) { c.Steps[0].People = nil },
		"steps one_person":      func(c *document.Circuit) { c.Steps[0].People = ids(headSeat, strangerSeat) },
		"steps too_many_people": func(c *document.Circuit) { c.Steps[2].People = make([]org.ID, document.MaxPeople+1) },
		"steps quorum":          func(c *document.Circuit) { c.Steps[2].Quorum = 4 },
		"steps circle":          func(c *document.Circuit) { c.Steps[1].People = ids(headSeat) },
		"steps days":            func(c *document.Circuit) { c.Steps[0].Days = -1 },
	} {
		c := directive()
		spoil(&c)
		if want == "steps too_many_people" {
			for i := range c.Steps[2].People {
				c.Steps[2].People[i] = org.ID{14: 1, 15: byte(i)}
			}
		}
		if got := codeOf(c.Check()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if err := c.Submit(false, today); err == nil || c.Running() || c.Round != 0 {
			t.Errorf("%s was submitted", want)
		}
	}
}

// circuits draws circuits of all shapes over a few people.
func circuits() *rapid.Generator[document.Circuit] {
	return rapid.Custom(func(t *rapid.T) document.Circuit {
		c := document.Circuit{Current: document.NoStep}
		next := byte(100)
		people := func(n int) (list []org.ID) {
			for range n {
				list = append(list, org.ID{15: next})
				next++
			}
			return list
		}
		for range rapid.IntRange(0, 5).Draw(t, "steps") {
			s := document.CircuitStep{Kind: rapid.SampledFrom([]document.StepKind{document.ReviewStep, document.InitialStep, document.LayoutStep, document.OpinionStep}).Draw(t, "kind"), Quorum: 1}
			n := 1
			if s.Kind == document.OpinionStep {
				n = rapid.IntRange(1, 4).Draw(t, "people")
				s.Quorum = rapid.IntRange(1, n).Draw(t, "quorum")
			}
			s.People = people(n)
			c.Steps = append(c.Steps, s)
		}
		c.Steps = append(c.Steps, document.CircuitStep{Kind: document.ApproveStep, People: people(1), Quorum: 1})
		return c
	})
}

// TestC1_NoCircuitIsEverStuck walks circuits at random: whatever happened, a
// running one waits for somebody, one with its author can be submitted, only a
// submission opens a round, and from anywhere agreeing alone leads to the end.
func TestC1_NoCircuitIsEverStuck(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := circuits().Draw(t, "circuit")
		for range rapid.IntRange(0, 40).Draw(t, "moves") {
			round := c.Round
			s, running := c.Asked()
			if c.Current == len(c.Steps) {
				break
			}
			if !running {
				if err := c.Submit(rapid.Bool().Draw(t, "changed"), today); err != nil || c.Round != round+1 {
					t.Fatalf("with its author, and cannot be submitted: %v", err)
				}
				continue
			}
			by := rapid.SampledFrom(s.Awaited()).Draw(t, "by")
			before := len(c.Returns)
			switch rapid.IntRange(0, 5).Draw(t, "move") {
			case 0:
				_ = c.SendBack(by, document.ToAuthor, today)
			case 1:
				_ = c.SendBack(by, document.ToPrevious, today)
			case 2:
				c.Open(by)
			case 3:
				_ = c.Withdraw()
			default:
				if err := c.Answer(by, today); err != nil {
					t.Fatal(err)
				}
			}
			if c.Round != round || len(c.Returns) > before+1 || len(c.Returns) > len(c.Steps) {
				t.Fatalf("round %d to %d, ways back %v", round, c.Round, c.Returns)
			}
			if s, ok := c.Asked(); ok && len(s.Awaited()) == 0 {
				t.Fatalf("it waits for nobody at step %d", c.Current)
			}
		}
		for range 200 {
			s, running := c.Asked()
			if c.Current == len(c.Steps) {
				return
			}
			var err error
			if running {
				err = c.Answer(s.Awaited()[0], today)
			} else {
				err = c.Submit(false, today)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		t.Fatalf("stuck at %d of %d", c.Current, len(c.Steps))
	})
}

// TestA3_ApprovedBytesNeverChangeWhateverHappens walks a
// document through its acts at random: what was approved is what every later state holds.
func TestA3_ApprovedBytesNeverChangeWhateverHappens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := in(document.Draft)
		for range rapid.IntRange(1, 30).Draw(t, "acts") {
			if d.State == document.Draft && rapid.Bool().Draw(t, "new file") {
				d.Files[0].Hash = document.Hash{byte(rapid.IntRange(1, 3).Draw(t, "bytes"))}
			}
			_, _ = do(&d, rapid.SampledFrom(acts).Draw(t, "act"))
			switch d.State {
			case document.Approved, document.Signed, document.Numbered, document.Issued:
				held := d.ApprovedHash
				if !d.SignedHash.IsZero() {
					held = d.SignedHash // the approved bytes with signatures behind them
				}
				if held != d.Files[0].Hash {
					t.Fatalf("%s with other bytes than the approved ones", d.State)
				}
			case document.Draft, document.Submitted:
				if !d.ApprovedHash.IsZero() {
					t.Fatalf("%s with an approval", d.State)
				}
			}
		}
	})
}

func TestSignerBlock_IsBuiltOfCompetenceAndPost(t *testing.T) {
	t.Parallel()
	const committee, office = "Ủy ban nhân dân tỉnh Trà Vinh", "Sở Nội vụ"
	for _, c := range []struct {
		competence          document.Competence
		agency, head, title string
		want                []string
	}{
		{document.CompetenceOf(committee, "Chủ tịch"), committee, "Chủ tịch", "Chủ tịch", []string{"TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"}},
		{document.CompetenceOf(committee, "Phó Chủ tịch"), committee, "", "Phó Chủ tịch", []string{"TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"}},
		{document.CompetenceOf(office, "Giám đốc"), office, "Giám đốc", "Giám đốc", []string{"GIÁM ĐỐC"}},
		{document.CompetenceOf(office, "Phó giám đốc"), office, "", "Phó giám đốc", []string{"KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"}},
		{document.CompetenceOf(office, "Q. Giám đốc"), office, "", "Q. Giám đốc", []string{"Q. GIÁM ĐỐC"}},
		{document.CompetenceOf(office, "Quyền Giám đốc"), office, "", "Quyền Giám đốc", []string{"Q. GIÁM ĐỐC"}},
		{document.ByOrder, committee, "Chủ tịch", "Chánh Văn phòng", []string{"TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"}},
		{document.ByAuthorisation, office, "Giám đốc", "Trưởng phòng Tổ chức", []string{"TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG TỔ CHỨC"}},
		{document.ForCollective, office, "", "Giám đốc", []string{"TM. SỞ NỘI VỤ", "GIÁM ĐỐC"}},
		{document.ForItself, office, "", "", []string{""}},
	} {
		if got := document.SignerBlock(c.competence, c.agency, c.head, c.title); !slices.Equal(got, c.want) {
			t.Errorf("%s %s: %q, want %q", c.competence, c.title, got, c.want)
		}
	}
	if document.CheckCompetence("TT") == nil || document.CheckCompetence(document.ByOrder) != nil {
		t.Error("competences")
	}
}
