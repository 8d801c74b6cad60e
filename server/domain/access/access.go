// Package access holds the whole permission policy: which act needs which role
// and which relation to the object, what a person may see in each agency, and
// under which of a person's positions an act is made. Deny is the default.
// Tenancy is enforced here first and by row-level security second. The package
// must not read a table or a clock: positions come in already chosen by day.
package access

import (
	"errors"
	"slices"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
)

// Person is who asks: an account with the positions valid that day and, for a
// token, the scopes it is bound to.
type Person struct {
	AccountID org.ID
	FullName  string
	Operator  bool
	Positions []org.Position
	Token     bool
	Scopes    []Scope
}

// Scope bounds what a token may be used for.
type Scope string

// The scopes of tokens.
const (
	ScopeRead           Scope = "read"
	ScopeDraft          Scope = "draft"
	ScopeApprove        Scope = "approve"
	ScopeNumber         Scope = "number"
	ScopeIssue          Scope = "issue"
	ScopeRegister       Scope = "register"
	ScopeAdministration Scope = "administration"
	// ScopeSession is what only a person at a screen may do: no token has it.
	ScopeSession Scope = "session"
	// ScopeSigning is the same for signing and sealing, which whoever stands in
	// for another does as well.
	ScopeSigning Scope = "signing"
)

// Agencies gives the agencies whose content the person may reach: those of the
// positions valid that day, save the ones held only as administrator. An
// administrator manages and does not read content.
func (p Person) Agencies() []org.ID {
	return p.agenciesOf(func(r org.Role) bool { return r != org.Admin })
}

// Administered gives the agencies that the person administers.
func (p Person) Administered() []org.ID {
	return p.agenciesOf(func(r org.Role) bool { return r == org.Admin })
}

// Everywhere gives all agencies in which the person holds any position.
func (p Person) Everywhere() []org.ID { return p.agenciesOf(func(org.Role) bool { return true }) }

func (p Person) agenciesOf(fits func(org.Role) bool) []org.ID {
	var ids []org.ID
	for _, pos := range p.Positions {
		if fits(pos.Role) {
			ids = append(ids, pos.AgencyID)
		}
	}
	slices.SortFunc(ids, org.ID.Compare)
	return slices.Compact(ids)
}

// Holds tells whether the person holds one of the roles in the agency.
func (p Person) Holds(agency org.ID, roles ...org.Role) bool {
	return slices.ContainsFunc(p.Positions, func(pos org.Position) bool {
		return pos.AgencyID == agency && slices.Contains(roles, pos.Role)
	})
}

// PositionIn gives the position under which the person is known in the agency
// when nothing is done, only looked at: the first that reads content.
func (p Person) PositionIn(agency org.ID) org.Position {
	for _, pos := range p.Positions {
		if pos.AgencyID == agency && pos.Role != org.Admin {
			return pos
		}
	}
	return org.Position{}
}

// Allowed refuses what a token was not made for.
func (p Person) Allowed(scope Scope) error {
	if !p.Token || scope != ScopeSession && scope != ScopeSigning && slices.Contains(p.Scopes, scope) {
		return nil
	}
	return fault.New(fault.Forbidden, "token_scope",
		"Mã truy cập không được cấp quyền cho thao tác này.",
		"The token was not made for this.")
}

var (
	errForbidden = fault.New(fault.Forbidden, "forbidden",
		"Bạn không có quyền thực hiện thao tác này.",
		"You may not do this.")
	errChoose = fault.New(fault.Conflict, "choose_position",
		"Bạn giữ nhiều vị trí có thể thực hiện thao tác này. Hãy chọn một vị trí.",
		"Several of your positions may do this. Choose one.")
)

// choose gives the one position under which an act is made: the chosen one if
// it may, the only one that may, else a question to the person.
func (p Person) choose(chosen org.ID, may func(org.Position) bool) (org.Position, error) {
	var fit []org.Position
	for _, pos := range p.Positions {
		if may(pos) {
			fit = append(fit, pos)
		}
	}
	if !chosen.IsZero() {
		for _, pos := range fit {
			if pos.ID == chosen {
				return pos, nil
			}
		}
		return org.Position{}, errForbidden
	}
	// Who may do it in their own right does not do it on behalf of another.
	if own := slices.DeleteFunc(slices.Clone(fit), func(pos org.Position) bool { return pos.Acting != nil }); len(own) > 0 {
		fit = own
	}
	switch len(fit) {
	case 0:
		return org.Position{}, errForbidden
	case 1:
		return fit[0], nil
	}
	return org.Position{}, errChoose
}

