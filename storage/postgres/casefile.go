package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"congvan/server/domain/casefile"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres/internal/dbsqlc"
)

// CaseFile gives a case file of one of the agencies with its entries.
func (tx *Tx) CaseFile(ctx context.Context, agencies []org.ID, id org.ID) (casefile.File, error) {
	row, err := tx.q.GetCaseFile(ctx, agencies, id)
	if err != nil {
		return casefile.File{}, fmt.Errorf("read case file: %w", translate(err))
	}
	return tx.wholeCaseFile(ctx, row)
}

// LockCaseFile gives it as CaseFile does and keeps everybody else from changing it.
func (tx *Tx) LockCaseFile(ctx context.Context, agencies []org.ID, id org.ID) (casefile.File, error) {
	row, err := tx.q.LockCaseFile(ctx, agencies, id)
	if err != nil {
		return casefile.File{}, fmt.Errorf("lock case file: %w", translate(err))
	}
	return tx.wholeCaseFile(ctx, row)
}

func (tx *Tx) wholeCaseFile(ctx context.Context, r dbsqlc.Casefile) (casefile.File, error) {
	f := casefile.File{ID: r.ID, AgencyID: r.AgencyID, CatalogueID: value(r.CatalogueID),
		Heading: casefile.Heading{Year: int(r.Year), Notation: r.Notation, Title: r.Title, Retention: casefile.Retention(r.Retention), UnitID: value(r.UnitID)},
		Rights:  casefile.Rights(r.Rights), Description: r.Description, KeeperID: r.KeeperID, CreatorName: r.CreatorName, State: casefile.State(r.State),
		Start: r.StartDay, End: value(r.EndDay), Frozen: r.Frozen, FrozenWhy: r.FrozenWhy, ClosedAt: value(r.ClosedAt), ClosedBy: r.ClosedBy,
		DestroyedAt: value(r.DestroyedAt), Decision: r.Decision, Version: int(r.Version)}
	entries, err := tx.q.ListCaseFileEntries(ctx, r.AgencyID, r.ID)
	if err != nil {
		return f, fmt.Errorf("list entries: %w", err)
	}
	for _, e := range entries {
		f.Entries = append(f.Entries, casefile.Entry{DocumentID: value(e.DocumentID), ArrivalID: value(e.ArrivalID), Day: e.Day, AddedAt: e.AddedAt, AddedBy: e.AddedBy})
	}
	return f, nil
}

var errNotationTaken = fault.InvalidField("notation", "taken", "Số và ký hiệu này đã có trong năm.", "The notation is taken in that year.")

// AddCaseFile stores a new file, without entries.
func (tx *Tx) AddCaseFile(ctx context.Context, f casefile.File, now time.Time) error {
	err := tx.q.InsertCaseFile(ctx, dbsqlc.InsertCaseFileParams{AgencyID: f.AgencyID, ID: f.ID, CatalogueID: optional(f.CatalogueID), Year: int32(f.Year),
		Notation: f.Notation, Title: f.Title, Retention: int32(f.Retention), UnitID: optional(f.UnitID), Rights: string(f.Rights),
		Description: f.Description, KeeperID: f.KeeperID, CreatorName: f.CreatorName, StartDay: f.Start, At: now})
	if violates(err, "casefile_agency_id_year_notation_key") {
		err = errNotationTaken.Because(err)
	}
	if err != nil {
		return fmt.Errorf("add case file: %w", err)
	}
	return nil
}

// SaveCaseFile writes the file's own fields, unless somebody else changed it
// since it was read. Entries are written by their own methods.
func (tx *Tx) SaveCaseFile(ctx context.Context, f casefile.File, now time.Time) error {
	n, err := tx.q.UpdateCaseFile(ctx, dbsqlc.UpdateCaseFileParams{Notation: f.Notation, Title: f.Title, Retention: int32(f.Retention),
		UnitID: optional(f.UnitID), Rights: string(f.Rights), Description: f.Description, KeeperID: f.KeeperID, State: string(f.State),
		StartDay: f.Start, EndDay: optional(f.End), Frozen: f.Frozen, FrozenWhy: f.FrozenWhy, ClosedAt: optional(f.ClosedAt), ClosedBy: f.ClosedBy,
		DestroyedAt: optional(f.DestroyedAt), Decision: f.Decision, Count: int32(len(f.Entries)), At: now,
		AgencyID: f.AgencyID, ID: f.ID, Version: int32(f.Version)})
	if violates(err, "casefile_agency_id_year_notation_key") {
		err = errNotationTaken.Because(err)
	}
	if err != nil {
		return fmt.Errorf("save case file: %w", err)
	}
	return changed(n)
}

// AddCaseFileEntry puts a document into a file.
func (tx *Tx) AddCaseFileEntry(ctx context.Context, f casefile.File, e casefile.Entry) error {
	if err := tx.q.InsertCaseFileEntry(ctx, dbsqlc.InsertCaseFileEntryParams{AgencyID: f.AgencyID, CasefileID: f.ID, DocumentID: optional(e.DocumentID),
		ArrivalID: optional(e.ArrivalID), Day: e.Day, AddedAt: e.AddedAt, AddedBy: e.AddedBy}); err != nil {
		return fmt.Errorf("add entry: %w", err)
	}
	return nil
}

