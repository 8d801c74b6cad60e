// Package typeface decides how words are set in what is added to a PDF: in a
// face with the measures of Times New Roman (NĐ 30/2020, phụ lục I) and every
// letter of Vietnamese, of which only the letters used are put into the file.
// The faces are Liberation Serif, under the SIL Open Font License (OFL.txt).
package typeface

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"sync"

	"golang.org/x/text/unicode/norm"
)

//go:embed LiberationSerif-Regular.ttf
var regular []byte

//go:embed LiberationSerif-Italic.ttf
var italic []byte

// Face is a TrueType face.
type Face struct {
	Name     string
	Italic   bool
	tables   map[string][]byte
	glyphs   map[rune]uint16
	units    float64
	metrics  int // glyphs with a width of their own
	longLoca bool
}

// Upright gives the upright face.
var Upright = sync.OnceValues(func() (*Face, error) { return read("LiberationSerif", false, regular) })

// Slanted gives the italic face.
var Slanted = sync.OnceValues(func() (*Face, error) { return read("LiberationSerif-Italic", true, italic) })

var errFace = errors.New("typeface: the face cannot be read")

func read(name string, slanted bool, data []byte) (*Face, error) {
	f := &Face{Name: name, Italic: slanted, tables: map[string][]byte{}, glyphs: map[rune]uint16{}}
	if len(data) < 12 {
		return nil, errFace
	}
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		if len(data) < 12+16*(i+1) {
			return nil, errFace
		}
		record := data[12+16*i:]
		at, size := int(binary.BigEndian.Uint32(record[8:])), int(binary.BigEndian.Uint32(record[12:]))
		if at+size > len(data) {
			return nil, errFace
		}
		f.tables[string(record[:4])] = data[at : at+size]
	}
	for tag, least := range map[string]int{"head": 54, "hhea": 36, "maxp": 6, "hmtx": 4, "loca": 4, "glyf": 1, "cmap": 4} {
		if len(f.tables[tag]) < least {
			return nil, errFace
		}
	}
	f.units = float64(binary.BigEndian.Uint16(f.tables["head"][18:]))
	f.longLoca = binary.BigEndian.Uint16(f.tables["head"][50:]) == 1
	f.metrics = int(binary.BigEndian.Uint16(f.tables["hhea"][34:]))
	err := f.readLetters()
	return f, err
}

// readLetters reads the map of letters for the basic plane (format 4), which
// holds all of Vietnamese.
func (f *Face) readLetters() error {
	cmap := f.tables["cmap"]
	for i := range int(binary.BigEndian.Uint16(cmap[2:])) {
		record := cmap[4+8*i:]
		platform, encoding := binary.BigEndian.Uint16(record), binary.BigEndian.Uint16(record[2:])
		sub := cmap[binary.BigEndian.Uint32(record[4:]):]
		if platform != 3 || encoding != 1 || binary.BigEndian.Uint16(sub) != 4 {
			continue
		}
		segments := int(binary.BigEndian.Uint16(sub[6:])) / 2
		ends, starts := sub[14:], sub[16+2*segments:]
		deltas, offsets := sub[16+4*segments:], sub[16+6*segments:]
		for s := range segments {
			first, last := int(binary.BigEndian.Uint16(starts[2*s:])), int(binary.BigEndian.Uint16(ends[2*s:]))
			delta, offset := binary.BigEndian.Uint16(deltas[2*s:]), int(binary.BigEndian.Uint16(offsets[2*s:]))
			for c := first; c <= last && c < 0xffff; c++ {
				glyph := uint16(c) + delta
				if offset != 0 {
					glyph = binary.BigEndian.Uint16(offsets[2*s+offset+2*(c-first):])
					if glyph != 0 {
						glyph += delta
					}
				}
				if glyph != 0 {
					f.glyphs[rune(c)] = glyph
				}
			}
		}
		return nil
	}
	return errFace
}

// Prepare puts the words into the form that the face has letters for: composed,
// and a question mark for what it cannot show.
func (f *Face) Prepare(words string) string {
	out := make([]rune, 0, len(words))
	for _, r := range norm.NFC.String(words) {
		if _, ok := f.glyphs[r]; !ok {
			r = '?'
		}
		out = append(out, r)
	}
	return string(out)
}

// Width gives the width of prepared words at a size.
func (f *Face) Width(words string, size float64) float64 {
	total := 0
	for _, r := range words {
		total += f.advance(f.glyphs[r])
	}
	return float64(total) * size / f.units
}

func (f *Face) advance(glyph uint16) int {
	at := min(int(glyph), f.metrics-1)
	return int(binary.BigEndian.Uint16(f.tables["hmtx"][4*at:]))
}

func (f *Face) signed(table string, at int) float64 {
	return float64(int16(binary.BigEndian.Uint16(f.tables[table][at:]))) * 1000 / f.units
}

// Ascent and Descent tell how far letters reach above and below their line, in
// thousandths of the size.
func (f *Face) Ascent() float64 { return f.signed("hhea", 4) }

// Descent is negative.
func (f *Face) Descent() float64 { return f.signed("hhea", 6) }

// Encode gives prepared words as the content of a page names them.
func (f *Face) Encode(words string) []byte {
	var out []byte
	for _, r := range words {
		out = binary.BigEndian.AppendUint16(out, f.glyphs[r])
	}
	return out
}
