package mime

import (
	"bytes"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"congvan/server/domain/exchange"
)

// sniffBytes is what the detector looks at.
const sniffBytes = 3072

const (
	octetStream = "application/octet-stream"
	typePDF     = "application/pdf"
	typeTNEF    = "application/ms-tnef"
	typeCMS     = "application/pkcs7-mime"
	typeMessage = "message/rfc822"
	typePlain   = "text/plain"
	typeHTML    = "text/html"
	typeRTF     = "text/rtf"
	typeZip     = "application/zip"
	typeOLE     = "application/x-ole-storage"
	typeSeal    = "application/pkcs7-signature"
)

// TypeEDXML is what Part.DetectedType says of a package of QCVN 102:2016, the
// form in which agencies exchange documents. No registry has a name for it.
const TypeEDXML = exchange.TypePackage

// The first thing in every CMS object is its sort, from one of these families:
// 1.2.840.113549.1.7 (RFC 5652) and 1.2.840.113549.1.9.16.1 (RFC 5083).
var (
	oidPKCS7 = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07}
	oidSMIME = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01}
)

// detect names the type that the bytes show; what mail programs declare is
// often application/octet-stream, and sometimes a lie.
func detect(head []byte, p Part) string {
	if len(head) == 0 {
		return octetStream
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x78, 0x9f, 0x3e, 0x22}):
		return typeTNEF
	case head[0] == 0x30 && (bytes.Contains(head[:min(len(head), 20)], oidPKCS7) || bytes.Contains(head[:min(len(head), 20)], oidSMIME)):
		return typeCMS
	}
	if isMessage(p.DeclaredType) && looksLikeMessage(head) {
		return typeMessage
	}
	if isEDXML(head) {
		return TypeEDXML
	}
	found, _, _ := strings.Cut(mimetype.Detect(head).String(), ";")
	switch found {
	case octetStream, typePlain:
		// Scanners and gateways put lines before the header; readers allow 1,024 bytes.
		if i := bytes.Index(head[:min(len(head), 1024)], []byte("%PDF-")); i >= 0 && (i == 0 || claimsPDF(p)) {
			return typePDF
		}
		if strings.EqualFold(path.Ext(p.Name), ".eml") && looksLikeMessage(head) {
			return typeMessage
		}
	}
	return found
}

func claimsPDF(p Part) bool {
	return p.DeclaredType == typePDF || strings.EqualFold(path.Ext(p.Name), ".pdf")
}

// sentAsMessage tells a message from a text that begins like one: the headers
// of a bounce, a quoted mail saved as text.
func sentAsMessage(p Part) bool {
	ext := strings.ToLower(path.Ext(p.Name))
	return isMessage(p.DeclaredType) || ext == ".eml" || ext == "" && p.DeclaredType == octetStream
}

// madeByProgram knows what mail programs add by themselves: signatures of
// OpenPGP, and what a Macintosh keeps beside a file.
func madeByProgram(kind string) bool {
	return kind == "application/pgp-signature" || kind == "application/pgp-keys" || kind == "application/applefile"
}

// looksLikeMessage tells whether the bytes begin with a header of a mail.
func looksLikeMessage(head []byte) bool {
	for range 3 { // an envelope line and an empty one may stand before it
		line, rest, _ := bytes.Cut(head, lf)
		if name, ok := fieldName(line); ok && (known[strings.ToLower(name)] || strings.HasPrefix(strings.ToLower(name), "x-")) {
			return true
		}
		if len(bytes.TrimSpace(line)) > 0 && !isEnvelope(line) {
			return false
		}
		head = rest
	}
	return false
}

// readable tells whether detected bytes can be the text of a body. A detector
// is not to be trusted with short text: only clear signs of a file count.
func readable(detected string) bool {
	for m := mimetype.Lookup(detected); m != nil; m = m.Parent() {
		if m.Is(typePlain) {
			return true
		}
	}
	return detected == octetStream || strings.HasPrefix(detected, "text/")
}

// isEDXML knows a package by its root, whatever its prefix: the forms in use
// are edXML, the bare envelope, and the old one inside of SOAP.
func isEDXML(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\uFEFF")), " \t\r\n")
	for bytes.HasPrefix(head, []byte("<?")) || bytes.HasPrefix(head, []byte("<!--")) {
		end := "?>"
		if head[1] == '!' {
			end = "-->"
		}
		_, rest, ok := bytes.Cut(head, []byte(end))
		if !ok {
			return false
		}
		head = bytes.TrimLeft(rest, " \t\r\n")
	}
	if len(head) < 2 || head[0] != '<' {
		return false
	}
	tag, rest, _ := bytes.Cut(head[1:], []byte(">"))
	name, _, _ := bytes.Cut(bytes.TrimRight(tag, "/"), []byte(" "))
	name = bytes.TrimSpace(bytes.SplitN(name, []byte("\n"), 2)[0])
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	switch strings.ToLower(string(name)) {
	case "edxml", "edxmlenvelope":
		return true
	case "envelope":
		return bytes.Contains(tag, []byte("QCVN_102")) || bytes.Contains(bytes.ToLower(rest), []byte("edxml:"))
	}
	return false
}

// oleBytes is how far the kind of an old Office file is looked for; its
// directory stands anywhere.
const oleBytes = 64 << 10

// more reads on, up to what an old Office file needs.
func more(r io.Reader, head []byte) ([]byte, error) {
	longer := make([]byte, oleBytes)
	n, err := io.ReadFull(r, longer[copy(longer, head):])
	if err == io.EOF || err == io.ErrUnexpectedEOF || errors.Is(err, errArchiveSpent) {
		err = nil
	}
	return longer[:len(head)+n], err
}

// detectOLE names the kind of an old Office file by the streams in its
// directory, and by its name where the directory is far.
func detectOLE(head []byte, p Part) string {
	for _, kind := range []struct{ stream, name string }{
		{"__properties_version1.0", "application/vnd.ms-outlook"},
		{"EncryptedPackage", "application/encrypted-office"},
		{"WordDocument", "application/msword"},
		{"Workbook", "application/vnd.ms-excel"},
		{"PowerPoint Document", "application/vnd.ms-powerpoint"},
	} {
		if bytes.Contains(head, utf16le(kind.stream)) {
			return kind.name
		}
	}
	switch strings.ToLower(path.Ext(p.Name)) {
	case ".doc", ".dot":
		return "application/msword"
	case ".xls", ".xlt":
		return "application/vnd.ms-excel"
	case ".ppt", ".pps":
		return "application/vnd.ms-powerpoint"
	case ".msg":
		return "application/vnd.ms-outlook"
	}
	return typeOLE
}

func utf16le(s string) []byte {
	b := make([]byte, 0, 2*len(s))
	for _, c := range []byte(s) {
		b = append(b, c, 0)
	}
	return b
}
