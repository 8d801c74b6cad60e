package edxml

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strings"
)

// Options are what an installation decides about reading.
type Options struct {
	Limits Limits
	// AllowSHA1 lets signatures that rest on SHA-1 count; they are marked.
	AllowSHA1 bool
}

// Sink takes one attachment. It is called in the order of the package; Length
// and SHA256 are not known yet. What the sink leaves unread is read to its end
// all the same. An error that it returns ends the reading. A nil sink only looks.
type Sink func(a Attachment, content io.Reader) error

// Read reads one package to its end. A package is refused with one of the
// faults of this package; an error of the reader or of the sink is handed on
// as it came. Until Read returns without an error nothing of the package is
// certain, so what the sink took has to be thrown away after one.
//
// The reader is read once, from where it stands. If it is an io.Seeker it is
// also asked to go back for an attachment that says what it is only after its
// content; from any other reader such a package is refused with ErrOrder.
func Read(r io.Reader, opt Options, sink Sink) (Result, error) {
	opt.Limits = opt.Limits.filled()
	if sink == nil {
		sink = func(Attachment, io.Reader) error { return nil }
	}
	var w warnings
	src, err := newSource(r, opt.Limits, &w)
	if err != nil {
		return Result{}, err
	}
	rd := &reading{parser: newParser(src, opt, w), sink: sink}
	if err := rd.whole(); err != nil {
		return Result{}, err
	}
	if err := rd.understand(); err != nil {
		return Result{}, err
	}
	rd.result.Warnings, rd.result.Size = rd.list, src.total.read
	return rd.result, nil
}

// reading is one package on its way.
type reading struct {
	*parser
	sink    Sink
	result  Result
	root    *node
	path    []*node // of the elements that are open, root first
	lists   int     // of attachments, met so far
	files   int64   // bytes of attachments so far
	checked *verification
	names   map[string]string // from the manifest, by content key
	packed  *bufio.Reader     // one for all attachments
	rest    []byte            // likewise, for what a sink leaves
}

func (rd *reading) whole() error {
	first, err := rd.next()
	if errors.Is(err, io.EOF) {
		return because(ErrMalformed, "no root")
	}
	if err != nil {
		return err
	}
	rd.root = newNode(first)
	if err := rd.inside(rd.root); err != nil {
		return err
	}
	if _, err := rd.next(); !errors.Is(err, io.EOF) {
		return err // only comments may follow
	}
	return nil
}

// inside reads the content of an element that was opened: attachments as they
// pass, and everything else into the tree.
func (rd *reading) inside(n *node) error {
	rd.path = append(rd.path, n)
	defer func() { rd.path = rd.path[:len(rd.path)-1] }()
	for {
		ev, err := rd.next()
		if err != nil {
			return err
		}
		switch ev.kind {
		case endOf:
			n.closed = true
			return nil
		case textOf:
			n.items = append(n.items, item{text: ev.text})
			continue
		case startOf:
		}
		child := newNode(ev)
		n.items = append(n.items, item{node: child})
		if ev.name.Local == "AttachmentEncoded" && !rd.under("MessageHeader") {
			err = rd.attachments(child)
		} else {
			err = rd.inside(child)
		}
		if err != nil {
			return err
		}
	}
}

func (rd *reading) under(name string) bool {
	return slices.ContainsFunc(rd.path, func(n *node) bool { return n.name.Local == name })
}

const (
	soapNamespace = "http://schemas.xmlsoap.org/soap/envelope/"
	oldNamespace  = "http://www.go.vn/eDoc"
)

// parts are the places of a package that matter.
type parts struct {
	envelope, header, body *node
	message                *node // MessageHeader, or Status of the old variant
	old                    bool
}