// RemoveCaseFileEntry takes a document out of a file.
func (tx *Tx) RemoveCaseFileEntry(ctx context.Context, f casefile.File, e casefile.Entry) error {
	if err := tx.q.DeleteCaseFileEntry(ctx, dbsqlc.DeleteCaseFileEntryParams{AgencyID: f.AgencyID, CasefileID: f.ID,
		DocumentID: optional(e.DocumentID), ArrivalID: optional(e.ArrivalID)}); err != nil {
		return fmt.Errorf("remove entry: %w", err)
	}
	return nil
}

// EmptyCaseFile takes everything out of a file.
func (tx *Tx) EmptyCaseFile(ctx context.Context, f casefile.File) error {
	if err := tx.q.DeleteCaseFileEntries(ctx, f.AgencyID, f.ID); err != nil {
		return fmt.Errorf("empty case file: %w", err)
	}
	return nil
}

// CaseFileNames are the names that a file's page shows.
type CaseFileNames struct {
	Agency, AgencyCode, Keeper, Unit string
	KeeperAccountID                  org.ID
}

// CaseFileNames gives them.
func (tx *Tx) CaseFileNames(ctx context.Context, f casefile.File) (CaseFileNames, error) {
	r, err := tx.q.CaseFileNames(ctx, f.AgencyID, f.ID)
	if err != nil {
		return CaseFileNames{}, fmt.Errorf("read names: %w", translate(err))
	}
	return CaseFileNames{Agency: r.AgencyName, AgencyCode: r.AgencyCode, Keeper: r.KeeperName, Unit: r.UnitName, KeeperAccountID: r.KeeperAccountID}, nil
}

// NextNotationNumber gives the number after the greatest of an agency's year.
func (tx *Tx) NextNotationNumber(ctx context.Context, agency org.ID, year int) (int, error) {
	n, err := tx.q.NextNotation(ctx, agency, int32(year))
	if err != nil {
		return 0, fmt.Errorf("find next notation: %w", err)
	}
	return int(n), nil
}

// CatalogueLine is a line of an agency's yearly list of files.
type CatalogueLine struct {
	casefile.Heading
	ID, AgencyID, CaseFileID org.ID // the file opened from it, none yet
	UnitName                 string
	ApprovedAt               time.Time
	ApprovedBy               string
}

// Catalogue gives an agency's list of a year, by number.
func (tx *Tx) Catalogue(ctx context.Context, agency org.ID, year int) ([]CatalogueLine, error) {
	rows, err := tx.q.ListCatalogue(ctx, agency, int32(year))
	if err != nil {
		return nil, fmt.Errorf("list catalogue: %w", err)
	}
	list := make([]CatalogueLine, len(rows))
	for i, r := range rows {
		list[i] = CatalogueLine{Heading: casefile.Heading{Year: int(r.Year), Notation: r.Notation, Title: r.Title,
			Retention: casefile.Retention(r.Retention), UnitID: value(r.UnitID)}, ID: r.ID, AgencyID: r.AgencyID, CaseFileID: value(r.CasefileID),
			UnitName: r.UnitName, ApprovedAt: value(r.ApprovedAt), ApprovedBy: r.ApprovedBy}
	}
	return list, nil
}

// LockCatalogueLine gives a line and keeps everybody else from changing it.
func (tx *Tx) LockCatalogueLine(ctx context.Context, agencies []org.ID, id org.ID) (CatalogueLine, error) {
	r, err := tx.q.LockCatalogue(ctx, agencies, id)
	if err != nil {
		return CatalogueLine{}, fmt.Errorf("lock catalogue line: %w", translate(err))
	}
	return CatalogueLine{Heading: casefile.Heading{Year: int(r.Year), Notation: r.Notation, Title: r.Title, Retention: casefile.Retention(r.Retention),
		UnitID: value(r.UnitID)}, ID: r.ID, AgencyID: r.AgencyID, ApprovedAt: value(r.ApprovedAt), ApprovedBy: r.ApprovedBy}, nil
}

// AddCatalogueLine stores a new line.
func (tx *Tx) AddCatalogueLine(ctx context.Context, agency, id org.ID, h casefile.Heading) error {
	err := tx.q.InsertCatalogue(ctx, dbsqlc.InsertCatalogueParams{AgencyID: agency, ID: id, Year: int32(h.Year), Notation: h.Notation, Title: h.Title,
		Retention: int32(h.Retention), UnitID: optional(h.UnitID)})
	if violates(err, "catalogue_agency_id_year_notation_key") {
		err = errNotationTaken.Because(err)
	}
	if err != nil {
		return fmt.Errorf("add catalogue line: %w", err)
	}
	return nil
}

