package edxml

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"path"
	"strings"
)

func attachmentPath(i int) string { return fmt.Sprintf("Attachment[%d]", i+1) }

// attachments reads one list of them.
func (rd *reading) attachments(list *node) error {
	if rd.lists++; rd.lists > 1 {
		rd.warn(AttachmentsRepeated, "AttachmentEncoded", "")
	}
	if len(rd.path) != 1 {
		rd.warn(AttachmentsMisplaced, "AttachmentEncoded", "")
	}
	rd.watch(false)
	for {
		ev, err := rd.next()
		if err != nil {
			return err
		}
		switch ev.kind {
		case endOf:
			list.closed = true
			return nil
		case textOf:
			if strings.Trim(ev.text, blanks) != "" {
				rd.warn(TextMixed, "AttachmentEncoded", "")
			}
		case startOf:
			if ev.name.Local == "Attachment" {
				err = rd.attachment()
			} else {
				rd.warn(ElementUnknown, "AttachmentEncoded", ev.name.Local)
				_, err = rd.element(ev)
			}
			if err != nil {
				return err
			}
		}
	}
}

// incoming is an attachment while it is read.
type incoming struct {
	Attachment
	path     string
	met      map[string]bool // elements so far
	taken    bool            // its content was handed to the sink
	deferred int64           // where its content begins, if that waits; -1 if not
}

func (rd *reading) attachment() error {
	count := len(rd.result.Attachments)
	if count >= rd.limits.Attachments {
		return because(ErrLimit, "more than %d attachments", rd.limits.Attachments)
	}
	a := &incoming{path: attachmentPath(count), met: map[string]bool{}, deferred: -1}
	for {
		ev, err := rd.next()
		if err != nil {
			return err
		}
		switch ev.kind {
		case textOf:
			if strings.Trim(ev.text, blanks) != "" {
				rd.warn(TextMixed, a.path, "")
			}
			continue
		case endOf:
			return rd.finish(a)
		case startOf:
		}
		if ev.name.Local == "ContentTransferEncoded" {
			err = rd.content(a)
		} else {
			err = rd.property(a, ev)
		}
		if err != nil {
			return err
		}
	}
}

// property reads one of the small elements of an attachment.
func (rd *reading) property(a *incoming, ev event) error {
	n, err := rd.element(ev)
	if err != nil {
		return err
	}
	r := &reader{warnings: &rd.warnings, old: true}
	name := n.name.Local
	to := map[string]*string{
		"ContentId": &a.ContentID, "AttachmentName": &a.Name, "Description": &a.Description, "FieldName": &a.FieldName,
		"MimeType": &a.MimeType, "ContentType": &a.ContentType, "Format": &a.Format,
	}[name]
	if to == nil {
		rd.warn(ElementUnknown, a.path, name)
		return nil
	}
	if a.met[name] {
		rd.warn(ElementRepeated, a.path+"/"+name, "")
	}
	a.met[name] = true
	value := r.value(n)
	if a.taken && *to != value && name != "Description" && name != "FieldName" && name != "MimeType" {
		if rd.src.seeker != nil {
			return because(ErrAttachment, "%s has another %s after its content", a.path, name)
		}
		return because(ErrOrder, "%s after the content", name)
	}
	*to = value
	return nil
}

// content takes the content at once if it is known by now what it is, and
// otherwise goes past it, to come back at the end of the attachment.
func (rd *reading) content(a *incoming) error {
	if a.taken || a.deferred >= 0 {
		return because(ErrAttachment, "%s has content twice", a.path)
	}
	text := &contentText{p: rd.parser, src: rd.src, canon: rd.canon, done: rd.src.emptied()}
	if rd.src.seeker == nil || a.met["AttachmentName"] && a.met["ContentType"] && a.met["ContentId"] {
		if err := rd.take(a, text); err != nil {
			return err
		}
	} else {
		a.deferred = rd.src.offset
		if rd.src.emptied() {
			a.deferred = -2
		}
		if err := text.pass(); err != nil {
			return err
		}
	}
	ev, err := rd.next()
	if err == nil && ev.kind != endOf {
		err = because(ErrMalformed, "content that does not end")
	}
	a.taken = a.deferred == -1
	return err
}

// finish ends an attachment, going back for its content if that waits.
func (rd *reading) finish(a *incoming) error {
	switch {
	case a.deferred == -2:
		if err := rd.take(a, &contentText{done: true}); err != nil {
			return err
		}
	case a.deferred >= 0:
		src, err := rd.src.again(a.deferred)
		if err != nil {
			return err
		}
		if err := rd.take(a, &contentText{p: rd.parser, src: src}); err != nil {
			return err
		}
		if err := rd.src.goOn(); err != nil {
			return err
		}
	case !a.taken:
		return because(ErrAttachment, "%s has no content", a.path)
	}
	if a.ContentID == "" {
		rd.warn(ContentIDMissing, a.path, "")
	}
	if doubled(a.ContentID) {
		rd.warn(ContentIDDoubled, a.path, "")
	}
	rd.result.Attachments = append(rd.result.Attachments, a.Attachment)
	return nil
}