// find looks for them where the form of today or that of 2014 has them. What
// parsers would choose differently, such as one of two headers, is refused.
func find(root *node, w *warnings) (parts, error) {
	f := finder{warnings: w}
	var p parts
	switch {
	case root.name.Local == "Envelope" && root.ns == soapNamespace:
		p.envelope, p.old = root, true
		p.header, p.body = f.only(root, "Header"), f.only(root, "Body")
	case strings.EqualFold(root.name.Local, "edXMLEnvelope"):
		w.warn(RootOther, "", root.name.Local)
		p.envelope = root
	default:
		if root.name.Local != "edXML" {
			w.warn(RootOther, "", root.name.Local)
		}
		p.envelope = f.only(root, "edXMLEnvelope", "EdXMLEnvelope")
	}
	if p.envelope == nil && root.ns == oldNamespace {
		p.envelope = root // the flat form
	}
	if p.envelope == nil {
		return p, because(ErrNotPackage, "no edXMLEnvelope")
	}
	p.old = p.old || p.envelope.ns == oldNamespace
	if !p.old && p.envelope.ns != Namespace {
		return p, because(ErrNotPackage, "the envelope is of another namespace")
	}
	if p.header == nil {
		p.header = f.only(p.envelope, "edXMLHeader", "EdXMLHeader")
	}
	if p.body == nil {
		p.body = f.only(p.envelope, "edXMLBody", "EdXMLBody")
	}
	if p.header == nil && p.old {
		p.header = p.envelope
	}
	if p.header == nil {
		return p, because(ErrNotPackage, "no edXMLHeader")
	}
	if p.message = f.only(p.header, "MessageHeader"); p.message == nil && p.old {
		p.message = f.only(p.header, "Status")
	}
	if p.message == nil {
		return p, because(ErrNotPackage, "no MessageHeader")
	}
	if p.old {
		w.warn(OldVariant, "", "")
	}
	return p, f.err
}

type finder struct {
	*warnings
	err error
}

// only gives the element that stands once.
func (f *finder) only(n *node, names ...string) *node {
	found := n.child(names...)
	for _, c := range n.children() {
		if c != found && slices.Contains(names, c.name.Local) {
			f.err = because(ErrNotPackage, "%s twice", c.name.Local)
		}
	}
	return found
}

// understand makes values of the tree.
func (rd *reading) understand() error {
	p, err := find(rd.root, &rd.warnings)
	if err != nil {
		return err
	}
	r := &reader{warnings: &rd.warnings, old: p.old}
	rd.result.OldVariant = p.old
	if !p.old && slices.ContainsFunc(p.message.children(), func(n *node) bool { return n.name.Space != "edXML" }) {
		rd.warn(PrefixOther, "MessageHeader", "")
	}
	var trace *Trace
	single := takes{
		p.message.name.Local: func(*node) {},
		"TraceHeaderList":    func(n *node) { trace = r.trace(n) },
		"Signature":          func(*node) {},
	}
	known := takes{"AttachmentEncoded": func(*node) {}, "edXMLBody": func(*node) {}, "EdXMLBody": func(*node) {}}
	if p.old { // what stands in lists today stood in the header itself
		known["TraceHeader"], known["Bussiness"] = func(*node) {}, func(*node) {}
		known["edXMLManifest"] = func(*node) {}
	}
	r.fields(p.header, single, known)
	rd.result.Manifest = rd.manifestOf(p, r)
	if p.message.child("StatusCode") != nil || p.message.name.Local == "Status" {
		rd.result.Status = r.status(p.message)
		if len(rd.result.Attachments) > 0 {
			rd.warn(AttachmentsOnStatus, "", "")
		}
	} else {
		rd.result.Document = r.document(p.message)
		if p.old {
			trace = withLoose(trace, r, p.header)
		}
		rd.result.Document.Trace = trace
		rd.match()
	}
	if r.err != nil {
		return r.err
	}
	rd.sign(p)
	return nil
}

// withLoose adds what in the old variant stands in the header without the list
// around it.
func withLoose(t *Trace, r *reader, header *node) *Trace {
	list := &node{name: header.name, ns: header.ns}
	for _, i := range header.items {
		if i.node != nil && slices.Contains([]string{"TraceHeader", "Bussiness", "Business"}, i.node.name.Local) {
			list.items = append(list.items, i)
		}
	}
	if len(list.items) == 0 {
		return t
	}
	loose := r.trace(list)
	if t == nil {
		return loose
	}
	t.Hops = append(t.Hops, loose.Hops...)
	if t.Act == nil {
		t.Act = loose.Act
	}
	return t
}

