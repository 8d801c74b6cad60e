package text

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// writePDF lays objects out with a right table; object 1 is the catalog, 2 the pages.
func writePDF(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.6\n%\xe2\xe3\xcf\xd3\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, p := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", p)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, table)
	return b.Bytes()
}

func plainPDF() []byte {
	return writePDF("/Info 4 0 R", "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
		"<</Title<FEFF0051007500791EBF007400200111 1ECB006E0068>/Author(V\\303\\252 \\(m\\))/CreationDate(D:20260305081500+07'00')/Producer(H\\\no)>>")
}

func read(b []byte, name string) (File, error) { return Read(bytes.NewReader(b), int64(len(b)), name) }

func TestPDF_SaysWhatItIs(t *testing.T) {
	t.Parallel()
	f, err := read(plainPDF(), "a.pdf")
	require.NoError(t, err)
	assert.Equal(t, KindPDF, f.Kind)
	assert.Equal(t, TypePDF, f.MediaType)
	created := f.PDF.Created
	f.PDF.Created = time.Time{}
	assert.Equal(t, PDF{Version: "1.6", Pages: 1, Title: "Quyết định", Author: "Vê (m)", Producer: "Ho"}, *f.PDF)
	assert.Equal(t, "2026-03-05T08:15:00+07:00", created.Format(time.RFC3339))
}

// TestPDF_Fixtures reads what another program wrote of the same document.
func TestPDF_Fixtures(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		err      error
		pages    int
		repaired bool
	}{
		"object-streams.pdf": {nil, 3, false}, "linearized.pdf": {nil, 3, false}, "encrypted-256.pdf": {ErrEncrypted, 0, false},
		"encrypted-owner-only.pdf": {ErrEncrypted, 0, false}, "encrypted-object-streams.pdf": {ErrEncrypted, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(filepath.Join("testdata", name))
			require.NoError(t, err)
			f, err := read(b, name)
			if want.err != nil {
				require.ErrorIs(t, err, want.err)
				assert.True(t, f.PDF.Encrypted)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, want.pages, f.PDF.Pages)
			assert.Equal(t, "Tờ trình", f.PDF.Title)
			assert.Equal(t, want.repaired, f.PDF.Repaired)
			assert.False(t, f.PDF.IncrementallyModified)
			t.Run("also when its table is wrong", func(t *testing.T) {
				i := bytes.LastIndex(b, []byte("startxref"))
				wrong := bytes.Clone(b)
				for i += len("startxref\n"); wrong[i] != '\n'; i++ {
					wrong[i] = '7'
				}
				f, err := read(wrong, name)
				require.NoError(t, err)
				assert.True(t, f.PDF.Repaired)
				assert.Equal(t, want.pages, f.PDF.Pages)
				assert.Equal(t, "Tờ trình", f.PDF.Title)
			})
			t.Run("not when it is cut off", func(t *testing.T) {
				for cut := 1; cut < len(b)-20; cut += 97 {
					_, err := Check(bytes.NewReader(b[:cut]), int64(cut), name)
					assert.Error(t, err, "cut at %d", cut)
				}
				_, err := read(b[:len(b)*2/3], name)
				assert.ErrorIs(t, err, ErrDamaged)
			})
		})
	}
}

func TestPDF_ReadersTakeTheseToo(t *testing.T) {
	t.Parallel()
	good := plainPDF()
	for name, b := range map[string][]byte{
		"junk before the header":  append([]byte("\x1b%-12345X@PJL\r\n"), good...),
		"junk after the end":      append(bytes.Clone(good), strings.Repeat("\x00", 3000)...),
		"offsets that are wrong":  bytes.ReplaceAll(good, []byte("00000 n"), []byte("00001 n"))[0:len(good):len(good)],
		"entries without a blank": bytes.ReplaceAll(good, []byte(" n \n"), []byte(" n\n")),
		"carriage returns":        bytes.ReplaceAll(bytes.ReplaceAll(good, []byte("n \n"), []byte("n\r\n")), []byte("f \n"), []byte("f\r\n")),
		"shifted by an editor":    bytes.Replace(good, []byte("endobj\n"), []byte("endobj\n\n\n"), 1),
	} {
		f, err := read(b, "a.pdf")
		if assert.NoError(t, err, name) {
			assert.Equal(t, 1, f.PDF.Pages, name)
			assert.Equal(t, "Quyết định", f.PDF.Title, name)
		}
	}
}

