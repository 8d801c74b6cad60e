package convert_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/provider/convert"
)

const types = `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
	`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
	`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`

const rels = `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`

func document(body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body + `</w:body></w:document>`
}

func paragraph(text string) string {
	return `<w:p><w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/></w:rPr><w:t>` + text + `</w:t></w:r></w:p>`
}

// docx makes a Word document; more adds or replaces parts.
func docx(t *testing.T, body string, more map[string]string) *bytes.Reader {
	t.Helper()
	parts := map[string]string{"[Content_Types].xml": types, "_rels/.rels": rels, "word/document.xml": document(body)}
	for name, content := range more {
		parts[name] = content
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range parts {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = io.WriteString(w, content)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return bytes.NewReader(b.Bytes())
}

func TestC_AWordDocumentBecomesAPDFWithItsVietnameseWhole(t *testing.T) {
	t.Parallel()
	source := docx(t, paragraph("Ủy ban nhân dân tỉnh: Quyết định về việc kiện toàn, ưỡn ẹo, chữ Nôm đặc biệt"), nil)
	out, err := convert.New().PDF(t.Context(), source, source.Size())
	require.NoError(t, err)
	content, err := io.ReadAll(out)
	require.NoError(t, err)
	require.NoError(t, out.Close())
	assert.True(t, bytes.HasPrefix(content, []byte("%PDF-1.")))

	cmd := exec.CommandContext(t.Context(), "pdftotext", "-", "-")
	cmd.Stdin = bytes.NewReader(content)
	text, err := cmd.Output()
	require.NoError(t, err)
	assert.Contains(t, string(text), "Ủy ban nhân dân tỉnh: Quyết định về việc kiện toàn, ưỡn ẹo, chữ Nôm đặc biệt")
	cmd = exec.CommandContext(t.Context(), "pdffonts", "-")
	cmd.Stdin = bytes.NewReader(content)
	fonts, err := cmd.Output()
	require.NoError(t, err)
	assert.Contains(t, string(fonts), "LiberationSerif", "what stands for Times New Roman is in the file")
}

func TestC_WhatWouldRunOrFetchIsRefused(t *testing.T) {
	t.Parallel()
	relation := func(kind string) map[string]string {
		return map[string]string{"word/_rels/document.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="r9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/` + kind + `" Target="http://127.0.0.1:1/x" TargetMode="External"/></Relationships>`}
	}
	for name, c := range map[string]struct {
		more map[string]string
		want error
	}{
		"macros":   {map[string]string{"word/vbaProject.bin": "x"}, convert.ErrMacros},
		"activex":  {map[string]string{"word/activeX/activeX1.xml": "<x/>"}, convert.ErrMacros},
		"picture":  {relation("image"), convert.ErrExternal},
		"template": {relation("attachedTemplate"), convert.ErrExternal},
		"link":     {relation("hyperlink"), nil},
		"bomb":     {map[string]string{"word/media/a.xml": strings.Repeat("0", 101<<20)}, convert.ErrTooLarge},
		"no words": {map[string]string{"word/document.xml": "<<<"}, convert.ErrFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := docx(t, paragraph("x"), c.more)
			out, err := convert.New().PDF(t.Context(), source, source.Size())
			if c.want == nil {
				require.NoError(t, err)
				require.NoError(t, out.Close())
				return
			}
			require.ErrorIs(t, err, c.want)
		})
	}
}

func TestC_AConversionThatIsGivenUpLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o777))
	t.Setenv("TMPDIR", dir)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	source := docx(t, paragraph("x"), nil)
	_, err := convert.New().PDF(ctx, source, source.Size())
	require.Error(t, err)
	assert.True(t, errors.Is(err, context.Canceled))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left)
}
