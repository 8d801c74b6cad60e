package access_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

var (
	committee = org.ID{15: 1}
	council   = org.ID{15: 2}
	office    = org.ID{15: 11} // the unit that drafts
	finance   = org.ID{15: 12} // another of the agency
	author    = org.ID{15: 21} // an account
	somebody  = org.ID{15: 22}
	approver  = org.ID{15: 31} // a position
)

var (
	roles = []org.Role{org.Clerk, org.Leader, org.UnitHead, org.Officer, org.Admin}
	acts  = []document.Act{document.Edit, document.Plan, document.Discard, document.Submit, document.Withdraw,
		document.Review, document.Initial, document.CheckLayout, document.GiveOpinion, document.Reassign, document.Return,
		document.Approve, document.SendBack, document.Reopen, document.Sign, document.Number, document.Seal, document.Issue,
		document.Void, document.TakeBack, document.Recall, document.Replace, document.Update}
	states = []document.State{document.Draft, document.Submitted, document.Approved, document.Signed,
		document.Numbered, document.Issued, document.Voided, document.Recalled, document.Discarded}
)

func codeOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}

func facts(state document.State) access.DocumentFacts {
	return access.DocumentFacts{AgencyID: committee, State: state, AuthorAccountID: author, ApproverPositionID: approver, UnitID: office,
		Signed: state == document.Signed || state == document.Numbered}
}

// relations are how a person of the agency can stand to a document of office.
var relations = []struct {
	name   string
	person func(org.Role) access.Person
}{
	{"author", func(r org.Role) access.Person { return person(author, org.ID{15: 41}, finance, r) }},
	{"approver", func(r org.Role) access.Person { return person(somebody, approver, finance, r) }},
	{"same unit", func(r org.Role) access.Person { return person(somebody, org.ID{15: 41}, office, r) }},
	{"colleague", func(r org.Role) access.Person { return person(somebody, org.ID{15: 41}, finance, r) }},
}

func person(account, position, unit org.ID, role org.Role) access.Person {
	return access.Person{AccountID: account, Positions: []org.Position{{ID: position, AccountID: account, AgencyID: committee, UnitID: unit, Role: role}}}
}

