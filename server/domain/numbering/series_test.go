package numbering_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"congvan/server/domain/document"
	"congvan/server/domain/numbering"
)

func TestB2_ASeriesIsOpenedWithTheNumberItGoesOnFrom(t *testing.T) {
	t.Parallel()
	today := day(t, "2017-07-04")
	r, err := numbering.Open(numbering.Register{Code: " QĐ ", Name: "  Sổ   quyết định ", Direction: numbering.Outgoing, Year: 2017, Opening: 1371, Kinds: []string{"decision"}}, today)
	if err != nil || r.Code != "QĐ" || r.Name != "Sổ quyết định" || r.Next != 1371 {
		t.Fatalf("%+v %v", r, err)
	}
	if n, _, err := r.Take(today); err != nil || n.Value != 1371 {
		t.Errorf("%v %v", n, err)
	}
	for name, spoil := range map[string]func(*numbering.Register){
		"a blank in the code": func(r *numbering.Register) { r.Code = "Q Đ" },
		"a long code":         func(r *numbering.Register) { r.Code = strings.Repeat("a", 31) },
		"a long name":         func(r *numbering.Register) { r.Name = strings.Repeat("a", 201) },
		"long ago":            func(r *numbering.Register) { r.Year = 2015 },
		"far ahead":           func(r *numbering.Register) { r.Year = 2019 },
		"no name":             func(r *numbering.Register) { r.Name = " " },
		"a bad number":        func(r *numbering.Register) { r.Opening = -1 },
	} {
		bad := r
		spoil(&bad)
		if _, err := numbering.Open(bad, today); err == nil {
			t.Errorf("opened with %s", name)
		}
	}
}

// Whatever series stand beside each other, a kind never finds two that are
// equally near.
func TestB2_SeriesThatStandBesideEachOtherAreNeverAmbiguous(t *testing.T) {
	t.Parallel()
	kinds := []string{"decision", "directive", "report", "plan", "official_letter"}
	rapid.Check(t, func(t *rapid.T) {
		var open []numbering.Register
		for i := range rapid.IntRange(1, 8).Draw(t, "series") {
			r := outgoing(string(rune('A' + i)))
			r.Kinds = rapid.SliceOfNDistinct(rapid.SampledFrom(kinds), 0, len(kinds), rapid.ID[string]).Draw(t, "kinds")
			r.Council = rapid.Bool().Draw(t, "council")
			if r.Check() == nil && r.Beside(open) == nil {
				open = append(open, r)
			}
		}
		for _, code := range kinds {
			k, _ := document.KindByCode(code)
			if _, err := numbering.Choose(open, committee, numbering.Outgoing, k, day(t, "2017-03-20")); codeOf(err) == "register_ambiguous" {
				t.Fatalf("%s finds two of %+v", code, open)
			}
		}
	})
	one := outgoing("QĐ", "decision")
	if err := one.Beside([]numbering.Register{outgoing("qđ", "plan")}); codeOf(err) != "code_taken" {
		t.Errorf("the same code: %v", err)
	}
	if closed, err := one.Close(); err != nil || !closed.Closed {
		t.Error(err)
	} else if _, err := closed.Close(); codeOf(err) != "register_closed" {
		t.Error(err)
	}
}
