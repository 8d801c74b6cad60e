package signature

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature/pdf"
)

// Survey is what a PDF has of pages and places.
type Survey struct {
	Pages    []signing.Box
	Places   []signing.Place    // ours, filled or not
	Reserved []signing.Reserved // where they lie
	Empty    []signing.Place    // those of them that are not filled yet
	Signed   bool
	Shut     bool // somebody else signed it before places could be reserved
	Locked   bool // and certified it against anything that is added
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
	all, err := pages(f, 0)
	if err != nil {
		return s, err
	}
	for _, p := range all {
		s.Pages = append(s.Pages, p.box)
	}
	for _, one := range fields {
		if p, ours := one.place(); ours {
			s.Places = append(s.Places, p)
			if r, ok := lying(f, one, p, all); ok {
				s.Reserved = append(s.Reserved, r)
			}
			if one.empty() {
				s.Empty = append(s.Empty, p)
			}
		}
		s.Signed = s.Signed || one.kind == "Sig" && !one.empty()
	}
	if s.Shut, err = shut(f, fields); err != nil {
		return s, err
	}
	if s.Shut {
		if err := mayFollow(f, fields, signing.AddedHidden); errors.Is(err, ErrCertified) {
			s.Locked = true
		} else if err != nil {
			return s, err
		}
	}
	return s, nil
}

// lying tells where a place lies; false where that cannot be read.
func lying(f *pdf.File, one field, place signing.Place, all []page) (signing.Reserved, bool) {
	rect, err := f.Numbers(one.dict["Rect"])
	on, ok := one.dict["P"].(pdf.Ref)
	if err != nil || !ok || len(rect) != 4 || rect[0] == rect[2] {
		return signing.Reserved{}, false
	}
	at := slices.IndexFunc(all, func(p page) bool { return p.ref == on })
	return signing.Reserved{Place: place, Page: at + 1, Box: signing.Box{Left: rect[0], Bottom: rect[1], Right: rect[2], Top: rect[3]}}, at >= 0
}

// Locate finds the words of a page beside which places lie.
type Locate func(ctx context.Context, file []byte, pages []signing.Box, signer string) (signing.Found, error)

// Reserve gives a PDF the places that a document has by the decree, unless it
// has places already: a template knows them better.
func Reserve(ctx context.Context, file []byte, w signing.Wanted, locate Locate) ([]byte, error) {
	p, err := Propose(ctx, file, w, locate)
	if err != nil || p.Fixed {
		return file, err
	}
	if p, err = p.Move(w.Moved); err != nil {
		return nil, err
	}
	var list []Reservation
	for _, r := range p.Places {
		list = append(list, Reservation{Place: r.Place, Page: r.Page, Box: r.Box, Align: Align(r.Align), Italic: r.Italic})
	}
	return Prepare(file, list)
}

// Propose tells where the places of a PDF lie or would be reserved.
func Propose(ctx context.Context, file []byte, w signing.Wanted, locate Locate) (signing.Proposal, error) {
	s, err := Look(file)
	if err != nil {
		return signing.Proposal{}, err
	}
	p := signing.Proposal{Pages: s.Pages, Places: s.Reserved, Fixed: len(s.Places) > 0 || s.Shut}
	if p.Fixed {
		return p, nil
	}
	if s.Signed {
		return p, ErrAlreadySigned
	}
	if len(s.Pages) == 0 {
		return p, pdf.ErrDamaged
	}
	if w.Corner != "" {
		p.Places = []signing.Reserved{{Place: signing.Place{Kind: w.Corner, Ordinal: 1}, Page: 1, Box: signing.UpperRight(s.Pages[0])}}
		return p, nil
	}
	found, err := locate(ctx, file, s.Pages, w.Signer)
	if err != nil {
		return p, fmt.Errorf("look where the places are: %w", err)
	}
	p.Places = signing.Layout(s.Pages, found, w)
	return p, nil
}

// Free gives the first place of a kind that nobody has filled.
func Free(file []byte, kind signing.PlaceKind) (signing.Place, error) {
	s, err := Look(file)
	if err != nil {
		return signing.Place{}, err
	}
	first := signing.Place{}
	if s.Locked {
		return first, ErrCertified
	}
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
