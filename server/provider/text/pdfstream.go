package text

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
)

const (
	maxInflated = 64 << 20 // of one stream
	maxRowBytes = 1 << 20
)

// decoded gives the content of a stream of the file's own structure. Those are
// Flate or plain; a Flate stream ends itself, so a wrong length does no harm.
func (f *pdfFile) decoded(s pdfStream) (io.Reader, error) {
	at := f.base + s.data
	raw := io.Reader(io.NewSectionReader(f.r, at, f.size-at))
	filter, params := s.dict["Filter"], s.dict["DecodeParms"]
	if list, ok := filter.(pdfArray); ok {
		if len(list) > 1 {
			return nil, errors.New("more than one filter on a structure stream")
		}
		filter = nil
		if len(list) == 1 {
			filter = list[0]
		}
	}
	if list, ok := params.(pdfArray); ok && len(list) == 1 {
		params = list[0]
	}
	switch filter {
	case nil:
		length, err := f.resolve(s.dict["Length"])
		n, ok := length.(int64)
		if err != nil || !ok {
			return nil, errors.New("a stream without its length")
		}
		return io.LimitReader(raw, min(n, maxInflated)), nil
	case pdfName("FlateDecode"), pdfName("Fl"):
		in, err := zlib.NewReader(raw)
		if err != nil {
			return nil, err
		}
		d, _ := params.(pdfDict)
		return unpredict(io.LimitReader(in, maxInflated), d)
	}
	return nil, fmt.Errorf("a structure stream with the filter %v", filter)
}

// unpredict undoes the PNG predictors (ISO 32000-1, 7.4.4.4).
func unpredict(in io.Reader, params pdfDict) (io.Reader, error) {
	number := func(key pdfName, otherwise int64) int64 {
		if n, ok := params[key].(int64); ok {
			return n
		}
		return otherwise
	}
	switch p := number("Predictor", 1); {
	case p == 1:
		return in, nil
	case p < 10:
		return nil, fmt.Errorf("a structure stream with predictor %d", p)
	}
	colors, bits, columns := number("Colors", 1), number("BitsPerComponent", 8), number("Columns", 1)
	if colors < 1 || colors > 32 || bits < 1 || bits > 16 || columns < 1 || columns > maxRowBytes/64 {
		return nil, errors.New("a structure stream with rows of a wrong size")
	}
	row := (colors*bits*columns + 7) / 8
	return &predicted{in: in, step: int(max(1, colors*bits/8)), raw: make([]byte, row+1), last: make([]byte, row)}, nil
}

type predicted struct {
	in        io.Reader
	step      int
	raw, last []byte
	out       []byte
}

func (p *predicted) Read(b []byte) (int, error) {
	if len(p.out) == 0 {
		if _, err := io.ReadFull(p.in, p.raw); err != nil {
			return 0, err
		}
		row := p.raw[1:]
		for i := range row {
			var left, up, corner int
			up = int(p.last[i])
			if i >= p.step {
				left, corner = int(row[i-p.step]), int(p.last[i-p.step])
			}
			switch p.raw[0] {
			case 1:
				row[i] += byte(left)
			case 2:
				row[i] += byte(up)
			case 3:
				row[i] += byte((left + up) / 2)
			case 4:
				row[i] += byte(paeth(left, up, corner))
			}
		}
		copy(p.last, row)
		p.out = p.last
	}
	n := copy(b, p.out)
	p.out = p.out[n:]
	return n, nil
}

func paeth(left, up, corner int) int {
	distance := func(v int) int { return max(v-(left+up-corner), (left+up-corner)-v) }
	switch l, u, c := distance(left), distance(up), distance(corner); {
	case l <= u && l <= c:
		return left
	case u <= c:
		return up
	}
	return corner
}

// packedObject takes an object out of an object stream (7.5.7).
func (f *pdfFile) packedObject(container, number int64) (any, error) {
	v, err := f.resolve(pdfRef{number: container})
	if err != nil {
		return nil, err
	}
	s, ok := v.(pdfStream)
	if !ok {
		return nil, fmt.Errorf("object %d is no object stream", container)
	}
	in, err := f.decoded(s)
	if err != nil {
		return nil, err
	}
	count, _ := s.dict["N"].(int64)
	first, _ := s.dict["First"].(int64)
	l := newLexer(in, 0)
	for range min(count, maxObjectItems/2) {
		n, err := l.token()
		if err != nil {
			return nil, err
		}
		at, err := l.token()
		if err != nil {
			return nil, err
		}
		offset, ok := at.(int64)
		if !ok || n != number {
			continue
		}
		if first+offset < l.at {
			return nil, errSyntax
		}
		if _, err := io.CopyN(io.Discard, l.r, first+offset-l.at); err != nil {
			return nil, err
		}
		l.items = 0
		return l.object(0)
	}
	return nil, fmt.Errorf("object %d is not in its object stream", number)
}

