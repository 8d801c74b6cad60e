package api_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"net/url"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A file that nobody could read is refused when a draft takes it, in the
// reader's language, and nothing of the draft is kept.
func TestBadInput_FilesThatNobodyCouldRead(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	good := aPDF(t)
	encrypted, err := os.ReadFile("../provider/text/testdata/encrypted-256.pdf")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file    string
		content []byte
		status  int
		code    string
	}{
		"empty":                        {"a.pdf", nil, 422, "file_empty"},
		"a text that claims more":      {"a.pdf", []byte("xin chào"), 415, "file_type"},
		"a page that claims more":      {"a.pdf", []byte("<!doctype html><script>alert(1)</script>"), 415, "file_type"},
		"a program":                    {"a.pdf", []byte("MZ\x90\x00\x03"), 415, "file_type"},
		"a PDF that claims to be Word": {"a.docx", good, 415, "file_type"},
		"a picture":                    {"a.png", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), 422, "invalid_request"},
		"only a header":                {"a.pdf", []byte("%PDF-1.7\n"), 415, "file_damaged"},
		"encrypted":                    {"a.pdf", encrypted, 415, "file_encrypted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, officer := c, i.as(t, o.Officer.AccountID)
			file := officer.upload(c.file, c.content)
			vi := officer.post("/api/documents", aDraft(file.ID)).refused(t, c.status, c.code)
			en := officer.post("/api/documents", aDraft(file.ID), header{"Accept-Language", "en"}).refused(t, c.status, c.code)
			if vi.Title == "" || en.Title == "" || vi.Title == en.Title {
				t.Errorf("%q in one language, %q in the other", vi.Title, en.Title)
			}
		})
	}
	t.Cleanup(func() {
		if i.count(t, "document") != 0 {
			t.Error("a draft was kept without its file")
		}
	})
}

// One byte too many, however it comes: nothing is kept of it.
func TestBadInput_FilesOverTheLimit(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	const limit = 8 << 20
	c := i.as(t, o.Officer.AccountID)
	c.call("POST", "/api/files?name=a.pdf", bytes.NewReader(make([]byte, limit+1))).refused(t, 413, "too_large")
	unannounced := struct{ io.Reader }{bytes.NewReader(make([]byte, limit+1))}
	c.call("POST", "/api/files?name=a.pdf", unannounced).refused(t, 413, "too_large")
	c.call("POST", "/api/uploads", nil, tus, header{"Upload-Length", fmt.Sprint(limit + 1)}).refused(t, 413, "too_large")
	path := c.beginUpload("a.pdf", 10)
	if a := c.continueUpload(path, 0, make([]byte, 11)); a.Status < 400 || a.Status >= 500 {
		t.Errorf("more than was announced is answered by %d: %s", a.Status, a.Body)
	}
	c.post("/api/documents", object{"kind": anyKind, "note": strings.Repeat("x", 5<<20)}).refused(t, 413, "too_large")
	if n := i.count(t, "blob"); n != 0 {
		t.Errorf("%d files were kept", n)
	}
	if n := i.count(t, "upload where sha256 is not null"); n != 0 {
		t.Errorf("%d uploads were taken for whole", n)
	}
	c.call("POST", "/api/files?name=a.pdf", bytes.NewReader(make([]byte, limit))).need(t, 201)
}

// cunning are names of files, and what is kept of them.
var cunning = map[string]string{
	"<img src=x onerror=alert(1)>.pdf":     "_img src=x onerror=alert(1)_.pdf",
	"../../../etc/passwd.pdf":              "passwd.pdf",
	`..\..\boot.pdf`:                       "boot.pdf",
	strings.Repeat("ạ", 300) + ".pdf":      strings.Repeat("ạ", 196) + ".pdf",
	norm.NFD.String("Chỉ thị số 05.pdf"):   "Chỉ thị số 05.pdf",
	"báo cáo \u202efdp.exe\u202c.pdf":      "báo cáo fdp.exe.pdf",
	"\u200f\u2067công văn\u2069.pdf":       "công văn.pdf",
	"a\r\nContent-Type: text/html\r\n.pdf": "html  .pdf", // all up to the last slash is a path
	"con.pdf":                              "_con.pdf",
	"  .. hai lần..pdf":                    "hai lần..pdf",
}

