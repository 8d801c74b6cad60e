package text

import (
	"bufio"
	"errors"
	"io"
	"strconv"
)

// The objects of a PDF (ISO 32000-1, 7.3), as far as metadata needs them:
// bool, int64, float64, pdfString, pdfName, pdfArray, pdfDict, pdfRef, pdfStream,
// and nil for null.
type (
	pdfName   string
	pdfString []byte
	pdfWord   string // an operator: obj, endobj, R, stream, xref, trailer …
	pdfArray  []any
	pdfDict   map[pdfName]any
	pdfRef    struct{ number, generation int64 }
	pdfStream struct {
		dict pdfDict
		data int64 // where the bytes begin
	}
)

const (
	maxObjectDepth = 60
	maxObjectItems = 200_000
	maxTokenBytes  = 1 << 20
)

var errSyntax = errors.New("not PDF syntax")

// lexer reads tokens and objects. It is bounded by what it is given to read.
type lexer struct {
	r     *bufio.Reader
	at    int64 // position in the file of the next byte
	items int
	held  []any
}

func newLexer(r io.Reader, at int64) *lexer {
	return &lexer{r: bufio.NewReaderSize(r, 4096), at: at}
}

func (l *lexer) byte() (byte, error) {
	c, err := l.r.ReadByte()
	if err == nil {
		l.at++
	}
	return c, err
}

func (l *lexer) unread() {
	if l.r.UnreadByte() == nil {
		l.at--
	}
}

func isSpace(c byte) bool {
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' '
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

// first gives the first byte that is neither white space nor a comment.
func (l *lexer) first() (byte, error) {
	for {
		c, err := l.byte()
		if err != nil {
			return 0, err
		}
		if c == '%' {
			for c != '\n' && c != '\r' {
				if c, err = l.byte(); err != nil {
					return 0, err
				}
			}
		}
		if !isSpace(c) {
			return c, nil
		}
	}
}

// token reads a name, string, number or word; "[", "]", "<<" and ">>" are words.
func (l *lexer) token() (any, error) {
	if n := len(l.held); n > 0 {
		t := l.held[n-1]
		l.held = l.held[:n-1]
		return t, nil
	}
	if l.items++; l.items > maxObjectItems {
		return nil, errSyntax
	}
	c, err := l.first()
	if err != nil {
		return nil, err
	}
	switch c {
	case '/':
		return l.name()
	case '(':
		return l.literal()
	case '[', ']', '{', '}', ')':
		return pdfWord(c), nil
	case '<', '>':
		next, err := l.byte()
		if err != nil {
			return nil, err
		}
		if next == c {
			return pdfWord([]byte{c, c}), nil
		}
		l.unread()
		if c == '>' {
			return nil, errSyntax
		}
		return l.hex()
	}
	l.unread()
	return l.word()
}

func (l *lexer) run() ([]byte, error) {
	var out []byte
	for {
		c, err := l.byte()
		if errors.Is(err, io.EOF) && len(out) > 0 {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if isSpace(c) || isDelimiter(c) {
			l.unread()
			return out, nil
		}
		if out = append(out, c); len(out) > maxTokenBytes {
			return nil, errSyntax
		}
	}
}

func (l *lexer) word() (any, error) {
	out, err := l.run()
	if err != nil {
		return nil, err
	}
	s := string(out)
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, nil
	}
	if c := s[0]; c == '.' || c == '-' || c == '+' || c >= '0' && c <= '9' {
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return f, nil
		}
	}
	return pdfWord(s), nil
}

func (l *lexer) name() (any, error) {
	out, err := l.run()
	if err != nil {
		return nil, err
	}
	plain := out[:0]
	for i := 0; i < len(out); i++ {
		if out[i] == '#' && i+2 < len(out) {
			if v, err := strconv.ParseUint(string(out[i+1:i+3]), 16, 8); err == nil {
				plain = append(plain, byte(v))
				i += 2
				continue
			}
		}
		plain = append(plain, out[i])
	}
	return pdfName(plain), nil
}

