package edxml

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/flate"
)

// packedBuffer holds the longest name that an entry of an archive can have.
const packedBuffer = 128 << 10

const (
	typeZip       = "application/zip"
	zipExtension  = "zip"
	zipHeaderSize = 30
	zipEncrypted  = 1 << 0
	zipDescriptor = 1 << 3
	zipStored     = 0
	zipDeflated   = 8
)

var (
	zipFile           = []byte("PK\x03\x04")
	zipDirectory      = []byte("PK\x01\x02")
	zipEnd            = []byte("PK\x05\x06")
	zipDescriptorMark = []byte("PK\x07\x08")
)

// unpack decides what the decoded content is: the file itself, or an archive
// with the file as its only entry, which is how most types travel. The rule is
// that of the official library, except where it would hand on something that
// is not the file, as the bytes themselves tell; each such case leaves a warning.
func (rd *reading) unpack(a *incoming, in *bufio.Reader) (io.Reader, error) {
	head, err := in.Peek(len(zipFile))
	if err != nil && err != io.EOF { //nolint:errorlint // only io.EOF itself is the end; one that is wrapped is a line that broke
		return nil, err
	}
	declared := strings.ToLower(strings.Trim(a.ContentType, blanks))
	zipped := declared == typeZip || declared == ""
	archive := strings.EqualFold(a.Format, zipExtension)
	if declared == "" {
		rd.warn(TypeMissing, a.path, "")
	}
	switch {
	case bytes.Equal(head, zipEnd) && zipped && !archive:
		return bytes.NewReader(nil), nil // an archive of nothing
	case !bytes.Equal(head, zipFile):
		if zipped && !archive && len(head) > 0 {
			rd.warn(ZipMissing, a.path, "")
		}
		return in, nil
	case a.Format == zipExtension:
		return in, nil
	}
	entry, err := peekEntry(in, a.path)
	switch {
	case err != nil && !zipped && errors.Is(err, ErrAttachment):
		return in, nil // it only begins as one
	case err != nil:
		return nil, err
	case archive && zipped && !entry.wraps(a.Format):
		rd.warn(ZipKept, a.path, "")
		return in, nil
	case entry.isPart():
		if zipped {
			rd.warn(ZipMissing, a.path, "")
		}
		return in, nil
	case !zipped && (packedFormats[strings.ToLower(a.Format)] || !strings.EqualFold(strings.TrimPrefix(path.Ext(entry.name), "."), a.Format)):
		return in, nil
	case !zipped, a.ContentType != typeZip && a.ContentType != "":
		rd.warn(TypeWrong, a.path, "")
	}
	return rd.enter(a, entry, in)
}

