package typeface

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"sync"

	"congvan/server/provider/signature/pdf"
)

// Embed puts the letters of the prepared words into the file, as a font that
// names glyphs by their numbers (ISO 32000-1, 9.7).
func (f *Face) Embed(u *pdf.Update, words string) (pdf.Ref, error) {
	used := map[uint16]rune{}
	for _, r := range words {
		used[f.glyphs[r]] = r
	}
	program, err := f.subset(used)
	if err != nil {
		return pdf.Ref{}, err
	}
	packed, err := Deflate(program)
	if err != nil {
		return pdf.Ref{}, err
	}
	file := u.Add(&pdf.Stream{Dict: pdf.Dict{"Filter": pdf.Name("FlateDecode"), "Length1": int64(len(program))}, Raw: packed})
	name := pdf.Name(tag(used) + "+" + f.Name)
	flags, angle := int64(1<<1|1<<2), 0.0 // serif, symbolic: glyphs are named by number
	if f.Italic {
		flags, angle = flags|1<<6, -16.33
	}
	head := func(at int) int64 { return int64(f.signed("head", at)) }
	descriptor := u.Add(pdf.Dict{
		"Type": pdf.Name("FontDescriptor"), "FontName": name, "Flags": flags, "ItalicAngle": angle,
		"FontBBox": pdf.Array{head(36), head(38), head(40), head(42)},
		"Ascent":   int64(f.Ascent()), "Descent": int64(f.Descent()), "CapHeight": int64(654), "StemV": int64(80), "FontFile2": file,
	})
	widths := pdf.Array{}
	for _, glyph := range slices.Sorted(maps.Keys(used)) {
		widths = append(widths, int64(glyph), pdf.Array{float64(f.advance(glyph)) * 1000 / f.units})
	}
	descendant := u.Add(pdf.Dict{
		"Type": pdf.Name("Font"), "Subtype": pdf.Name("CIDFontType2"), "BaseFont": name, "FontDescriptor": descriptor,
		"CIDSystemInfo": pdf.Dict{"Registry": pdf.String("Adobe"), "Ordering": pdf.String("Identity"), "Supplement": int64(0)},
		"CIDToGIDMap":   pdf.Name("Identity"), "W": widths, "DW": int64(0),
	})
	return u.Add(pdf.Dict{
		"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type0"), "BaseFont": name, "Encoding": pdf.Name("Identity-H"),
		"DescendantFonts": pdf.Array{descendant},
		"ToUnicode":       u.Add(&pdf.Stream{Dict: pdf.Dict{}, Raw: unicodeMap(used)}),
	}), nil
}

// writers are used again: one holds more than a megabyte.
var writers = sync.Pool{New: func() any {
	w, err := zlib.NewWriterLevel(nil, zlib.BestSpeed)
	if err != nil {
		return err
	}
	return w
}}

