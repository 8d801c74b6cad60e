package template_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"congvan/server/domain/document"
	"congvan/server/provider/template"
)

func filling(kind document.Kind) document.Filling {
	return document.Filling{Parent: "Ủy ban nhân dân tỉnh Trà Vinh", Issuer: "Sở Nội vụ", Notation: "KH-SNV", Place: "Trà Vinh", Year: "2026", Kind: kind,
		Subject: "Về việc cải cách <hành chính> & chuyển đổi số", UnitAbbreviation: "VP", Author: "Lê Văn C", SignerBlock: []string{"GIÁM ĐỐC"}, SignerTitle: "Giám đốc", SignerName: "Nguyễn Văn A",
		Recipients: []document.Recipient{{Name: "Sở Tư pháp", Role: document.ForAction}, {Name: "UBND các huyện", Role: document.ForInformation}}}
}

// words gives the text of a document's main part, one paragraph or break on a line.
func words(t *testing.T, docx []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	require.NoError(t, err)
	in, err := z.Open("word/document.xml")
	require.NoError(t, err)
	content, err := io.ReadAll(in)
	require.NoError(t, err)
	text := strings.NewReplacer("</w:p>", "\n", "<w:br/>", "\n", "&lt;", "«", "&gt;", "»").Replace(string(content))
	var b strings.Builder
	inside := false
	for _, r := range text {
		switch {
		case r == '<':
			inside = true
		case r == '>':
			inside = false
		case !inside:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(b.String(), "&amp;", "&")
}

func TestA_EveryKindHasATemplateThatPassesTheCheckOfItsLayout(t *testing.T) {
	t.Parallel()
	for _, k := range document.Kinds() {
		t.Run(k.Code, func(t *testing.T) {
			t.Parallel()
			blank, err := template.Builtin(k)
			require.NoError(t, err)
			require.NoError(t, template.Check(bytes.NewReader(blank), int64(len(blank))))
			var out bytes.Buffer
			f := filling(k)
			require.NoError(t, template.Fill(bytes.NewReader(blank), int64(len(blank)), f.Values(), &out))
			text := words(t, out.Bytes())
			assert.NotContains(t, text, "{{")
			assert.Contains(t, text, "cải cách «hành chính» & chuyển đổi số")
			assert.Contains(t, text, "- UBND các huyện;\n- Lưu: VT, VP.")
			assert.Contains(t, text, "UBND TỈNH TRÀ VINH\nSỞ NỘI VỤ\n", "the parent's name on one line")
			assert.Contains(t, text, "GIÁM ĐỐC\n")
			// The date and the number are given later; what a reader sees of them is their place.
			remarks := document.Layout{Issuer: f.Issuer, Kind: k, Notation: f.Notation, Subject: "Về việc cải cách hành chính chuyển đổi số", SignerName: f.SignerName}.Compare(text)
			assert.Empty(t, remarks)
		})
	}
}

// Word cuts lines into runs as it likes; wherever it cuts, the same comes out.
func TestA_AFieldCutIntoRunsIsFilledAllTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SampledFrom([]string{"Số: /{{ky_hieu}}, {{dia_danh}}", "{{ho_ten_nguoi_ky}}{{nam}}", "a {{ nam }} b {{chua_biet", "}}{{nam}}{{"}).Draw(t, "line")
		values := map[string]string{"ky_hieu": "KH-<SNV>", "dia_danh": "Trà Vinh", "ho_ten_nguoi_ky": "Nguyễn Văn A", "nam": "2026"}
		whole := fillRuns(t, []string{line}, values)
		var runs []string
		rest := []rune(line)
		for len(rest) > 0 {
			n := rapid.IntRange(1, len(rest)).Draw(t, "cut")
			runs, rest = append(runs, string(rest[:n])), rest[n:]
		}
		if got := fillRuns(t, runs, values); got != whole {
			t.Fatalf("%q in %q became %q, not %q", line, runs, got, whole)
		}
	})
}

func fillRuns(t *rapid.T, runs []string, values map[string]string) string {
	var body strings.Builder
	for _, r := range runs {
		body.WriteString("<w:r><w:t>" + r + "</w:t></w:r>")
	}
	docx := archive(map[string]string{"word/document.xml": "<w:document><w:p>" + body.String() + "</w:p></w:document>"})
	var out bytes.Buffer
	if err := template.Fill(bytes.NewReader(docx), int64(len(docx)), values, &out); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	in, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	content, _ := io.ReadAll(in)
	text := string(content)
	for _, tag := range []string{"<w:document>", "</w:document>", "<w:p>", "</w:p>", "<w:r>", "</w:r>", `<w:t xml:space="preserve">`, "<w:t>", "</w:t>"} {
		text = strings.ReplaceAll(text, tag, "")
	}
	return text
}

func archive(parts map[string]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range parts {
		w, _ := z.Create(name)
		_, _ = io.WriteString(w, content)
	}
	_ = z.Close()
	return b.Bytes()
}

func TestA_ATemplateWithAnUnknownFieldOrMacrosIsRefused(t *testing.T) {
	t.Parallel()
	body := "<w:document><w:p><w:r><w:t>{{ten_co</w:t></w:r><w:r><w:t>_quan}} {{khong_co}}</w:t></w:r></w:p></w:document>"
	for name, c := range map[string]struct {
		docx []byte
		says string
	}{
		"field":   {archive(map[string]string{"word/document.xml": body}), "khong_co"},
		"header":  {archive(map[string]string{"word/document.xml": "<w:document/>", "word/header2.xml": body}), "khong_co"},
		"macros":  {archive(map[string]string{"word/document.xml": "<w:document/>", "word/vbaProject.bin": "x"}), ""},
		"no text": {archive(map[string]string{"a.txt": "x"}), ""},
		"no zip":  {[]byte("%PDF-1.7"), ""},
		"empty":   {nil, ""},
		"bomb":    {archive(map[string]string{"word/document.xml": strings.Repeat("0", 20<<20)}), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := template.Check(bytes.NewReader(c.docx), int64(len(c.docx)))
			require.Error(t, err)
			if c.says != "" {
				assert.NotErrorIs(t, err, template.ErrUnusable)
			} else {
				assert.ErrorIs(t, err, template.ErrUnusable)
			}
		})
	}
}

func FuzzFill(f *testing.F) {
	f.Add(archive(map[string]string{"word/document.xml": "<w:p><w:t>{{nam}}</w:t></w:p>"}))
	f.Fuzz(func(t *testing.T, docx []byte) {
		var out bytes.Buffer
		_ = template.Fill(bytes.NewReader(docx), int64(len(docx)), map[string]string{"nam": "<2026>"}, &out)
	})
}
