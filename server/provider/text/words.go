package text

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"congvan/server/domain/document"
)

const (
	// maxWords is how much text of a file is given; a decree has 300 KiB.
	maxWords     = 4 << 20
	wordsTime    = 30 * time.Second
	maxXMLDepth  = 200
	wordsProgram = "pdftotext"
)

// ErrNoWords says that a file has no text that could be read.
var ErrNoWords error = document.ErrNoWords

// Words gives the text of a PDF or of a Word document, line by line as a
// reader sees it, in NFC. Text beyond 4 MiB is left out.
func Words(ctx context.Context, r io.ReaderAt, size int64, name string) (string, error) {
	f, err := Read(r, size, name)
	if err != nil {
		return "", err
	}
	var words string
	switch f.Kind {
	case KindDOCX:
		words, err = wordsOfDOCX(r, size)
	case KindPDF:
		words, err = wordsOfPDF(ctx, io.NewSectionReader(r, 0, size))
	default:
		return "", ErrNoWords
	}
	return norm.NFC.String(strings.ToValidUTF8(words, "")), err
}

func wordsOfDOCX(r io.ReaderAt, size int64) (string, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return "", ErrDamaged.Because(err)
	}
	at := slices.IndexFunc(z.File, func(f *zip.File) bool { return strings.EqualFold(f.Name, "word/document.xml") })
	if at < 0 {
		return "", ErrWrongType
	}
	in, err := z.File[at].Open()
	if err != nil {
		return "", ErrDamaged.Because(err)
	}
	defer in.Close()
	return paragraphs(io.LimitReader(in, maxDocumentBytes))
}

// paragraphs reads the text of WordprocessingML (ECMA-376, part 1, 17.3).
// Every paragraph is a line, also in the cells of a table.
func paragraphs(in io.Reader) (string, error) {
	d := xml.NewDecoder(in)
	var b strings.Builder
	depth, inText := 0, false
	for b.Len() < maxWords {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", ErrDamaged.Because(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxXMLDepth {
				return "", ErrDamaged.Because(errors.New("the text is nested deeper than any real one"))
			}
			switch t.Name.Local {
			case "t":
				inText = true
			case "tab":
				b.WriteByte('\t')
			case "br", "cr":
				b.WriteByte('\n')
			}
		case xml.EndElement:
			depth--
			switch t.Name.Local {
			case "t":
				inText = false
			case "p":
				b.WriteByte('\n')
			}
		case xml.CharData:
			if inText {
				b.Write(t)
			}
		}
	}
	return b.String(), nil
}

// wordsOfPDF asks poppler, which knows the encodings of fonts.
func wordsOfPDF(ctx context.Context, in io.Reader) (string, error) {
	file, err := os.CreateTemp("", "congvan-text-*.pdf")
	if err != nil {
		return "", fmt.Errorf("make a file: %w", err)
	}
	defer os.Remove(file.Name())
	_, err = io.Copy(file, in)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", fmt.Errorf("copy the file: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, wordsTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, wordsProgram, "-q", "-layout", "-enc", "UTF-8", "-l", "500", file.Name(), "-")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", fmt.Errorf("read the text: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("read the text: %w", err)
	}
	words, err := io.ReadAll(io.LimitReader(out, maxWords))
	_, _ = io.Copy(io.Discard, out)
	if end := cmd.Wait(); err == nil {
		err = end
	}
	if ctx.Err() != nil {
		return "", fmt.Errorf("read the text: %w", ctx.Err())
	}
	if err != nil {
		return "", ErrDamaged.Because(err)
	}
	return strings.ReplaceAll(string(words), "\f", "\n"), nil
}
