package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
)

// ArrivalReach is what a person may see of incoming documents: everything in
// the agencies of All, and what a line brings in the agencies of Lines.
// domain/access says the same of one arrival, and a test holds the two together.
type ArrivalReach struct {
	All       []org.ID
	Clerk     []org.ID // of All, where the agency's own lines are the person's
	Lines     []org.ID
	Positions []org.ID
	Units     []org.ID
}

// ArrivalFilter narrows the list. Zero values do not.
type ArrivalFilter struct {
	IDs     []org.ID // among these
	Query   string
	State   routing.State
	Source  routing.Source
	Kind    string
	Urgency document.Urgency
	Unread  bool // an open line of the person's own that was not opened yet
	// Followed keeps what this account follows.
	Followed org.ID
	From     org.Day
	Until    org.Day
	After    Cursor
	Limit    int
}

// ArrivalSummary is a row of the list.
type ArrivalSummary struct {
	ID            org.ID
	AgencyID      org.ID
	AgencyName    string
	Source        routing.Source
	State         routing.State
	Role          document.RecipientRole
	Kind          string
	IssuerName    string
	Number        string
	Symbol        string
	DocumentDate  org.Day
	Subject       string
	Urgency       document.Urgency
	DueDate       org.Day
	ArrivedAt     time.Time
	ArrivalNumber int
	ArrivalDay    org.Day
	FileCount     int
	Read          bool
}

// heldLine matches the lines of alias l that are the person's own or their
// unit's; the agency's own line is its clerk's.
const heldLine = "(l.position_id = any(%[1]s::uuid[]) or l.unit_id = any(%[2]s::uuid[]))"

func (b *builder) held(reach ArrivalReach) string {
	return fmt.Sprintf(heldLine, b.arg(notNull(reach.Positions)), b.arg(notNull(reach.Units)))
}

// unrestricted keeps a restricted arrival from who holds no line of it, as the
// policy of the table does.
func (b *builder) unrestricted(reach ArrivalReach) string {
	return fmt.Sprintf("(not x.restricted or exists (select 1 from line l where l.agency_id = x.agency_id and l.arrival_id = x.id and l.state <> 'withdrawn' "+
		"and (%s or l.unit_id is null and l.position_id is null and l.agency_id = any(%s::uuid[]))))", b.held(reach), b.arg(notNull(reach.Clerk)))
}

func (b *builder) arrivals(reach ArrivalReach, f ArrivalFilter, enough *int) (branches []string) {
	b.where = append(b.where, "x.agency_id = a.id")
	if f.IDs != nil {
		b.and("x.id = any(%s::uuid[])", f.IDs)
	}
	if f.State != "" {
		b.and("x.state = %s", string(f.State))
	}
	if f.Source != "" {
		b.and("x.source = %s", string(f.Source))
	}
	if f.Kind != "" {
		b.and("x.kind = %s", f.Kind)
	}
	if f.Urgency != "" {
		b.and("x.urgency = %s", string(f.Urgency))
	}
	if !f.Followed.IsZero() {
		b.and("exists (select from arrival_follow w where w.agency_id = x.agency_id and w.account_id = %s and w.arrival_id = x.id)", f.Followed)
	}
	if !f.From.IsZero() {
		b.and("x.arrived_at >= %s", f.From.Start())
	}
	if !f.Until.IsZero() {
		b.and("x.arrived_at < %s", f.Until.AddDays(1).Start())
	}
	if !f.After.At.IsZero() {
		b.and("(x.arrived_at, x.id) < (%s::timestamptz, %s::uuid)", f.After.At, f.After.ID)
	}
	if f.Query != "" {
		b.found("arrival", f.Query, spanOf(f.From, f.Until, f.After), enough)
	}
	if len(reach.All) > 0 && !f.Unread {
		branches = append(branches, fmt.Sprintf("unnest(%s::uuid[]) a (id) cross join lateral (select x.* from arrival x where %s", b.arg(reach.All), b.conditions()+" and "+b.unrestricted(reach)))
	}
	mine := reach.Lines
	if f.Unread {
		mine = append(append([]org.ID{}, reach.Lines...), reach.All...)
	}
	if len(mine) > 0 {
		unread := ""
		if f.Unread {
			unread = " and l.read_at is null and l.state in ('awaiting', 'open')"
		}
		brought := fmt.Sprintf("x.id in (select l.arrival_id from line l where l.agency_id = a.id and %s and l.state <> 'withdrawn'%s)", b.held(reach), unread)
		branches = append(branches, fmt.Sprintf("unnest(%s::uuid[]) a (id) cross join lateral (select x.* from arrival x where %s and %s", b.arg(mine), b.conditions(), brought))
	}
	return branches
}

