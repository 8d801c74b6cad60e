package mime_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/mailgateway/mime"
	"congvan/server/domain/exchange"
)

const (
	sentUUID = "0198c5a2-7b1e-7c3d-9a4f-1234567890ab"
	sentID   = sentUUID + "@vanban.example.test"
)

// shape is one answer as some program writes it, with what must be understood.
type shape struct {
	name, kind, recipient, status, words string
	raw                                  string
}

// answerShapes reads the corpus: "=== name kind|recipient|status|words", then the mail.
func answerShapes(t testing.TB) []shape {
	t.Helper()
	files, err := filepath.Glob("testdata/answers/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var shapes []shape
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, section := range strings.Split("\n"+string(text), "\n=== ")[1:] {
			head, raw, _ := strings.Cut(section, "\n")
			name, want, _ := strings.Cut(head, " ")
			f := strings.Split(want, "|")
			require.Len(t, f, 4, head)
			raw = strings.NewReplacer("{ID}", sentID, "{UUID}", sentUUID, "\n", "\r\n").Replace(raw + "\n")
			shapes = append(shapes, shape{name: name, kind: strings.ReplaceAll(f[0], "none", ""), recipient: f[1], status: f[2], words: f[3], raw: raw})
		}
	}
	return shapes
}

func TestK13_AnswersAreToldApart(t *testing.T) {
	t.Parallel()
	for _, s := range answerShapes(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			m, err := mime.Split(strings.NewReader(s.raw), mime.Limits{}, nil)
			require.NoError(t, err)
			a := mime.Classify(m)
			require.Equal(t, exchange.AnswerKind(s.kind), a.Kind, "%+v", a)
			if a.Kind == exchange.NoAnswer {
				return
			}
			assert.Equal(t, s.recipient, a.Recipient)
			assert.Equal(t, s.status, a.Status, a.Words)
			assert.Contains(t, a.Words, s.words)
			ids := a.Deliveries()
			require.Len(t, ids, 1, "%q", a.About)
			assert.Equal(t, sentUUID, ids[0].String())
		})
	}
}

// TestK13_OurOwnMailMayNotBeAnsweredByAProgram keeps two installations from
// writing to each other for ever.
func TestK13_OurOwnMailMayNotBeAnsweredByAProgram(t *testing.T) {
	t.Parallel()
	for _, s := range answerShapes(t) {
		m, err := mime.Split(strings.NewReader(s.raw), mime.Limits{}, nil)
		require.NoError(t, err)
		switch s.name {
		case "ordinary", "outlook-reply", "gmail-reply":
			assert.False(t, mime.Classify(m).Unanswerable, s.name)
		case "ours", "newsletter", "qmail", "postfix", "exim", "thunderbird-read":
			assert.True(t, mime.Classify(m).Unanswerable, s.name)
		}
	}
}

func FuzzClassify(f *testing.F) {
	for _, s := range answerShapes(f) {
		f.Add(s.raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		m, err := mime.Split(strings.NewReader(raw), mime.Limits{TotalBytes: 1 << 20}, nil)
		if err != nil {
			return
		}
		a := mime.Classify(m)
		if len([]rune(a.Words)) > 401 || len(a.About) > 100 {
			t.Fatalf("unbounded: %d, %d", len(a.Words), len(a.About))
		}
		if strings.ContainsAny(a.Words, "\r\n") {
			t.Fatal("the words break a line")
		}
	})
}
