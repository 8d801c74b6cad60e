package outgoing

import (
	"context"
	"time"

	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// NumberPreview is a register that may number a document, and what its next
// number would read.
type NumberPreview struct {
	RegisterID org.ID
	Name       string
	Next       string
	Suggested  bool
}

// PreviewNumber shows the registers that may number the document. Nothing is
// taken: two clerks may be shown the same number, and only one will get it.
// A day of an earlier year shows that year's.
func (s *Service) PreviewNumber(ctx context.Context, who access.Person, id org.ID, day org.Day) ([]NumberPreview, error) {
	if err := who.Allowed(access.ScopeRead); err != nil {
		return nil, err
	}
	var list []NumberPreview
	err := s.store.InTx(ctx, postgres.PersonScope(who.Agencies()), func(tx *postgres.Tx) error {
		d, err := tx.Document(ctx, who.Agencies(), id)
		if err != nil {
			return err
		}
		if err := who.ReadDocument(access.FactsOf(d)); err != nil {
			return err
		}
		list = []NumberPreview{}
		if !who.Holds(d.AgencyID, org.Clerk) || !d.State.Allows(document.Number) {
			return nil
		}
		if err := tx.ActFor(ctx, d.AgencyID); err != nil {
			return err
		}
		if today := org.DayOf(s.clock()); day.IsZero() || day.After(today) {
			day = today
		}
		n, err := newNaming(ctx, tx, d)
		if err != nil {
			return err
		}
		registers, err := tx.Registers(ctx, d.AgencyID, numbering.Outgoing, day.Year())
		if err != nil {
			return err
		}
		chosen, chooseErr := numbering.Choose(registers, d.AgencyID, numbering.Outgoing, n.kind, day)
		for _, r := range registers {
			number, _, err := r.Take(day)
			if err != nil || !r.Takes(n.kind) {
				continue
			}
			ref, err := r.Compose(number, n.kind, n.issuer.Abbreviation, n.issuer.UnitAbbreviation)
			if err != nil {
				return err
			}
			list = append(list, NumberPreview{RegisterID: r.ID, Name: r.Name, Next: ref.String(), Suggested: chooseErr == nil && r.ID == chosen.ID})
		}
		return nil
	})
	return list, err
}

// naming is what a symbol is composed of.
type naming struct {
	kind   document.Kind
	issuer postgres.Issuer
}

func newNaming(ctx context.Context, tx *postgres.Tx, d document.Document) (naming, error) {
	kind, ok := document.KindByCode(d.Kind)
	if !ok {
		return naming{}, document.ErrUnknownKind
	}
	issuer, err := tx.Issuer(ctx, d.AgencyID, d.UnitID)
	return naming{kind: kind, issuer: issuer}, err
}

// chooseRegister reads the registers of the day's year and chooses one.
func chooseRegister(ctx context.Context, tx *postgres.Tx, d document.Document, kind document.Kind, asked org.ID, day org.Day) (numbering.Register, error) {
	registers, err := tx.Registers(ctx, d.AgencyID, numbering.Outgoing, day.Year())
	if err != nil {
		return numbering.Register{}, err
	}
	return fitting(registers, d.AgencyID, kind, asked, day)
}

// fitting gives the register asked for, if it takes the kind, or the one that
// the rules choose.
func fitting(registers []numbering.Register, agency org.ID, kind document.Kind, asked org.ID, day org.Day) (numbering.Register, error) {
	if asked.IsZero() {
		return numbering.Choose(registers, agency, numbering.Outgoing, kind, day)
	}
	for _, r := range registers {
		if r.ID == asked && r.Takes(kind) {
			return r, nil
		}
	}
	return numbering.Register{}, fault.InvalidField("registerId", "register_not_fitting",
		"Sổ được chọn không nhận loại văn bản này.", "The register does not take this kind of document.")
}

// taken takes the next number of a locked register, by the register's own rule.
func taken(locked numbering.Register, d document.Document, n naming, by document.By, now time.Time) (postgres.Taking, document.TakenNumber, error) {
	day := org.DayOf(now)
	number, after, err := locked.Take(day)
	if err != nil {
		return postgres.Taking{}, document.TakenNumber{}, err
	}
	ref, err := locked.Compose(number, n.kind, n.issuer.Abbreviation, n.issuer.UnitAbbreviation)
	if err != nil {
		return postgres.Taking{}, document.TakenNumber{}, err
	}
	taking := postgres.Taking{Register: after, Number: number, Symbol: ref.Notation(), Day: day, SubjectType: subject, SubjectID: d.ID,
		By: by.Position.AccountID, At: now}
	return taking, document.TakenNumber{RegisterID: locked.ID, Number: number.Value, Suffix: number.Suffix, Symbol: ref.Notation(),
		Written: ref.String(), Day: day}, nil
}

// Number gives an approved document the next number of its register.
func (s *Service) Number(ctx context.Context, who access.Person, c access.Command, id, registerID org.ID) error {
	return s.carryOut(ctx, who, c, id, step{document.Number,
		func(ctx context.Context, tx *postgres.Tx, d *document.Document, by document.By, now time.Time) (document.Event, error) {
			if !d.State.Allows(document.Number) {
				return document.Event{}, document.ErrOutOfOrder
			}
			n, err := newNaming(ctx, tx, *d)
			if err != nil {
				return document.Event{}, err
			}
			register, err := chooseRegister(ctx, tx, *d, n.kind, registerID, org.DayOf(now))
			if err != nil {
				return document.Event{}, err
			}
			locked, err := tx.LockRegister(ctx, d.AgencyID, register.ID)
			if err != nil {
				return document.Event{}, err
			}
			taking, number, err := taken(locked, *d, n, by, now)
			if err != nil {
				return document.Event{}, err
			}
			event, err := d.TakeNumber(number, now)
			if err != nil {
				return event, err
			}
			return event, tx.TakeNumber(ctx, taking)
		}})
}
