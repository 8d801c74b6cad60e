package outgoing

import (
	"context"
	"strings"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// SpecialNumber is a number out of the usual way (B3).
type SpecialNumber struct {
	RegisterID   org.ID
	Reserved     *numbering.Number // one that waits for this document
	InsertBehind int               // 12 makes 12a
	Day          org.Day           // the day the document carries; none is today
	Reason       string
}

// NumberSpecially gives an approved document a number that was reserved, one
// inserted behind another, or one with an earlier day, for a reason that stays
// in the register.
func (s *Service) NumberSpecially(ctx context.Context, who access.Person, c access.Command, id org.ID, in SpecialNumber) error {
	return s.carryOut(ctx, who, c, id, step{document.Number,
		func(ctx context.Context, tx *postgres.Tx, d *document.Document, by document.By, now time.Time) (document.Event, error) {
			if !d.State.Allows(document.Number) {
				return document.Event{}, document.ErrOutOfOrder
			}
			if in.Day.IsZero() {
				in.Day = org.DayOf(now)
			}
			in.Reason = strings.TrimSpace(in.Reason)
			signed := org.Day{}
			if !d.ApprovedAt.IsZero() {
				signed = org.DayOf(d.ApprovedAt)
			}
			if err := numbering.CheckSpecial(in.Reason, in.Day, signed, org.DayOf(now)); err != nil {
				return document.Event{}, err
			}
			number, err := s.special(ctx, tx, *d, in, by, now)
			if err != nil {
				return document.Event{}, err
			}
			event, err := d.TakeNumber(number, now)
			if err == nil {
				event.Data["reason"] = in.Reason
			}
			return event, err
		}})
}

func (s *Service) special(ctx context.Context, tx *postgres.Tx, d document.Document, in SpecialNumber, by document.By, now time.Time) (document.TakenNumber, error) {
	none := document.TakenNumber{}
	n, err := newNaming(ctx, tx, d)
	if err != nil {
		return none, err
	}
	register, err := chooseRegister(ctx, tx, d, n.kind, in.RegisterID, in.Day)
	if err != nil {
		return none, err
	}
	locked, err := tx.LockRegister(ctx, d.AgencyID, register.ID)
	if err != nil {
		return none, err
	}
	number, after, err := numberFor(ctx, tx, locked, in)
	if err != nil {
		return none, err
	}
	ref, err := locked.Compose(number, n.kind, n.issuer.Abbreviation, n.issuer.UnitAbbreviation)
	if err != nil {
		return none, err
	}
	taking := postgres.Taking{Register: after, Number: number, Symbol: ref.Notation(), Day: in.Day, SubjectType: subject, SubjectID: d.ID,
		By: by.Position.AccountID, At: now}
	if in.Reserved != nil {
		err = tx.GiveEntry(ctx, taking, in.Reason)
	} else {
		err = tx.TakeSpecial(ctx, taking, in.Reason)
	}
	return document.TakenNumber{RegisterID: locked.ID, Number: number.Value, Suffix: number.Suffix, Symbol: ref.Notation(), Written: ref.String(), Day: in.Day}, err
}

// numberFor finds the number and the register after it was taken.
func numberFor(ctx context.Context, tx *postgres.Tx, r numbering.Register, in SpecialNumber) (numbering.Number, numbering.Register, error) {
	switch {
	case in.Reserved != nil:
		e, err := tx.LockEntry(ctx, r, *in.Reserved)
		if err != nil {
			return numbering.Number{}, r, err
		}
		if !e.Reserved() {
			return numbering.Number{}, r, numbering.ErrNotReserved
		}
		if in.Day.Year() != r.Year {
			_, _, err := r.Take(in.Day)
			return numbering.Number{}, r, err
		}
		return *in.Reserved, r, nil
	case in.InsertBehind > 0:
		suffixes, err := tx.Suffixes(ctx, r, in.InsertBehind)
		if err != nil {
			return numbering.Number{}, r, err
		}
		number, err := r.Insert(in.InsertBehind, suffixes, in.Day)
		return number, r, err
	}
	return r.Take(in.Day)
}

// Reservation is a wish for numbers ahead of their documents.
type Reservation struct {
	Count  int
	Reason string
}

// Reserve takes the next numbers of an outgoing register for documents that
// will follow. Whoever they are for stands in the reason.
func (s *Service) Reserve(ctx context.Context, who access.Person, c access.Command, register org.ID, in Reservation) ([]numbering.Number, error) {
	var numbers []numbering.Number
	err := s.onRegister(ctx, who, c, register, in.Reason, func(tx *postgres.Tx, r numbering.Register, by document.By, now time.Time) (document.Event, error) {
		if err := r.Reservable(); err != nil {
			return document.Event{}, err
		}
		taken, after, err := r.Reserve(in.Count, org.DayOf(now))
		if err != nil {
			return document.Event{}, err
		}
		numbers = taken
		t := postgres.Taking{Day: org.DayOf(now), SubjectType: "reserved", By: by.Position.AccountID, At: now}
		return document.Event{Verb: "numbers_reserved", Data: map[string]string{"number": taken[0].String() + "–" + taken[len(taken)-1].String(), "reason": in.Reason}},
			tx.Reserve(ctx, after, taken, t, strings.TrimSpace(in.Reason))
	})
	return numbers, err
}

// CancelNumber cancels a reserved number; it stays in the register with the
// reason. The number of a document goes with the document: it is voided.
func (s *Service) CancelNumber(ctx context.Context, who access.Person, c access.Command, register org.ID, n numbering.Number, reason string) error {
	return s.onRegister(ctx, who, c, register, reason, func(tx *postgres.Tx, r numbering.Register, _ document.By, _ time.Time) (document.Event, error) {
		if err := r.Reservable(); err != nil {
			return document.Event{}, err
		}
		e, err := tx.LockEntry(ctx, r, n)
		if err != nil {
			return document.Event{}, err
		}
		if !e.Reserved() {
			return document.Event{}, numbering.ErrNotReserved
		}
		return document.Event{Verb: "number_cancelled", Data: map[string]string{"number": n.String(), "reason": reason}},
			tx.CancelEntry(ctx, r, n, strings.TrimSpace(reason))
	})
}

// onRegister does one act of a clerk on a locked register, and records it.
func (s *Service) onRegister(ctx context.Context, who access.Person, c access.Command, id org.ID, reason string,
	act func(tx *postgres.Tx, r numbering.Register, by document.By, now time.Time) (document.Event, error)) error {
	if err := who.Allowed(access.ScopeNumber); err != nil {
		return err
	}
	now := s.clock()
	return s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		r, err := tx.Register(ctx, postgres.RegisterReach{Agencies: who.Agencies()}, id)
		if err != nil {
			return err
		}
		pos, err := who.KeepRegister(r.AgencyID, c.Position)
		if err != nil {
			return err
		}
		if first, _, err := tx.Once(ctx, c, id, now); err != nil || !first {
			return err
		}
		if err := numbering.CheckReason(reason); err != nil {
			return err
		}
		if err := tx.ActFor(ctx, r.AgencyID); err != nil {
			return err
		}
		if r, err = tx.LockRegister(ctx, r.AgencyID, id); err != nil {
			return err
		}
		by := document.By{Position: pos, Name: who.FullName}
		event, err := act(tx, r, by, now)
		if err != nil {
			return err
		}
		return tx.Record(ctx, r.AgencyID, "register", r.ID, event, by, now)
	})
}