func TestM2_EveryActOnADocumentByRoleAndRelation(t *testing.T) {
	t.Parallel()
	// One letter for each relation: may, forbidden, not found, not your turn.
	own := map[org.Role]string{org.Clerk: "mnnn", org.Leader: "mnnn", org.UnitHead: "mnfn", org.Officer: "mnnn", org.Admin: "nnnn"}
	back := map[org.Role]string{org.Clerk: "mfff", org.Leader: "mfff", org.UnitHead: "mnfn", org.Officer: "mnnn", org.Admin: "nnnn"}
	decide := map[org.Role]string{org.Clerk: "ffff", org.Leader: "fmff", org.UnitHead: "fnfn", org.Officer: "fnnn", org.Admin: "nnnn"}
	clerks := map[org.Role]string{org.Clerk: "mmmm", org.Leader: "ffff", org.UnitHead: "fnfn", org.Officer: "fnnn", org.Admin: "nnnn"}
	both := map[org.Role]string{org.Clerk: "mmmm", org.Leader: "mmmm", org.UnitHead: "fnfn", org.Officer: "fnnn", org.Admin: "nnnn"}
	signers := map[org.Role]string{org.Clerk: "mmmm", org.Leader: "fmff", org.UnitHead: "fnfn", org.Officer: "fnnn", org.Admin: "nnnn"}
	clerksSeen := map[org.Role]string{org.Clerk: "mmmm", org.Leader: "ffff", org.UnitHead: "ffff", org.Officer: "ffff", org.Admin: "nnnn"}
	bothSeen := map[org.Role]string{org.Clerk: "mmmm", org.Leader: "mmmm", org.UnitHead: "ffff", org.Officer: "ffff", org.Admin: "nnnn"}
	arrange := map[org.Role]string{org.Clerk: "mmmm", org.Leader: "mmff", org.UnitHead: "mnfn", org.Officer: "mnnn", org.Admin: "nnnn"}
	early := map[org.Role]string{org.Clerk: "ffff", org.Leader: "ftff", org.UnitHead: "fnfn", org.Officer: "fnnn", org.Admin: "nnnn"}
	answers := map[byte]string{'m': "", 'f': "forbidden", 'n': "not_found", 't': "not_your_turn"}
	tried := 0
	for _, c := range []struct {
		act   document.Act
		state document.State
		who   map[org.Role]string
	}{
		{document.Edit, document.Draft, own},
		{document.Plan, document.Draft, own},
		{document.Plan, document.Submitted, arrange},
		{document.Reassign, document.Submitted, arrange},
		{document.Review, document.Submitted, early},
		{document.Initial, document.Submitted, early},
		{document.CheckLayout, document.Submitted, early},
		{document.GiveOpinion, document.Submitted, early},
		{document.Return, document.Submitted, decide},
		{document.Reopen, document.Approved, back},
		{document.Discard, document.Draft, own},
		{document.Submit, document.Draft, own},
		{document.Withdraw, document.Submitted, back},
		{document.Approve, document.Submitted, decide},
		{document.SendBack, document.Submitted, decide},
		{document.SendBack, document.Approved, clerks},
		{document.SendBack, document.Signed, signers},
		{document.Sign, document.Approved, decide},
		{document.Number, document.Approved, clerks},
		{document.Number, document.Signed, clerks},
		{document.Seal, document.Numbered, clerks},
		{document.Issue, document.Signed, clerks},
		{document.Issue, document.Approved, clerks},
		{document.Issue, document.Numbered, clerks},
		{document.Void, document.Numbered, both},
		{document.Void, document.Issued, bothSeen},
		{document.TakeBack, document.Issued, clerksSeen},
		{document.Recall, document.Issued, bothSeen},
		{document.Replace, document.Issued, clerksSeen},
		{document.Update, document.Issued, clerksSeen},
	} {
		for _, role := range roles {
			for i, relation := range relations {
				p := relation.person(role)
				want := answers[c.who[role][i]]
				pos, err := p.OnDocument(c.act, facts(c.state), org.ID{})
				if codeOf(err) != want || err == nil && pos != p.Positions[0] {
					t.Errorf("%s when %s by the %s as %s: %v, want %q", c.act, c.state, relation.name, role, err, want)
				}
				tried++
			}
			foreign := facts(c.state)
			foreign.AgencyID = council
			if _, err := relations[0].person(role).OnDocument(c.act, foreign, org.ID{}); codeOf(err) != "not_found" {
				t.Errorf("%s as %s in a foreign agency: %v", c.act, role, err)
			}
		}
	}
	if tried != len(document.LifeCycle())*len(roles)*len(relations) {
		t.Errorf("the life cycle has %d rows, and %d cases were tried", len(document.LifeCycle()), tried)
	}
	if _, err := relations[0].person(org.Clerk).OnDocument("burn", facts(document.Draft), org.ID{}); codeOf(err) != "forbidden" {
		t.Errorf("an act that nobody thought of: %v", err)
	}
}

func TestM2_WhoSeesADocument(t *testing.T) {
	t.Parallel()
	for _, state := range states {
		for _, sentBack := range []bool{false, true} {
			for _, role := range roles {
				for _, relation := range relations {
					f := facts(state)
					f.SentBack = sentBack
					begun := (state == document.Draft || state == document.Discarded) && !sentBack
					sees := role != org.Admin && (relation.name == "author" ||
						state == document.Issued || state == document.Voided || state == document.Recalled ||
						role == org.UnitHead && relation.name == "same unit" ||
						(role == org.Clerk || role == org.Leader) && !begun)
					if err := relation.person(role).ReadDocument(f); (err == nil) != sees || err != nil && fault.KindOf(err) != fault.NotFound {
						t.Errorf("%s (sent back: %t) by the %s as %s: %v", state, sentBack, relation.name, role, err)
					}
				}
			}
		}
	}
}

