package routing_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"congvan/server/domain/fault"
	"congvan/server/domain/org"
	"congvan/server/domain/routing"
)

// TestH1_TheFirstRuleThatFitsIsTheOne: kind, issuer and words in the subject
// lead to a leader or a unit, in the order the agency gave them.
func TestH1_TheFirstRuleThatFitsIsTheOne(t *testing.T) {
	t.Parallel()
	holder := func(n byte) routing.Holder { return routing.Holder{UnitID: org.ID{15: n}} }
	rules := []routing.ForwardRule{
		{Name: "gone", Words: "họp", Holder: holder(9), Asks: routing.ForWork},
		{Name: "complaint", Words: "khiếu nại, tố cáo", Holder: holder(1), Asks: routing.ForWork},
		{Name: "finance", Issuer: "Sở Tài chính", Holder: holder(2), Asks: routing.ForWork},
		{Name: "code", Issuer: "H59.07", Kind: "directive", Holder: holder(3), Asks: routing.ForWork},
		{Name: "invitation", Kind: "invitation", Holder: holder(4), Asks: routing.ForWork},
	}
	there := map[routing.Holder]bool{holder(1): true, holder(2): true, holder(3): true, holder(4): true}
	for subject, c := range map[string]struct {
		fields routing.Fields
		want   string
	}{
		"a word of the subject":        {routing.Fields{Subject: "Đơn TỐ CÁO của công dân"}, "complaint"},
		"half a word is none":          {routing.Fields{Subject: "Về tố cáobạch"}, ""},
		"another tone is another word": {routing.Fields{Subject: "Về khiêu nại"}, ""},
		"across a line and a sign":     {routing.Fields{Subject: "khiếu\n nại; 2026"}, "complaint"},
		"the issuer's name":            {routing.Fields{Subject: "x", IssuerName: "UBND tỉnh - Sở Tài chính"}, "finance"},
		"the issuer's code and kind":   {routing.Fields{Subject: "x", IssuerCode: "h59.07", Kind: "directive"}, "code"},
		"only the code":                {routing.Fields{Subject: "x", IssuerCode: "H59.07"}, ""},
		"only the kind":                {routing.Fields{Subject: "họp giao ban", Kind: "invitation"}, "invitation"},
		"nothing":                      {routing.Fields{Subject: "x"}, ""},
	} {
		got, ok := routing.FirstRule(rules, c.fields, there)
		if got.Name != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q", subject, got.Name)
		}
	}
}

func TestH1_RulesThatLeadNowhereAreRefused(t *testing.T) {
	t.Parallel()
	unit, person := routing.Holder{UnitID: org.ID{1}}, routing.Holder{PositionID: org.ID{1}}
	good := routing.ForwardRule{Name: "x", Holder: unit, Asks: routing.ForWork}
	with := func(change func(*routing.ForwardRule)) []routing.ForwardRule {
		r := good
		change(&r)
		return []routing.ForwardRule{good, r}
	}
	for want, rules := range map[string][]routing.ForwardRule{
		"required":       with(func(r *routing.ForwardRule) { r.Name = " " }),
		"too_long":       with(func(r *routing.ForwardRule) { r.Words = strings.Repeat("ă", 201) }),
		"unknown_kind":   with(func(r *routing.ForwardRule) { r.Kind = "letter_of_love" }),
		"unknown_holder": with(func(r *routing.ForwardRule) { r.PositionID = org.ID{2} }),
		"asks":           with(func(r *routing.ForwardRule) { r.Asks = routing.ForDirection }),
		"out_of_range":   with(func(r *routing.ForwardRule) { r.Days = 251 }),
		"too_many":       make([]routing.ForwardRule, 101),
	} {
		wantField(t, routing.CheckForwardRules(rules), want)
	}
	wantField(t, routing.CheckForwardRules(with(func(r *routing.ForwardRule) { r.Words = " , ;" })), "required")
	asks := with(func(r *routing.ForwardRule) { r.Holder, r.Asks, r.Days = person, routing.ForProposal, 5 })
	if err := routing.CheckForwardRules(asks); err != nil {
		t.Error(err)
	}
}

// A rule whose words are cut out of a subject always fits that subject.
func TestH1_WhatIsCutOutOfASubjectFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zăđêôơư]{1,6}`), 1, 8).Draw(t, "words")
		from := rapid.IntRange(0, len(words)-1).Draw(t, "from")
		to := rapid.IntRange(from+1, len(words)).Draw(t, "to")
		r := routing.ForwardRule{Words: "không có ở đâu," + strings.Join(words[from:to], " ")}
		if f := (routing.Fields{Subject: strings.ToUpper(strings.Join(words, "  "))}); !r.Fits(f) {
			t.Fatalf("%q does not fit %q", r.Words, f.Subject)
		}
	})
}

// wantField checks which code a refusal names at its field.
func wantField(t *testing.T, err error, code string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) == 0 || f.Fields[0].Code != code {
		t.Errorf("got %v, want %s", err, code)
	}
}