// RemoveCatalogueLine removes a line that was not approved; it tells whether there was one.
func (tx *Tx) RemoveCatalogueLine(ctx context.Context, agency, id org.ID) (bool, error) {
	n, err := tx.q.DeleteCatalogue(ctx, agency, id)
	if err != nil {
		return false, fmt.Errorf("remove catalogue line: %w", err)
	}
	return n == 1, nil
}

// ApproveCatalogue approves what of a year's list was not approved before, and gives how many lines.
func (tx *Tx) ApproveCatalogue(ctx context.Context, agency org.ID, year int, by string, now time.Time) (int, error) {
	n, err := tx.q.ApproveCatalogue(ctx, dbsqlc.ApproveCatalogueParams{At: &now, By: by, AgencyID: agency, Year: int32(year)})
	if err != nil {
		return 0, fmt.Errorf("approve catalogue: %w", err)
	}
	return int(n), nil
}

// CaseFileReach is what a person may see of case files: all of them in the
// agencies of All, and elsewhere the public ones, those of the units and those
// that one of the positions keeps.
type CaseFileReach struct {
	Agencies, All, Units, Positions []org.ID
}

// CaseFileFilter narrows the list. Zero values do not.
type CaseFileFilter struct {
	Query   string
	Year    int
	State   casefile.State
	Mine    bool   // kept by one of the positions
	Holding org.ID // in which this document or arrival lies
	After   Cursor
	Limit   int
}

// CaseFileSummary is a row of the list.
type CaseFileSummary struct {
	ID, AgencyID                  org.ID
	AgencyName, AgencyCode        string
	Year                          int
	Notation, Title, Keeper, Unit string
	Retention                     casefile.Retention
	State                         casefile.State
	Frozen                        bool
	Start, End                    org.Day
	Count                         int
	UpdatedAt                     time.Time
}

// CaseFiles gives a page of case files, the latest change first.
func (tx *Tx) CaseFiles(ctx context.Context, reach CaseFileReach, f CaseFileFilter) ([]CaseFileSummary, error) {
	var b builder
	typed, err := tx.fold(ctx, f.Query)
	if err != nil {
		return nil, err
	}
	b.and("f.agency_id = any(%s::uuid[])", reach.Agencies)
	b.and("(f.rights = 'public' or f.agency_id = any(%s::uuid[]) or f.unit_id = any(%s::uuid[]) or f.keeper_id = any(%s::uuid[]))",
		notNull(reach.All), notNull(reach.Units), notNull(reach.Positions))
	b.words("f.folded", typed)
	if f.Year != 0 {
		b.and("f.year = %s", f.Year)
	}
	if f.State != "" {
		b.and("f.state = %s", string(f.State))
	}
	if f.Mine {
		b.and("f.keeper_id = any(%s::uuid[])", notNull(reach.Positions))
	}
	if !f.Holding.IsZero() {
		b.and(`exists (select 1 from casefile_entry e where e.agency_id = f.agency_id and e.casefile_id = f.id
		        and (e.document_id = %[1]s or e.arrival_id = %[1]s))`, f.Holding)
	}
	if !f.After.At.IsZero() {
		b.and("(f.updated_at, f.id) < (%s::timestamptz, %s::uuid)", f.After.At, f.After.ID)
	}
	sql := fmt.Sprintf(`
select f.id, f.agency_id, g.name, g.code, f.year, f.notation, f.title, a.full_name, coalesce(u.name, ''), f.retention, f.state, f.frozen,
       f.start_day, f.end_day,
       f.count - case f.state when 'destroyed' then 0 else (
           select count(*) from casefile_entry e
            where e.agency_id = f.agency_id and e.casefile_id = f.id and e.arrival_id is not null
              and not exists (select from arrival x where x.agency_id = e.agency_id and x.id = e.arrival_id)) end, -- hidden by the policy (M3)
       f.updated_at
  from casefile f
  join agency g on g.id = f.agency_id
  join position p on p.agency_id = f.agency_id and p.id = f.keeper_id
  join account a on a.id = p.account_id
  left join unit u on u.agency_id = f.agency_id and u.id = f.unit_id
 where %s
 order by f.updated_at desc, f.id desc
 limit %s`, b.conditions(), b.arg(f.Limit))
	return rows(ctx, tx, sql, b.args, func(r pgx.CollectableRow) (CaseFileSummary, error) {
		var s CaseFileSummary
		var state string
		var retention int
		var end *org.Day
		err := r.Scan(&s.ID, &s.AgencyID, &s.AgencyName, &s.AgencyCode, &s.Year, &s.Notation, &s.Title, &s.Keeper, &s.Unit, &retention, &state, &s.Frozen,
			&s.Start, &end, &s.Count, &s.UpdatedAt)
		s.Retention, s.State, s.End = casefile.Retention(retention), casefile.State(state), value(end)
		return s, err
	})
}

// Code gives the code on display.
func (s CaseFileSummary) Code() string {
	return casefile.File{Heading: casefile.Heading{Year: s.Year, Notation: s.Notation}}.Code(s.AgencyCode)
}
