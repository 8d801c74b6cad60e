package signing

import (
	"fmt"
	"strconv"

	"congvan/server/domain/org"
)

// Reserved is a place with where it lies.
type Reserved struct {
	Place  Place
	Page   int // from 1
	Box    Box
	Align  int // 0 left, 1 centre
	Italic bool
}

// Wanted is what a document is to have places for.
type Wanted struct {
	Signer   string // whose name stands below the signature
	Initials int    // how many steps of its circuit ask for initials
	Moved    []Moved
	Corner   PlaceKind // of a file that is signed with words alone, in the upper right corner; none for a document
}

// Found is where the words of a page stand that NĐ 30/2020 puts beside the
// places of a signature; a zero box was not found.
type Found struct {
	Number     Box // from behind "Số:"; as far as the symbol, where one is printed
	HasSymbol  bool
	Day, Month Box  // between "ngày", "tháng" and "năm"
	Year       Box  // behind "năm"; zero where the year is printed
	Dated      bool // the whole date is printed: there is nothing to write
	Signer     Box  // of the signer's name
	SignerPage int
}

// What a place measures (NĐ 30/2020, phụ lục I).
const (
	numberHeight    = 6 * Millimetre
	numberWidth     = 60 * Millimetre
	dateWidth       = 82 * Millimetre
	signatureWidth  = 48 * Millimetre
	signatureHeight = 20 * Millimetre
	sealDiameter    = 36 * Millimetre
	leftMargin      = 30 * Millimetre
	rightMargin     = 15 * Millimetre
	headHeight      = 44 * Millimetre // from the upper edge to the line of number and date
	footHeight      = 45 * Millimetre // from the lower edge to the signer's name
	gap             = 1 * Millimetre
	initialWidth    = 22 * Millimetre
	initialHeight   = 7 * Millimetre
	initialFoot     = 6 * Millimetre // below the row: it stands in the lower margin, where nothing is printed
	initialsInRow   = 7
	initialRows     = 2
	spareInitials   = 3 // for a circuit that is given further steps while it runs
)

// Layout gives the places of a document by NĐ 30/2020, phụ lục I: number and
// date under the heading of page 1, the signature above the signer's name, the
// seal over its left third. Where the words beside a place were found they
// decide; otherwise the decree's own measures do.
func Layout(pages []Box, found Found, w Wanted) []Reserved {
	if len(pages) == 0 {
		return nil
	}
	head, last := pages[0], len(pages)
	if found.SignerPage > 0 && found.SignerPage <= len(pages) {
		last = found.SignerPage
	}
	name := found.Signer
	if name == (Box{}) {
		foot := pages[last-1]
		middle := foot.Right - rightMargin - signatureWidth/2 - 5*Millimetre
		name = Box{Left: middle, Right: middle, Bottom: foot.Bottom + footHeight, Top: foot.Bottom + footHeight}
	}
	middle := (name.Left + name.Right) / 2
	signature := within(Box{Left: middle - signatureWidth/2, Right: middle + signatureWidth/2,
		Bottom: name.Top + gap, Top: name.Top + gap + signatureHeight}, pages[last-1])
	return append(append(heading(head, found), initials(pages[last-1], last, w.Initials)...),
		Reserved{Place: Place{Kind: Signature, Ordinal: 1}, Page: last, Box: signature},
		Reserved{Place: Place{Kind: Seal, Ordinal: 1}, Page: last, Box: within(SealOver(signature, sealDiameter), pages[last-1])})
}

// initials gives places in the lower margin of the page that is signed, where
// they cover no word.
func initials(page Box, number, wanted int) []Reserved {
	if wanted == 0 {
		return nil
	}
	list := make([]Reserved, min(wanted+spareInitials, initialsInRow*initialRows))
	for i := range list {
		left := page.Left + leftMargin + float64(i%initialsInRow)*(initialWidth+gap)
		bottom := page.Bottom + initialFoot + float64(i/initialsInRow)*(initialHeight+gap)
		list[i] = Reserved{Place: Place{Kind: Initial, Ordinal: i + 1}, Page: number,
			Box: within(Box{Left: left, Right: left + initialWidth, Bottom: bottom, Top: bottom + initialHeight}, page)}
	}
	return list
}

