package signature

import (
	"context"
	"fmt"
	"slices"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature/pdf"
)

// Survey is what a PDF has of pages and places.
type Survey struct {
	Pages  []signing.Box
	Places []signing.Place // ours, filled or not
	Empty  []signing.Place // those of them that are not filled yet
	Signed bool
	Shut   bool // somebody else signed it before places could be reserved
}

// Look surveys a PDF.
func Look(file []byte) (Survey, error) {
	var s Survey
	f, err := pdf.Open(file)
	if err != nil {
		return s, err
	}
	fields, err := form(f)
	if err != nil {
		return s, err
	}
	for _, one := range fields {
		if p, ours := one.place(); ours {
			s.Places = append(s.Places, p)
			if one.empty() {
				s.Empty = append(s.Empty, p)
			}
		}
		s.Signed = s.Signed || one.kind == "Sig" && !one.empty()
	}
	if s.Shut, err = shut(f, fields); err != nil {
		return s, err
	}
	all, err := pages(f, 0)
	if err != nil {
		return s, err
	}
	for _, p := range all {
		s.Pages = append(s.Pages, p.box)
	}
	return s, nil
}

// Locate finds the words of a page beside which places lie.
type Locate func(ctx context.Context, file []byte, pages []signing.Box, signer string) (signing.Found, error)

// Reserve gives a PDF the places that a document has by the decree, unless it
// has places already: a template knows them better.
func Reserve(ctx context.Context, file []byte, w signing.Wanted, locate Locate) ([]byte, error) {
	s, err := Look(file)
	if err != nil {
		return nil, err
	}
	if len(s.Places) > 0 || s.Shut {
		return file, nil
	}
	if s.Signed {
		return nil, ErrAlreadySigned
	}
	if len(s.Pages) == 0 {
		return nil, pdf.ErrDamaged
	}
	if w.Corner != "" {
		return Prepare(file, []Reservation{{Place: signing.Place{Kind: w.Corner, Ordinal: 1}, Page: 1, Box: signing.UpperRight(s.Pages[0])}})
	}
	found, err := locate(ctx, file, s.Pages, w.Signer)
	if err != nil {
		return nil, fmt.Errorf("look where the places are: %w", err)
	}
	var list []Reservation
	for _, r := range signing.Layout(s.Pages, found, w) {
		list = append(list, Reservation{Place: r.Place, Page: r.Page, Box: r.Box, Align: Align(r.Align), Italic: r.Italic})
	}
	return Prepare(file, list)
}

// Free gives the first place of a kind that nobody has filled.
func Free(file []byte, kind signing.PlaceKind) (signing.Place, error) {
	s, err := Look(file)
	if err != nil {
		return signing.Place{}, err
	}
	first := signing.Place{}
	if s.Shut {
		first = signing.Place{Kind: kind, Ordinal: 1}
		for slices.Contains(s.Places, first) {
			first.Ordinal++
		}
		return first, first.Check()
	}
	for _, p := range s.Empty {
		if p.Kind == kind && (first.Ordinal == 0 || p.Ordinal < first.Ordinal) {
			first = p
		}
	}
	if first.Ordinal > 0 {
		return first, nil
	}
	if slices.ContainsFunc(s.Places, func(p signing.Place) bool { return p.Kind == kind }) {
		return first, ErrPlaceTaken
	}
	return first, ErrNoPlace
}

// FillNumbering writes number and date into whatever places for them a PDF has.
func FillNumbering(file []byte, n signing.Numbering) ([]byte, error) {
	s, err := Look(file)
	if err != nil {
		return nil, err
	}
	var values []Value
	for _, p := range s.Places {
		if words, ok := p.Words(n); ok {
			values = append(values, Value{Place: p, Words: words})
		}
	}
	if len(values) == 0 {
		return file, nil
	}
	return Fill(file, values)
}
