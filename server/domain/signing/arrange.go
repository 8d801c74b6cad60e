package signing

import (
	"math"

	"congvan/server/domain/fault"
)

// Proposal is where the places of a document will lie.
type Proposal struct {
	Pages  []Box
	Places []Reserved
	Fixed  bool // the file has places already, or is signed: nothing can be moved
}

// Moved is a place that somebody has put elsewhere. It keeps its size.
type Moved struct {
	Place        Place
	Page         int
	Left, Bottom float64
}

// The faults of moving places.
var (
	ErrFixed = fault.New(fault.Conflict, "places_fixed",
		"Vị trí ký đã cố định trong tệp hoặc văn bản đã có chữ ký.", "The places are fixed in the file, or it is signed already.")
	errMovedOff = fault.InvalidField("places", "outside", "Vị trí ký phải nằm trọn trong một trang.", "A place must lie on one page.")
	errMovedTo  = fault.InvalidField("places", "unknown_place", "Không có vị trí ký như vậy.", "There is no such place for a signature.")
	errCovered  = fault.InvalidField("places", "covered", "Các vị trí ký không được chồng lên nhau, trừ con dấu lên chữ ký.",
		"Places must not cover each other, save a seal its signature.")
)

// Move puts places where somebody wants them.
func (p Proposal) Move(moved []Moved) (Proposal, error) {
	if len(moved) == 0 {
		return p, nil
	}
	if p.Fixed {
		return p, ErrFixed
	}
	places := make([]Reserved, len(p.Places))
	copy(places, p.Places)
	for _, m := range moved {
		at := indexOf(places, m.Place)
		if at < 0 {
			return p, errMovedTo
		}
		if m.Page < 1 || m.Page > len(p.Pages) {
			return p, errMovedOff
		}
		b := places[at].Box
		b = Box{Left: m.Left, Bottom: m.Bottom, Right: m.Left + b.Width(), Top: m.Bottom + b.Height()}
		if !b.On(p.Pages[m.Page-1]) {
			return p, errMovedOff
		}
		places[at].Page, places[at].Box = m.Page, b
	}
	for i, a := range places {
		for _, b := range places[:i] {
			if a.covers(b) {
				return p, errCovered
			}
		}
	}
	p.Places = places
	return p, nil
}

func indexOf(places []Reserved, place Place) int {
	for i, r := range places {
		if r.Place == place {
			return i
		}
	}
	return -1
}

// On tells whether the box lies on the page with all of itself.
func (b Box) On(page Box) bool {
	for _, n := range []float64{b.Left, b.Bottom, b.Right, b.Top} {
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return false
		}
	}
	return b.Left >= page.Left && b.Bottom >= page.Bottom && b.Right <= page.Right && b.Top <= page.Top
}

// covers tells whether one place lies over another where that is not wanted.
// What stands in a printed line (number, day, month, year) may touch.
func (r Reserved) covers(o Reserved) bool {
	if r.Page != o.Page || r.Place.Kind == Seal || o.Place.Kind == Seal {
		return false
	}
	width := min(r.Box.Right, o.Box.Right) - max(r.Box.Left, o.Box.Left)
	height := min(r.Box.Top, o.Box.Top) - max(r.Box.Bottom, o.Box.Bottom)
	return width > touching && height > touching
}

const touching = 1 * Millimetre
