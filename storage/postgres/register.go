package postgres

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Registers gives the agency's registers of a direction in a year. At the
// first look in a new year the series of the year before are continued from 01
// (NĐ 30/2020, điều 15.1), so the transaction must act for the agency.
func (tx *Tx) Registers(ctx context.Context, agency org.ID, direction numbering.Direction, year int) ([]numbering.Register, error) {
	rows, err := tx.q.ListRegisters(ctx, dbsqlc.ListRegistersParams{Agencies: []org.ID{agency}, Units: []org.ID{}, Direction: string(direction)})
	if err != nil {
		return nil, fmt.Errorf("list registers: %w", err)
	}
	return tx.continued(ctx, rows, agency, direction, year)
}

// continued opens what the year still lacks of the series in the rows.
func (tx *Tx) continued(ctx context.Context, rows []dbsqlc.ListRegistersRow, agency org.ID, direction numbering.Direction, year int) ([]numbering.Register, error) {
	var all []numbering.Register
	for _, r := range rows {
		all = append(all, registerOf(registerRow(r)))
	}
	current := ofYear(all, year)
	for _, r := range due(all, current, year) {
		next, err := r.Renew(NewID(), year)
		if err != nil {
			return nil, fmt.Errorf("continue register: %w", err)
		}
		if err := tx.AddRegister(ctx, next); err != nil {
			return nil, err
		}
	}
	if len(due(all, current, year)) == 0 {
		return current, nil
	}
	rows, err := tx.q.ListRegisters(ctx, dbsqlc.ListRegistersParams{Agencies: []org.ID{agency}, Units: []org.ID{}, Direction: string(direction), Year: int32(year)})
	if err != nil {
		return nil, fmt.Errorf("list registers: %w", err)
	}
	current = nil
	for _, r := range rows {
		current = append(current, registerOf(registerRow(r)))
	}
	return current, nil
}

func ofYear(all []numbering.Register, year int) []numbering.Register {
	var some []numbering.Register
	for _, r := range all {
		if r.Year == year {
			some = append(some, r)
		}
	}
	return some
}

// due gives the newest earlier register of each series that the year does not have yet.
func due(all, current []numbering.Register, year int) []numbering.Register {
	newest := map[string]numbering.Register{}
	for _, r := range all {
		if r.Year < year && r.Year > newest[r.Code].Year {
			newest[r.Code] = r
		}
	}
	for _, r := range current {
		delete(newest, r.Code)
	}
	var list []numbering.Register
	for _, r := range newest {
		list = append(list, r)
	}
	return list
}

// AddRegister opens a register; one that is there already stays as it is.
func (tx *Tx) AddRegister(ctx context.Context, r numbering.Register) error {
	kinds := r.Kinds
	if kinds == nil {
		kinds = []string{}
	}
	if err := tx.q.InsertRegister(ctx, dbsqlc.InsertRegisterParams{AgencyID: r.AgencyID, ID: r.ID, Code: r.Code, Direction: string(r.Direction),
		Year: int32(r.Year), Name: r.Name, Kinds: kinds, Normative: r.Normative, Council: r.Council, SymbolAgency: r.SymbolAgency,
		OpeningNumber: int32(r.Opening), NextNumber: int32(r.Next), UnitID: optional(r.UnitID)}); err != nil {
		return fmt.Errorf("open register: %w", err)
	}
	return nil
}

// OpenRegister opens a register; another one of its code in the year is a fault.
func (tx *Tx) OpenRegister(ctx context.Context, r numbering.Register) error {
	if err := tx.AddRegister(ctx, r); err != nil {
		return err
	}
	if _, err := tx.LockRegister(ctx, r.AgencyID, r.ID); err != nil {
		return numbering.ErrCodeTaken.Because(err) // another clerk's came first
	}
	return nil
}

// CloseRegister stores that a locked register is closed.
func (tx *Tx) CloseRegister(ctx context.Context, r numbering.Register, at time.Time) error {
	if err := tx.q.CloseRegister(ctx, dbsqlc.CloseRegisterParams{ClosedAt: &at, AgencyID: r.AgencyID, ID: r.ID}); err != nil {
		return fmt.Errorf("close register: %w", err)
	}
	return nil
}

// NamedRegister is a register with the name of its agency.
type NamedRegister struct {
	numbering.Register
	AgencyName string
}

// RegisterReach says whose registers are meant: all of some agencies, and those of some units.
type RegisterReach struct{ Agencies, Units []org.ID }

