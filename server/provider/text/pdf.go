package text

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// PDF is what a PDF says of itself.
type PDF struct {
	Version               string
	Pages                 int // 0 when it is encrypted
	Title, Author         string
	Creator, Producer     string
	Created, Modified     time.Time
	Encrypted             bool
	Signatures            int // filled signature fields; whether they hold is not judged here
	Scripts               bool
	Repaired              bool // its own table of objects is wrong; readers rebuild it
	IncrementallyModified bool // something was appended after it was first written
}

// Signed tells whether anybody signed it.
func (p PDF) Signed() bool { return p.Signatures > 0 }

const (
	tailBytes     = 64 << 10
	maxReadBytes  = 64 << 20  // of the file, beyond one pass of repair
	maxRepairSize = 512 << 20 // larger files must bring a right table
	maxPageDepth  = 40
	maxFields     = 2000
)

// readPDF reads a PDF by its table of objects, and where that is wrong by
// looking for the objects, as readers do. Only the few objects that matter are read.
func readPDF(r io.ReaderAt, size int64) (PDF, error) {
	f := &pdfFile{r: &budget{r: r, left: maxReadBytes}, size: size}
	p, err := f.open()
	if err == nil || errors.Is(err, ErrEncrypted) {
		return p, err
	}
	if failed := (*readError)(nil); errors.As(err, &failed) {
		return p, failed.err
	}
	if f.cutOff || size > maxRepairSize {
		return p, ErrDamaged.Because(err)
	}
	if repairErr := f.repair(); repairErr != nil {
		return p, ErrDamaged.Because(repairErr)
	}
	repaired, err := f.describe(p.Version)
	repaired.Repaired = true
	if err != nil && !errors.Is(err, ErrEncrypted) {
		return p, ErrDamaged.Because(err)
	}
	return repaired, err
}

// open follows the way that the file itself shows: its last bytes name the
// table, the table names the objects.
func (f *pdfFile) open() (PDF, error) {
	head := make([]byte, min(f.size, 2048))
	if _, err := f.r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return PDF{}, err
	}
	f.base = int64(max(headerOffset(head), 0))
	version := headerVersion(head[f.base:])
	if linearizedLength(head) > f.size {
		f.cutOff = true
		return PDF{Version: version}, errors.New("shorter than its first object says")
	}
	tail := make([]byte, min(f.size, tailBytes))
	if _, err := f.r.ReadAt(tail, f.size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return PDF{}, err
	}
	at := bytes.LastIndex(tail, []byte("startxref"))
	if at < 0 {
		f.cutOff = true
		return PDF{Version: version}, errors.New("no startxref at the end")
	}
	l := newLexer(bytes.NewReader(tail[at+len("startxref"):]), 0)
	start, err := l.token()
	offset, ok := start.(int64)
	if err != nil || !ok {
		return PDF{Version: version}, errors.New("startxref without a number")
	}
	if err := f.readTables(offset); err != nil {
		return PDF{Version: version}, err
	}
	return f.describe(version)
}

func headerVersion(head []byte) string {
	v := head[min(len(head), len("%PDF-")):]
	n := 0
	for n < len(v) && n < 4 && (v[n] == '.' || v[n] >= '0' && v[n] <= '9') {
		n++
	}
	return string(v[:n])
}

// linearizedLength is the length that a linearized file gives in its first
// object (ISO 32000-1, annex F); 0 for others.
func linearizedLength(head []byte) int64 {
	at := bytes.Index(head, []byte("/Linearized"))
	if at < 0 {
		return 0
	}
	open := bytes.LastIndex(head[:at], []byte("<<"))
	if open < 0 {
		return 0
	}
	v, err := newLexer(bytes.NewReader(head[open:]), 0).object(0)
	d, ok := v.(pdfDict)
	if err != nil || !ok {
		return 0
	}
	n, _ := d["L"].(int64)
	return n
}

// describe reads what the trailer leads to.
func (f *pdfFile) describe(version string) (PDF, error) {
	p := PDF{Version: version, IncrementallyModified: f.revisions > 1}
	if f.trailer["Encrypt"] != nil {
		p.Encrypted = true
		return p, ErrEncrypted // its texts and often its objects cannot be read
	}
	root, err := f.dict(f.trailer["Root"])
	if err != nil {
		return p, fmt.Errorf("catalog: %w", err)
	}
	if v, ok := root["Version"].(pdfName); ok && string(v) > p.Version && len(v) <= 4 {
		p.Version = string(v)
	}
	if p.Pages, err = f.pages(root); err != nil {
		return p, fmt.Errorf("pages: %w", err)
	}
	p.Scripts = f.hasScripts(root)
	if p.Signatures, err = f.signatures(root); err != nil {
		return p, fmt.Errorf("form: %w", err)
	}
	info, err := f.dict(f.trailer["Info"])
	if err != nil {
		return p, f.fatal(err) // a PDF without it is whole
	}
	p.Title, p.Author = f.text(info["Title"]), f.text(info["Author"])
	p.Creator, p.Producer = f.text(info["Creator"]), f.text(info["Producer"])
	p.Created, p.Modified = pdfTime(f.text(info["CreationDate"])), pdfTime(f.text(info["ModDate"]))
	return p, nil
}

