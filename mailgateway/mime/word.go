package mime

import (
	"bytes"
	"io"
	"strings"
)

// words decodes a header value for a person to read: encoded words (RFC 2047)
// with what programs make of them, raw 8-bit text, NFC.
func (w *walker) words(value, path string) string {
	text, defects := decodeWords(value)
	for _, code := range defects {
		w.warn(code, path, "in a header")
	}
	return strings.TrimSpace(plain(text))
}

// decodeWords joins words of one charset before it decodes them: programs cut
// characters in half between two words.
func decodeWords(value string) (string, []Code) {
	if !strings.Contains(value, "=?") {
		text := guess8bit(value)
		if text != value {
			return text, []Code{CharsetGuessed}
		}
		return text, nil
	}
	var (
		out     strings.Builder
		run     []byte
		charset string
		defects []Code
		inRun   bool
	)
	flush := func() {
		if !inRun {
			return
		}
		d := decodeText(run, charset)
		if d.unknown {
			defects = append(defects, CharsetUnknown)
		}
		if d.damaged || d.guessed {
			defects = append(defects, WordDamaged)
		}
		out.WriteString(d.text)
		run, inRun = run[:0], false
	}
	for value != "" {
		i := strings.Index(value, "=?")
		if i < 0 {
			break
		}
		word, length, broken := parseWord(value[i:])
		if length == 0 {
			flush()
			out.WriteString(guess8bit(value[:i+2]))
			value = value[i+2:]
			continue
		}
		// White space between two encoded words is no text (RFC 2047, 6.2).
		if between := value[:i]; !inRun || strings.TrimSpace(between) != "" {
			flush()
			out.WriteString(guess8bit(between))
		}
		if inRun && !strings.EqualFold(charset, word.charset) {
			flush()
		}
		if broken {
			defects = append(defects, WordDamaged)
		}
		charset, inRun = word.charset, true
		run = append(run, word.data...)
		value = value[i+length:]
	}
	flush()
	out.WriteString(guess8bit(value))
	return out.String(), defects
}

type word struct {
	charset string
	data    []byte
}

// wordLength is the length of the encoded word at the start of s, 0 if none.
func wordLength(s string) int {
	_, n, _ := parseWord(s)
	return n
}

// parseWord reads "=?charset?B?…?=" at the start of s. A word that is cut off
// (a name over a program's length limit) is read as far as it goes.
func parseWord(s string) (w word, length int, broken bool) {
	if !strings.HasPrefix(s, "=?") {
		return word{}, 0, false
	}
	cs, rest, ok := strings.Cut(s[2:], "?")
	if !ok || cs == "" || len(cs) > 60 || strings.ContainsAny(cs, " \t\"<>") || len(rest) < 2 || rest[1] != '?' {
		return word{}, 0, false
	}
	kind := rest[0] | 0x20
	if kind != 'b' && kind != 'q' {
		return word{}, 0, false
	}
	w.charset, _, _ = strings.Cut(cs, "*") // RFC 2231, 5: a language may follow
	head := len(s) - len(rest) + 2
	text, _, closed := strings.Cut(s[head:], "?=")
	length = head + len(text) + 2
	if !closed {
		if i := strings.IndexAny(text, " \t\""); i >= 0 {
			text = text[:i]
		}
		length, broken = head+len(text), true
	}
	if kind == 'b' {
		data, clean := decodeBase64Word(text)
		w.data = data
		return w, length, broken || !clean
	}
	data, clean := decodeQWord(text)
	w.data = data
	return w, length, broken || !clean
}

func decodeBase64Word(text string) ([]byte, bool) {
	d := newBase64(&fixed{text: []byte(text)})
	data, err := io.ReadAll(d)
	return data, err == nil && !d.damaged
}

func decodeQWord(text string) ([]byte, bool) {
	out, clean := make([]byte, 0, len(text)), true
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '_':
			out = append(out, ' ')
		case c == '=':
			if i+2 < len(text) {
				if v, ok := hexByte(text[i+1], text[i+2]); ok {
					out = append(out, v)
					i += 2
					continue
				}
			}
			clean = false
			out = append(out, c)
		default:
			out = append(out, c)
		}
	}
	return out, clean
}

// fixed gives one text as a single piece.
type fixed struct {
	text []byte
	done bool
}

func (f *fixed) next() (lead, text []byte, err error) {
	if f.done {
		return nil, nil, io.EOF
	}
	f.done = true
	return nil, bytes.TrimSpace(f.text), nil
}
