package edxml

import (
	"bytes"
	"encoding/base64"
	"io"
	"unicode/utf8"
)

// base64Reader decodes as the official library does, and says what was amiss:
// line breaks, the alphabet for addresses, missing padding and foreign
// characters are all taken.
type base64Reader struct {
	text     *contentText
	in       []byte // not decoded yet; less than a group once a piece is done
	out      []byte
	buf      []byte
	partial  []byte // a character of several bytes that the end of a piece cut
	n        int64  // decoded so far
	ended    bool   // a padding was seen
	pads     int
	due      int
	unpadded bool
	url      bool
	damaged  bool
	err      error
}

func newBase64Reader(text *contentText) *base64Reader { return &base64Reader{text: text} }

func (b *base64Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(b.out) == 0 {
		if b.err != nil {
			return 0, b.err
		}
		b.fill()
	}
	n := copy(p, b.out)
	b.out = b.out[n:]
	b.n += int64(n)
	return n, nil
}

// fill decodes one piece of text.
func (b *base64Reader) fill() {
	piece, err := b.text.next()
	if err != nil {
		if b.err = err; err == io.EOF { //nolint:errorlint // only io.EOF itself is the end; one that is wrapped is a line that broke
			b.flush()
		}
		return
	}
	carried := len(b.in)
	b.in = append(b.in, piece...)
	whole := len(b.in) &^ 3
	if !b.ended && len(b.partial) == 0 && bytes.IndexByte(piece, '=') < 0 && bytes.IndexByte(piece, '\n') < 0 && b.decode(whole) {
		// What is left over was not looked at yet.
		left := append([]byte(nil), b.in[whole:]...)
		if b.in = b.in[:0]; len(left) > 0 {
			b.filter(left)
		}
		return
	}
	b.in = b.in[:carried]
	b.filter(piece)
	whole = len(b.in) &^ 3
	b.decode(whole) // nothing foreign is left
	b.in = append(b.in[:0], b.in[whole:]...)
}

// decode decodes the first n characters, all or nothing.
func (b *base64Reader) decode(n int) bool {
	if need := base64.StdEncoding.DecodedLen(n); cap(b.buf) < need {
		b.buf = make([]byte, need+sourceBuffer)
	}
	got, err := base64.StdEncoding.Decode(b.buf[:cap(b.buf)], b.in[:n])
	if err != nil || got != n/4*3 {
		return false
	}
	b.out = b.buf[:got]
	return true
}

// filter adds to in what is base64, and judges the rest.
func (b *base64Reader) filter(piece []byte) {
	for _, c := range piece {
		if c < utf8.RuneSelf && len(b.partial) > 0 {
			b.refuse("invalid UTF-8")
		}
		switch plain := base64Alphabet[c]; {
		case plain != 0 && b.ended:
			b.damaged = true // the official library stops at the padding
		case plain != 0:
			b.url = b.url || plain != c
			b.in = append(b.in, plain)
		case c == '=':
			b.pad()
		case c == ' ', c == '\t', c == '\r', c == '\n':
		case c < ' ':
			b.refuse("a character that XML does not allow")
		case c >= utf8.RuneSelf:
			b.damaged = true
			b.character(c)
		default:
			b.damaged = true
		}
	}
}

func (b *base64Reader) pad() {
	if !b.ended {
		b.ended, b.due = true, (4-len(b.in)%4)%4
	}
	b.pads++
}

// character holds foreign characters to UTF-8.
func (b *base64Reader) character(c byte) {
	b.partial = append(b.partial, c)
	if !utf8.FullRune(b.partial) {
		return
	}
	if r, size := utf8.DecodeRune(b.partial); r == utf8.RuneError && size == 1 || r == 0xFFFE || r == 0xFFFF {
		b.refuse("invalid UTF-8")
	}
	b.partial = b.partial[:0]
}

func (b *base64Reader) refuse(why string) {
	if b.err == nil {
		b.err = because(ErrMalformed, "%s in the content of an attachment", why)
	}
}

// flush decodes a group that is not full: two characters are one byte, three are two.
func (b *base64Reader) flush() {
	if len(b.partial) > 0 {
		b.err = nil
		b.refuse("invalid UTF-8")
		return
	}
	b.unpadded = b.pads != b.due || len(b.in) > 0 && !b.ended
	if len(b.in) == 1 {
		b.damaged = true
	}
	if len(b.in) < 2 {
		return
	}
	rest := make([]byte, 2)
	n, err := base64.RawStdEncoding.Decode(rest, b.in)
	if err != nil {
		b.damaged = true
	}
	b.out, b.in = rest[:n], b.in[:0]
}

func (b *base64Reader) complain(w *warnings, path string) {
	if b.damaged {
		w.warn(Base64Damaged, path, "")
	}
	if b.unpadded {
		w.warn(Base64Padding, path, "")
	}
	if b.url {
		w.warn(Base64URL, path, "")
	}
}

// base64Alphabet gives for each character the one of the standard alphabet
// that it stands for, and 0 for what is none.
var base64Alphabet = func() (t [256]byte) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = c
	}
	t['-'], t['_'] = '+', '/'
	return t
}()
