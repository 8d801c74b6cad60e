package postgres

import (
	"context"
	"fmt"

	"congvan/server/domain/numbering"
	"congvan/storage/postgres/internal/dbsqlc"
)

// Reserve stores numbers that wait for their documents. The register must be
// locked; after is it when all were taken.
func (tx *Tx) Reserve(ctx context.Context, after numbering.Register, numbers []numbering.Number, t Taking, reason string) error {
	t.Register = after
	if _, err := tx.q.AdvanceRegister(ctx, advanceOf(t)); err != nil {
		return fmt.Errorf("advance register: %w", err)
	}
	for _, n := range numbers {
		t.Number, t.SubjectID = n, NewID()
		if err := tx.enter(ctx, t, reason); err != nil {
			return err
		}
	}
	return nil
}

// TakeSpecial stores a number that was taken out of the usual way, with the
// reason. The register must be locked.
func (tx *Tx) TakeSpecial(ctx context.Context, t Taking, reason string) error {
	if _, err := tx.q.AdvanceRegister(ctx, advanceOf(t)); err != nil {
		return fmt.Errorf("advance register: %w", err)
	}
	return tx.enter(ctx, t, reason)
}

func (tx *Tx) enter(ctx context.Context, t Taking, reason string) error {
	e := entryOf(t)
	if err := tx.q.InsertSpecialEntry(ctx, dbsqlc.InsertSpecialEntryParams{AgencyID: e.AgencyID, RegisterID: e.RegisterID, Year: e.Year, Number: e.Number,
		Suffix: e.Suffix, Symbol: e.Symbol, Day: e.Day, SubjectType: e.SubjectType, SubjectID: e.SubjectID, Reason: reason, TakenBy: e.TakenBy, TakenAt: e.TakenAt}); err != nil {
		return fmt.Errorf("enter number: %w", err)
	}
	return nil
}

// Suffixes gives the letters that stand behind a number already.
func (tx *Tx) Suffixes(ctx context.Context, r numbering.Register, value int) ([]string, error) {
	list, err := tx.q.EntrySuffixes(ctx, dbsqlc.EntrySuffixesParams{AgencyID: r.AgencyID, RegisterID: r.ID, Year: int32(r.Year), Number: int32(value)})
	if err != nil {
		return nil, fmt.Errorf("list suffixes: %w", err)
	}
	return list, nil
}

// LockedEntry is a number that nobody else changes until the transaction ends.
type LockedEntry struct {
	SubjectType string
	State       string
	Reason      string
}

// Reserved tells whether the number waits for a document.
func (e LockedEntry) Reserved() bool { return e.SubjectType == "reserved" && e.State == "taken" }

// LockEntry gives a number of the register.
func (tx *Tx) LockEntry(ctx context.Context, r numbering.Register, n numbering.Number) (LockedEntry, error) {
	e, err := tx.q.LockRegisterEntry(ctx, dbsqlc.LockRegisterEntryParams{AgencyID: r.AgencyID, RegisterID: r.ID, Year: int32(r.Year),
		Number: int32(n.Value), Suffix: n.Suffix})
	if err != nil {
		return LockedEntry{}, fmt.Errorf("lock number: %w", err)
	}
	return LockedEntry{SubjectType: e.SubjectType, State: e.State, Reason: e.Reason}, nil
}

// CancelEntry cancels a number; it stays in the register with the reason.
func (tx *Tx) CancelEntry(ctx context.Context, r numbering.Register, n numbering.Number, reason string) error {
	if err := tx.q.CancelRegisterEntry(ctx, dbsqlc.CancelRegisterEntryParams{Reason: reason, AgencyID: r.AgencyID, RegisterID: r.ID, Year: int32(r.Year),
		Number: int32(n.Value), Suffix: n.Suffix}); err != nil {
		return fmt.Errorf("cancel number: %w", err)
	}
	return nil
}

// GiveEntry gives a reserved number to its document.
func (tx *Tx) GiveEntry(ctx context.Context, t Taking, reason string) error {
	if err := tx.q.GiveRegisterEntry(ctx, dbsqlc.GiveRegisterEntryParams{SubjectID: t.SubjectID, Symbol: t.Symbol, Day: t.Day, Reason: reason,
		AgencyID: t.Register.AgencyID, RegisterID: t.Register.ID, Year: int32(t.Register.Year), Number: int32(t.Number.Value), Suffix: t.Number.Suffix}); err != nil {
		return fmt.Errorf("give number: %w", err)
	}
	return nil
}
