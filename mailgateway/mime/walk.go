package mime

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"io"
	"strconv"
	"strings"
)

// errEnough ends the reading at the limit of parts; it stays inside.
var errEnough = errors.New("mime: enough parts")

// walker goes through one message.
type walker struct {
	limits   Limits
	sink     Sink
	msg      Message
	entities int
	textLeft int
	htmlLeft int

	roots       *x509.CertPool
	folder      string
	archiveLeft int64
}

// place is where an entity stands.
type place struct {
	path     string
	depth    int // containers around it
	messages int // messages around it
	related  bool
	alt      bool
	digest   bool
	file     bool // in an archive or a winmail.dat: no text of the mail
	archives int  // archives around it
	seal     *seal
	owner    *content
}

// entity is a header block understood as far as the splitting needs it.
type entity struct {
	kind     string
	boundary string
	charset  string
	encoding string
	part     Part
}

func (w *walker) top(s *source) error {
	s.skipMark()
	fields, err := w.readFields(s, "")
	if err != nil {
		return err
	}
	if !fields.mail() {
		return ErrNotMessage
	}
	w.msg.Fields = fields
	w.msg.Headers = w.headers(fields, "")
	err = w.message(s, fields, place{owner: &content{first: 0}}, &w.msg.Body)
	w.compareSigners()
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// message reads the body of a message, the outermost or a nested one.
func (w *walker) message(s *source, fields Fields, at place, body *Body) error {
	single := at
	single.path = sub(at.path, 1)
	e := w.understand(fields, single)
	var err error
	if strings.HasPrefix(e.kind, "multipart/") {
		err = w.container(s, e, at) // its parts are numbered as the message's own
	} else {
		err = w.entity(s, e, single)
	}
	w.settle(at.owner, at.path)
	*body = at.owner.body()
	return err
}

func sub(path string, n int) string {
	if path == "" {
		return strconv.Itoa(n)
	}
	return path + "." + strconv.Itoa(n)
}

// understand reads the fields that say what an entity is.
func (w *walker) understand(f Fields, at place) entity {
	value := f.Get("Content-Type")
	ct, cd := parseParams(value), parseParams(f.Get("Content-Disposition"))
	e := entity{
		kind:     ct.value,
		boundary: strings.TrimRight(ct.list["boundary"], " \t"),
		charset:  ct.list["charset"],
		encoding: encodingName(f.Get("Content-Transfer-Encoding")),
	}
	if kind, subtype, ok := strings.Cut(e.kind, "/"); !ok || kind == "" || subtype == "" {
		if value != "" {
			w.warn(TypeMalformed, at.path, "")
		}
		switch {
		case e.kind != "" && e.kind != "text":
			e.kind = octetStream
		case at.digest && value == "":
			e.kind = typeMessage // RFC 2046, 5.1.5
		default:
			e.kind = typePlain
		}
	}
	e.part = Part{
		Path:         at.path,
		DeclaredType: plain(cutRunes(guess8bit(e.kind), 200)),
		Disposition:  plain(cutRunes(guess8bit(cd.value), 60)),
		ContentID:    messageID(f.Get("Content-ID")),
		location:     f.Get("Content-Location"),
		related:      at.related,
	}
	w.setName(&e.part, cd, ct)
	return e
}

// entity reads what begins here, up to the boundary that ends it.
func (w *walker) entity(s *source, e entity, at place) error {
	if w.entities++; w.entities > w.limits.Parts {
		w.warn(TooManyParts, "", strconv.Itoa(w.limits.Parts))
		return errEnough
	}
	multi := strings.HasPrefix(e.kind, "multipart/")
	nested := isMessage(e.kind)
	switch {
	case (multi || nested) && at.depth >= w.limits.Depth, nested && at.messages >= w.limits.Messages:
		w.warn(TooDeep, at.path, "")
		return w.leaf(s, e, at)
	case multi:
		return w.container(s, e, at)
	case nested:
		return w.nested(s, e, at)
	}
	return w.leaf(s, e, at)
}

func isMessage(kind string) bool {
	return kind == typeMessage || kind == "message/global" || kind == "message/news"
}

// container reads a multipart. If it is encoded as a whole, which no standard
// allows, it is decoded first.
func (w *walker) container(s *source, e entity, at place) error {
	boundary, code := s.findBoundary(e.boundary)
	if code == BoundaryAbsent && (e.encoding == "base64" || e.encoding == "quoted-printable") {
		w.warn(TransferOnContainer, at.path, e.encoding)
		inner, t := w.decodedSource(s, e)
		e.encoding = ""
		err := w.container(inner, e, at)
		return w.closeDecoded(s, t, at.path, err)
	}
	if code != "" {
		w.warn(code, at.path, "")
	}
	if code == BoundaryAbsent {
		at.path, e.kind = e.part.Path, typePlain // most often the text of a mail whose parts a relay removed
		return w.leaf(s, e, at)
	}
	return w.children(s, e.kind, boundary, at)
}

func (w *walker) children(s *source, kind, boundary string, at place) error {
	index := len(s.bounds)
	s.bounds = append(s.bounds, boundary)
	defer func() { s.bounds = s.bounds[:index] }()
	inside := at
	inside.depth++
	inside.related = at.related || kind == "multipart/related"
	inside.alt = kind == "multipart/alternative"
	inside.digest = kind == "multipart/digest"
	if kind == "multipart/encrypted" {
		w.warn(Encrypted, at.path, "")
	}
	var signed *seal
	closed := false
	s.skip() // the preamble is for programs that know no MIME
	for n := 0; s.hit == index; {
		closing := s.closing
		s.take()
		if closing {
			closed = true
			s.skip()
			continue
		}
		if closed {
			w.warn(PartsAfterEnd, at.path, "")
		}
		n++
		inside.path, inside.seal = sub(at.path, n), nil
		if kind == "multipart/signed" {
			signed = w.beginSigned(s, n, &inside, signed)
		}
		fields, err := w.readFields(s, inside.path)
		if err == nil {
			err = w.entity(s, w.understand(fields, inside), inside)
		}
		if kind == "multipart/signed" {
			w.endSigned(s, n, signed)
		}
		if err != nil {
			return err
		}
	}
	if !closed {
		w.warn(EndBoundaryMissing, at.path, "")
	}
	return s.failed()
}

// nested opens a message inside the message.
func (w *walker) nested(s *source, e entity, at place) error {
	if (e.encoding == "base64" || e.encoding == "quoted-printable") && !looksLikeMessage(s.peek(sniffBytes)) {
		w.warn(TransferOnContainer, at.path, e.encoding)
		inner, t := w.decodedSource(s, e)
		e.encoding = ""
		err := w.nested(inner, e, at)
		return w.closeDecoded(s, t, at.path, err)
	}
	index := len(w.msg.Parts)
	e.part.DetectedType = typeMessage
	w.msg.Parts = append(w.msg.Parts, e.part)
	t := s.tap()
	inner := Nested{}
	fields, err := w.readFields(s, at.path)
	if err == nil {
		inner.Headers = w.headers(fields, at.path)
		inside := place{path: at.path, depth: at.depth + 1, messages: at.messages + 1, archives: at.archives, owner: &content{first: index + 1}}
		err = w.message(s, fields, inside, &inner.Body)
	}
	s.untap()
	p := &w.msg.Parts[index]
	p.Nested, p.Opened, p.Size = &inner, true, t.n
	t.h.Sum(p.SHA256[:0])
	return err
}

// decodedSource reads an encoded container as a source of its own.
func (w *walker) decodedSource(s *source, e entity) (*source, transfer) {
	t, _ := decoderFor(e.encoding, &pieces{s: s})
	return newSource(t, w.limits.TotalBytes), t
}

func (w *walker) closeDecoded(s *source, t transfer, path string, err error) error {
	for _, code := range t.defects() {
		w.warn(code, path, "")
	}
	if err != nil {
		return err
	}
	s.skip()
	return s.failed()
}

// leaf reads one part that holds no others: text of the body or an attachment.
func (w *walker) leaf(s *source, e entity, at place) error {
	t, knownEncoding := decoderFor(e.encoding, &pieces{s: s})
	if !knownEncoding {
		w.warn(TransferUnknown, at.path, "")
	}
	if err := w.found(t, e, at); err != nil {
		return err
	}
	for _, code := range t.defects() {
		w.warn(code, at.path, "")
	}
	return s.failed()
}

// found decides by its bytes what becomes of something that was decoded: text
// of the body, something to open, or a part to hand on.
func (w *walker) found(r io.Reader, e entity, at place) error {
	head := make([]byte, sniffBytes)
	n, err := io.ReadFull(r, head)
	// The end of what archives may become is told again, to whoever reads on.
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF && !errors.Is(err, errArchiveSpent) { //nolint:errorlint // only io.EOF itself is the end; one that is wrapped is a line that broke
		return err
	}
	head = head[:n]
	e.part.DetectedType = detect(head, e.part)
	if e.part.DetectedType == typeOLE {
		head, err = more(r, head)
		if err != nil {
			return err
		}
		e.part.DetectedType = detectOLE(head, e.part)
	}
	all := io.MultiReader(bytes.NewReader(head), r)
	if !at.file && w.isBody(e, at) {
		return w.readBody(all, e, at)
	}
	switch e.part.DetectedType {
	case typeMessage:
		if sentAsMessage(e.part) {
			return w.openMessage(all, e, at)
		}
	case typeTNEF:
		return w.open(all, e, at, w.planWinmail)
	case typeZip:
		return w.open(all, e, at, w.planArchive)
	case typeCMS:
		return w.open(all, e, at, w.planSigned)
	}
	e.part.Inline = e.part.Inline || madeByProgram(e.kind)
	return w.readPart(all, e, at)
}

// isBody tells text that a person wrote as the mail from text that is attached.
func (w *walker) isBody(e entity, at place) bool {
	if e.kind != typePlain && e.kind != typeHTML || e.part.Disposition == "attachment" || !readable(e.part.DetectedType) {
		return false
	}
	return e.part.OriginalName == "" || at.alt
}

// readPart hands one part on and takes its size and hash.
func (w *walker) readPart(r io.Reader, e entity, at place) error {
	e.part.Inline = e.part.Inline || at.owner.inline(e.part)
	r, keep := w.keepsReport(r, e.kind)
	defer keep()
	m := &meter{r: r, max: w.limits.PartBytes, part: e.part}
	m.hash = sha256.New()
	err := w.sink(e.part, m)
	if err == nil {
		err = m.drain()
	}
	spent := errors.Is(err, errArchiveSpent)
	if err != nil && !spent {
		return err
	}
	p := m.part
	p.Size, p.Oversize = m.n, m.n > m.max || spent
	if p.Oversize {
		w.warn(PartTooLarge, at.path, "")
	}
	m.hash.Sum(p.SHA256[:0])
	w.msg.Parts = append(w.msg.Parts, p)
	if spent {
		return err // told to the archive that it came from
	}
	return nil
}
