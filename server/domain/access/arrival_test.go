package access_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"congvan/server/domain/access"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
)

var desk = org.ID{15: 41} // the position of the person at hand

// brought are the lines of an arrival, by what they mean to a person of finance.
var brought = []struct {
	name string
	line routing.Line
}{
	{"own line", routing.Line{ID: org.ID{15: 51}, PositionID: desk, State: routing.LineOpen}},
	{"unit's line", routing.Line{ID: org.ID{15: 52}, UnitID: finance, State: routing.LineAwaiting}},
	{"agency's line", routing.Line{ID: org.ID{15: 53}, State: routing.LineAwaiting}},
	{"another's line", routing.Line{ID: org.ID{15: 54}, UnitID: office, State: routing.LineOpen}},
	{"withdrawn line", routing.Line{ID: org.ID{15: 55}, PositionID: desk, State: routing.LineWithdrawn}},
}

func TestM2_EveryActOnAnArrivalByRoleAndLine(t *testing.T) {
	t.Parallel()
	// One letter for each line: may, forbidden, not found.
	who := map[org.Role]string{org.Clerk: "mmmmm", org.Leader: "fffff", org.UnitHead: "ffnnn", org.Officer: "ffnnn", org.Admin: "nnnnn"}
	answers := map[byte]string{'m': "", 'f': "forbidden", 'n': "not_found"}
	for _, role := range roles {
		p := person(somebody, desk, finance, role)
		for i, b := range brought {
			f := access.ArrivalFacts{AgencyID: committee, State: routing.Awaiting, Lines: []routing.Line{b.line}}
			want := answers[who[role][i]]
			if err := p.ReadArrival(f); (err == nil) != (want != "not_found") {
				t.Errorf("reading by the %s with the %s: %v", role, b.name, err)
			}
			for _, act := range []access.ArrivalAct{access.RegisterArrival, access.RefuseArrival, access.RestrictArrival} {
				if pos, err := p.OnArrival(act, f, org.ID{}); codeOf(err) != want || err == nil && pos != p.Positions[0] {
					t.Errorf("%s by the %s with the %s: %v, want %q", act, role, b.name, err, want)
				}
			}
			shown, later := []access.ArrivalAct{}, []access.ArrivalAct{}
			if want == "" {
				shown = []access.ArrivalAct{access.RegisterArrival, access.RefuseArrival, access.RestrictArrival}
				later = []access.ArrivalAct{access.RestrictArrival}
			}
			if got := p.ArrivalActs(f); !slices.Equal(got, shown) {
				t.Errorf("the %s is shown %v", role, got)
			}
			// What is kept can be restricted at any time (M3).
			for decided, want := range map[routing.State][]access.ArrivalAct{routing.Registered: later, routing.Inside: later,
				routing.Refused: {}, routing.TakenBack: {}, routing.Recalled: {}} {
				f.State = decided
				if got := p.ArrivalActs(f); !slices.Equal(got, want) {
					t.Errorf("%s, and the %s is shown %v", decided, role, got)
				}
			}
			f.AgencyID = council
			if _, err := p.OnArrival(access.RegisterArrival, f, org.ID{}); codeOf(err) != "not_found" {
				t.Errorf("%s in a foreign agency: %v", role, err)
			}
		}
	}
}

func TestHeldLines_AreOnesOwnAndNotThoseOneOnlyAdministers(t *testing.T) {
	t.Parallel()
	f := access.ArrivalFacts{AgencyID: committee, State: routing.Registered}
	for _, b := range brought {
		f.Lines = append(f.Lines, b.line)
	}
	own, units, agencys := brought[0].line.ID, brought[1].line.ID, brought[2].line.ID
	for role, want := range map[org.Role][]org.ID{
		org.Clerk: {own, units, agencys}, org.Leader: {own, units}, org.UnitHead: {own, units}, org.Officer: {own, units}, org.Admin: nil,
	} {
		if got := person(somebody, desk, finance, role).HeldLines(f); !slices.Equal(got, want) {
			t.Errorf("%s holds %v, want %v", role, got, want)
		}
	}
	both := person(somebody, desk, finance, org.Admin)
	both.Positions = append(both.Positions, org.Position{ID: org.ID{15: 42}, AgencyID: committee, Role: org.Clerk})
	if got := both.HeldLines(f); !slices.Equal(got, []org.ID{agencys}) {
		t.Errorf("a clerk who also administers a unit holds %v", got)
	}
}

func TestArrivalActs_NeedTheScopeOfTheToken(t *testing.T) {
	t.Parallel()
	f := access.ArrivalFactsOf(routing.Arrival{AgencyID: committee, State: routing.Awaiting, Lines: []routing.Line{brought[2].line}})
	p := person(somebody, desk, org.ID{}, org.Clerk)
	p.Token, p.Scopes = true, []access.Scope{access.ScopeRead}
	if got := p.ArrivalActs(f); len(got) > 0 {
		t.Errorf("a token for reading is shown %v", got)
	}
	p.Scopes = append(p.Scopes, access.ScopeRegister)
	if got := p.ArrivalActs(f); len(got) != 3 {
		t.Errorf("a token for registering is shown %v", got)
	}
}

// anyArrival draws arrivals over two agencies with any lines.
func anyArrival() *rapid.Generator[access.ArrivalFacts] {
	return rapid.Custom(func(t *rapid.T) access.ArrivalFacts {
		f := access.ArrivalFacts{
			AgencyID: rapid.SampledFrom([]org.ID{committee, council}).Draw(t, "arrived at"),
			State:    rapid.SampledFrom([]routing.State{routing.Awaiting, routing.Registered, routing.Refused, routing.Inside}).Draw(t, "stands"),
		}
		for _, b := range brought {
			if rapid.Bool().Draw(t, b.name) {
				f.Lines = append(f.Lines, b.line)
			}
		}
		return f
	})
}
