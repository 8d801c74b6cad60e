package outgoing_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"congvan/server/app/outgoing"
	"congvan/server/app/report"
	"congvan/server/domain/access"
	"congvan/server/domain/document"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
	"congvan/storage/postgres"
)

// entries gives the sender's register, lowest number first.
func (d *desk) entries(t *testing.T) []postgres.Entry {
	t.Helper()
	books := report.New(d.Store, time.Now, nil)
	list, err := books.Entries(t.Context(), d.sender.Clerk, d.sender.OutgoingRegister, numbering.Number{Value: 1 << 30}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(list)
	return list
}

func (d *desk) reserve(t *testing.T, count int) []numbering.Number {
	t.Helper()
	list, err := d.out.Reserve(t.Context(), d.sender.Clerk, access.Command{}, d.sender.OutgoingRegister, outgoing.Reservation{Count: count, Reason: "Chờ văn bản giấy"})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestB3_AReservedNumberIsGivenToItsDocumentOrCancelled(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one := d.Office(t, "H59.01", "Sở Nội vụ")
	kept := d.reserve(t, 2)
	if fmt.Sprint(kept) != "[01 02]" {
		t.Fatalf("reserved %v", kept)
	}
	id, _ := d.approved(t, agency(one))
	special := func(who access.Person, in outgoing.SpecialNumber) error {
		return d.out.NumberSpecially(t.Context(), who, access.Command{}, id, in)
	}
	wantCode(t, special(d.sender.Clerk, outgoing.SpecialNumber{Reserved: &kept[0]}), "invalid_request")
	wantCode(t, special(d.sender.Leader, outgoing.SpecialNumber{Reserved: &kept[0], Reason: "x"}), "forbidden")
	if err := special(d.sender.Clerk, outgoing.SpecialNumber{Reserved: &kept[0], Reason: "Văn bản đã ký giấy"}); err != nil {
		t.Fatal(err)
	}
	if v, err := d.out.Read(t.Context(), d.sender.Clerk, id); err != nil || v.State != document.Numbered || v.Reference() != "01/CT-UBND" {
		t.Fatalf("%+v %v", v, err)
	}
	cancel := func(n numbering.Number, reason string) error {
		return d.out.CancelNumber(t.Context(), d.sender.Clerk, access.Command{}, d.sender.OutgoingRegister, n, reason)
	}
	wantCode(t, cancel(kept[0], "Không dùng"), "not_reserved")
	wantCode(t, cancel(kept[1], ""), "invalid_request")
	if err := cancel(kept[1], "Không dùng"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, cancel(kept[1], "Không dùng"), "not_reserved")
	next, h := d.approved(t, agency(one))
	wantCode(t, d.out.NumberSpecially(t.Context(), d.sender.Clerk, access.Command{}, next, outgoing.SpecialNumber{Reserved: &kept[1], Reason: "x"}), "not_reserved")
	if err := d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, next, org.ID{}, h); err != nil {
		t.Fatal(err)
	}
	list := d.entries(t)
	if len(list) != 3 || list[0].SubjectType != "document" || list[0].Reason != "Văn bản đã ký giấy" || list[1].State != "cancelled" || list[1].Reason != "Không dùng" || list[2].Number.Value != 3 {
		t.Errorf("%+v", list)
	}
}

func TestB3_AnInsertedNumberStandsBehindItsNeighbour(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one := d.Office(t, "H59.01", "Sở Nội vụ")
	d.reserve(t, 12)
	for _, want := range []string{"12a/CT-UBND", "12b/CT-UBND"} {
		id, _ := d.approved(t, agency(one))
		if err := d.out.NumberSpecially(t.Context(), d.sender.Clerk, access.Command{}, id, outgoing.SpecialNumber{InsertBehind: 12, Reason: "Bổ sung"}); err != nil {
			t.Fatal(err)
		}
		if v, err := d.out.Read(t.Context(), d.sender.Clerk, id); err != nil || v.Reference() != want {
			t.Errorf("%s, want %s: %v", v.Reference(), want, err)
		}
	}
	id, _ := d.approved(t, agency(one))
	wantCode(t, d.out.NumberSpecially(t.Context(), d.sender.Clerk, access.Command{}, id, outgoing.SpecialNumber{InsertBehind: 13, Reason: "x"}), "invalid_request")
	wantCode(t, d.out.NumberSpecially(t.Context(), d.sender.Clerk, access.Command{}, id, outgoing.SpecialNumber{Day: org.DayOf(time.Now()).AddDays(1), Reason: "x"}), "invalid_request")
	wantCode(t, d.out.NumberSpecially(t.Context(), d.sender.Clerk, access.Command{}, id, outgoing.SpecialNumber{Day: org.DayOf(time.Now()).AddDays(-1), Reason: "x"}), "invalid_request")
	if n := len(d.entries(t)); n != 14 {
		t.Errorf("%d entries", n)
	}
}

func TestB3_SignedOnTheLastDayOfTheYearNumberedInTheNext(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one := d.Office(t, "H59.01", "Sở Nội vụ")
	id, _ := d.approved(t, agency(one))
	year := org.DayOf(time.Now()).Year()
	last, err := org.NewDay(year-1, time.December, 31)
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		fmt.Sprintf(`update document set approved_at = '%d-12-31 16:00+07' where approved_at is not null`, year-1),
		fmt.Sprintf(`insert into register (agency_id, id, code, direction, year, name, next_number) select agency_id, gen_random_uuid(), code, direction, %d, name, 40 from register where direction = 'outgoing'`, year-1),
	} {
		if _, err := d.Admin(t).Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.out.NumberSpecially(t.Context(), d.sender.Clerk, access.Command{}, id, outgoing.SpecialNumber{Day: last, Reason: "Ký ngày 31/12"}); err != nil {
		t.Fatal(err)
	}
	if v, err := d.out.Read(t.Context(), d.sender.Clerk, id); err != nil || v.Reference() != "40/CT-UBND" || v.Date != last {
		t.Errorf("%s of %s: %v", v.Reference(), v.Date, err)
	}
}

var errGaveUp = errors.New("gave up")

func TestB1_ManyHandsOnOneRegisterLeaveNoGap(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one := d.Office(t, "H59.01", "Sở Nội vụ")
	var hands sync.WaitGroup
	const each = 6
	for range each {
		id, h := d.approved(t, agency(one))
		hands.Go(func() {
			if err := d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, id, org.ID{}, h); err != nil {
				t.Error(err)
			}
		})
		hands.Go(func() {
			if _, err := d.out.Reserve(t.Context(), d.sender.Clerk, access.Command{}, d.sender.OutgoingRegister, outgoing.Reservation{Count: 2, Reason: "Giữ"}); err != nil {
				t.Error(err)
			}
		})
		hands.Go(func() { // takes a number and fails afterwards
			err := d.InTx(t.Context(), postgres.PersonScope(d.sender.Clerk.Agencies()), func(tx *postgres.Tx) error {
				if err := tx.ActFor(t.Context(), d.sender.ID); err != nil {
					return err
				}
				r, err := tx.LockRegister(t.Context(), d.sender.ID, d.sender.OutgoingRegister)
				if err != nil {
					return err
				}
				numbers, after, err := r.Reserve(1, org.DayOf(time.Now()))
				if err != nil {
					return err
				}
				err = tx.Reserve(t.Context(), after, numbers, postgres.Taking{Day: org.DayOf(time.Now()), SubjectType: "reserved", By: d.sender.Clerk.AccountID, At: time.Now()}, "x")
				return errors.Join(err, errGaveUp)
			})
			if !errors.Is(err, errGaveUp) {
				t.Error(err)
			}
		})
	}
	hands.Wait()
	list := d.entries(t)
	if len(list) != 3*each {
		t.Fatalf("%d numbers", len(list))
	}
	for i, e := range list {
		if e.Number.Value != i+1 {
			t.Fatalf("place %d holds %s", i+1, e.Number)
		}
	}
}