func TestPDF_SignaturesScriptsRevisions(t *testing.T) {
	t.Parallel()
	signed := writePDF("", "<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[4 0 R 5 0 R 7 0 R]>>/Version/1.7/OpenAction<</S/JavaScript/JS(x)>>>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page>>", "<</FT/Sig/T(a)/V 6 0 R>>", "<</FT/Sig/T(empty)>>", "<</Type/Sig/ByteRange[0 1 2 3]>>",
		"<</T(group)/FT/Sig/Kids[<</V 6 0 R>> 7 0 R]>>")
	f, err := read(signed, "a.pdf")
	require.NoError(t, err)
	assert.Equal(t, 2, f.PDF.Signatures)
	assert.True(t, f.PDF.Signed())
	assert.True(t, f.PDF.Scripts)
	assert.Equal(t, "1.7", f.PDF.Version)

	table := bytes.LastIndex(signed, []byte("xref\n0"))
	changed := fmt.Appendf(bytes.Clone(signed), "3 0 obj\n<</Type/Page/Changed true>>\nendobj\n")
	at := len(changed)
	changed = fmt.Appendf(changed, "xref\n3 1\n%010d 00000 n \ntrailer\n<</Size 8/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", len(signed), table, at)
	f, err = read(changed, "a.pdf")
	require.NoError(t, err)
	assert.True(t, f.PDF.IncrementallyModified)
	assert.False(t, f.PDF.Repaired)
	assert.Equal(t, 2, f.PDF.Signatures)
}

func TestRefusalsAreToldApart(t *testing.T) {
	t.Parallel()
	good := plainPDF()
	docx := writeDOCX(nil)
	for name, c := range map[string]struct {
		file string
		b    []byte
		want error
	}{
		"empty":                      {"a.pdf", nil, ErrEmpty},
		"text that claims to be PDF": {"a.pdf", []byte("xin chào"), ErrWrongType},
		"a program":                  {"a.pdf", []byte("MZ\x90\x00\x03"), ErrWrongType},
		"word that claims to be PDF": {"a.pdf", docx, ErrWrongType},
		"PDF that claims to be word": {"a.docx", good, ErrWrongType},
		"an archive, no document":    {"a.docx", writeZip(map[string]string{"a.txt": "x"}), ErrWrongType},
		"half a PDF":                 {"a.pdf", good[:len(good)/2], ErrDamaged},
		"only a header":              {"a.pdf", []byte("%PDF-1.7\n"), ErrDamaged},
		"no catalog":                 {"a.pdf", bytes.ReplaceAll(good, []byte("/Root 1 0 R"), []byte("/Root 9 0 R")), nil},
		"pages that are gone":        {"a.pdf", bytes.ReplaceAll(good, []byte("2 0 obj"), []byte("8 0 obj")), ErrDamaged},
		"a circle":                   {"a.pdf", writePDF("", "2 0 R", "1 0 R"), ErrDamaged},
		"half a word document":       {"a.docx", docx[:len(docx)/2], ErrDamaged},
		"a flipped bit in the text":  {"a.docx", flip(docx, bytes.Index(docx, []byte("word/document.xml"))+40), ErrDamaged},
		"an encrypted word document": {"a.docx", encryptedPackage(), ErrEncrypted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Check(bytes.NewReader(c.b), int64(len(c.b)), c.file)
			if c.want == nil {
				assert.NoError(t, err) // repair finds the catalog itself
				return
			}
			assert.ErrorIs(t, err, c.want)
		})
	}
}

func flip(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 0x40
	return b
}

func encryptedPackage() []byte {
	b := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 4096)...)
	for i, c := range []byte("EncryptedPackage") {
		b[2048+2*i] = c
	}
	return b
}