func (rd *reading) manifestOf(p parts, r *reader) Manifest {
	for _, place := range []*node{p.body, p.envelope} {
		if place == nil {
			continue
		}
		if n := place.child("edXMLManifest", "Manifest"); n != nil {
			r.nameOf(n)
			return r.manifest(n)
		}
	}
	return Manifest{}
}

// match compares the manifest with what came.
func (rd *reading) match() {
	announced := map[string]Reference{}
	for _, ref := range rd.result.Manifest.References {
		if doubled(ref.ContentID) {
			rd.warn(ContentIDDoubled, "edXMLManifest", "")
		}
		announced[ContentKey(ref.ContentID)] = ref
	}
	if len(announced) == 0 && len(rd.result.Attachments) > 0 {
		rd.warn(ManifestMissing, "edXMLManifest", "")
		return
	}
	came := map[string]bool{} // by key, and by name where there is none
	for i, a := range rd.result.Attachments {
		key := ContentKey(a.ContentID)
		ref, ok := announced[key]
		switch came["id "+key] = true; {
		case key == "":
			came["name "+a.Name] = true
		case !ok:
			rd.warn(NotInManifest, attachmentPath(i), "")
		case ref.Name != "" && ref.Name != a.Name:
			rd.warn(NameDiffers, attachmentPath(i), "")
		}
	}
	for _, ref := range rd.result.Manifest.References {
		if !came["id "+ContentKey(ref.ContentID)] && !came["name "+ref.Name] {
			rd.warn(AttachmentAbsent, "edXMLManifest", "")
		}
	}
}

func doubled(id string) bool { return strings.HasPrefix(strings.Trim(id, blanks), "cid:cid:") }

// signatures gives the blocks of a header, and the elements around the last.
func signatures(header *node) (found []*node) {
	for _, c := range header.children() {
		if c.name.Local == "Signature" || c.name.Local == "DigitalSignature" {
			found = append(found, c)
		}
	}
	return found
}

// watch begins to hash the package if it is signed. It is called before the
// first attachment, when the header has passed, since only then is it known
// what is to be hashed and how; all that was read so far is hashed again.
func (rd *reading) watch(late bool) {
	if rd.checked != nil {
		return
	}
	var quiet warnings
	p, err := find(rd.root, &quiet)
	if err != nil {
		return
	}
	found := signatures(p.header)
	if len(found) == 0 {
		return
	}
	n := found[len(found)-1]
	data := readSignature(n)
	if data == nil {
		return
	}
	rd.result.Signature = data
	v := newVerification(n, data, rd.opt.AllowSHA1)
	rd.checked = v
	if v.canon == nil {
		return
	}
	switch {
	case len(found) > 1:
		v.canon = nil
		v.give(Unverifiable, ReasonSeveral)
	case late:
		v.canon = nil
		v.give(Unverifiable, ReasonLate)
	default:
		v.scope = contextOf(slices.Compact([]*node{rd.root, p.envelope, p.header, n})...)
		rd.root.replay(v.canon, n)
		rd.canon = v.canon
	}
}

// sign ends the verifying and says what it came to.
func (rd *reading) sign(p parts) {
	if rd.checked == nil {
		rd.watch(rd.lists > 0)
	}
	found := signatures(p.header)
	if len(found) > 1 {
		rd.warn(SignatureRepeated, "Signature", "")
	}
	v := rd.checked
	if v == nil {
		return
	}
	if rd.instructions && v.canon != nil {
		v.canon = nil
		v.give(Unverifiable, ReasonForm)
	}
	if len(found) > 1 && v.canon != nil { // another stands after the attachments
		v.canon = nil
		v.give(Unverifiable, ReasonSeveral)
	}
	v.finish()
	if v.node.ns != dsigNamespace {
		rd.warn(SignatureNamespace, "Signature", "")
	}
	switch v.check.State {
	case Invalid:
		rd.warn(SignatureInvalid, "Signature", string(v.check.Reason))
	case Unverifiable:
		rd.warn(SignatureUnverified, "Signature", string(v.check.Reason))
	case Valid:
		if v.check.SHA1 {
			rd.warn(SignatureSHA1, "Signature", "")
		}
	case NotSigned:
	}
	rd.result.Check = v.check
}