// repair looks through the file for objects and trailers, once.
func (f *pdfFile) repair() error {
	f.found, f.inside, f.packed = map[int64]int64{}, map[int64]int64{}, nil
	f.tables, f.trailer = nil, pdfDict{}
	f.r.left = max(f.r.left, 0) + f.size + maxReadBytes
	const overlap = 1024 // an object's header and the beginning of its dictionary
	buf, kept := make([]byte, 256<<10), 0
	for at := f.base; at < f.size; {
		n, err := f.r.ReadAt(buf[kept:], at)
		if n == 0 && err != nil {
			return err
		}
		window := buf[:kept+n]
		f.collect(window, at-int64(kept)-f.base)
		at += int64(n)
		kept = copy(buf, window[max(0, len(window)-overlap):])
		if len(f.found) > 500_000 {
			return errors.New("too many objects")
		}
	}
	catalog := f.trailer["Catalog"]
	for _, stream := range f.packed {
		if err := f.numbersInside(stream); err != nil {
			return err
		}
	}
	if root, ok := f.trailer["Root"].(pdfRef); catalog != nil && (!ok || f.found[root.number] == 0 && f.inside[root.number] == 0) {
		f.trailer["Root"] = catalog
	}
	if f.trailer["Root"] == nil {
		return errors.New("no trailer and no catalog")
	}
	return nil
}

// numbersInside notes which objects an object stream holds. One that cannot
// be read is left out; what it held will be missed if it is needed.
func (f *pdfFile) numbersInside(container int64) error {
	v, err := f.objectAt(f.found[container], container)
	if err != nil {
		return f.fatal(err)
	}
	s, ok := v.(pdfStream)
	if !ok {
		return nil
	}
	in, err := f.decoded(s)
	if err != nil {
		return f.fatal(err)
	}
	count, _ := s.dict["N"].(int64)
	l := newLexer(in, 0)
	for range min(count, maxObjectItems/2) {
		n, err := l.token()
		if err != nil {
			return f.fatal(err)
		}
		if _, err = l.token(); err != nil {
			return f.fatal(err)
		}
		if number, ok := n.(int64); ok {
			f.inside[number] = container
		}
	}
	return nil
}

// collect notes what stands in a window; the last bytes are seen again with the next.
func (f *pdfFile) collect(window []byte, at int64) {
	for i := 0; ; {
		j := bytes.Index(window[i:], []byte("obj"))
		if j < 0 {
			break
		}
		i += j + len("obj")
		if number, start, ok := objectHeader(window[:i-len("obj")]); ok {
			f.found[number] = at + int64(start)
			end := min(len(window), i+400)
			f.noteStructure(window[i:end], number, at+int64(start))
		}
	}
	for i := 0; ; {
		j := bytes.Index(window[i:], []byte("trailer"))
		if j < 0 {
			break
		}
		i += j + len("trailer")
		v, err := f.lexer(at + int64(i)).object(0)
		if d, ok := v.(pdfDict); err == nil && ok {
			f.mergeTrailer(d)
		}
	}
}

// objectHeader reads "12 0 " backwards from before "obj".
func objectHeader(b []byte) (number int64, start int, ok bool) {
	i := len(b)
	read := func() (v int64, ok bool) {
		end := i
		for i > 0 && isSpace(b[i-1]) {
			i--
		}
		if i == end {
			return 0, false
		}
		for scale := int64(1); i > 0 && b[i-1] >= '0' && b[i-1] <= '9' && scale < 1e11; i-- {
			v, ok = v+int64(b[i-1]-'0')*scale, true
			scale *= 10
		}
		return v, ok
	}
	if _, ok := read(); !ok {
		return 0, 0, false
	}
	number, ok = read()
	return number, i, ok
}

// noteStructure remembers the streams that hold objects or serve as trailer.
func (f *pdfFile) noteStructure(head []byte, number, at int64) {
	if i := bytes.Index(head, []byte("endobj")); i >= 0 {
		head = head[:i]
	}
	switch {
	case bytes.Contains(head, []byte("/ObjStm")):
		f.packed = append(f.packed, number)
	case bytes.Contains(head, []byte("/XRef")):
		if v, err := f.objectAt(at, number); err == nil {
			if s, ok := v.(pdfStream); ok {
				f.mergeTrailer(s.dict)
			}
		}
	case bytes.Contains(head, []byte("/Catalog")):
		f.trailer["Catalog"] = pdfRef{number: number}
	}
}

// mergeTrailer lets later trailers win: they stand later in the file.
func (f *pdfFile) mergeTrailer(d pdfDict) {
	for _, key := range []pdfName{"Root", "Info", "Encrypt"} {
		if d[key] != nil {
			f.trailer[key] = d[key]
		}
	}
}
