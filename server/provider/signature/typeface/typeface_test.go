package typeface_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"congvan/server/provider/signature/pdf"
	"congvan/server/provider/signature/typeface"
)

// letters are all that Vietnamese writes with, and what stands in numbers and names.
const letters = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ" +
	"AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬBCDĐEÈẺẼÉẸÊỀỂỄẾỆGHIÌỈĨÍỊKLMNOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢPQRSTUÙỦŨÚỤƯỪỬỮỨỰVXYỲỶỸÝỴ" +
	"fjwzFJWZ0123456789/-.,:;()“”–&%+@"

func TestTypeface_EveryLetterOfVietnameseIsReadBack(t *testing.T) {
	t.Parallel()
	for name, load := range map[string]func() (*typeface.Face, error){"upright": typeface.Upright, "slanted": typeface.Slanted} {
		face, err := load()
		require.NoError(t, err)
		words := face.Prepare(norm.NFD.String(letters))
		assert.Equal(t, letters, words, name)
		path := filepath.Join(t.TempDir(), "a.pdf")
		require.NoError(t, os.WriteFile(path, page(t, face, words), 0o600))
		out, err := exec.CommandContext(t.Context(), "pdftotext", path, "-").CombinedOutput()
		require.NoError(t, err, string(out))
		assert.Equal(t, letters, string(bytes.Join(bytes.Fields(out), nil)), name)
		out, err = exec.CommandContext(t.Context(), "pdftoppm", "-r", "50", "-png", path, filepath.Join(t.TempDir(), "a")).CombinedOutput()
		require.NoError(t, err)
		assert.Empty(t, string(out), "the face is drawn without a complaint")
	}
}

// page is a page that shows the words.
func page(t *testing.T, face *typeface.Face, words string) []byte {
	t.Helper()
	blank := []byte("%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n" +
		"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 3000 100]>>\nendobj\n")
	at := len(blank)
	blank = append(blank, "xref\n0 4\n0000000000 65535 f \n"...)
	for i := 1; i <= 3; i++ {
		blank = append(blank, fmt.Sprintf("%010d 00000 n \n", bytes.Index(blank, []byte(fmt.Sprintf("%d 0 obj", i))))...)
	}
	blank = append(blank, fmt.Sprintf("trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", at)...)
	f, err := pdf.Open(blank)
	require.NoError(t, err)
	u, err := pdf.NewUpdate(f)
	require.NoError(t, err)
	font, err := face.Embed(u, words)
	require.NoError(t, err)
	p, err := u.Dict(pdf.Ref{Number: 3})
	require.NoError(t, err)
	p["Resources"] = pdf.Dict{"Font": pdf.Dict{"F": font}}
	p["Contents"] = u.Add(&pdf.Stream{Dict: pdf.Dict{}, Raw: []byte(fmt.Sprintf("BT /F 13 Tf 10 40 Td <%X> Tj ET", face.Encode(words)))})
	u.Set(pdf.Ref{Number: 3}, p)
	out, err := u.Bytes()
	require.NoError(t, err)
	return out
}

func TestTypeface_HasTheMeasuresOfTimesNewRoman(t *testing.T) {
	t.Parallel()
	face, err := typeface.Upright()
	require.NoError(t, err)
	for words, want := range map[string]float64{"0": 500, "A": 722, "m": 778, " ": 250, "Đ": 722} {
		assert.InDelta(t, want, face.Width(words, 1000), 1, words)
	}
	assert.Equal(t, "Số ?", face.Prepare("Số 😀"))
}
