package incoming

import (
	"context"
	"slices"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/blob"
	"congvan/storage/postgres"
)

// View is an arrival as its page shows it.
type View struct {
	routing.Arrival
	Names       postgres.ArrivalNames
	Mail        *postgres.ArrivalMail
	MailAbout   *document.Document // of ours, where the mail answers one that the person may read
	LookAlikes  []postgres.LookAlike
	Acts        []access.ArrivalAct
	LineActs    map[org.ID][]access.LineAct
	Directions  []postgres.Direction
	Notes       []postgres.LineNote
	Answers     []postgres.Answer
	Followed    bool
	Today       org.Day
	DueForWork  org.Day                        // the arrival's due date, moved off days of rest; none when it has passed
	UnitNumbers map[org.ID]postgres.UnitNumber // in registers of the units' own
	Suggestion  *Suggestion                    // to whom the agency's rules forward it, for who may
}

// Read gives an arrival with everything its page shows.
func (s *Service) Read(ctx context.Context, who access.Person, id org.ID) (View, error) {
	v := View{LookAlikes: []postgres.LookAlike{}, LineActs: map[org.ID][]access.LineAct{}, Today: org.DayOf(s.clock())}
	err := s.reading(ctx, who, id, func(tx *postgres.Tx, a routing.Arrival) (err error) {
		v.Arrival, v.Acts = a, who.ArrivalActs(access.ArrivalFactsOf(a))
		if v.Names, err = tx.ArrivalNames(ctx, a); err != nil {
			return err
		}
		if v.Mail, err = tx.ArrivalMail(ctx, a); err != nil {
			return err
		}
		if v.MailAbout, err = answeredDocument(ctx, tx, who, v.Mail); err != nil {
			return err
		}
		if err := v.advise(ctx, tx, who); err != nil {
			return err
		}
		if a.State == routing.Awaiting {
			v.LookAlikes, err = tx.LookAlikes(ctx, a)
			return err
		}
		return v.office(ctx, tx, who)
	})
	return v, err
}

// advise adds what is filled in beforehand: a due date on which the office
// works, and the rule of forwarding that fits.
func (v *View) advise(ctx context.Context, tx *postgres.Tx, who access.Person) (err error) {
	if v.DueForWork, err = dueForWork(ctx, tx, v.Arrival, v.Today); err != nil || !who.Holds(v.AgencyID, org.Clerk) {
		return err
	}
	v.Suggestion, err = suggest(ctx, tx, v.Arrival, v.DueForWork, v.Today)
	return err
}

// office adds what the office says and does about the arrival.
func (v *View) office(ctx context.Context, tx *postgres.Tx, who access.Person) (err error) {
	facts := access.ArrivalFactsOf(v.Arrival)
	for _, l := range v.Lines {
		v.LineActs[l.ID] = who.LineActs(facts, l)
	}
	if v.Directions, err = tx.Directions(ctx, v.AgencyID, v.ID); err != nil {
		return err
	}
	if v.UnitNumbers, err = tx.UnitNumbers(ctx, v.AgencyID, v.ID); err != nil {
		return err
	}
	if v.Notes, err = tx.LineNotes(ctx, v.AgencyID, v.ID); err != nil {
		return err
	}
	for id, acts := range v.LineActs {
		v.LineActs[id] = slices.DeleteFunc(acts, func(act access.LineAct) bool { return act == access.GiveMoreTime && !v.asked(id) })
	}
	if v.Answers, err = tx.Answers(ctx, v.AgencyID, v.ID); err != nil {
		return err
	}
	v.Followed, err = tx.Follows(ctx, v.AgencyID, who.AccountID, v.ID)
	return err
}

// asked tells whether more time was asked for the line and nobody decided yet.
func (v *View) asked(line org.ID) bool {
	return slices.ContainsFunc(v.Notes, func(n postgres.LineNote) bool { return n.LineID == line && n.Decision == "asked" })
}

