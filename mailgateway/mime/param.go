package mime

import (
	"sort"
	"strconv"
	"strings"
)

// params are the parameters of a Content-Type or Content-Disposition field.
type params struct {
	value   string // before the first semicolon, lower case
	list    map[string]string
	defects []Code
}

// parseParams reads "value; name=…" as programs write it: unquoted values with
// blanks, missing semicolons, quotes left open, encoded words (against RFC
// 2047), raw 8-bit, and the continuations of RFC 2231.
func parseParams(field string) params {
	p := params{list: map[string]string{}}
	value, rest := field, ""
	if i := strings.IndexAny(field, "; \t"); i >= 0 {
		value, rest = field[:i], field[i:]
	}
	p.value = strings.ToLower(strings.Trim(value, `"' `))
	raw := map[string]string{}
	var order []string
	for rest != "" && len(order) < 200 {
		var name, v string
		name, v, rest = nextParam(rest)
		if name == "" {
			continue
		}
		if _, twice := raw[name]; !twice {
			raw[name] = v
			order = append(order, name)
		}
	}
	p.join(raw, order)
	return p
}

// nextParam takes one name=value off s.
func nextParam(s string) (name, value, rest string) {
	s = strings.TrimLeft(s, "; \t\r\n")
	eq := strings.IndexAny(s, "=;")
	if eq < 0 {
		return "", "", ""
	}
	if s[eq] == ';' {
		return "", "", s[eq:]
	}
	name = strings.ToLower(strings.TrimSpace(s[:eq]))
	if i := strings.LastIndexAny(name, " \t"); i >= 0 {
		name = name[i+1:]
	}
	s = strings.TrimLeft(s[eq+1:], " \t\r\n")
	if strings.HasPrefix(s, `"`) {
		value, rest = quotedValue(s)
		return name, value, rest
	}
	end := len(s)
	for i := 0; i < len(s); i++ {
		if n := wordLength(s[i:]); n > 0 {
			i += n - 1 // an encoded word may hold a semicolon
			continue
		}
		if s[i] == ';' {
			end = i
			break
		}
	}
	value, rest = strings.TrimSpace(s[:end]), s[end:]
	// A parameter may follow without its semicolon: name=a.pdf filename="a.pdf".
	for _, next := range []string{" name=", " filename=", " charset=", " boundary=", " type="} {
		if i := strings.Index(strings.ToLower(value), next); i > 0 {
			value, rest = strings.TrimSpace(value[:i]), value[i:]+rest
		}
	}
	return name, value, rest
}

// quotedValue reads a quoted string. A backslash counts only before a quote or
// a backslash: paths of Windows come with single ones.
func quotedValue(s string) (value, rest string) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case c == '"':
			return b.String(), s[i+1:]
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), "" // never closed
}

func unquote(s string) string {
	if !strings.HasPrefix(s, `"`) {
		return s
	}
	value, rest := quotedValue(s)
	return strings.TrimSpace(value + rest)
}

// join puts the pieces of RFC 2231 together (name*0*=…; name*1=…) and decodes.
func (p *params) join(raw map[string]string, order []string) {
	type piece struct {
		n        int
		extended bool
		text     string
	}
	split := map[string][]piece{}
	for _, name := range order {
		base, tail, starred := strings.Cut(name, "*")
		if !starred {
			text, defects := decodeWords(raw[name])
			p.list[name] = text
			if name == "name" || name == "filename" {
				p.defects = append(p.defects, defects...)
			}
			continue
		}
		one := piece{text: raw[name], extended: tail == ""}
		if tail != "" {
			num, ext := strings.CutSuffix(tail, "*")
			n, err := strconv.Atoi(num)
			if err != nil {
				continue
			}
			one.n, one.extended = n, ext
		}
		split[base] = append(split[base], one)
	}
	for base, pieces := range split {
		sort.SliceStable(pieces, func(i, j int) bool { return pieces[i].n < pieces[j].n })
		var data []byte
		charset := ""
		for i, one := range pieces {
			text := one.text
			if one.extended {
				if i == 0 {
					charset, text = extendedCharset(text)
				}
				data = append(data, percentDecode(text)...)
				continue
			}
			data = append(data, text...)
		}
		d := decodeText(data, charset)
		if d.unknown {
			p.defects = append(p.defects, CharsetUnknown)
		}
		if d.damaged {
			p.defects = append(p.defects, WordDamaged)
		}
		if strings.Contains(d.text, "=?") {
			d.text, _ = decodeWords(d.text)
		}
		p.list[base] = d.text
	}
}

func extendedCharset(text string) (charset, rest string) {
	cs, after, ok := strings.Cut(text, "'")
	if !ok {
		return "", text
	}
	_, value, ok := strings.Cut(after, "'")
	if !ok {
		return "", text
	}
	return cs, value
}

func percentDecode(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if v, ok := hexByte(s[i+1], s[i+2]); ok {
				out = append(out, v)
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return out
}
