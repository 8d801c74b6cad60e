// Package paper decides how a PDF looks that is printed for use on paper: with
// the directions of a certified copy below it. It adds to the file behind its
// bytes and signs nothing; who may print what is not its matter.
package paper

import (
	"bytes"
	"fmt"
	"strings"

	"congvan/server/domain/document"
	"congvan/server/provider/signature/pdf"
	"congvan/server/provider/signature/typeface"
)

// The measures of the page, in points: A4 with the margins of NĐ 30/2020,
// phụ lục I (30 mm at the binding edge, 15 mm opposite, 20 mm above and below).
const (
	pageWidth, pageHeight = 595.28, 841.89
	left, right           = 85.0, pageWidth - 42.5
	top, bottom           = pageHeight - 56.7, 56.7
	leftWidth             = 200.0
	leading               = 1.2
	signature             = 80.0 // room for the hand and the seal
)

// Directions puts the page with the directions of a certified copy behind the
// pages of the copied document: a line across, and below it the form of the
// copy, who copied, number and symbol, place and day, recipients and the signer
// (NĐ 30/2020, phụ lục I, phần II, mục I).
func Directions(file []byte, d document.Directions) ([]byte, error) {
	f, err := pdf.Open(file)
	if err != nil {
		return nil, err
	}
	u, err := pdf.NewUpdate(f)
	if err != nil {
		return nil, err
	}
	catalog, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	root, ok := catalog["Pages"].(pdf.Ref)
	if !ok {
		return nil, pdf.ErrDamaged
	}
	tree, err := u.Dict(root)
	if err != nil {
		return nil, err
	}
	kids, err := f.Array(tree["Kids"])
	if err != nil {
		return nil, err
	}
	count, ok := tree["Count"].(int64)
	if !ok {
		return nil, pdf.ErrDamaged
	}
	page, err := directionsPage(u, d, root)
	if err != nil {
		return nil, err
	}
	tree["Kids"], tree["Count"] = append(append(pdf.Array{}, kids...), page), count+1
	u.Set(root, tree)
	return u.Bytes()
}

func directionsPage(u *pdf.Update, d document.Directions, root pdf.Ref) (pdf.Ref, error) {
	s, err := newSheet()
	if err != nil {
		return pdf.Ref{}, err
	}
	fmt.Fprintf(&s.content, "q 0.8 w %g %g m %g %g l S Q\n", left, top, right, top)
	s.directions(d)
	face, err := s.upright.Embed(u, s.words)
	if err != nil {
		return pdf.Ref{}, err
	}
	slanted, err := s.slanted.Embed(u, s.slantedWords)
	if err != nil {
		return pdf.Ref{}, err
	}
	return u.Add(pdf.Dict{"Type": pdf.Name("Page"), "Parent": root, "Rotate": int64(0),
		"MediaBox":  pdf.Array{int64(0), int64(0), pageWidth, pageHeight},
		"Resources": pdf.Dict{"Font": pdf.Dict{"F": face, "I": slanted}},
		"Contents":  u.Add(&pdf.Stream{Dict: pdf.Dict{}, Raw: s.content.Bytes()})}), nil
}

// sheet is a page on its way.
type sheet struct {
	content             bytes.Buffer
	upright, slanted    *typeface.Face
	words, slantedWords string
}

func newSheet() (*sheet, error) {
	upright, err := typeface.Upright()
	if err != nil {
		return nil, err
	}
	slanted, err := typeface.Slanted()
	return &sheet{upright: upright, slanted: slanted}, err
}

// style is how a line is set.
type style struct {
	size         float64
	bold, italic bool
}

// line sets a line around the middle, or from the left where centred is false,
// and gives the height that it took.
func (s *sheet) line(x, y float64, centred bool, st style, words string) float64 {
	face, font := s.upright, "F"
	if st.italic {
		face, font = s.slanted, "I"
	}
	words = face.Prepare(words)
	if st.italic {
		s.slantedWords += words
	} else {
		s.words += words
	}
	if centred {
		x -= face.Width(words, st.size) / 2
	}
	weight := ""
	if st.bold { // the face has no bold one: its outlines are drawn thicker
		weight = fmt.Sprintf("2 Tr %g w ", st.size*0.03)
	}
	fmt.Fprintf(&s.content, "q BT %s/%s %g Tf 1 0 0 1 %.2f %.2f Tm <%X> Tj ET Q\n", weight, font, st.size, x, y, face.Encode(words))
	return st.size * leading
}

// lines sets words broken to the width, downwards from y, and gives where the
// next line goes. Nothing is set below the page.
func (s *sheet) lines(x, y, width float64, centred bool, st style, words string) float64 {
	face := s.upright
	if st.italic {
		face = s.slanted
	}
	current := ""
	flush := func() {
		if current != "" && y > bottom {
			y -= s.line(x, y, centred, st, current)
		}
	}
	for _, w := range strings.Fields(words) {
		longer := strings.TrimSpace(current + " " + w)
		if current != "" && face.Width(face.Prepare(longer), st.size) > width {
			flush()
			longer = w
		}
		current = longer
	}
	flush()
	return y
}

// directions sets the two columns: 2 and 1, 3 and 4, 7 and 5.
func (s *sheet) directions(d document.Directions) {
	inLeft, inRight := left+leftWidth/2, (left+leftWidth+20+right)/2
	rightWidth := right - left - leftWidth - 20
	head := style{size: 13, bold: true}
	y := top - 26
	low := min(s.lines(inLeft, y, leftWidth, true, head, strings.ToUpper(d.Agency)),
		s.lines(inRight, y, rightWidth, true, head, d.Form))
	y = low - 8
	low = min(s.lines(inLeft, y, leftWidth, true, style{size: 13}, d.NumberLine()),
		s.lines(inRight, y, rightWidth, true, style{size: 13, italic: true}, d.DateLine()))
	y = low - 18
	right := y
	for _, line := range d.Signer {
		right = s.lines(inRight, right, rightWidth, true, head, line)
	}
	s.lines(inRight, right-signature, rightWidth, true, head, d.SignerName)
	y = s.lines(left, y, leftWidth, false, style{size: 12, bold: true, italic: true}, "Nơi nhận:")
	for _, r := range d.Recipients {
		y = s.lines(left, y, leftWidth, false, style{size: 11}, r)
	}
}
