package signing

import (
	"fmt"
	"strconv"
	"strings"

	"congvan/server/domain/fault"
)

// PlaceKind says what a reserved place of a PDF is for.
type PlaceKind string

// The kinds of places. Foreign stands for a signature that is in none of ours:
// another program put it there.
const (
	Initial   PlaceKind = "initial"   // chữ ký nháy
	Signature PlaceKind = "signature" // of the person entitled to sign
	Number    PlaceKind = "number"    // số, ký hiệu
	Date      PlaceKind = "date"      // địa danh, ngày tháng năm
	Seal      PlaceKind = "seal"      // the agency's signature, shown as its red seal
	AnnexSeal PlaceKind = "annex"     // the agency's signature on an annex in its own file: text only
	Copy      PlaceKind = "copy"      // the agency's signature on a certified copy: text only
	Stamp     PlaceKind = "stamp"     // a time stamp over the whole file; nothing is shown
	Foreign   PlaceKind = "foreign"
)

// reservable are the kinds that a place can be reserved for.
var reservable = [...]PlaceKind{Initial, Signature, Number, Date, Seal, AnnexSeal, Copy}

// Signed tells a place that holds a signature from one that holds words.
func (k PlaceKind) Signed() bool { return k != Number && k != Date }

// MaxPlaces is how many places of one kind a document can have: a joint
// resolution has several signers and seals, a long circuit many initials.
const MaxPlaces = 20

// Place is one reserved place of a document.
type Place struct {
	Kind    PlaceKind
	Ordinal int // from 1
}

const placePrefix = "congvan-"

// Name is how the place is named inside the PDF.
func (p Place) Name() string { return fmt.Sprintf("%s%s-%d", placePrefix, p.Kind, p.Ordinal) }

// Check refuses a place that cannot be reserved.
func (p Place) Check() error {
	if back, ok := ParsePlace(p.Name()); !ok || back != p {
		return fault.InvalidField("place", "unknown_place", "Không có vị trí ký như vậy.", "There is no such place for a signature.")
	}
	return nil
}

// ParsePlace reads a name of the PDF; false for what is none of ours.
func ParsePlace(name string) (Place, bool) {
	rest, ours := strings.CutPrefix(name, placePrefix)
	kind, digits, found := strings.Cut(rest, "-")
	if !ours || !found {
		return Place{}, false
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || n > MaxPlaces || strconv.Itoa(n) != digits {
		return Place{}, false
	}
	for _, k := range reservable {
		if string(k) == kind {
			return Place{Kind: k, Ordinal: n}, true
		}
	}
	return Place{}, false
}

// Box is a rectangle on a page, in points from its lower left corner.
type Box struct {
	Left, Bottom, Right, Top float64
}

// Width of the box.
func (b Box) Width() float64 { return b.Right - b.Left }

// Height of the box.
func (b Box) Height() float64 { return b.Top - b.Bottom }

// A place is no larger than this. A larger one could be signed over what the
// page says.
const (
	maxPlaceWidth  = 130 * Millimetre
	maxPlaceHeight = 60 * Millimetre
)

// Fits tells whether a place may be as large as the box.
func (b Box) Fits() bool { return b.Width() <= maxPlaceWidth && b.Height() <= maxPlaceHeight }

// Millimetre in points.
const Millimetre = 72 / 25.4

// Red seals cover the left third of the signature they confirm (NĐ 30/2020,
// phụ lục I, phần I, mục II, điểm 8).
const sealCovers = 1.0 / 3

// SealOver gives the box of a seal of the given diameter beside a signature:
// its right edge reaches over the left third, and both have one middle line.
func SealOver(signature Box, diameter float64) Box {
	right := signature.Left + signature.Width()*sealCovers
	middle := (signature.Bottom + signature.Top) / 2
	return Box{Left: right - diameter, Bottom: middle - diameter/2, Right: right, Top: middle + diameter/2}
}

// The words of an annex's or a copy's signature stand in the upper right corner
// of page 1 (NĐ 30/2020, phụ lục I, phần I, mục IV, điểm 14).
const (
	cornerWidth  = 75 * Millimetre
	cornerHeight = 14 * Millimetre
	cornerMargin = 5 * Millimetre
)

// UpperRight gives that corner of a page.
func UpperRight(page Box) Box {
	return Box{
		Left: page.Right - cornerMargin - cornerWidth, Bottom: page.Top - cornerMargin - cornerHeight,
		Right: page.Right - cornerMargin, Top: page.Top - cornerMargin,
	}
}
