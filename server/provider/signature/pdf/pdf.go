// Package pdf decides what objects a PDF holds, at each of its revisions, and
// writes further revisions behind it. It reads strictly: a file that two
// readers could understand differently is refused, for what is shown must be
// what was signed. Every reading is bounded in depth, number and size. It must
// not know what a signature is.
package pdf

import (
	"bytes"
	"fmt"

	"congvan/server/domain/fault"
)

// The objects of a PDF (ISO 32000-1, 7.3): nil, bool, int64, float64, String,
// Name, Array, Dict, Ref and *Stream.
type (
	Name   string
	String []byte
	Array  []any
	Dict   map[Name]any
	Ref    struct{ Number, Generation int }
	// Stream is a dictionary with bytes, encoded as in the file.
	Stream struct {
		Dict Dict
		Raw  []byte
	}
)

// Limits of what is read of one file.
const (
	MaxFile      = 128 << 20
	maxObjects   = 500_000 // by number
	maxRevisions = 200
	maxDepth     = 60
	maxItems     = 400_000  // tokens of one object
	maxInflated  = 64 << 20 // of one stream
	maxReference = 40       // references in a row
)

// Limits of all that is read of one file, in all of its revisions together:
// what each revision costs is small, and there may be many.
const (
	maxAllInflated = 256 << 20
	maxAllEntries  = 5_000_000
	maxAllParsed   = 512 << 20 // bytes of objects
)

// The reasons for which a file is not read.
var (
	ErrDamaged = fault.New(fault.Unsupported, "pdf_damaged",
		"Tệp PDF bị hỏng hoặc không rõ ràng, không thể ký hay xác minh.",
		"The PDF is damaged or ambiguous; it can be neither signed nor verified.")
	ErrEncrypted = fault.New(fault.Unsupported, "pdf_encrypted",
		"Tệp PDF có mật khẩu, không thể ký hay xác minh.", "The PDF is encrypted; it can be neither signed nor verified.")
	ErrNotPDF   = fault.New(fault.Unsupported, "not_pdf", "Đây không phải là tệp PDF.", "This is not a PDF.")
	ErrTooLarge = fault.New(fault.TooLarge, "pdf_too_large",
		"Tệp PDF quá lớn hoặc quá phức tạp.", "The PDF is too large or too complex.")
)

func damaged(format string, a ...any) error { return ErrDamaged.Because(fmt.Errorf(format, a...)) }

func tooLarge(format string, a ...any) error { return ErrTooLarge.Because(fmt.Errorf(format, a...)) }

// entry tells where an object is.
type entry struct {
	kind       byte // 0 free, 1 at an offset, 2 inside an object stream
	offset     int  // kind 1
	container  int  // kind 2: number of the object stream
	index      int  // kind 2: place in it
	generation int
}

// File is a PDF as its last revision shows it.
type File struct {
	data      []byte
	entries   map[int]entry
	Trailer   Dict
	sections  []section // newest first
	size      int       // one more than the highest object number
	budget    *budget
	objects   map[int]any
	packed    map[int]*container
	resolving map[int]bool
}

// section is one cross-reference table or stream.
type section struct {
	at     int // where it begins, as startxref says it
	end    int // behind its %%EOF and the end of that line
	stream bool
}

// budget is what is left to be read of a file, in whatever revision.
type budget struct{ inflated, entries, parsed int }

// Open reads the last revision of the data. To see an earlier one, give Open
// the bytes up to its end.
func Open(data []byte) (*File, error) {
	return open(data, &budget{inflated: maxAllInflated, entries: maxAllEntries, parsed: maxAllParsed})
}

func open(data []byte, left *budget) (*File, error) {
	if len(data) > MaxFile {
		return nil, tooLarge("%d bytes", len(data))
	}
	if !bytes.HasPrefix(data, []byte("%PDF-")) {
		return nil, ErrNotPDF
	}
	f := &File{data: data, entries: map[int]entry{}, budget: left,
		objects: map[int]any{}, packed: map[int]*container{}, resolving: map[int]bool{}}
	at, end, err := lastStart(data)
	if err != nil {
		return nil, err
	}
	if err := f.readSections(at, end); err != nil {
		return nil, err
	}
	if f.Trailer["Encrypt"] != nil {
		return nil, ErrEncrypted
	}
	if _, ok := f.Trailer["Root"].(Ref); !ok {
		return nil, damaged("trailer without a catalog")
	}
	return f, nil
}

// At opens an earlier revision of the same file; both share one budget.
func (f *File) At(end int) (*File, error) {
	if end <= 0 || end > len(f.data) {
		return nil, damaged("no revision ends at %d", end)
	}
	return open(f.data[:end:end], f.budget)
}

// Bytes gives the whole file.
func (f *File) Bytes() []byte { return f.data }

// Ends gives where the revisions end, oldest first. The last one is where the
// last revision ends, which is the end of the file unless something follows.
func (f *File) Ends() []int {
	var ends []int
	for i := len(f.sections) - 1; i >= 0; i-- {
		if end := f.sections[i].end; end > 0 && (len(ends) == 0 || end > ends[len(ends)-1]) {
			ends = append(ends, end)
		}
	}
	return ends
}

// Catalog gives the root of all objects.
func (f *File) Catalog() (Dict, error) { return f.Dict(f.Trailer["Root"]) }

// Object gives what has the number, nil for nothing.
func (f *File) Object(number int) (any, error) {
	if v, known := f.objects[number]; known {
		return v, nil
	}
	e, ok := f.entries[number]
	if !ok || e.kind == 0 {
		return nil, nil
	}
	if f.resolving[number] || len(f.resolving) > maxReference {
		return nil, damaged("object %d needs itself, or too many others", number)
	}
	f.resolving[number] = true
	defer delete(f.resolving, number)
	var v any
	var err error
	if e.kind == 2 {
		v, err = f.unpack(e.container, e.index, number)
	} else {
		v, _, err = f.objectAt(e.offset, number, e.generation)
	}
	if err != nil {
		return nil, err
	}
	f.objects[number] = v
	return v, nil
}

// Resolve follows references to what they name.
func (f *File) Resolve(v any) (any, error) {
	for range maxReference {
		ref, ok := v.(Ref)
		if !ok {
			return v, nil
		}
		if e, known := f.entries[ref.Number]; !known || e.generation != ref.Generation {
			return nil, nil
		}
		var err error
		if v, err = f.Object(ref.Number); err != nil {
			return nil, err
		}
	}
	return nil, damaged("references in a circle")
}

// Dict resolves to a dictionary, that of a stream too; nil for nothing.
func (f *File) Dict(v any) (Dict, error) {
	v, err := f.Resolve(v)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case Dict:
		return v, nil
	case *Stream:
		return v.Dict, nil
	}
	return nil, damaged("expected a dictionary, found %T", v)
}

// Array resolves to an array; nil for nothing.
func (f *File) Array(v any) (Array, error) {
	v, err := f.Resolve(v)
	if err != nil || v == nil {
		return nil, err
	}
	a, ok := v.(Array)
	if !ok {
		return nil, damaged("expected an array, found %T", v)
	}
	return a, nil
}

// Numbers gives a box, a matrix or another array of numbers.
func (f *File) Numbers(v any) ([]float64, error) {
	a, err := f.Array(v)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(a))
	for i := range a {
		n, err := f.Resolve(a[i])
		if err != nil {
			return nil, err
		}
		switch n := n.(type) {
		case int64:
			out[i] = float64(n)
		case float64:
			out[i] = n
		default:
			return nil, damaged("expected a number, found %T", n)
		}
	}
	return out, nil
}