// AllRegisters lists the registers within reach; a zero year or an empty
// direction means all.
func (tx *Tx) AllRegisters(ctx context.Context, reach RegisterReach, direction numbering.Direction, year int) ([]NamedRegister, error) {
	rows, err := tx.q.ListRegisters(ctx, dbsqlc.ListRegistersParams{Agencies: notNull(reach.Agencies), Units: notNull(reach.Units), Direction: string(direction), Year: int32(year)})
	if err != nil {
		return nil, fmt.Errorf("list registers: %w", err)
	}
	list := make([]NamedRegister, len(rows))
	for i, r := range rows {
		list[i] = NamedRegister{Register: registerOf(registerRow(r)), AgencyName: r.AgencyName}
	}
	return list, nil
}

// Register gives one register within reach.
func (tx *Tx) Register(ctx context.Context, reach RegisterReach, id org.ID) (numbering.Register, error) {
	r, err := tx.q.GetRegister(ctx, dbsqlc.GetRegisterParams{Agencies: notNull(reach.Agencies), Units: notNull(reach.Units), ID: id})
	if err != nil {
		return numbering.Register{}, fmt.Errorf("read register: %w", err)
	}
	return registerOf(r), nil
}

// LockRegister gives the register and makes every other taker of its numbers
// wait until the transaction ends. Lock it last: it is what clerks queue for.
func (tx *Tx) LockRegister(ctx context.Context, agency, id org.ID) (numbering.Register, error) {
	r, err := tx.q.LockRegister(ctx, agency, id)
	if err != nil {
		return numbering.Register{}, fmt.Errorf("lock register: %w", err)
	}
	return registerOf(r), nil
}

func registerRow(r dbsqlc.ListRegistersRow) dbsqlc.Register {
	return dbsqlc.Register{AgencyID: r.AgencyID, ID: r.ID, Code: r.Code, Direction: r.Direction, Year: r.Year, Name: r.Name, Kinds: r.Kinds,
		Normative: r.Normative, Council: r.Council, SymbolAgency: r.SymbolAgency, OpeningNumber: r.OpeningNumber, NextNumber: r.NextNumber, ClosedAt: r.ClosedAt, UnitID: r.UnitID}
}

func registerOf(r dbsqlc.Register) numbering.Register {
	return numbering.Register{ID: r.ID, AgencyID: r.AgencyID, Code: r.Code, Direction: numbering.Direction(r.Direction), Year: int(r.Year),
		Name: r.Name, Kinds: r.Kinds, Normative: r.Normative, Council: r.Council, SymbolAgency: r.SymbolAgency,
		Opening: int(r.OpeningNumber), Next: int(r.NextNumber), Closed: r.ClosedAt != nil, UnitID: value(r.UnitID)}
}

// Taking is a number on its way into a register.
type Taking struct {
	Register    numbering.Register // after the number was taken
	Number      numbering.Number
	Symbol      string
	Day         org.Day
	SubjectType string
	SubjectID   org.ID
	By          org.ID
	At          time.Time
}

// TakeNumber stores what the register's own rule took. The register must be locked.
func (tx *Tx) TakeNumber(ctx context.Context, t Taking) error {
	if _, err := tx.q.AdvanceRegister(ctx, advanceOf(t)); err != nil {
		return fmt.Errorf("advance register: %w", err)
	}
	if err := tx.q.InsertRegisterEntry(ctx, entryOf(t)); err != nil {
		return fmt.Errorf("enter number: %w", err)
	}
	return nil
}

func advanceOf(t Taking) dbsqlc.AdvanceRegisterParams {
	return dbsqlc.AdvanceRegisterParams{NextNumber: int32(t.Register.Next), AgencyID: t.Register.AgencyID, ID: t.Register.ID}
}

func entryOf(t Taking) dbsqlc.InsertRegisterEntryParams {
	return dbsqlc.InsertRegisterEntryParams{AgencyID: t.Register.AgencyID, RegisterID: t.Register.ID, Year: int32(t.Register.Year),
		Number: int32(t.Number.Value), Suffix: t.Number.Suffix, Symbol: t.Symbol, Day: t.Day, SubjectType: t.SubjectType,
		SubjectID: t.SubjectID, TakenBy: t.By, TakenAt: t.At}
}

// UnitNumber is where a unit entered an arrival in a register of its own.
type UnitNumber struct {
	RegisterID org.ID
	Number     numbering.Number
	Day        org.Day
}

// UnitNumbers gives under which numbers units entered an arrival, by unit.
func (tx *Tx) UnitNumbers(ctx context.Context, agency, arrival org.ID) (map[org.ID]UnitNumber, error) {
	rows, err := tx.q.UnitNumbers(ctx, agency, arrival)
	if err != nil {
		return nil, fmt.Errorf("read the units' numbers: %w", err)
	}
	numbers := make(map[org.ID]UnitNumber, len(rows))
	for _, r := range rows {
		numbers[value(r.UnitID)] = UnitNumber{RegisterID: r.RegisterID, Number: numbering.Number{Value: int(r.Number), Suffix: r.Suffix}, Day: r.Day}
	}
	return numbers, nil
}
