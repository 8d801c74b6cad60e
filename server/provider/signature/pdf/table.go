package pdf

import (
	"bytes"
)

// lastStart finds the last startxref, and where its revision ends.
func lastStart(data []byte) (at, end int, err error) {
	tail := max(0, len(data)-2048)
	i := bytes.LastIndex(data[tail:], []byte("startxref"))
	if i < 0 {
		return 0, 0, damaged("no startxref at the end")
	}
	return startAt(data, tail+i)
}

// startAt reads "startxref 123 %%EOF" at a position.
func startAt(data []byte, position int) (at, end int, err error) {
	l := &lexer{data: data, at: position + len("startxref")}
	for l.at < len(data) && isSpace(data[l.at]) {
		l.at++
	}
	t, err := l.token()
	n, ok := t.(int64)
	if err != nil || !ok || n < 0 || n >= int64(position) {
		return 0, 0, damaged("startxref without its number")
	}
	for l.at < len(data) && isSpace(data[l.at]) {
		l.at++
	}
	if !bytes.HasPrefix(data[l.at:], []byte("%%EOF")) {
		return 0, 0, damaged("no %%%%EOF after startxref")
	}
	end = l.at + len("%%EOF")
	if end < len(data) && data[end] == '\r' {
		end++
	}
	if end < len(data) && data[end] == '\n' {
		end++
	}
	return int(n), end, nil
}

// readSections follows the chain from the newest to the oldest.
func (f *File) readSections(at, end int) error {
	seen := map[int]bool{}
	for {
		if seen[at] {
			return damaged("cross-references in a circle")
		}
		seen[at] = true
		if len(seen) > maxRevisions {
			return tooLarge("more than %d revisions", maxRevisions)
		}
		trailer, s, err := f.readSection(at)
		if err != nil {
			return err
		}
		s.end = end
		f.sections = append(f.sections, s)
		if f.Trailer == nil {
			f.Trailer = trailer
			size, ok := trailer["Size"].(int64)
			if !ok || size < 1 || size > maxObjects {
				return tooLarge("size %v", trailer["Size"])
			}
			f.size = max(f.size, int(size))
		}
		prev, has := trailer["Prev"]
		if !has {
			return nil
		}
		n, ok := prev.(int64)
		if !ok || n < 0 || n >= int64(len(f.data)) {
			return damaged("a wrong Prev")
		}
		at, end = int(n), f.endOf(int(n))
	}
}

// endOf finds where the revision ends whose cross-reference begins at the
// position: after the first startxref behind it that names it.
func (f *File) endOf(section int) int {
	for at := section; ; {
		i := bytes.Index(f.data[at:], []byte("startxref"))
		if i < 0 {
			return 0
		}
		named, end, err := startAt(f.data, at+i)
		if err == nil && named == section {
			return end
		}
		if err == nil && named != 0 { // 0: the first part of a linearized file
			return 0
		}
		at += i + len("startxref")
	}
}

func (f *File) readSection(at int) (Dict, section, error) {
	l := &lexer{data: f.data, at: at}
	l.skip()
	if bytes.HasPrefix(f.data[min(l.at, len(f.data)):], []byte("xref")) {
		l.at += len("xref")
		trailer, err := f.readTable(l)
		if err != nil {
			return nil, section{}, err
		}
		if hybrid, ok := trailer["XRefStm"].(int64); ok {
			if hybrid < 0 || hybrid >= int64(len(f.data)) {
				return nil, section{}, damaged("a wrong XRefStm")
			}
			if _, err := f.readStream(int(hybrid)); err != nil {
				return nil, section{}, err
			}
		}
		return trailer, section{at: at}, nil
	}
	trailer, err := f.readStream(at)
	return trailer, section{at: at, stream: true}, err
}

// note keeps the newest entry of a number.
func (f *File) note(number int, e entry) error {
	if number < 0 || number >= maxObjects {
		return tooLarge("object number %d", number)
	}
	if f.budget.entries--; f.budget.entries < 0 {
		return tooLarge("tables of more than %d objects", maxAllEntries)
	}
	f.size = max(f.size, number+1) // new numbers must be free, whatever Size says
	if _, newer := f.entries[number]; !newer {
		f.entries[number] = e
	}
	return nil
}

