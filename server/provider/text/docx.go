package text

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	maxArchiveEntries  = 5000
	maxDirectoryBytes  = 8 << 20
	maxXMLBytes        = 1 << 20   // of the small parts that are read
	maxDocumentBytes   = 256 << 20 // of the text, unpacked, while it is checked
	maxPackageScan     = 64 << 20
	endOfDirectorySize = 22
)

// DOCX is what a Word document says of itself.
type DOCX struct {
	Title, Creator, LastModifiedBy string
	Created, Modified              time.Time
	Macros                         bool
}

// readDOCX reads the directory of the archive and the few small parts that matter.
func readDOCX(r io.ReaderAt, size int64) (DOCX, error) {
	var d DOCX
	if err := checkDirectory(r, size); err != nil {
		return d, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return d, ErrDamaged.Because(err)
	}
	parts := map[string]*zip.File{}
	for _, f := range z.File {
		parts[strings.ToLower(f.Name)] = f
		d.Macros = d.Macros || strings.HasSuffix(strings.ToLower(f.Name), "vbaproject.bin")
	}
	types, document := parts["[content_types].xml"], parts["word/document.xml"]
	if types == nil || document == nil {
		return d, ErrWrongType // an archive, but no Word document
	}
	content, err := readEntry(types)
	if err != nil {
		return d, err
	}
	d.Macros = d.Macros || bytes.Contains(bytes.ToLower(content), []byte("macroenabled"))
	if core := parts["docprops/core.xml"]; core != nil {
		content, err := readEntry(core)
		if err != nil {
			return d, err
		}
		d.core(content)
	}
	return d, checkEntry(document)
}

// checkDirectory looks at the size of the directory before a library reads
// it: an archive may claim millions of entries.
func checkDirectory(r io.ReaderAt, size int64) error {
	tail := make([]byte, min(size, 64<<10+endOfDirectorySize))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < endOfDirectorySize {
		return ErrDamaged // cut off: the directory stands at the end
	}
	entries, length := binary.LittleEndian.Uint16(tail[at+10:]), binary.LittleEndian.Uint32(tail[at+12:])
	if entries > maxArchiveEntries || length > maxDirectoryBytes { // the forms of zip64 are the largest numbers
		return ErrDamaged.Because(fmt.Errorf("archive directory of %d entries, %d bytes", entries, length))
	}
	return nil
}

func readEntry(f *zip.File) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, ErrDamaged.Because(err)
	}
	defer in.Close()
	content, err := io.ReadAll(io.LimitReader(in, maxXMLBytes+1))
	if err == nil && len(content) > maxXMLBytes {
		err = fmt.Errorf("%s is larger than any real one", f.Name)
	}
	if err != nil {
		return nil, ErrDamaged.Because(err)
	}
	return content, nil
}

// checkEntry unpacks a part to nowhere: its checksum tells whether it is whole.
func checkEntry(f *zip.File) error {
	in, err := f.Open()
	if err != nil {
		return ErrDamaged.Because(err)
	}
	defer in.Close()
	n, err := io.Copy(io.Discard, io.LimitReader(in, maxDocumentBytes+1))
	if err == nil && n > maxDocumentBytes {
		err = errors.New("the text unpacks to more than any real one")
	}
	if err != nil {
		return ErrDamaged.Because(err)
	}
	return nil
}

// core reads the properties of ECMA-376, part 2, 11. A part that is no XML
// leaves them empty; the document is not less readable for it.
func (d *DOCX) core(content []byte) {
	var props struct {
		Title          string `xml:"title"`
		Creator        string `xml:"creator"`
		LastModifiedBy string `xml:"lastModifiedBy"`
		Created        string `xml:"created"`
		Modified       string `xml:"modified"`
	}
	if err := xml.Unmarshal(content, &props); err != nil {
		return
	}
	d.Title, d.Creator, d.LastModifiedBy = clean(props.Title), clean(props.Creator), clean(props.LastModifiedBy)
	d.Created = parseTime(strings.TrimSpace(props.Created), time.RFC3339, "2006-01-02T15:04:05", time.DateOnly)
	d.Modified = parseTime(strings.TrimSpace(props.Modified), time.RFC3339, "2006-01-02T15:04:05", time.DateOnly)
}

// isEncryptedPackage looks for the stream that holds an encrypted document
// (MS-OFFCRYPTO, 2.3.4.4); its name stands in UTF-16 in the directory.
func isEncryptedPackage(r io.ReaderAt, size int64) (bool, error) {
	var name []byte
	for _, c := range []byte("EncryptedPackage") {
		name = append(name, c, 0)
	}
	in := io.NewSectionReader(r, 0, min(size, maxPackageScan))
	buf, kept := make([]byte, 64<<10), 0
	for {
		n, err := in.Read(buf[kept:])
		if bytes.Contains(buf[:kept+n], name) {
			return true, nil
		}
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if end := kept + n; end > len(name) {
			kept = copy(buf, buf[end-len(name):end])
		} else {
			kept = end
		}
	}
}