// Names reach the screen, the disk of whoever downloads, and a header: what
// they hold stays text on all three.
func TestBadInput_NamesOfFiles(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	c := i.as(t, o.Officer.AccountID)
	content := aPDF(t)
	for name, want := range cunning {
		whole := c.upload(name, content)
		path := c.beginUpload(name, len(content))
		c.continueUpload(path, 0, content).need(t, 204)
		var resumed stored
		c.get(path).need(t, 200).into(t, &resumed)
		if whole.Name != want || resumed.Name != want {
			t.Errorf("%q is kept as %q, and as %q when it came in pieces; want %q", name, whole.Name, resumed.Name, want)
		}
		var d struct {
			ID    string
			Files []struct{ Name, SHA256 string }
		}
		c.post("/api/documents", aDraft(resumed.ID)).need(t, 201).into(t, &d)
		if len(d.Files) != 1 || d.Files[0].Name != want || !utf8.ValidString(d.Files[0].Name) {
			t.Errorf("%q stands in the document as %+v", name, d.Files)
			continue
		}
		sent := c.get("/api/documents/"+d.ID+"/files/"+d.Files[0].SHA256).need(t, 200)
		_, params, err := mime.ParseMediaType(sent.Header.Get("Content-Disposition"))
		if err != nil || params["filename"] != want {
			t.Errorf("%q is sent as %q: %v", name, sent.Header.Get("Content-Disposition"), err)
		}
	}
	for _, nameless := range []string{"..", "///", " . ", "\u202e"} {
		c.call("POST", "/api/files?name="+url.QueryEscape(nameless), bytes.NewReader(content)).refused(t, 422, "invalid_request")
		meta := header{"Upload-Metadata", "filename " + base64.StdEncoding.EncodeToString([]byte(nameless))}
		c.call("POST", "/api/uploads", nil, tus, header{"Upload-Length", "10"}, meta).refused(t, 422, "invalid_request")
	}
	for _, broken := range []string{"a%00b.pdf", "%ff%fe.pdf", strings.Repeat("a", 1001)} {
		c.call("POST", "/api/files?name="+broken, bytes.NewReader(content)).refused(t, 422, "invalid_request")
	}
}

// What a resumable upload says of itself is a stranger's text, too.
func TestBadInput_WordsOfAnUpload(t *testing.T) {
	t.Parallel()
	i := install(t)
	o := i.Office(t, "H59.01", "Xã Long Đức")
	c := i.as(t, o.Officer.AccountID)
	for _, text := range []string{"a\x00b", "\xff\xfe", strings.Repeat("x", 3000), "<script>", norm.NFD.String("kiểu")} {
		encoded := base64.StdEncoding.EncodeToString([]byte(text))
		a := c.call("POST", "/api/uploads", nil, tus, header{"Upload-Length", "10"}, header{"Upload-Metadata", "filename YS5wZGY=,filetype " + encoded})
		if a.Status != 201 && a.Status != 422 {
			t.Errorf("the type %.20q is answered by %d: %s", text, a.Status, a.Body)
		}
	}
	for _, broken := range []string{"filename", "filename not-base64!", "=,=", strings.Repeat("x", 60_000)} {
		if a := c.call("POST", "/api/uploads", nil, tus, header{"Upload-Length", "10"}, header{"Upload-Metadata", broken}); a.Status < 400 || a.Status >= 500 {
			t.Errorf("%.20q is answered by %d: %s", broken, a.Status, a.Body)
		}
	}
}
