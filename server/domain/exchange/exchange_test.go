package exchange_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

var (
	noon   = time.Date(2017, 6, 15, 12, 0, 0, 0, org.Zone())
	states = []exchange.State{exchange.Waiting, exchange.Sent, exchange.Arrived, exchange.Registered, exchange.Assigned,
		exchange.InWork, exchange.Done, exchange.Refused, exchange.Failed, exchange.Expired}
)

func delivery(s exchange.State) exchange.Delivery {
	return exchange.Delivery{ID: org.ID{15: 1}, Name: "Sở Nội vụ", Channel: exchange.Axis, State: s, StateAt: noon}
}

// receipts are drawn from few values, so that they contradict, repeat and tie.
func receipts() *rapid.Generator[[]exchange.Receipt] {
	return rapid.Custom(func(t *rapid.T) []exchange.Receipt {
		said := rapid.SliceOfN(rapid.SampledFrom(append([]exchange.State{"", "read"}, states...)), 1, 3).Draw(t, "states")
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) exchange.Receipt {
			return exchange.Receipt{
				State:         rapid.SampledFrom(said).Draw(t, "state"),
				At:            noon.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "minute")) * time.Minute),
				ByName:        rapid.SampledFrom([]string{"", "Lan", "Mai"}).Draw(t, "by"),
				Reason:        rapid.SampledFrom([]string{"", "Gửi nhầm"}).Draw(t, "reason"),
				ArrivalNumber: rapid.IntRange(0, 2).Draw(t, "number"),
			}
		}), 0, 8).Draw(t, "receipts")
	})
}

func after(d exchange.Delivery, rs []exchange.Receipt) exchange.Delivery {
	for _, r := range rs {
		d, _ = d.Apply(r)
	}
	return d
}

func TestE1_OrderAndRepetitionOfReceiptsMakeNoDifference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := delivery(rapid.SampledFrom(states[:3]).Draw(t, "begins"))
		once := receipts().Draw(t, "receipts")
		again := append(slices.Clone(once), rapid.SliceOfN(rapid.SampledFrom(append(once, exchange.Receipt{})), 0, 4).Draw(t, "repeated")...)
		shuffled := rapid.Permutation(again).Draw(t, "as they came")
		if want, got := after(d, once), after(d, shuffled); got != want {
			t.Fatalf("in another order: %+v\nwas %+v", got, want)
		}
	})
}

func TestE1_AReceiptTwiceChangesNothingTheSecondTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := delivery(rapid.SampledFrom(states).Draw(t, "state"))
		for _, r := range receipts().Draw(t, "receipts") {
			once, _ := d.Apply(r)
			twice, changed := once.Apply(r)
			if changed || twice != once {
				t.Fatalf("%+v changed %+v into %+v", r, once, twice)
			}
			d = once
		}
	})
}

func TestE1_AReceiptNeverLeadsBack(t *testing.T) {
	t.Parallel()
	// Written out apart from the code's own order.
	leaves := map[exchange.State][]exchange.State{
		exchange.Waiting:    {exchange.Sent, exchange.Failed, exchange.Expired, exchange.Arrived, exchange.Refused, exchange.Registered, exchange.Assigned, exchange.InWork, exchange.Done},
		exchange.Sent:       {exchange.Failed, exchange.Expired, exchange.Arrived, exchange.Refused, exchange.Registered, exchange.Assigned, exchange.InWork, exchange.Done},
		exchange.Failed:     {exchange.Expired, exchange.Arrived, exchange.Refused, exchange.Registered, exchange.Assigned, exchange.InWork, exchange.Done},
		exchange.Expired:    {exchange.Arrived, exchange.Refused, exchange.Registered, exchange.Assigned, exchange.InWork, exchange.Done},
		exchange.Arrived:    {exchange.Refused, exchange.Registered, exchange.Assigned, exchange.InWork, exchange.Done},
		exchange.Refused:    {exchange.Registered, exchange.Assigned, exchange.InWork, exchange.Done},
		exchange.Registered: {exchange.Assigned, exchange.InWork, exchange.Done},
		exchange.Assigned:   {exchange.InWork, exchange.Done},
		exchange.InWork:     {exchange.Done},
		exchange.Done:       {},
	}
	for _, from := range states {
		for _, to := range append([]exchange.State{"", "read"}, states...) {
			r := exchange.Receipt{State: to, At: noon.Add(time.Hour), ByName: "Lan", Reason: "Gửi nhầm"}
			got, changed := delivery(from).Apply(r)
			want := delivery(from)
			if slices.Contains(leaves[from], to) {
				want.State, want.StateAt, want.ByName, want.Reason = r.State, r.At, r.ByName, r.Reason
			}
			if got != want || changed != (got != delivery(from)) {
				t.Errorf("%s after %s: %+v, %t", to, from, got, changed)
			}
		}
	}
}

