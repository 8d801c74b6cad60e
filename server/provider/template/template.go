// Package template makes Word documents of templates: it lays out the built-in
// ones as NĐ 30/2020, phụ lục I has it, and puts values into the fields of any
// template. A field is its name in double braces, {{ten_co_quan}}. The package
// must not know where values come from.
package template

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"congvan/server/domain/document"
	"congvan/server/domain/fault"
)

// What a template may be.
const (
	maxTemplate = 10 << 20
	maxPart     = 16 << 20
	maxParts    = 500
)

// ErrUnusable refuses what is no template that could be filled in.
var ErrUnusable = fault.New(fault.Unsupported, "template_unusable",
	"Mẫu phải là tệp Word (.docx) mở được, không quá 10 MB.", "A template must be a readable Word document (.docx) of at most 10 MB.")

// errUnknown names the fields that nobody could fill in.
func errUnknown(names []string) error {
	list := strings.Join(names, ", ")
	return fault.InvalidField("uploadId", "template_field",
		"Mẫu có trường không biết: "+list+". Các trường dùng được có ở trang Mẫu văn bản.",
		"The template has unknown fields: "+list+". The page of templates lists those that can be used.")
}

// Check refuses a template that cannot be filled in.
func Check(template io.ReaderAt, size int64) error {
	parts, err := read(template, size)
	if err != nil {
		return err
	}
	var unknown []string
	for _, p := range parts {
		if !p.words() {
			continue
		}
		for _, name := range fieldsOf(p.content) {
			if _, ok := document.TemplateFieldByName(name); !ok && !slices.Contains(unknown, name) {
				unknown = append(unknown, name)
			}
		}
	}
	if len(unknown) > 0 {
		return errUnknown(unknown)
	}
	return nil
}

// Fill puts the values into the fields of a template; a line break begins a new
// line in the document. A field without a value becomes empty.
func Fill(template io.ReaderAt, size int64, values map[string]string, out io.Writer) error {
	parts, err := read(template, size)
	if err != nil {
		return err
	}
	z := zip.NewWriter(out)
	for _, p := range parts {
		content := p.content
		if p.words() {
			content = fill(content, values)
		}
		w, err := z.Create(p.name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			return fmt.Errorf("write the document: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	return nil
}

type part struct {
	name    string
	content []byte
}

var worded = regexp.MustCompile(`^word/(document|header\d*|footer\d*)\.xml$`)

// words tells whether the part has text that a reader sees.
func (p part) words() bool { return worded.MatchString(p.name) }

func read(template io.ReaderAt, size int64) ([]part, error) {
	if size <= 0 || size > maxTemplate {
		return nil, ErrUnusable
	}
	z, err := zip.NewReader(template, size)
	if err != nil {
		return nil, ErrUnusable.Because(err)
	}
	if len(z.File) > maxParts {
		return nil, ErrUnusable.Because(errors.New("too many parts"))
	}
	var parts []part
	left, found := maxPart, false
	for _, f := range z.File {
		if strings.HasSuffix(strings.ToLower(f.Name), "vbaproject.bin") {
			return nil, ErrUnusable.Because(errors.New("it has macros"))
		}
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		content, err := readPart(f, left)
		if err != nil {
			return nil, err
		}
		left -= len(content)
		found = found || f.Name == "word/document.xml"
		parts = append(parts, part{f.Name, content})
	}
	if !found {
		return nil, ErrUnusable.Because(errors.New("it has no text"))
	}
	return parts, nil
}

func readPart(f *zip.File, most int) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, ErrUnusable.Because(err)
	}
	defer in.Close()
	content, err := io.ReadAll(io.LimitReader(in, int64(most)+1))
	if err == nil && len(content) > most {
		err = errors.New("it unpacks to more than any real one")
	}
	if err != nil {
		return nil, ErrUnusable.Because(err)
	}
	return content, nil
}

var (
	paragraphs = regexp.MustCompile(`(?s)<w:p[ >].*?</w:p>`)
	texts      = regexp.MustCompile(`(?s)<w:t(?:\s[^>]*)?>(.*?)</w:t>`)
	field      = regexp.MustCompile(`\{\{\s*([\p{L}0-9_]{1,60})\s*\}\}`)
	escaper    = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
)

// Word cuts a line into runs wherever it was ever edited, so a field may lie in
// several: a paragraph's text is looked at as one.
func fieldsOf(content []byte) []string {
	var names []string
	for _, p := range paragraphs.FindAll(content, -1) {
		var line bytes.Buffer
		for _, t := range texts.FindAllSubmatch(p, -1) {
			line.Write(t[1])
		}
		for _, m := range field.FindAllSubmatch(line.Bytes(), -1) {
			names = append(names, string(m[1]))
		}
	}
	return names
}

func fill(content []byte, values map[string]string) []byte {
	return paragraphs.ReplaceAllFunc(content, func(p []byte) []byte { return fillParagraph(p, values) })
}

// fillParagraph puts each value into the run in which its field begins, which
// is how it looks; the rest of the field is taken out of the runs that follow.
func fillParagraph(p []byte, values map[string]string) []byte {
	places := texts.FindAllSubmatchIndex(p, -1)
	var line []byte
	starts := make([]int, len(places)) // of each text in the line
	for i, at := range places {
		starts[i] = len(line)
		line = append(line, p[at[2]:at[3]]...)
	}
	fields := field.FindAllSubmatchIndex(line, -1)
	if len(fields) == 0 {
		return p
	}
	var out bytes.Buffer
	from := 0
	for i, at := range places {
		out.Write(p[from:at[0]])
		out.WriteString(`<w:t xml:space="preserve">`)
		out.Write(piece(line, starts[i], starts[i]+at[3]-at[2], fields, values))
		out.WriteString(`</w:t>`)
		from = at[1]
	}
	out.Write(p[from:])
	return out.Bytes()
}

// piece gives what becomes of the line between two places.
func piece(line []byte, from, to int, fields [][]int, values map[string]string) []byte {
	var out bytes.Buffer
	at := from
	for _, f := range fields {
		if f[1] <= from || f[0] >= to {
			continue
		}
		if f[0] > at {
			out.Write(line[at:f[0]])
		}
		if f[0] >= from {
			value := escaper.Replace(cleaned(values[string(line[f[2]:f[3]])]))
			out.WriteString(strings.ReplaceAll(value, "\n", `</w:t><w:br/><w:t xml:space="preserve">`))
		}
		at = min(f[1], to)
	}
	if at < to {
		out.Write(line[at:to])
	}
	return out.Bytes()
}

// cleaned keeps the lines of a value, and the blanks at which a line must not
// break, and nothing else that is no text.
func cleaned(value string) string {
	lines := strings.Split(value, "\n")
	for i, l := range lines {
		words := strings.Split(l, "\u00a0")
		for j, w := range words {
			words[j] = document.CleanLine(w)
		}
		lines[i] = strings.Join(words, "\u00a0")
	}
	return strings.Join(lines, "\n")
}
