package incoming

import (
	"context"

	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
	"congvan/storage/postgres"
)

// enterInUnit enters the arrival in the unit's own register, if it has one,
// when the unit takes its line in. A unit enters a document once, however often
// it is given it.
func (b bench) enterInUnit(ctx context.Context, after routing.Tree) error {
	l, _ := after.Line(b.line.ID)
	if b.line.State != routing.LineAwaiting || l.UnitID.IsZero() || l.State == routing.LineAwaiting || l.State == routing.LineReturned || l.State == routing.LineWithdrawn {
		return nil
	}
	agency, day := b.arrival.AgencyID, b.today()
	registers, err := b.tx.Registers(ctx, agency, numbering.Incoming, day.Year())
	if err != nil {
		return err
	}
	chosen, ok := numbering.ChooseOfUnit(registers, l.UnitID, kindOf(b.arrival), day)
	if !ok {
		return nil
	}
	entered, err := b.tx.UnitNumbers(ctx, agency, b.arrival.ID)
	if err != nil {
		return err
	}
	if _, there := entered[l.UnitID]; there {
		return nil
	}
	return b.enter(ctx, chosen.ID, day)
}

// enter takes the next number of the register, locked last.
func (b bench) enter(ctx context.Context, register org.ID, day org.Day) error {
	r, err := b.tx.LockRegister(ctx, b.arrival.AgencyID, register)
	if err != nil {
		return err
	}
	number, next, err := r.Take(day)
	if err != nil {
		return err
	}
	return b.tx.TakeNumber(ctx, postgres.Taking{Register: next, Number: number, Day: day, SubjectType: subject, SubjectID: b.arrival.ID,
		By: b.by.Position.AccountID, At: b.now})
}