// Arrivals gives a page of incoming documents, newest first.
func (tx *Tx) Arrivals(ctx context.Context, reach ArrivalReach, f ArrivalFilter) ([]ArrivalSummary, error) {
	return searched(f.Query, f.Limit, func(enough *int) ([]ArrivalSummary, error) { return tx.arrivals(ctx, reach, f, enough) })
}

func (tx *Tx) arrivals(ctx context.Context, reach ArrivalReach, f ArrivalFilter, enough *int) ([]ArrivalSummary, error) {
	var b builder
	branches := b.arrivals(reach, f, enough)
	if len(branches) == 0 {
		return []ArrivalSummary{}, nil
	}
	limit := b.arg(f.Limit)
	for i := range branches {
		branches[i] = fmt.Sprintf("select x.* from %s order by x.arrived_at desc, x.id desc limit %s) x", branches[i], limit)
	}
	sql := fmt.Sprintf(`
select x.id, x.agency_id, g.name, x.source, x.state, x.role, x.kind, x.issuer_name, x.number, x.symbol, x.document_date, x.subject, x.urgency,
       x.due_date, x.arrived_at, coalesce(x.arrival_number, 0), x.arrival_day,
       (select count(*) from arrival_file f where f.agency_id = x.agency_id and f.arrival_id = x.id),
       exists (select 1 from line l where l.agency_id = x.agency_id and l.arrival_id = x.id and l.read_at is not null
                  and (l.position_id is null and l.unit_id is null or %s))
  from (select * from (%s) x order by x.arrived_at desc, x.id desc limit %s) x
  join agency g on g.id = x.agency_id
 order by x.arrived_at desc, x.id desc`, b.held(reach), strings.Join(branches, " union all "), limit)
	return rows(ctx, tx, sql, b.args, func(r pgx.CollectableRow) (ArrivalSummary, error) {
		var a ArrivalSummary
		var source, state, role, urgency string
		var date, due, day *org.Day
		err := r.Scan(&a.ID, &a.AgencyID, &a.AgencyName, &source, &state, &role, &a.Kind, &a.IssuerName, &a.Number, &a.Symbol, &date, &a.Subject, &urgency,
			&due, &a.ArrivedAt, &a.ArrivalNumber, &day, &a.FileCount, &a.Read)
		a.Source, a.State, a.Role, a.Urgency = routing.Source(source), routing.State(state), document.RecipientRole(role), document.Urgency(urgency)
		a.DocumentDate, a.DueDate, a.ArrivalDay = value(date), value(due), value(day)
		return a, err
	})
}

// CountArrivals counts what Arrivals would list, up to CountCap.
func (tx *Tx) CountArrivals(ctx context.Context, reach ArrivalReach, f ArrivalFilter) (int, bool, error) {
	var b builder
	branches := b.arrivals(reach, f, nil)
	if len(branches) == 0 {
		return 0, false, nil
	}
	for i := range branches {
		branches[i] = fmt.Sprintf("select 1 from %s limit %d) x", branches[i], CountCap+1)
	}
	return tx.capped(ctx, "select 1 from ("+strings.Join(branches, " union all ")+") x", b.args)
}
