package smtp

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"congvan/server/domain/document"
	"congvan/server/domain/exchange"
)

// header writes fields. Values are made by the functions below, which let no
// line end through: nothing that a person wrote can become a field of its own.
type header struct{ bytes.Buffer }

func (h *header) add(name, value string) { h.line(name + ": " + value) }

func (h *header) line(s string) { h.WriteString(s + "\r\n") }

func (h *header) end() { h.line("") }

// fold is where a long field is broken.
const fold = "\r\n "

// clean makes one line of what a person or another system wrote. Composing
// comes last: what is taken out may have stood between two parts of a letter.
func clean(s string) string { return norm.NFC.String(document.CleanLine(strings.ToValidUTF8(s, ""))) }

// wordBytes is what one encoded word holds: 75 characters with its frame (RFC 2047, 2).
const wordBytes = 45

// words writes text for a header: as it is where that is safe and short,
// otherwise as encoded words, none of which splits a character.
func words(s string) string {
	s = clean(s)
	if isPlain(s) && len(s) <= lineBytes-len("Subject: ") {
		return s
	}
	return encoded(s)
}

// encoded writes clean text as encoded words.
func encoded(s string) string {
	var list []string
	for len(s) > 0 {
		n := min(wordBytes, len(s))
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		list = append(list, "=?utf-8?B?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(list, fold)
}

// isPlain tells whether a reader of headers takes the text for itself.
func isPlain(s string) bool {
	return isASCII(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) && !strings.Contains(s, "=?")
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// mailbox writes a name with its address.
func mailbox(name, address string) string {
	name = clean(name)
	if name == "" {
		return "<" + address + ">"
	}
	if isPlain(name) && len(name) < 60 {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `" <` + address + ">"
	}
	return words(name) + fold + "<" + address + ">"
}

// isAddress tells whether mail can be sent to or from it.
func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= 254 && clean(s) == s && !strings.ContainsAny(s, "<> \"")
}

// fileName is the name that a file travels under.
func fileName(f exchange.FileRef) string {
	if name := norm.NFC.String(document.CleanName(strings.ToValidUTF8(f.Name, ""))); name != "" {
		return name
	}
	return "van-ban" + exchange.EndingOf(f.MediaType)
}

// nameParameter repeats the name where old programs look for it, the way they
// read it: as encoded words, which no standard has.
func nameParameter(name string) string {
	if isPlain(name) && len(name) < 60 {
		return fold + `name="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
	}
	return fold + `name="` + encoded(name) + `"`
}

// pieceBytes is the most of an extended parameter that stands on one line.
const pieceBytes = 60

// extended writes a parameter in any script and of any length (RFC 2231, 3 and 4).
func extended(parameter, value string) string {
	if isPlain(value) && len(value) < 60 {
		return fold + parameter + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
	}
	var pieces []string
	var b strings.Builder
	for i := range len(value) {
		c := value[i]
		octet := string(c)
		if !isAttributeChar(c) {
			octet = fmt.Sprintf("%%%02X", c)
		}
		if b.Len()+len(octet) > pieceBytes {
			pieces = append(pieces, b.String())
			b.Reset()
		}
		b.WriteString(octet)
	}
	pieces = append(pieces, b.String())
	if len(pieces) == 1 {
		return fold + parameter + "*=utf-8''" + pieces[0]
	}
	var out strings.Builder
	for i, piece := range pieces {
		charset, end := "", ";"
		if i == 0 {
			charset = "utf-8''"
		}
		if i == len(pieces)-1 {
			end = ""
		}
		fmt.Fprintf(&out, "%s%s*%d*=%s%s%s", fold, parameter, i, charset, piece, end)
	}
	return out.String()
}

func isAttributeChar(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!#$&+-.^_`{|}~", c) >= 0
}
