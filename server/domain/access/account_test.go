package access_test

import (
	"testing"

	"congvan/server/domain/access"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

func TestAdministratorsReachOnlyTheirAgencies(t *testing.T) {
	t.Parallel()
	commune, province := org.ID{1}, org.ID{2}
	today, err := org.ParseDay("2026-07-01")
	if err != nil {
		t.Fatal(err)
	}
	at := func(agency org.ID, role org.Role) org.Position { return org.Position{AgencyID: agency, Role: role} }
	ended := at(commune, org.Officer)
	ended.Validity.Until = today.AddDays(-1)
	coming := at(province, org.Leader)
	coming.Validity.From = today.AddDays(30)

	operator := access.Person{Operator: true}
	admin := access.Person{Positions: []org.Position{at(commune, org.Admin)}}
	both := access.Person{Positions: []org.Position{at(commune, org.Admin), at(province, org.Admin)}}
	clerk := access.Person{Positions: []org.Position{at(commune, org.Clerk)}}

	own := []org.Position{at(commune, org.Clerk)}
	for name, c := range map[string]struct {
		who         access.Person
		account     org.Account
		positions   []org.Position
		see, manage fault.Kind // none when allowed
	}{
		"one's own clerk":                {admin, org.Account{}, own, "", ""},
		"who was here":                   {admin, org.Account{}, []org.Position{ended}, "", ""},
		"who was here and is there":      {admin, org.Account{}, []org.Position{ended, at(province, org.Leader)}, "", fault.Forbidden},
		"who is here and there":          {admin, org.Account{}, []org.Position{at(commune, org.Clerk), at(province, org.Leader)}, "", fault.Forbidden},
		"who is here and will be there":  {admin, org.Account{}, []org.Position{at(commune, org.Clerk), coming}, "", fault.Forbidden},
		"here and there, both one's own": {both, org.Account{}, []org.Position{at(commune, org.Clerk), at(province, org.Leader)}, "", ""},
		"a stranger":                     {admin, org.Account{}, []org.Position{at(province, org.Leader)}, fault.NotFound, fault.NotFound},
		"nobody anywhere":                {admin, org.Account{}, nil, fault.NotFound, fault.NotFound},
		"an operator who is here":        {admin, org.Account{Operator: true}, own, "", fault.Forbidden},
		"an operator's view":             {operator, org.Account{Operator: true}, nil, "", ""},
		"a clerk's view":                 {clerk, org.Account{}, own, fault.Forbidden, fault.Forbidden},
		"a clerk's view of a stranger":   {clerk, org.Account{}, nil, fault.Forbidden, fault.Forbidden},
	} {
		facts := access.AccountFactsOf(c.account, c.positions, today)
		if got := kind(c.who.SeeAccount(facts)); got != c.see {
			t.Errorf("%s: seeing is %q, want %q", name, got, c.see)
		}
		if got := kind(c.who.ManageAccount(facts)); got != c.manage {
			t.Errorf("%s: managing is %q, want %q", name, got, c.manage)
		}
	}
}

func TestGroupsAreKeptByClerksAndAdministrators(t *testing.T) {
	t.Parallel()
	here, there := org.ID{1}, org.ID{2}
	for role, want := range map[org.Role]fault.Kind{org.Clerk: "", org.Admin: "", org.Leader: fault.Forbidden, org.UnitHead: fault.Forbidden, org.Officer: fault.Forbidden} {
		p := access.Person{Positions: []org.Position{{AgencyID: here, Role: role}}}
		if got := kind(p.KeepGroups(here)); got != want {
			t.Errorf("%s: %q, want %q", role, got, want)
		}
		if got := kind(p.KeepGroups(there)); got != fault.NotFound {
			t.Errorf("%s, elsewhere: %q", role, got)
		}
	}
	if err := (access.Person{Operator: true}).KeepGroups(there); err != nil {
		t.Error(err)
	}
}

func kind(err error) fault.Kind {
	if err == nil {
		return ""
	}
	return fault.KindOf(err)
}
