package incoming_test

import (
	"testing"

	"congvan/server/app/incoming"
	"congvan/server/domain/access"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// TestM3_ARestrictedArrivalIsGoneForWhoHoldsNoLine: from lists, counts and
// previews at once, and for the database's own policy too.
func TestM3_ARestrictedArrivalIsGoneForWhoHoldsNoLine(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id, _ := o.directed(t, org.DayOf(o.now))
	o.now = o.now.AddDate(0, 0, 2)
	sees := func(p access.Person) (list, late, count int, one bool) {
		t.Helper()
		rows, err := o.in.List(t.Context(), p, org.ID{}, incoming.Filter{Limit: 10})
		must(t, err)
		lines, err := o.in.Lines(t.Context(), p, org.ID{}, incoming.LineFilter{View: postgres.LinesLate, Limit: 10})
		must(t, err)
		must(t, o.Store.InTx(t.Context(), postgres.ScopeOf(p), func(tx *postgres.Tx) (err error) {
			count, _, err = tx.CountArrivals(t.Context(), postgres.ArrivalReachOf(p, org.ID{}), postgres.ArrivalFilter{})
			return err
		}))
		_, err = o.in.Read(t.Context(), p, id)
		return len(rows), len(lines), count, err == nil
	}
	if l, n, c, one := sees(o.Leader); l != 1 || n != 1 || c != 1 || !one {
		t.Fatalf("before: %d %d %d %v", l, n, c, one)
	}
	must(t, o.in.Restrict(t.Context(), o.Clerk, access.Command{}, id, true, "Đơn tố cáo"))
	if l, n, c, one := sees(o.Leader); l != 0 || n != 0 || c != 0 || one {
		t.Errorf("the leader holds no line and sees %d, %d late, %d counted, itself %v", l, n, c, one)
	}
	for name, p := range map[string]access.Person{"clerk": o.Clerk, "head": o.Head, "another head": o.head2} {
		if l, _, c, one := sees(p); l != 1 || c != 1 || !one {
			t.Errorf("the %s holds a line and sees %d, %d counted, itself %v", name, l, c, one)
		}
	}
	// The second belt: a transaction that does not say what it holds sees nothing of it.
	must(t, o.Store.InTx(t.Context(), postgres.PersonScope([]org.ID{o.ID}), func(tx *postgres.Tx) error {
		if _, err := tx.Arrival(t.Context(), []org.ID{o.ID}, id); err == nil {
			t.Errorf("the policy lets it through: %v", err)
		}
		return nil
	}))
	must(t, o.in.WithdrawLine(t.Context(), o.Clerk, access.Command{}, o.line(t, id, unit(o.second)).ID, "Nhầm"))
	if l, _, c, one := sees(o.head2); l != 0 || c != 0 || one {
		t.Errorf("whose line was withdrawn still sees %d, %d counted, itself %v", l, c, one)
	}
}
