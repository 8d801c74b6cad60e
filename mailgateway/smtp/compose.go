package smtp

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"

	"congvan/server/domain/exchange"
	"congvan/server/domain/org"
)

type opener = func(context.Context, exchange.FileRef) (io.ReadCloser, error)

// message is a mail that is written when it is sent. It is the same bytes at
// every try, so that whoever gets it twice can tell.
type message struct {
	id       string // Message-ID, with its angle brackets
	delivery string
	from, to string // of the envelope
	signed   []byte // the field of a signature, once there is one
	head     []byte // the header, the text, and everything up to the first file
	parts    []part
	tail     []byte
}

// part is a file with what stands before it.
type part struct {
	head []byte
	file exchange.FileRef
}

func (c *Channel) compose(e exchange.Envelope) (*message, error) {
	author, reply := e.From.Email, ""
	if c.settings.From != "" {
		author, reply = c.settings.From, e.From.Email
	}
	switch {
	case !isAddress(author):
		return nil, ErrNoSender
	case !isAddress(e.To.Email):
		return nil, ErrNoAddress
	}
	m := &message{id: "<" + e.ID.String() + "@" + c.settings.Name + ">", delivery: e.DeliveryID.String(), from: author, to: e.To.Email}
	// A boundary cannot stand in base64 nor in quoted-printable.
	boundary := "=_" + strings.ReplaceAll(e.ID.String(), "-", "")
	var h header
	h.add("Date", e.CreatedAt.In(org.Zone()).Format(time.RFC1123Z))
	h.add("From", mailbox(e.From.Name, author))
	if reply != "" && reply != author && isAddress(reply) {
		h.add("Reply-To", mailbox(e.From.Name, reply))
	}
	h.add("To", mailbox(e.To.Name, e.To.Email))
	h.add("Subject", words(subjectOf(e)))
	h.add("Message-ID", m.id)
	// Nobody's holiday answer is wanted; a bounce and a person's reply are (RFC 3834).
	h.add("Auto-Submitted", "auto-generated")
	h.add("X-Auto-Response-Suppress", "OOF, AutoReply")
	h.add("MIME-Version", "1.0")
	h.add("Content-Type", `multipart/mixed; boundary="`+boundary+`"`)
	h.end()
	h.line("--" + boundary)
	h.add("Content-Type", "text/plain; charset=utf-8")
	h.add("Content-Transfer-Encoding", "quoted-printable")
	h.end()
	if err := quoted(&h.Buffer, textOf(e)); err != nil {
		return nil, err
	}
	m.head = h.Bytes()
	for _, f := range filesOf(e) {
		m.parts = append(m.parts, part{head: partHead(boundary, f), file: f})
	}
	m.tail = []byte("\r\n--" + boundary + "--\r\n")
	return m, nil
}

func filesOf(e exchange.Envelope) []exchange.FileRef {
	if e.Link != "" {
		return nil
	}
	if e.Package.Hash.IsZero() {
		return e.Files
	}
	return append(append([]exchange.FileRef(nil), e.Files...), e.Package)
}

func partHead(boundary string, f exchange.FileRef) []byte {
	name := fileName(f)
	var h header
	h.line("")
	h.line("--" + boundary)
	h.add("Content-Type", mediaType(f.MediaType)+";"+nameParameter(name))
	h.add("Content-Transfer-Encoding", "base64")
	h.add("Content-Disposition", "attachment;"+extended("filename", name))
	h.end()
	return h.Bytes()
}

// mediaType keeps what can be trusted to be one. Mails in mails must not travel
// in base64 (RFC 2045, 6.4) and go as bytes.
func mediaType(s string) string {
	kind, _, err := mime.ParseMediaType(s)
	main, _, _ := strings.Cut(kind, "/")
	if err != nil || !strings.Contains(kind, "/") || len(kind) > 100 || main == "multipart" || main == "message" {
		return "application/octet-stream"
	}
	return kind
}

// subjectOf puts number and symbol first, as an office looks for them.
func subjectOf(e exchange.Envelope) string {
	if e.Symbol == "" {
		return e.Subject
	}
	return e.Symbol + ": " + e.Subject
}

