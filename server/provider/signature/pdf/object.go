package pdf

import (
	"bytes"
	"compress/zlib"
	"io"
)

// objectAt reads "12 0 obj …" and holds it to its number, -1 for any. It gives
// the lexer that read it, behind the object.
func (f *File) objectAt(at, number, generation int) (any, *lexer, error) {
	l := &lexer{data: f.data, at: at, spans: map[Name][2]int{}}
	n, err := l.token()
	if err != nil {
		return nil, nil, err
	}
	g, err := l.token()
	if err != nil {
		return nil, nil, err
	}
	w, err := l.token()
	if err != nil {
		return nil, nil, err
	}
	if w != word("obj") || number >= 0 && (n != int64(number) || g != int64(generation)) {
		return nil, nil, damaged("object %d is not where the table says", number)
	}
	v, err := l.object(0)
	if f.budget.parsed -= l.at - at; f.budget.parsed < 0 {
		return nil, nil, tooLarge("more than %d bytes of objects", maxAllParsed)
	}
	if err != nil {
		return nil, nil, err
	}
	d, ok := v.(Dict)
	if !ok {
		return v, l, nil
	}
	back := l.at
	if w, err := l.token(); err != nil || w != word("stream") {
		l.at = back
		return v, l, nil //nolint:nilerr // what follows a dictionary does not make it wrong
	}
	s, err := f.stream(d, l)
	return s, l, err
}

// stream reads the bytes of a stream by its length; the word behind them must
// be there, or another reader would find another end.
func (f *File) stream(d Dict, l *lexer) (*Stream, error) {
	if l.peek() == '\r' {
		l.at++
	}
	if l.peek() != '\n' {
		return nil, damaged("no end of line before a stream")
	}
	l.at++
	length, err := f.Resolve(d["Length"])
	if err != nil {
		return nil, err
	}
	n, ok := length.(int64)
	if !ok || n < 0 || n > int64(len(f.data)-l.at) {
		return nil, damaged("a stream without its length")
	}
	raw := f.data[l.at : l.at+int(n) : l.at+int(n)]
	l.at += int(n)
	for l.at < len(f.data) && isSpace(f.data[l.at]) {
		l.at++
	}
	if !bytes.HasPrefix(f.data[l.at:], []byte("endstream")) {
		return nil, damaged("a stream of another length")
	}
	l.at += len("endstream")
	return &Stream{Dict: d, Raw: raw}, nil
}

// Spans tells where the values of a dictionary stand in the file. It is only
// for objects that are not packed into a stream; false for those.
func (f *File) Spans(number int) (map[Name][2]int, bool) {
	e, ok := f.entries[number]
	if !ok || e.kind != 1 {
		return nil, false
	}
	_, l, err := f.objectAt(e.offset, number, e.generation)
	if err != nil {
		return nil, false
	}
	return l.spans, true
}

// Decode gives the content of a stream that is plain or Flate: all that a
// file's structure may use, and what is written here.
func (f *File) Decode(s *Stream) ([]byte, error) {
	filter, err := f.Resolve(s.Dict["Filter"])
	if err != nil {
		return nil, err
	}
	params, err := f.Resolve(s.Dict["DecodeParms"])
	if err != nil {
		return nil, err
	}
	if list, ok := filter.(Array); ok {
		switch len(list) {
		case 0:
			filter = nil
		case 1:
			filter = list[0]
			if p, ok := params.(Array); ok && len(p) == 1 {
				params = p[0]
			}
		default:
			return nil, damaged("more than one filter on a stream of the structure")
		}
	}
	var content []byte
	switch filter {
	case nil:
		content = s.Raw
	case Name("FlateDecode"), Name("Fl"):
		if content, err = f.inflate(s.Raw); err != nil {
			return nil, err
		}
	default:
		return nil, damaged("a stream of the structure with the filter %v", filter)
	}
	if params == nil {
		return content, nil
	}
	p, err := f.Dict(params)
	if err != nil {
		return nil, err
	}
	return unpredict(content, p)
}

