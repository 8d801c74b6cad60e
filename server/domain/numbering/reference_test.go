package numbering_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
	"congvan/server/domain/numbering"
)

func TestB2_SymbolsAreComposedByTheDecree(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number       numbering.Number
		kind         string
		agency, unit string
		want         string
	}{
		{numbering.Number{Value: 15}, "decision", "BNV", "VP", "15/QĐ-BNV"},
		{numbering.Number{Value: 5}, "official_letter", "BNV", "VP", "05/BNV-VP"},
		{numbering.Number{Value: 12}, "official_letter", "UBND", "VX", "12/UBND-VX"},
		{numbering.Number{Value: 7}, "official_letter", "UBND", "", "07/UBND"},
		{numbering.Number{Value: 494}, "official_letter", "UBND", "NC", "494/UBND-NC"},
		{numbering.Number{Value: 12}, "normative_decision", "UBND", "", "12/2026/QĐ-UBND"},
		{numbering.Number{Value: 9}, "normative_resolution", "HĐND", "", "09/2026/NQ-HĐND"},
		{numbering.Number{Value: 5}, "true_copy", "UBND", "VX", "05/SY-UBND"},
		{numbering.Number{Value: 6}, "extract_copy", "UBND", "", "06/TrS-UBND"},
		{numbering.Number{Value: 5}, "directive", "UBND", "", "05/CT-UBND"},
		{numbering.Number{Value: 12, Suffix: "a"}, "decision", "UBND", "", "12a/QĐ-UBND"},
		{numbering.Number{Value: 3}, "regulation", "STTTT", "", "03/QyĐ-STTTT"},
		{numbering.Number{Value: 100}, "report", "UBND", "", "100/BC-UBND"},
		{numbering.Number{Value: 8}, "official_letter", "SNN&PTNT", "P.TH", "08/SNN&PTNT-P.TH"},
	} {
		got, err := numbering.Compose(c.number, kind(t, c.kind), c.agency, c.unit, 2026)
		if err != nil || got.String() != c.want {
			t.Errorf("%s of %s: %q, %v; want %q", c.kind, c.agency, got, err, c.want)
		}
		if c.want != c.number.String()+"/"+got.Notation() {
			t.Errorf("%s: the notation is %q", c.want, got.Notation())
		}
	}
}

func TestB2_ACouncilNumbersUnderItsOwnName(t *testing.T) {
	t.Parallel()
	r := outgoing("HĐTĐKT")
	r.Council, r.SymbolAgency = true, "HĐTĐKT"
	n, r, err := r.Take(day(t, "2017-03-20"))
	if err != nil {
		t.Fatal(err)
	}
	if ref, err := r.Compose(n, kind(t, "decision"), "UBND", ""); err != nil || ref.String() != "01/QĐ-HĐTĐKT" {
		t.Errorf("%s, %v", ref, err)
	}
	if ref, err := outgoing("QĐ").Compose(n, kind(t, "decision"), "UBND", ""); err != nil || ref.String() != "01/QĐ-UBND" {
		t.Errorf("%s, %v", ref, err)
	}
}

func TestCompose_RefusesWhatCouldNotBeReadBack(t *testing.T) {
	t.Parallel()
	one := numbering.Number{Value: 1}
	for name, c := range map[string]struct {
		number       numbering.Number
		kind         string
		agency, unit string
		year         int
		want         string
	}{
		"no agency":             {one, "decision", "", "", 2026, "invalid_abbreviation"},
		"hyphen in agency":      {one, "decision", "UBND-TV", "", 2026, "invalid_abbreviation"},
		"slash in agency":       {one, "decision", "UB/ND", "", 2026, "invalid_abbreviation"},
		"blank in agency":       {one, "decision", "UB ND", "", 2026, "invalid_abbreviation"},
		"markup in agency":      {one, "decision", "<b>", "", 2026, "invalid_abbreviation"},
		"formula in unit":       {one, "official_letter", "UBND", "=A1", 2026, "invalid_abbreviation"},
		"digit first":           {one, "decision", "389", "", 2026, "invalid_abbreviation"},
		"ends with a stop":      {one, "official_letter", "UBND", "VP.", 2026, "invalid_abbreviation"},
		"too long":              {one, "decision", strings.Repeat("Đ", 63), "", 2026, "invalid_abbreviation"},
		"loose tone mark (NFD)": {one, "decision", "HO\u0302", "", 2026, "invalid_abbreviation"},
		"number 0":              {numbering.Number{}, "decision", "UBND", "", 2026, "invalid_number"},
		"seven digits":          {numbering.Number{Value: 1_000_000}, "decision", "UBND", "", 2026, "invalid_number"},
		"long suffix":           {numbering.Number{Value: 1, Suffix: "ab"}, "decision", "UBND", "", 2026, "invalid_number"},
		"odd suffix":            {numbering.Number{Value: 1, Suffix: "-"}, "decision", "UBND", "", 2026, "invalid_number"},
		"normative, no year":    {one, "normative_decision", "UBND", "", 0, "invalid_year"},
	} {
		if got, err := numbering.Compose(c.number, kind(t, c.kind), c.agency, c.unit, c.year); codeOf(err) != c.want {
			t.Errorf("%s: %q, %v; want %s", name, got, err, c.want)
		}
	}
}

