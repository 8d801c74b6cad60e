package edxml

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/google/uuid"
	"github.com/klauspost/compress/flate"
)

// Enclosure is an attachment to be written. ContentType, Format, Length and
// SHA256 follow from name and content and are not asked for; without a
// ContentID one is given. Open is called once, and twice when the package is
// signed, for the signature stands before what it signs.
type Enclosure struct {
	Attachment
	Open func() (io.ReadCloser, error)
}

// Write writes a package, signed if a signer is given. What cannot be read back
// as it was given is refused with ErrUnwritable before a byte of it is written;
// an error of the writer or of an attachment is handed on, and what was written
// until then is no package. The same values make the same bytes.
func Write(w io.Writer, p Package, files []Enclosure, signer *Signer) error {
	files, err := prepare(p, files)
	if err != nil {
		return err
	}
	// Everything but the attachments is tried first, so that what cannot be
	// written leaves nothing behind.
	trial := &writing{Package: p, files: files, emitter: emitter{out: printer{bufio.NewWriter(io.Discard)}}, dry: true}
	if err := trial.whole(); err != nil {
		return err
	}
	var sealed *seal
	if signer != nil {
		if sealed, err = signer.seal(p, files); err != nil {
			return err
		}
	}
	buffered := bufio.NewWriterSize(w, sourceBuffer)
	out := printer{buffered}
	out.put("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n")
	if err := (&writing{Package: p, files: files, seal: sealed, emitter: emitter{out: out}}).whole(); err != nil {
		return err
	}
	out.put("\r\n")
	return buffered.Flush()
}

// prepare refuses what is no package, and names the attachments.
func prepare(p Package, files []Enclosure) ([]Enclosure, error) {
	refuse := func(why string) ([]Enclosure, error) { return nil, because(ErrUnwritable, "%s", why) }
	switch {
	case (p.Document == nil) == (p.Status == nil):
		return refuse("neither a document nor a status, or both")
	case p.Status != nil && len(files) > 0:
		return refuse("a status has no attachments")
	case p.Status != nil && p.Status.Code == "":
		return refuse("a status without its code")
	case p.Document != nil && len(p.Document.To) == 0:
		return refuse("no recipient")
	}
	files = append([]Enclosure(nil), files...)
	keys := map[string]bool{}
	for _, f := range files {
		key := ContentKey(f.ContentID)
		if key != "" && keys[key] {
			return refuse("two attachments of one identifier")
		}
		keys[key] = true
		if strings.Trim(f.Name, blanks) == "" || f.Open == nil {
			return refuse("an attachment without name or content")
		}
	}
	next := 0
	for i := range files {
		for files[i].ContentID = ContentKey(files[i].ContentID); files[i].ContentID == ""; {
			next++
			if key := fmt.Sprintf("att-%d", next); !keys[key] {
				files[i].ContentID = key
			}
		}
	}
	return files, nil
}

// writing is one pass over a package.
type writing struct {
	emitter
	Package
	files  []Enclosure
	seal   *seal
	unseen bool // for the signature: its place is kept, it itself left out
	dry    bool // the attachments' content is left out
}

func (w *writing) whole() error {
	w.group(bare("edXML"), func() {
		w.group(prefixed("edXMLEnvelope"), w.envelope, prefixDeclaration)
		if w.Document != nil {
			w.group(bare("AttachmentEncoded"), w.attachments)
		}
	}, defaultDeclaration)
	return w.err
}

func (w *writing) envelope() {
	w.group(prefixed("edXMLHeader"), func() {
		w.group(prefixed("MessageHeader"), func() {
			if w.Document != nil {
				w.document(w.Document)
			} else {
				w.status(w.Status)
			}
		})
		if w.Document != nil && w.Document.Trace != nil {
			w.trace(w.Document.Trace)
		}
		switch {
		case w.unseen:
			w.line()
		case w.seal != nil:
			w.signature(&w.seal.Signature, attr(bare("xmlns"), dsigNamespace))
		case w.Signature != nil:
			w.signature(w.Signature)
		}
	})
	if w.Document == nil {
		return
	}
	w.group(prefixed("edXMLBody"), func() {
		w.group(prefixed("edXMLManifest"), func() {
			for _, f := range w.files {
				w.group(prefixed("Reference"), func() {
					w.put("ContentId", "cid:"+f.ContentID)
					w.put("ContentType", typeZip) // whatever it is, as the official library says
					w.put("Description", f.Description)
					w.put("AttachmentName", f.Name)
				})
			}
		}, attr(bare("version"), "1.0"))
	})
}

// signature writes a block as data, in the namespace that it is given.
func (w *writing) signature(s *Signature, attrs ...xmlAttr) {
	w.group(bare("Signature"), func() {
		w.signedInfo(s)
		w.leaf(bare("SignatureValue"), s.Value)
		if s.SubjectName != "" || s.Certificate != "" {
			w.group(bare("KeyInfo"), func() {
				w.group(bare("X509Data"), func() {
					w.leaf(bare("X509SubjectName"), s.SubjectName)
					w.leaf(bare("X509Certificate"), s.Certificate)
				})
			})
		}
	}, attrs...)
}

