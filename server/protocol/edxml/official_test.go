package edxml_test

import (
	"bytes"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/protocol/edxml"
)

// collected is what a sink was given.
type collected struct {
	attachments []edxml.Attachment
	contents    [][]byte
}

func (c *collected) sink(a edxml.Attachment, content io.Reader) error {
	b, err := io.ReadAll(content)
	c.attachments, c.contents = append(c.attachments, a), append(c.contents, b)
	return err
}

// enclosures are the attachments again, as they are given to Write.
func (c *collected) enclosures() (out []edxml.Enclosure) {
	for i, a := range c.attachments {
		out = append(out, enclose(a, c.contents[i]))
	}
	return out
}

func enclose(a edxml.Attachment, content []byte) edxml.Enclosure {
	return edxml.Enclosure{Attachment: a, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}
}

func sample(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("fixtures", name))
	require.NoError(t, err)
	return string(b)
}

// read reads a package that has to be readable.
func read(t testing.TB, text string) (edxml.Result, *collected) {
	t.Helper()
	var got collected
	p, err := edxml.Read(strings.NewReader(text), edxml.Options{}, got.sink)
	require.NoError(t, err)
	require.Len(t, got.contents, len(p.Attachments))
	for i, a := range p.Attachments {
		assert.EqualValues(t, len(got.contents[i]), a.Length)
		assert.Equal(t, sha256.Sum256(got.contents[i]), a.SHA256)
	}
	return p, &got
}

func codes(p edxml.Result) []edxml.Code {
	out := []edxml.Code{}
	for _, w := range p.Warnings {
		out = append(out, w.Code)
	}
	return out
}

// Where an official package is determined by its values, the same values make
// the same bytes. What is not: the archives around files, whose entries have a
// random name and the time in them, and the doubled prefix of an identifier.
func TestL3_OfficialPackagesAreWrittenToTheSameBytes(t *testing.T) {
	t.Parallel()
	archive := regexp.MustCompile(`>UEsDB[A-Za-z0-9+/=]+<`)
	files, err := filepath.Glob("fixtures/*.edxml")
	require.NoError(t, err)
	require.Len(t, files, 7)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			official := sample(t, filepath.Base(file))
			p, got := read(t, official)
			var ours bytes.Buffer
			require.NoError(t, edxml.Write(&ours, p.Package, got.enclosures(), nil))
			plain := func(s string) string {
				return archive.ReplaceAllStringFunc(strings.ReplaceAll(s, "cid:cid:", "cid:"), func(found string) string {
					if strings.Contains(s, found) && strings.HasPrefix(found, ">UEsDBBQACAgIAKqxblcAAAAA") {
						return found // the attachment that is an archive itself
					}
					return ">zip<"
				})
			}
			assert.Equal(t, plain(official), plain(ours.String()))
			again, content := read(t, ours.String())
			assert.Equal(t, p.Package, again.Package)
			assert.Equal(t, got.contents, content.contents)
		})
	}
}

func TestL3_OfficialAttachmentsAreOpened(t *testing.T) {
	t.Parallel()
	p, got := read(t, sample(t, "doc_new_attachment_kinds.edxml"))
	require.Len(t, p.Attachments, 6)
	assert.True(t, bytes.HasPrefix(got.contents[0], []byte("%PDF-1.4")))
	assert.True(t, bytes.HasPrefix(got.contents[2], []byte("PK\x03\x04")), "an archive that was sent stays one")
	assert.Equal(t, got.contents[3], got.contents[5])
	assert.NotContains(t, string(got.contents[3]), "PK")
	assert.Equal(t, []edxml.Code{edxml.ContentIDDoubled, edxml.ContentIDDoubled}, codes(p), "at the attachment and in the manifest")
	assert.Equal(t, "814faaac-bd65-4fd6-8814-4d41ebdb89b9", edxml.ContentKey(p.Attachments[5].ContentID))
}

func TestL3_OnePackageIsAlwaysTheSameBytes(t *testing.T) {
	t.Parallel()
	p, got := read(t, sample(t, "doc_new_attachment_kinds.edxml"))
	var one, two bytes.Buffer
	require.NoError(t, edxml.Write(&one, p.Package, got.enclosures(), nil))
	require.NoError(t, edxml.Write(&two, p.Package, got.enclosures(), nil))
	assert.Equal(t, one.String(), two.String())
}

// An archive that calls itself something else would be opened by readers, ours
// included, if it travelled as it is.
func TestL3_AnArchiveUnderAnotherNameComesBackAsItWas(t *testing.T) {
	t.Parallel()
	p, _ := read(t, base(t))
	for _, name := range []string{"a.pdf", "a.doc", "a.docx", "a.txt", "a.zip", "a.ZIP", "a"} {
		content := zipOf("1a5d3bd4-1c0b-4c8e-9a55-0f3c1f6b8d11."+strings.TrimPrefix(filepath.Ext(name), "."), "bên trong")
		var out bytes.Buffer
		require.NoError(t, edxml.Write(&out, p.Package, []edxml.Enclosure{enclose(edxml.Attachment{Name: name}, content)}, nil))
		back, got := read(t, out.String())
		assert.Equal(t, content, got.contents[0], name)
		assert.Empty(t, codes(back), name)
	}
}
