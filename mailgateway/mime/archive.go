package mime

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"
)

const (
	// maxDirectory bounds the list of what stands in an archive: more than forty
	// thousand files.
	maxDirectory = 2 << 20
	// ratioFree is what any archive may become: small files of zeros are no harm.
	ratioFree = 16 << 20
)

// planArchive decides whether a zip is an archive of documents, and can be opened.
func (w *walker) planArchive(h *held, e *entity, at place) func(place) (bool, error) {
	window := &directoryReader{r: h, left: maxDirectory}
	z, err := zip.NewReader(window, h.size)
	if err != nil {
		code := ContainerDamaged
		if window.left < 0 {
			code = ContainerLimit
		}
		w.warn(code, at.path, "its list of files")
		return nil
	}
	window.done = true
	if kind := packaged(z); kind != "" {
		e.part.DetectedType = kind
		return nil
	}
	files, code, why := w.listArchive(z, h.size, at)
	if code != "" {
		e.part.Encrypted = code == Encrypted
		w.warn(code, at.path, why)
		return nil
	}
	return func(inside place) (damaged bool, err error) {
		inside.file, inside.archives = true, at.archives+1
		for i, f := range files {
			inside.path = sub(at.path, i+1)
			bad, err := w.unzip(f, inside)
			if damaged = damaged || bad; err != nil {
				return damaged, err
			}
		}
		return damaged, nil
	}
}

// listArchive gives the files of an archive, or the reason to leave it closed.
func (w *walker) listArchive(z *zip.Reader, size int64, at place) (files []*zip.File, code Code, why string) {
	var becomes uint64
	for _, f := range z.File {
		if !f.Mode().IsRegular() {
			continue // folders, and links to what is not there
		}
		if f.Flags&1 != 0 {
			return nil, Encrypted, ""
		}
		if f.Method != zip.Store && f.Method != zip.Deflate {
			return nil, ContainerLimit, "a form of compression that is not known"
		}
		becomes += min(f.UncompressedSize64, 1<<50)
		files = append(files, f)
	}
	switch {
	case at.archives >= w.limits.Archives:
		return nil, TooDeep, ""
	case w.entities+len(files) > w.limits.Parts:
		return nil, ContainerLimit, "number of files"
	case becomes > uint64(w.archiveLeft):
		return nil, ContainerLimit, "size of what it becomes"
	case becomes > ratioFree && becomes/uint64(w.limits.ArchiveRatio) > uint64(size):
		return nil, ContainerLimit, "ratio"
	}
	return files, "", ""
}

// unzip reads one file of an archive.
func (w *walker) unzip(f *zip.File, at place) (damaged bool, err error) {
	name := entryName(f)
	folder, base := path.Split(strings.ReplaceAll(name, `\`, "/"))
	e := entity{kind: octetStream, part: Part{
		Path: at.path, Name: SafeName(base), OriginalName: cutRunes(name, maxOriginal), DeclaredType: octetStream, Inline: leftBySystem(folder, base),
	}}
	if unsafeName(base) || path.IsAbs(name) || strings.Contains("/"+folder, "/../") {
		w.warn(NameUnsafe, at.path, "")
	}
	content, err := f.Open()
	if err != nil {
		return true, nil
	}
	defer content.Close()
	entry := &entryReader{w: w, r: content}
	damaged, err = w.child(entry, e, at)
	return damaged || entry.damaged, err
}

// leftBySystem knows the files that no person put into an archive.
func leftBySystem(folder, base string) bool {
	switch strings.ToLower(base) {
	case ".ds_store", "thumbs.db", "desktop.ini":
		return true
	}
	return strings.HasPrefix(folder, "__MACOSX/")
}

// entryName reads a name as its maker wrote it: UTF-8 if it says so, in the
// field of Info-ZIP if there is one, else as 8-bit text of this country.
func entryName(f *zip.File) string {
	if f.NonUTF8 {
		if name, ok := unicodePath(f); ok {
			return name
		}
	}
	return guess8bit(f.Name)
}

// unicodePath reads the extra field 0x7075, which holds for just this name.
func unicodePath(f *zip.File) (string, bool) {
	for extra := f.Extra; len(extra) >= 4; {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; size > len(extra) {
			return "", false
		}
		field := extra[:size]
		extra = extra[size:]
		if id == 0x7075 && size > 5 && field[0] == 1 && binary.LittleEndian.Uint32(field[1:]) == crc32.ChecksumIEEE([]byte(f.Name)) && utf8.Valid(field[5:]) {
			return string(field[5:]), true
		}
	}
	return "", false
}

// packaged tells a document that is kept as a zip from an archive.
func packaged(z *zip.Reader) string {
	office, inside := false, ""
	for i, f := range z.File {
		switch {
		case f.Name == "[Content_Types].xml":
			office = true
		case f.Name == "mimetype" && i == 0:
			return packageType(f)
		case f.Name == "META-INF/MANIFEST.MF":
			return "application/java-archive"
		case strings.HasPrefix(f.Name, "word/"):
			inside = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
		case strings.HasPrefix(f.Name, "xl/"):
			inside = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		case strings.HasPrefix(f.Name, "ppt/"):
			inside = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
		}
	}
	if office && inside != "" {
		return inside
	}
	if office {
		return "application/vnd.openxmlformats-package"
	}
	return ""
}

// packageType reads the type that a package of the OpenDocument sort, or one of
// signatures (ETSI EN 319 162-1), says of itself in its first file.
func packageType(f *zip.File) string {
	r, err := f.Open()
	if err != nil {
		return ""
	}
	defer r.Close()
	said, err := io.ReadAll(io.LimitReader(r, 200))
	kind := strings.TrimSpace(string(said))
	if err != nil || !strings.HasPrefix(kind, "application/") || plain(kind) != kind || len(kind) > 100 {
		return ""
	}
	return kind
}

// entryReader reads a file of an archive, never more than the message may
// become. The library holds it to the size that the archive gives. What is
// broken ends it.
type entryReader struct {
	w       *walker
	r       io.Reader
	damaged bool
}

func (e *entryReader) Read(b []byte) (int, error) {
	if e.w.archiveLeft <= 0 {
		return 0, errArchiveSpent
	}
	n, err := e.r.Read(b[:min(int64(len(b)), e.w.archiveLeft)])
	e.w.archiveLeft -= int64(n)
	if broken(err) {
		e.damaged, err = true, io.EOF
	}
	return n, err
}

// broken tells content that cannot be decoded from a temporary file that
// cannot be read.
func broken(err error) bool {
	var file *fs.PathError
	return err != nil && err != io.EOF && !errors.As(err, &file) //nolint:errorlint // a decoder gives io.EOF itself at the end
}

// directoryReader lets only so much be read until the list of files is there.
type directoryReader struct {
	r    io.ReaderAt
	left int64
	done bool
}

var errDirectory = errors.New("mime: list of an archive over the limit")

func (d *directoryReader) ReadAt(b []byte, at int64) (int, error) {
	if !d.done {
		if d.left -= int64(len(b)); d.left < 0 {
			return 0, errDirectory
		}
	}
	return d.r.ReadAt(b, at)
}
