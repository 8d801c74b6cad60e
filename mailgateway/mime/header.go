package mime

import (
	"bytes"
	"strings"
)

// maxFields bounds one header block; real ones stay under a hundred.
const maxFields = 2000

// maxEmpty is how many empty lines may stand before a mail; some tools leave them.
const maxEmpty = 10

// Field is one header field as it was sent, unfolded and otherwise untouched.
type Field struct {
	Name  string
	Value string
}

// Fields are a header block in its order.
type Fields []Field

// Get gives the first value of a field, or nothing.
func (f Fields) Get(name string) string {
	for _, field := range f {
		if strings.EqualFold(field.Name, name) {
			return field.Value
		}
	}
	return ""
}

// All gives every value of a field, in order.
func (f Fields) All(name string) []string {
	var values []string
	for _, field := range f {
		if strings.EqualFold(field.Name, name) {
			values = append(values, field.Value)
		}
	}
	return values
}

// known are fields of which at least one stands in every mail; a block without
// any of them is some other file.
var known = map[string]bool{
	"from": true, "to": true, "cc": true, "bcc": true, "subject": true, "date": true, "sender": true, "reply-to": true,
	"message-id": true, "mime-version": true, "received": true, "return-path": true, "delivered-to": true,
	"content-type": true, "content-transfer-encoding": true, "content-disposition": true, "in-reply-to": true,
	"references": true, "x-mailer": true, "user-agent": true, "dkim-signature": true, "authentication-results": true,
}

func (f Fields) mail() bool {
	for _, field := range f {
		if known[strings.ToLower(field.Name)] {
			return true
		}
	}
	return false
}

// readFields reads a header block up to its empty line. What stands among the
// fields and is none ends the block, unless a field follows it.
func (w *walker) readFields(s *source, path string) (Fields, error) {
	b := block{left: w.limits.HeaderBytes}
	empty := 0
	for s.advance() {
		switch {
		case !s.bol:
			b.extend(s.text)
		case len(s.text) == 0 && !s.open && path == "" && len(b.fields) == 0 && empty < maxEmpty:
			w.warn(HeaderMalformed, path, "empty lines before the header")
			empty++
		case len(s.text) == 0 && !s.open:
			return w.done(&b, path), nil
		case s.text[0] == ' ' || s.text[0] == '\t':
			b.extend(s.text)
		case b.begin(s.text):
		case len(b.fields) == 0 && isEnvelope(s.text):
			w.warn(HeaderMalformed, path, "envelope line of a mailbox file")
			b.ignore()
		case !bytes.HasPrefix(s.text, []byte("--")) && s.fieldFollows():
			w.warn(HeaderMalformed, path, "a line without a field name")
			b.ignore()
		default:
			s.text = bytes.Clone(s.text) // what is read next may look ahead
			w.warn(HeaderEndMissing, path, "the text begins without an empty line")
			s.again = true
			return w.done(&b, path), nil
		}
	}
	return w.done(&b, path), s.failed()
}

func (w *walker) done(b *block, path string) Fields {
	if b.cut {
		w.warn(HeaderTruncated, path, "header block over the limit")
	}
	return b.finish()
}

// isEnvelope knows the separator of mbox files, which old tools leave in front.
func isEnvelope(line []byte) bool {
	return bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))
}

// fieldFollows tells whether the next line is surely a header field.
func (s *source) fieldFollows() bool {
	s.text = bytes.Clone(s.text) // looking ahead would end it
	if s.open {
		return false
	}
	next, _, _ := bytes.Cut(s.peek(512), lf)
	name, ok := fieldName(next)
	if !ok {
		return false
	}
	name = strings.ToLower(name)
	return known[name] || strings.HasPrefix(name, "content-") || strings.HasPrefix(name, "x-")
}

// block collects fields within a budget of bytes.
type block struct {
	fields Fields
	value  []byte
	live   bool // the last field still takes continuations
	left   int
	cut    bool
}

func (b *block) begin(line []byte) bool {
	name, ok := fieldName(line)
	if !ok {
		return false
	}
	b.close()
	if b.left < len(line) || len(b.fields) >= maxFields {
		b.cut = true
		return true
	}
	b.left -= len(line)
	b.fields = append(b.fields, Field{Name: name})
	b.value = append(b.value[:0], line[bytes.IndexByte(line, ':')+1:]...)
	b.live = true
	return true
}

func (b *block) extend(line []byte) {
	if !b.live {
		return
	}
	if b.left < len(line) {
		b.cut = true
		line = line[:max(b.left, 0)]
	}
	b.left -= len(line)
	b.value = append(b.value, line...)
}

func (b *block) ignore() { b.close() }

func (b *block) close() {
	if b.live {
		b.fields[len(b.fields)-1].Value = string(bytes.TrimSpace(b.value))
		b.live = false
	}
}

func (b *block) finish() Fields {
	b.close()
	return b.fields
}

// fieldName takes the name off a header line (RFC 5322, 2.2); blanks before
// the colon are an old form.
func fieldName(line []byte) (string, bool) {
	i := bytes.IndexByte(line, ':')
	if i <= 0 || i > 100 {
		return "", false
	}
	name := bytes.TrimRight(line[:i], " \t")
	if len(name) == 0 {
		return "", false
	}
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return "", false
		}
	}
	return string(name), true
}

// headers understands the fields that a person reads.
func (w *walker) headers(f Fields, path string) Headers {
	for _, once := range []string{"From", "Subject", "Date", "Message-ID", "Content-Type"} {
		if len(f.All(once)) > 1 {
			w.warn(HeaderDuplicate, path, once)
		}
	}
	subject := w.words(f.Get("Subject"), path)
	w.suspectFont(subject, path)
	return Headers{
		From:       w.addresses(f.All("From"), path),
		ReplyTo:    w.addresses(f.All("Reply-To"), path),
		To:         w.addresses(f.All("To"), path),
		Cc:         w.addresses(f.All("Cc"), path),
		Subject:    subject,
		Date:       w.date(f.Get("Date"), path),
		MessageID:  messageID(f.Get("Message-ID")),
		InReplyTo:  messageIDs(f.Get("In-Reply-To")),
		References: messageIDs(f.Get("References")),
	}
}
