package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Agency is an agency as it is kept: with the two codes it goes by.
type Agency struct {
	org.Agency
	Code    string
	OldCode string
	Version int
}

func agencyOf(r dbsqlc.Agency) Agency {
	validity := org.Validity{From: r.ValidFrom, Until: value(r.ValidUntil)}
	a := Agency{Agency: org.Agency{ID: r.ID, Codes: []org.HeldCode{{Code: org.AgencyCode(r.Code), Validity: validity}},
		Name: r.Name, ShortName: r.ShortName, Abbreviation: r.Abbreviation, ParentID: value(r.ParentID), Level: org.Level(r.Level),
		Place: r.Place, Email: r.Email, Channel: org.Channel(r.Channel), Validity: validity, SuccessorID: value(r.SuccessorID)},
		Code: r.Code, OldCode: value(r.OldCode), Version: int(r.Version)}
	if a.OldCode != "" {
		a.Codes = append(a.Codes, org.HeldCode{Code: org.AgencyCode(a.OldCode), Validity: validity})
	}
	return a
}

// Agency gives one agency with its predecessors.
func (tx *Tx) Agency(ctx context.Context, id org.ID) (Agency, error) {
	row, err := tx.q.GetAgency(ctx, id)
	if err != nil {
		return Agency{}, fmt.Errorf("read agency: %w", translate(err))
	}
	list := []Agency{agencyOf(row)}
	return list[0], tx.addPredecessors(ctx, list)
}

// LockAgency gives it as Agency does and keeps everybody else from changing it.
func (tx *Tx) LockAgency(ctx context.Context, id org.ID) (Agency, error) {
	if _, err := tx.q.LockAgency(ctx, id); err != nil {
		return Agency{}, fmt.Errorf("lock agency: %w", translate(err))
	}
	return tx.Agency(ctx, id)
}

func (tx *Tx) addPredecessors(ctx context.Context, list []Agency) error {
	places := make(map[org.ID]int, len(list))
	ids := make([]org.ID, len(list))
	for i, a := range list {
		places[a.ID], ids[i] = i, a.ID
	}
	before, err := tx.q.Predecessors(ctx, ids)
	if err != nil {
		return fmt.Errorf("read predecessors: %w", err)
	}
	for _, b := range before {
		a := &list[places[value(b.SuccessorID)]]
		a.PredecessorIDs = append(a.PredecessorIDs, b.ID)
	}
	return nil
}

// AddAgency stores a new agency.
func (tx *Tx) AddAgency(ctx context.Context, a Agency) error {
	err := tx.q.InsertAgency(ctx, dbsqlc.InsertAgencyParams{ID: a.ID, Code: a.Code, OldCode: optional(a.OldCode), Name: a.Name,
		ShortName: a.ShortName, Abbreviation: a.Abbreviation, ParentID: optional(a.ParentID), Level: string(a.Level), Place: a.Place,
		Email: a.Email, Channel: string(a.Channel), ValidFrom: a.Validity.From, ValidUntil: optional(a.Validity.Until), SuccessorID: optional(a.SuccessorID)})
	if err != nil {
		return fmt.Errorf("add agency: %w", codeTaken(err))
	}
	return nil
}

// SaveAgency stores a changed agency, unless somebody else changed it since.
func (tx *Tx) SaveAgency(ctx context.Context, a Agency) error {
	n, err := tx.q.UpdateAgency(ctx, dbsqlc.UpdateAgencyParams{ID: a.ID, Version: int32(a.Version), Code: a.Code, OldCode: optional(a.OldCode),
		Name: a.Name, ShortName: a.ShortName, Abbreviation: a.Abbreviation, ParentID: optional(a.ParentID), Level: string(a.Level), Place: a.Place,
		Email: a.Email, Channel: string(a.Channel), ValidFrom: a.Validity.From, ValidUntil: optional(a.Validity.Until), SuccessorID: optional(a.SuccessorID)})
	if err != nil {
		return fmt.Errorf("save agency: %w", codeTaken(err))
	}
	return changed(n)
}

// SetSuccessor names the successor of an agency. It is apart from SaveAgency
// for an import, whose agencies may succeed each other in any order.
func (tx *Tx) SetSuccessor(ctx context.Context, id, successor org.ID) error {
	if err := tx.q.SetSuccessor(ctx, optional(successor), id); err != nil {
		return fmt.Errorf("set successor: %w", err)
	}
	return nil
}

func codeTaken(err error) error {
	switch {
	case violates(err, "agency_code_key"):
		return fault.InvalidField("code", "taken", "Mã định danh đã có cơ quan khác dùng.", "Another agency has this code.").Because(err)
	case violates(err, "agency_old_code_key"):
		return fault.InvalidField("old_code", "taken", "Mã định danh cũ đã có cơ quan khác dùng.", "Another agency has this old code.").Because(err)
	}
	return err
}

