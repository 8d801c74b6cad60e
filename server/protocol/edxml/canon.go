package edxml

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/xml"
	"hash"
	"slices"
	"strings"
)

// canon writes canonical XML (W3C c14n 1.0 and exclusive c14n 1.0, both
// without comments) as a stream, because a package is hashed with its
// attachments in it and these do not fit into memory.
type canon struct {
	w         *bufio.Writer
	exclusive bool
	scope     scope // declared
	rendered  scope // and of these, written by an element around
	frames    []canonFrame
	broken    bool // a prefix that nobody declared: there is no canonical form
}

type canonFrame struct{ scope, rendered int }

// newCanon hashes the canonical form. The context are the declarations around
// the element that it begins with.
func newCanon(h hash.Hash, exclusive bool, context scope) *canon {
	return &canon{w: bufio.NewWriterSize(h, 32<<10), exclusive: exclusive, scope: slices.Clone(context)}
}

// flush hands everything on to the hash.
func (c *canon) flush() { _ = c.w.Flush() } // a hash takes everything

func (c *canon) start(name xml.Name, attrs []xml.Attr) {
	first := len(c.frames) == 0
	c.frames = append(c.frames, canonFrame{len(c.scope), len(c.rendered)})
	declared := len(c.scope)
	c.scope = c.scope.declare(attrs)
	declared = len(c.scope) - declared

	var own []xml.Attr
	prefixes := []string{name.Space}
	for _, a := range attrs {
		if !declares(a) {
			own = append(own, a)
			if a.Name.Space != "" {
				prefixes = append(prefixes, a.Name.Space)
			}
		}
	}
	if !c.exclusive {
		prefixes = prefixes[:0]
		if first || declared > 0 {
			for _, b := range c.scope {
				prefixes = append(prefixes, b.prefix)
			}
		}
	}
	c.put("<" + qualified(name))
	c.namespaces(prefixes)
	slices.SortStableFunc(own, func(a, b xml.Attr) int {
		return cmp.Or(cmp.Compare(c.uri(a.Name.Space), c.uri(b.Name.Space)), cmp.Compare(a.Name.Local, b.Name.Local))
	})
	for _, a := range own {
		c.put(" " + qualified(a.Name) + `="`)
		c.put(attrEscape.Replace(a.Value))
		c.put(`"`)
	}
	c.put(">")
}

// namespaces writes the declarations that no element around has written.
func (c *canon) namespaces(prefixes []string) {
	slices.Sort(prefixes)
	for _, prefix := range slices.Compact(prefixes) {
		if prefix == "xml" {
			continue
		}
		uri, ok := c.scope.resolve(prefix)
		if !ok {
			c.broken = true
			continue
		}
		if have, _ := c.rendered.resolve(prefix); have == uri {
			continue
		}
		c.rendered = append(c.rendered, binding{prefix, uri})
		if prefix == "" {
			c.put(` xmlns="`)
		} else {
			c.put(" xmlns:" + prefix + `="`)
		}
		c.put(attrEscape.Replace(uri) + `"`)
	}
}

// uri is what attributes are sorted by; those without a prefix come first.
func (c *canon) uri(prefix string) string {
	if prefix == "" {
		return ""
	}
	uri, ok := c.scope.resolve(prefix)
	if !ok {
		c.broken = true
	}
	return uri
}

func (c *canon) empty(name xml.Name, attrs []xml.Attr) {
	c.start(name, attrs)
	c.end(name)
}

func (c *canon) end(name xml.Name) {
	c.put("</" + qualified(name) + ">")
	top := c.frames[len(c.frames)-1]
	c.frames = c.frames[:len(c.frames)-1]
	c.scope, c.rendered = c.scope[:top.scope], c.rendered[:top.rendered]
}

func (c *canon) text(s string) {
	if strings.ContainsAny(s, "&<>\r") {
		s = textEscape.Replace(s)
	}
	c.put(s)
}

// content takes the content of an attachment as it was sent.
func (c *canon) content(p []byte) {
	if bytes.ContainsAny(p, "&<>\r") {
		c.text(string(p))
		return
	}
	_, _ = c.w.Write(p) // a hash takes everything
}

// Write takes base64, in which nothing needs to be escaped.
func (c *canon) Write(p []byte) (int, error) { return c.w.Write(p) }

func (c *canon) put(s string) { _, _ = c.w.WriteString(s) } // a hash takes everything

var (
	textEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;")
	attrEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;", "\t", "&#x9;", "\n", "&#xA;", "\r", "&#xD;")
)

func qualified(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// replay hashes what was read of a node so far, leaving out one element, as
// the enveloped-signature transform says.
func (n *node) replay(c *canon, leaveOut *node) {
	if n == leaveOut {
		return
	}
	c.start(n.name, n.attrs)
	for _, i := range n.items {
		if i.node != nil {
			i.node.replay(c, leaveOut)
		} else {
			c.text(i.text)
		}
	}
	if n.closed {
		c.end(n.name)
	}
}
