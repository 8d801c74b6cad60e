// Package notice tells people what waits for them: the work list with its
// counts, and live changes while they look. It must not change any document.
package notice

import (
	"context"
	"slices"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres"
)

// Service holds what the use cases need.
type Service struct {
	store *postgres.Store
	clock func() time.Time
}

// New makes the use cases over a store; clock gives the present moment.
func New(store *postgres.Store, clock func() time.Time) *Service {
	return &Service{store: store, clock: clock}
}

// Group is one kind of thing that is expected of the person: how much of it
// there is and the first of it. Count and list come from one filter.
type Group struct {
	Expected  string
	Count     int
	More      bool
	Since     org.Day // the first day that is counted, where not everything is
	Mine      bool    // only what the person drafted is counted
	Documents []postgres.DocumentSummary
	Arrivals  []postgres.ArrivalSummary
	Lines     []postgres.LineSummary
}

// remembered is for how many days a refusal stands among the work: what nobody
// took up by then is found in the list, and no longer stands in the way.
const remembered = 30

// shown is how many of each group the work list shows.
const shown = 10

// Work gives what waits for the person, group by group; empty groups are left out.
func (s *Service) Work(ctx context.Context, who access.Person) ([]Group, error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	groups := []Group{}
	today := org.DayOf(s.clock())
	err := s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		groups = groups[:0]
		for _, g := range documentGroups(who, today) {
			if err := g.read(ctx, tx, &groups); err != nil {
				return err
			}
		}
		for _, g := range arrivalGroups(who) {
			if err := g.read(ctx, tx, &groups); err != nil {
				return err
			}
		}
		if err := s.lineGroups(ctx, tx, who, &groups); err != nil {
			return err
		}
		if agencies, all, err := who.SeeMailboxes(); err == nil && !all {
			count, err := tx.MailboxesInTrouble(ctx, agencies, s.clock())
			if err != nil {
				return err
			}
			if count > 0 {
				groups = append(groups, Group{Expected: "mailboxes", Count: count})
			}
		}
		if clerks := who.ClerkAgencies(); len(clerks) > 0 {
			count, more, err := tx.CountQuarantined(ctx, clerks)
			if err != nil {
				return err
			}
			if count > 0 {
				groups = append(groups, Group{Expected: "quarantine", Count: count, More: more})
			}
		}
		return nil
	})
	return groups, err
}

type documentGroup struct {
	expected string
	reach    postgres.DocumentReach
	filter   postgres.DocumentFilter
}

func (g documentGroup) read(ctx context.Context, tx *postgres.Tx, groups *[]Group) error {
	count, more, err := tx.CountDocuments(ctx, g.reach, g.filter)
	if err != nil || count == 0 {
		return err
	}
	g.filter.Limit = shown
	list, err := tx.Documents(ctx, g.reach, g.filter)
	*groups = append(*groups, Group{Expected: g.expected, Count: count, More: more, Since: g.filter.RefusedSince, Mine: g.filter.Mine, Documents: list})
	return err
}

type arrivalGroup struct {
	expected string
	reach    postgres.ArrivalReach
	filter   postgres.ArrivalFilter
}

func (g arrivalGroup) read(ctx context.Context, tx *postgres.Tx, groups *[]Group) error {
	count, more, err := tx.CountArrivals(ctx, g.reach, g.filter)
	if err != nil || count == 0 {
		return err
	}
	g.filter.Limit = shown
	list, err := tx.Arrivals(ctx, g.reach, g.filter)
	*groups = append(*groups, Group{Expected: g.expected, Count: count, More: more, Arrivals: list})
	return err
}

// workViews are the views of lines that the work list shows.
var workViews = []postgres.LineView{postgres.LinesToGive, postgres.LinesDirect, postgres.LinesMine, postgres.LinesUnit}