// fatal lets an error through only if it comes from reading the file itself.
func (f *pdfFile) fatal(err error) error {
	if r := (*readError)(nil); errors.As(err, &r) {
		return err
	}
	return nil
}

// pages takes the count, and goes to the first page to see that the table is right.
func (f *pdfFile) pages(root pdfDict) (int, error) {
	node, err := f.dict(root["Pages"])
	if err != nil {
		return 0, err
	}
	v, err := f.resolve(node["Count"])
	if err != nil {
		return 0, err
	}
	count, ok := v.(int64)
	if !ok || count < 0 || count > 10_000_000 {
		return 0, errors.New("no page count")
	}
	for range maxPageDepth {
		kids, err := f.resolve(node["Kids"])
		if err != nil {
			return 0, err
		}
		list, ok := kids.(pdfArray)
		if !ok || len(list) == 0 {
			return int(count), nil
		}
		if node, err = f.dict(list[0]); err != nil {
			return 0, err
		}
	}
	return 0, errors.New("page tree too deep")
}

func (f *pdfFile) hasScripts(root pdfDict) bool {
	names, err := f.dict(root["Names"])
	if err == nil && names["JavaScript"] != nil {
		return true
	}
	action, err := f.dict(root["OpenAction"])
	return err == nil && action["S"] == pdfName("JavaScript") || root["AA"] != nil
}

// signatures counts signature fields that are filled (ISO 32000-1, 12.7.4.5).
func (f *pdfFile) signatures(root pdfDict) (int, error) {
	if root["AcroForm"] == nil {
		return 0, nil
	}
	form, err := f.dict(root["AcroForm"])
	if err != nil {
		return 0, f.fatal(err)
	}
	type node struct {
		ref  any
		kind any
	}
	var todo []node
	push := func(v any, kind any) {
		list, err := f.resolve(v)
		if kids, ok := list.(pdfArray); err == nil && ok {
			for _, kid := range kids[:min(len(kids), maxFields)] {
				todo = append(todo, node{kid, kind})
			}
		}
	}
	push(form["Fields"], nil)
	count, met := 0, map[pdfRef]bool{}
	for looked := 0; len(todo) > 0 && looked < maxFields; looked++ {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if ref, ok := n.ref.(pdfRef); ok {
			if met[ref] {
				continue
			}
			met[ref] = true
		}
		field, err := f.dict(n.ref)
		if err != nil {
			if err := f.fatal(err); err != nil {
				return 0, err
			}
			continue
		}
		if field["FT"] != nil {
			n.kind = field["FT"]
		}
		if n.kind == pdfName("Sig") && field["V"] != nil {
			count++
			continue
		}
		push(field["Kids"], n.kind)
	}
	return count, nil
}

// text decodes a text string (ISO 32000-1, 7.9.2.2). Some writers put UTF-8
// there without its mark.
func (f *pdfFile) text(v any) string {
	v, err := f.resolve(v)
	s, ok := v.(pdfString)
	if err != nil || !ok {
		return ""
	}
	switch {
	case bytes.HasPrefix(s, []byte{0xfe, 0xff}), bytes.HasPrefix(s, []byte{0xff, 0xfe}):
		out, err := unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder().Bytes(s)
		if err != nil {
			return ""
		}
		return clean(string(out))
	case bytes.HasPrefix(s, []byte{0xef, 0xbb, 0xbf}):
		return clean(string(s[3:]))
	case utf8.Valid(s):
		return clean(string(s))
	}
	var b strings.Builder
	for _, c := range s {
		b.WriteRune(docEncoding(c))
	}
	return clean(b.String())
}

// docEncoding is PDFDocEncoding (ISO 32000-1, annex D.3) above ASCII.
func docEncoding(c byte) rune {
	if c < 0x80 || c > 0xa0 {
		return rune(c)
	}
	return []rune("•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž\uFFFD€")[c-0x80]
}

// pdfTime reads "D:20260305081500+07'00'" (7.9.4).
func pdfTime(s string) time.Time {
	s = strings.TrimSuffix(strings.ReplaceAll(strings.TrimPrefix(s, "D:"), "'", ""), "Z0000")
	return parseTime(s, "20060102150405-0700", "20060102150405Z0700", "20060102150405-07", "20060102150405", "200601021504", "20060102")
}