func TestM2_AUnitHeadWithoutAUnitHeadsNoDrafts(t *testing.T) {
	t.Parallel()
	f := facts(document.Draft)
	f.UnitID = org.ID{}
	if err := person(somebody, org.ID{15: 41}, org.ID{}, org.UnitHead).ReadDocument(f); codeOf(err) != "not_found" {
		t.Error(err)
	}
}

// people draws persons over two agencies, few units and few positions, so that
// every relation to a drawn object comes up.
func people() *rapid.Generator[access.Person] {
	return rapid.Custom(func(t *rapid.T) access.Person {
		p := access.Person{AccountID: rapid.SampledFrom([]org.ID{author, somebody}).Draw(t, "account"), Operator: rapid.Bool().Draw(t, "operator")}
		for i := range rapid.IntRange(0, 4).Draw(t, "positions") {
			id := org.ID{15: byte(41 + i)}
			if i == 0 && rapid.Bool().Draw(t, "approver") {
				id = approver
			}
			p.Positions = append(p.Positions, org.Position{ID: id, AccountID: p.AccountID,
				AgencyID: rapid.SampledFrom([]org.ID{committee, council}).Draw(t, "agency"),
				UnitID:   rapid.SampledFrom([]org.ID{{}, office, finance}).Draw(t, "unit"),
				Role:     rapid.SampledFrom(roles).Draw(t, "role")})
		}
		if p.Token = rapid.Bool().Draw(t, "token"); p.Token {
			p.Scopes = rapid.SliceOf(rapid.SampledFrom(scopes)).Draw(t, "scopes")
		}
		return p
	})
}

func anyFacts() *rapid.Generator[access.DocumentFacts] {
	return rapid.Custom(func(t *rapid.T) access.DocumentFacts {
		f := facts(rapid.SampledFrom(states).Draw(t, "state"))
		f.AgencyID = rapid.SampledFrom([]org.ID{committee, council}).Draw(t, "of")
		f.UnitID = rapid.SampledFrom([]org.ID{{}, office, finance}).Draw(t, "unit of it")
		f.SentBack = rapid.Bool().Draw(t, "sent back")
		f.Signed, f.Sealed = rapid.Bool().Draw(t, "signed"), rapid.Bool().Draw(t, "sealed")
		f.Stage = rapid.SampledFrom([]document.StepKind{"", document.ReviewStep, document.LayoutStep, document.OpinionStep, document.ApproveStep}).Draw(t, "stage")
		some := rapid.SliceOfNDistinct(rapid.SampledFrom([]org.ID{approver, {15: 41}, {15: 42}}), 0, 3, rapid.ID)
		f.Awaited = some.Draw(t, "awaited")
		f.Asked = append(some.Draw(t, "asked"), f.Awaited...)
		return f
	})
}

func TestM2_TheActsShownAreTheActsAllowed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, f := people().Draw(t, "person"), anyFacts().Draw(t, "document")
		allowed := []document.Act{}
		for _, act := range acts {
			_, err := p.OnDocument(act, f, org.ID{})
			if f.State.Allows(act) && p.Allowed(access.ScopeFor(act)) == nil && (err == nil || codeOf(err) == "choose_position") {
				allowed = append(allowed, act)
			}
		}
		if shown := p.DocumentActs(f); !slices.Equal(shown, allowed) {
			t.Fatalf("shown %v, allowed %v", shown, allowed)
		}
	})
}

