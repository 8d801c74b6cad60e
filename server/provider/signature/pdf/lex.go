package pdf

import (
	"math"
	"strconv"
)

// word is an operator: obj, endobj, R, stream, xref, trailer …
type word string

// lexer reads tokens and objects out of bytes.
type lexer struct {
	data  []byte
	at    int
	items int
	// spans, when asked for, gets where the values of the outermost dictionary stand.
	spans map[Name][2]int
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

// skip goes over white space and comments.
func (l *lexer) skip() {
	for l.at < len(l.data) {
		switch c := l.data[l.at]; {
		case c == '%':
			for l.at < len(l.data) && l.data[l.at] != '\n' && l.data[l.at] != '\r' {
				l.at++
			}
		case isSpace(c):
			l.at++
		default:
			return
		}
	}
}

// token reads a name, string, number or word; "[", "]", "<<" and ">>" are words.
func (l *lexer) token() (any, error) {
	if l.items++; l.items > maxItems {
		return nil, tooLarge("an object of too many parts")
	}
	l.skip()
	if l.at >= len(l.data) {
		return nil, damaged("the file ends inside an object")
	}
	switch c := l.data[l.at]; c {
	case '/':
		return l.name()
	case '(':
		return l.literal()
	case '[', ']':
		l.at++
		return word(c), nil
	case '<', '>':
		if l.at+1 < len(l.data) && l.data[l.at+1] == c {
			l.at += 2
			return word([]byte{c, c}), nil
		}
		if c == '<' {
			return l.hex()
		}
		return nil, damaged("a lone > at %d", l.at)
	case '{', '}', ')':
		return nil, damaged("%q at %d", c, l.at)
	}
	return l.word()
}

func (l *lexer) run() []byte {
	start := l.at
	for l.at < len(l.data) && !isSpace(l.data[l.at]) && !isDelimiter(l.data[l.at]) {
		l.at++
	}
	return l.data[start:l.at]
}

func (l *lexer) word() (any, error) {
	s := string(l.run())
	if c := s[0]; c != '.' && c != '-' && c != '+' && (c < '0' || c > '9') {
		return word(s), nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, nil
	}
	for i := range len(s) {
		if c := s[i]; c != '.' && (c < '0' || c > '9') && (i > 0 || c != '-' && c != '+') {
			return nil, damaged("%q is no number", s)
		}
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(v, 0) {
		return nil, damaged("%q is no number", s)
	}
	return v, nil
}

func (l *lexer) name() (any, error) {
	l.at++
	raw := l.run()
	plain := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '#' {
			plain = append(plain, raw[i])
			continue
		}
		if i+2 >= len(raw) {
			return nil, damaged("a name with a broken escape")
		}
		v, err := strconv.ParseUint(string(raw[i+1:i+3]), 16, 8)
		if err != nil {
			return nil, damaged("a name with a broken escape")
		}
		plain = append(plain, byte(v))
		i += 2
	}
	return Name(plain), nil
}

// literal reads a string in parentheses (7.3.4.2).
func (l *lexer) literal() (any, error) {
	out := String{}
	l.at++
	for depth := 1; l.at < len(l.data); {
		c := l.data[l.at]
		l.at++
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return out, nil
			}
		case '\r': // an end of line is always read as a line feed
			if l.peek() == '\n' {
				l.at++
			}
			c = '\n'
		case '\\':
			var keep bool
			if c, keep = l.escape(); !keep {
				continue
			}
		}
		out = append(out, c)
	}
	return nil, damaged("a string without its end")
}

func (l *lexer) peek() byte {
	if l.at < len(l.data) {
		return l.data[l.at]
	}
	return 0
}

// escape reads what follows a backslash; keep is false for a broken line.
func (l *lexer) escape() (c byte, keep bool) {
	c = l.peek()
	l.at++
	switch c {
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case '\r':
		if l.peek() == '\n' {
			l.at++
		}
		return 0, false
	case '\n':
		return 0, false
	}
	if c < '0' || c > '7' {
		return c, true
	}
	v := int(c - '0')
	for range 2 {
		next := l.peek()
		if next < '0' || next > '7' {
			break
		}
		v = v<<3 | int(next-'0')
		l.at++
	}
	return byte(v), true
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func (l *lexer) hex() (any, error) {
	l.at++
	out, half := String{}, -1
	for l.at < len(l.data) {
		c := l.data[l.at]
		l.at++
		switch v := hexDigit(c); {
		case c == '>':
			if half >= 0 {
				out = append(out, byte(half<<4))
			}
			return out, nil
		case v < 0:
			if !isSpace(c) {
				return nil, damaged("a hexadecimal string with %q", c)
			}
		case half < 0:
			half = v
		default:
			out, half = append(out, byte(half<<4|v)), -1
		}
	}
	return nil, damaged("a string without its end")
}

// object reads one object with what is in it.
func (l *lexer) object(depth int) (any, error) {
	t, err := l.token()
	if err != nil {
		return nil, err
	}
	return l.objectFrom(t, depth)
}

func (l *lexer) objectFrom(t any, depth int) (any, error) {
	if depth > maxDepth {
		return nil, tooLarge("objects too deep in each other")
	}
	switch t := t.(type) {
	case word:
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
		return nil, damaged("unexpected %q", string(t))
	case int64:
		return l.reference(t), nil
	}
	return t, nil
}

// reference tells "12 0 R" from the number 12.
func (l *lexer) reference(number int64) any {
	back := l.at
	generation, err := l.token()
	g, ok := generation.(int64)
	if err == nil && ok && number >= 0 && number < maxObjects && g >= 0 && g <= 65535 {
		if r, err := l.token(); err == nil && r == word("R") {
			return Ref{int(number), int(g)}
		}
	}
	l.at = back
	return number
}

func (l *lexer) array(depth int) (any, error) {
	out := Array{}
	for {
		t, err := l.token()
		if err != nil {
			return nil, err
		}
		if t == word("]") {
			return out, nil
		}
		v, err := l.objectFrom(t, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
}

// dict reads a dictionary. A key that stands twice would be read by some as the
// first and by others as the second value.
func (l *lexer) dict(depth int) (any, error) {
	out := Dict{}
	for {
		t, err := l.token()
		if err != nil {
			return nil, err
		}
		if t == word(">>") {
			return out, nil
		}
		key, ok := t.(Name)
		if !ok {
			return nil, damaged("a dictionary without a key")
		}
		if _, twice := out[key]; twice {
			return nil, damaged("the key %q stands twice", string(key))
		}
		l.skip()
		from := l.at
		if out[key], err = l.object(depth + 1); err != nil {
			return nil, err
		}
		if depth == 0 && l.spans != nil {
			l.spans[key] = [2]int{from, l.at}
		}
	}
}
