package mime

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestK3K4K5K6K7_EveryCaseInEveryShape reads each case as each program would
// send it, and finds what was put in: no file less, none more, byte for byte.
func TestK3K4K5K6K7_EveryCaseInEveryShape(t *testing.T) {
	t.Parallel()
	roots := x509.NewCertPool()
	roots.AddCert(aSigner().root)
	count := 0
	for name, make := range shapeCases() {
		for _, s := range shapes() {
			count++
			t.Run(name+"/"+s.name, func(t *testing.T) {
				t.Parallel()
				want := make(s)
				checkMade(t, s, want, roots)
			})
		}
	}
	require.GreaterOrEqual(t, count, 300)
}

func checkMade(t *testing.T, s shape, want made, roots *x509.CertPool) {
	given := map[string][]byte{}
	m, err := Split(strings.NewReader(s.finished(want.text)), Limits{}, func(p Part, body io.Reader) error {
		b, err := io.ReadAll(body)
		given[p.Path] = b
		return err
	}, Trusting(roots))
	require.NoError(t, err)
	if want.subject != "" {
		assert.Equal(t, want.subject, m.Headers.Subject)
	}
	assert.Equal(t, []Address{{"Văn thư Sở Nội vụ", "vanthu.snv@example.test"}}, m.Headers.From)
	assert.True(t, strings.Contains(m.Body.Text, want.body) || strings.Contains(m.Body.Text, s.can(want.body)), m.Body.Text)
	var files, messages []string
	for _, p := range m.Parts {
		if p.Nested != nil {
			messages = append(messages, p.Nested.Headers.Subject)
		}
		if p.Opened {
			continue
		}
		assert.Equal(t, sha256.Sum256(given[p.Path]), p.SHA256, "%s is the hash of what the sink got", p.Path)
		assert.Equal(t, int64(len(given[p.Path])), p.Size)
		files = append(files, told(p.Name, p.DetectedType, p.Inline, given[p.Path]))
	}
	var wanted []string
	for _, f := range want.files {
		kind := f.detected
		if kind == "" {
			kind = typePDF
		}
		if at := len(wanted); kind == "*" && at < len(m.Parts) { // of what type is not the point
			kind = m.Parts[len(m.Parts)-len(want.files)+at].DetectedType
		}
		name := f.name
		if s.plain && !strings.HasPrefix(name, "_x") {
			name = pickName(files, name)
		}
		wanted = append(wanted, told(name, kind, f.inline, f.data))
	}
	assert.Equal(t, wanted, files)
	assert.Equal(t, want.messages, messages)
	var warned []Code
	for _, w := range m.Warnings {
		if w.Code != CharsetGuessed || !s.bytes { // names of bytes that do not say what they are
			warned = append(warned, w.Code)
		}
	}
	assert.Equal(t, want.warnings, warned)
	if want.signed == "" {
		assert.Empty(t, m.Signatures)
		return
	}
	require.Len(t, m.Signatures, 1)
	g := m.Signatures[0]
	assert.Equal(t, want.signed, g.State, g.Detail)
	assert.Equal(t, []string{"Nguyễn Văn A", "vanthu.snv@example.test", "Tổ chức cung cấp dịch vụ chứng thực"}, []string{g.Name, g.Email, g.Issuer})
	assert.False(t, g.Time.IsZero())
}

func told(name, kind string, inline bool, data []byte) string {
	line := name + " " + kind + " " + string(fold(data))
	if inline {
		line += " inline"
	}
	return line
}

func fold(data []byte) []byte {
	if len(data) > 300 {
		sum := sha256.Sum256(data)
		return sum[:]
	}
	return bytes.ToValidUTF8(data, []byte("?"))
}

// pickName: a program that writes ASCII only lost the accents of names that it
// wrote itself, and of no others.
func pickName(files []string, name string) string {
	if slices.ContainsFunc(files, func(f string) bool { return strings.HasPrefix(f, name+" ") }) {
		return name
	}
	return ascii(name)
}

// TestK5_NoShapeIsLikeAnother keeps the corpus from repeating itself.
func TestK5_NoShapeIsLikeAnother(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(shapeCases())) {
		for _, s := range shapes() {
			text := shapeCases()[name](s).text
			assert.Empty(t, seen[text], name)
			seen[text] = name
		}
	}
}