func TestM6_NobodyActsWhereTheyHoldNoPosition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, f, a := people().Draw(t, "person"), anyFacts().Draw(t, "document"), anyArrival().Draw(t, "arrival")
		chosen := rapid.SampledFrom([]org.ID{{}, approver, {15: 41}, {15: 42}, {15: 99}}).Draw(t, "chosen")
		try := func(what string, agency org.ID, pos org.Position, err error) {
			t.Helper()
			if err != nil {
				return
			}
			if pos.AgencyID != agency || !slices.Contains(p.Positions, pos) || pos.Role == org.Admin {
				t.Fatalf("%s in %s under %+v", what, agency, pos)
			}
			if !chosen.IsZero() && pos.ID != chosen {
				t.Fatalf("%s under %s, chosen was %s", what, pos.ID, chosen)
			}
		}
		for _, act := range acts {
			pos, err := p.OnDocument(act, f, chosen)
			try(string(act), f.AgencyID, pos, err)
		}
		for _, act := range []access.ArrivalAct{access.RegisterArrival, access.RefuseArrival} {
			pos, err := p.OnArrival(act, a, chosen)
			try(string(act), a.AgencyID, pos, err)
		}
		pos, err := p.Draft(f.AgencyID, chosen)
		try("draft", f.AgencyID, pos, err)
		pos, err = p.Clerk(f.AgencyID, chosen)
		try("clerk", f.AgencyID, pos, err)
		if !slices.Contains(p.Agencies(), f.AgencyID) && (p.ReadDocument(f) == nil || len(p.DocumentActs(f)) > 0) {
			t.Fatal("content is read where no position is held")
		}
		if !slices.Contains(p.Agencies(), a.AgencyID) && (p.ReadArrival(a) == nil || len(p.ArrivalActs(a)) > 0 || len(p.HeldLines(a)) > 0) {
			t.Fatal("an arrival is read where no position is held")
		}
	})
}

func TestM6_OneOfSeveralPositionsIsChosen(t *testing.T) {
	t.Parallel()
	one := org.Position{ID: org.ID{15: 41}, AgencyID: committee, Role: org.Clerk}
	two := org.Position{ID: org.ID{15: 42}, AgencyID: council, Role: org.Clerk}
	three := org.Position{ID: org.ID{15: 43}, AgencyID: committee, UnitID: office, Role: org.Officer}
	p := access.Person{AccountID: author, Positions: []org.Position{one, two, three}}
	for _, c := range []struct {
		name           string
		agency, chosen org.ID
		want           org.Position
		code           string
	}{
		{"several, none chosen", org.ID{}, org.ID{}, org.Position{}, "choose_position"},
		{"two in the agency", committee, org.ID{}, org.Position{}, "choose_position"},
		{"the only one there", council, org.ID{}, two, ""},
		{"the chosen one", committee, three.ID, three, ""},
		{"chosen in another agency", committee, two.ID, org.Position{}, "forbidden"},
		{"chosen, and not held", committee, org.ID{15: 99}, org.Position{}, "forbidden"},
		{"no position there", org.ID{15: 3}, org.ID{}, org.Position{}, "forbidden"},
	} {
		if got, err := p.Draft(c.agency, c.chosen); got != c.want || codeOf(err) != c.code {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	// Only one of the positions may number, so that one is meant.
	if got, err := p.OnDocument(document.Number, facts(document.Approved), org.ID{}); got != one || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := p.OnDocument(document.Number, facts(document.Approved), three.ID); codeOf(err) != "forbidden" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := p.OnDocument(document.Edit, facts(document.Draft), org.ID{}); codeOf(err) != "choose_position" {
		t.Errorf("an author with two positions must say which: %v", err)
	}
}

func TestM6_APersonReachesTheAgenciesOfTheirPositions(t *testing.T) {
	t.Parallel()
	third := org.ID{15: 3}
	p := access.Person{AccountID: author, Positions: []org.Position{
		{ID: org.ID{15: 43}, AgencyID: third, Role: org.Admin},
		{ID: org.ID{15: 42}, AgencyID: council, Role: org.Clerk},
		{ID: org.ID{15: 41}, AgencyID: committee, Role: org.Clerk},
		{ID: org.ID{15: 44}, AgencyID: committee, Role: org.Officer},
		{ID: org.ID{15: 45}, AgencyID: council, Role: org.Admin},
	}}
	for name, c := range map[string][2][]org.ID{
		"content":      {p.Agencies(), {committee, council}},
		"administered": {p.Administered(), {council, third}},
		"everywhere":   {p.Everywhere(), {committee, council, third}},
		"clerk":        {p.ClerkAgencies(), {committee, council}},
	} {
		if !slices.Equal(c[0], c[1]) {
			t.Errorf("%s: %v, want %v", name, c[0], c[1])
		}
	}
	if !p.Holds(committee, org.Leader, org.Officer) || p.Holds(committee, org.Leader, org.Admin) || p.Holds(third) {
		t.Error("holds")
	}
}

func TestM7_WhoOnlyManagesReadsNoContent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := people().Draw(t, "person")
		for i := range p.Positions {
			p.Positions[i].Role = org.Admin
		}
		p.Operator = true
		f, a := anyFacts().Draw(t, "document"), anyArrival().Draw(t, "arrival")
		if p.ReadDocument(f) == nil || p.ReadArrival(a) == nil || len(p.Agencies()) > 0 || len(p.HeldLines(a)) > 0 ||
			len(p.DocumentActs(f)) > 0 || len(p.ArrivalActs(a)) > 0 {
			t.Fatal("an administrator or operator reads content")
		}
		if _, err := p.Draft(org.ID{}, org.ID{}); err == nil {
			t.Fatal("an administrator drafts")
		}
	})
}

