package vxp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"congvan/server/domain/exchange"
)

// Download opens a package as it is. What is no package is an error: an answer
// of this call has no other sign of failure.
func (c *Client) Download(ctx context.Context, id string) (io.ReadCloser, error) {
	a, err := c.ask(ctx, CallDownload, "", pair{"docId", id})
	if err != nil {
		return nil, err
	}
	body := bufio.NewReaderSize(&limited{a, c.settings.Package, exchange.ErrPackageTooLarge}, 32<<10)
	begins, err := body.Peek(64)
	if len(begins) == 0 && err != nil && !errors.Is(err, io.EOF) {
		defer a.Close()
		return nil, c.noAnswer(a, err)
	}
	begins = bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(begins, []byte("\xef\xbb\xbf")), " \t\r\n"))
	switch {
	case a.StatusCode == http.StatusNotFound && len(begins) == 0:
		err = c.refused(a, verdict{code: "404"})
	case bytes.HasPrefix(begins, []byte("{")):
		if err = c.readFrom(a, body, nil); err == nil {
			err = ErrNotAxis
		}
	case a.StatusCode >= 300:
		err = c.refused(a, verdict{})
	case len(begins) == 0:
		err = ErrIncomplete.Because(errors.New("no package"))
	case bytes.HasPrefix(begins, []byte("<!doctype html")), bytes.HasPrefix(begins, []byte("<html")):
		err = ErrNotAxis
	default:
		return &opened{body, a}, nil
	}
	a.Close()
	return nil, err
}

// opened is a package that is being read.
type opened struct {
	io.Reader
	a *answer
}

// Close frees the line.
func (o *opened) Close() error {
	o.a.Close()
	return nil
}

// Get opens a package that comes in base64 within JSON. It is read as a stream;
// what the answer says of itself behind the package is heard before its end.
func (c *Client) Get(ctx context.Context, id string) (io.ReadCloser, error) {
	a, err := c.ask(ctx, CallGet, nothing, pair{"docId", id})
	if err != nil {
		return nil, err
	}
	// In JSON a package is a third longer, or more with escapes and line ends.
	wire := &limited{a, 3*c.settings.Package + 1<<20, exchange.ErrPackageTooLarge}
	u := &unpacker{c: c, a: a, in: bufio.NewReaderSize(wire, 32<<10)}
	if err := u.begin(); err != nil {
		defer a.Close() // what ended the exchange is told before it is closed
		return nil, c.noAnswer(a, err)
	}
	u.text = &limited{base64.NewDecoder(base64.StdEncoding, &quoted{in: u.in}), c.settings.Package, exchange.ErrPackageTooLarge}
	return u, nil
}

// unpacker reads an object of which one member is too long to be held.
type unpacker struct {
	c       *Client
	a       *answer
	in      *bufio.Reader
	text    io.Reader // of the package
	verdict verdict
	members int
	err     error
}

// maxMember bounds every member of the object but the package.
const (
	maxMember  = 64 << 10
	maxMembers = 100
)

var errForm = errors.New("the answer is not the JSON that is due")

// begin reads up to the package. What the answer said of itself until then is
// heard at once; an answer without a package is judged at its end.
func (u *unpacker) begin() error {
	if b, err := u.next(); err != nil || b != '{' {
		return errors.Join(errForm, err)
	}
	found, err := u.until()
	if err != nil {
		return err
	}
	if found {
		if u.verdict.failed() || u.a.StatusCode >= 300 {
			return u.c.refused(u.a, u.verdict)
		}
		return nil
	}
	if err := u.c.judge(u.a, u.verdict); err != nil {
		return err
	}
	return ErrIncomplete.Because(errors.New("no package"))
}

