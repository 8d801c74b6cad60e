package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
)

// LineView is one way to look at the work of an office.
type LineView string

// The views. Each has an index in its order, by due date, and counts by the
// very conditions that it lists by.
const (
	LinesTodo   LineView = "todo"    // all that waits for me: to do, to direct, to give out
	LinesMine   LineView = "mine"    // expected of me
	LinesDirect LineView = "direct"  // wait for my direction or proposal
	LinesUnit   LineView = "unit"    // of my unit and its people
	LinesGiven  LineView = "given"   // what I asked others to do
	LinesToGive LineView = "to_give" // registered, nobody has it yet
	LinesLate   LineView = "late"    // past their due date, as far as I may know
)

// LineViews gives all of them.
func LineViews() []LineView {
	return []LineView{LinesTodo, LinesMine, LinesDirect, LinesUnit, LinesGiven, LinesToGive, LinesLate}
}

// LineReach is what a person may look at. An agency stands in All when its
// whole work is the person's business.
type LineReach struct {
	Mine    []place // own positions
	Units   []place // units that the person heads or is clerk of
	People  []place // positions in those units
	Clerk   []org.ID
	All     []org.ID
	holders []org.ID // in agencies that do not stand in All
	some    []org.ID
}

type place struct{ agency, id org.ID }

// LineReachOf translates the policy into what lists of lines ask.
func (tx *Tx) LineReachOf(ctx context.Context, p access.Person, agency org.ID) (LineReach, error) {
	var r LineReach
	within := func(pos org.Position) bool {
		return pos.Role != org.Admin && (agency.IsZero() || pos.AgencyID == agency)
	}
	var units []org.ID
	for _, pos := range p.Positions {
		if !within(pos) {
			continue
		}
		r.Mine = append(r.Mine, place{pos.AgencyID, pos.ID})
		if access.SeesUnit(pos) {
			r.Units, units = append(r.Units, place{pos.AgencyID, pos.UnitID}), append(units, pos.UnitID)
		}
		if pos.Role == org.Clerk {
			r.Clerk = append(r.Clerk, pos.AgencyID)
		}
		if access.SeesAllArrivals(pos.Role) {
			r.All = append(r.All, pos.AgencyID)
		} else {
			r.some = append(r.some, pos.AgencyID)
		}
	}
	r.some = slices.DeleteFunc(r.some, func(id org.ID) bool { return slices.Contains(r.All, id) })
	if len(units) > 0 {
		rows, err := tx.q.PositionsInUnits(ctx, p.Agencies(), units)
		if err != nil {
			return r, fmt.Errorf("list positions of units: %w", err)
		}
		for _, row := range rows {
			r.People = append(r.People, place{row.AgencyID, row.ID})
		}
	}
	for _, list := range [][]place{r.Mine, r.Units, r.People} {
		for _, x := range list {
			r.holders = append(r.holders, x.id)
		}
	}
	return r, nil
}

// LineFilter chooses a view and narrows it.
type LineFilter struct {
	View   LineView
	Today  org.Day
	Late   bool   // only what is late
	Holder org.ID // the unit or position that has it
	After  Cursor
	Limit  int
}

// LineSummary is a row of the list: a line and the arrival it is a share of.
type LineSummary struct {
	routing.Line
	HolderName, HolderTitle, GiverName string
	AgencyID, ArrivalID                org.ID
	AgencyName                         string
	Kind, IssuerName, Number, Symbol   string
	Subject                            string
	Urgency                            document.Urgency
	ArrivalNumber                      int
	ArrivedAt                          time.Time
}

// Cursor gives the place of the row in the list.
func (l LineSummary) Cursor() Cursor {
	if l.DueDate.IsZero() {
		return Cursor{At: never, ID: l.ID}
	}
	return Cursor{At: l.DueDate.Start(), ID: l.ID}
}

// never stands for no due date in a cursor; such lines come last.
var never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

func dueOf(c Cursor) string {
	if c.At.Year() >= never.Year() {
		return "infinity"
	}
	return org.DayOf(c.At).String()
}

const (
	byDue    = "coalesce(l.due_date, 'infinity'), l.id"
	openWork = "l.role <> 'inform' and l.state = 'open'"
	withUs   = "l.role <> 'inform' and l.state in ('awaiting', 'open')"
	notDone  = "l.role <> 'inform' and l.state in ('awaiting', 'open', 'forwarded')"
)

