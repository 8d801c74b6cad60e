package signature

import (
	"context"
	"fmt"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature/pdf"
)

// Survey is what a PDF has of pages and places.
type Survey struct {
	Pages  []signing.Box
	Places []signing.Place // ours, filled or not
	Signed bool
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
		}
		s.Signed = s.Signed || one.kind == "Sig" && !one.empty()
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
func Reserve(ctx context.Context, file []byte, signer string, locate Locate) ([]byte, error) {
	s, err := Look(file)
	if err != nil {
		return nil, err
	}
	if len(s.Places) > 0 {
		return file, nil
	}
	if s.Signed {
		return nil, ErrAlreadySigned
	}
	found, err := locate(ctx, file, s.Pages, signer)
	if err != nil {
		return nil, fmt.Errorf("look where the places are: %w", err)
	}
	var list []Reservation
	for _, r := range signing.Layout(s.Pages, found) {
		list = append(list, Reservation{Place: r.Place, Page: r.Page, Box: r.Box, Align: Align(r.Align), Italic: r.Italic})
	}
	return Prepare(file, list)
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
