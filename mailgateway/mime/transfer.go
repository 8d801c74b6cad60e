package mime

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
)

// piecer gives a body piece by piece; see pieces.
type piecer interface {
	next() (lead, text []byte, err error)
}

// encodingName cleans what programs write into Content-Transfer-Encoding.
func encodingName(value string) string {
	value, _, _ = strings.Cut(value, ";")
	value, _, _ = strings.Cut(value, "(")
	return strings.ToLower(strings.Trim(strings.TrimSpace(value), `"'`))
}

// transfer is a decoder with what it found wrong, known at its end.
type transfer interface {
	io.Reader
	defects() []Code
}

// decoderFor chooses the decoder. An unknown encoding is handed on raw.
func decoderFor(name string, p piecer) (t transfer, ok bool) {
	switch name {
	case "base64":
		return newBase64(p), true
	case "quoted-printable":
		return &quotedReader{p: p}, true
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit", "none":
		return &rawReader{p: p}, true
	}
	return &rawReader{p: p}, false
}

// rawReader hands pieces on as they stand.
type rawReader struct {
	p          piecer
	lead, text []byte
}

func (r *rawReader) defects() []Code { return nil }

func (r *rawReader) Read(b []byte) (n int, err error) {
	for n < len(b) {
		if len(r.lead) == 0 && len(r.text) == 0 {
			if r.lead, r.text, err = r.p.next(); err != nil {
				break
			}
			continue
		}
		c := copy(b[n:], r.lead)
		r.lead = r.lead[c:]
		n += c
		if len(r.lead) == 0 {
			c = copy(b[n:], r.text)
			r.text = r.text[c:]
			n += c
		}
	}
	if n > 0 {
		return n, nil // an error comes again with the next call
	}
	if len(b) == 0 {
		return 0, nil
	}
	return 0, err
}

// base64Reader decodes what is there. Characters that are no base64 are left
// out; a line that is mostly such characters (a footer that a relay added) is
// left out whole; after a padding only pure base64 goes on, since some
// programs join two encodings and others add text.
type base64Reader struct {
	p       piecer
	in      []byte // alphabet only, less than a group left over
	out     []byte
	buf     []byte
	ended   bool // a padding was seen
	pads    int  // of the padding: what it is and what it should be
	due     int
	err     error
	damaged bool
	padding bool
}

func newBase64(p piecer) *base64Reader { return &base64Reader{p: p} }

func (r *base64Reader) defects() []Code {
	var codes []Code
	if r.damaged {
		codes = append(codes, Base64Damaged)
	}
	if r.padding {
		codes = append(codes, Base64Padding)
	}
	return codes
}

func (r *base64Reader) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	for len(r.out) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.fill(min(len(b), 32<<10))
	}
	n := copy(b, r.out)
	r.out = r.out[n:]
	return n, nil
}

// fill decodes at least a little, at most about want bytes and one piece more.
func (r *base64Reader) fill(want int) {
	r.out = r.buf[:0]
	for len(r.out) < want {
		_, text, err := r.p.next()
		if err != nil {
			r.err = err
			if err == io.EOF { //nolint:errorlint // only io.EOF itself is the end; one that is wrapped is a line that broke
				r.padding = r.padding || len(r.in) > 0 || r.pads != r.due
				r.flush()
			}
			break
		}
		r.line(bytes.TrimSpace(text))
	}
	r.buf = r.out
}

func (r *base64Reader) line(text []byte) {
	for len(text) > 0 {
		segment, pad := text, false
		if i := bytes.IndexByte(text, '='); i >= 0 {
			segment, pad = text[:i], true
		}
		if r.ended && len(segment) > 0 {
			if foreign(text) > 0 {
				r.padding = true
				return
			}
			r.ended, r.padding, r.pads, r.due = false, true, 0, 0
		}
		if !r.take(segment) {
			return
		}
		if !pad {
			return
		}
		rest := bytes.TrimLeft(text[len(segment):], "= \t")
		if !r.ended {
			r.due = (4 - len(r.in)) % 4
		}
		r.pads += len(text) - len(segment) - len(rest)
		r.flush()
		r.ended, text = true, rest
	}
}

