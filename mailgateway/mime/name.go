package mime

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxNameRunes = 150
	maxNameBytes = 240 // file systems take 255 bytes
	maxOriginal  = 4096
)

// devices are names that Windows opens as something else than a file.
var devices = map[string]bool{
	"con": true, "prn": true, "aux": true, "nul": true, "clock$": true, "conin$": true, "conout$": true,
	"com1": true, "com2": true, "com3": true, "com4": true, "com5": true, "com6": true, "com7": true, "com8": true, "com9": true,
	"lpt1": true, "lpt2": true, "lpt3": true, "lpt4": true, "lpt5": true, "lpt6": true, "lpt7": true, "lpt8": true, "lpt9": true,
}

// SafeName derives a name that can be shown, and used as a file name on any
// system, from one that a stranger chose. The number of a document keeps its
// slash as a dash (15/QĐ-UBND.pdf → 15-QĐ-UBND.pdf); of a Windows path only the
// last element stays. Nothing usable gives an empty name.
func SafeName(original string) string {
	name := original
	if drive, _, ok := strings.Cut(name, `\`); ok && (strings.HasSuffix(drive, ":") || drive == "") {
		name = name[strings.LastIndexByte(name, '\\')+1:]
	}
	var elements []string
	for _, e := range strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == '\\' }) {
		if e = strings.TrimSpace(plain(e)); strings.Trim(e, ".") != "" {
			elements = append(elements, e)
		}
	}
	name = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if strings.ContainsRune(`<>:"|?*`, r) || !unicode.IsPrint(r) && r != utf8.RuneError {
			return '_'
		}
		return r
	}, strings.Join(elements, "-"))
	name = strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
	if stem, _, _ := strings.Cut(name, "."); devices[strings.ToLower(strings.TrimSpace(stem))] {
		name = "_" + name
	}
	return shorten(name)
}

// shorten keeps the extension: it is what people and programs go by.
func shorten(name string) string {
	if utf8.RuneCountInString(name) <= maxNameRunes && len(name) <= maxNameBytes {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > 20 {
		ext = ""
	}
	runes := []rune(strings.TrimSuffix(name, ext))
	if keep := maxNameRunes - utf8.RuneCountInString(ext) - 1; len(runes) > keep {
		runes = runes[:keep]
	}
	stem := cutRunes(string(runes), maxNameBytes-len(ext)-len("…"))
	return strings.TrimRight(stem, ". ") + "…" + ext
}

// setName takes the name that a part was sent with.
func (w *walker) setName(p *Part, disposition, contentType params) {
	for _, from := range []params{disposition, contentType} {
		for _, key := range []string{"filename", "name"} {
			if p.OriginalName == "" {
				p.OriginalName = from.list[key]
			}
		}
		for _, code := range from.defects {
			w.warn(code, p.Path, "in a file name")
		}
	}
	p.OriginalName = cutRunes(p.OriginalName, maxOriginal)
	p.Name = SafeName(p.OriginalName)
	w.suspectFont(p.OriginalName, p.Path)
	if p.OriginalName != "" && unsafeName(p.OriginalName) {
		w.warn(NameUnsafe, p.Path, "")
	}
}

// unsafeName tells whether a name was made to mislead, or can.
func unsafeName(original string) bool {
	return SafeName(original) == "" || strings.Contains(original, "..") && strings.ContainsAny(original, `/\`) ||
		strings.ContainsFunc(original, func(r rune) bool {
			return unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
		}) || strings.ContainsAny(original, `<>`) || strings.HasPrefix(original, "/") || utf8.RuneCountInString(original) > maxNameRunes ||
		devices[strings.ToLower(strings.SplitN(original, ".", 2)[0])]
}