// literal reads a string in parentheses (7.3.4.2).
func (l *lexer) literal() (any, error) {
	var out []byte
	for depth := 1; ; {
		c, err := l.byte()
		if err != nil {
			return nil, err
		}
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return pdfString(out), nil
			}
		case '\\':
			var ok bool
			if c, ok, err = l.escape(); err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
		}
		if out = append(out, c); len(out) > maxTokenBytes {
			return nil, errSyntax
		}
	}
}

// escape reads what follows a backslash; ok is false for a broken line.
func (l *lexer) escape() (c byte, ok bool, err error) {
	if c, err = l.byte(); err != nil {
		return 0, false, err
	}
	switch c {
	case 'n':
		return '\n', true, nil
	case 'r':
		return '\r', true, nil
	case 't':
		return '\t', true, nil
	case 'b', 'f':
		return ' ', true, nil
	case '\r':
		if next, err := l.byte(); err == nil && next != '\n' {
			l.unread()
		}
		return 0, false, nil
	case '\n':
		return 0, false, nil
	}
	if c < '0' || c > '7' {
		return c, true, nil
	}
	v := int(c - '0')
	for range 2 {
		next, err := l.byte()
		if err != nil {
			return 0, false, err
		}
		if next < '0' || next > '7' {
			l.unread()
			break
		}
		v = v<<3 | int(next-'0')
	}
	return byte(v), true, nil
}

func (l *lexer) hex() (any, error) {
	var out []byte
	digits, value := 0, byte(0)
	for {
		c, err := l.byte()
		if err != nil {
			return nil, err
		}
		if c == '>' {
			if digits%2 == 1 {
				out = append(out, value<<4)
			}
			return pdfString(out), nil
		}
		v, err := strconv.ParseUint(string(c), 16, 8)
		if err != nil {
			continue
		}
		if digits++; digits%2 == 1 {
			value = byte(v)
		} else if out = append(out, value<<4|byte(v)); len(out) > maxTokenBytes {
			return nil, errSyntax
		}
	}
}

// object reads one object with what is in it.
func (l *lexer) object(depth int) (any, error) {
	if depth > maxObjectDepth {
		return nil, errSyntax
	}
	t, err := l.token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case pdfWord:
		switch t {
		case "[":
			return l.array(depth)
		case "<<":
			return l.dict(depth)
		case "true", "false":
			return t == "true", nil
		case "null":
			return nil, nil
		}
		return nil, errSyntax
	case int64:
		return l.reference(t)
	}
	return t, nil
}

// reference tells "12 0 R" from the number 12.
func (l *lexer) reference(number int64) (any, error) {
	generation, err := l.token()
	if errors.Is(err, io.EOF) {
		return number, nil
	}
	if err != nil {
		return nil, err
	}
	g, isInt := generation.(int64)
	if !isInt {
		l.held = append(l.held, generation)
		return number, nil
	}
	r, err := l.token()
	if err == nil && r == pdfWord("R") {
		return pdfRef{number, g}, nil
	}
	if err == nil {
		l.held = append(l.held, r)
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	l.held = append(l.held, generation)
	return number, nil
}

func (l *lexer) array(depth int) (any, error) {
	out := pdfArray{}
	for {
		t, err := l.token()
		if err != nil {
			return nil, err
		}
		if t == pdfWord("]") {
			return out, nil
		}
		l.held = append(l.held, t)
		v, err := l.object(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
}

func (l *lexer) dict(depth int) (any, error) {
	out := pdfDict{}
	for {
		t, err := l.token()
		if err != nil {
			return nil, err
		}
		if t == pdfWord(">>") {
			return out, nil
		}
		key, ok := t.(pdfName)
		if !ok {
			return nil, errSyntax
		}
		if out[key], err = l.object(depth + 1); err != nil {
			return nil, err
		}
	}
}