func TestE1_DoneIsNeverLeftAndOtherEndsOnlyForWordOfBeingFurther(t *testing.T) {
	t.Parallel()
	further := []exchange.State{exchange.Expired, exchange.Arrived, exchange.Refused, exchange.Registered, exchange.Assigned, exchange.InWork, exchange.Done}
	rapid.Check(t, func(t *rapid.T) {
		d := delivery(rapid.SampledFrom(states).Filter(exchange.State.Final).Draw(t, "end"))
		got := after(d, receipts().Draw(t, "receipts"))
		if got.State != d.State && (d.State == exchange.Done || slices.Index(further, got.State) <= slices.Index(further, d.State)) {
			t.Fatalf("%s was left for %s", d.State, got.State)
		}
	})
}

func TestE1_ARegistrationOutweighsARefusalWhicheverComesFirst(t *testing.T) {
	t.Parallel()
	registered := exchange.Receipt{State: exchange.Registered, At: noon.Add(time.Hour), ByName: "Lan", ArrivalNumber: 7}
	refused := exchange.Receipt{State: exchange.Refused, At: noon.Add(2 * time.Hour), ByName: "Mai", Reason: "Gửi nhầm"}
	want := delivery(exchange.Arrived)
	want.State, want.StateAt, want.ByName, want.ArrivalNumber = exchange.Registered, registered.At, "Lan", 7
	for _, rs := range [][]exchange.Receipt{{registered, refused}, {refused, registered}} {
		if got := after(delivery(exchange.Arrived), rs); got != want {
			t.Errorf("%+v", got)
		}
	}
}

func TestE1_TheArrivalNumberIsKeptHoweverLateItComes(t *testing.T) {
	t.Parallel()
	d := after(delivery(exchange.Sent), []exchange.Receipt{{State: exchange.InWork, At: noon}, {State: exchange.Registered, At: noon, ArrivalNumber: 12, ByName: "Lan"}})
	if d.State != exchange.InWork || d.ArrivalNumber != 12 || d.ByName != "" {
		t.Errorf("%+v", d)
	}
	if d = after(delivery(exchange.Sent), []exchange.Receipt{{State: exchange.Refused, At: noon, ArrivalNumber: 12}}); d.ArrivalNumber != 0 {
		t.Errorf("a refusal carries no arrival number: %+v", d)
	}
}

func TestD3_EveryCapabilityHasItsChannel(t *testing.T) {
	t.Parallel()
	want := map[org.Channel]exchange.Channel{org.Local: exchange.Local, org.Axis: exchange.Axis, org.Peer: exchange.Peer, org.Mailbox: exchange.Mailbox, org.Paper: exchange.Paper}
	for _, capability := range org.Channels() {
		if got := exchange.ChannelTo(capability); got != want[capability] || got == "" {
			t.Errorf("%s is reached by %q", capability, got)
		}
	}
	for _, c := range []exchange.Channel{exchange.Local, exchange.Inside, exchange.Axis, exchange.Peer, exchange.Mailbox, exchange.Paper} {
		first := exchange.Waiting
		if c == exchange.Local || c == exchange.Inside {
			first = exchange.Arrived // in the issuing transaction itself
		}
		if got := exchange.FirstState(c); got != first {
			t.Errorf("%s begins %s", c, got)
		}
	}
}
