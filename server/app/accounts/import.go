package accounts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// SheetRow is one line of a table, as its reader gives it. What a cell is not
// the reader makes a problem of the line and gives the empty value.
type SheetRow interface {
	Text(column string) string
	List(column string) []string
	YesNo(column string) bool
	Number(column string) int
	Day(column string) org.Day
	// Refuse records a rule's fault about a column; what is no fault comes back.
	Refuse(column string, err error) error
}

// Sheet is a table that was read. Problems gives what was wrong with it and
// what was refused since.
type Sheet struct {
	Rows     []SheetRow
	Problems func() []ImportProblem
}

// ReadSheet reads a table of agencies, units, people, positions, groups,
// group_members or registers.
type ReadSheet func(of string, content io.Reader) (Sheet, error)

// ImportProblem is what is wrong with one line of the file.
type ImportProblem struct {
	Line   int
	Column string
	Text   fault.Text
}

// Import is a file to be brought in.
type Import struct {
	Of      string
	Content io.Reader
	DryRun  bool
	// Password gives first passwords that are known beforehand and need not be
	// changed: a demonstration's. None makes one for each person.
	Password func(login string) string
}

// ImportResult tells what was or would be done. With problems nothing is.
type ImportResult struct {
	DryRun                    bool
	Added, Changed, Unchanged int
	Problems                  []ImportProblem
	Secrets                   []ImportSecret // of new accounts, in the order of the file
}

// ImportSecret is a first password.
type ImportSecret struct{ Login, Password string }

// System is who brings in the demonstration: nobody, with an operator's reach.
func System() access.Person { return access.Person{Operator: true} }

// importer plans a whole file before it changes anything.
type importer struct {
	tx     *postgres.Tx
	who    access.Person
	in     Import
	now    time.Time
	result ImportResult
	// steps are what the plan will do, in order.
	steps []func(ctx context.Context) error
	// touched counts what is done in each agency, for its history.
	touched map[org.ID]int

	agencies map[string]Agency // by code and by old code
	people   []string          // logins of those who are new
	hashes   map[string]string // of their first passwords, by login
}

var importers = map[string]func(*importer, context.Context, []SheetRow) error{
	"agencies":      (*importer).planAgencies,
	"units":         (*importer).planUnits,
	"people":        (*importer).planPeople,
	"positions":     (*importer).planPositions,
	"groups":        (*importer).planGroups,
	"group_members": (*importer).planMembers,
	"registers":     (*importer).planRegisters,
}

// Import brings a file in, as a whole or not at all. It can be repeated: what
// is there already is found by its code, login or name, an empty cell leaves it
// as it is, and nothing is ever removed.
func (s *Service) Import(ctx context.Context, who access.Person, in Import) (ImportResult, error) {
	if err := who.Operate(); err != nil {
		return ImportResult{}, err
	}
	plan, known := importers[in.Of]
	if !known || s.opts.ReadSheet == nil {
		return ImportResult{}, fault.InvalidField("of", "unknown", "Không nhập được loại danh sách này.", "Such a list cannot be imported.")
	}
	sheet, err := s.opts.ReadSheet(in.Of, in.Content)
	if err != nil {
		return ImportResult{}, fmt.Errorf("read the file: %w", err)
	}
	// The same plan twice: the first finds what is wrong and who is new, the
	// second carries it out, with the passwords worked out in between. That takes
	// long, and no transaction waits for it.
	first, err := s.planImport(ctx, who, in, nil, func(im *importer) error { return plan(im, ctx, sheet.Rows) })
	if err != nil {
		return ImportResult{}, fmt.Errorf("plan the import: %w", err)
	}
	if wrong := sheet.Problems(); len(wrong) > 0 {
		return ImportResult{DryRun: in.DryRun, Problems: wrong}, nil
	}
	if in.DryRun {
		return first.result, nil
	}
	hashes, secrets, err := s.firstPasswords(ctx, in, first.people)
	if err != nil {
		return ImportResult{}, err
	}
	done, err := s.planImport(ctx, who, in, hashes, func(im *importer) error {
		if err := plan(im, ctx, sheet.Rows); err != nil || len(sheet.Problems()) > 0 {
			return err
		}
		return im.carryOut(ctx)
	})
	if err != nil {
		return ImportResult{}, fmt.Errorf("import: %w", err)
	}
	if wrong := sheet.Problems(); len(wrong) > 0 { // the directory changed in between
		return ImportResult{Problems: wrong}, nil
	}
	done.result.Secrets = secrets
	return done.result, nil
}

