package exchange_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
)

// The table of QCVN 102:2016 and of QĐ 28/2018/QĐ-TTg, written out apart from
// the code's own.
func TestL3_StatusCodesMeanWhatTheStandardSays(t *testing.T) {
	t.Parallel()
	table := []struct {
		code                             exchange.StatusCode
		state                            exchange.State
		vi                               string
		automatic, bySender, needsReason bool
	}{
		{"01", exchange.Arrived, "Đã đến", true, false, false},
		{"02", exchange.Refused, "Từ chối tiếp nhận", false, false, true},
		{"03", exchange.Registered, "Đã tiếp nhận", false, false, false},
		{"04", exchange.Assigned, "Phân công", false, false, false},
		{"05", exchange.InWork, "Đang xử lý", false, false, false},
		{"06", exchange.Done, "Hoàn thành", false, false, false},
		{"13", "", "Lấy lại", false, true, true},
		{"15", "", "Đồng ý lấy lại hoặc cập nhật", false, false, false},
		{"16", "", "Từ chối lấy lại hoặc cập nhật", false, false, false},
	}
	var listed []exchange.StatusCode
	for _, row := range table {
		listed = append(listed, row.code)
		state, ok := row.code.State()
		if state != row.state || ok != (row.state != "") {
			t.Errorf("%s reports %q, %t", row.code, state, ok)
		}
		if c := row.code; c.Label().VI != row.vi || c.Label().EN == "" || c.Automatic() != row.automatic || c.BySender() != row.bySender || c.NeedsReason() != row.needsReason {
			t.Errorf("%s: %v %t %t %t", c, c.Label(), c.Automatic(), c.BySender(), c.NeedsReason())
		}
		if row.state == "" {
			continue
		}
		if code, ok := row.state.StatusCode(); code != row.code || !ok {
			t.Errorf("%s is reported as %q, %t", row.state, code, ok)
		}
	}
	if got := exchange.StatusCodes(); !slices.Equal(got, listed) {
		t.Errorf("the codes are %v", got)
	}
	for _, s := range []exchange.State{"", "read", exchange.Waiting, exchange.Sent, exchange.Failed, exchange.Expired} {
		if code, ok := s.StatusCode(); ok || code != "" {
			t.Errorf("only the sender knows %q, but it is reported as %q", s, code)
		}
	}
}

func TestL3_AnUnknownCodeIsKeptAndReportsNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{" 03 ", "03\n"} {
		if code, known := exchange.ReadStatusCode(text); code != exchange.CodeRegistered || !known {
			t.Errorf("%q reads %q, %t", text, code, known)
		}
	}
	for _, text := range []string{"", "3", "003", "07", "14", "99", "đã đến"} {
		code, known := exchange.ReadStatusCode(text)
		if known || string(code) != text || code.Label() != (fault.Text{}) {
			t.Errorf("%q reads %q, %t", text, code, known)
		}
		if r, ok := (exchange.Status{Code: code, At: noon}).Receipt(); ok || after(delivery(exchange.Sent), []exchange.Receipt{r}).State != exchange.Sent {
			t.Errorf("%q reports %+v", text, r)
		}
	}
}

// Statuses come over polling in any order and again: the sender sees the same.
func TestE1_OrderAndRepetitionOfStatusesMakeNoDifference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		once := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) exchange.Status {
			return exchange.Status{
				Code:   rapid.SampledFrom(append(exchange.StatusCodes(), "07", "")).Draw(t, "code"),
				At:     noon.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "minute")) * time.Minute),
				ByName: rapid.SampledFrom([]string{"", "Lan"}).Draw(t, "by"),
			}
		}), 1, 8).Draw(t, "statuses")
		again := append(slices.Clone(once), rapid.SliceOfN(rapid.SampledFrom(once), 0, 4).Draw(t, "repeated")...)
		shown := func(statuses []exchange.Status) exchange.Delivery {
			d := delivery(exchange.Sent)
			for _, s := range statuses {
				if r, ok := s.Receipt(); ok {
					d, _ = d.Apply(r)
				}
			}
			return d
		}
		if want, got := shown(once), shown(rapid.Permutation(again).Draw(t, "as they came")); got != want {
			t.Fatalf("%+v\nwas %+v", got, want)
		}
	})
}