func TestParse_ReadsWhatIsWrittenInTheField(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]numbering.Reference{
		"Số: 05/CT-UBND":        {Number: numbering.Number{Value: 5}, Symbol: "CT-UBND"},
		"số 05/CT-UBND":         {Number: numbering.Number{Value: 5}, Symbol: "CT-UBND"},
		"  SỐ:05 / CT - UBND  ": {Number: numbering.Number{Value: 5}, Symbol: "CT-UBND"},
		"225/QĐ-TTg":            {Number: numbering.Number{Value: 225}, Symbol: "QĐ-TTg"},
		"225/2015/NĐ-CP":        {Number: numbering.Number{Value: 225}, Year: 2015, Symbol: "NĐ-CP"},
		"09/2015/QĐ-TTg":        {Number: numbering.Number{Value: 9}, Year: 2015, Symbol: "QĐ-TTg"},
		"12/2026/QĐ-UBND":       {Number: numbering.Number{Value: 12}, Year: 2026, Symbol: "QĐ-UBND"},
		"39-NQ/TW":              {Number: numbering.Number{Value: 39}, Symbol: "NQ/TW", Party: true},
		"Số: 15-QĐi/TU":         {Number: numbering.Number{Value: 15}, Symbol: "QĐi/TU", Party: true},
		"30c/NQ-CP":             {Number: numbering.Number{Value: 30, Suffix: "c"}, Symbol: "NQ-CP"},
		"12A/QĐ-UBND":           {Number: numbering.Number{Value: 12, Suffix: "A"}, Symbol: "QĐ-UBND"},
		"494/UBND-NC":           {Number: numbering.Number{Value: 494}, Symbol: "UBND-NC"},
		"1687/NQ-UBTVQH15":      {Number: numbering.Number{Value: 1687}, Symbol: "NQ-UBTVQH15"},
		"202/2025/QH15":         {Number: numbering.Number{Value: 202}, Year: 2025, Symbol: "QH15"},
		"08/2016/TTLT-BTP-BNV":  {Number: numbering.Number{Value: 8}, Year: 2016, Symbol: "TTLT-BTP-BNV"},
		"07/SNN&PTNT-P.TH":      {Number: numbering.Number{Value: 7}, Symbol: "SNN&PTNT-P.TH"},
		"2026/QĐ-UBND":          {Number: numbering.Number{Value: 2026}, Symbol: "QĐ-UBND"},
		"000123/QĐ-UBND":        {Number: numbering.Number{Value: 123}, Symbol: "QĐ-UBND"},
		"05/CT\u2013UBND":       {Number: numbering.Number{Value: 5}, Symbol: "CT-UBND"},
		"05/CT\u2011UBND":       {Number: numbering.Number{Value: 5}, Symbol: "CT-UBND"},
		"123/QĐ-BCĐ-389":        {Number: numbering.Number{Value: 123}, Symbol: "QĐ-BCĐ-389"},
		"7197/BKHCN-CDSQG":      {Number: numbering.Number{Value: 7197}, Symbol: "BKHCN-CDSQG"},
		"15/GM-UBND":            {Number: numbering.Number{Value: 15}, Symbol: "GM-UBND"},
		"03/2007/QĐ-BNV":        {Number: numbering.Number{Value: 3}, Year: 2007, Symbol: "QĐ-BNV"},
		"01/UBND":               {Number: numbering.Number{Value: 1}, Symbol: "UBND"},
	} {
		if got, err := numbering.Parse(text); err != nil || got != want {
			t.Errorf("%q reads as %+v, %v; want %+v", text, got, err, want)
		}
	}
}