func (s *Service) planImport(ctx context.Context, who access.Person, in Import, hashes map[string]string, do func(*importer) error) (*importer, error) {
	var im *importer
	err := s.manage(ctx, who, func(tx *postgres.Tx) error {
		im = &importer{tx: tx, who: who, in: in, now: s.now(), hashes: hashes, touched: map[org.ID]int{}, result: ImportResult{DryRun: in.DryRun}}
		return do(im)
	})
	return im, err
}

// carryOut does what was planned, and leaves it in the history of each agency.
func (im *importer) carryOut(ctx context.Context) error {
	for _, step := range im.steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	for _, agency := range slices.SortedFunc(maps.Keys(im.touched), org.ID.Compare) {
		event := document.Event{Verb: "imported", Data: map[string]string{"of": im.in.Of, "count": strconv.Itoa(im.touched[agency])}}
		if err := record(ctx, im.tx, im.who, agency, subjectAgency, agency, event, im.now); err != nil {
			return err
		}
	}
	return nil
}

// add plans something new in an agency.
func (im *importer) add(agency org.ID, step func(ctx context.Context) error) {
	im.result.Added++
	im.plan(agency, step)
}

// change plans a change in an agency.
func (im *importer) change(agency org.ID, step func(ctx context.Context) error) {
	im.result.Changed++
	im.plan(agency, step)
}

func (im *importer) plan(agency org.ID, step func(ctx context.Context) error) {
	if !agency.IsZero() {
		im.touched[agency]++
	}
	im.steps = append(im.steps, step)
}

// loadAgencies reads the directory, which every file refers to by codes.
func (im *importer) loadAgencies(ctx context.Context) ([]Agency, error) {
	all, err := im.tx.AllAgencies(ctx)
	if err != nil {
		return nil, err
	}
	im.agencies = make(map[string]Agency, 2*len(all))
	for _, a := range all {
		im.agencies[a.Code] = a
		if a.OldCode != "" {
			im.agencies[a.OldCode] = a
		}
	}
	return all, nil
}

// agencyIn gives the agency that a cell names by its code, and none after
// refusing the cell.
func (im *importer) agencyIn(row SheetRow, column string) (Agency, bool) {
	code := row.Text(column)
	if code == "" {
		return Agency{}, false // the reader asked for it where it is needed
	}
	a, known := im.agencies[code]
	if !known {
		_ = row.Refuse(column, fault.New(fault.Invalid, "unknown_agency",
			"Không có cơ quan nào mang mã «"+code+"».", "No agency has the code “"+code+"”."))
	}
	return a, known
}

// agenciesIn gives the agencies that a column of the file names.
func (im *importer) agenciesIn(rows []SheetRow, column string) []org.ID {
	seen := map[org.ID]bool{}
	for _, row := range rows {
		if a, known := im.agencies[row.Text(column)]; known {
			seen[a.ID] = true
		}
	}
	return slices.SortedFunc(maps.Keys(seen), org.ID.Compare)
}

// refuse gives each field of a fault to the column of its name.
func refuse(row SheetRow, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return row.Refuse("", err)
	}
	for _, field := range f.Fields {
		if err := row.Refuse(field.Name, fault.New(f.Kind, field.Code, field.Text.VI, field.Text.EN)); err != nil {
			return err
		}
	}
	return nil
}

// twice refuses a second line about the same thing.
func twice(row SheetRow, column string) error {
	return row.Refuse(column, fault.New(fault.Invalid, "twice", "Dòng này lặp lại một dòng ở trên.", "This line repeats one above."))
}

// keep sets a field from a cell that is not empty.
func keep(field *string, text string) {
	if text != "" {
		*field = text
	}
}

// keepDay sets a day from a cell that is not empty.
func keepDay(field *org.Day, day org.Day) {
	if !day.IsZero() {
		*field = day
	}
}
