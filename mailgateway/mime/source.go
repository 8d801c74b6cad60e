package mime

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
)

const (
	sourceBuffer = 64 << 10
	// maxBoundary is far beyond RFC 2046 (70 characters) and far below the buffer.
	maxBoundary = 512
)

var (
	crlf = []byte("\r\n")
	lf   = []byte("\n")
)

// source reads a message line by line and knows every boundary that is open.
// One reader for all levels: an outer boundary ends the inner multiparts that
// forgot to close, and a line costs the same however deep it stands.
//
// The line ending before a boundary belongs to the boundary (RFC 2046, 5.1.1),
// so an ending is held back until the next line is known: it comes as lead.
type source struct {
	r    *bufio.Reader
	read int64
	max  int64
	last error // came with the last bytes and is told after them
	err  error // sticky; io.EOF at the end

	bounds []string
	taps   []*tap

	lead  []byte // the line ending before text
	text  []byte // a line without its ending, or a piece of a very long one
	bol   bool   // text begins a line
	open  bool   // the line goes on in the next piece
	hold  []byte
	again bool // the next advance gives the same text once more

	hit     int // index of the open boundary that was met, -1 for none
	closing bool
}

// tap takes the raw bytes of a nested message while its parts are read.
type tap struct {
	level int
	fresh bool
	n     int64
	h     hash.Hash
	lines io.Writer // the same with every line ended as RFC 5751 asks; may be nil
}

func newSource(r io.Reader, max int64) *source {
	return &source{r: bufio.NewReaderSize(r, sourceBuffer), max: max, hit: -1}
}

func newBytes(b []byte) io.Reader { return bytes.NewReader(b) }

// advance gives the next piece in lead and text. It is false at an open
// boundary (hit ≥ 0) and at the end (err).
func (s *source) advance() bool {
	if s.again {
		s.again = false
		return !s.atBoundary() // one may have been opened since
	}
	if s.hit >= 0 || s.err != nil {
		return false
	}
	s.lead, s.bol = s.hold, !s.open
	if s.last != nil {
		return s.end(s.last)
	}
	line, err := s.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		if line[len(line)-1] == '\r' && s.r.UnreadByte() == nil {
			line = line[:len(line)-1] // its \n may follow
		}
		err = nil
		s.open = true
	} else {
		s.open = false
	}
	s.read += int64(len(line))
	if s.read > s.max {
		s.err = ErrTooLarge
		return false
	}
	if s.last = err; err != nil && len(line) == 0 {
		return s.end(err)
	}
	s.text, s.hold = line, nil
	if !s.open {
		s.text, s.hold = cutEnding(line)
	}
	if s.bol && s.atBoundary() {
		s.tapDelimiter()
		return false
	}
	s.tapText()
	return true
}

// end hands on the last held ending, which no boundary claimed.
func (s *source) end(err error) bool {
	s.text, s.hold = nil, nil
	if err == io.EOF && len(s.lead) > 0 { //nolint:errorlint // only io.EOF itself is the end; one that is wrapped is a line that broke
		s.tapText()
		return true
	}
	s.err = err
	return false
}

func cutEnding(line []byte) (text, ending []byte) {
	n := len(line)
	switch {
	case n >= 2 && line[n-2] == '\r' && line[n-1] == '\n':
		return line[:n-2], crlf
	case n >= 1 && line[n-1] == '\n':
		return line[:n-1], lf
	}
	return line, nil
}

// atBoundary compares with the innermost boundary first.
func (s *source) atBoundary() bool {
	if len(s.bounds) == 0 || len(s.text) < 3 || len(s.text) > maxBoundary+64 || s.text[0] != '-' || s.text[1] != '-' {
		return false
	}
	rest := bytes.TrimRight(s.text[2:], " \t\r")
	for i := len(s.bounds) - 1; i >= 0; i-- {
		b := s.bounds[i]
		if len(rest) < len(b) || string(rest[:len(b)]) != b {
			continue
		}
		switch string(rest[len(b):]) {
		case "":
			s.hit, s.closing = i, false
			return true
		case "--":
			s.hit, s.closing = i, true
			return true
		}
	}
	return false
}

func (s *source) tapText() {
	for _, t := range s.taps {
		t.write(s.lead, s.text)
	}
}

// tapDelimiter gives an inner boundary line to the messages around it; for
// those that it ends, it is not theirs.
func (s *source) tapDelimiter() {
	for _, t := range s.taps {
		if s.hit >= t.level {
			t.write(s.lead, s.text)
		}
	}
}

func (t *tap) write(lead, text []byte) {
	if t.fresh {
		t.fresh, lead = false, nil
	}
	t.n += int64(len(lead) + len(text))
	t.h.Write(lead)
	t.h.Write(text)
	if t.lines == nil {
		return
	}
	if len(lead) > 0 {
		t.lines.Write(crlf) //nolint:errcheck // a hash never fails
	}
	t.lines.Write(text) //nolint:errcheck // a hash never fails
}

func (s *source) tap() *tap {
	t := &tap{level: len(s.bounds), fresh: true, h: sha256.New()}
	if s.again {
		t.write(nil, s.text)
	}
	s.taps = append(s.taps, t)
	return t
}

func (s *source) untap() { s.taps = s.taps[:len(s.taps)-1] }

// take goes past the boundary that was met.
func (s *source) take() { s.hit = -1 }

// skip reads to the next open boundary or the end.
func (s *source) skip() {
	more := true
	for more {
		more = s.advance()
	}
}

// failed is the error of reading, nil at a boundary and at the end.
func (s *source) failed() error {
	if s.err == nil || s.err == io.EOF { //nolint:errorlint // only io.EOF itself is the end; one that is wrapped is a line that broke
		return nil
	}
	return s.err
}

// peek shows what comes, without going there. It ends the life of text.
func (s *source) peek(n int) []byte {
	b, _ := s.r.Peek(n)
	if s.again {
		return append(append(bytes.Clone(s.text), '\n'), b...)
	}
	return b
}

// skipMark goes past the mark that editors put before UTF-8.
func (s *source) skipMark() {
	if mark := []byte("\uFEFF"); bytes.Equal(s.peek(len(mark)), mark) {
		n, _ := s.r.Discard(len(mark)) // it is in the buffer
		s.read += int64(n)
	}
}

// pieces is what a transfer decoder reads: the body that begins here, up to
// the next open boundary.
type pieces struct {
	s     *source
	begun bool
}

// next gives a piece; the first has no lead, which belongs to the header.
func (p *pieces) next() (lead, text []byte, err error) {
	if !p.s.advance() {
		if err := p.s.failed(); err != nil {
			return nil, nil, err
		}
		return nil, nil, io.EOF
	}
	lead = p.s.lead
	if !p.begun {
		p.begun, lead = true, nil
	}
	return lead, p.s.text, nil
}
