package casefile

import (
	"context"
	"time"

	"congvan/server/domain/access"
	rule "congvan/server/domain/casefile"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres"
)

// Add puts an outgoing or an incoming document into the file. Who may not read
// it cannot put it there.
func (s *Service) Add(ctx context.Context, who access.Person, c access.Command, id org.ID, e rule.Entry) (View, error) {
	return s.change(ctx, who, c, id, access.FillCaseFile, func(tx *postgres.Tx, f *rule.File, by document.By, now time.Time) (document.Event, error) {
		l, err := look(ctx, tx, f.AgencyID, e)
		if err != nil {
			return document.Event{}, err
		}
		if err := l.readable(who); err != nil {
			return document.Event{}, err
		}
		e.Day, e.AddedAt, e.AddedBy = l.Day, now, by.Name
		event, err := f.Add(e)
		if err != nil {
			return document.Event{}, err
		}
		return event, tx.AddCaseFileEntry(ctx, *f, e)
	})
}

// Remove takes a document out of the file, with a reason.
func (s *Service) Remove(ctx context.Context, who access.Person, c access.Command, id org.ID, e rule.Entry, reason string) (View, error) {
	return s.change(ctx, who, c, id, access.FillCaseFile, func(tx *postgres.Tx, f *rule.File, _ document.By, _ time.Time) (document.Event, error) {
		event, err := f.Remove(e, reason)
		if err != nil {
			return document.Event{}, err
		}
		return event, tx.RemoveCaseFileEntry(ctx, *f, e)
	})
}

// unsaid stands for a document that is there, and no more is said of it.
const unsaid = "…"

// found is a document as a file looks at it.
type found struct {
	rule.Lying
	readable func(access.Person) error
}

// look reads the document or arrival of an entry.
func look(ctx context.Context, tx *postgres.Tx, agency org.ID, e rule.Entry) (found, error) {
	l := found{Lying: rule.Lying{Entry: e}}
	if !e.DocumentID.IsZero() {
		d, err := tx.Document(ctx, []org.ID{agency}, e.DocumentID)
		if err != nil {
			return l, err
		}
		l.Day = d.Date
		if l.Day.IsZero() {
			l.Day = org.DayOf(d.CreatedAt)
		}
		l.Final = d.State == document.Issued || d.State == document.Voided
		l.Reference = d.Subject
		for _, f := range d.Files {
			if f.Role == document.MainFile {
				l.Content = f.Hash
			}
		}
		l.readable = func(p access.Person) error { return p.ReadDocument(access.FactsOf(d)) }
		return l, nil
	}
	a, err := tx.Arrival(ctx, []org.ID{agency}, e.ArrivalID)
	if err != nil {
		return l, err
	}
	l.Day = a.DocumentDate
	if l.Day.IsZero() {
		l.Day = org.DayOf(a.ArrivedAt)
	}
	l.Final = a.State == routing.Registered || a.State == routing.Inside
	l.Content, l.Reference = a.MainHash, a.Subject
	l.readable = func(p access.Person) error { return p.ReadArrival(access.ArrivalFactsOf(a)) }
	return l, nil
}

// Close ends the work on a file after the checks.
func (s *Service) Close(ctx context.Context, who access.Person, c access.Command, id org.ID, end org.Day) (View, error) {
	return s.change(ctx, who, c, id, access.CloseCaseFile, func(tx *postgres.Tx, f *rule.File, by document.By, now time.Time) (document.Event, error) {
		lying := make([]rule.Lying, len(f.Entries))
		for i, e := range f.Entries {
			l, err := look(ctx, tx, f.AgencyID, e)
			if fault.KindOf(err) == fault.NotFound {
				// A restricted arrival, which who closes the file may not know of.
				lying[i] = rule.Lying{Entry: e, Final: true, Reference: unsaid}
				continue
			}
			if err != nil {
				return document.Event{}, err
			}
			if l.readable(who) != nil {
				l.Reference = unsaid
			}
			lying[i] = l.Lying
		}
		return f.Close(end, lying, by, now)
	})
}

// Reopen lets work on a closed file go on.
func (s *Service) Reopen(ctx context.Context, who access.Person, c access.Command, id org.ID, reason string) (View, error) {
	return s.change(ctx, who, c, id, access.ReopenCaseFile, func(_ *postgres.Tx, f *rule.File, _ document.By, _ time.Time) (document.Event, error) {
		return f.Reopen(reason)
	})
}

// HandOver gives the file to another keeper.
func (s *Service) HandOver(ctx context.Context, who access.Person, c access.Command, id, keeper org.ID, note string) (View, error) {
	return s.change(ctx, who, c, id, access.HandOverCaseFile, func(tx *postgres.Tx, f *rule.File, _ document.By, now time.Time) (document.Event, error) {
		to, name := org.Position{ID: keeper}, ""
		people, err := tx.PositionsAddressed(ctx, f.AgencyID, []org.ID{keeper})
		if err != nil {
			return document.Event{}, err
		}
		for _, p := range people {
			if p.ID == keeper && p.Validity.Contains(org.DayOf(now)) {
				to, name = p.Position, p.FullName
			}
		}
		event, err := f.HandOver(to, note)
		if err == nil {
			event.Data["to"] = name
		}
		return event, err
	})
}

// Freeze keeps a file as it is; Release ends it.
func (s *Service) Freeze(ctx context.Context, who access.Person, c access.Command, id org.ID, reason string) (View, error) {
	return s.change(ctx, who, c, id, access.FreezeCaseFile, func(_ *postgres.Tx, f *rule.File, _ document.By, _ time.Time) (document.Event, error) {
		return f.Freeze(reason)
	})
}

// Release ends the freezing.
func (s *Service) Release(ctx context.Context, who access.Person, c access.Command, id org.ID, reason string) (View, error) {
	return s.change(ctx, who, c, id, access.ReleaseCaseFile, func(_ *postgres.Tx, f *rule.File, _ document.By, _ time.Time) (document.Event, error) {
		return f.Release(reason)
	})
}

// Destroy ends a file by a decision and leaves a stub.
func (s *Service) Destroy(ctx context.Context, who access.Person, c access.Command, id org.ID, decision string) (View, error) {
	return s.change(ctx, who, c, id, access.DestroyCaseFile, func(tx *postgres.Tx, f *rule.File, _ document.By, now time.Time) (document.Event, error) {
		event, err := f.Destroy(decision, now)
		if err != nil {
			return document.Event{}, err
		}
		return event, tx.EmptyCaseFile(ctx, *f)
	})
}
