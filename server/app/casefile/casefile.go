// Package casefile carries out what people do with case files: list, open,
// fill, close, reopen, hand over, freeze, destroy, and the agency's yearly
// list. Each verb is one transaction in which the rule (domain/casefile), the
// permission (domain/access) and the record of it come together. It must not
// hold rules of its own, and it shows of a file only what the person may read.
package casefile

import (
	"context"
	"fmt"
	"time"

	"congvan/server/domain/access"
	rule "congvan/server/domain/casefile"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// What the use cases give is what storage keeps.
type (
	Summary       = postgres.CaseFileSummary
	Filter        = postgres.CaseFileFilter
	CatalogueLine = postgres.CatalogueLine
	Document      = postgres.DocumentSummary
	Arrival       = postgres.ArrivalSummary
)

// Service holds what the use cases need.
type Service struct {
	store *postgres.Store
	blobs *blob.Store
	clock func() time.Time
	forms map[string]Form
}

// New makes the use cases over the stores; clock gives the present moment, and
// forms are those that lists come in, by the name of the format.
func New(store *postgres.Store, blobs *blob.Store, clock func() time.Time, forms map[string]Form) *Service {
	return &Service{store: store, blobs: blobs, clock: clock, forms: forms}
}

const subject = "casefile"

// Lying is a document in a file that the person may read: one of the two.
type Lying struct {
	rule.Entry
	Document *Document
	Arrival  *Arrival
}

// View is a case file as its page shows it.
type View struct {
	rule.File
	Names    postgres.CaseFileNames
	Contents []Lying // in the order of time
	Acts     []access.CaseFileAct
}

// List gives a page of the case files that the person may see.
func (s *Service) List(ctx context.Context, who access.Person, agency org.ID, f Filter) ([]Summary, error) {
	var list []Summary
	err := s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) (err error) {
		list, err = tx.CaseFiles(ctx, postgres.CaseFileReachOf(who, agency), f)
		return err
	})
	return list, err
}

// Read gives a case file with what of its contents the person may read.
func (s *Service) Read(ctx context.Context, who access.Person, id org.ID) (View, error) {
	var v View
	err := s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		f, err := tx.CaseFile(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		if err := who.ReadCaseFile(f); err != nil {
			return err
		}
		v, err = view(ctx, tx, who, f)
		return err
	})
	return v, err
}

func view(ctx context.Context, tx *postgres.Tx, who access.Person, f rule.File) (View, error) {
	v := View{File: f, Acts: who.CaseFileActs(f)}
	var err error
	if v.Names, err = tx.CaseFileNames(ctx, f); err != nil {
		return v, err
	}
	v.Contents, err = contents(ctx, tx, who, f)
	return v, err
}

// readable gives those of the documents and arrivals that the person may read.
func readable(ctx context.Context, tx *postgres.Tx, who access.Person, agency org.ID, documents, arrivals []org.ID) (map[org.ID]Lying, error) {
	found := map[org.ID]Lying{}
	if len(documents) > 0 {
		list, err := tx.Documents(ctx, postgres.DocumentReachOf(who, agency), postgres.DocumentFilter{IDs: documents, Limit: len(documents)})
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			found[d.ID] = Lying{Document: &d}
		}
	}
	if len(arrivals) > 0 {
		list, err := tx.Arrivals(ctx, postgres.ArrivalReachOf(who, agency), postgres.ArrivalFilter{IDs: arrivals, Limit: len(arrivals)})
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			found[a.ID] = Lying{Arrival: &a}
		}
	}
	return found, nil
}

// contents gives the entries that the person may read, by the same filters as
// the lists: what vanished there vanishes here.
func contents(ctx context.Context, tx *postgres.Tx, who access.Person, f rule.File) ([]Lying, error) {
	documents, arrivals := []org.ID{}, []org.ID{}
	for _, e := range f.Entries {
		if e.DocumentID.IsZero() {
			arrivals = append(arrivals, e.ArrivalID)
		} else {
			documents = append(documents, e.DocumentID)
		}
	}
	readable, err := readable(ctx, tx, who, f.AgencyID, documents, arrivals)
	if err != nil {
		return nil, err
	}
	lying := []Lying{}
	for _, e := range f.InOrder() {
		id := e.DocumentID
		if id.IsZero() {
			id = e.ArrivalID
		}
		if l, ok := readable[id]; ok {
			l.Entry = e
			lying = append(lying, l)
		}
	}
	return lying, nil
}

// Open opens a new file; who opens it keeps it. From a line of the yearly list
// it takes the line's heading.
func (s *Service) Open(ctx context.Context, who access.Person, c access.Command, f rule.File) (View, error) {
	now := s.clock()
	f.ID, f.State, f.CreatorName = postgres.NewID(), rule.Open, who.FullName
	if f.Start.IsZero() {
		f.Start = org.DayOf(now)
	}
	pos, err := who.OpenCaseFile(f.AgencyID, c.Position)
	if err != nil {
		return View{}, err
	}
	f.AgencyID, f.KeeperID = pos.AgencyID, pos.ID
	var v View
	err = s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		first, id, err := tx.Once(ctx, c, f.ID, now)
		if err != nil {
			return err
		}
		if first {
			if err := s.open(ctx, tx, who, f, pos, now); err != nil {
				return err
			}
		}
		kept, err := tx.CaseFile(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		v, err = view(ctx, tx, who, kept)
		return err
	})
	return v, err
}

