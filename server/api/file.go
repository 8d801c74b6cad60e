package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/unicode/norm"

	"congvan/server/domain/fault"
)

// download is one file on its way out, as a use case gives it.
type download struct {
	Name      string
	MediaType string // found in the bytes when they came in
	SHA256    string // in hex
	Content   io.ReadSeekCloser
}

// fileResponse answers with the bytes of a file, or with a part of them. It is
// the answer of every operation that gives out a file.
type fileResponse struct {
	file    download
	attach  bool
	request *http.Request
}

// sendFile makes the answer. attach asks for a download where reading in place
// would be possible.
func sendFile(ctx context.Context, file download, attach bool) (fileResponse, error) {
	c, ok := ctx.(*gin.Context)
	if !ok {
		return fileResponse{}, fmt.Errorf("a file is sent outside a request: %T", ctx)
	}
	if !fits(c.Request.Header.Get("If-Match"), file.SHA256) {
		_ = file.Content.Close() // nothing was read
		return fileResponse{}, errOtherBytes
	}
	return fileResponse{file: file, attach: attach, request: c.Request}, nil
}

var errOtherBytes = fault.New(fault.Stale, "stale",
	"Tệp không còn đúng bản đã yêu cầu.", "The file is not the one that was asked for.")

// fits tells whether the bytes are among those that the client wants (RFC 9110, 13.1.1).
func fits(ifMatch, sum string) bool {
	if ifMatch == "" {
		return true
	}
	for tag := range strings.SplitSeq(ifMatch, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || tag == `"`+sum+`"` {
			return true
		}
	}
	return false
}

// VisitReadDocumentFileResponse answers readDocumentFile.
func (r fileResponse) VisitReadDocumentFileResponse(w http.ResponseWriter) error { return r.send(w) }

// VisitFetchToSignResponse answers fetchToSign.
func (r fileResponse) VisitFetchToSignResponse(w http.ResponseWriter) error { return r.send(w) }

// VisitReadArrivalFileResponse answers readArrivalFile.
func (r fileResponse) VisitReadArrivalFileResponse(w http.ResponseWriter) error { return r.send(w) }

// VisitReadTemplateResponse answers readTemplate.
func (r fileResponse) VisitReadTemplateResponse(w http.ResponseWriter) error { return r.send(w) }

// VisitDownloadUploadResponse answers downloadUpload.
func (r fileResponse) VisitDownloadUploadResponse(w http.ResponseWriter) error { return r.send(w) }

// VisitReadQuarantinedRawResponse answers readQuarantinedRaw.
func (r fileResponse) VisitReadQuarantinedRawResponse(w http.ResponseWriter) error { return r.send(w) }

// VisitReadLinkedFileResponse answers readLinkedFile.
func (r fileResponse) VisitReadLinkedFileResponse(w http.ResponseWriter) error { return r.send(w) }

// VisitReadRegisterBookResponse answers readRegisterBook.
func (r fileResponse) VisitReadRegisterBookResponse(w http.ResponseWriter) error { return r.send(w) }

func (r fileResponse) send(w http.ResponseWriter) error {
	defer r.file.Content.Close()
	mediaType, inline := shown(r.file.MediaType)
	inline = inline && !r.attach
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", disposition(r.file.Name, inline))
	h.Set("ETag", `"`+r.file.SHA256+`"`)
	// Never to a shared cache: rights come from the document and can change.
	h.Set("Cache-Control", "private, no-cache")
	// Whatever the bytes hold, they act in nobody's name.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	if strings.Count(r.request.Header.Get("Range"), ",") >= maxRanges {
		r.request.Header.Del("Range") // each would be asked of the store by itself (RFC 9110, 14.2)
	}
	content := &movingContent{ReadSeekCloser: r.file.Content, control: http.NewResponseController(w)}
	http.ServeContent(w, r.request, "", time.Time{}, content)
	return content.failed
}

// maxRanges is how many pieces of a file one request may ask for.
const maxRanges = 8

// shown decides what a browser may show in place: documents and pictures that
// cannot hold a script. Everything else is a download, and what a browser
// could take for a page loses its type as well.
func shown(mediaType string) (as string, inline bool) {
	kind, _, err := mime.ParseMediaType(mediaType)
	if err != nil || !strings.Contains(kind, "/") {
		return "application/octet-stream", false
	}
	switch kind {
	case "application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "image/tiff", "image/bmp":
		return kind, true
	}
	if strings.Contains(kind, "html") || strings.Contains(kind, "xml") && !strings.Contains(kind, "openxmlformats") ||
		strings.Contains(kind, "script") || strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "multipart/") {
		return "application/octet-stream", false
	}
	return kind, false
}

// disposition writes a file's name for every browser: without tone marks for
// old ones, in full for the others (RFC 6266, RFC 5987).
func disposition(name string, inline bool) string {
	word := "attachment"
	if inline {
		word = "inline"
	}
	return word + `; filename="` + plainName(name) + `"; filename*=UTF-8''` + escapeName(name)
}

// plainName gives the name in ASCII, without what could end or fold the header.
func plainName(name string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(name) {
		switch {
		case r == 'đ':
			b.WriteByte('d')
		case r == 'Đ':
			b.WriteByte('D')
		case r >= 0x300 && r <= 0x36f: // a tone mark on its own
		case r < ' ' || r > '~' || strings.ContainsRune(`"\/%;`, r):
			b.WriteByte('_')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// escapeName writes the name as an extended value (RFC 5987, attr-char).
func escapeName(name string) string {
	const hexadecimal = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hexadecimal[c>>4])
		b.WriteByte(hexadecimal[c&15])
	}
	return b.String()
}

// movingContent gives the receiver of a file time as long as bytes go, and
// remembers why a file broke off: http.ServeContent does not say.
type movingContent struct {
	io.ReadSeekCloser
	control *http.ResponseController
	failed  error
}

func (m *movingContent) Read(p []byte) (int, error) {
	// Where there is no connection with deadlines (a test without a network) there is nothing to extend.
	_ = m.control.SetWriteDeadline(time.Now().Add(stall))
	n, err := m.ReadSeekCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		m.failed = fmt.Errorf("read the file: %w", err)
	}
	return n, err
}
