package bench

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/flate"

	"congvan/server/domain/org"
	"congvan/server/protocol/edxml"
)

// measureEDXML writes and reads packages with little, usual and much attached,
// against the bare work that the format asks for: each file zipped and encoded,
// by the same libraries.
// Both sides go through a file, as packages do on their way.
func measureEDXML(ctx context.Context, b *bench) ([]Row, error) {
	dir, err := os.MkdirTemp("", "congvan-bench-edxml-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	var rows []Row
	for _, size := range []int{1, 20, b.sized(200, 40)} {
		work := newPackages(dir, size)
		for _, way := range []struct {
			name           string
			ours, baseline side
		}{
			{"write", work.timed(work.write), work.timed(work.bareWrite)},
			{"read", work.timed(work.read), work.timed(work.bareRead)},
		} {
			name := fmt.Sprintf("edxml-%s-%d", way.name, size)
			if way.name == "read" {
				if err := work.prepare(); err != nil {
					return rows, err
				}
			}
			o, base, err := b.byTurns(ctx, name, way.ours, way.baseline)
			if err != nil {
				return rows, err
			}
			row := compare(name, "MiB/s", o, base, atLeast(0.5))
			row.Note = fmt.Sprintf("%d MiB of attachments", size)
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// packages is one size of package: half of it a signed PDF, which does not
// compress, a quarter tables and a quarter text, which does.
type packages struct {
	document *edxml.Document
	names    []string
	contents [][]byte
	bytes    int
	repeat   int
	path     string
}

func newPackages(dir string, size int) *packages {
	day, _ := org.NewDay(2026, 1, 15) // a day of the calendar
	p := &packages{
		document: &edxml.Document{
			From: edxml.Agency{Code: "H59.08", Name: "Sở Nội vụ"}, To: []edxml.Agency{{Code: "H59.09", Name: "Sở Tư pháp"}},
			DocumentID: edxml.NewDocumentID("H59.08", day, "15", "SNV-VP"), Number: "15", Symbol: "SNV-VP", Issued: day, Subject: "Về việc đo",
		},
		bytes: size * mebibyte, path: filepath.Join(dir, "package"),
		// Small packages are written many times, so that a round is more than noise.
		repeat: max(1, 20/size),
	}
	quarter := p.bytes / 4
	text := bytes.Repeat([]byte("Điều 1. Quyết định này có hiệu lực kể từ ngày ký; các đơn vị chịu trách nhiệm thi hành.\n"), quarter/100+1)
	for i := 0; i < len(text); i += 37 { // text repeats itself, but not for ever
		text[i] = byte('a' + i*7%26)
	}
	pdf, table := randomBytes(p.bytes-2*quarter), randomBytes(quarter)
	copy(pdf, "%PDF-1.7\n")
	p.names, p.contents = []string{"Quyết định.pdf", "Phụ lục.xlsx", "Ghi chú.txt"}, [][]byte{pdf, table, text[:min(quarter, len(text))]}
	p.bytes = 0
	for _, c := range p.contents {
		p.bytes += len(c)
	}
	return p
}

// timed gives the throughput in bytes of attachments.
func (p *packages) timed(work func() error) side {
	return func(ctx context.Context, _ int) (float64, error) {
		began := time.Now()
		for range p.repeat {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			if err := work(); err != nil {
				return 0, err
			}
		}
		return float64(p.repeat*p.bytes) / mebibyte / time.Since(began).Seconds(), nil
	}
}

// intoFile writes a file anew.
func intoFile(path string, write func(w io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := write(file); err != nil {
		return err
	}
	return file.Close()
}

// fromFile reads a file and expects so many bytes to come out of it.
func (p *packages) fromFile(path string, read func(r io.Reader) (int, error)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	n, err := read(file)
	if err == nil && n != p.bytes {
		err = fmt.Errorf("%d bytes came out of %d", n, p.bytes)
	}
	return err
}

func (p *packages) write() error {
	return intoFile(p.path+".edxml", func(w io.Writer) error {
		var files []edxml.Enclosure
		for i, name := range p.names {
			files = append(files, edxml.Enclosure{Attachment: edxml.Attachment{Name: name}, Open: func() (io.ReadCloser, error) {
				return io.NopCloser(bytes.NewReader(p.contents[i])), nil
			}})
		}
		return edxml.Write(w, edxml.Package{Document: p.document}, files, nil)
	})
}

func (p *packages) read() error {
	return p.fromFile(p.path+".edxml", func(r io.Reader) (int, error) {
		var n counter
		_, err := edxml.Read(r, edxml.Options{}, func(_ edxml.Attachment, content io.Reader) error {
			_, err := io.CopyBuffer(&n, content, make([]byte, copyBuffer))
			return err
		})
		return int(n), err
	})
}

// prepare makes what both sides read.
func (p *packages) prepare() error {
	if err := p.write(); err != nil {
		return err
	}
	return p.bareWrite()
}

func (p *packages) bareName(i int) string { return fmt.Sprintf("%s-%d.bare", p.path, i) }

// bareWrite zips and encodes each file, and nothing more.
func (p *packages) bareWrite() error {
	for i, name := range p.names {
		err := intoFile(p.bareName(i), func(w io.Writer) error {
			buffered := bufio.NewWriterSize(w, copyBuffer)
			coded := base64.NewEncoder(base64.StdEncoding, buffered)
			archive := zip.NewWriter(coded)
			archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.DefaultCompression) })
			entry, err := archive.Create(name)
			if err != nil {
				return err
			}
			if _, err := entry.Write(p.contents[i]); err != nil {
				return err
			}
			if err := archive.Close(); err != nil {
				return err
			}
			if err := coded.Close(); err != nil {
				return err
			}
			return buffered.Flush()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// zipEntryHead is the length of what stands before an entry whose header has no extras.
const zipEntryHead = 30

// bareRead decodes and unpacks each file, and nothing more.
func (p *packages) bareRead() error {
	var n counter
	for i, name := range p.names {
		file, err := os.Open(p.bareName(i))
		if err != nil {
			return err
		}
		packed := bufio.NewReaderSize(base64.NewDecoder(base64.StdEncoding, bufio.NewReaderSize(file, copyBuffer)), copyBuffer)
		if _, err = packed.Discard(zipEntryHead + len(name)); err == nil {
			_, err = io.CopyBuffer(&n, flate.NewReader(packed), make([]byte, copyBuffer))
		}
		_ = file.Close() // it was only read
		if err != nil {
			return err
		}
	}
	if int(n) != p.bytes {
		return fmt.Errorf("%d bytes came out of %d", n, p.bytes)
	}
	return nil
}