// textOf is what a person reads. What goes by plain mail is for information
// (QĐ 28/2018/QĐ-TTg): the mail says so itself.
func textOf(e exchange.Envelope) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Kính gửi: %s\n\n", clean(e.To.Name))
	fmt.Fprintf(&b, "%s xin gửi văn bản", clean(e.From.Name))
	if e.Symbol != "" {
		fmt.Fprintf(&b, " số %s", clean(e.Symbol))
	}
	fmt.Fprintf(&b, ".\nTrích yếu: %s\n\n", clean(e.Subject))
	listed := filesOf(e)
	if e.Link != "" {
		listed = e.Files
		fmt.Fprintf(&b, "Tệp vượt quá dung lượng của thư điện tử. Mời tải về tại liên kết sau, chỉ dùng một lần (tải xong trong\n"+
			"24 giờ kể từ lần tải đầu), trước %s:\n\n%s\n\nKhông chuyển tiếp liên kết này: ai có liên kết đều tải được tệp.\n\n",
			e.LinkUntil.In(org.Zone()).Format("15:04 02/01/2006"), e.Link)
	}
	b.WriteString("Tệp kèm theo:\n")
	for i, f := range listed {
		fmt.Fprintf(&b, "%d. %s (%d byte)\n   SHA-256: %s\n", i+1, fileName(f), f.Size, f.Hash)
	}
	b.WriteString("\nĐề nghị Quý cơ quan kiểm tra, đăng ký văn bản đến theo quy định và phản hồi thư này nếu văn bản\n" +
		"gửi nhầm, thiếu trang hoặc không mở được.\n\n" +
		"Lưu ý: văn bản gửi qua thư điện tử chỉ để biết, tham khảo và không thay cho việc gửi, nhận văn bản qua\n" +
		"hệ thống quản lý văn bản được liên thông (Quyết định số 28/2018/QĐ-TTg). Giá trị của tệp kèm theo\n" +
		"xác định theo chữ ký số trên tệp.\n\n")
	fmt.Fprintf(&b, "Mã gửi: %s\n", e.DeliveryID)
	return b.String()
}

func quoted(to *bytes.Buffer, text string) error {
	w := quotedprintable.NewWriter(to)
	if _, err := io.WriteString(w, strings.ReplaceAll(text, "\n", "\r\n")); err != nil {
		return err
	}
	return w.Close()
}

// size is how many bytes the mail has as it travels, known before any moves.
func (m *message) size() int64 {
	n := int64(len(m.signed) + len(m.head) + len(m.tail))
	for _, p := range m.parts {
		n += int64(len(p.head)) + encodedSize(p.file.Size)
	}
	return n
}

// lineBytes is the longest line of base64 (RFC 2045, 6.8).
const lineBytes = 76

func encodedSize(n int64) int64 {
	chars := (n + 2) / 3 * 4
	return chars + (chars+lineBytes-1)/lineBytes*2
}

// write streams the mail. An error leaves it without its end.
func (m *message) write(ctx context.Context, to io.Writer, open opener) error {
	if _, err := to.Write(append(append([]byte(nil), m.signed...), m.head...)); err != nil {
		return err
	}
	for _, p := range m.parts {
		if _, err := to.Write(p.head); err != nil {
			return err
		}
		if err := writeFile(ctx, to, p.file, open); err != nil {
			return err
		}
	}
	_, err := to.Write(m.tail)
	return err
}

// fileError tells trouble of ours apart from that of the line.
type fileError struct{ error }

func (e fileError) Unwrap() error { return e.error }

func writeFile(ctx context.Context, to io.Writer, f exchange.FileRef, open opener) error {
	content, err := open(ctx, f)
	if err != nil {
		return ours(err)
	}
	defer content.Close()
	lines := &wrapped{to: to}
	encoder := base64.NewEncoder(base64.StdEncoding, lines)
	n, err := io.CopyBuffer(encoder, fileReader{content}, make([]byte, 48<<10))
	var own fileError
	switch {
	case errors.As(err, &own):
		return ours(own.error)
	case err != nil:
		return err
	case n != f.Size:
		return exchange.ErrFileDamaged.Because(fmt.Errorf("%d bytes where %d should be", n, f.Size))
	}
	if err := encoder.Close(); err != nil {
		return err
	}
	return lines.end()
}

// ours makes an error of opening or reading one of our own store, if it does
// not say so itself.
func ours(err error) error {
	if errors.Is(err, exchange.ErrFileAway) || errors.Is(err, exchange.ErrFileDamaged) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return exchange.ErrFileAway.Because(err)
}

// fileReader marks the errors of a file.
type fileReader struct{ io.Reader }

func (r fileReader) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fileError{err}
	}
	return n, err
}

// wrapped breaks base64 into lines.
type wrapped struct {
	to  io.Writer
	col int
	buf []byte
}

func (w *wrapped) Write(b []byte) (int, error) {
	w.buf = w.buf[:0]
	for rest := b; len(rest) > 0; {
		n := min(len(rest), lineBytes-w.col)
		w.buf = append(w.buf, rest[:n]...)
		rest = rest[n:]
		if w.col += n; w.col == lineBytes {
			w.buf = append(w.buf, '\r', '\n')
			w.col = 0
		}
	}
	if _, err := w.to.Write(w.buf); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (w *wrapped) end() error {
	if w.col == 0 {
		return nil
	}
	_, err := io.WriteString(w.to, "\r\n")
	return err
}
