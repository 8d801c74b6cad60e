package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

type content struct{ *bytes.Reader }

func (content) Close() error { return nil }

func send(t testing.TB, file download, attach bool, headers map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/x", nil)
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	if err := (fileResponse{file: file, attach: attach, request: r}).send(w); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestFiles_OtherBytesAreNotSent(t *testing.T) {
	t.Parallel()
	sum := strings.Repeat("ab", 32)
	for header, want := range map[string]bool{"": true, "*": true, `"` + sum + `"`: true, `"x", "` + sum + `"`: true, `"1"`: false, `W/"` + sum + `"`: false, sum: false} {
		if fits(header, sum) != want {
			t.Errorf("If-Match: %s fits: %v", header, !want)
		}
	}
}

func TestFiles_RangesAndConditions(t *testing.T) {
	t.Parallel()
	file := download{Name: "công văn.pdf", MediaType: "application/pdf", SHA256: strings.Repeat("ab", 32), Content: content{bytes.NewReader([]byte("0123456789"))}}
	whole := send(t, file, false, nil)
	if whole.Code != 200 || whole.Body.String() != "0123456789" || whole.Header().Get("ETag") != `"`+file.SHA256+`"` || whole.Header().Get("Accept-Ranges") != "bytes" {
		t.Errorf("%d %v %q", whole.Code, whole.Header(), whole.Body)
	}
	for _, c := range []struct {
		headers map[string]string
		status  int
		body    string
	}{
		{map[string]string{"Range": "bytes=2-4"}, 206, "234"},
		{map[string]string{"Range": "bytes=-3"}, 206, "789"},
		{map[string]string{"Range": "bytes=7-"}, 206, "789"},
		{map[string]string{"Range": "bytes=2-4", "If-Range": `"` + file.SHA256 + `"`}, 206, "234"},
		{map[string]string{"Range": "bytes=2-4", "If-Range": `"other"`}, 200, "0123456789"},
		{map[string]string{"If-None-Match": `"` + file.SHA256 + `"`}, 304, ""},
	} {
		if w := send(t, file, false, c.headers); w.Code != c.status || w.Body.String() != c.body {
			t.Errorf("%v: %d %q", c.headers, w.Code, w.Body)
		}
	}
	if w := send(t, file, false, map[string]string{"Range": "bytes=0-0" + strings.Repeat(",2-2", 1000)}); w.Code != 200 || w.Body.String() != "0123456789" {
		t.Errorf("a thousand pieces: %d %q", w.Code, w.Body)
	}
	if w := send(t, file, false, map[string]string{"Range": "bytes=20-"}); w.Code != 416 || w.Header().Get("Content-Range") != "bytes */10" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestFiles_NothingRunsInOurName(t *testing.T) {
	t.Parallel()
	for mediaType, want := range map[string]struct {
		as     string
		inline bool
	}{
		"application/pdf":               {"application/pdf", true},
		"image/png":                     {"image/png", true},
		"image/jpeg; charset=binary":    {"image/jpeg", true},
		"text/html; charset=utf-8":      {"application/octet-stream", false},
		"application/xhtml+xml":         {"application/octet-stream", false},
		"image/svg+xml":                 {"application/octet-stream", false},
		"text/xml":                      {"application/octet-stream", false},
		"text/plain; charset=utf-8":     {"application/octet-stream", false},
		"text/javascript":               {"application/octet-stream", false},
		"multipart/related; boundary=x": {"application/octet-stream", false},
		"message/rfc822":                {"message/rfc822", false},
		"":                              {"application/octet-stream", false},
		"nonsense":                      {"application/octet-stream", false},
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", false},
	} {
		file := download{Name: "x", MediaType: mediaType, SHA256: "00", Content: content{bytes.NewReader([]byte("<script>"))}}
		h := send(t, file, false, nil).Header()
		disposition, _, err := mime.ParseMediaType(h.Get("Content-Disposition"))
		if err != nil || h.Get("Content-Type") != want.as || (disposition == "inline") != want.inline {
			t.Errorf("%q is sent as %q, %q", mediaType, h.Get("Content-Type"), h.Get("Content-Disposition"))
		}
		if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("%q: %s", mediaType, csp)
		}
		if d, _, _ := mime.ParseMediaType(send(t, file, true, nil).Header().Get("Content-Disposition")); d != "attachment" {
			t.Errorf("%q: a download is %q", mediaType, d)
		}
	}
}

func TestFiles_NamesForEveryBrowser(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Chỉ thị số 05.pdf": `attachment; filename="Chi thi so 05.pdf"; filename*=UTF-8''Ch%E1%BB%89%20th%E1%BB%8B%20s%E1%BB%91%2005.pdf`,
		"Đề án.docx":        `attachment; filename="De an.docx"; filename*=UTF-8''%C4%90%E1%BB%81%20%C3%A1n.docx`,
		"a\"b\\c\r\nd;e":    `attachment; filename="a_b_c__d_e"; filename*=UTF-8''a%22b%5Cc%0D%0Ad%3Be`,
		"../../etc/passwd":  `attachment; filename=".._.._etc_passwd"; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd`,
		"50% 案.pdf":         `attachment; filename="50_ _.pdf"; filename*=UTF-8''50%25%20%E6%A1%88.pdf`,
	} {
		if got := disposition(name, false); got != want {
			t.Errorf("%q: %s\nwant %s", name, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		header := disposition(name, rapid.Bool().Draw(t, "inline"))
		for _, r := range header {
			if r < ' ' || r > '~' {
				t.Fatalf("%q holds %q", header, r)
			}
		}
		_, params, err := mime.ParseMediaType(header)
		if err != nil {
			t.Fatalf("%q: %v", header, err)
		}
		if valid := strings.ToValidUTF8(name, ""); valid == name && params["filename"] != name {
			t.Fatalf("%q is read as %q", name, params["filename"])
		}
	})
}

type broken struct{ *bytes.Reader }

func (broken) Close() error { return nil }

func (broken) Read([]byte) (int, error) { return 0, errors.New("the store is gone") }

func TestFiles_BrokenOnesAreNotTakenForWhole(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file := download{Name: "x.pdf", MediaType: "application/pdf", SHA256: "00", Content: broken{bytes.NewReader(make([]byte, 1<<20))}}
		if err := (fileResponse{file: file, request: r}).send(w); err == nil {
			t.Error("nobody is told")
		}
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	resp, err := http.Get(server.URL)
	if err != nil {
		return // broken before the header
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the client takes nothing for the whole file")
	}
}
