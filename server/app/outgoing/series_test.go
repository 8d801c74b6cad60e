package outgoing_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"congvan/server/app/outgoing"
	"congvan/server/app/report"
	"congvan/server/domain/access"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
)

func (d *desk) series(code string, kinds ...string) numbering.Register {
	return numbering.Register{AgencyID: d.sender.ID, Code: code, Name: "Sổ " + code, Direction: numbering.Outgoing, Year: org.DayOf(time.Now()).Year(), Kinds: kinds, Opening: 41}
}

func TestB2_AClerkOpensASeriesAndItsNumbersGoOnFromThere(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one := d.Office(t, "H59.01", "Sở Nội vụ")
	open := func(who access.Person, r numbering.Register) (org.ID, error) {
		id, _, err := d.out.OpenRegister(t.Context(), who, access.Command{}, r)
		return id, err
	}
	_, err := open(d.sender.Leader, d.series("CT", "directive"))
	wantCode(t, err, "forbidden")
	_, err = open(one.Clerk, d.series("CT", "directive"))
	wantCode(t, err, "not_found")
	opened, err := open(d.sender.Clerk, d.series("CT", "directive"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = open(d.sender.Clerk, d.series("ct", "plan"))
	wantCode(t, err, "invalid_request")
	id, h := d.approved(t, agency(one))
	if err := d.out.Issue(t.Context(), d.sender.Clerk, access.Command{}, id, org.ID{}, h); err != nil {
		t.Fatal(err)
	}
	if v, err := d.out.Read(t.Context(), d.sender.Clerk, id); err != nil || v.Reference() != "41/CT-UBND" || v.RegisterID != opened {
		t.Errorf("%s %v", v.Reference(), err)
	}
	if err := d.out.CloseRegister(t.Context(), d.sender.Clerk, access.Command{}, opened, "Hết năm"); err != nil {
		t.Fatal(err)
	}
	_, err = d.out.Reserve(t.Context(), d.sender.Clerk, access.Command{}, opened, outgoing.Reservation{Count: 1, Reason: "x"})
	wantCode(t, err, "register_closed")
}

func TestB2_TwoClerksOpenTheSameSeriesAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var hands sync.WaitGroup
	faults := make([]error, 2)
	for i := range faults {
		hands.Go(func() {
			_, _, faults[i] = d.out.OpenRegister(t.Context(), d.sender.Clerk, access.Command{}, d.series("HĐ", "plan"))
		})
	}
	hands.Wait()
	if i := slices.Index(faults, nil); i < 0 {
		t.Fatal(faults)
	} else {
		wantCode(t, faults[1-i], "invalid_request")
	}
}

func TestB3_EveryNumberOutOfTheUsualWayNamesItsMakerAndReason(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one := d.Office(t, "H59.01", "Sở Nội vụ")
	kept := d.reserve(t, 2)
	if err := d.out.CancelNumber(t.Context(), d.sender.Clerk, access.Command{}, d.sender.OutgoingRegister, kept[1], "Không dùng"); err != nil {
		t.Fatal(err)
	}
	id, _ := d.approved(t, agency(one))
	if _, err := d.Admin(t).Exec(t.Context(), `update document set approved_at = approved_at - interval '1 day' where approved_at is not null`); err != nil {
		t.Fatal(err)
	}
	yesterday := org.DayOf(time.Now()).AddDays(-1)
	err := d.out.NumberSpecially(t.Context(), d.sender.Clerk, access.Command{}, id, outgoing.SpecialNumber{Day: yesterday, Reason: "Ký hôm qua"})
	if yesterday.Year() != org.DayOf(time.Now()).Year() { // on 1 January it belongs to a register that is not there
		wantCode(t, err, "register_missing")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	list := d.entries(t)
	if len(list) != 3 || list[0].TakenBy == "" || list[0].BackDated() || list[1].State != "cancelled" || !list[2].BackDated() || list[2].TakenBy == "" {
		t.Errorf("%+v", list)
	}
	waiting, err := report.New(d.Store, time.Now, nil).Reserved(t.Context(), d.sender.Clerk, d.sender.OutgoingRegister, 10)
	if err != nil || len(waiting) != 1 || waiting[0].Number != kept[0] {
		t.Errorf("%+v %v", waiting, err)
	}
}