var scopes = []access.Scope{access.ScopeRead, access.ScopeDraft, access.ScopeApprove, access.ScopeNumber, access.ScopeIssue,
	access.ScopeRegister, access.ScopeAdministration, access.ScopeSession}

func TestTokens_DoWhatTheyWereMadeForAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, held := range scopes {
		token := access.Person{Token: true, Scopes: []access.Scope{held}}
		for _, wanted := range scopes {
			err := token.Allowed(wanted)
			if may := held == wanted && wanted != access.ScopeSession; (err == nil) != may || err != nil && codeOf(err) != "token_scope" {
				t.Errorf("a token for %s asks for %s: %v", held, wanted, err)
			}
		}
	}
	for _, wanted := range scopes {
		if err := (access.Person{}).Allowed(wanted); err != nil {
			t.Errorf("a session has every scope: %s: %v", wanted, err)
		}
		if err := (access.Person{Token: true}).Allowed(wanted); err == nil {
			t.Errorf("a token for nothing may %s", wanted)
		}
	}
	for act, want := range map[document.Act]access.Scope{
		document.Edit: access.ScopeDraft, document.Discard: access.ScopeDraft, document.Submit: access.ScopeDraft, document.Withdraw: access.ScopeDraft,
		document.Approve: access.ScopeApprove, document.SendBack: access.ScopeApprove, document.Number: access.ScopeNumber, document.Issue: access.ScopeIssue,
	} {
		if got := access.ScopeFor(act); got != want {
			t.Errorf("%s needs %s, want %s", act, got, want)
		}
	}
	clerk := person(somebody, org.ID{15: 41}, org.ID{}, org.Clerk)
	clerk.Token, clerk.Scopes = true, []access.Scope{access.ScopeRead, access.ScopeNumber}
	if got := fmt.Sprint(clerk.DocumentActs(facts(document.Approved))); got != "[number]" {
		t.Errorf("a clerk's token for numbering is shown %s", got)
	}
}

func TestFactsOf_AreTheDocuments(t *testing.T) {
	t.Parallel()
	d := document.Document{AgencyID: committee, State: document.Draft, AuthorAccountID: author, ApproverPositionID: approver, UnitID: office}
	if got := access.FactsOf(d); !reflect.DeepEqual(got, facts(document.Draft)) {
		t.Errorf("%+v", got)
	}
	d.SentBackReason = "Sai thể thức"
	if !access.FactsOf(d).SentBack {
		t.Error("sent back")
	}
}
