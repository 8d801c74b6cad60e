package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Position is a person's place in an agency with the names that lists show.
type Position struct {
	org.Position
	FullName   string
	AgencyName string
	UnitName   string
	Version    int
}

func positionOf(r dbsqlc.Position) Position {
	return Position{Position: org.Position{ID: r.ID, AccountID: r.AccountID, AgencyID: r.AgencyID, UnitID: value(r.UnitID), Role: org.Role(r.Role),
		Title: r.Title, Validity: org.Validity{From: r.ValidFrom, Until: value(r.ValidUntil)}}, Version: int(r.Version)}
}

// PositionsOf gives all positions of accounts that the scope may see, those
// without an end first.
func (tx *Tx) PositionsOf(ctx context.Context, accounts ...org.ID) ([]Position, error) {
	rows, err := tx.q.ListPositions(ctx, accounts)
	if err != nil {
		return nil, fmt.Errorf("list positions: %w", err)
	}
	list := make([]Position, len(rows))
	for i, r := range rows {
		list[i] = Position{Position: org.Position{ID: r.ID, AccountID: r.AccountID, AgencyID: r.AgencyID, UnitID: value(r.UnitID),
			Role: org.Role(r.Role), Title: r.Title, Validity: org.Validity{From: r.ValidFrom, Until: value(r.ValidUntil)}},
			FullName: r.FullName, AgencyName: r.AgencyName, UnitName: value(r.UnitName), Version: int(r.Version)}
	}
	return list, nil
}

// PositionHolder tells to which agency and account a position belongs, when
// the scope may know.
func (tx *Tx) PositionHolder(ctx context.Context, id org.ID) (agency, account org.ID, err error) {
	row, err := tx.q.FindPosition(ctx, id)
	if err != nil {
		return org.ID{}, org.ID{}, fmt.Errorf("find position: %w", translate(err))
	}
	return row.AgencyID, row.AccountID, nil
}

// LockPosition gives a position, without names, and keeps everybody else from
// changing it.
func (tx *Tx) LockPosition(ctx context.Context, agency, id org.ID) (Position, error) {
	row, err := tx.q.LockPosition(ctx, agency, id)
	if err != nil {
		return Position{}, fmt.Errorf("lock position: %w", translate(err))
	}
	return positionOf(row), nil
}

// AddPosition stores a new position.
func (tx *Tx) AddPosition(ctx context.Context, p org.Position) error {
	if err := tx.q.InsertPosition(ctx, dbsqlc.InsertPositionParams{AgencyID: p.AgencyID, ID: p.ID, AccountID: p.AccountID, UnitID: optional(p.UnitID),
		Role: string(p.Role), Title: p.Title, ValidFrom: p.Validity.From, ValidUntil: optional(p.Validity.Until)}); err != nil {
		return fmt.Errorf("add position: %w", err)
	}
	return nil
}

// SavePosition stores a changed position, unless somebody else changed it since.
func (tx *Tx) SavePosition(ctx context.Context, p Position) error {
	n, err := tx.q.UpdatePosition(ctx, dbsqlc.UpdatePositionParams{AgencyID: p.AgencyID, ID: p.ID, Version: int32(p.Version), Role: string(p.Role),
		UnitID: optional(p.UnitID), Title: p.Title, ValidFrom: p.Validity.From, ValidUntil: optional(p.Validity.Until)})
	if err != nil {
		return fmt.Errorf("save position: %w", err)
	}
	return changed(n)
}

// PeopleToChoose gives the positions valid on the day of people who have not left.
func (tx *Tx) PeopleToChoose(ctx context.Context, f PeopleFilter) ([]Position, error) {
	var b builder
	typed, err := tx.fold(ctx, f.Query)
	if err != nil {
		return nil, err
	}
	b.and("p.agency_id = any(%s::uuid[])", f.Agencies)
	b.and("p.valid_from <= %[1]s and (p.valid_until is null or p.valid_until >= %[1]s) and (a.left_on is null or a.left_on > %[1]s)", f.On)
	b.words("a.folded || ' ' || fold(p.title)", typed)
	if f.Role != "" {
		b.and("p.role = %s", string(f.Role))
	}
	sql := fmt.Sprintf(`
select p.id, p.account_id, p.agency_id, p.unit_id, p.role, p.title, p.valid_from, p.valid_until, p.version, a.full_name, g.name, coalesce(u.name, '')
  from position p
  join account a on a.id = p.account_id
  join agency g on g.id = p.agency_id
  left join unit u on u.agency_id = p.agency_id and u.id = p.unit_id
 where %s
 order by g.name collate vietnamese, a.full_name collate vietnamese, p.id
 limit %s`, b.conditions(), b.arg(f.Limit))
	return rows(ctx, tx, sql, b.args, func(r pgx.CollectableRow) (Position, error) {
		var p Position
		var unit *org.ID
		var role string
		var until *org.Day
		err := r.Scan(&p.ID, &p.AccountID, &p.AgencyID, &unit, &role, &p.Title, &p.Validity.From, &until, &p.Version, &p.FullName, &p.AgencyName, &p.UnitName)
		p.UnitID, p.Role, p.Validity.Until = value(unit), org.Role(role), value(until)
		return p, err
	})
}