func (f *File) readTable(l *lexer) (Dict, error) {
	for {
		t, err := l.token()
		if err != nil {
			return nil, err
		}
		if t == word("trailer") {
			break
		}
		first, ok := t.(int64)
		n, err := l.token()
		count, okCount := n.(int64)
		if err != nil || !ok || !okCount || first < 0 || count < 0 || count > int64(len(f.data)-l.at)/18 {
			return nil, damaged("cross-reference table without its numbers")
		}
		l.items = 0
		for i := range count {
			if err := f.readEntry(l, int(first+i)); err != nil {
				return nil, err
			}
		}
	}
	l.items = 0
	v, err := l.object(0)
	trailer, ok := v.(Dict)
	if err != nil || !ok {
		return nil, damaged("no trailer after the cross-reference table")
	}
	return trailer, nil
}

func (f *File) readEntry(l *lexer, number int) error {
	offset, err := l.token()
	if err != nil {
		return err
	}
	generation, err := l.token()
	if err != nil {
		return err
	}
	kind, err := l.token()
	if err != nil {
		return err
	}
	l.items = 0
	at, ok := offset.(int64)
	g, okG := generation.(int64)
	if !ok || !okG || g < 0 || g > 65535 {
		return damaged("a wrong entry in the cross-reference table")
	}
	switch kind {
	case word("f"):
		return f.note(number, entry{generation: int(g)})
	case word("n"):
		if at <= 0 || at >= int64(len(f.data)) {
			return f.note(number, entry{generation: int(g)}) // some writers mark what is free so
		}
		return f.note(number, entry{kind: 1, offset: int(at), generation: int(g)})
	}
	return damaged("a wrong entry in the cross-reference table")
}

// readStream reads a cross-reference stream (7.5.8).
func (f *File) readStream(at int) (Dict, error) {
	v, _, err := f.objectAt(at, -1, -1)
	if err != nil {
		return nil, err
	}
	s, ok := v.(*Stream)
	if !ok || s.Dict["Type"] != Name("XRef") {
		return nil, damaged("no cross-reference at %d", at)
	}
	var widths [3]int
	w, _ := s.Dict["W"].(Array)
	if len(w) != 3 {
		return nil, damaged("cross-reference stream without widths")
	}
	for i := range widths {
		n, ok := w[i].(int64)
		if !ok || n < 0 || n > 8 {
			return nil, damaged("cross-reference stream with wrong widths")
		}
		widths[i] = int(n)
	}
	index, ok := s.Dict["Index"].(Array)
	if !ok {
		index = Array{int64(0), s.Dict["Size"]}
	}
	content, err := f.Decode(s)
	if err != nil {
		return nil, err
	}
	return s.Dict, f.readRows(content, index, widths)
}

func (f *File) readRows(content []byte, index Array, widths [3]int) error {
	row := widths[0] + widths[1] + widths[2]
	if row == 0 || len(index)%2 != 0 {
		return damaged("cross-reference stream with a wrong index")
	}
	for i := 0; i+1 < len(index); i += 2 {
		first, ok := index[i].(int64)
		count, okCount := index[i+1].(int64)
		if !ok || !okCount || first < 0 || count < 0 || first > maxObjects || count > int64(len(content)/row) {
			return damaged("cross-reference stream with a wrong index")
		}
		for n := range count {
			if err := f.readRow(content[:row], int(first+n), widths); err != nil {
				return err
			}
			content = content[row:]
		}
	}
	return nil
}

func (f *File) readRow(row []byte, number int, widths [3]int) error {
	var fields [3]int64
	fields[0] = 1 // the default when the first width is 0
	for i, w := range widths {
		if w == 0 {
			continue
		}
		fields[i] = 0
		for _, c := range row[:w] {
			fields[i] = fields[i]<<8 | int64(c)
		}
		row = row[w:]
	}
	switch fields[0] {
	case 0:
		return f.note(number, entry{generation: int(fields[2] & 0xffff)})
	case 1:
		if fields[1] < 0 || fields[1] >= int64(len(f.data)) || fields[2] < 0 || fields[2] > 65535 {
			return damaged("a wrong entry in the cross-reference stream")
		}
		return f.note(number, entry{kind: 1, offset: int(fields[1]), generation: int(fields[2])})
	case 2:
		if fields[1] < 0 || fields[1] >= maxObjects || fields[2] < 0 || fields[2] >= maxObjects {
			return damaged("a wrong entry in the cross-reference stream")
		}
		return f.note(number, entry{kind: 2, container: int(fields[1]), index: int(fields[2])})
	}
	return nil // an unknown kind is null (7.5.8.3)
}
