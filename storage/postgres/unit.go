package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Unit is a part of an agency as it is kept.
type Unit struct {
	org.Unit
	Version int
}

func unitOf(r dbsqlc.Unit) Unit {
	return Unit{Unit: org.Unit{ID: r.ID, AgencyID: r.AgencyID, ParentID: value(r.ParentID), Name: r.Name, Abbreviation: r.Abbreviation,
		Validity: org.Validity{From: r.ValidFrom, Until: value(r.ValidUntil)}}, Version: int(r.Version)}
}

func unitsFrom(rows []dbsqlc.Unit) []Unit {
	list := make([]Unit, len(rows))
	for i, r := range rows {
		list[i] = unitOf(r)
	}
	return list
}

// Units gives all units of an agency, also closed ones.
func (tx *Tx) Units(ctx context.Context, agency org.ID) ([]Unit, error) {
	rows, err := tx.q.ListUnits(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("list units: %w", err)
	}
	return unitsFrom(rows), nil
}

// UnitsIn gives all units of several agencies; for the import.
func (tx *Tx) UnitsIn(ctx context.Context, agencies []org.ID) ([]Unit, error) {
	rows, err := tx.q.UnitsIn(ctx, agencies)
	if err != nil {
		return nil, fmt.Errorf("list units: %w", err)
	}
	return unitsFrom(rows), nil
}

// UnitAgency tells to which agency a unit belongs, when the scope may know.
func (tx *Tx) UnitAgency(ctx context.Context, id org.ID) (org.ID, error) {
	agency, err := tx.q.FindUnit(ctx, id)
	if err != nil {
		return org.ID{}, fmt.Errorf("find unit: %w", translate(err))
	}
	return agency, nil
}

// LockUnit gives a unit and keeps everybody else from changing it.
func (tx *Tx) LockUnit(ctx context.Context, agency, id org.ID) (Unit, error) {
	row, err := tx.q.LockUnit(ctx, agency, id)
	if err != nil {
		return Unit{}, fmt.Errorf("lock unit: %w", translate(err))
	}
	return unitOf(row), nil
}

// AddUnit stores a new unit.
func (tx *Tx) AddUnit(ctx context.Context, u org.Unit) error {
	if err := tx.q.InsertUnit(ctx, dbsqlc.InsertUnitParams{AgencyID: u.AgencyID, ID: u.ID, Name: u.Name, Abbreviation: u.Abbreviation,
		ParentID: optional(u.ParentID), ValidFrom: u.Validity.From, ValidUntil: optional(u.Validity.Until)}); err != nil {
		return fmt.Errorf("add unit: %w", err)
	}
	return nil
}

// SaveUnit stores a changed unit, unless somebody else changed it since.
func (tx *Tx) SaveUnit(ctx context.Context, u Unit) error {
	n, err := tx.q.UpdateUnit(ctx, dbsqlc.UpdateUnitParams{AgencyID: u.AgencyID, ID: u.ID, Version: int32(u.Version), Name: u.Name,
		Abbreviation: u.Abbreviation, ParentID: optional(u.ParentID), ValidFrom: u.Validity.From, ValidUntil: optional(u.Validity.Until)})
	if err != nil {
		return fmt.Errorf("save unit: %w", err)
	}
	return changed(n)
}

// PeopleFilter narrows the units and people to choose from. An empty query or
// role does not.
type PeopleFilter struct {
	Agencies []org.ID
	Query    string
	Role     org.Role
	On       org.Day
	Limit    int
}

// UnitsToChoose gives the units valid on the day.
func (tx *Tx) UnitsToChoose(ctx context.Context, f PeopleFilter) ([]Unit, error) {
	var b builder
	typed, err := tx.fold(ctx, f.Query)
	if err != nil {
		return nil, err
	}
	b.and("u.agency_id = any(%s::uuid[])", f.Agencies)
	b.and("u.valid_from <= %[1]s and (u.valid_until is null or u.valid_until >= %[1]s)", f.On)
	b.words("fold(u.name || ' ' || u.abbreviation)", typed)
	sql := fmt.Sprintf(`
select u.agency_id, u.id, u.name, u.abbreviation, u.parent_id, u.valid_from, u.valid_until, u.version
  from unit u
 where %s
 order by u.agency_id, u.name collate vietnamese, u.id
 limit %s`, b.conditions(), b.arg(f.Limit))
	return rows(ctx, tx, sql, b.args, func(r pgx.CollectableRow) (Unit, error) {
		row, err := pgx.RowToStructByPos[dbsqlc.Unit](r)
		return unitOf(row), err
	})
}