func writeZip(parts map[string]string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "docProps/core.xml", "word/document.xml", "word/vbaProject.bin", "a.txt"} {
		if content, ok := parts[name]; ok {
			p, err := w.Create(name)
			if err != nil {
				panic(err)
			}
			if _, err := io.WriteString(p, content); err != nil {
				panic(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func writeDOCX(more map[string]string) []byte {
	parts := map[string]string{
		"[Content_Types].xml": `<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
		"docProps/core.xml": `<?xml version="1.0"?><cp:coreProperties xmlns:cp="c" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>Dự thảo` + "\u202e" + `</dc:title>` +
			`<dc:creator>Nguyễn Văn A</dc:creator><cp:lastModifiedBy>B</cp:lastModifiedBy><dcterms:created>2026-03-05T01:15:00Z</dcterms:created></cp:coreProperties>`,
		"word/document.xml": "<w:document>" + strings.Repeat("văn bản ", 2000) + "</w:document>",
	}
	for k, v := range more {
		parts[k] = v
	}
	return writeZip(parts)
}

func TestDOCX_SaysWhatItIs(t *testing.T) {
	t.Parallel()
	f, err := Check(bytes.NewReader(writeDOCX(nil)), int64(len(writeDOCX(nil))), "a.docx")
	require.NoError(t, err)
	assert.Equal(t, KindDOCX, f.Kind)
	assert.Equal(t, "Dự thảo", f.DOCX.Title)
	assert.Equal(t, "Nguyễn Văn A", f.DOCX.Creator)
	assert.Equal(t, 2026, f.DOCX.Created.Year())
	assert.False(t, f.DOCX.Macros)
	f, err = read(writeDOCX(map[string]string{"word/vbaProject.bin": "x"}), "a.docx")
	require.NoError(t, err)
	assert.True(t, f.DOCX.Macros)
}

func TestDOCX_BombsAreRefused(t *testing.T) {
	t.Parallel()
	_, err := read(writeDOCX(map[string]string{"docProps/core.xml": strings.Repeat(" ", 10<<20)}), "a.docx")
	assert.ErrorIs(t, err, ErrDamaged)
	f, err := read(writeDOCX(map[string]string{"docProps/core.xml": `<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><l>&b;</l>`}), "a.docx")
	require.NoError(t, err)
	assert.Empty(t, f.DOCX.Title)
	huge := writeDOCX(nil)
	at := bytes.LastIndex(huge, []byte("PK\x05\x06"))
	huge[at+10], huge[at+11] = 0xff, 0xff
	_, err = read(huge, "a.docx")
	assert.ErrorIs(t, err, ErrDamaged)
}

func TestDOCX_EntityDeclarationsOfTheDocumentAreNotRead(t *testing.T) {
	t.Parallel()
	_, err := read(writeDOCX(map[string]string{"word/document.xml": `<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>`}), "a.docx")
	assert.NoError(t, err)
}

type failing struct{ after int64 }

var errStore = errors.New("store gone")

func (f failing) ReadAt(p []byte, at int64) (int, error) {
	if at >= f.after {
		return 0, errStore
	}
	return copy(p, plainPDF()[at:]), nil
}

// TestAStoreThatFailsIsNoDamagedFile keeps a passing fault from refusing a good file.
func TestAStoreThatFailsIsNoDamagedFile(t *testing.T) {
	t.Parallel()
	for _, after := range []int64{0, 5, 60} {
		_, err := Read(failing{after}, int64(len(plainPDF())), "a.pdf")
		assert.ErrorIs(t, err, errStore)
		assert.NotErrorIs(t, err, ErrDamaged)
	}
}

func checkAny(t require.TestingT, b []byte, name string) {
	f, err := read(b, name)
	if err != nil {
		known := errors.Is(err, ErrEmpty) || errors.Is(err, ErrEncrypted) || errors.Is(err, ErrDamaged) || errors.Is(err, ErrWrongType)
		require.True(t, known, "%v", err)
	}
	if f.PDF != nil {
		require.NotContains(t, f.PDF.Title+f.PDF.Author+f.PDF.Version, "\x00")
	}
}

func fixtures(tb testing.TB) [][]byte {
	tb.Helper()
	all := [][]byte{plainPDF(), writeDOCX(nil), encryptedPackage()}
	files, err := filepath.Glob("testdata/*.pdf")
	require.NoError(tb, err)
	for _, name := range files {
		b, err := os.ReadFile(name)
		require.NoError(tb, err)
		all = append(all, b)
	}
	return all
}

func FuzzRead(f *testing.F) {
	for _, b := range fixtures(f) {
		f.Add(b, "a.pdf")
		f.Add(b, "a.docx")
	}
	f.Fuzz(func(t *testing.T, b []byte, name string) { checkAny(t, b, name) })
}

func TestAnyDamageIsSurvived(t *testing.T) {
	t.Parallel()
	all := fixtures(t)
	rapid.Check(t, func(t *rapid.T) {
		b := bytes.Clone(rapid.SampledFrom(all).Draw(t, "file"))
		for range rapid.IntRange(1, 6).Draw(t, "damages") {
			at := rapid.IntRange(0, max(0, len(b)-1)).Draw(t, "at")
			switch rapid.IntRange(0, 2).Draw(t, "sort") {
			case 0:
				b = b[:at]
			case 1:
				if len(b) > 0 {
					b[at] = rapid.Byte().Draw(t, "byte")
				}
			case 2:
				b = append(bytes.Clone(b[:at]), b[min(len(b), at+rapid.IntRange(0, 50).Draw(t, "gap")):]...)
			}
		}
		checkAny(t, b, "a.pdf")
	})
}
