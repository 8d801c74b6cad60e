package access

import (
	"congvan/server/domain/casefile"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// CaseFileAct is something a person does to a case file.
type CaseFileAct string

// The acts.
const (
	EditCaseFile     CaseFileAct = "edit"
	FillCaseFile     CaseFileAct = "fill" // add and remove documents
	CloseCaseFile    CaseFileAct = "close"
	ReopenCaseFile   CaseFileAct = "reopen"
	HandOverCaseFile CaseFileAct = "hand_over"
	FreezeCaseFile   CaseFileAct = "freeze"
	ReleaseCaseFile  CaseFileAct = "release"
	DestroyCaseFile  CaseFileAct = "destroy"
)

// SeesAllCaseFiles are the roles that see every case file of their agency.
func SeesAllCaseFiles(r org.Role) bool { return r == org.Clerk || r == org.Leader }

// ReadCaseFile refuses a case file that the person may not see; to the person
// it does not exist.
func (p Person) ReadCaseFile(f casefile.File) error {
	for _, pos := range p.Positions {
		if pos.AgencyID != f.AgencyID || pos.Role == org.Admin {
			continue
		}
		if f.Rights == casefile.Public || SeesAllCaseFiles(pos.Role) || keeps(pos, f) || !f.UnitID.IsZero() && f.UnitID == pos.UnitID {
			return nil
		}
	}
	return fault.Missing()
}

func keeps(pos org.Position, f casefile.File) bool { return pos.ID == f.KeeperID }

// OnCaseFile gives the position under which the person does the act: who keeps
// the file, the head of its unit and the clerk work on it; clerks and leaders
// freeze it; a leader has it destroyed.
func (p Person) OnCaseFile(act CaseFileAct, f casefile.File, chosen org.ID) (org.Position, error) {
	if err := p.ReadCaseFile(f); err != nil {
		return org.Position{}, err
	}
	return p.choose(chosen, func(pos org.Position) bool { return pos.AgencyID == f.AgencyID && mayCaseFile(act, f, pos) })
}

func mayCaseFile(act CaseFileAct, f casefile.File, pos org.Position) bool {
	switch act {
	case EditCaseFile, FillCaseFile, CloseCaseFile, ReopenCaseFile, HandOverCaseFile:
		return pos.Role != org.Admin && keeps(pos, f) || pos.Role == org.Clerk ||
			pos.Role == org.UnitHead && !f.UnitID.IsZero() && pos.UnitID == f.UnitID
	case FreezeCaseFile, ReleaseCaseFile:
		return pos.Role == org.Clerk || pos.Role == org.Leader
	case DestroyCaseFile:
		return pos.Role == org.Leader
	}
	return false
}

// ScopeForCaseFile gives the scope of an act on a case file.
func ScopeForCaseFile(act CaseFileAct) Scope {
	switch act {
	case FreezeCaseFile, ReleaseCaseFile:
		return ScopeRegister
	case DestroyCaseFile:
		return ScopeApprove
	}
	return ScopeDraft
}

// CaseFileActs gives what the person may do with the file now.
func (p Person) CaseFileActs(f casefile.File) []CaseFileAct {
	acts := []CaseFileAct{}
	for _, act := range []CaseFileAct{EditCaseFile, FillCaseFile, CloseCaseFile, ReopenCaseFile, HandOverCaseFile, FreezeCaseFile, ReleaseCaseFile, DestroyCaseFile} {
		if !allowsNow(act, f) || p.Allowed(ScopeForCaseFile(act)) != nil {
			continue
		}
		for _, pos := range p.Under(ScopeForCaseFile(act)).Positions {
			if pos.AgencyID == f.AgencyID && mayCaseFile(act, f, pos) {
				acts = append(acts, act)
				break
			}
		}
	}
	return acts
}

func allowsNow(act CaseFileAct, f casefile.File) bool {
	if f.State == casefile.Destroyed {
		return false
	}
	switch act {
	case ReleaseCaseFile:
		return f.Frozen
	case EditCaseFile, FillCaseFile, CloseCaseFile:
		return !f.Frozen && f.State == casefile.Open
	case ReopenCaseFile, DestroyCaseFile:
		return !f.Frozen && f.State == casefile.Closed
	}
	return !f.Frozen
}

// OpenCaseFile gives the position under which the person opens a file and
// becomes its keeper.
func (p Person) OpenCaseFile(agency, chosen org.ID) (org.Position, error) {
	return p.Draft(agency, chosen)
}

// SeeCatalogue refuses who does not work in the agency.
func (p Person) SeeCatalogue(agency org.ID) error {
	if p.Holds(agency, org.Clerk, org.Leader, org.UnitHead, org.Officer) {
		return nil
	}
	return fault.Missing()
}

// KeepCatalogue gives the position under which the person writes the yearly
// list: the agency's clerk.
func (p Person) KeepCatalogue(agency, chosen org.ID) (org.Position, error) {
	if err := p.SeeCatalogue(agency); err != nil {
		return org.Position{}, err
	}
	return p.Clerk(agency, chosen)
}

// ApproveCatalogue gives the position under which the yearly list is approved:
// the head of the agency does (NĐ 30/2020, điều 28).
func (p Person) ApproveCatalogue(agency, chosen org.ID) (org.Position, error) {
	if err := p.SeeCatalogue(agency); err != nil {
		return org.Position{}, err
	}
	return p.choose(chosen, func(pos org.Position) bool { return pos.AgencyID == agency && pos.Role == org.Leader })
}
