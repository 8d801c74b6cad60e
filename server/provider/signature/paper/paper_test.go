package paper_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/document"
	"congvan/server/domain/org"
	"congvan/server/provider/signature/paper"
)

// blank is a PDF of one empty page.
func blank() []byte {
	file := []byte("%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n" +
		"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>\nendobj\n")
	at := len(file)
	file = append(file, "xref\n0 4\n0000000000 65535 f \n"...)
	for i := 1; i <= 3; i++ {
		file = append(file, fmt.Sprintf("%010d 00000 n \n", bytes.Index(file, []byte(fmt.Sprintf("%d 0 obj", i))))...)
	}
	return append(file, fmt.Sprintf("trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", at)...)
}

// read gives what a reader sees on a page.
func read(t *testing.T, file []byte, page string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.pdf")
	require.NoError(t, os.WriteFile(name, file, 0o600))
	out, err := exec.Command("pdftotext", "-layout", "-f", page, "-l", page, name, "-").Output()
	require.NoError(t, err)
	return strings.Join(strings.Fields(string(out)), " ")
}

func directions(t *testing.T) document.Directions {
	return document.Directions{Form: document.CopyForm(document.TrueCopy), Agency: "Ủy ban nhân dân tỉnh Trà Vinh", Reference: "05/SY-UBND", Place: "Trà Vinh",
		Date: day(t), Recipients: []string{"- Sở Nội vụ;", "- Lưu: VT."}, Signer: []string{"TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"}, SignerName: "Lê Văn C"}
}

// NĐ 30/2020, phụ lục I, phần II: each part of the directions is there.
func TestC4_TheDirectionsOfACopyStandBehindItsPages(t *testing.T) {
	t.Parallel()
	source := blank()
	file, err := paper.Directions(source, directions(t))
	require.NoError(t, err)
	assert.True(t, bytes.HasPrefix(file, source))
	words := read(t, file, "2")
	for _, part := range []string{"SAO Y", "ỦY BAN NHÂN DÂN TỈNH", "Số: 05/SY-UBND", "Trà Vinh, ngày 03 tháng 02 năm 2026", "Nơi nhận:", "- Sở Nội vụ;", "- Lưu: VT.",
		"TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG", "Lê Văn C"} {
		assert.Contains(t, words, part)
	}
	out, err := exec.Command("pdfinfo", write(t, file)).Output()
	require.NoError(t, err)
	assert.Regexp(t, `Pages:\s+2\n`, string(out))
}

func TestC4_DirectionsWithoutANumberLeaveBlanks(t *testing.T) {
	t.Parallel()
	d := directions(t)
	d.Reference, d.Notation, d.Date = "", "SY-UBND", org.Day{}
	file, err := paper.Directions(blank(), d)
	require.NoError(t, err)
	words := read(t, file, "2")
	assert.Contains(t, words, "/SY-UBND")
	assert.Contains(t, words, "tháng")
	_, err = paper.Directions([]byte("no PDF"), d)
	assert.Error(t, err)
}

func write(t *testing.T, file []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "b.pdf")
	require.NoError(t, os.WriteFile(name, file, 0o600))
	return name
}

func day(t *testing.T) org.Day {
	t.Helper()
	d, err := org.NewDay(2026, 2, 3)
	require.NoError(t, err)
	return d
}