// heading gives the places of number and date.
func heading(head Box, found Found) []Reserved {
	line := head.Top - headHeight
	number := Reserved{Place: numberWithWord, Page: 1,
		Box: Box{Left: head.Left + leftMargin, Right: head.Left + leftMargin + numberWidth, Bottom: line, Top: line + numberHeight}}
	if found.Number != (Box{}) {
		number.Place, number.Box = numberWithSymbol, found.Number
		if found.HasSymbol {
			number.Place, number.Align = numberAlone, 1
		}
	}
	number.Box = within(number.Box, head)
	if found.Dated {
		return []Reserved{number}
	}
	if found.Day == (Box{}) || found.Month == (Box{}) {
		return []Reserved{number, {Place: wholeDate, Page: 1, Align: 1, Italic: true, Box: within(Box{Left: head.Right - rightMargin - dateWidth,
			Right: head.Right - rightMargin, Bottom: line, Top: line + numberHeight}, head)}}
	}
	places := []Reserved{number,
		{Place: dayAlone, Page: 1, Box: within(found.Day, head), Align: 1, Italic: true},
		{Place: monthAlone, Page: 1, Box: within(found.Month, head), Align: 1, Italic: true}}
	if found.Year != (Box{}) {
		places = append(places, Reserved{Place: yearAlone, Page: 1, Box: within(found.Year, head), Italic: true})
	}
	return places
}

// What is printed on the page already decides which of these places it has.
var (
	numberAlone      = Place{Kind: Number, Ordinal: 1} // 05, before a printed symbol
	numberWithSymbol = Place{Kind: Number, Ordinal: 2} // 05/CT-UBND, behind "Số:"
	numberWithWord   = Place{Kind: Number, Ordinal: 3} // Số: 05/CT-UBND
	wholeDate        = Place{Kind: Date, Ordinal: 1}   // Trà Vinh, ngày 05 tháng 01 năm 2026
	dayAlone         = Place{Kind: Date, Ordinal: 2}
	monthAlone       = Place{Kind: Date, Ordinal: 3}
	yearAlone        = Place{Kind: Date, Ordinal: 4}
)

// Numbering is what is written into the places of number and date.
type Numbering struct {
	Number    string // 05
	Reference string // 05/CT-UBND
	Place     string // Trà Vinh
	Day       org.Day
}

// Words gives what is written into a place; false for one that holds none.
func (p Place) Words(n Numbering) (string, bool) {
	// Days below 10 and the months 1 and 2 take a zero (NĐ 30/2020, phụ lục I).
	day, month := fmt.Sprintf("%02d", n.Day.DayOfMonth()), strconv.Itoa(int(n.Day.Month()))
	if n.Day.Month() <= 2 {
		month = "0" + month
	}
	switch p {
	case numberAlone:
		return n.Number, true
	case numberWithSymbol:
		return n.Reference, true
	case numberWithWord:
		return "Số: " + n.Reference, true
	case wholeDate:
		words := fmt.Sprintf("ngày %s tháng %s năm %d", day, month, n.Day.Year())
		if n.Place != "" {
			words = n.Place + ", " + words
		}
		return words, true
	case dayAlone:
		return day, true
	case monthAlone:
		return month, true
	case yearAlone:
		return strconv.Itoa(n.Day.Year()), true
	}
	return "", false
}

// within moves a box onto the page.
func within(b, page Box) Box {
	shift := func(low, high, least, most float64) float64 {
		if low < least {
			return least - low
		}
		if high > most {
			return most - high
		}
		return 0
	}
	x, y := shift(b.Left, b.Right, page.Left, page.Right), shift(b.Bottom, b.Top, page.Bottom, page.Top)
	return Box{Left: b.Left + x, Right: b.Right + x, Bottom: b.Bottom + y, Top: b.Top + y}
}