// DocumentFacts are what the policy looks at in an outgoing document.
type DocumentFacts struct {
	AgencyID           org.ID
	State              document.State
	AuthorAccountID    org.ID
	ApproverPositionID org.ID
	UnitID             org.ID
	SentBack           bool
	Signed, Sealed     bool              // the file carries the signature; all files that should carry the agency's
	Copy               bool              // a certified copy, which the agency alone signs
	Stage              document.StepKind // what its circuit asks now
	Asked              []org.ID          // positions that the circuit has come to
	Awaited            []org.ID          // those whose act it waits for
}

// FactsOf reads them off a document.
func FactsOf(d document.Document) DocumentFacts {
	return DocumentFacts{AgencyID: d.AgencyID, State: d.State, AuthorAccountID: d.AuthorAccountID,
		ApproverPositionID: d.ApproverPositionID, UnitID: d.UnitID, SentBack: d.SentBackReason != "",
		Stage: d.Stage, Asked: d.Asked, Awaited: d.Awaited,
		Signed: !d.SignedHash.IsZero(), Sealed: !d.SealedAt.IsZero() && len(d.UnsealedAnnexes()) == 0, Copy: d.IsCopy()}
}

// drafters may begin a document.
func drafters(r org.Role) bool { return r != org.Admin }

// Draft gives the position under which the person drafts. With no agency
// named, the person must be able to draft in one agency only.
func (p Person) Draft(agency, chosen org.ID) (org.Position, error) {
	return p.choose(chosen, func(pos org.Position) bool {
		return drafters(pos.Role) && (agency.IsZero() || pos.AgencyID == agency)
	})
}

// ReadDocument refuses a document that the person may not see; to the person
// it does not exist.
//
// A person sees what they drafted and what their agency has issued; a unit
// head the drafts of the unit; clerks and leaders everything that stands
// submitted or further along, and what was sent back; whoever a circuit has
// come to, that document likewise.
func (p Person) ReadDocument(f DocumentFacts) error {
	for _, pos := range p.Positions {
		if pos.AgencyID != f.AgencyID || pos.Role == org.Admin {
			continue
		}
		switch {
		case f.AuthorAccountID == p.AccountID,
			f.State == document.Issued, f.State == document.Voided, f.State == document.Recalled,
			pos.Role == org.UnitHead && !pos.UnitID.IsZero() && pos.UnitID == f.UnitID,
			(SeesSubmitted(pos.Role) || slices.Contains(f.Asked, pos.ID)) && (f.State != document.Draft && f.State != document.Discarded || f.SentBack):
			return nil
		}
	}
	return fault.Missing()
}

// SeesSubmitted are the roles that see every document of their agency once it
// is submitted.
func SeesSubmitted(r org.Role) bool { return r == org.Clerk || r == org.Leader }

// OnDocument gives the position under which the person does the act to the
// document. Who may not see it is told that it does not exist.
func (p Person) OnDocument(act document.Act, f DocumentFacts, chosen org.ID) (org.Position, error) {
	if err := p.ReadDocument(f); err != nil {
		return org.Position{}, err
	}
	found, err := p.choose(chosen, func(pos org.Position) bool {
		return pos.AgencyID == f.AgencyID && p.mayDocument(act, f, pos)
	})
	if !errors.Is(err, errForbidden) || !answers(act) || !f.State.Allows(act) {
		return found, err
	}
	// Who stands in the circuit is told that it is not their turn, not that they may not.
	for _, pos := range p.Positions {
		if pos.AgencyID == f.AgencyID && (pos.Role.Signs() && pos.ID == f.ApproverPositionID || slices.Contains(f.Asked, pos.ID)) {
			return pos, document.ErrNotYourTurn
		}
	}
	return found, err
}

// answers tells whether the act is one that a step of a circuit asks for.
func answers(act document.Act) bool {
	switch act {
	case document.Review, document.Initial, document.CheckLayout, document.GiveOpinion, document.Approve, document.Return:
		return true
	}
	return false
}