// Deflate compresses what goes into a stream.
func Deflate(content []byte) ([]byte, error) {
	w, ok := writers.Get().(*zlib.Writer)
	if !ok {
		return nil, errFace
	}
	defer writers.Put(w)
	var b bytes.Buffer
	w.Reset(&b)
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// tag is the six letters that tell subsets apart (9.6.4).
func tag(used map[uint16]rune) string {
	var all []byte
	for _, glyph := range slices.Sorted(maps.Keys(used)) {
		all = binary.BigEndian.AppendUint16(all, glyph)
	}
	sum := crc32.ChecksumIEEE(all)
	out := make([]byte, 6)
	for i := range out {
		out[i] = 'A' + byte(sum%26)
		sum /= 26
	}
	return string(out)
}

// unicodeMap lets readers copy and search the words.
func unicodeMap(used map[uint16]rune) []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for part := range slices.Chunk(slices.Sorted(maps.Keys(used)), 100) {
		fmt.Fprintf(&b, "%d beginbfchar\n", len(part))
		for _, glyph := range part {
			fmt.Fprintf(&b, "<%04X> <%04X>\n", glyph, used[glyph])
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}

// subset makes a face of the glyphs used and those that they are composed of.
// Glyphs keep their numbers; the others are empty.
func (f *Face) subset(used map[uint16]rune) ([]byte, error) {
	keep := map[uint16]bool{0: true}
	for glyph := range used {
		if err := f.keep(glyph, keep, 0); err != nil {
			return nil, err
		}
	}
	count := int(slices.Max(slices.Collect(maps.Keys(keep)))) + 1
	var outlines []byte
	places, metrics := make([]byte, 0, 4*count+4), make([]byte, 0, 4*count)
	for glyph := range count {
		places = binary.BigEndian.AppendUint32(places, uint32(len(outlines)))
		if !keep[uint16(glyph)] {
			metrics = append(metrics, 0, 0, 0, 0)
			continue
		}
		outline, err := f.outline(uint16(glyph))
		if err != nil {
			return nil, err
		}
		outlines = append(outlines, outline...)
		outlines = append(outlines, make([]byte, -len(outlines)&3)...)
		metrics = append(metrics, f.metric(uint16(glyph))...)
	}
	places = binary.BigEndian.AppendUint32(places, uint32(len(outlines)))
	head, hhea, maxp := bytes.Clone(f.tables["head"]), bytes.Clone(f.tables["hhea"]), bytes.Clone(f.tables["maxp"])
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(head[50:], 1)
	binary.BigEndian.PutUint16(hhea[34:], uint16(count))
	binary.BigEndian.PutUint16(maxp[4:], uint16(count))
	tables := map[string][]byte{"head": head, "hhea": hhea, "maxp": maxp, "hmtx": metrics, "loca": places, "glyf": outlines}
	for _, hinting := range []string{"cvt ", "fpgm", "prep"} {
		tables[hinting] = f.tables[hinting]
	}
	return assemble(tables), nil
}

func (f *Face) metric(glyph uint16) []byte {
	hmtx := f.tables["hmtx"]
	if int(glyph) < f.metrics {
		return hmtx[4*int(glyph) : 4*int(glyph)+4]
	}
	bearing := hmtx[4*f.metrics+2*(int(glyph)-f.metrics):]
	return append(binary.BigEndian.AppendUint16(nil, uint16(f.advance(glyph))), bearing[:2]...)
}

func (f *Face) outline(glyph uint16) ([]byte, error) {
	loca := f.tables["loca"]
	at := func(i int) int {
		if f.longLoca {
			return int(binary.BigEndian.Uint32(loca[4*i:]))
		}
		return 2 * int(binary.BigEndian.Uint16(loca[2*i:]))
	}
	from, to := at(int(glyph)), at(int(glyph)+1)
	if from > to || to > len(f.tables["glyf"]) {
		return nil, errFace
	}
	return f.tables["glyf"][from:to], nil
}

const maxComposed = 8

// keep notes a glyph and what it is composed of: most letters of Vietnamese
// are a letter and its marks.
func (f *Face) keep(glyph uint16, keep map[uint16]bool, depth int) error {
	if keep[glyph] && glyph != 0 {
		return nil
	}
	keep[glyph] = true
	outline, err := f.outline(glyph)
	if err != nil || depth > maxComposed {
		return errFace
	}
	if len(outline) < 10 || int16(binary.BigEndian.Uint16(outline)) >= 0 {
		return nil
	}
	const wordArguments, scale, more, twoScales, matrix = 1 << 0, 1 << 3, 1 << 5, 1 << 6, 1 << 7
	for at := 10; at+4 <= len(outline); {
		flags := binary.BigEndian.Uint16(outline[at:])
		if err := f.keep(binary.BigEndian.Uint16(outline[at+2:]), keep, depth+1); err != nil {
			return err
		}
		at += 6
		if flags&wordArguments != 0 {
			at += 2
		}
		switch {
		case flags&scale != 0:
			at += 2
		case flags&twoScales != 0:
			at += 4
		case flags&matrix != 0:
			at += 8
		}
		if flags&more == 0 {
			break
		}
	}
	return nil
}

// assemble writes the tables behind their directory.
func assemble(tables map[string][]byte) []byte {
	tags := slices.Sorted(maps.Keys(tables))
	tags = slices.DeleteFunc(tags, func(tag string) bool { return len(tables[tag]) == 0 })
	n := len(tags)
	power := 1
	for power*2 <= n {
		power *= 2
	}
	log := 0
	for 1<<(log+1) <= n {
		log++
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, power * 16, log, n*16 - power*16} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at := 12 + 16*n
	var body []byte
	for _, tag := range tags {
		table := append(bytes.Clone(tables[tag]), make([]byte, -len(tables[tag])&3)...)
		sum := uint32(0)
		for i := 0; i < len(table); i += 4 {
			sum += binary.BigEndian.Uint32(table[i:])
		}
		out = append(out, tag...)
		for _, v := range []uint32{sum, uint32(at + len(body)), uint32(len(tables[tag]))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		body = append(body, table...)
	}
	return append(out, body...)
}
