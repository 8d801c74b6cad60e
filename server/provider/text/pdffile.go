package text

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

const (
	maxTables    = 1000
	maxResolving = 40
)

// pdfFile finds objects in a file without holding its table in memory: an
// entry is looked up where it stands.
type pdfFile struct {
	r         *budget
	size      int64
	base      int64 // where "%PDF-" stands; positions count from there
	tables    []pdfTable
	trailer   pdfDict
	revisions int
	found     map[int64]int64 // positions by repair, instead of the tables
	inside    map[int64]int64 // and the object streams of what is packed
	packed    []int64         // object streams met by repair
	resolving int
	cutOff    bool
}

// budget bounds what is read of a file, whatever the file leads to.
type budget struct {
	r    io.ReaderAt
	left int64
}

// readError is a failure of the store, not of the file.
type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

var errBudget = errors.New("the structure leads to too much reading")

func (b *budget) ReadAt(p []byte, at int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errBudget
	}
	n, err := b.r.ReadAt(p, at)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &readError{err}
	}
	return n, err
}

// pdfTable is one cross-reference table or stream; the newest is first.
type pdfTable struct {
	ranges []pdfRange
	stream *pdfStream
	widths [3]int
}

// pdfRange are consecutive objects; at is where their entries begin.
type pdfRange struct{ first, count, at int64 }

// entryBytes is the length of an entry of a table (ISO 32000-1, 7.5.4).
const entryBytes = 20

func (f *pdfFile) lexer(at int64) *lexer {
	at += f.base
	if at < 0 || at > f.size {
		at = f.size
	}
	return newLexer(io.NewSectionReader(f.r, at, f.size-at), at-f.base)
}

// readTables follows the chain of tables from the newest to the oldest.
func (f *pdfFile) readTables(at int64) error {
	seen := map[int64]bool{}
	for !seen[at] {
		seen[at] = true
		if len(seen) > maxTables {
			return errors.New("too many revisions")
		}
		trailer, err := f.readTable(at)
		if err != nil {
			return err
		}
		f.revisions++
		if f.trailer == nil {
			f.trailer = pdfDict{}
		}
		for key, v := range trailer {
			if _, known := f.trailer[key]; !known {
				f.trailer[key] = v
			}
		}
		if hybrid, ok := trailer["XRefStm"].(int64); ok && !seen[hybrid] {
			seen[hybrid] = true
			if _, err := f.readTable(hybrid); err != nil {
				return err
			}
		}
		prev, ok := trailer["Prev"].(int64)
		if !ok {
			break
		}
		at = prev
	}
	if f.trailer["Linearized"] == nil && f.revisions > 1 && f.linearized() {
		f.revisions-- // a linearized file has two tables from the beginning
	}
	return nil
}

func (f *pdfFile) linearized() bool {
	head := make([]byte, min(f.size, 2048))
	n, _ := f.r.ReadAt(head, 0)
	return linearizedLength(head[:n]) > 0
}

func (f *pdfFile) readTable(at int64) (pdfDict, error) {
	l := f.lexer(at)
	t, err := l.token()
	if err != nil {
		return nil, fmt.Errorf("cross-reference at %d: %w", at, err)
	}
	if t == pdfWord("xref") {
		return f.readClassic(l)
	}
	if _, ok := t.(int64); !ok {
		return nil, fmt.Errorf("no cross-reference at %d", at)
	}
	v, err := f.objectAt(at, -1)
	if err != nil {
		return nil, err
	}
	s, ok := v.(pdfStream)
	if !ok || s.dict["Type"] != pdfName("XRef") {
		return nil, fmt.Errorf("no cross-reference at %d", at)
	}
	return s.dict, f.addStream(s)
}

// readClassic notes where the entries of each range are, and goes over them.
func (f *pdfFile) readClassic(l *lexer) (pdfDict, error) {
	var table pdfTable
	for len(table.ranges) < 100_000 {
		t, err := l.token()
		if err != nil {
			return nil, err
		}
		if t == pdfWord("trailer") {
			break
		}
		first, ok := t.(int64)
		n, err := l.token()
		count, okCount := n.(int64)
		if err != nil || !ok || !okCount || first < 0 || count < 0 || count > f.size/10 {
			return nil, errors.New("cross-reference table without its numbers")
		}
		if count > 0 {
			if _, err := l.first(); err != nil {
				return nil, err
			}
			l.unread()
		}
		table.ranges = append(table.ranges, pdfRange{first, count, l.at})
		l = f.lexer(l.at + count*entryBytes)
	}
	v, err := l.object(0)
	trailer, ok := v.(pdfDict)
	if err != nil || !ok {
		return nil, errors.New("no trailer after the cross-reference table")
	}
	f.tables = append(f.tables, table)
	return trailer, nil
}

