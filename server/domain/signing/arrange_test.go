package signing_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"congvan/server/domain/fault"
	"congvan/server/domain/signing"
)

var (
	sheet     = signing.Box{Right: 595, Top: 842}
	signature = signing.Place{Kind: signing.Signature, Ordinal: 1}
	seal      = signing.Place{Kind: signing.Seal, Ordinal: 1}
)

func proposal() signing.Proposal {
	pages := []signing.Box{sheet, sheet}
	return signing.Proposal{Pages: pages, Places: signing.Layout(pages, signing.Found{}, signing.Wanted{Initials: 2})}
}

func at(p signing.Proposal, place signing.Place) signing.Reserved {
	for _, r := range p.Places {
		if r.Place == place {
			return r
		}
	}
	return signing.Reserved{}
}

func TestC4_APlaceIsMovedOnItsPageAndKeepsItsSize(t *testing.T) {
	t.Parallel()
	before := proposal()
	after, err := before.Move([]signing.Moved{{Place: signature, Page: 1, Left: 200, Bottom: 300}})
	if err != nil {
		t.Fatal(err)
	}
	a, b := at(before, signature), at(after, signature)
	if b.Page != 1 || b.Box.Left != 200 || b.Box.Bottom != 300 || math.Abs(a.Box.Width()-b.Box.Width()) > 1e-9 || math.Abs(a.Box.Height()-b.Box.Height()) > 1e-9 {
		t.Errorf("%+v became %+v", a, b)
	}
	if a.Page != 2 || at(before, seal) != at(after, seal) {
		t.Error("something else moved")
	}
}

func TestC4_WhatCannotBeMoved(t *testing.T) {
	t.Parallel()
	number := proposal().Places[0]
	fixed := proposal()
	fixed.Fixed = true
	for name, c := range map[string]struct {
		p     signing.Proposal
		moved signing.Moved
		code  string
	}{
		"a fixed file":       {fixed, signing.Moved{Place: signature, Page: 1, Left: 200, Bottom: 300}, "places_fixed"},
		"off the page":       {proposal(), signing.Moved{Place: signature, Page: 1, Left: 590, Bottom: 300}, "outside"},
		"no such page":       {proposal(), signing.Moved{Place: signature, Page: 3, Left: 200, Bottom: 300}, "outside"},
		"nowhere":            {proposal(), signing.Moved{Place: signature, Page: 1, Left: math.NaN(), Bottom: 300}, "outside"},
		"no such place":      {proposal(), signing.Moved{Place: signing.Place{Kind: signing.Copy, Ordinal: 1}, Page: 1}, "unknown_place"},
		"over the number":    {proposal(), signing.Moved{Place: signature, Page: number.Page, Left: number.Box.Left, Bottom: number.Box.Bottom}, "covered"},
		"the seal may cover": {proposal(), signing.Moved{Place: seal, Page: number.Page, Left: number.Box.Left, Bottom: number.Box.Bottom}, ""},
	} {
		_, err := c.p.Move([]signing.Moved{c.moved})
		code := ""
		var f *fault.Error
		if errors.As(err, &f) {
			if code = f.Code; len(f.Fields) > 0 {
				code = f.Fields[0].Code
			}
		}
		if code != c.code {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
}

// TestC4_MovedPlacesLieOnTheirPages: whatever is asked, what is taken lies on a page.
func TestC4_MovedPlacesLieOnTheirPages(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := proposal()
		m := signing.Moved{Place: rapid.SampledFrom(p.Places).Draw(t, "place").Place, Page: rapid.IntRange(-1, 4).Draw(t, "page"),
			Left: rapid.Float64().Draw(t, "left"), Bottom: rapid.Float64().Draw(t, "bottom")}
		after, err := p.Move([]signing.Moved{m})
		if err != nil {
			return
		}
		for _, r := range after.Places {
			if r.Page < 1 || r.Page > 2 || !r.Box.On(sheet) {
				t.Fatalf("%+v", r)
			}
		}
	})
}
