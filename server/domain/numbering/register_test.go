package numbering_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/numbering"
	"congvan/server/domain/org"
)

var (
	committee = org.ID{15: 1}
	other     = org.ID{15: 2}
)

type failer interface {
	Helper()
	Fatal(...any)
}

func day(t failer, text string) org.Day {
	t.Helper()
	d, err := org.ParseDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func kind(t failer, code string) document.Kind {
	t.Helper()
	k, known := document.KindByCode(code)
	if !known {
		t.Fatal("no such kind:", code)
	}
	return k
}

func codeOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		if len(f.Fields) > 0 {
			return f.Fields[0].Code
		}
		return f.Code
	}
	return ""
}

func outgoing(code string, kinds ...string) numbering.Register {
	return numbering.Register{
		AgencyID: committee, Code: code, Name: code, Direction: numbering.Outgoing, Year: 2017, Kinds: kinds, Opening: 1, Next: 1,
	}
}

func TestB1_TakingLeavesNoGapAndNoRepeat(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := outgoing("VB")
		r.Opening = rapid.IntRange(1, 2000).Draw(t, "opening")
		r.Next = r.Opening
		today := day(t, "2017-01-01").AddDays(rapid.IntRange(0, 364).Draw(t, "day"))
		for i := range rapid.IntRange(1, 50).Draw(t, "times") {
			before := r
			n, after, err := r.Take(today)
			if err != nil {
				t.Fatal(err)
			}
			if want := (numbering.Number{Value: r.Opening + i}); n != want {
				t.Fatalf("took %s, want %s", n, want)
			}
			if r.Next != before.Next {
				t.Fatal("taking changed the register it was asked of")
			}
			r = after
		}
	})
}

func TestB2_ANumberBelongsToTheYearOfItsDay(t *testing.T) {
	t.Parallel()
	r := outgoing("VB")
	lastSecond := org.DayOf(time.Date(2017, 12, 31, 16, 59, 59, 0, time.UTC))
	if n, _, err := r.Take(lastSecond); err != nil || n.String() != "01" {
		t.Errorf("the last second of 2017: %s, %v", n, err)
	}
	newYear := org.DayOf(time.Date(2017, 12, 31, 17, 0, 0, 0, time.UTC))
	if n, same, err := r.Take(newYear); codeOf(err) != "register_other_year" || n != (numbering.Number{}) || same.Next != r.Next {
		t.Errorf("the first second of 2018: %s, %v", n, err)
	}
}

func TestB2_RegistersRestartAt01(t *testing.T) {
	t.Parallel()
	old := outgoing("QĐ", "decision")
	old.Opening, old.Next, old.Closed = 1371, 2644, true
	renewed, err := old.Renew(org.ID{15: 9}, 2018)
	if err != nil || renewed.Check() != nil {
		t.Fatal(err, renewed.Check())
	}
	n, _, err := renewed.Take(day(t, "2018-01-02"))
	if err != nil || n.String() != "01" || renewed.Code != old.Code || renewed.ID == old.ID || len(renewed.Kinds) != 1 {
		t.Errorf("after renewal: %s, %v, %+v", n, err, renewed)
	}
	if renewed.Kinds[0] = "report"; old.Kinds[0] != "decision" {
		t.Error("the new register shares its kinds with the old")
	}
	for _, year := range []int{2016, 2017, 10000} {
		if _, err := old.Renew(org.ID{}, year); err == nil {
			t.Errorf("renewed for %d", year)
		}
	}
}

func TestB2_AnAgencyThatJoinsInMidYearGoesOnFromItsNumber(t *testing.T) {
	t.Parallel()
	r := outgoing("VB")
	r.Opening, r.Next = 1371, 1371
	if n, after, err := r.Take(day(t, "2017-07-04")); err != nil || n.Value != 1371 || after.Next != 1372 {
		t.Errorf("%s, %v", n, err)
	}
}

func TestTake_RefusedWhenClosedOrFull(t *testing.T) {
	t.Parallel()
	today := day(t, "2017-03-20")
	r := outgoing("VB")
	r.Closed = true
	if _, _, err := r.Take(today); codeOf(err) != "register_closed" || fault.KindOf(err) != fault.Conflict {
		t.Errorf("closed: %v", err)
	}
	r = outgoing("VB")
	r.Next = 999_999
	n, r, err := r.Take(today)
	if err != nil || n.String() != "999999" || r.Check() != nil {
		t.Errorf("the last number: %s, %v, %v", n, err, r.Check())
	}
	if _, _, err := r.Take(today); codeOf(err) != "register_full" {
		t.Errorf("after the last number: %v", err)
	}
}

// The registers of a provincial committee: decisions and letters apart, the
// rest together, normative decisions apart, copies apart, a council's by hand.
func committeeRegisters() []numbering.Register {
	normative := outgoing("QPPL", "normative_decision")
	normative.Normative = true
	council := outgoing("HĐTĐKT")
	council.Council, council.SymbolAgency = true, "HĐTĐKT"
	incoming := outgoing("ĐẾN")
	incoming.Direction = numbering.Incoming
	lastYear := outgoing("CŨ", "decision")
	lastYear.Year = 2016
	foreign := outgoing("KHÁC", "decision")
	foreign.AgencyID = other
	return []numbering.Register{
		outgoing("CHUNG"), outgoing("QĐ", "decision"), outgoing("CV", "official_letter", "courtesy_letter"), outgoing("QĐCT", "decision", "directive"),
		normative, outgoing("SAO", "true_copy", "extract_copy", "duplicate_copy"), council, incoming, lastYear, foreign,
	}
}