// take adds a segment and decodes whole groups; false when the line is none.
func (r *base64Reader) take(segment []byte) bool {
	begin := len(r.in)
	if begin == 0 && len(segment)%4 == 0 { // as nearly all lines are
		at := len(r.out)
		r.out = grow(r.out, base64.StdEncoding.DecodedLen(len(segment)))
		if n, err := base64.StdEncoding.Decode(r.out[at:], segment); err == nil {
			r.out = r.out[:at+n]
			return true
		}
		r.out = r.out[:at]
	}
	for _, c := range segment {
		if base64Alphabet[c] {
			r.in = append(r.in, c)
		}
	}
	if bad := len(segment) - (len(r.in) - begin); bad > 0 {
		r.damaged = true
		if bad*8 >= len(segment) {
			r.in = r.in[:begin]
			return false
		}
	}
	whole := len(r.in) / 4 * 4
	at := len(r.out)
	r.out = grow(r.out, base64.StdEncoding.DecodedLen(whole))
	n, err := base64.StdEncoding.Decode(r.out[at:], r.in[:whole])
	if err != nil {
		r.damaged = true
	}
	r.out = r.out[:at+n]
	r.in = append(r.in[:0], r.in[whole:]...)
	return true
}

// flush decodes a group that is not full: two characters are one byte, three are two.
func (r *base64Reader) flush() {
	if len(r.in) == 1 {
		r.damaged = true
	}
	if len(r.in) > 1 {
		at := len(r.out)
		r.out = grow(r.out, 3)
		n, err := base64.RawStdEncoding.Decode(r.out[at:], r.in)
		if err != nil {
			r.damaged = true
		}
		r.out = r.out[:at+n]
	}
	r.in = r.in[:0]
}

func grow(b []byte, n int) []byte {
	for cap(b)-len(b) < n {
		b = append(b[:cap(b)], 0)[:len(b)]
	}
	return b[:len(b)+n]
}

func foreign(text []byte) (n int) {
	for _, c := range bytes.TrimRight(text, "=") {
		if !base64Alphabet[c] {
			n++
		}
	}
	return n
}

var base64Alphabet = func() (t [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = true
	}
	return t
}()

// quotedReader decodes quoted-printable (RFC 2045, 6.7); an escape that is
// none stays as it stands.
type quotedReader struct {
	p       piecer
	carry   []byte // an escape cut by the end of a piece; "=" alone is a soft break if the line ends there
	blanks  []byte // white space that does not count if the line ends there
	out     []byte
	buf     []byte
	err     error
	damaged bool
}

func (r *quotedReader) defects() []Code {
	if r.damaged {
		return []Code{QuotedDamaged}
	}
	return nil
}

func (r *quotedReader) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	for len(r.out) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.out = r.buf[:0]
		for len(r.out) < min(len(b), 32<<10) && r.err == nil {
			r.piece()
		}
		r.buf = r.out
	}
	n := copy(b, r.out)
	r.out = r.out[n:]
	return n, nil
}

func (r *quotedReader) piece() {
	lead, text, err := r.p.next()
	if err != nil {
		r.err = err
		if len(r.carry) > 1 {
			r.damaged = true
			r.out = append(r.out, r.carry...)
		}
		r.carry = nil
		return
	}
	if len(lead) == 0 {
		r.out = append(r.out, r.blanks...)
	} else { // the line before is over
		if len(r.carry) > 1 {
			r.damaged = true
			r.out = append(r.out, r.carry...)
			r.out = append(r.out, lead...)
		} else if len(r.carry) == 0 {
			r.out = append(r.out, lead...)
		}
		r.carry = r.carry[:0]
	}
	if len(r.carry) > 0 {
		text = append(bytes.Clone(r.carry), text...)
		r.carry = r.carry[:0]
	}
	r.decode(text)
}

func (r *quotedReader) decode(text []byte) {
	full := text
	text = bytes.TrimRight(text, " \t")
	r.blanks = append(r.blanks[:0], full[len(text):]...)
	for len(text) > 0 {
		i := bytes.IndexByte(text, '=')
		if i < 0 {
			r.out = append(r.out, text...)
			return
		}
		r.out = append(r.out, text[:i]...)
		text = text[i:]
		if len(text) == 1 {
			r.carry, r.blanks = append(r.carry[:0], '='), r.blanks[:0]
			return
		}
		if len(text) == 2 && isHex(text[1]) {
			r.carry = append(r.carry[:0], text...)
			return
		}
		if len(text) > 2 {
			if v, ok := hexByte(text[1], text[2]); ok {
				r.out = append(r.out, v)
				text = text[3:]
				continue
			}
		}
		r.damaged = true
		r.out = append(r.out, '=')
		text = text[1:]
	}
}

func isHex(c byte) bool {
	_, ok := hexByte(c, '0')
	return ok
}

func hexByte(a, b byte) (byte, bool) {
	digit := func(c byte) (byte, bool) {
		switch {
		case c >= '0' && c <= '9':
			return c - '0', true
		case c >= 'A' && c <= 'F':
			return c - 'A' + 10, true
		case c >= 'a' && c <= 'f':
			return c - 'a' + 10, true
		}
		return 0, false
	}
	x, okX := digit(a)
	y, okY := digit(b)
	return x<<4 | y, okX && okY
}
