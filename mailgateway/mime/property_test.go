package mime

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func readAll(p Part, body io.Reader) error {
	_, err := io.Copy(io.Discard, body)
	return err
}

// checkMessage holds what must be true of any input at all.
func checkMessage(t interface {
	Errorf(string, ...any)
	FailNow()
}, raw []byte, limits Limits) {
	if limits.ArchiveBytes == 0 {
		limits.ArchiveBytes = 4 << 20
	}
	limits = limits.filled()
	sums := map[string][sha256.Size]byte{}
	var given int64
	biggest := int64(0)
	m, err := Split(bytes.NewReader(raw), limits, func(p Part, body io.Reader) error {
		sum := sha256.New()
		n, err := io.Copy(sum, body)
		given += n
		biggest = max(biggest, n)
		sums[p.Path] = [sha256.Size]byte(sum.Sum(nil))
		if errors.Is(err, ErrPartTooLarge) {
			return nil
		}
		return err
	})
	if err != nil && !errors.Is(err, ErrNotMessage) && !errors.Is(err, ErrTooLarge) {
		assert.Fail(t, "an error of no known kind", "%v", err)
	}
	assert.LessOrEqual(t, len(m.Parts), limits.Parts)
	assert.LessOrEqual(t, biggest, limits.PartBytes)
	// Each container may come whole besides its own parts.
	assert.LessOrEqual(t, given, int64(limits.Depth+2)*(int64(len(raw))+limits.ArchiveBytes), "parts hold no more than the mail and what archives may become")
	assert.LessOrEqual(t, m.Size, int64(len(raw)))
	assert.LessOrEqual(t, len(m.Warnings), maxWarnings)
	assert.LessOrEqual(t, len(m.Body.Text), 5*limits.TextBytes+10)
	for _, s := range []string{m.Body.Text, m.Body.HTML, m.Headers.Subject, m.Headers.MessageID} {
		assert.True(t, utf8.ValidString(s) && !strings.Contains(s, "\x00"))
	}
	for _, a := range append(append(m.Headers.From, m.Headers.To...), m.Headers.Cc...) {
		assert.False(t, strings.ContainsAny(a.Name+a.Address, "\r\n\x00"))
	}
	for _, p := range m.Parts {
		assert.True(t, utf8.ValidString(p.OriginalName))
		assert.False(t, strings.ContainsAny(p.DeclaredType+p.DetectedType+p.ContentID, "\r\n\x00"))
		checkName(t, p.Name)
		if sum, ok := sums[p.Path]; ok && err == nil && !p.Oversize {
			assert.Equal(t, sum, p.SHA256, "the hash of %s", p.Path)
		}
	}
	for _, g := range m.Signatures {
		assert.False(t, strings.ContainsAny(g.Name+g.Email+g.Issuer, "\r\n\x00"))
	}
}

func checkName(t assert.TestingT, name string) {
	assert.False(t, strings.ContainsAny(name, "/\\\x00\r\n<>:\"|?*"), "%q", name)
	assert.LessOrEqual(t, len(name), maxNameBytes)
	assert.True(t, utf8.ValidString(name) && norm.NFC.IsNormalString(name), "%q", name)
	assert.Equal(t, strings.Trim(name, ". "), name)
}

func FuzzSplit(f *testing.F) {
	for _, text := range corpus() {
		if len(text) < 20000 {
			f.Add([]byte(text))
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		checkMessage(t, raw, Limits{})
		checkMessage(t, raw, Limits{Depth: 2, Messages: 1, Parts: 5, HeaderBytes: 200, TextBytes: 50, PartBytes: 100, TotalBytes: 2000})
	})
}

// FuzzContainers gives any bytes to the readers of containers.
func FuzzContainers(f *testing.F) {
	nested := winmail{subject: "s", text: "t", files: []winmailPart{{name: "b.pdf", data: pdf("b")}}}
	f.Add(winmail{subject: "x", html: []byte("<p>x"), rtf: storedRTF("{\\rtf1}"), from: [2]string{"A", "a@b"}, to: [][2]string{{"C", "c@d"}},
		files: []winmailPart{{name: "a.pdf", data: pdf("a"), cid: "x"}, {name: "m", message: &nested}}}.bytes())
	f.Add(zipped([2]string{"a/b.pdf", string(pdf("b"))}, [2]string{"c.zip", string(zipped([2]string{"d", "e"}))}))
	f.Add(locked("a", "b"))
	f.Add(aSigner().sign([]byte(crlfed(textPart("x"))), false))
	f.Add(aSigner().signStreamed([]byte(crlfed(textPart(strings.Repeat("x", 3000))))))
	f.Add(aSigner().sign([]byte("x"), true))
	f.Add(enveloped([]byte("x")))
	f.Fuzz(func(t *testing.T, raw []byte) {
		body := base64.StdEncoding.EncodeToString(raw)
		for _, text := range []string{
			"From: a@b.test\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body,
			"From: a@b.test\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n" +
				"Content-Transfer-Encoding: base64\r\n\r\n" + body + "\r\n--b--\r\n",
		} {
			checkMessage(t, []byte(text), Limits{})
			checkMessage(t, []byte(text), Limits{Depth: 3, Messages: 1, Archives: 1, Parts: 5, TextBytes: 50, PartBytes: 300, ArchiveBytes: 500, HeldBytes: 2000})
		}
	})
}

