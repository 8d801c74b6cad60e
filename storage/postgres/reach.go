package postgres

import (
	"slices"

	"congvan/server/domain/access"
	"congvan/server/domain/org"
)

// ScopeOf acts for a person as PersonScope does, and says too what the person
// holds: positions, units, and the clerk's place in an agency. Restricted
// arrivals show themselves only to a transaction that holds one of their lines.
func ScopeOf(p access.Person) Scope {
	s := PersonScope(p.Agencies())
	for _, pos := range p.Positions {
		if pos.Role == org.Admin {
			continue
		}
		s.holds = append(s.holds, pos.ID)
		if !pos.UnitID.IsZero() {
			s.holds = append(s.holds, pos.UnitID)
		}
		if pos.Role == org.Clerk {
			s.holds = append(s.holds, pos.AgencyID)
		}
	}
	return s
}

// DocumentReachOf translates the policy's ReadDocument into what the list asks
// of each row; with an agency given, in that agency only.
func DocumentReachOf(p access.Person, agency org.ID) DocumentReach {
	reach := DocumentReach{AccountID: p.AccountID, Agencies: within(p.Agencies(), agency), Submitted: []bool{}}
	for _, id := range reach.Agencies {
		reach.Submitted = append(reach.Submitted, slices.ContainsFunc(p.Positions, func(pos org.Position) bool {
			return pos.AgencyID == id && access.SeesSubmitted(pos.Role)
		}))
	}
	for _, pos := range p.Positions {
		if pos.Role != org.Admin {
			reach.Positions = append(reach.Positions, pos.ID)
		}
		if pos.Role == org.UnitHead && !pos.UnitID.IsZero() {
			reach.Units = append(reach.Units, pos.UnitID)
		}
	}
	return reach
}

// ArrivalReachOf translates the policy's ReadArrival likewise.
func ArrivalReachOf(p access.Person, agency org.ID) ArrivalReach {
	var reach ArrivalReach
	for _, id := range within(p.Agencies(), agency) {
		if slices.ContainsFunc(p.Positions, func(pos org.Position) bool { return pos.AgencyID == id && access.SeesAllArrivals(pos.Role) }) {
			reach.All = append(reach.All, id)
			if p.Holds(id, org.Clerk) {
				reach.Clerk = append(reach.Clerk, id)
			}
		} else {
			reach.Lines = append(reach.Lines, id)
		}
	}
	for _, pos := range p.Positions {
		if pos.Role == org.Admin {
			continue
		}
		reach.Positions = append(reach.Positions, pos.ID)
		if !pos.UnitID.IsZero() {
			reach.Units = append(reach.Units, pos.UnitID)
		}
	}
	return reach
}

func within(agencies []org.ID, agency org.ID) []org.ID {
	if agency.IsZero() {
		return agencies
	}
	if slices.Contains(agencies, agency) {
		return []org.ID{agency}
	}
	return []org.ID{}
}

// CaseFileReachOf translates the policy's ReadCaseFile likewise.
func CaseFileReachOf(p access.Person, agency org.ID) CaseFileReach {
	reach := CaseFileReach{Agencies: within(p.Agencies(), agency)}
	for _, pos := range p.Positions {
		if pos.Role == org.Admin {
			continue
		}
		reach.Positions = append(reach.Positions, pos.ID)
		if access.SeesAllCaseFiles(pos.Role) {
			reach.All = append(reach.All, pos.AgencyID)
		}
		if !pos.UnitID.IsZero() {
			reach.Units = append(reach.Units, pos.UnitID)
		}
	}
	return reach
}