// answeredDocument gives the document that a mail answers, to who may read it.
func answeredDocument(ctx context.Context, tx *postgres.Tx, who access.Person, m *postgres.ArrivalMail) (*document.Document, error) {
	if m == nil || m.Answers.IsZero() {
		return nil, nil
	}
	doc, err := tx.Document(ctx, who.Agencies(), m.Answers)
	if err == nil {
		err = who.ReadDocument(access.FactsOf(doc))
	}
	if kind := fault.KindOf(err); err != nil && (kind == fault.NotFound || kind == fault.Forbidden) {
		return nil, nil // what the person may not read is not named
	}
	return &doc, err
}

// reading runs fn with an arrival that the person may see.
func (s *Service) reading(ctx context.Context, who access.Person, id org.ID, fn func(tx *postgres.Tx, a routing.Arrival) error) error {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return err
	}
	return s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) error {
		a, err := tx.Arrival(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		if err := who.ReadArrival(access.ArrivalFactsOf(a)); err != nil {
			return err
		}
		return fn(tx, a)
	})
}

// MarkRead notes that the person opened the arrival, and their own lines of it.
func (s *Service) MarkRead(ctx context.Context, who access.Person, id org.ID) error {
	now := s.clock()
	return s.reading(ctx, who, id, func(tx *postgres.Tx, a routing.Arrival) error {
		if err := tx.ActFor(ctx, a.AgencyID); err != nil {
			return err
		}
		by := document.By{Position: who.PositionIn(a.AgencyID), Name: who.FullName}
		if err := tx.RecordView(ctx, a.AgencyID, a.ID, by, now); err != nil {
			return err
		}
		lines := who.HeldLines(access.ArrivalFactsOf(a))
		if len(lines) == 0 {
			return nil
		}
		_, err := tx.MarkRead(ctx, a.AgencyID, lines, now)
		return err
	})
}

// File gives a file of an arrival that the person may see. Knowing a hash is
// not a permission: the file must belong to the arrival.
func (s *Service) File(ctx context.Context, who access.Person, id org.ID, h document.Hash) (postgres.StoredFile, error) {
	var f postgres.StoredFile
	err := s.reading(ctx, who, id, func(tx *postgres.Tx, a routing.Arrival) (err error) {
		if a.State.Gone() {
			return ErrGone
		}
		beside, ok, err := tx.FileBesideArrival(ctx, a.AgencyID, a.ID, h)
		if err != nil {
			return err
		}
		if f = beside; ok {
			return nil
		}
		f, err = tx.ArrivalFile(ctx, a.AgencyID, a.ID, h)
		return err
	})
	return f, err
}

// OpenFile gives a file of an arrival that the person may see, with its bytes.
func (s *Service) OpenFile(ctx context.Context, who access.Person, id org.ID, h document.Hash) (postgres.StoredFile, *blob.File, error) {
	f, err := s.File(ctx, who, id, h)
	if err != nil {
		return f, nil, err
	}
	content, err := s.blobs.Open(ctx, f.Hash)
	return f, content, err
}

// Events gives a page of the arrival's history in this agency, oldest first.
func (s *Service) Events(ctx context.Context, who access.Person, id, after org.ID, most int) ([]postgres.Event, error) {
	var list []postgres.Event
	err := s.reading(ctx, who, id, func(tx *postgres.Tx, a routing.Arrival) (err error) {
		list, err = tx.Events(ctx, a.AgencyID, a.ID, after, most)
		return err
	})
	return list, err
}

// List gives a page of the incoming documents that the person may see.
func (s *Service) List(ctx context.Context, who access.Person, agency org.ID, f postgres.ArrivalFilter) ([]postgres.ArrivalSummary, error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	var list []postgres.ArrivalSummary
	err := s.store.InTx(ctx, postgres.ScopeOf(who), func(tx *postgres.Tx) (err error) {
		list, err = tx.Arrivals(ctx, postgres.ArrivalReachOf(who, agency), f)
		return err
	})
	return list, err
}
