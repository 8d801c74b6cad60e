package edxml

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

const sourceBuffer = 64 << 10

// source hands the bytes of a package on in UTF-8: one by one to the XML
// decoder, which counts against the structure, and in whole buffers to what
// reads an attachment's content.
type source struct {
	raw       io.Reader
	seeker    io.Seeker // nil when raw cannot go back
	began     int64     // where raw stood
	mark      int64     // length of a byte order mark
	charset   encoding.Encoding
	buf       *bufio.Reader
	offset    int64 // of the converted bytes
	structure int64 // what is left of it
	token     int   // what is left of the tag or text that is being read
	total     *budget
	reread    int64 // what is left for going back in a package of another charset
	last, prv byte
	err       error // what ended the reading, unless it was the end
}

// budget ends a reading at its limit.
type budget struct {
	r    io.Reader
	left int64
	read int64
}

func (b *budget) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, because(ErrLimit, "longer than the limit")
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left+1)])
	b.left -= int64(n)
	b.read += int64(n)
	if b.left < 0 {
		return n, because(ErrLimit, "longer than the limit")
	}
	return n, err
}

// newSource looks at the beginning of the package to tell its charset.
func newSource(r io.Reader, limits Limits, w *warnings) (*source, error) {
	s := &source{raw: r, structure: limits.StructureBytes, total: &budget{r: r, left: limits.TotalBytes}, reread: limits.TotalBytes}
	if seeker, ok := r.(io.Seeker); ok {
		if at, err := seeker.Seek(0, io.SeekCurrent); err == nil {
			s.seeker, s.began = seeker, at
		}
	}
	head := bufio.NewReaderSize(s.total, sourceBuffer)
	first, err := head.Peek(256)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(first) == 0 {
		return nil, because(ErrMalformed, "empty")
	}
	if err := s.detect(first, w); err != nil {
		return nil, err
	}
	if _, err := head.Discard(int(s.mark)); err != nil {
		return nil, err
	}
	s.buf = s.converted(head)
	return s, nil
}

func (s *source) converted(r *bufio.Reader) *bufio.Reader {
	if s.charset == nil {
		return r
	}
	return bufio.NewReaderSize(transform.NewReader(r, s.charset.NewDecoder()), sourceBuffer)
}

var declaredCharset = regexp.MustCompile(`^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

func (s *source) detect(first []byte, w *warnings) error {
	switch {
	case bytes.HasPrefix(first, []byte("\xEF\xBB\xBF")):
		s.mark = 3
		w.warn(ByteOrderMark, "", "")
		return nil
	case bytes.HasPrefix(first, []byte("\xFF\xFE")), bytes.HasPrefix(first, []byte("<\x00")):
		s.charset = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case bytes.HasPrefix(first, []byte("\xFE\xFF")), bytes.HasPrefix(first, []byte("\x00<")):
		s.charset = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	if s.charset != nil {
		if first[0] != '<' && first[0] != 0 {
			s.mark = 2
		}
		w.warn(CharsetOther, "", "utf-16")
		return nil
	}
	found := declaredCharset.FindSubmatch(first)
	if found == nil {
		return nil
	}
	name := strings.ToLower(string(found[1]))
	if name == "utf-8" || name == "utf8" || name == "us-ascii" || name == "ascii" {
		return nil
	}
	charset, err := htmlindex.Get(name)
	if err != nil || strings.HasPrefix(name, "utf-16") {
		return because(ErrMalformed, "the charset is not what the declaration says, or unknown")
	}
	if canonical, err := htmlindex.Name(charset); err == nil && canonical == "replacement" {
		return because(ErrMalformed, "the charset is unknown")
	}
	s.charset = charset
	w.warn(CharsetOther, "", name)
	return nil
}

// ReadByte serves the XML decoder, which with it never reads ahead.
func (s *source) ReadByte() (byte, error) {
	if s.structure <= 0 || s.token <= 0 {
		s.err = because(ErrLimit, "more structure, or a longer piece of it, than the limit")
		return 0, s.err
	}
	b, err := s.buf.ReadByte()
	if err != nil {
		if err != io.EOF {
			s.err = err
		}
		return 0, err
	}
	s.structure--
	s.token--
	s.offset++
	s.prv, s.last = s.last, b
	return b, nil
}

// Read is what the decoder's contract asks for; it reads bytes alone.
func (s *source) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := s.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

// emptied tells whether the start tag just read was closed in itself.
func (s *source) emptied() bool { return s.prv == '/' && s.last == '>' }

// peek gives what is buffered, at least n bytes if there are so many.
func (s *source) peek(n int) ([]byte, error) {
	got, err := s.buf.Peek(max(n, s.buf.Buffered()))
	if len(got) >= n {
		return got, nil
	}
	if err == io.EOF && len(got) > 0 {
		return got, nil
	}
	return got, err
}

// skip takes what was peeked.
func (s *source) skip(n int) {
	taken, _ := s.buf.Discard(n) // never more than peek gave
	s.offset += int64(taken)
}

// again gives a second source that begins at the offset. What raw reads from
// then on is that source's; goOn brings it back.
func (s *source) again(offset int64) (*source, error) {
	start := s.began + s.mark
	if s.charset == nil {
		start += offset
	} else if s.reread -= offset; s.reread < 0 {
		return nil, because(ErrLimit, "going back too often")
	}
	if _, err := s.seeker.Seek(start, io.SeekStart); err != nil {
		return nil, err
	}
	second := &source{raw: s.raw, charset: s.charset, structure: s.structure, token: s.token, total: &budget{r: s.raw, left: s.total.left + s.total.read}, offset: offset}
	second.buf = second.converted(bufio.NewReaderSize(second.total, sourceBuffer))
	if s.charset != nil {
		if _, err := io.CopyN(io.Discard, second.buf, offset); err != nil {
			return nil, err
		}
	}
	return second, nil
}

// goOn puts raw back to where this source had read it.
func (s *source) goOn() error {
	_, err := s.seeker.Seek(s.began+s.total.read, io.SeekStart)
	return err
}