// TestK5_AnyDamageIsSurvived cuts, joins and flips messages of the corpus.
func TestK5_AnyDamageIsSurvived(t *testing.T) {
	t.Parallel()
	var all []string
	for _, text := range corpus() {
		if len(text) < 20000 {
			all = append(all, text)
		}
	}
	for name, make := range shapeCases() {
		if text := make(shapes()[len(name)%len(shapes())]).text; len(text) < 20000 {
			all = append(all, text)
		}
	}
	slices.Sort(all)
	rapid.Check(t, func(t *rapid.T) {
		raw := []byte(rapid.SampledFrom(all).Draw(t, "message"))
		for range rapid.IntRange(1, 8).Draw(t, "damages") {
			at := rapid.IntRange(0, max(len(raw)-1, 0)).Draw(t, "at")
			switch rapid.IntRange(0, 3).Draw(t, "sort") {
			case 0:
				raw = raw[:at]
			case 1:
				raw = append(append(bytes.Clone(raw[:at]), rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "bytes")...), raw[at:]...)
			case 2:
				other := rapid.SampledFrom(all).Draw(t, "other")
				raw = append(raw[:at:at], other[rapid.IntRange(0, len(other)).Draw(t, "from"):]...)
			case 3:
				end := min(len(raw), at+rapid.IntRange(0, 200).Draw(t, "length"))
				raw = append(raw[:at:at], raw[end:]...)
			}
			if len(raw) == 0 {
				break
			}
		}
		checkMessage(t, raw, Limits{Depth: 4, Parts: 20, PartBytes: 150, TextBytes: 100})
	})
}

// TestK7_WhatGoesInComesOut builds mails of any shape and finds every file again, byte for byte.
func TestK7_WhatGoesInComesOut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var want [][]byte
		text := "From: a@example.test\r\nSubject: x\r\n" + drawEntity(t, &want, 0)
		var got [][]byte
		m, err := Split(iotest.HalfReader(strings.NewReader(text)), Limits{}, func(p Part, body io.Reader) error {
			b, err := io.ReadAll(body)
			got = append(got, b)
			return err
		})
		require.NoError(t, err)
		require.Empty(t, m.Warnings)
		require.Equal(t, len(want), len(got))
		for i := range want {
			require.True(t, bytes.Equal(want[i], got[i]))
		}
		for _, p := range m.Parts {
			if p.Nested == nil {
				require.Equal(t, sha256.Sum256(got[0]), p.SHA256)
				got = got[1:]
			}
		}
	})
}

func drawEntity(t *rapid.T, want *[][]byte, depth int) string {
	kind := rapid.IntRange(0, 3).Draw(t, "kind")
	if depth >= 4 {
		kind = min(kind, 1)
	}
	switch kind {
	case 2:
		boundary := fmt.Sprintf("=_%d_%x", depth, rapid.Uint32().Draw(t, "boundary"))
		out := "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\npreamble\r\n"
		for range rapid.IntRange(1, 4).Draw(t, "children") {
			out += "--" + boundary + "\r\n" + drawEntity(t, want, depth+1) + "\r\n"
		}
		return out + "--" + boundary + "--\r\nepilogue"
	case 3:
		return "Content-Type: message/rfc822\r\n\r\nFrom: b@example.test\r\n" + drawEntity(t, want, depth+1)
	}
	data := rapid.SliceOfN(rapid.Byte(), 0, 5000).Draw(t, "data")
	*want = append(*want, data)
	if kind == 1 {
		width := rapid.IntRange(1, 4000).Draw(t, "width")
		return "Content-Type: application/octet-stream; name=x\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
			strings.ReplaceAll(b64At(data, width), "\n", "\r\n")
	}
	var qp strings.Builder
	for i, c := range data {
		fmt.Fprintf(&qp, "=%02X", c)
		if i%20 == 19 {
			qp.WriteString("=\r\n")
		}
	}
	return "Content-Type: application/octet-stream; name=x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + qp.String()
}

func TestSafeNameProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := SafeName(rapid.String().Draw(t, "name"))
		checkName(t, name)
		require.Equal(t, name, SafeName(name), "a safe name stays as it is")
	})
}

// endless is a mail with one attachment of any size that is never in memory.
type endless struct {
	head, line, tail string
	lines            int
	at               int
	buf              []byte
}

func (e *endless) Read(b []byte) (int, error) {
	for len(e.buf) == 0 {
		switch {
		case e.at == 0:
			e.buf = []byte(e.head)
		case e.at <= e.lines:
			e.buf = []byte(e.line)
		case e.at == e.lines+1:
			e.buf = []byte(e.tail)
		default:
			return 0, io.EOF
		}
		e.at++
	}
	n := copy(b, e.buf)
	e.buf = e.buf[n:]
	return n, nil
}

// TestK10_HalfAGigabyteIsNeverInMemory streams 500 MB and looks at the heap.
func TestK10_HalfAGigabyteIsNeverInMemory(t *testing.T) {
	line := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("0123456789ab"), 4)) + "\r\n"
	line = strings.Repeat(line, 100)
	r := &endless{
		head: crlfed(head("big", "lon") + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n"),
		line: line, lines: 500 << 20 / (48 * 100), tail: "--b--\r\n",
	}
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var peak uint64
	m, err := Split(r, Limits{}, func(p Part, body io.Reader) error {
		buf := make([]byte, 1<<20)
		for i := 0; ; i++ {
			_, err := io.ReadFull(body, buf)
			if i%100 == 0 {
				runtime.ReadMemStats(&now)
				peak = max(peak, now.HeapAlloc)
			}
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				return nil
			}
			if err != nil {
				return err
			}
		}
	})
	require.NoError(t, err)
	require.Len(t, m.Parts, 1)
	assert.Equal(t, int64(500<<20/(48*100))*48*100, m.Parts[0].Size)
	assert.Less(t, int64(peak)-int64(before.HeapAlloc), int64(16<<20))
}

func TestK10_LimitsHold(t *testing.T) {
	t.Parallel()
	big := crlfed(head("l", "x") + multi("mixed", "b", textPart("x\n"), attached("lon.pdf", bytes.Repeat([]byte("%PDF-1.4 "), 1000)), attached("nho.pdf", pdf("n"))))
	t.Run("a part over the limit is not handed on as whole, the others come", func(t *testing.T) {
		t.Parallel()
		var whole []string
		m, err := Split(strings.NewReader(big), Limits{PartBytes: 1000}, func(p Part, body io.Reader) error {
			n, err := io.Copy(io.Discard, body)
			if errors.Is(err, ErrPartTooLarge) {
				assert.Equal(t, int64(1000), n)
				return nil
			}
			whole = append(whole, p.Name)
			return err
		})
		require.NoError(t, err)
		assert.Equal(t, []string{"nho.pdf"}, whole)
		require.Len(t, m.Parts, 2)
		assert.True(t, m.Parts[0].Oversize)
		assert.Equal(t, int64(9000), m.Parts[0].Size)
		assert.Equal(t, PartTooLarge, m.Warnings[0].Code)
		assert.True(t, m.Warnings[0].Loses())
	})
	t.Run("not one byte more than the limit is handed on", func(t *testing.T) {
		t.Parallel()
		_, err := Split(strings.NewReader(big), Limits{PartBytes: 8999}, func(p Part, body io.Reader) error {
			if p.Name == "lon.pdf" {
				n, err := io.Copy(io.Discard, body)
				assert.Equal(t, int64(8999), n)
				assert.ErrorIs(t, err, ErrPartTooLarge)
			}
			return nil
		})
		require.NoError(t, err)
	})
	t.Run("a part of exactly the limit is whole", func(t *testing.T) {
		t.Parallel()
		m, err := Split(strings.NewReader(big), Limits{PartBytes: 9000}, readAll)
		require.NoError(t, err)
		assert.Empty(t, m.Warnings)
	})
	t.Run("a message over the limit is refused, also to the sink", func(t *testing.T) {
		t.Parallel()
		sawError := false
		_, err := Split(strings.NewReader(big), Limits{TotalBytes: 6000}, func(p Part, body io.Reader) error {
			err := readAll(p, body)
			sawError = errors.Is(err, ErrTooLarge)
			return err
		})
		assert.ErrorIs(t, err, ErrTooLarge)
		assert.True(t, sawError)
		_, err = Split(strings.NewReader(big), Limits{TotalBytes: int64(len(big))}, readAll)
		assert.NoError(t, err)
	})
	t.Run("parts", func(t *testing.T) {
		t.Parallel()
		m, err := Split(strings.NewReader(corpus()["any-seventy-attachments"]), Limits{Parts: 30}, readAll)
		require.NoError(t, err)
		assert.Len(t, m.Parts, 29) // the text is one of thirty
		assert.Equal(t, TooManyParts, m.Warnings[0].Code)
	})
	t.Run("depth", func(t *testing.T) {
		t.Parallel()
		text := textPart("đáy\n")
		for i := range 1000 {
			text = multi("mixed", fmt.Sprintf("n%d-", i), text)
		}
		m, err := Split(strings.NewReader(crlfed(head("d", "x")+text)), Limits{}, readAll)
		require.NoError(t, err)
		require.Len(t, m.Parts, 1, "what is too deep stays whole")
		assert.Equal(t, TooDeep, m.Warnings[0].Code)
	})
	t.Run("header", func(t *testing.T) {
		t.Parallel()
		m, err := Split(strings.NewReader("From: a@b.test\r\nX-Long: "+strings.Repeat("x", 400<<10)+"\r\nSubject: mất\r\n\r\nbody\r\n"), Limits{}, readAll)
		require.NoError(t, err)
		assert.Equal(t, HeaderTruncated, m.Warnings[0].Code)
		assert.Equal(t, "body\r\n", m.Body.Text)
	})
	t.Run("text", func(t *testing.T) {
		t.Parallel()
		m, err := Split(strings.NewReader(corpus()["endings-long-line"]), Limits{TextBytes: 1000}, readAll)
		require.NoError(t, err)
		assert.LessOrEqual(t, len(m.Body.Text), 1010)
		assert.Equal(t, int64(220000), m.Body.TextBytes)
		assert.Equal(t, TextTruncated, m.Warnings[0].Code)
	})
}