func (f *pdfFile) addStream(s pdfStream) error {
	table := pdfTable{stream: &s}
	widths, _ := s.dict["W"].(pdfArray)
	if len(widths) < 3 {
		return errors.New("cross-reference stream without widths")
	}
	for i := range table.widths {
		w, ok := widths[i].(int64)
		if !ok || w < 0 || w > 8 {
			return errors.New("cross-reference stream with wrong widths")
		}
		table.widths[i] = int(w)
	}
	index, ok := s.dict["Index"].(pdfArray)
	if !ok {
		index = pdfArray{int64(0), s.dict["Size"]}
	}
	row := int64(0)
	for i := 0; i+1 < len(index); i += 2 {
		first, ok := index[i].(int64)
		count, okCount := index[i+1].(int64)
		if !ok || !okCount || first < 0 || count < 0 || count > 1<<32 {
			return errors.New("cross-reference stream with a wrong index")
		}
		table.ranges = append(table.ranges, pdfRange{first, count, row})
		row += count
	}
	f.tables = append(f.tables, table)
	return nil
}

// where tells where an object is: at a position, or inside an object stream.
func (f *pdfFile) where(number int64) (at, container int64, err error) {
	if f.found != nil {
		if at, ok := f.found[number]; ok {
			return at, 0, nil
		}
		if container, ok := f.inside[number]; ok {
			return 0, container, nil
		}
		return -1, 0, nil
	}
	for _, table := range f.tables {
		for _, r := range table.ranges {
			if number < r.first || number >= r.first+r.count {
				continue
			}
			at, container, known, err := f.entry(table, r.at, number-r.first)
			if err != nil || known {
				return at, container, err
			}
		}
	}
	return -1, 0, nil
}

// entry reads one entry; known is false where a later revision freed nothing.
func (f *pdfFile) entry(table pdfTable, start, n int64) (at, container int64, known bool, err error) {
	if table.stream == nil {
		var b [entryBytes]byte
		if _, err := f.r.ReadAt(b[:], f.base+start+n*entryBytes); err != nil && !errors.Is(err, io.EOF) {
			return 0, 0, false, err
		}
		offset, err := strconv.ParseInt(string(bytes.TrimSpace(b[:10])), 10, 64)
		if err != nil || b[17] != 'n' && b[17] != 'f' {
			return 0, 0, false, errors.New("a wrong entry in the cross-reference table")
		}
		if b[17] == 'f' {
			return -1, 0, true, nil
		}
		return offset, 0, true, nil
	}
	in, err := f.decoded(*table.stream)
	if err != nil {
		return 0, 0, false, err
	}
	w := table.widths
	row := make([]byte, w[0]+w[1]+w[2])
	if _, err := io.CopyN(io.Discard, in, (start+n)*int64(len(row))); err != nil {
		return 0, 0, false, fmt.Errorf("cross-reference stream: %w", err)
	}
	if _, err := io.ReadFull(in, row); err != nil {
		return 0, 0, false, fmt.Errorf("cross-reference stream: %w", err)
	}
	kind := int64(1)
	if w[0] > 0 {
		kind = bigEndian(row[:w[0]])
	}
	second := bigEndian(row[w[0] : w[0]+w[1]])
	switch kind {
	case 1:
		return second, 0, true, nil
	case 2:
		return 0, second, true, nil
	}
	return -1, 0, true, nil
}

func bigEndian(b []byte) (v int64) {
	for _, c := range b {
		v = v<<8 | int64(c)
	}
	return v
}

// resolve follows references to what they name; an object that is nowhere is null.
func (f *pdfFile) resolve(v any) (any, error) {
	ref, ok := v.(pdfRef)
	if !ok {
		return v, nil
	}
	if f.resolving++; f.resolving > maxResolving {
		f.resolving--
		return nil, errors.New("references in a circle")
	}
	defer func() { f.resolving-- }()
	at, container, err := f.where(ref.number)
	switch {
	case err != nil:
		return nil, err
	case container > 0:
		v, err = f.packedObject(container, ref.number)
	case at < 0:
		return nil, nil
	default:
		v, err = f.objectAt(at, ref.number)
	}
	if err != nil {
		return nil, err
	}
	return f.resolve(v)
}

// dict resolves to a dictionary; anything else is an error.
func (f *pdfFile) dict(v any) (pdfDict, error) {
	v, err := f.resolve(v)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case pdfDict:
		return v, nil
	case pdfStream:
		return v.dict, nil
	}
	return nil, fmt.Errorf("expected a dictionary, found %T", v)
}

// objectAt reads "12 0 obj …" and holds it to its number, -1 for any.
func (f *pdfFile) objectAt(at, number int64) (any, error) {
	l := f.lexer(at)
	n, err := l.token()
	if err != nil {
		return nil, err
	}
	if _, err := l.token(); err != nil {
		return nil, err
	}
	word, err := l.token()
	if err != nil {
		return nil, err
	}
	if word != pdfWord("obj") || number >= 0 && n != number {
		return nil, fmt.Errorf("object %d is not where the table says", number)
	}
	v, err := l.object(0)
	if err != nil {
		return nil, err
	}
	d, ok := v.(pdfDict)
	if !ok {
		return v, nil
	}
	word, err = l.token()
	if err := f.fatal(err); err != nil {
		return nil, err
	}
	if err != nil || word != pdfWord("stream") {
		return v, nil //nolint:nilerr // what follows a dictionary does not make it wrong
	}
	c, err := l.byte()
	if err == nil && c == '\r' {
		c, err = l.byte()
	}
	if err == nil && c != '\n' {
		l.unread()
	}
	return pdfStream{dict: d, data: l.at}, nil
}
