package bench

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"congvan/server/provider/convert"
)

// convertAtOnce is how many conversions the product allows at a time.
const convertAtOnce = 2

// measureConvert turns Word documents into PDFs, two at once: through the
// product, which keeps LibreOffice in bounds and gives each conversion a profile
// of its own, and by calling it bare, where each of the two keeps its profile.
func measureConvert(ctx context.Context, b *bench) ([]Row, error) {
	folder, err := os.MkdirTemp("", "congvan-bench-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(folder)
	w := &convertWork{count: b.sized(8, 4), folder: folder, converter: convert.New()}
	if w.document, err = wordDocument(); err != nil {
		return nil, err
	}
	ours, base, err := b.byTurns(ctx, "convert", w.ours, w.bare)
	if err != nil {
		return nil, err
	}
	row := compare("DOCX to PDF, two at once", "/s", ours, base, atLeast(0.9))
	row.Note = fmt.Sprintf("%d files of two pages, against bare LibreOffice", w.count)
	return []Row{row}, nil
}

type convertWork struct {
	count     int
	folder    string
	document  []byte
	converter *convert.Converter
}

// twoAtOnce gives how many a second; do is told which of the two does it.
func (w *convertWork) twoAtOnce(ctx context.Context, do func(ctx context.Context, worker int) error) (float64, error) {
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for worker := range convertAtOnce {
		group.Go(func() error {
			for range w.count / convertAtOnce {
				if err := do(ctx, worker); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	return float64(w.count) / time.Since(began).Seconds(), nil
}

func (w *convertWork) ours(ctx context.Context, _ int) (float64, error) {
	return w.twoAtOnce(ctx, func(ctx context.Context, _ int) error {
		out, err := w.converter.PDF(ctx, bytes.NewReader(w.document), int64(len(w.document)))
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, out)
		return errors.Join(err, out.Close())
	})
}

func (w *convertWork) bare(ctx context.Context, _ int) (float64, error) {
	return w.twoAtOnce(ctx, func(ctx context.Context, worker int) error {
		dir := filepath.Join(w.folder, strconv.Itoa(worker))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("make a folder: %w", err)
		}
		source := filepath.Join(dir, "a.docx")
		if err := os.WriteFile(source, w.document, 0o600); err != nil {
			return fmt.Errorf("write a document: %w", err)
		}
		call := exec.CommandContext(ctx, "soffice", "--headless", "--norestore", "-env:UserInstallation=file://"+dir+"/profile", "--convert-to", "pdf", "--outdir", dir, source)
		call.Env = append(os.Environ(), "HOME="+dir)
		if said, err := call.CombinedOutput(); err != nil {
			return fmt.Errorf("soffice: %w: %s", err, said)
		}
		if _, err := os.Stat(filepath.Join(dir, "a.pdf")); err != nil {
			return fmt.Errorf("soffice made nothing: %w", err)
		}
		return nil
	})
}

// wordDocument is two pages of words.
func wordDocument() ([]byte, error) {
	var body strings.Builder
	for n := range 40 {
		fmt.Fprintf(&body, `<w:p><w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/><w:sz w:val="28"/></w:rPr><w:t>%d. Ủy ban nhân dân tỉnh yêu cầu các sở, ban, ngành triển khai thực hiện và báo cáo kết quả.</w:t></w:r></w:p>`, n+1)
	}
	const xml = `<?xml version="1.0" encoding="UTF-8"?>`
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body.String() + `</w:body></w:document>`},
	} {
		into, err := z.Create(part[0])
		if err != nil {
			return nil, fmt.Errorf("make a Word document: %w", err)
		}
		if _, err := io.WriteString(into, xml+part[1]); err != nil {
			return nil, fmt.Errorf("make a Word document: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("make a Word document: %w", err)
	}
	return b.Bytes(), nil
}