// awaits tells whether the document waits for the position. One that was
// submitted to its approver alone has no circuit to say so.
func (f DocumentFacts) awaits(pos org.Position) bool {
	if f.State != document.Submitted || pos.Role == org.Admin {
		return false
	}
	if len(f.Awaited) == 0 {
		return f.atApproval() && pos.Role.Signs() && pos.ID == f.ApproverPositionID
	}
	return slices.Contains(f.Awaited, pos.ID)
}

func (f DocumentFacts) atApproval() bool { return f.Stage == "" || f.Stage == document.ApproveStep }

// MayEdit refuses who may not edit the document under any of their positions.
func (p Person) MayEdit(f DocumentFacts) error {
	if err := p.ReadDocument(f); err != nil {
		return err
	}
	if !slices.ContainsFunc(p.Positions, func(pos org.Position) bool { return pos.AgencyID == f.AgencyID && p.mayDocument(document.Edit, f, pos) }) {
		return errForbidden
	}
	return nil
}

func (p Person) mayDocument(act document.Act, f DocumentFacts, pos org.Position) bool {
	switch act {
	case document.Edit, document.Discard, document.Submit, document.Withdraw, document.Reopen:
		return f.AuthorAccountID == p.AccountID && drafters(pos.Role)
	case document.Plan, document.Reassign:
		return f.AuthorAccountID == p.AccountID && drafters(pos.Role) || f.awaits(pos) ||
			f.State == document.Submitted && pos.Role == org.Clerk
	case document.Review, document.Initial, document.CheckLayout, document.GiveOpinion:
		return f.Stage.Act() == act && f.awaits(pos) && pos.Covers(org.PowerApprove)
	case document.Return:
		return f.awaits(pos)
	case document.Approve:
		return pos.Role.Signs() && pos.ID == f.ApproverPositionID && f.atApproval() && f.awaits(pos)
	case document.SendBack:
		if f.State == document.Submitted {
			return f.awaits(pos)
		}
		// What is signed already is also given back by who signed it.
		return pos.Role == org.Clerk || f.State == document.Signed && pos.Role.Signs() && pos.ID == f.ApproverPositionID
	case document.Sign:
		return pos.Role.Signs() && pos.ID == f.ApproverPositionID && pos.Covers(org.PowerApprove) && !f.Copy
	case document.Number, document.Issue, document.TakeBack, document.Replace, document.Update:
		return pos.Role == org.Clerk
	case document.Seal:
		// Only the clerk, and only what is signed (NĐ 30/2020, điều 32).
		return pos.Role == org.Clerk && (f.Signed || f.Copy) && !f.Sealed && pos.Covers(org.PowerIssue)
	case document.Void, document.Recall:
		return pos.Role == org.Clerk || pos.Role == org.Leader
	}
	return false
}

// scopeOf tells which scope a token needs for an act.
func scopeOf(act document.Act) Scope {
	switch act {
	case document.Approve, document.SendBack, document.Return,
		document.Review, document.Initial, document.CheckLayout, document.GiveOpinion:
		return ScopeApprove
	case document.Number:
		return ScopeNumber
	case document.Issue, document.Void, document.TakeBack, document.Recall, document.Replace, document.Update:
		return ScopeIssue
	case document.Sign, document.Seal:
		return ScopeSigning
	}
	return ScopeDraft
}

// ScopeFor gives the scope of an act on a document.
func ScopeFor(act document.Act) Scope { return scopeOf(act) }

// DocumentActs gives what the person may do with the document now, in the
// order of the life cycle: exactly what OnDocument and the life cycle allow.
func (p Person) DocumentActs(f DocumentFacts) []document.Act {
	acts := []document.Act{}
	for _, act := range document.Acts() {
		if !f.State.Allows(act) || p.Allowed(scopeOf(act)) != nil {
			continue
		}
		if slices.ContainsFunc(p.Under(scopeOf(act)).Positions, func(pos org.Position) bool {
			return pos.AgencyID == f.AgencyID && p.mayDocument(act, f, pos)
		}) {
			acts = append(acts, act)
		}
	}
	return acts
}
