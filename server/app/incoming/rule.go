package incoming

import (
	"context"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres"
)

// ForwardRules are to whom an agency forwards what arrives, in its order.
type ForwardRules struct {
	Rules   []routing.ForwardRule
	Version int
	MayEdit bool
}

// ForwardRules gives the rules of an agency that the person works in.
func (s *Service) ForwardRules(ctx context.Context, who access.Person, agency org.ID) (ForwardRules, error) {
	if err := who.SeeForwardRules(agency); err != nil {
		return ForwardRules{}, err
	}
	r := ForwardRules{MayEdit: who.KeepForwardRules(agency) == nil}
	err := s.store.InTx(ctx, postgres.PersonScope(append(who.Everywhere(), agency)), func(tx *postgres.Tx) (err error) {
		r.Rules, r.Version, err = tx.ForwardRules(ctx, agency)
		return err
	})
	return r, err
}

// SetForwardRules replaces the rules of an agency.
func (s *Service) SetForwardRules(ctx context.Context, who access.Person, agency org.ID, version int, rules []routing.ForwardRule) (ForwardRules, error) {
	if err := who.KeepForwardRules(agency); err != nil {
		return ForwardRules{}, err
	}
	if err := routing.CheckForwardRules(rules); err != nil {
		return ForwardRules{}, err
	}
	now := s.clock()
	err := s.store.InTx(ctx, postgres.PersonScope(append(who.Everywhere(), agency)), func(tx *postgres.Tx) error {
		if err := tx.ActFor(ctx, agency); err != nil {
			return err
		}
		there, err := tx.HoldersThere(ctx, agency, holdersOf(rules), org.DayOf(now))
		if err != nil {
			return err
		}
		for i := range rules {
			if !there[rules[i].Holder] {
				return fault.InvalidField("items", "nobody_there", "Quy tắc «"+rules[i].Name+"»: nơi nhận không còn hoạt động hoặc chưa có người tiếp nhận.",
					"Rule “"+rules[i].Name+"”: they have left, or nobody takes in there.")
			}
			rules[i].ID = postgres.NewID()
		}
		if err := tx.SaveForwardRules(ctx, agency, version, rules); err != nil {
			return err
		}
		by := document.By{Position: who.PositionIn(agency), Name: who.FullName}
		return tx.Record(ctx, agency, "agency", agency, document.Event{Verb: "forward_rules_set"}, by, now)
	})
	if err != nil {
		return ForwardRules{}, err
	}
	return s.ForwardRules(ctx, who, agency)
}

func holdersOf(rules []routing.ForwardRule) []routing.Holder {
	holders := make([]routing.Holder, len(rules))
	for i, r := range rules {
		holders[i] = r.Holder
	}
	return holders
}

// Suggestion is the rule that fits an arrival and what it comes to today.
type Suggestion struct {
	Rule    routing.ForwardRule
	DueDate org.Day
}

// suggest gives what the agency's rules say of an arrival that nobody was
// given yet. A rule that leads to who has left gives way to the next.
func suggest(ctx context.Context, tx *postgres.Tx, a routing.Arrival, due, today org.Day) (*Suggestion, error) {
	root := a.Lines.Root()
	if a.State != routing.Awaiting && a.State != routing.Registered || !root.AgencyLine() || root.State.Closed() || len(a.Lines) > 1 {
		return nil, nil
	}
	rules, _, err := tx.ForwardRules(ctx, a.AgencyID)
	if err != nil || len(rules) == 0 {
		return nil, err
	}
	there, err := tx.HoldersThere(ctx, a.AgencyID, holdersOf(rules), today)
	if err != nil {
		return nil, err
	}
	rule, ok := routing.FirstRule(rules, a.Fields, there)
	if !ok {
		return nil, nil
	}
	s := &Suggestion{Rule: rule, DueDate: due}
	if rule.Days > 0 && s.DueDate.IsZero() {
		calendar, err := tx.Calendar(ctx, a.AgencyID)
		if err != nil {
			return nil, err
		}
		s.DueDate = calendar.After(today, rule.Days)
	}
	return s, nil
}

// dueForWork gives the due date that an arrival brings along as work can be
// given by it: one on a day of rest moves on to the next working day (Bộ luật
// Dân sự 2015, điều 148.5), and one that has passed is nobody's.
func dueForWork(ctx context.Context, tx *postgres.Tx, a routing.Arrival, today org.Day) (org.Day, error) {
	if a.DueDate.IsZero() || a.DueDate.Before(today) {
		return org.Day{}, nil
	}
	calendar, err := tx.Calendar(ctx, a.AgencyID)
	if err != nil {
		return org.Day{}, err
	}
	return calendar.After(a.DueDate, 0), nil
}
