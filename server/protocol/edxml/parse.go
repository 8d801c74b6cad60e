package edxml

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"
)

// eventKind is what the parser met.
type eventKind int

const (
	startOf eventKind = iota + 1
	endOf
	textOf
)

// event is a start tag, an end tag or a piece of text.
type event struct {
	kind  eventKind
	name  xml.Name // Space is the prefix as written
	ns    string   // what the prefix stands for
	attrs []xml.Attr
	text  string
}

// binding is one declared prefix.
type binding struct{ prefix, uri string }

// scope are the prefixes declared so far, the innermost last.
type scope []binding

func (s scope) resolve(prefix string) (uri string, declared bool) {
	if prefix == "xml" {
		return "http://www.w3.org/XML/1998/namespace", true
	}
	for _, b := range slices.Backward(s) {
		if b.prefix == prefix {
			return b.uri, b.uri != "" || prefix == ""
		}
	}
	return "", prefix == ""
}

// declare adds what the attributes of one element declare.
func (s scope) declare(attrs []xml.Attr) scope {
	for _, a := range attrs {
		switch {
		case a.Name.Space == "xmlns":
			s = append(s, binding{a.Name.Local, a.Value})
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			s = append(s, binding{"", a.Value})
		}
	}
	return s
}

func declares(a xml.Attr) bool {
	return a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns"
}

// parser takes XML apart within limits. The decoder of the standard library
// does the characters; nesting, namespaces, limits and what is forbidden
// outright (document types, entities) are held here.
type parser struct {
	warnings
	src      *source
	dec      *xml.Decoder
	limits   Limits
	opt      Options
	names    map[string]string
	open     []openElement
	scope    scope
	elements int
	ended    bool // the root was closed

	canon        *canon // set while what is read has to be hashed
	instructions bool   // processing instructions were met, which are not hashed
}

type openElement struct {
	name  xml.Name
	scope int // length of the parser's scope outside
}

func newParser(src *source, opt Options, w warnings) *parser {
	p := &parser{warnings: w, src: src, limits: opt.Limits, opt: opt, names: map[string]string{}}
	p.dec = xml.NewDecoder(src)
	// The source has converted the bytes already.
	p.dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	return p
}

// next gives the next event; io.EOF after the end of the root.
func (p *parser) next() (event, error) {
	for {
		at := p.src.offset
		p.src.token = p.limits.TokenBytes
		token, err := p.dec.RawToken()
		if err != nil {
			return event{}, p.failed(err)
		}
		var ev event
		switch t := token.(type) {
		case xml.StartElement:
			ev, err = p.start(t)
		case xml.EndElement:
			ev, err = p.end(t)
		case xml.CharData:
			ev, err = p.text(t)
		case xml.ProcInst:
			err = p.instruction(t, at)
		case xml.Directive:
			err = because(ErrDoctype, "a declaration")
		}
		if err != nil {
			return event{}, err
		}
		if ev.kind != 0 {
			return ev, nil
		}
	}
}

// failed tells the end of the package from a defect of it and of its reader.
func (p *parser) failed(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case p.src.err != nil: // whatever the decoder made of it
		return p.src.err
	case errors.As(err, &syntax):
		return because(ErrMalformed, "%s", syntax.Msg)
	case err == io.EOF && p.ended: //nolint:errorlint // only io.EOF itself is the end; one that is wrapped is a line that broke
		return io.EOF
	case err == io.EOF: //nolint:errorlint // as above
		return because(ErrMalformed, "cut off")
	case strings.HasPrefix(err.Error(), "xml: "):
		return because(ErrMalformed, "%s", err.Error())
	}
	return err
}

func (p *parser) instruction(t xml.ProcInst, at int64) error {
	if t.Target == "xml" && at == 0 {
		return nil
	}
	if strings.EqualFold(t.Target, "xml") {
		return because(ErrMalformed, "a declaration that does not stand first")
	}
	p.instructions = true
	return nil
}

