// Package safehtml makes the HTML of strangers fit to be looked at: nothing in
// it runs, loads or leads anywhere. It must not be the only belt: whoever shows
// the result puts it into a sandbox of its own.
package safehtml

import (
	"github.com/microcosm-cc/bluemonday"
)

// Clean keeps words, tables and plain form, and nothing that reaches out of the
// page: no script, no style, no link, no picture, no form.
func Clean(html string) string { return policy.Sanitize(html) }

var policy = newPolicy()

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "div", "span", "b", "strong", "i", "em", "u", "s", "sub", "sup", "blockquote", "pre", "code",
		"h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "center")
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("td", "th")
	p.AllowAttrs("align").Matching(bluemonday.CellAlign).OnElements("p", "div", "td", "th", "tr")
	return p
}