// until reads members up to the package, whose first quote is read too, or to
// the end of the answer.
func (u *unpacker) until() (found bool, err error) {
	for {
		b, err := u.next()
		if err != nil {
			return false, err
		}
		if b == '}' {
			if _, err := u.next(); !errors.Is(err, io.EOF) {
				return false, errors.Join(errForm, err)
			}
			return false, nil
		}
		if u.members++; u.members > maxMembers {
			return false, errForm
		}
		if u.members > 1 {
			if b != ',' {
				return false, errForm
			}
			if b, err = u.next(); err != nil {
				return false, err
			}
		}
		if b != '"' {
			return false, errForm
		}
		key, err := u.member('"')
		if err != nil {
			return false, err
		}
		if b, err = u.next(); err != nil || b != ':' {
			return false, errors.Join(errForm, err)
		}
		if b, err = u.next(); err != nil {
			return false, err
		}
		var name string
		if err := json.Unmarshal(key, &name); err != nil {
			return false, err
		}
		if name == "data" && b == '"' {
			if u.text != nil {
				return false, errForm
			}
			return true, nil
		}
		raw, err := u.member(b)
		if err != nil {
			return false, err
		}
		if err := u.verdict.take(name, raw); err != nil {
			return false, err
		}
	}
}

// next gives the first byte that is no blank.
func (u *unpacker) next() (byte, error) {
	for {
		b, err := u.in.ReadByte()
		if err != nil || b != ' ' && b != '\t' && b != '\r' && b != '\n' {
			return b, err
		}
	}
}

// member reads one value whose first byte is read already, and what ends it is
// left. It is held, so it is bounded.
func (u *unpacker) member(first byte) (json.RawMessage, error) {
	raw := []byte{first}
	depth, inText, escaped := 0, first == '"', false
	if first == '{' || first == '[' {
		depth = 1
	}
	for depth > 0 || inText || first != '"' {
		b, err := u.in.ReadByte()
		if err != nil {
			return nil, err
		}
		if depth == 0 && !inText && (b == ',' || b == '}' || b == ' ' || b == '\t' || b == '\r' || b == '\n') {
			if err := u.in.UnreadByte(); err != nil {
				return nil, err
			}
			break
		}
		if raw = append(raw, b); len(raw) > maxMember {
			return nil, errForm
		}
		switch {
		case escaped:
			escaped = false
		case inText:
			escaped, inText = b == '\\', b != '"'
		case b == '"':
			inText = true
		case b == '{' || b == '[':
			depth++
		case b == '}' || b == ']':
			if depth--; depth == 0 {
				first = '"' // it ends here
			}
		}
	}
	if !json.Valid(raw) {
		return nil, errForm
	}
	return raw, nil
}

// Read gives the bytes of the package. Its end is given only when the answer
// came to its own end and said that all is well.
func (u *unpacker) Read(b []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	n, err := u.text.Read(b)
	if err == nil {
		return n, nil
	}
	if errors.Is(err, io.EOF) {
		u.err = u.finish()
	} else {
		u.err = u.c.noAnswer(u.a, err)
	}
	return n, u.err
}

func (u *unpacker) finish() error {
	if _, err := u.until(); err != nil {
		return u.c.noAnswer(u.a, err)
	}
	if err := u.c.judge(u.a, u.verdict); err != nil {
		return err
	}
	return io.EOF
}

// Close frees the line.
func (u *unpacker) Close() error {
	u.a.Close()
	return nil
}

// quoted gives what stands in a JSON text up to its closing quote. The text is
// base64, so no escape in it means anything beyond ASCII.
type quoted struct {
	in    *bufio.Reader
	ended bool
}

func (q *quoted) Read(b []byte) (int, error) {
	n := 0
	for n < len(b) {
		if q.ended {
			return n, io.EOF
		}
		if n > 0 && q.in.Buffered() == 0 {
			return n, nil
		}
		x, err := q.in.ReadByte()
		if err != nil {
			return n, cut(err)
		}
		switch x {
		case '"':
			q.ended = true
			continue
		case '\\':
			if x, err = q.escape(); err != nil {
				return n, cut(err)
			}
		}
		b[n] = x
		n++
	}
	return n, nil
}

func (q *quoted) escape() (byte, error) {
	x, err := q.in.ReadByte()
	if err != nil {
		return 0, err
	}
	switch x {
	case 'n', 'r', 't':
		return '\n', nil // which base64 passes over
	case '/':
		return x, nil
	case 'u':
		var digits [6]byte
		copy(digits[:], `\u`)
		if _, err := io.ReadFull(q.in, digits[2:]); err != nil {
			return 0, err
		}
		var text string
		if err := json.Unmarshal([]byte(`"`+string(digits[:])+`"`), &text); err != nil || len(text) != 1 {
			return 0, errForm
		}
		return text[0], nil
	}
	return 0, errForm
}

// cut is the end of an answer in the middle of a text.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