func TestB2_TheMostSpecificRegisterTakesTheDocument(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"decision": "QĐ", "directive": "QĐCT", "official_letter": "CV", "courtesy_letter": "CV", "report": "CHUNG", "resolution": "CHUNG",
		"normative_decision": "QPPL", "true_copy": "SAO", "extract_copy": "SAO",
	} {
		rapid.Check(t, func(t *rapid.T) {
			registers := rapid.Permutation(committeeRegisters()).Draw(t, "registers")
			got, err := numbering.Choose(registers, committee, numbering.Outgoing, kind(t, code), day(t, "2017-03-20"))
			if err != nil || got.Code != want {
				t.Fatalf("%s goes into %q, %v; want %s", code, got.Code, err, want)
			}
			in, err := numbering.Choose(registers, committee, numbering.Incoming, kind(t, code), day(t, "2017-03-20"))
			if err != nil || in.Code != "ĐẾN" {
				t.Fatalf("an incoming %s goes into %q, %v", code, in.Code, err)
			}
		})
	}
}

func TestB2_NoRegisterOrTwoAreAFault(t *testing.T) {
	t.Parallel()
	today := day(t, "2017-03-20")
	closed := outgoing("QĐ", "decision")
	closed.Closed = true
	council := outgoing("HĐ", "decision")
	council.Council = true
	for name, c := range map[string]struct {
		registers []numbering.Register
		kind      string
		want      string
	}{
		"none at all":                            {nil, "decision", "register_missing"},
		"normative without one of its own":       {[]numbering.Register{outgoing("CHUNG")}, "normative_decision", "register_missing"},
		"a copy without one of its own":          {[]numbering.Register{outgoing("CHUNG")}, "true_copy", "register_missing"},
		"a kind not named":                       {[]numbering.Register{outgoing("QĐ", "decision")}, "report", "register_missing"},
		"a council's is never chosen":            {[]numbering.Register{council}, "decision", "register_missing"},
		"two for everything":                     {[]numbering.Register{outgoing("A"), outgoing("B")}, "report", "register_ambiguous"},
		"two that name as many kinds":            {[]numbering.Register{outgoing("A", "decision", "report"), outgoing("B", "decision", "plan"), outgoing("C")}, "decision", "register_ambiguous"},
		"the only one is closed":                 {[]numbering.Register{closed}, "decision", "register_closed"},
		"the only one is closed, others foreign": {[]numbering.Register{closed, council}, "decision", "register_closed"},
	} {
		if got, err := numbering.Choose(c.registers, committee, numbering.Outgoing, kind(t, c.kind), today); codeOf(err) != c.want {
			t.Errorf("%s: %q, %v; want %s", name, got.Code, err, c.want)
		}
	}
	if got, err := numbering.Choose([]numbering.Register{closed, outgoing("CHUNG")}, committee, numbering.Outgoing, kind(t, "decision"), today); err != nil || got.Code != "CHUNG" {
		t.Errorf("beside a closed one: %q, %v", got.Code, err)
	}
}

func TestRegister_Check(t *testing.T) {
	t.Parallel()
	for _, r := range committeeRegisters() {
		if err := r.Check(); err != nil {
			t.Errorf("%s: %v", r.Code, err)
		}
	}
	for name, c := range map[string]struct {
		spoil func(*numbering.Register)
		want  string
	}{
		"no code":                  {func(r *numbering.Register) { r.Code = "" }, "required"},
		"no name":                  {func(r *numbering.Register) { r.Name = "" }, "required"},
		"no direction":             {func(r *numbering.Register) { r.Direction = "" }, "unknown_direction"},
		"year too early":           {func(r *numbering.Register) { r.Year = 1944 }, "invalid_year"},
		"year too late":            {func(r *numbering.Register) { r.Year = 10000 }, "invalid_year"},
		"opens at 0":               {func(r *numbering.Register) { r.Opening = 0 }, "invalid_number"},
		"next before opening":      {func(r *numbering.Register) { r.Opening = 7 }, "invalid_number"},
		"next past the end":        {func(r *numbering.Register) { r.Next = 1_000_001 }, "invalid_number"},
		"unknown kind":             {func(r *numbering.Register) { r.Kinds = []string{"letter"} }, "unknown_kind"},
		"a kind twice":             {func(r *numbering.Register) { r.Kinds = []string{"plan", "plan"} }, "repeated"},
		"normative for everything": {func(r *numbering.Register) { r.Normative = true }, "normative_apart"},
		"normative with another":   {func(r *numbering.Register) { r.Kinds = []string{"decision", "normative_decision"} }, "normative_apart"},
		"two normative": {func(r *numbering.Register) {
			r.Normative = true
			r.Kinds = []string{"normative_resolution", "normative_decision"}
		}, "normative_apart"},
		"normative, but not marked": {func(r *numbering.Register) { r.Kinds = []string{"normative_decision"} }, "normative_apart"},
		"incoming and a council's":  {func(r *numbering.Register) { r.Direction = numbering.Incoming; r.Council = true }, "outgoing_only"},
		"symbol with a slash":       {func(r *numbering.Register) { r.SymbolAgency = "HĐ/TĐ" }, "invalid_abbreviation"},
	} {
		bad := outgoing("VB")
		c.spoil(&bad)
		if err := bad.Check(); codeOf(err) != c.want || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v; want %s", name, err, c.want)
		}
	}
}

func TestDirection_IsFoundByItsWords(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]numbering.Direction{
		"outgoing": numbering.Outgoing, "văn bản đi": numbering.Outgoing, "VĂN BẢN ĐẾN": numbering.Incoming, "Incoming": numbering.Incoming,
		"": "", "đi": "", "van ban di": "",
	} {
		if got, err := numbering.DirectionNamed(word); got != want || (err != nil) != (want == "") {
			t.Errorf("%q = %q, %v", word, got, err)
		}
	}
}