func (p *parser) start(t xml.StartElement) (event, error) {
	switch p.elements++; {
	case p.ended:
		return event{}, because(ErrMalformed, "a second root")
	case p.elements > p.limits.Elements:
		return event{}, because(ErrLimit, "more than %d elements", p.limits.Elements)
	case len(p.open) >= p.limits.Depth:
		return event{}, because(ErrLimit, "deeper than %d elements", p.limits.Depth)
	case len(t.Attr) > p.limits.Attributes:
		return event{}, because(ErrLimit, "more than %d attributes", p.limits.Attributes)
	}
	name, err := p.name(t.Name)
	if err != nil {
		return event{}, err
	}
	p.open = append(p.open, openElement{name, len(p.scope)})
	for i, a := range t.Attr {
		if t.Attr[i].Name, err = p.name(a.Name); err != nil {
			return event{}, err
		}
		if slices.ContainsFunc(t.Attr[:i], func(other xml.Attr) bool { return other.Name == a.Name }) {
			return event{}, because(ErrMalformed, "an attribute twice")
		}
	}
	if p.scope = p.scope.declare(t.Attr); len(p.scope) > p.limits.Declarations {
		return event{}, because(ErrLimit, "more than %d prefixes declared at once", p.limits.Declarations)
	}
	ns, declared := p.scope.resolve(name.Space)
	if !declared {
		return event{}, because(ErrMalformed, "an element with a prefix that is not declared")
	}
	for _, a := range t.Attr {
		if _, ok := p.scope.resolve(a.Name.Space); !ok && !declares(a) {
			p.warn(PrefixUndeclared, name.Local, "")
		}
	}
	if p.canon != nil {
		p.canon.start(name, t.Attr)
	}
	return event{kind: startOf, name: name, ns: ns, attrs: t.Attr}, nil
}

// name holds a name to its length, and keeps one copy of it.
func (p *parser) name(n xml.Name) (xml.Name, error) {
	if len(n.Space) > p.limits.NameBytes || len(n.Local) > p.limits.NameBytes {
		return n, because(ErrLimit, "a name longer than %d bytes", p.limits.NameBytes)
	}
	one := func(s string) string {
		if kept, ok := p.names[s]; ok {
			return kept
		}
		if len(p.names) < 1000 {
			p.names[s] = s
		}
		return s
	}
	return xml.Name{Space: one(n.Space), Local: one(n.Local)}, nil
}

func (p *parser) end(t xml.EndElement) (event, error) {
	if len(p.open) == 0 || p.open[len(p.open)-1].name != t.Name {
		return event{}, because(ErrMalformed, "an end tag that closes nothing")
	}
	top := p.open[len(p.open)-1]
	p.open = p.open[:len(p.open)-1]
	p.scope = p.scope[:top.scope]
	p.ended = len(p.open) == 0
	if p.canon != nil {
		p.canon.end(top.name)
	}
	return event{kind: endOf, name: top.name}, nil
}

func (p *parser) text(t xml.CharData) (event, error) {
	if len(p.open) == 0 {
		if strings.Trim(string(t), blanks) != "" {
			return event{}, because(ErrMalformed, "text outside the root")
		}
		return event{}, nil
	}
	text := string(t)
	if p.src.charset != nil && strings.ContainsRune(text, unicode.ReplacementChar) {
		p.warn(CharsetDamaged, "", "")
	}
	if p.canon != nil {
		p.canon.text(text)
	}
	return event{kind: textOf, text: text}, nil
}

// blanks are white space by XML.
const blanks = " \t\r\n"

// node is an element of the envelope, kept whole. Its items stay in order, so
// that it can be hashed again.
type node struct {
	name   xml.Name
	ns     string
	attrs  []xml.Attr
	items  []item
	closed bool
}

// item is a piece of text or an element.
type item struct {
	text string
	node *node
}

func newNode(ev event) *node { return &node{name: ev.name, ns: ev.ns, attrs: ev.attrs} }

// element reads the rest of the element whose start tag was read.
func (p *parser) element(start event) (*node, error) {
	n := newNode(start)
	for {
		ev, err := p.next()
		if err != nil {
			return nil, err
		}
		switch ev.kind {
		case endOf:
			n.closed = true
			return n, nil
		case textOf:
			n.items = append(n.items, item{text: ev.text})
		case startOf:
			child, err := p.element(ev)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, item{node: child})
		}
	}
}

// text is what stands in the element itself.
func (n *node) text() string {
	if len(n.items) == 1 {
		return n.items[0].text
	}
	var all strings.Builder
	for _, i := range n.items {
		all.WriteString(i.text)
	}
	return all.String()
}

// children gives the elements directly inside.
func (n *node) children() []*node {
	var all []*node
	for _, i := range n.items {
		if i.node != nil {
			all = append(all, i.node)
		}
	}
	return all
}

// child gives the last element of one of the names, and nil without one.
func (n *node) child(names ...string) *node {
	for _, i := range slices.Backward(n.items) {
		if i.node != nil && slices.Contains(names, i.node.name.Local) {
			return i.node
		}
	}
	return nil
}
