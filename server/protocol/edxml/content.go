package edxml

import (
	"bytes"
	"encoding/xml"
	"io"
	"strconv"
	"unicode/utf8"
)

// contentText reads the text of ContentTransferEncoded buffer by buffer, past
// the XML decoder, which would hold all of it in memory. It stops before the
// end tag, where the decoder goes on.
type contentText struct {
	p       *parser
	src     *source
	canon   *canon // hashes what passes, if set
	done    bool
	cdata   bool
	handed  int // bytes of the source that are handed out and not yet skipped
	literal [utf8.UTFMax]byte
	cr      bool // the last byte hashed was a carriage return
	tag     ahead
	ref     ahead
}

// ahead remembers where the next of a character stands, so that a buffer is
// searched once however many pieces it is handed out in.
type ahead struct{ found, searched int64 }

// within gives the distance to the next of the character, or the buffer's length.
func (a *ahead) within(buf []byte, offset int64, c byte) int {
	if a.found < offset || a.searched == 0 {
		from := max(0, a.searched-offset)
		i := bytes.IndexByte(buf[from:], c)
		if i < 0 {
			a.searched = offset + int64(len(buf))
			return len(buf)
		}
		a.found = offset + from + int64(i)
		a.searched = a.found + 1
	}
	return int(min(a.found-offset, int64(len(buf))))
}

var namedReferences = map[string]rune{"lt": '<', "gt": '>', "amp": '&', "apos": '\'', "quot": '"'}

// next gives a piece of text, which holds until the next call.
func (t *contentText) next() ([]byte, error) {
	for {
		if t.handed > 0 {
			t.src.skip(t.handed)
			t.handed = 0
		}
		if t.done {
			return nil, io.EOF
		}
		buf, err := t.src.peek(1)
		if err == io.EOF { //nolint:errorlint // only io.EOF itself is the end; one that is wrapped is a line that broke
			return nil, because(ErrMalformed, "cut off in the content of an attachment")
		}
		if err != nil {
			return nil, err
		}
		piece, err := t.piece(buf)
		if err != nil {
			return nil, err
		}
		if len(piece) > 0 {
			return piece, nil
		}
	}
}

// piece gives the text at the beginning of the buffer, or takes what is none.
func (t *contentText) piece(buf []byte) ([]byte, error) {
	if t.cdata {
		return t.verbatim(buf)
	}
	text := buf[:min(t.tag.within(buf, t.src.offset, '<'), t.ref.within(buf, t.src.offset, '&'))]
	switch {
	case len(text) > 0:
		t.handed = len(text)
		t.hash(text, false)
		return text, nil
	case buf[0] == '&':
		return t.reference()
	}
	return nil, t.markup()
}

// verbatim reads a CDATA section.
func (t *contentText) verbatim(buf []byte) ([]byte, error) {
	const end = "]]>"
	i := bytes.Index(buf, []byte(end))
	if i < 0 && len(buf) >= len(end) {
		i = len(buf) - len(end) + 1
	}
	switch {
	case i > 0:
		t.handed = i
		t.hash(buf[:i], false)
		return buf[:i], nil
	case i == 0:
		t.cdata = false
		t.src.skip(len(end))
		return nil, nil
	}
	if more, err := t.src.peek(len(end)); len(more) < len(end) {
		if err == nil || err == io.EOF { //nolint:errorlint // only io.EOF itself is the end; one that is wrapped is a line that broke
			err = because(ErrMalformed, "cut off in the content of an attachment")
		}
		return nil, err
	}
	return nil, nil
}

// markup takes what stands between pieces of text.
func (t *contentText) markup() error {
	const cdata = "<![CDATA["
	head, err := t.src.peek(len(cdata))
	if err != nil {
		return err
	}
	switch {
	case bytes.HasPrefix(head, []byte("</")):
		t.done = true
		return nil
	case bytes.HasPrefix(head, []byte(cdata)):
		t.cdata = true
		t.src.skip(len(cdata))
		return nil
	case len(head) < len(cdata): // no package ends so soon
		return because(ErrMalformed, "cut off in the content of an attachment")
	case bytes.HasPrefix(head, []byte("<!--")), bytes.HasPrefix(head, []byte("<?")):
		// A second source has no decoder that stands there; what it skips was
		// judged when it was read first.
		dec := t.p.dec
		t.src.token = t.p.limits.TokenBytes
		if t.src != t.p.src {
			dec = xml.NewDecoder(t.src)
		}
		token, err := dec.RawToken()
		if err != nil {
			return t.p.failed(err)
		}
		if instruction, ok := token.(xml.ProcInst); ok {
			return t.p.instruction(instruction, -1)
		}
		return nil
	case bytes.HasPrefix(head, []byte("<!")):
		return because(ErrDoctype, "a declaration")
	}
	return because(ErrAttachment, "an element inside the content of an attachment")
}

// reference reads a character written as a number or a name. Java's libraries
// write a carriage return so, at the end of each line.
func (t *contentText) reference() ([]byte, error) {
	buf, err := t.src.peek(12)
	if err != nil {
		return nil, err
	}
	end := bytes.IndexByte(buf[:min(len(buf), 12)], ';')
	if end < 0 {
		return nil, because(ErrMalformed, "a reference that does not end")
	}
	char, ok := namedReferences[string(buf[1:end])]
	if digits, number := bytes.CutPrefix(buf[1:end], []byte("#")); number {
		base := 10
		if bytes.HasPrefix(digits, []byte("x")) {
			base, digits = 16, digits[1:]
		}
		v, err := strconv.ParseUint(string(digits), base, 21)
		char, ok = rune(v), err == nil && utf8.ValidRune(rune(v))
	}
	if !ok {
		return nil, because(ErrMalformed, "a reference to what is not declared")
	}
	text := utf8.AppendRune(t.literal[:0], char)
	t.src.skip(end + 1)
	t.hash(text, true)
	return text, nil
}

// hash hands text to the canonical form, in which line ends are line feeds
// unless they were written as references.
func (t *contentText) hash(text []byte, literal bool) {
	if t.canon == nil {
		return
	}
	if literal {
		t.canon.text(string(text))
		t.cr = false
		return
	}
	if t.cr && text[0] == '\n' {
		text = text[1:]
		t.cr = false
	}
	for len(text) > 0 {
		i := bytes.IndexByte(text, '\r')
		if i < 0 {
			t.canon.content(text)
			t.cr = false
			return
		}
		t.canon.content(text[:i])
		t.canon.put("\n")
		if text = text[i+1:]; len(text) == 0 {
			t.cr = true
		} else if text[0] == '\n' {
			text = text[1:]
		}
	}
}

// pass goes past all of it.
func (t *contentText) pass() error {
	for {
		if _, err := t.next(); err == io.EOF { //nolint:errorlint // only io.EOF itself is the end; one that is wrapped is a line that broke
			return nil
		} else if err != nil {
			return err
		}
	}
}