// enter goes into the archive, past folders, to its first file.
func (rd *reading) enter(a *incoming, entry zipHeader, in *bufio.Reader) (io.Reader, error) {
	for strings.HasSuffix(entry.name, "/") && entry.size == 0 && entry.flags&zipDescriptor == 0 {
		rd.warn(ZipEntryFolder, a.path, "")
		if _, err := in.Discard(zipHeaderSize + entry.nameLength + entry.extraLength); err != nil {
			return nil, cutOff(a.path, err)
		}
		if head, _ := in.Peek(len(zipFile)); !bytes.Equal(head, zipFile) { // without it there is no file
			return bytes.NewReader(nil), nil
		}
		var err error
		if entry, err = peekEntry(in, a.path); err != nil {
			return nil, err
		}
	}
	if strings.ContainsAny(entry.name, `/\`) {
		rd.warn(ZipEntryFolder, a.path, "")
	}
	return openEntry(entry, in, a.path)
}

// packedFormats are archives themselves, so that their bytes begin as one.
var packedFormats = map[string]bool{
	"docx": true, "xlsx": true, "pptx": true, "docm": true, "xlsm": true, "dotx": true, "xltx": true, "ppsx": true,
	"odt": true, "ods": true, "odp": true, "jar": true, "kmz": true, "epub": true, "xps": true, "oxps": true, "vsdx": true,
}

// zipHeader is what stands before an entry.
type zipHeader struct {
	flags, method           uint16
	crc                     uint32
	packed, size            int64
	nameLength, extraLength int
	name                    string
}

func peekEntry(in *bufio.Reader, at string) (zipHeader, error) {
	fixed, err := in.Peek(zipHeaderSize)
	if err != nil {
		return zipHeader{}, cutOff(at, err)
	}
	h := zipHeader{
		flags: binary.LittleEndian.Uint16(fixed[6:]), method: binary.LittleEndian.Uint16(fixed[8:]), crc: binary.LittleEndian.Uint32(fixed[14:]),
		packed: int64(binary.LittleEndian.Uint32(fixed[18:])), size: int64(binary.LittleEndian.Uint32(fixed[22:])),
		nameLength: int(binary.LittleEndian.Uint16(fixed[26:])), extraLength: int(binary.LittleEndian.Uint16(fixed[28:])),
	}
	all, err := in.Peek(zipHeaderSize + h.nameLength)
	if err != nil {
		return zipHeader{}, cutOff(at, err)
	}
	h.name = string(all[zipHeaderSize:])
	return h, nil
}

// isPart tells an office document from an archive around one, by its first entry.
func (h zipHeader) isPart() bool {
	switch h.name {
	case "[Content_Types].xml", "mimetype":
		return true
	}
	first, _, nested := strings.Cut(h.name, "/")
	switch first {
	case "_rels", "docProps", "word", "xl", "ppt", "customXml", "META-INF":
		return nested
	}
	return false
}

// wraps tells an archive that was made to carry another: the official library
// and this one name the entry by a UUID.
func (h zipHeader) wraps(format string) bool {
	stem, ok := strings.CutSuffix(strings.ToLower(h.name), "."+strings.ToLower(format))
	return ok && len(stem) == 36 && strings.Count(stem, "-") == 4 && strings.Trim(stem, "0123456789abcdef-") == ""
}

// zipEntry reads the first file of an archive as it comes, without the
// directory at the archive's end: the base64 around it cannot be read from
// behind, and the official library reads so as well.
type zipEntry struct {
	header zipHeader
	in     *bufio.Reader
	body   io.Reader
	crc    hash.Hash32
	n      int64
	path   string
	done   bool
}

func openEntry(h zipHeader, in *bufio.Reader, at string) (*zipEntry, error) {
	if h.flags&zipEncrypted != 0 {
		return nil, because(ErrAttachment, "%s is encrypted", at)
	}
	if _, err := in.Discard(zipHeaderSize + h.nameLength); err != nil {
		return nil, cutOff(at, err)
	}
	extra := make([]byte, h.extraLength)
	if _, err := io.ReadFull(in, extra); err != nil {
		return nil, cutOff(at, err)
	}
	h.zip64(extra)
	e := &zipEntry{header: h, in: in, crc: crc32.NewIEEE(), path: at}
	switch {
	case h.method == zipDeflated:
		e.body = flate.NewReader(in)
	case h.method == zipStored && h.flags&zipDescriptor == 0:
		e.body = io.LimitReader(in, h.size)
	default:
		return nil, because(ErrAttachment, "%s is packed in a way that is not read", at)
	}
	return e, nil
}

// zip64 takes sizes that did not fit into the header.
func (h *zipHeader) zip64(extra []byte) {
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			return
		}
		if id == 1 && n >= 16 && h.size == 1<<32-1 {
			h.size, h.packed = int64(binary.LittleEndian.Uint64(extra)), int64(binary.LittleEndian.Uint64(extra[8:]))
		}
		extra = extra[n:]
	}
}

func (e *zipEntry) Read(p []byte) (int, error) {
	n, err := e.body.Read(p)
	e.n += int64(n)
	e.crc.Write(p[:n])
	var corrupt flate.CorruptInputError
	switch {
	case err == nil:
		return n, nil
	case errors.As(err, &corrupt):
		return n, damaged(e.path, corrupt.Error())
	case err != io.EOF:
		return n, cutOff(e.path, err)
	}
	if !e.done {
		e.done = true
		if err := e.check(); err != nil {
			return n, err
		}
	}
	return n, io.EOF
}

// check holds the file to its checksum and length, which stand before it or behind.
func (e *zipEntry) check() error {
	crc, size := e.header.crc, e.header.size
	if e.header.flags&zipDescriptor != 0 {
		if head, _ := e.in.Peek(len(zipDescriptorMark)); bytes.Equal(head, zipDescriptorMark) { // the reading below tells of trouble
			_, _ = e.in.Discard(len(zipDescriptorMark)) // they were peeked
		}
		head, err := e.in.Peek(12)
		if err != nil {
			return cutOff(e.path, err)
		}
		crc, size = binary.LittleEndian.Uint32(head), int64(binary.LittleEndian.Uint32(head[8:]))
		length := 12
		// Large files have lengths of eight bytes, and nothing says which it is
		// but what follows.
		if long, err := e.in.Peek(24); err == nil && (uint64(size) != uint64(uint32(e.n)) || !isSignature(long[12:16])) && isSignature(long[20:24]) {
			size, length = int64(binary.LittleEndian.Uint64(long[12:])), 20
		}
		if _, err := e.in.Discard(length); err != nil {
			return cutOff(e.path, err)
		}
	}
	if crc != e.crc.Sum32() || size != e.n {
		return damaged(e.path, "checksum or length do not agree")
	}
	return nil
}

func isSignature(b []byte) bool {
	return bytes.Equal(b, zipFile) || bytes.Equal(b, zipDirectory) || bytes.Equal(b, zipEnd)
}

// close looks what follows the file: a directory, or more files.
func (e *zipEntry) close(w *warnings, at string) error {
	head, err := e.in.Peek(len(zipDirectory))
	switch {
	case bytes.Equal(head, zipFile):
		w.warn(ZipMoreEntries, at, "")
	case err != nil:
		return cutOff(at, err)
	case !bytes.Equal(head, zipDirectory):
		return damaged(at, "no directory")
	}
	return nil
}

func damaged(at, why string) error { return because(ErrAttachment, "%s: archive damaged: %s", at, why) }

// cutOff tells an archive that ends too early from other trouble.
func cutOff(at string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return damaged(at, "cut off")
	}
	return err
}
