package document_test

import (
	"path"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"congvan/server/domain/document"
)

// cunning are names that have been sent to somebody, and what is kept of them.
var cunning = map[string]string{
	"":                                     "",
	".":                                    "",
	"..":                                   "",
	"/":                                    "",
	"../":                                  "",
	"../../etc/passwd":                     "passwd",
	`..\..\windows\system32\x.dll`:         "x.dll",
	`C:\Users\Lan\Công văn số 5.pdf`:       "Công văn số 5.pdf",
	"a/b/../c.pdf/":                        "c.pdf",
	"a\x00/..\x00":                         "",
	"...":                                  "",
	" . .pdf":                              "pdf",
	".htaccess":                            "htaccess",
	"chi-thi.pdf ":                         "chi-thi.pdf",
	"chi-thi.pdf.":                         "chi-thi.pdf",
	"dong\r\nSet-Cookie: x.pdf":            "dong  Set-Cookie_ x.pdf",
	"anh\u202efdp.exe":                     "anhfdp.exe",
	"\u200b\ufeffgiay\u00a0moi\u200f.docx": "giay moi.docx",
	"<img src=x onerror=alert(1)>.pdf":     "_img src=x onerror=alert(1)_.pdf",
	"\xff\xfe\xfdkhong-phai-utf8.pdf":      "khong-phai-utf8.pdf",
	"\ufffe\U000e0041\ue000x.pdf":          "x.pdf",
	"CON":                                  "_CON",
	"con.pdf":                              "_con.pdf",
	"Nul .tar.gz":                          "_Nul .tar.gz",
	"com1.docx":                            "_com1.docx",
	"LPT².txt":                             "_LPT².txt",
	"CONIN$":                               "_CONIN$",
	"console.pdf":                          "console.pdf",
	"com10.pdf":                            "com10.pdf",
	"Quyết định.pdf":                       "Quyết định.pdf",
	"Đồng ý – 100%.docx":                   "Đồng ý – 100%.docx",
}

func TestCleanName_OfCunningNames(t *testing.T) {
	t.Parallel()
	for name, want := range cunning {
		if got := document.CleanName(name); got != want {
			t.Errorf("CleanName(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestCleanName_KeepsTheEndingOfALongName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		strings.Repeat("ự", 300) + ".docx":                  strings.Repeat("ự", 195) + ".docx",
		strings.Repeat("ự", 300):                            strings.Repeat("ự", 200),
		"a." + strings.Repeat("x", 300):                     "a." + strings.Repeat("x", 198),
		"CON" + strings.Repeat(" ", 300) + "x.pdf":          "_CON.pdf",
		"CON." + strings.Repeat("x", 300):                   "_CON." + strings.Repeat("x", 195),
		strings.Repeat("x", 199) + "." + "abcdefghijklmnop": strings.Repeat("x", 199),
	} {
		if got := document.CleanName(name); got != want {
			t.Errorf("CleanName(%q) = %q, want %q", name, got, want)
		}
	}
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

// mustBeClean is what is true of a clean name, wherever it came from.
func mustBeClean(t failer, original string) {
	t.Helper()
	name := document.CleanName(original)
	switch {
	case document.CleanName(name) != name:
		t.Fatalf("%q → %q → %q: cleaning twice differs", original, name, document.CleanName(name))
	case utf8.RuneCountInString(name) > 200:
		t.Fatalf("%q → %d characters", original, utf8.RuneCountInString(name))
	case !utf8.ValidString(name):
		t.Fatalf("%q → %q: not UTF-8", original, name)
	case name != "" && (path.Join("/in", name) != "/in/"+name || !filepath.IsLocal(name) || strings.ContainsAny(name, `/\:*?"<>|`)):
		t.Fatalf("%q → %q: a path", original, name)
	case name != strings.Trim(name, " ."):
		t.Fatalf("%q → %q: blanks or dots at an end", original, name)
	case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		t.Fatalf("%q → %q: what cannot be seen", original, name)
	}
}

func TestCleanName_WhateverIsSent(t *testing.T) {
	t.Parallel()
	pieces := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{"/", `\`, "..", ".", " ", "\u202e", "\u200f", "\u0301", "CON", "nul", "com1", ".pdf", "\x00", "\xff", strings.Repeat("ạ", 190)}),
		rapid.Map(rapid.StringOf(rapid.RuneFrom([]rune("ăâđêôơưạảãàáệộựẽ"))), norm.NFD.String),
	)
	rapid.Check(t, func(t *rapid.T) {
		mustBeClean(t, strings.Join(rapid.SliceOfN(pieces, 0, 6).Draw(t, "pieces"), ""))
	})
}

func FuzzCleanName(f *testing.F) {
	for name := range cunning {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) { mustBeClean(t, name) })
}

func TestCleanLine_KeepsWhatPeopleWrite(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"UBND các xã/phường":    "UBND các xã/phường",
		"  Như Điều 3 ":         "Như Điều 3",
		"Lưu: VT, \u202eNC\r\n": "Lưu: VT, NC",
		"\u200b":                "",
	} {
		if got := document.CleanLine(line); got != want {
			t.Errorf("CleanLine(%q) = %q, want %q", line, got, want)
		}
	}
}

func TestCheckFile_BytesMustBeWhatTheNameSays(t *testing.T) {
	t.Parallel()
	main := func(name, mediaType string) document.File {
		return document.File{Role: document.MainFile, Name: name, MediaType: mediaType, Size: 1}
	}
	annex := func(name, mediaType string) document.File {
		return document.File{Role: document.Annex, Name: name, MediaType: mediaType, Size: 1}
	}
	empty := main("a.pdf", document.TypePDF)
	empty.Size = 0
	for _, c := range []struct {
		file document.File
		want string
	}{
		{main("a.pdf", document.TypePDF), ""},
		{main("A.PDF", document.TypePDF), ""},
		{main("a.docx", document.TypeDOCX), ""},
		{annex("a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), ""},
		{annex("a.zip", "application/zip"), ""},
		{annex("a", "application/octet-stream"), ""},
		{empty, "files empty_file"},
		{document.File{Size: -1, Name: "a.pdf"}, "files empty_file"},
		{annex("..", "text/plain"), "files name"},
		{main("a.pdf", document.TypeDOCX), "files wrong_type"},
		{annex("a.pdf", "text/html"), "files wrong_type"},
		{annex("a.docx", "application/zip"), "files wrong_type"},
		{main("a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), "files main_type"},
		{main("a.exe", "application/vnd.microsoft.portable-executable"), "files main_type"},
		{main("a", document.TypePDF), "files main_type"},
	} {
		if err := document.CheckFile(c.file); codeOf(err) != c.want {
			t.Errorf("%s %s %s: %v, want %q", c.file.Role, c.file.Name, c.file.MediaType, err, c.want)
		}
	}
}

func TestHash_ReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var h document.Hash
		copy(h[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hash"))
		if back, err := document.ParseHash(h.String()); err != nil || back != h {
			t.Fatalf("%s read as %s, %v", h, back, err)
		}
	})
	for _, bad := range []string{"x", strings.Repeat("0", 63), strings.Repeat("g", 64), strings.Repeat("0", 66)} {
		if h, err := document.ParseHash(bad); codeOf(err) != "sha256 invalid_hash" || !h.IsZero() {
			t.Errorf("ParseHash(%q) = %v, %v", bad, h, err)
		}
	}
}