func (f *File) inflate(raw []byte) ([]byte, error) {
	in, err := zlib.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, damaged("a stream that is not Flate: %w", err)
	}
	limit := min(maxInflated, f.budget.inflated)
	content, err := io.ReadAll(io.LimitReader(in, int64(limit)+1))
	if len(content) > limit {
		return nil, tooLarge("a stream of more than %d bytes", limit)
	}
	f.budget.inflated -= len(content)
	if err != nil {
		return nil, damaged("a stream that is not Flate: %w", err)
	}
	return content, nil
}

// unpredict undoes the PNG predictors (7.4.4.4).
func unpredict(content []byte, params Dict) ([]byte, error) {
	number := func(key Name, otherwise int64) int64 {
		if n, ok := params[key].(int64); ok {
			return n
		}
		return otherwise
	}
	predictor := number("Predictor", 1)
	if predictor == 1 {
		return content, nil
	}
	colors, bits, columns := number("Colors", 1), number("BitsPerComponent", 8), number("Columns", 1)
	if predictor < 10 || colors < 1 || colors > 32 || bits < 1 || bits > 16 || columns < 1 || columns > 1<<16 {
		return nil, damaged("a stream of the structure with predictor %d", predictor)
	}
	row, step := int((colors*bits*columns+7)/8), int(max(1, colors*bits/8))
	out, last := make([]byte, 0, len(content)), make([]byte, row)
	for ; len(content) > row; content = content[row+1:] {
		line := append([]byte(nil), content[1:row+1]...)
		for i := range line {
			var left, corner int
			up := int(last[i])
			if i >= step {
				left, corner = int(line[i-step]), int(last[i-step])
			}
			switch content[0] {
			case 0:
			case 1:
				line[i] += byte(left)
			case 2:
				line[i] += byte(up)
			case 3:
				line[i] += byte((left + up) / 2)
			case 4:
				line[i] += byte(paeth(left, up, corner))
			default:
				return nil, damaged("a row with an unknown predictor")
			}
		}
		out, last = append(out, line...), line
	}
	return out, nil
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

// container is an object stream that was unpacked (7.5.7).
type container struct {
	content []byte
	numbers []int
	offsets []int
}

func (f *File) unpack(number, index, wanted int) (any, error) {
	c, err := f.container(number)
	if err != nil {
		return nil, err
	}
	if index >= len(c.numbers) || c.numbers[index] != wanted {
		return nil, damaged("object %d is not in its object stream", wanted)
	}
	l := &lexer{data: c.content, at: c.offsets[index]}
	v, err := l.object(0)
	if f.budget.parsed -= l.at - c.offsets[index]; f.budget.parsed < 0 {
		return nil, tooLarge("more than %d bytes of objects", maxAllParsed)
	}
	return v, err
}

func (f *File) container(number int) (*container, error) {
	if c, known := f.packed[number]; known {
		return c, nil
	}
	if e := f.entries[number]; e.kind != 1 {
		return nil, damaged("object stream %d is nowhere", number)
	}
	v, err := f.Object(number)
	if err != nil {
		return nil, err
	}
	s, ok := v.(*Stream)
	if !ok || s.Dict["Type"] != Name("ObjStm") {
		return nil, damaged("object %d is no object stream", number)
	}
	content, err := f.Decode(s)
	if err != nil {
		return nil, err
	}
	count, ok := s.Dict["N"].(int64)
	first, okFirst := s.Dict["First"].(int64)
	if !ok || !okFirst || count < 0 || first < 0 || first > int64(len(content)) || count > first {
		return nil, damaged("object stream %d without its numbers", number)
	}
	c := &container{content: content}
	l := &lexer{data: content[:first]}
	for range count {
		n, err := l.token()
		if err != nil {
			return nil, err
		}
		at, err := l.token()
		if err != nil {
			return nil, err
		}
		l.items = 0
		object, ok := n.(int64)
		offset, okAt := at.(int64)
		if !ok || !okAt || object < 0 || object >= maxObjects || offset < 0 || first+offset > int64(len(content)) {
			return nil, damaged("object stream %d with wrong numbers", number)
		}
		c.numbers, c.offsets = append(c.numbers, int(object)), append(c.offsets, int(first+offset))
	}
	f.packed[number] = c
	return c, nil
}
