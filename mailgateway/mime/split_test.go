package mime

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the corpus and its golden files")

// golden is what a message must give, readable in a review.
type golden struct {
	Headers  goldenHeaders
	Text     string
	HTML     string
	Bytes    [2]int64
	Parts    []goldenPart
	Signed   []string `json:",omitempty"`
	Warnings []string
	Error    string `json:",omitempty"`
}

type goldenHeaders struct {
	From, To, Cc       []string
	Subject, MessageID string
	Date               string
	InReplyTo          []string `json:",omitempty"`
}

type goldenPart struct {
	Path, Name, Original, Declared, Detected, Disposition string
	Inline                                                bool
	Size                                                  int64
	SHA256                                                string
	Opened                                                bool    `json:",omitempty"`
	Nested                                                *golden `json:",omitempty"`
}

func goldenOf(h Headers, b Body) golden {
	names := func(list []Address) (out []string) {
		for _, a := range list {
			out = append(out, a.String())
		}
		return out
	}
	g := golden{Text: b.Text, HTML: b.HTML, Bytes: [2]int64{b.TextBytes, b.HTMLBytes}}
	if len(g.Text) > 500 {
		g.Text = g.Text[:500]
	}
	g.Headers = goldenHeaders{From: names(h.From), To: names(h.To), Cc: names(h.Cc), Subject: h.Subject, MessageID: h.MessageID, InReplyTo: h.InReplyTo}
	if !h.Date.IsZero() {
		g.Headers.Date = h.Date.Format(time.RFC3339)
	}
	return g
}

// TestK5_Corpus holds every message of the corpus to its golden file, and
// every part to what the sink was given.
func TestK5_Corpus(t *testing.T) {
	t.Parallel()
	if *update {
		for name, text := range corpus() {
			require.NoError(t, os.WriteFile(filepath.Join("testdata", name+".eml"), []byte(text), 0o644))
		}
	}
	files, err := filepath.Glob("testdata/*.eml")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 100)
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".eml"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(name)
			require.NoError(t, err)
			given := map[string][]byte{}
			m, err := Split(bytes.NewReader(raw), Limits{}, func(p Part, body io.Reader) error {
				b, err := io.ReadAll(body)
				given[p.Path] = b
				return err
			})
			g := goldenOf(m.Headers, m.Body)
			if err != nil {
				g.Error = err.Error()
			}
			for _, p := range m.Parts {
				gp := goldenPart{p.Path, p.Name, p.OriginalName, p.DeclaredType, p.DetectedType, p.Disposition, p.Inline, p.Size, hex.EncodeToString(p.SHA256[:]), false, nil}
				if p.Nested != nil {
					n := goldenOf(p.Nested.Headers, p.Nested.Body)
					gp.Nested = &n
				}
				if gp.Opened = p.Opened; !p.Opened {
					assert.Equal(t, int(p.Size), len(given[p.Path]), "what the sink got of %s", p.Path)
				}
				g.Parts = append(g.Parts, gp)
			}
			for _, s := range m.Signatures {
				g.Signed = append(g.Signed, strings.TrimSpace(string(s.State)+" "+s.Path))
			}
			for _, w := range m.Warnings {
				g.Warnings = append(g.Warnings, strings.TrimSpace(string(w.Code)+" "+w.Path))
			}
			compareGolden(t, strings.TrimSuffix(name, ".eml")+".json", g)
		})
	}
}

func compareGolden(t *testing.T, file string, g golden) {
	t.Helper()
	got, err := json.MarshalIndent(g, "", " ")
	require.NoError(t, err)
	got = append(got, '\n')
	if *update {
		require.NoError(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))
}

// TestCorpusFilesAreWhatTheirMakerWrites keeps maker and files together, and
// sees line endings that a checkout changed.
func TestCorpusFilesAreWhatTheirMakerWrites(t *testing.T) {
	t.Parallel()
	for name, text := range corpus() {
		raw, err := os.ReadFile(filepath.Join("testdata", name+".eml"))
		require.NoError(t, err)
		assert.True(t, text == string(raw), name)
	}
}
