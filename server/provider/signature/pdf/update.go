package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Marked is written as it is, and Update tells where it came to stand.
type Marked struct {
	Name  string
	Bytes []byte
}

// Update is a revision to be written behind a file: nothing of what was there
// is touched.
type Update struct {
	base    *File
	objects map[int]any
	next    int
	Marks   map[string]int // after Bytes: where each Marked begins
}

// NewUpdate begins a revision. Its new objects get numbers that nothing in the
// file names yet.
func NewUpdate(base *File) (*Update, error) {
	u := &Update{base: base, objects: map[int]any{}, next: base.size, Marks: map[string]int{}}
	err := base.Walk(func(number int, _ any) bool {
		u.next = max(u.next, number+1)
		return true
	})
	return u, err
}

// Add writes a new object and gives its reference.
func (u *Update) Add(v any) Ref {
	ref := Ref{Number: u.next}
	u.next++
	u.objects[ref.Number] = v
	return ref
}

// Set writes an object that was there before in its new form.
func (u *Update) Set(ref Ref, v any) { u.objects[ref.Number] = v }

// Dict gives a copy of a dictionary object, in the form that it has so far.
func (u *Update) Dict(ref Ref) (Dict, error) {
	if v, ok := u.objects[ref.Number].(Dict); ok {
		return maps.Clone(v), nil
	}
	d, err := u.base.Dict(ref)
	if d == nil && err == nil {
		err = damaged("object %d is missing", ref.Number)
	}
	return maps.Clone(d), err
}

// Bytes gives the file with the revision behind it. The form of the
// cross-reference stays: readers may not follow a mixed chain.
func (u *Update) Bytes() ([]byte, error) {
	if u.next >= maxObjects {
		return nil, tooLarge("%d objects", u.next)
	}
	if len(u.base.sections) >= maxRevisions {
		return nil, tooLarge("more than %d revisions", maxRevisions)
	}
	var b bytes.Buffer
	b.Write(u.base.data)
	if !bytes.HasSuffix(u.base.data, []byte("\n")) {
		b.WriteByte('\n')
	}
	offsets := map[int]int{}
	for _, number := range slices.Sorted(maps.Keys(u.objects)) {
		offsets[number] = b.Len()
		fmt.Fprintf(&b, "%d %d obj\n", number, u.base.entries[number].generation)
		if err := u.write(&b, u.objects[number]); err != nil {
			return nil, err
		}
		b.WriteString("\nendobj\n")
	}
	trailer := Dict{"Root": u.base.Trailer["Root"], "Prev": int64(u.base.sections[0].at), "Size": int64(u.next)}
	if info := u.base.Trailer["Info"]; info != nil {
		trailer["Info"] = info
	}
	trailer["ID"] = u.identifier(b.Bytes())
	start := b.Len()
	if u.base.sections[0].stream {
		if err := u.writeStream(&b, offsets, trailer); err != nil {
			return nil, err
		}
	} else {
		u.writeTable(&b, offsets)
		b.WriteString("trailer\n")
		if err := u.write(&b, trailer); err != nil {
			return nil, err
		}
	}
	fmt.Fprintf(&b, "\nstartxref\n%d\n%%%%EOF\n", start)
	if b.Len() > MaxFile {
		return nil, tooLarge("%d bytes", b.Len())
	}
	return b.Bytes(), nil
}

// identifier keeps the first half of the file's identifier, which stands for
// the document, and changes the second, which stands for the revision (14.4).
func (u *Update) identifier(content []byte) Array {
	sum := sha256.Sum256(content)
	revision := String(sum[:16])
	if id, err := u.base.Array(u.base.Trailer["ID"]); err == nil && len(id) == 2 {
		if document, ok := id[0].(String); ok {
			return Array{document, revision}
		}
	}
	return Array{revision, revision}
}

// writeTable writes a table with one range for each run of numbers.
func (u *Update) writeTable(b *bytes.Buffer, offsets map[int]int) {
	b.WriteString("xref\n")
	for _, run := range runs(offsets) {
		fmt.Fprintf(b, "%d %d\n", run[0], len(run))
		for _, number := range run {
			fmt.Fprintf(b, "%010d %05d n \n", offsets[number], u.base.entries[number].generation)
		}
	}
}

func (u *Update) writeStream(b *bytes.Buffer, offsets map[int]int, trailer Dict) error {
	own := u.next
	offsets[own] = b.Len()
	var rows []byte
	index := Array{}
	for _, run := range runs(offsets) {
		index = append(index, int64(run[0]), int64(len(run)))
		for _, number := range run {
			at, g := offsets[number], u.base.entries[number].generation
			rows = append(rows, 1, byte(at>>24), byte(at>>16), byte(at>>8), byte(at), byte(g>>8), byte(g))
		}
	}
	trailer["Type"], trailer["W"], trailer["Index"] = Name("XRef"), Array{int64(1), int64(4), int64(2)}, index
	trailer["Size"] = int64(own + 1)
	fmt.Fprintf(b, "%d 0 obj\n", own)
	if err := u.write(b, &Stream{Dict: trailer, Raw: rows}); err != nil {
		return err
	}
	b.WriteString("\nendobj")
	return nil
}

// runs groups the numbers into those that follow each other.
func runs(offsets map[int]int) (out [][]int) {
	for _, number := range slices.Sorted(maps.Keys(offsets)) {
		if last := len(out) - 1; last >= 0 && out[last][len(out[last])-1] == number-1 {
			out[last] = append(out[last], number)
		} else {
			out = append(out, []int{number})
		}
	}
	return out
}

func (u *Update) write(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case float64:
		b.WriteString(strconv.FormatFloat(v, 'f', -1, 64))
	case Name:
		writeName(b, v)
	case String:
		writeString(b, v)
	case Ref:
		fmt.Fprintf(b, "%d %d R", v.Number, v.Generation)
	case Marked:
		u.Marks[v.Name] = b.Len()
		b.Write(v.Bytes)
	case Array:
		b.WriteByte('[')
		for i, inner := range v {
			if i > 0 {
				b.WriteByte(' ')
			}
			if err := u.write(b, inner); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case Dict:
		return u.writeDict(b, v)
	case *Stream:
		d := maps.Clone(v.Dict)
		d["Length"] = int64(len(v.Raw))
		if err := u.writeDict(b, d); err != nil {
			return err
		}
		b.WriteString("\nstream\n")
		b.Write(v.Raw)
		b.WriteString("\nendstream")
	default:
		return fmt.Errorf("pdf: %T cannot be written", v)
	}
	return nil
}

func (u *Update) writeDict(b *bytes.Buffer, d Dict) error {
	b.WriteString("<<")
	for _, key := range slices.Sorted(maps.Keys(d)) {
		writeName(b, key)
		b.WriteByte(' ')
		if err := u.write(b, d[key]); err != nil {
			return err
		}
	}
	b.WriteString(">>")
	return nil
}

func writeName(b *bytes.Buffer, n Name) {
	b.WriteByte('/')
	for i := range len(n) {
		if c := n[i]; c <= ' ' || c > '~' || c == '#' || isDelimiter(c) {
			fmt.Fprintf(b, "#%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
}

func writeString(b *bytes.Buffer, s String) {
	for _, c := range s {
		if c < ' ' || c > '~' {
			fmt.Fprintf(b, "<%X>", []byte(s))
			return
		}
	}
	b.WriteByte('(')
	b.WriteString(strings.NewReplacer(`\`, `\\`, `(`, `\(`, `)`, `\)`).Replace(string(s)))
	b.WriteByte(')')
}
