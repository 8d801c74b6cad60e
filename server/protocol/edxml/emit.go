package edxml

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"congvan/server/domain/fault"
)

// output takes a package apart from how it is written: as the official library
// writes it (printer), or in the canonical form that is signed (canon).
type output interface {
	io.Writer // base64, in which nothing needs to be escaped
	start(name xml.Name, attrs []xml.Attr)
	empty(name xml.Name, attrs []xml.Attr)
	text(s string)
	end(name xml.Name)
}

// printer writes as the official library does: lines end with CR LF, and an
// element of nothing has a blank before its slash.
type printer struct{ w *bufio.Writer }

func (p printer) Write(b []byte) (int, error) { return p.w.Write(b) }

// The writer keeps the first error and gives it at the end.
func (p printer) put(s string) { _, _ = p.w.WriteString(s) }

func (p printer) start(name xml.Name, attrs []xml.Attr) {
	p.tag(name, attrs)
	p.put(">")
}

func (p printer) empty(name xml.Name, attrs []xml.Attr) {
	p.tag(name, attrs)
	p.put(" />")
}

func (p printer) tag(name xml.Name, attrs []xml.Attr) {
	p.put("<" + qualified(name))
	for _, a := range attrs {
		p.put(" " + qualified(a.Name) + `="`)
		p.put(attrEscape.Replace(a.Value))
		p.put(`"`)
	}
}

func (p printer) text(s string) { p.put(printEscape.Replace(s)) }

func (p printer) end(name xml.Name) { p.put("</" + qualified(name) + ">") }

var printEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;", "\n", "\r\n")

// emitter lays a package out: one element a line, two blanks a level.
type emitter struct {
	out     output
	depth   int
	pending *pendingTag // a start tag that may yet turn out empty
	open    []xml.Name
	err     error
}

type pendingTag struct {
	name  xml.Name
	attrs []xml.Attr
}

// The format's own elements have the prefix; the list of attachments, the
// signature and the root have none.
func prefixed(local string) xml.Name { return xml.Name{Space: "edXML", Local: local} }
func bare(local string) xml.Name     { return xml.Name{Local: local} }

func attr(name xml.Name, value string) xml.Attr { return xml.Attr{Name: name, Value: value} }

var (
	defaultDeclaration = attr(bare("xmlns"), Namespace)
	prefixDeclaration  = attr(xml.Name{Space: "xmlns", Local: "edXML"}, Namespace)
)

func (e *emitter) line() {
	e.settle()
	e.out.text("\n" + strings.Repeat("  ", e.depth))
}

// settle writes a start tag that was waited with.
func (e *emitter) settle() {
	if e.pending != nil {
		e.out.start(e.pending.name, e.pending.attrs)
		e.pending = nil
	}
}

// group writes an element around what is written inside.
func (e *emitter) group(name xml.Name, inside func(), attrs ...xml.Attr) {
	if len(e.open) > 0 {
		e.line()
	}
	e.pending = &pendingTag{name, attrs}
	e.open = append(e.open, name)
	e.depth++
	inside()
	e.depth--
	e.open = e.open[:len(e.open)-1]
	if e.pending != nil {
		e.out.empty(name, attrs)
		e.pending = nil
		return
	}
	e.line()
	e.out.end(name)
}

// leaf writes an element with text, trimmed as the official library trims it,
// and nothing when there is no text.
func (e *emitter) leaf(name xml.Name, value string) {
	value = strings.Trim(value, blanks)
	if value == "" {
		return
	}
	if !writable(value) {
		e.refuse(name.Local, "characters that XML does not allow")
		return
	}
	e.line()
	e.out.start(name, nil)
	e.out.text(value)
	e.out.end(name)
}

func (e *emitter) put(local, value string) { e.leaf(prefixed(local), value) }

// number leaves out what is not set or negative.
func (e *emitter) number(local string, v *int) {
	if v != nil && *v >= 0 {
		e.put(local, strconv.Itoa(*v))
	}
}

// within writes an element with the prefix, if anything is to stand in it.
func (e *emitter) within(local string, needed bool, inside func()) {
	if needed {
		e.group(prefixed(local), inside)
	}
}

func (e *emitter) refuse(element, why string) {
	if e.err == nil {
		e.err = ErrUnwritable.With(fault.Field{Name: element, Code: ErrUnwritable.Code, Text: ErrUnwritable.Text}).
			Because(fmt.Errorf("%s: %s", element, why))
	}
}

// writable tells whether XML 1.0 can hold the text.
func writable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return false
		}
	}
	return true
}