func TestParse_RefusesWhatIsNoReference(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "Số:", "Số:     /CT-UBND", "/CT-UBND", "05", "05/", "05/2017", "05/2017/", "00/CT-UBND", "0/CT-UBND", "1234567/QĐ-UBND",
		"05/CT-UBND ngày 20/3/2017", "05/CT-", "05/-UBND", "05/CT--UBND", "05//CT-UBND", "05ab/CT-UBND", "05/1944/QĐ-UBND", "05/20170/QĐ-UBND",
		"39-NQ", "39-/TW", "05/<b>", "05/CT-UBND\n06/CT-UBND", "05/\u202eDNBU-TC", "05/" + strings.Repeat("Đ", 65), strings.Repeat("x", 200),
		"05/123", "-5/CT-UBND", "05/CT-UBND.",
	} {
		if got, err := numbering.Parse(text); codeOf(err) != "unreadable_symbol" || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q reads as %+v, %v", text, got, err)
		}
	}
}

// symbolGroup draws an abbreviation as agencies fix them for themselves.
func symbolGroup() *rapid.Generator[string] {
	return rapid.StringMatching(`[A-ZĐÔÂƯ]([A-Za-zĐđ0-9]{0,5}([&.][A-ZĐ0-9])?)`)
}

func TestB2_WhatIsComposedIsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := numbering.Number{
			Value:  rapid.IntRange(1, 999_999).Draw(t, "number"),
			Suffix: rapid.SampledFrom([]string{"", "", "a", "b", "Z"}).Draw(t, "suffix"),
		}
		k := rapid.SampledFrom(document.Kinds()).Draw(t, "kind")
		unit := rapid.OneOf(rapid.Just(""), symbolGroup()).Draw(t, "unit")
		year := rapid.IntRange(1945, 9999).Draw(t, "year")
		ref, err := numbering.Compose(n, k, symbolGroup().Draw(t, "agency"), unit, year)
		if err != nil {
			t.Fatal(err)
		}
		blank := rapid.SampledFrom([]string{"", " ", "\u00a0", "  "})
		loose := strings.ReplaceAll(ref.String(), "-", blank.Draw(t, "before")+rapid.SampledFrom([]string{"-", "–", "‑"}).Draw(t, "dash")+blank.Draw(t, "after"))
		for _, text := range []string{ref.String(), "Số: " + ref.String(), "Số:" + ref.String() + " ", loose} {
			back, err := numbering.Parse(text)
			if err != nil || back != ref {
				t.Fatalf("%q reads as %+v, %v; want %+v", text, back, err, ref)
			}
		}
		if (ref.Year != 0) != k.Normative {
			t.Fatalf("%s of kind %s: the year must stand in normative numbers and in no other", ref, k.Code)
		}
		if k.Abbreviation != "" && !slices.Contains(ref.Kinds(), k) {
			t.Fatalf("%s may be %v, but it is a %s", ref, ref.Kinds(), k.Code)
		}
	})
}

func TestB2_TheYearTellsNormativeFromIndividual(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"12/QĐ-UBND":      {"decision"},
		"12/2026/QĐ-UBND": {"normative_decision"},
		"30c/NQ-CP":       {"resolution"},
		"39-NQ/TW":        {"resolution"},
		"494/UBND-NC":     {"official_letter"},
		"05/SY-UBND":      {"true_copy"},
		"225/2015/NĐ-CP":  nil, // a decree: no province issues one
		"12-CV/TU":        nil,
	} {
		ref, err := numbering.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, k := range ref.Kinds() {
			got = append(got, k.Code)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s may be %v, want %v", text, got, want)
		}
	}
}

func TestNumber_SortsAsTheRegisterLists(t *testing.T) {
	t.Parallel()
	want := []string{"01", "02", "09", "10", "12", "12a", "12b", "13", "100"}
	var numbers []numbering.Number
	for _, text := range []string{"100", "12b", "02", "10", "13", "01", "12", "09", "12a"} {
		n, err := numbering.ParseNumber(text)
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, n)
	}
	slices.SortFunc(numbers, numbering.Number.Compare)
	for i, n := range numbers {
		if n.String() != want[i] {
			t.Errorf("place %d: %s, want %s", i, n, want[i])
		}
	}
	for _, text := range []string{"", "a", "0", "00", "1234567", "12ab", "12 ", "-1", "1.5", "१२"} {
		if n, err := numbering.ParseNumber(text); err == nil {
			t.Errorf("%q was read as %s", text, n)
		}
	}
}

// Whatever is read is written in one form, and that form reads as the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"Số: 05/CT-UBND", "225/2015/NĐ-CP", "39-NQ/TW", "30c/NQ-CP", "05/CT – UBND", "12/2026/QĐ-UBND", "1-A-1/B.&C"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := numbering.Parse(text)
		if err != nil {
			return
		}
		if back, err := numbering.Parse(ref.String()); err != nil || back != ref {
			t.Fatalf("%q reads as %+v, whose %q reads as %+v, %v", text, ref, ref.String(), back, err)
		}
		ref.Kinds()
	})
}