// settle decides name and format, which the decoding depends on.
func (rd *reading) settle(a *incoming) error {
	if a.Name == "" {
		a.Name = rd.announcedName(a.ContentID)
		switch {
		case a.Name != "" || a.Format != "":
		case rd.src.seeker == nil:
			return because(ErrOrder, "%s has no name before its content", a.path)
		default:
			return because(ErrAttachment, "%s has neither name nor format", a.path)
		}
		rd.warn(NameMissing, a.path, "")
	}
	if a.Name != "" && unsafeName(a.Name) {
		rd.warn(NameUnsafe, a.path, "")
	}
	if a.Format == "" {
		if a.Format = strings.TrimPrefix(path.Ext(a.Name), "."); a.Format == "" {
			a.Format = "unk"
		}
	}
	return nil
}

// announcedName looks into the manifest, if it stands before the attachments.
func (rd *reading) announcedName(id string) string {
	if rd.names == nil {
		rd.names = map[string]string{}
		var quiet warnings
		if p, err := find(rd.root, &quiet); err == nil {
			for _, ref := range rd.manifestOf(p, &reader{warnings: &quiet, old: true}).References {
				rd.names[ContentKey(ref.ContentID)] = ref.Name
			}
		}
	}
	if key := ContentKey(id); key != "" {
		return rd.names[key]
	}
	return ""
}

// take decodes the content into the sink. Trouble of the reader beneath is told
// as such, whatever the layers above made of it.
func (rd *reading) take(a *incoming, text *contentText) error {
	if err := rd.settle(a); err != nil {
		return err
	}
	coded := newBase64Reader(text)
	err := rd.decode(a, coded)
	if coded.err != nil && coded.err != io.EOF { //nolint:errorlint // only io.EOF itself is the end; one that is wrapped is a line that broke
		return coded.err
	}
	if err != nil {
		return err
	}
	coded.complain(&rd.warnings, a.path)
	return nil
}

func (rd *reading) decode(a *incoming, coded *base64Reader) error {
	if rd.packed == nil {
		rd.packed, rd.rest = bufio.NewReaderSize(coded, packedBuffer), make([]byte, 32<<10)
	}
	packed := rd.packed
	packed.Reset(coded)
	file, err := rd.unpack(a, packed)
	if err != nil {
		return err
	}
	m := &meter{r: file, most: rd.limits.FileBytes, rest: rd.limits.FilesBytes - rd.files, hash: sha256.New(), path: a.path}
	if _, zipped := file.(*zipEntry); zipped {
		m.ratio, m.packed = rd.limits.Ratio, func() int64 { return coded.n - int64(packed.Buffered()) }
	}
	if err := rd.sink(a.Attachment, m); err != nil {
		return err
	}
	if err := m.drain(rd.rest); err != nil {
		return err
	}
	if zipped, ok := file.(*zipEntry); ok {
		if err := zipped.close(&rd.warnings, a.path); err != nil {
			return err
		}
	}
	if _, err := io.CopyBuffer(io.Discard, struct{ io.Reader }{packed}, rd.rest); err != nil {
		return err
	}
	a.Length = m.n
	m.hash.Sum(a.SHA256[:0])
	rd.files += m.n
	if m.n == 0 {
		rd.warn(ContentEmpty, a.path, "")
	}
	return nil
}

// meter counts and hashes what a sink reads, and stops at the limits.
type meter struct {
	r          io.Reader
	most, rest int64
	ratio      int64 // 0: not packed
	packed     func() int64
	hash       hash.Hash
	path       string
	n          int64
	err        error
}

func (m *meter) Read(p []byte) (int, error) {
	if m.err != nil {
		return 0, m.err
	}
	n, err := m.r.Read(p)
	m.n += int64(n)
	m.hash.Write(p[:n])
	switch {
	case m.n > m.most, m.n > m.rest:
		err = because(ErrLimit, "%s is larger than the limit", m.path)
	case m.ratio > 0 && m.n > ratioFrom && m.n/m.ratio > m.packed():
		err = because(ErrLimit, "%s unpacks to more than %d times its size", m.path, m.ratio)
	}
	m.err = err
	return n, err
}

// drain reads what the sink left, and finds what the sink swallowed.
func (m *meter) drain(buf []byte) error {
	for m.err == nil {
		_, _ = m.Read(buf) // kept in m.err
	}
	if m.err == io.EOF { //nolint:errorlint // only io.EOF itself is the end; one that is wrapped is a line that broke
		return nil
	}
	return m.err
}