func (e *emitter) algorithm(local, uri string) {
	if uri == "" {
		return
	}
	if !writable(uri) {
		e.refuse(local, "characters that XML does not allow")
	}
	e.group(bare(local), func() {}, attr(bare("Algorithm"), uri))
}

func (e *emitter) signedInfo(s *Signature, attrs ...xmlAttr) {
	if s.Canonicalization == "" && s.Method == "" && len(s.References) == 0 {
		return
	}
	e.group(bare("SignedInfo"), func() {
		e.algorithm("CanonicalizationMethod", s.Canonicalization)
		e.algorithm("SignatureMethod", s.Method)
		for _, r := range s.References {
			if !writable(r.URI) {
				e.refuse("Reference", "characters that XML does not allow")
			}
			e.group(bare("Reference"), func() {
				if len(r.Transforms) > 0 {
					e.group(bare("Transforms"), func() {
						for _, t := range r.Transforms {
							e.algorithm("Transform", t)
						}
					})
				}
				e.algorithm("DigestMethod", r.DigestMethod)
				e.leaf(bare("DigestValue"), r.DigestValue)
			}, attr(bare("URI"), r.URI))
		}
	}, attrs...)
}

func (w *writing) attachments() {
	for _, f := range w.files {
		w.group(bare("Attachment"), func() { w.attachment(f) })
	}
}

func (w *writing) attachment(f Enclosure) {
	if w.err != nil {
		return
	}
	var content *bufio.Reader
	contentType := typeZip
	if !w.dry {
		in, err := f.Open()
		if err != nil {
			w.err = err
			return
		}
		defer in.Close()
		content = bufio.NewReaderSize(in, sourceBuffer)
		if contentType, err = transferType(f.Name, content); err != nil {
			w.err = err
			return
		}
	}
	w.leaf(bare("ContentId"), "cid:"+f.ContentID)
	w.leaf(bare("AttachmentName"), f.Name)
	w.leaf(bare("Description"), f.Description)
	w.leaf(bare("FieldName"), f.FieldName)
	w.leaf(bare("MimeType"), f.MimeType)
	w.leaf(bare("ContentType"), contentType)
	if w.dry || w.err != nil {
		return
	}
	w.line()
	w.out.start(prefixed("ContentTransferEncoded"), []xmlAttr{prefixDeclaration})
	w.err = transfer(w.out, f, contentType, content)
	w.out.end(prefixed("ContentTransferEncoded"))
}

// plainFormats travel as they are; everything else is zipped (the official
// library's rule, so that its reader takes what this writer makes).
var plainFormats = map[string]bool{"pdf": true, "doc": true, "docx": true}

func extension(name string) string {
	return strings.TrimPrefix(path.Ext(strings.Trim(name, blanks)), ".")
}

// transferType decides how a file travels. An archive that calls itself a PDF
// is zipped as well: as it is, readers would open it.
func transferType(name string, content *bufio.Reader) (string, error) {
	head, err := content.Peek(len(zipFile))
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	archive := bytes.Equal(head, zipFile) || bytes.Equal(head, zipEnd)
	ext := strings.ToLower(extension(name))
	if plainFormats[ext] && (!archive || ext == "docx") {
		return "application/" + ext, nil
	}
	return typeZip, nil
}

// transfer writes the content, streaming.
func transfer(out io.Writer, f Enclosure, contentType string, content io.Reader) error {
	coded := base64.NewEncoder(base64.StdEncoding, out)
	if contentType != typeZip || extension(f.Name) == zipExtension {
		if _, err := io.Copy(coded, content); err != nil {
			return err
		}
		return coded.Close()
	}
	archive := zip.NewWriter(coded)
	level := flate.DefaultCompression
	if packedAlready[strings.ToLower(extension(f.Name))] {
		level = flate.NoCompression
	}
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, level) })
	entry, err := archive.CreateHeader(&zip.FileHeader{Name: entryName(f), Method: zip.Deflate})
	if err != nil {
		return err
	}
	if _, err := io.Copy(entry, content); err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return coded.Close()
}

// packedAlready gain nothing by being packed again.
var packedAlready = map[string]bool{
	"xlsx": true, "pptx": true, "odt": true, "ods": true, "zip": true, "rar": true, "7z": true, "gz": true,
	"png": true, "jpg": true, "jpeg": true, "mp3": true, "mp4": true,
}

// entryName is a UUID with the file's extension, as the official library names
// entries; it follows from the attachment, so that a package is written again
// to the same bytes.
func entryName(f Enclosure) string {
	ext := strings.ToLower(extension(f.Name))
	if ext == "" || len(ext) > 10 || strings.Trim(ext, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		ext = "bin"
	}
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(Namespace+"\n"+f.ContentID+"\n"+f.Name)).String() + "." + ext
}