// TestAReaderThatFailsIsAnErrorNotAShortMail cuts the line at every byte.
func TestAReaderThatFailsIsAnErrorNotAShortMail(t *testing.T) {
	t.Parallel()
	text := corpus()["nested-three-deep"]
	for _, broken := range []error{errors.New("line dropped"), io.ErrUnexpectedEOF, fmt.Errorf("dropped: %w", io.EOF)} {
		for cut := 0; cut < len(text); cut += 7 {
			_, err := Split(io.MultiReader(strings.NewReader(text[:cut]), iotest.ErrReader(broken)), Limits{}, readAll)
			require.ErrorIs(t, err, broken, "cut at %d", cut)
		}
	}
}

func TestASinkThatFailsEndsTheReading(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	calls := 0
	_, err := Split(strings.NewReader(corpus()["any-seventy-attachments"]), Limits{}, func(Part, io.Reader) error {
		calls++
		return full
	})
	assert.ErrorIs(t, err, full)
	assert.Equal(t, 1, calls)
}

func TestWhatIsNoMailIsSaidToBeNone(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"empty": "", "pdf": string(pdf("x")), "zip": "PK\x03\x04 Subject: no", "text": "Một đoạn văn\nkhông phải thư\n", "other fields": "Foo: bar\n\nx\n",
	} {
		_, err := Split(strings.NewReader(raw), Limits{}, readAll)
		assert.ErrorIs(t, err, ErrNotMessage, name)
	}
}

func TestHeadersAloneAreUnderstood(t *testing.T) {
	t.Parallel()
	h := ParseHeaders([]byte("From: =?UTF-8?Q?S=E1=BB=9F?= <a@example.test>\r\nSubject: =?UTF-8?Q?C=C3=B4ng_v=C4=83n?=\r\nMessage-ID: <1@x>\r\n\r\n"))
	assert.Equal(t, "Công văn", h.Subject)
	assert.Equal(t, []Address{{"Sở", "a@example.test"}}, h.From)
	assert.Equal(t, "1@x", h.MessageID)
}

func BenchmarkSplit(b *testing.B) {
	text := crlfed(head("b", "x") + multi("mixed", "b", textPart(greeting), attached("a.pdf", bytes.Repeat([]byte("0123456789"), 20<<10))))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Split(strings.NewReader(text), Limits{}, readAll); err != nil {
			b.Fatal(err)
		}
	}
}