// lines gives one branch for each kind of holder of the view.
func (b *builder) lines(r LineReach, f LineFilter, what string) ([]string, error) {
	common := ""
	if f.Late {
		common += fmt.Sprintf(" and l.due_date < %s::date", b.arg(f.Today))
	}
	if !f.Holder.IsZero() {
		common += fmt.Sprintf(" and %s in (l.unit_id, l.position_id)", b.arg(f.Holder))
	}
	if !f.After.ID.IsZero() {
		common += fmt.Sprintf(" and (%s) > (%s::text::date, %s::uuid)", byDue, b.arg(dueOf(f.After)), b.arg(f.After.ID))
	}
	var branches []string
	add := func(places []place, condition string) {
		if len(places) == 0 {
			return
		}
		agencies, ids := make([]org.ID, len(places)), make([]org.ID, len(places))
		for i, p := range places {
			agencies[i], ids[i] = p.agency, p.id
		}
		branches = append(branches, fmt.Sprintf("unnest(%s::uuid[], %s::uuid[]) p (agency, id) cross join lateral (select %s from line l "+
			"join arrival x on x.agency_id = l.agency_id and x.id = l.arrival_id where l.agency_id = p.agency and %s%s order by %s",
			b.arg(agencies), b.arg(ids), what, condition, common, byDue))
	}
	const toGive = "l.unit_id is null and l.position_id is null and l.state = 'open' and l.parent_id is null"
	switch f.View {
	case LinesTodo:
		add(r.Mine, "l.position_id = p.id and "+openWork)
		add(whole(r.Clerk), toGive)
	case LinesMine:
		add(r.Mine, "l.position_id = p.id and "+openWork+" and l.asks = 'work'")
	case LinesDirect:
		add(r.Mine, "l.position_id = p.id and "+openWork+" and l.asks <> 'work'")
	case LinesUnit:
		add(r.Units, "l.unit_id = p.id and "+withUs)
		add(r.People, "l.position_id = p.id and "+openWork)
	case LinesGiven:
		add(r.Mine, "l.giver_position_id = p.id and "+notDone)
	case LinesToGive:
		add(whole(r.Clerk), toGive)
	case LinesLate:
		late := fmt.Sprintf("l.due_date < %s::date and l.due_date is not null and %s and (l.unit_id is not null or l.position_id is not null)", b.arg(f.Today), notDone)
		add(whole(r.All), late)
		if len(r.some) > 0 {
			add(whole(r.some), late+fmt.Sprintf(" and (l.unit_id = any(%[1]s::uuid[]) or l.position_id = any(%[1]s::uuid[]))", b.arg(r.holders)))
		}
	default:
		return nil, fault.InvalidField("view", "unknown_view", "Danh sách không hợp lệ.", "The view is not known.")
	}
	return branches, nil
}

func whole(agencies []org.ID) []place {
	list := make([]place, len(agencies))
	for i, id := range agencies {
		list[i] = place{id, id}
	}
	return list
}

// Lines gives a page of the view, the earliest due date first.
func (tx *Tx) Lines(ctx context.Context, r LineReach, f LineFilter) ([]LineSummary, error) {
	var b builder
	const columns = "l.*, x.kind, x.issuer_name, x.number, x.symbol, x.subject, x.urgency, x.arrival_number, x.arrived_at"
	branches, err := b.lines(r, f, columns)
	if err != nil || len(branches) == 0 {
		return []LineSummary{}, err
	}
	limit := b.arg(f.Limit)
	for i := range branches {
		branches[i] = fmt.Sprintf("select l.* from %s limit %s) l", branches[i], limit)
	}
	sql := fmt.Sprintf(`
select l.id, l.parent_id, l.unit_id, l.position_id, l.role, l.state, l.asks, l.due_date, l.read_at, l.started_at, l.given_back, l.created_at,
       coalesce(c.full_name, u.name, ''), coalesce(p.title, ''), coalesce(gc.full_name, ''), l.agency_id, l.arrival_id, g.name,
       l.kind, l.issuer_name, l.number, l.symbol, l.subject, l.urgency, coalesce(l.arrival_number, 0), l.arrived_at
  from (select distinct on (coalesce(l.due_date, 'infinity'), l.id) l.* from (%s) l order by %s limit %s) l
  join agency g on g.id = l.agency_id
  left join unit u on u.agency_id = l.agency_id and u.id = l.unit_id
  left join position p on p.agency_id = l.agency_id and p.id = l.position_id
  left join account c on c.id = p.account_id
  left join position gp on gp.agency_id = l.agency_id and gp.id = l.giver_position_id
  left join account gc on gc.id = gp.account_id
 order by %s`, strings.Join(branches, " union all "), byDue, limit, byDue)
	return rows(ctx, tx, sql, b.args, readLine)
}

