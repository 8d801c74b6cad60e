package mime

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/unicode/norm"
)

// aliases are names that mail programs use and no registry knows.
var aliases = map[string]string{
	"utf8": "utf-8", "utf-8n": "utf-8", "unicode-1-1-utf-8": "utf-8", "x-utf-8": "utf-8", "utf_8": "utf-8", "cp65001": "utf-8",
	"cp-850": "ibm850", "iso8859-1": "iso-8859-1", "iso-8859-8-i": "iso-8859-8",
	"ansi_x3.110-1983": "iso-8859-1", "cp932": "shift_jis", "ks_c_5601-1987": "euc-kr", "cp936": "gbk", "x-gbk": "gbk",
	"cp949": "euc-kr", "ms949": "euc-kr", "cp950": "big5", "ms950": "big5",
}

// windowsPage are the many names of one code page: cp1258, win-1258, ansi_1258.
var windowsPage = regexp.MustCompile(`^(?:x-)?(?:cp|win|windows|ansi|ms|ibm)[-_]?(125[0-8]|874)$`)

// wide are the forms of Unicode that no index of the library holds.
var wide = map[string]encoding.Encoding{
	"utf-32": utf32.UTF32(utf32.BigEndian, utf32.UseBOM), "utf-32be": utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM),
	"utf-32le": utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM),
}

// charsetOf finds a charset by the name that a mail gives it. Names of the web
// come first: there iso-8859-1 means windows-1252, as it does in mail.
func charsetOf(name string) (encoding.Encoding, bool) {
	name = strings.ToLower(strings.Trim(strings.TrimSpace(name), `"'`))
	if a, ok := aliases[name]; ok {
		name = a
	}
	name = windowsPage.ReplaceAllString(name, "windows-$1")
	if e, ok := wide[name]; ok {
		return e, true
	}
	if e, err := htmlindex.Get(name); err == nil {
		return e, true
	}
	for _, index := range []*ianaindex.Index{ianaindex.MIME, ianaindex.IANA} {
		if e, err := index.Encoding(name); err == nil && e != nil {
			return e, true
		}
	}
	return nil, false
}

func isUTF8(name string) bool {
	switch strings.ToLower(name) {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "ansi_x3.4-1968", "7bit", "8bit":
		return true
	}
	return false
}

// decoded is text and what had to be done to it.
type decoded struct {
	text    string
	unknown bool // the charset has no decoder here
	guessed bool // nothing was said and it is not UTF-8
	damaged bool // not what was said
}

// decodeText turns bytes of a charset into UTF-8. It never fails: what cannot
// be decoded comes through as far as it can be read.
func decodeText(b []byte, name string) decoded {
	if isUTF8(name) {
		b = bytes.TrimPrefix(b, []byte("\uFEFF"))
		if utf8.Valid(b) {
			return decoded{text: string(b)}
		}
		if strings.HasPrefix(strings.ToLower(name), "utf") {
			return decoded{text: strings.ToValidUTF8(string(b), "\uFFFD"), damaged: true}
		}
		return decoded{text: guess8bit(string(b)), guessed: true}
	}
	e, ok := charsetOf(name)
	if !ok {
		return decoded{text: strings.ToValidUTF8(string(b), "\uFFFD"), unknown: true}
	}
	out, err := e.NewDecoder().Bytes(b)
	text := strings.TrimPrefix(string(out), "\uFEFF")
	if err != nil || !utf8.ValidString(text) {
		return decoded{text: strings.ToValidUTF8(text, "\uFFFD"), damaged: true}
	}
	return decoded{text: text, damaged: strings.ContainsRune(text, utf8.RuneError)}
}

// guess8bit reads bytes that do not say what they are: UTF-8 if they can be,
// else windows-1258, the code page of the machines that still do this here.
func guess8bit(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	out, err := charmap.Windows1258.NewDecoder().String(s)
	if err != nil {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return out
}

// plain takes out what has no place in one line of text (controls, direction
// marks and other invisible characters) and composes the rest.
func plain(s string) string {
	ascii := true
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			ascii = false
			break
		}
	}
	if ascii {
		return s
	}
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")))
}

// body takes out what no database and no screen can hold, and composes the rest.
func body(s string) (text string, changed bool) {
	out := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(out), len(out) != len(s)
}

// cutRunes shortens to at most n bytes, never inside a character.
func cutRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
