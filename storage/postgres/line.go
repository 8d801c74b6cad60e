package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres/internal/dbsqlc"
)

func treeLine(l dbsqlc.Line) routing.Line {
	return routing.Line{ID: l.ID, ParentID: value(l.ParentID), UnitID: value(l.UnitID), PositionID: value(l.PositionID),
		Role: routing.LineRole(l.Role), State: routing.LineState(l.State), Asks: routing.Asks(l.Asks), DirectionID: value(l.DirectionID),
		DueDate: value(l.DueDate), ReadAt: value(l.ReadAt), StartedAt: value(l.StartedAt), GivenBack: l.GivenBack,
		CreatedAt: l.CreatedAt, ClosedAt: value(l.ClosedAt)}
}

// ArrivalOfLine gives the arrival that a line of one of the agencies belongs to.
func (tx *Tx) ArrivalOfLine(ctx context.Context, agencies []org.ID, line org.ID) (org.ID, error) {
	id, err := tx.q.ArrivalOfLine(ctx, agencies, line)
	if err != nil {
		return org.ID{}, fmt.Errorf("read line: %w", err)
	}
	return id, nil
}

// Grown is a tree before and after one act.
type Grown struct {
	ArrivalID     org.ID
	Before, After routing.Tree
}

const (
	insertLines = `
insert into line (agency_id, id, arrival_id, parent_id, unit_id, position_id, role, state, asks, direction_id, giver_position_id, due_date, created_at)
select $1, l.id, l.arrival, l.parent, nullif(l.unit, '00000000-0000-0000-0000-000000000000'), nullif(l.position, '00000000-0000-0000-0000-000000000000'),
       l.role, l.state, l.asks, nullif(l.direction, '00000000-0000-0000-0000-000000000000'), $2, l.due, $3
  from unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::text[], $10::text[], $11::text[], $12::uuid[], $13::date[])
       l (id, arrival, parent, unit, position, role, state, asks, direction, due)`

	updateLines = `
update line set state = l.state, due_date = l.due, read_at = l.read, started_at = l.started, given_back = l.back, closed_at = l.closed,
                unit_id = nullif(l.unit, '00000000-0000-0000-0000-000000000000'), position_id = nullif(l.position, '00000000-0000-0000-0000-000000000000'),
                version = version + 1
  from unnest($2::uuid[], $3::text[], $4::date[], $5::timestamptz[], $6::timestamptz[], $7::bool[], $8::timestamptz[], $9::uuid[], $10::uuid[])
       l (id, state, due, read, started, back, closed, unit, position)
 where line.agency_id = $1 and line.id = l.id`
)

// SaveLines writes what acts made of the lines of one arrival or of hundreds:
// one insert for all that are new, one update for all that changed. A tree that
// breaks its own rules is a defect of ours and is never written.
func (tx *Tx) SaveLines(ctx context.Context, agency, giver org.ID, now time.Time, grown ...Grown) error {
	var added, changed lineColumns
	for _, g := range grown {
		if err := g.After.Check(); err != nil {
			return fmt.Errorf("lines of %s: %w", g.ArrivalID, err)
		}
		for i, l := range g.After {
			switch {
			case i >= len(g.Before):
				added.add(g.ArrivalID, l)
			case g.Before[i] != l:
				changed.add(g.ArrivalID, l)
			}
		}
	}
	var b pgx.Batch
	if len(added.ids) > 0 {
		b.Queue(insertLines, agency, optional(giver), now, added.ids, added.arrivals, added.parents, added.units, added.positions,
			added.roles, added.states, added.asks, added.directions, added.dues)
	}
	if len(changed.ids) > 0 {
		b.Queue(updateLines, agency, changed.ids, changed.states, changed.dues, changed.reads, changed.starts, changed.backs, changed.closes,
			changed.units, changed.positions)
	}
	if b.Len() == 0 {
		return nil
	}
	if err := tx.tx.SendBatch(ctx, &b).Close(); err != nil {
		return fmt.Errorf("save lines: %w", err)
	}
	return nil
}

type lineColumns struct {
	ids, arrivals, parents, units, positions, directions []org.ID
	roles, states, asks                                  []string
	dues                                                 []*org.Day
	reads, starts, closes                                []*time.Time
	backs                                                []bool
}

func (c *lineColumns) add(arrival org.ID, l routing.Line) {
	c.ids, c.arrivals, c.parents = append(c.ids, l.ID), append(c.arrivals, arrival), append(c.parents, l.ParentID)
	c.units, c.positions, c.directions = append(c.units, l.UnitID), append(c.positions, l.PositionID), append(c.directions, l.DirectionID)
	c.roles, c.states, c.asks = append(c.roles, string(l.Role)), append(c.states, string(l.State)), append(c.asks, string(l.Asks))
	c.dues, c.backs = append(c.dues, optional(l.DueDate)), append(c.backs, l.GivenBack)
	c.reads, c.starts, c.closes = append(c.reads, optional(l.ReadAt)), append(c.starts, optional(l.StartedAt)), append(c.closes, optional(l.ClosedAt))
}

// HoldersThere gives which of the holders may be given a line on the day:
// people with a valid position, and units that have somebody to take in.
func (tx *Tx) HoldersThere(ctx context.Context, agency org.ID, holders []routing.Holder, day org.Day) (map[routing.Holder]bool, error) {
	units, positions := []org.ID{}, []org.ID{}
	for _, h := range holders {
		if h.PositionID.IsZero() {
			units = append(units, h.UnitID)
		} else {
			positions = append(positions, h.PositionID)
		}
	}
	rows, err := tx.q.HoldersThere(ctx, dbsqlc.HoldersThereParams{AgencyID: agency, Positions: positions, Units: units, Today: day})
	if err != nil {
		return nil, fmt.Errorf("look for holders: %w", err)
	}
	there := map[routing.Holder]bool{}
	for _, r := range rows {
		if r.Unit {
			there[routing.Holder{UnitID: r.ID}] = true
		} else {
			there[routing.Holder{PositionID: r.ID}] = true
		}
	}
	return there, nil
}

// PositionNamed gives a position of the agency with its holder's name.
func (tx *Tx) PositionNamed(ctx context.Context, agency, id org.ID) (org.Position, string, error) {
	r, err := tx.q.PositionNamed(ctx, agency, id)
	if err != nil {
		return org.Position{}, "", fmt.Errorf("read position: %w", err)
	}
	return org.Position{ID: r.ID, AccountID: r.AccountID, AgencyID: r.AgencyID, UnitID: value(r.UnitID), Role: org.Role(r.Role), Title: r.Title}, r.FullName, nil
}