func readLine(r pgx.CollectableRow) (LineSummary, error) {
	var l LineSummary
	var parent, unit, position *org.ID
	var role, state, asks, urgency string
	var due *org.Day
	var read, started *time.Time
	err := r.Scan(&l.ID, &parent, &unit, &position, &role, &state, &asks, &due, &read, &started, &l.GivenBack, &l.CreatedAt,
		&l.HolderName, &l.HolderTitle, &l.GiverName, &l.AgencyID, &l.ArrivalID, &l.AgencyName,
		&l.Kind, &l.IssuerName, &l.Number, &l.Symbol, &l.Subject, &urgency, &l.ArrivalNumber, &l.ArrivedAt)
	l.ParentID, l.UnitID, l.PositionID, l.DueDate, l.ReadAt, l.StartedAt = value(parent), value(unit), value(position), value(due), value(read), value(started)
	l.Role, l.State, l.Asks, l.Urgency = routing.LineRole(role), routing.LineState(state), routing.Asks(asks), document.Urgency(urgency)
	return l, err
}

// CountLines counts what Lines would list, up to CountCap.
func (tx *Tx) CountLines(ctx context.Context, r LineReach, f LineFilter) (int, bool, error) {
	var b builder
	branches, err := b.lines(r, f, "l.id")
	if err != nil || len(branches) == 0 {
		return 0, false, err
	}
	for i := range branches {
		branches[i] = fmt.Sprintf("select l.id from %s limit %d) l", branches[i], CountCap+1)
	}
	return tx.capped(ctx, "select distinct l.id from ("+strings.Join(branches, " union all ")+") l", b.args)
}

// LateCount is how much of a holder's work is late.
type LateCount struct {
	AgencyID, UnitID, PositionID org.ID
	Name, Title                  string
	Late                         int
	Oldest                       org.Day
}

// lateMost is how many late lines are counted at most, the oldest first.
const lateMost = 5000

// LateCounts counts late work by unit and person, by the conditions of the view
// LinesLate.
func (tx *Tx) LateCounts(ctx context.Context, r LineReach, today org.Day) ([]LateCount, error) {
	var b builder
	branches, err := b.lines(r, LineFilter{View: LinesLate, Today: today}, "l.agency_id, l.unit_id, l.position_id, l.due_date, l.id")
	if err != nil || len(branches) == 0 {
		return []LateCount{}, err
	}
	for i := range branches {
		branches[i] = fmt.Sprintf("select l.* from %s limit %d) l", branches[i], lateMost)
	}
	sql := fmt.Sprintf(`
select n.agency_id, n.unit_id, n.position_id, coalesce(c.full_name, u.name, ''), coalesce(p.title, ''), n.late, n.oldest
  from (select l.agency_id, l.unit_id, l.position_id, count(*)::int as late, min(l.due_date) as oldest from (%s) l group by 1, 2, 3) n
  left join unit u on u.agency_id = n.agency_id and u.id = n.unit_id
  left join position p on p.agency_id = n.agency_id and p.id = n.position_id
  left join account c on c.id = p.account_id
 order by n.late desc, n.oldest, 4
 limit 500`, strings.Join(branches, " union all "))
	return rows(ctx, tx, sql, b.args, func(r pgx.CollectableRow) (LateCount, error) {
		var n LateCount
		var unit, position *org.ID
		err := r.Scan(&n.AgencyID, &unit, &position, &n.Name, &n.Title, &n.Late, &n.Oldest)
		n.UnitID, n.PositionID = value(unit), value(position)
		return n, err
	})
}
