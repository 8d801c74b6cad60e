package mime

import (
	"bytes"
	"path"
	"strings"

	"github.com/gabriel-vasile/mimetype"
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
)

// oidPKCS7 is 1.2.840.113549.1.7 (RFC 5652), the first thing in every CMS object.
var oidPKCS7 = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07}

// detect names the type that the bytes show; what mail programs declare is
// often application/octet-stream, and sometimes a lie.
func detect(head []byte, p Part) string {
	if len(head) == 0 {
		return octetStream
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x78, 0x9f, 0x3e, 0x22}):
		return typeTNEF
	case head[0] == 0x30 && bytes.Contains(head[:min(len(head), 40)], oidPKCS7):
		return typeCMS
	}
	if isMessage(p.DeclaredType) && looksLikeMessage(head) {
		return typeMessage
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
