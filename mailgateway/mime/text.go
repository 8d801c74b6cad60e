package mime

import (
	"bytes"
	"io"
	"net/url"
	"regexp"
	"strings"
)

// content gathers the text of one message.
type content struct {
	text, html           strings.Builder
	textBytes, htmlBytes int64
	cut                  bool // some of it was left out
	first                int  // the first of the message's parts
	spare                Body // what a winmail.dat says, where the mail itself says nothing
}

func (c *content) body() Body {
	return Body{Text: c.text.String(), HTML: c.html.String(), TextBytes: c.textBytes, HTMLBytes: c.htmlBytes}
}

// written tells whether the mail has a text of its own.
func (c *content) written() bool { return c.htmlBytes > 0 || strings.TrimSpace(c.text.String()) != "" }

// readBody takes text up to the limit and counts the rest.
func (w *walker) readBody(r io.Reader, e entity, at place) error {
	c := at.owner
	out, left, count := &c.text, &w.textLeft, &c.textBytes
	if e.kind == typeHTML {
		out, left, count = &c.html, &w.htmlLeft, &c.htmlBytes
	}
	if !isUTF8(e.charset) {
		if _, ok := charsetOf(e.charset); !ok {
			// Nobody can read it here, so it is kept as a part, and shown as far as it goes.
			w.warn(CharsetUnknown, at.path, plain(cutRunes(guess8bit(e.charset), 60)))
			var raw bytes.Buffer
			tee := &capped{r: r, buf: &raw, left: *left}
			err := w.readPart(tee, e, at)
			*count += tee.n
			w.addText(out, left, raw.Bytes(), e, at)
			return err
		}
	}
	raw, err := io.ReadAll(io.LimitReader(r, int64(*left)))
	if err != nil {
		return err
	}
	rest, err := io.Copy(io.Discard, r)
	if err != nil {
		return err
	}
	*count += int64(len(raw)) + rest
	if rest > 0 {
		w.warn(TextTruncated, at.path, "")
		c.cut = true
	}
	w.addText(out, left, raw, e, at)
	return nil
}

func (w *walker) addText(out *strings.Builder, left *int, raw []byte, e entity, at place) {
	*left -= len(raw)
	charset := e.charset
	if charset == "" && e.kind == typeHTML {
		charset = metaCharset(raw)
	}
	d := decodeText(raw, charset)
	if d.guessed {
		w.warn(CharsetGuessed, at.path, "")
	}
	if d.damaged && !at.owner.cut {
		w.warn(CharsetDamaged, at.path, "")
	}
	text, changed := body(d.text)
	if changed {
		w.warn(TextControl, at.path, "")
	}
	if out.Len() > 0 && text != "" {
		out.WriteByte('\n')
	}
	out.WriteString(text)
}

// capped keeps the beginning of what is read through it.
type capped struct {
	r    io.Reader
	buf  *bytes.Buffer
	left int
	n    int64
}

func (c *capped) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	kept := min(n, c.left)
	c.left -= kept
	c.buf.Write(b[:kept])
	return n, err
}

var metaCharsetPattern = regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s*=\s*["']?([a-z0-9_:.-]{2,40})`)

// metaCharset takes the charset from HTML whose part does not name one.
func metaCharset(html []byte) string {
	m := metaCharsetPattern.FindSubmatch(html[:min(len(html), 2048)])
	if m == nil {
		return ""
	}
	if _, ok := charsetOf(string(m[1])); !ok {
		return ""
	}
	return string(m[1])
}

// inline tells whether a part is a picture that belongs to the HTML. The HTML
// itself decides; where it is not known, the place in the mail does.
func (c *content) inline(p Part) bool {
	if !strings.HasPrefix(p.DetectedType, "image/") {
		return false
	}
	html := c.html.String()
	if html != "" && !c.cut {
		return p.ContentID != "" && refersTo(html, p.ContentID) || p.location != "" && strings.Contains(html, p.location)
	}
	return p.related && (p.ContentID != "" || p.location != "") && p.Disposition != "attachment"
}

func refersTo(html, id string) bool {
	return strings.Contains(html, "cid:"+id) || strings.Contains(html, "cid:"+url.PathEscape(id)) ||
		strings.Contains(html, "cid:"+url.QueryEscape(id))
}

// settle ends the reading of a message. All of its text is known now: the text
// of a winmail.dat is needed or not, and pictures are judged again.
func (w *walker) settle(c *content, path string) {
	if !c.written() {
		c.text.Reset()
		c.text.WriteString(c.spare.Text)
		c.html.WriteString(c.spare.HTML)
		c.textBytes, c.htmlBytes = c.spare.TextBytes, c.spare.HTMLBytes
	}
	w.suspectFont(c.text.String(), path)
	for i := c.first; i < len(w.msg.Parts); i++ {
		if p := &w.msg.Parts[i]; !p.Inline {
			p.Inline = c.inline(*p)
		}
	}
}
