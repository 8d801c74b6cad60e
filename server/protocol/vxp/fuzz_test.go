package vxp

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"congvan/server/domain/exchange"
	"congvan/server/domain/fault"
)

// FuzzRead holds what must be true of any request at all: it is refused in
// words, or it was signed as it stands.
func FuzzRead(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(fixture(f, "captures/"+v.Capture))
	}
	f.Add([]byte("GET /downloadEdoc HTTP/1.1\r\nHost: x\r\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil {
			return
		}
		a := newAxis(ServerOptions{Now: func() time.Time { return captured }, Limits: Limits{Package: 4 << 10}})
		w := httptest.NewRecorder()
		q, err := a.wire.Read(w, r)
		if err != nil {
			var known *fault.Error
			if !errors.As(err, &known) {
				t.Fatalf("no refusal: %v", err)
			}
			a.wire.Refuse(w, r, err)
			if w.Code < 400 {
				t.Fatalf("refused with %d", w.Code)
			}
			return
		}
		if !verify([]string{testSecret}, r.Header.Get(headerSigned), r.Header.Get(headerHash)) || q.caller().System != testSystem {
			t.Fatalf("taken unsigned: %+v", q)
		}
		for name := range r.Header {
			if strings.HasPrefix(name, "Xroadvnpt-") && !unsigned(name) && !strings.Contains(strings.ToLower(r.Header.Get(headerSigned)), strings.ToLower(name[len(prefix):])) {
				t.Fatalf("taken with an unsigned %s", name)
			}
		}
		if send, ok := q.(*Send); ok {
			held, err := io.ReadAll(send.Package)
			sum, size, whole := send.Package.Whole()
			if whole != (err == nil) || whole && (size != int64(len(held)) || !matchesFile(send.Stated, sum)) || size > 4<<10 {
				t.Fatalf("%d bytes, whole %t, %v", size, whole, err)
			}
		}
	})
}

// FuzzSigned reads any signed text, and what it writes of it says the same.
func FuzzSigned(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.StringToSign)
	}
	f.Add(`{"XroadVnpt-a":"\u0000\ud800<>&é\u2028"}`)
	f.Fuzz(func(t *testing.T, text string) {
		pairs, err := readSigned(text)
		if err != nil {
			return
		}
		again, err := readSigned(stringToSign(pairs))
		if err != nil || len(again) != len(pairs) {
			t.Fatalf("%q: %v", text, err)
		}
		for i := range pairs {
			if pairs[i] != again[i] {
				t.Fatalf("%q reads %q, then %q", text, pairs[i], again[i])
			}
		}
	})
}

// answers gives any answer to every call, without a network.
type answers struct {
	status int
	body   []byte
}

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
	return &http.Response{StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(a.body)), Request: r}, nil
}

// FuzzAnswer holds what must be true of any answer at all: it is a success that
// said so itself, or an error that leads somewhere.
func FuzzAnswer(f *testing.F) {
	for _, name := range []string{"getAgenciesList", "getAgenciesListQD20", "getSynchronizeUnit", "sendEdoc", "getReceivedEdocList", "getEdoc", "getSentEdocList", "countReceiveEdoc"} {
		f.Add(200, fixture(f, "responses/"+name+".json"))
	}
	f.Add(200, []byte(`{"data":"PGVkWE1MLz4=\r\n","x":[{"}":"]"}],"status":"OK","ErrorCode":0}`))
	f.Add(502, []byte("<html>"))
	f.Add(200, []byte(`{"status":"FAIL","ErrorCode":"18","ErrorDesc":"x","data":[]}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		c, err := NewClient(Settings{Endpoint: "https://truc.example.vn", System: testSystem, Secret: testSecret, List: 64 << 10, Package: 64 << 10})
		if err != nil {
			t.Fatal(err)
		}
		c.http.Transport = answers{status, body}
		for call, do := range calls(c) {
			err := do(t.Context())
			if err == nil || errors.Is(err, errEmpty) {
				said := bytes.Contains(body, []byte("0")) || call == CallDownload
				if !said || status >= 300 {
					t.Fatalf("%s takes HTTP %d %q for a success", call, status, body)
				}
				continue
			}
			var known *fault.Error
			if !errors.As(err, &known) || known.Text.VI == "" || known.Text.EN == "" {
				t.Fatalf("%s ends with %v", call, err)
			}
			if verdict := exchange.VerdictOn(err); verdict == "" {
				t.Fatalf("%v leads nowhere", err)
			}
		}
	})
}

// FuzzUnpack compares reading a package as a stream with reading it whole.
func FuzzUnpack(f *testing.F) {
	f.Add(fixture(f, "responses/getEdoc.json"))
	f.Add([]byte(`{"data":"PGVkWE1MLz4=\r\n","x":[{"}":"]"}],"status":"OK","ErrorCode":0}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := NewClient(Settings{Endpoint: "https://truc.example.vn", System: testSystem, Secret: testSecret})
		if err != nil {
			t.Fatal(err)
		}
		c.http.Transport = answers{200, body}
		var got []byte
		r, err := c.Get(t.Context(), "x")
		if err == nil {
			got, err = io.ReadAll(r)
			r.Close()
		}
		if err != nil {
			return
		}
		want, ok := unpackWhole(body)
		if !ok || !bytes.Equal(got, want) {
			t.Fatalf("%q gives %q, not %q (%t)", body, got, want, ok)
		}
	})
}

// unpackWhole reads the package by the standard library alone.
func unpackWhole(body []byte) ([]byte, bool) {
	var answer map[string]json.RawMessage
	if json.Unmarshal(body, &answer) != nil {
		return nil, false
	}
	var text string
	if json.Unmarshal(answer["data"], &text) != nil {
		return nil, false
	}
	held, err := base64.StdEncoding.DecodeString(strings.Map(func(r rune) rune {
		if r == '\t' {
			return -1
		}
		return r
	}, text))
	return held, err == nil
}