func (s *Service) open(ctx context.Context, tx *postgres.Tx, who access.Person, f rule.File, pos org.Position, now time.Time) error {
	if !f.CatalogueID.IsZero() {
		line, err := tx.LockCatalogueLine(ctx, []org.ID{f.AgencyID}, f.CatalogueID)
		if err != nil {
			return err
		}
		if err := rule.OpenFrom(!line.ApprovedAt.IsZero()); err != nil {
			return err
		}
		f.Heading = line.Heading
	}
	if f.UnitID.IsZero() {
		f.UnitID = pos.UnitID
	}
	if err := f.Check(); err != nil {
		return err
	}
	if err := tx.ActFor(ctx, f.AgencyID); err != nil {
		return err
	}
	if err := tx.AddCaseFile(ctx, f, now); err != nil {
		return err
	}
	event := document.Event{Verb: "casefile_opened", Data: map[string]string{"title": f.Title}}
	return tx.Record(ctx, f.AgencyID, subject, f.ID, event, document.By{Position: pos, Name: who.FullName}, now)
}

// change does one act in one transaction: lock, permit, once, rule, save, record.
func (s *Service) change(ctx context.Context, who access.Person, c access.Command, id org.ID, act access.CaseFileAct,
	do func(tx *postgres.Tx, f *rule.File, by document.By, now time.Time) (document.Event, error)) (View, error) {
	if err := who.Allowed(access.ScopeForCaseFile(act)); err != nil {
		return View{}, err
	}
	now := s.clock()
	var v View
	err := s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		f, err := tx.LockCaseFile(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		pos, err := who.OnCaseFile(act, f, c.Position)
		if err != nil {
			return err
		}
		first, _, err := tx.Once(ctx, c, id, now)
		if err != nil {
			return err
		}
		if first {
			if err := tx.ActFor(ctx, f.AgencyID); err != nil {
				return err
			}
			by := document.By{Position: pos, Name: who.FullName}
			event, err := do(tx, &f, by, now)
			if err != nil {
				return err
			}
			if err := tx.SaveCaseFile(ctx, f, now); err != nil {
				return err
			}
			if err := tx.Record(ctx, f.AgencyID, subject, f.ID, event, by, now); err != nil {
				return err
			}
		}
		kept, err := tx.CaseFile(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		v, err = view(ctx, tx, who, kept)
		return err
	})
	return v, err
}

// Edit replaces what the file says of itself, unless somebody changed it since
// version was read.
func (s *Service) Edit(ctx context.Context, who access.Person, c access.Command, id org.ID, version int, change func(*rule.File)) (View, error) {
	return s.change(ctx, who, c, id, access.EditCaseFile, func(_ *postgres.Tx, f *rule.File, _ document.By, _ time.Time) (document.Event, error) {
		if f.Version != version {
			return document.Event{}, fault.New(fault.Stale, "stale",
				"Hồ sơ đã được người khác sửa. Hãy tải lại.", "Somebody else changed the file. Read it again.")
		}
		return f.Edit(change)
	})
}

// Events gives a page of the file's history, oldest first.
func (s *Service) Events(ctx context.Context, who access.Person, id, after org.ID, most int) ([]postgres.Event, error) {
	var list []postgres.Event
	err := s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		f, err := tx.CaseFile(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		if err := who.ReadCaseFile(f); err != nil {
			return err
		}
		list = nil
		for len(list) < most {
			page, err := tx.Events(ctx, f.AgencyID, f.ID, after, most)
			if err != nil {
				return err
			}
			if list, err = appendTold(ctx, tx, who, f.AgencyID, list, page); err != nil || len(page) < most {
				return err
			}
			after = page[len(page)-1].ID
		}
		return nil
	})
	return list[:min(len(list), most)], err
}

// appendTold adds the events that the person may be told of: not what was put
// in or taken out that they may not read.
func appendTold(ctx context.Context, tx *postgres.Tx, who access.Person, agency org.ID, list, page []postgres.Event) ([]postgres.Event, error) {
	var about []org.ID
	subjects := make([]org.ID, len(page))
	for i, e := range page {
		if text := e.Data["document"]; text != "" {
			id, err := org.ParseID(text)
			if err != nil {
				return nil, fmt.Errorf("read an event of a case file: %w", err)
			}
			subjects[i], about = id, append(about, id)
		}
	}
	found, err := readable(ctx, tx, who, agency, about, about)
	if err != nil {
		return nil, err
	}
	for i, e := range page {
		if _, ok := found[subjects[i]]; ok || subjects[i].IsZero() {
			list = append(list, e)
		}
	}
	return list, nil
}

// ParseCursor reads where a page begins.
func ParseCursor(text string) (postgres.Cursor, error) { return postgres.ParseCursor(text) }

// CursorOf gives where the page after a row begins.
func CursorOf(f Summary) string { return postgres.Cursor{At: f.UpdatedAt, ID: f.ID}.String() }
