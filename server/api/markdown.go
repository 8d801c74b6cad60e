package api

import (
	"html/template"
	"regexp"
	"strings"
)

// The marks that the contract's descriptions use: paragraphs, lists, code and
// bold. Whatever else is written stands as it is, escaped.
var (
	fence    = regexp.MustCompile("(?s)^```[a-z]*\n(.*?)\n?```$")
	bullet   = regexp.MustCompile(`^\s*[-*] (.*)$`)
	numbered = regexp.MustCompile(`^\s*\d+\. (.*)$`)
	code     = regexp.MustCompile("`([^`]+)`")
	bold     = regexp.MustCompile(`\*\*([^*]+)\*\*`)
)

// markdown gives a description as a page shows it.
func markdown(text string) template.HTML {
	var b strings.Builder
	for _, block := range blocksOf(text) {
		if m := fence.FindStringSubmatch(block); m != nil {
			b.WriteString("<pre><code>" + template.HTMLEscapeString(m[1]) + "</code></pre>\n")
			continue
		}
		writeBlock(&b, strings.Split(block, "\n"))
	}
	return template.HTML(b.String()) //nolint:gosec // every word of it was escaped in inline
}

// blocksOf parts a text at its empty lines; a fence holds together.
func blocksOf(text string) []string {
	var blocks []string
	var open []string
	fenced := false
	end := func() {
		if len(open) > 0 {
			blocks, open = append(blocks, strings.Join(open, "\n")), nil
		}
	}
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		mark := strings.HasPrefix(line, "```")
		switch {
		case mark && !fenced:
			end()
			open, fenced = append(open, line), true
		case mark:
			open, fenced = append(open, line), false
			end()
		case strings.TrimSpace(line) == "" && !fenced:
			end()
		default:
			open = append(open, line)
		}
	}
	end()
	return blocks
}

// writeBlock writes the lines of one block: runs of items as lists, the rest as paragraphs.
func writeBlock(b *strings.Builder, lines []string) {
	within := ""
	enter := func(tag string) {
		if tag == within {
			return
		}
		if within != "" {
			b.WriteString("</" + within + ">\n")
		}
		if within = tag; tag != "" {
			b.WriteString("<" + tag + ">")
		}
	}
	for _, line := range lines {
		item, list := itemOf(line)
		switch {
		case list != "":
			enter(list)
			b.WriteString("<li>" + inline(item))
		case within == "ul" || within == "ol": // an item goes on in the next line
			b.WriteString(" " + inline(strings.TrimSpace(line)))
		default:
			enter("p")
			b.WriteString(inline(line) + "\n")
		}
	}
	enter("")
}

func itemOf(line string) (text, list string) {
	if m := bullet.FindStringSubmatch(line); m != nil {
		return m[1], "ul"
	}
	if m := numbered.FindStringSubmatch(line); m != nil {
		return m[1], "ol"
	}
	return "", ""
}

// inline marks code and bold. Code is taken out first: stars in it are stars.
func inline(text string) string {
	var b strings.Builder
	for text != "" {
		at := code.FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		b.WriteString(emphasis(text[:at[0]]))
		b.WriteString("<code>" + template.HTMLEscapeString(text[at[2]:at[3]]) + "</code>")
		text = text[at[1]:]
	}
	b.WriteString(emphasis(text))
	return b.String()
}

func emphasis(text string) string {
	return bold.ReplaceAllString(template.HTMLEscapeString(text), "<strong>$1</strong>")
}

// oneLine is for cells of tables, which hold no paragraphs.
func oneLine(text string) template.HTML {
	return template.HTML(inline(text)) //nolint:gosec // escaped in inline
}
