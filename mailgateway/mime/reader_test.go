package mime

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// otherReading is what the programs of testdata/reader.py find in a mail.
type otherReading struct {
	Mail, Subject, Error string
	Files                []struct{ Name, SHA256 string }
}

// TestK5_AnotherReaderFindsTheSame reads the whole corpus with programs that
// are not ours. Where they find something else, the reason is written down, and
// the line is struck out of the list as soon as it is not true any more.
func TestK5_AnotherReaderFindsTheSame(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, text := range everything(t) {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name+".eml"), []byte(text), 0o600))
	}
	var complaints bytes.Buffer
	python := exec.CommandContext(t.Context(), "python3", "testdata/reader.py", folder)
	python.Stderr = &complaints
	out, err := python.Output()
	require.NoError(t, err, complaints.String())
	differs := map[string]bool{}
	lines := json.NewDecoder(bytes.NewReader(out))
	count := 0
	for {
		var other otherReading
		if err := lines.Decode(&other); err == io.EOF {
			break
		} else {
			require.NoError(t, err)
		}
		count++
		raw, err := os.ReadFile(filepath.Join(folder, other.Mail+".eml"))
		require.NoError(t, err)
		if said := compareReadings(t, raw, other); said != "" {
			key, known := explained(other.Mail)
			assert.True(t, known, "%s: %s", other.Mail, said)
			differs[key] = true
		}
	}
	assert.GreaterOrEqual(t, count, 400)
	for _, key := range slices.Sorted(maps.Keys(differences)) {
		assert.True(t, differs[key], "%s is read alike by now", key)
	}
}

// everything is the corpus of files and that of shapes.
func everything(t *testing.T) map[string]string {
	all := map[string]string{}
	files, err := filepath.Glob("testdata/*.eml")
	require.NoError(t, err)
	for _, f := range files {
		raw, err := os.ReadFile(f)
		require.NoError(t, err)
		all[strings.TrimSuffix(filepath.Base(f), ".eml")] = string(raw)
	}
	for name, make := range shapeCases() {
		for _, s := range shapes() {
			all[name+"."+s.name] = s.finished(make(s).text)
		}
	}
	return all
}

// compareReadings gives the first difference: in the bytes of the files, in
// their names, or in the subject.
func compareReadings(t *testing.T, raw []byte, other otherReading) string {
	m, err := Split(bytes.NewReader(raw), Limits{}, nil)
	require.NoError(t, err)
	if other.Error != "" {
		return "the other fails: " + other.Error
	}
	var ours, theirs, ourNames, theirNames []string
	for _, p := range m.Parts {
		if !p.Opened {
			ours, ourNames = append(ours, hex.EncodeToString(p.SHA256[:])), append(ourNames, p.Name)
		}
	}
	for _, f := range other.Files {
		theirs, theirNames = append(theirs, f.SHA256), append(theirNames, f.Name)
	}
	for _, list := range [][]string{ours, theirs, ourNames, theirNames} {
		slices.Sort(list)
	}
	switch {
	case !slices.Equal(ours, theirs):
		return "files: " + strings.Join(ourNames, "|") + " against " + strings.Join(theirNames, "|")
	case !slices.Equal(ourNames, theirNames):
		return "names: " + strings.Join(ourNames, "|") + " against " + strings.Join(theirNames, "|")
	case m.Headers.Subject != strings.TrimSpace(other.Subject):
		return "subject: " + m.Headers.Subject + " against " + other.Subject
	}
	return ""
}

// explained finds the line that says why a mail is read otherwise: by its own
// name, by its case, or by the program whose shape it has.
func explained(mail string) (key string, known bool) {
	name, shape, _ := strings.Cut(mail, ".")
	for _, key := range []string{mail, name, "*." + shape} {
		if _, ok := differences[key]; ok {
			return key, true
		}
	}
	return "", false
}

// differences say what the other reader does. A line holds for one mail, for a
// case in every shape, or (*.shape) for all mails of a shape.
var differences = map[string]string{
	"*.oldsystem":                     "replaces each byte of a name that does not say what it is; here it is read as windows-1258, with a warning",
	"base64-cut":                      "does not decode base64 that is cut off; here it is read as far as it goes, with a warning",
	"boundary-lost":                   "finds no parts; here the boundary is found in the body, with a warning",
	"charset-subject-raw":             "replaces each 8-bit character; here windows-1258, with a warning",
	"charset-unknown":                 "takes text of an unknown charset for the body; here it is kept raw as a part too",
	"containers-winmail-alone":        "leaves the text in RTF out; here it is a part that is no document",
	"names-300-characters":            "keeps all of it; here it is shortened, the extension stays",
	"names-both-forms":                "takes filename; here filename*, the form that has the accents",
	"names-control-and-rtl":           "keeps the control characters; here they are taken out",
	"names-device":                    "keeps it; here no system opens a device by it",
	"names-document-number":           "keeps the slash; here it is a dash",
	"names-html":                      "keeps the brackets",
	"names-long":                      "keeps all of it; here it is shortened, the extension stays",
	"names-no-semicolon":              "finds no name",
	"names-only-dots":                 "keeps the dots; here it is no name",
	"names-raw-windows-1258":          "replaces each 8-bit character; here windows-1258, with a warning",
	"names-traversal":                 "keeps the path; here it is none",
	"names-unquoted-blanks":           "takes the first word",
	"names-unsafe":                    "keeps names as they were sent; here they are safe",
	"names-windows-path":              "drops the backslashes, and the path runs into the name; here the last element stays",
	"names-word-cut-off":              "leaves the encoded word as it stands; here it is read as far as it goes",
	"nested-base64":                   "leaves it closed, as the standard asks; here it is opened, with a warning",
	"nested-eight-deep":               "opens all eight; here five, the rest stays whole as a part",
	"openssl-opaque-no-certificate":   "gives no content without the certificate; here the content is read and the signature unchecked",
	"phpmailer-pdf-as-text":           "takes a PDF that is declared as text for the body; here the bytes decide",
	"stray-lines":                     "ends the header at the stray line, and loses the attachment; here the line is left out, with a warning",
	"structure-bounce":                "makes headers of the delivery status; here its bytes are given",
	"structure-byte-order-mark":       "finds no header; here the mark is passed",
	"structure-empty-lines-first":     "ends the header before it begins; here the lines are passed, with a warning",
	"structure-no-boundary-parameter": "finds one part; here the boundary is found in the body, with a warning",
	"structure-not-a-multipart":       "makes one part of type multipart; here it is the text of the mail",
	"structure-parts-after-end":       "drops them; here they are taken, with a warning",
	"structure-stray-header-line":     "ends the header at the stray line, and loses the attachment",
	"structure-wrong-boundary":        "finds one part; here the boundary is found in the body, with a warning",
	"transfer-base64-rubbish":         "does not decode; here the foreign characters are left out, with a warning",
	"transfer-base64-two-joined":      "drops the second half; here both are decoded",
	"transfer-encoded-multipart":      "leaves it closed, as the standard asks; here it is opened, with a warning",
	"unknown-charset":                 "takes text of an unknown charset for the body; here it is kept raw as a part too",
	"winmail-cut":                     "refuses a winmail.dat that is cut off; here it is read as far as it goes and kept whole too",
	"zip":                             "keeps the name of what a system left in the archive; here it is safe",
	"zip-names-of-windows":            "reads names that are not UTF-8 as the code page of DOS; here as windows-1258",
}