// lineGroups adds the work that lines bring, the earliest due date first.
func (s *Service) lineGroups(ctx context.Context, tx *postgres.Tx, who access.Person, groups *[]Group) error {
	reach, err := tx.LineReachOf(ctx, who, org.ID{})
	if err != nil {
		return err
	}
	for _, view := range workViews {
		f := postgres.LineFilter{View: view}
		count, more, err := tx.CountLines(ctx, reach, f)
		if err != nil {
			return err
		}
		if count == 0 {
			continue
		}
		f.Limit = shown
		list, err := tx.Lines(ctx, reach, f)
		if err != nil {
			return err
		}
		*groups = append(*groups, Group{Expected: string(view), Count: count, More: more, Lines: list})
	}
	return nil
}

func documentGroups(who access.Person, today org.Day) []documentGroup {
	groups := circuitGroups(who, today)
	all := postgres.DocumentReachOf(who, org.ID{})
	if led := positionsOf(who, org.Leader); len(led) > 0 {
		groups = append(groups, documentGroup{"approve", all,
			postgres.DocumentFilter{States: []document.State{document.Submitted}, Approvers: led}})
	}
	if reach, filter := postgres.AwaitsSignature(who, document.Sign); len(filter.Signs) > 0 {
		groups = append(groups, documentGroup{"sign", reach, filter})
	}
	if clerk := asClerk(who); len(clerk.Positions) > 0 {
		reach := postgres.DocumentReachOf(clerk, org.ID{})
		sealing, filter := postgres.AwaitsSignature(who, document.Seal)
		groups = append(groups,
			documentGroup{"seal", sealing, filter},
			documentGroup{"number", reach, postgres.DocumentFilter{States: []document.State{document.Approved, document.Signed}}},
			documentGroup{"issue", reach, postgres.DocumentFilter{Issues: true}})
	}
	clerk := len(who.ClerkAgencies()) > 0
	return append(groups,
		documentGroup{"finish", all, postgres.DocumentFilter{States: []document.State{document.Draft}, Mine: true}},
		documentGroup{"refused", all, postgres.DocumentFilter{RefusedSince: today.AddDays(1 - remembered), Mine: !clerk}})
}

// circuitGroups are what circuits expect: a step of the person's own, a look at
// what changed since they agreed, and somebody else for a person who has left.
func circuitGroups(who access.Person, today org.Day) []documentGroup {
	own := positionsOf(who, org.Clerk, org.Leader, org.UnitHead, org.Officer)
	if len(own) == 0 {
		return nil
	}
	reach := postgres.DocumentReachOf(who, org.ID{})
	submitted := []document.State{document.Submitted}
	groups := []documentGroup{
		{"answer", reach, postgres.DocumentFilter{States: submitted, Awaits: own}},
		{"changed", reach, postgres.DocumentFilter{States: submitted, Told: own}},
	}
	if clerk := asClerk(who); len(clerk.Positions) > 0 {
		return append(groups, documentGroup{"reassign", postgres.DocumentReachOf(clerk, org.ID{}), postgres.DocumentFilter{States: submitted, LeftOn: today}})
	}
	return append(groups, documentGroup{"reassign", reach, postgres.DocumentFilter{States: submitted, LeftOn: today, Mine: true}})
}

func arrivalGroups(who access.Person) []arrivalGroup {
	var groups []arrivalGroup
	clerk := asClerk(who)
	if len(clerk.Positions) > 0 {
		groups = append(groups, arrivalGroup{"register", postgres.ArrivalReachOf(clerk, org.ID{}), postgres.ArrivalFilter{State: routing.Awaiting}})
	}
	return append(groups, arrivalGroup{"read", postgres.ArrivalReachOf(who, org.ID{}), postgres.ArrivalFilter{Unread: true}})
}

func positionsOf(who access.Person, roles ...org.Role) []org.ID {
	var ids []org.ID
	for _, p := range who.Positions {
		if slices.Contains(roles, p.Role) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// asClerk is the person with the clerk's positions only.
func asClerk(who access.Person) access.Person {
	clerk := who
	clerk.Positions = nil
	for _, p := range who.Positions {
		if p.Role == org.Clerk {
			clerk.Positions = append(clerk.Positions, p)
		}
	}
	return clerk
}