// changed refuses an update that met no row of the version it was made on.
func changed(n int64) error {
	if n == 0 {
		return errStale
	}
	return nil
}

// AgencyFilter narrows the list of agencies. Zero values do not.
type AgencyFilter struct {
	Query    string
	ParentID org.ID
	Level    org.Level
	On       org.Day // valid on this day
	After    org.ID
	Limit    int
}

// Agencies gives a page of agencies by name; those whose name begins with what
// was typed come first.
func (tx *Tx) Agencies(ctx context.Context, f AgencyFilter) ([]Agency, error) {
	typed, err := tx.fold(ctx, f.Query)
	if err != nil {
		return nil, err
	}
	var after string
	if !f.After.IsZero() {
		last, err := tx.q.GetAgency(ctx, f.After)
		if err != nil {
			return nil, fmt.Errorf("read cursor: %w", err)
		}
		after = last.Folded
	}
	var list []Agency
	// Two lists, each in the order of one index, and not one sorted by two
	// things: that would sort all that match.
	for _, begins := range []bool{true, false} {
		if typed == "" && !begins || after != "" && begins && !strings.HasPrefix(after, typed) {
			continue
		}
		from := after
		if after != "" && strings.HasPrefix(after, typed) != begins {
			from = ""
		}
		some, err := tx.agenciesByName(ctx, f, typed, begins, from, f.Limit-len(list))
		if err != nil {
			return nil, err
		}
		if list = append(list, some...); len(list) == f.Limit {
			break
		}
	}
	return list, tx.addPredecessors(ctx, list)
}

// agenciesByName gives agencies after a place in the order of names: those that
// begin with what was typed, or those that only hold its words.
func (tx *Tx) agenciesByName(ctx context.Context, f AgencyFilter, typed string, begins bool, after string, limit int) ([]Agency, error) {
	var b builder
	switch {
	case typed != "" && begins:
		// What the folded text holds sorts before the brace.
		b.and(`a.folded collate "C" >= %s and a.folded collate "C" < %s`, typed, typed+"{")
	case typed != "":
		b.words("a.folded", typed)
		b.and("a.folded not like %s", typed+"%")
	}
	if !f.ParentID.IsZero() {
		b.and("a.parent_id = %s", f.ParentID)
	}
	if f.Level != "" {
		b.and("a.level = %s", string(f.Level))
	}
	if !f.On.IsZero() {
		b.and("a.valid_from <= %[1]s and (a.valid_until is null or a.valid_until >= %[1]s)", f.On)
	}
	if after != "" {
		b.and(`(a.folded collate "C", a.id) > (%s, %s)`, after, f.After)
	}
	sql := fmt.Sprintf(`
select a.id, a.code, a.old_code, a.name, a.short_name, a.abbreviation, a.parent_id, a.level, a.place, a.email, a.channel,
       a.valid_from, a.valid_until, a.successor_id, a.folded, a.version
  from agency a
 where %s
 order by a.folded collate "C", a.id
 limit %s`, b.conditions(), b.arg(limit))
	return rows(ctx, tx, sql, b.args, func(r pgx.CollectableRow) (Agency, error) {
		row, err := pgx.RowToStructByPos[dbsqlc.Agency](r)
		return agencyOf(row), err
	})
}

// words asks that each word stands in the folded text, at least by its
// beginning. A leading blank makes the first word begin as the others do.
func (b *builder) words(column, folded string) {
	for word := range strings.FieldsSeq(folded) {
		b.and("' ' || "+column+" like %s", "% "+word+"%")
	}
}

// fold gives a query as the folded columns are written.
func (tx *Tx) fold(ctx context.Context, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	folded, err := tx.q.Fold(ctx, text)
	if err != nil {
		return "", fmt.Errorf("fold: %w", err)
	}
	return folded, nil
}

// AgencyTree gives the agencies valid on a day, higher levels first, up to a number.
func (tx *Tx) AgencyTree(ctx context.Context, on org.Day, most int) ([]Agency, error) {
	rows, err := tx.q.AgencyTree(ctx, on, int32(most))
	if err != nil {
		return nil, fmt.Errorf("list agencies: %w", err)
	}
	list := agenciesOf(rows)
	return list, tx.addPredecessors(ctx, list)
}

// AllAgencies gives every agency there ever was; for the import, which compares
// a whole directory.
func (tx *Tx) AllAgencies(ctx context.Context) ([]Agency, error) {
	rows, err := tx.q.AllAgencies(ctx)
	if err != nil {
		return nil, fmt.Errorf("list agencies: %w", err)
	}
	return agenciesOf(rows), nil
}

func agenciesOf(rows []dbsqlc.Agency) []Agency {
	list := make([]Agency, len(rows))
	for i, r := range rows {
		list[i] = agencyOf(r)
	}
	return list
}
