// Package signature decides how official PDFs are signed and how signed ones
// are judged. It reserves places before the first signature, fills and signs
// them in revisions behind what was there, adds the evidence for later, and
// holds every later revision against the table of domain/signing. It must not
// keep keys (softkey, token, remote), choose whom to trust, or decide who signs.
package signature

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf16"

	"congvan/server/domain/fault"
	"congvan/server/domain/signing"
	"congvan/server/provider/signature/pdf"
)

// The reasons for which a PDF is not signed.
var (
	ErrActive = fault.New(fault.Unsupported, "pdf_active",
		"Tệp PDF có mã lệnh, biểu mẫu động hoặc hành động tự chạy, nội dung hiển thị có thể thay đổi nên không được ký.",
		"The PDF holds scripts, dynamic forms or actions: what it shows can change, so it is not signed.")
	ErrAlreadySigned = fault.New(fault.Conflict, "pdf_already_signed",
		"Tệp PDF đã có chữ ký, không thể dành thêm vị trí ký.", "The PDF is signed already; no more places can be reserved.")
	ErrCertified = fault.New(fault.Conflict, "pdf_certified",
		"Người ký trước đã khóa tệp PDF, không cho phép ký thêm.", "An earlier signer has locked the PDF against further signatures.")
	ErrNoPlace = fault.New(fault.Conflict, "no_place",
		"Tệp PDF không có vị trí dành sẵn này.", "The PDF has no such reserved place.")
	ErrPlaceTaken = fault.New(fault.Conflict, "place_taken",
		"Vị trí này đã được điền hoặc đã ký.", "The place is filled or signed already.")
	ErrTooLate = fault.New(fault.Conflict, "place_too_late",
		"Chữ ký đã có trên tệp không cho phép thay đổi này nữa.", "A signature that is on the file no longer allows this change.")
	ErrOutside = fault.New(fault.Invalid, "place_outside",
		"Vị trí ký nằm ngoài trang hoặc không hợp lệ.", "The place lies outside the page or is not valid.")
	ErrImage = fault.New(fault.Invalid, "signature_image",
		"Ảnh chữ ký hoặc con dấu phải là PNG không quá lớn.", "The image of a signature or seal must be a PNG that is not too large.")
)

// field is one field of the form, with what it inherits.
type field struct {
	ref      pdf.Ref
	name     string
	kind     pdf.Name // Sig, Tx …
	dict     pdf.Dict
	value    any // as written: a reference for most signatures
	widgets  []pdf.Ref
	embedded bool // the field is its own widget
}

func (f field) place() (signing.Place, bool) { return signing.ParsePlace(f.name) }

// empty tells whether nothing was put into the field yet.
func (f field) empty() bool {
	switch v := f.value.(type) {
	case nil:
		return true
	case pdf.String:
		return len(v) == 0
	}
	return false
}

const (
	maxFields     = 5000
	maxFieldDepth = 20
	maxPages      = 20_000
	maxPageDepth  = 40
)

// form reads the fields of the document.
func form(f *pdf.File) ([]field, error) {
	catalog, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	acro, err := f.Dict(catalog["AcroForm"])
	if err != nil || acro == nil {
		return nil, err
	}
	list, err := f.Array(acro["Fields"])
	if err != nil {
		return nil, err
	}
	r := formReader{f: f, seen: map[int]bool{}, names: map[string]bool{}}
	for _, v := range list {
		if err := r.read(v, field{}, 0); err != nil {
			return nil, err
		}
	}
	return r.fields, nil
}

type formReader struct {
	f      *pdf.File
	seen   map[int]bool
	names  map[string]bool
	fields []field
}

func (r *formReader) read(v any, parent field, depth int) error {
	ref, ok := v.(pdf.Ref)
	if !ok {
		return pdf.ErrDamaged.Because(fmt.Errorf("a field that is not an object of its own"))
	}
	if r.seen[ref.Number] || depth > maxFieldDepth || len(r.fields) >= maxFields {
		return pdf.ErrDamaged.Because(fmt.Errorf("fields in a circle or too many"))
	}
	r.seen[ref.Number] = true
	dict, err := r.f.Dict(ref)
	if err != nil || dict == nil {
		return err
	}
	own := field{ref: ref, name: parent.name, kind: parent.kind, value: parent.value, dict: dict}
	if kind, ok := dict["FT"].(pdf.Name); ok {
		own.kind = kind
	}
	if value, has := dict["V"]; has {
		own.value = value
	}
	part, err := r.f.Resolve(dict["T"])
	if err != nil {
		return err
	}
	if name, ok := part.(pdf.String); ok {
		own.name = strings.TrimPrefix(parent.name+"."+decodeText(name), ".")
	}
	kids, err := r.f.Array(dict["Kids"])
	if err != nil {
		return err
	}
	named := false
	for _, kid := range kids {
		d, err := r.f.Dict(kid)
		if err != nil {
			return err
		}
		if d["T"] != nil {
			named = true
			break
		}
		if widget, ok := kid.(pdf.Ref); ok {
			own.widgets = append(own.widgets, widget)
		}
	}
	if named {
		for _, kid := range kids {
			if err := r.read(kid, own, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	if dict["Subtype"] == pdf.Name("Widget") {
		own.widgets, own.embedded = append(own.widgets, ref), true
	}
	if r.names[own.name] {
		return pdf.ErrDamaged.Because(fmt.Errorf("two fields of one name"))
	}
	r.names[own.name] = true
	r.fields = append(r.fields, own)
	return nil
}

// page is one page with what it inherits.
type page struct {
	ref  pdf.Ref
	dict pdf.Dict
	box  signing.Box
}

// pages reads the tree of pages, up to a number of them; 0 for all.
func pages(f *pdf.File, upTo int) ([]page, error) {
	catalog, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	root, ok := catalog["Pages"].(pdf.Ref)
	if !ok {
		return nil, pdf.ErrDamaged
	}
	r := pageReader{f: f, seen: map[int]bool{}, upTo: upTo}
	err = r.read(root, nil, 0)
	return r.pages, err
}

type pageReader struct {
	f     *pdf.File
	seen  map[int]bool
	upTo  int
	pages []page
}

func (r *pageReader) read(v, box any, depth int) error {
	ref, ok := v.(pdf.Ref)
	if !ok || r.seen[ref.Number] || depth > maxPageDepth || len(r.pages) > maxPages {
		return pdf.ErrDamaged.Because(fmt.Errorf("the tree of pages is wrong"))
	}
	r.seen[ref.Number] = true
	dict, err := r.f.Dict(ref)
	if err != nil {
		return err
	}
	if b := dict["MediaBox"]; b != nil {
		box = b
	}
	kids, err := r.f.Array(dict["Kids"])
	if err != nil {
		return err
	}
	if kids == nil {
		numbers, err := r.f.Numbers(box)
		if err != nil || len(numbers) != 4 {
			return pdf.ErrDamaged.Because(fmt.Errorf("a page without its size"))
		}
		r.pages = append(r.pages, page{ref: ref, dict: dict, box: signing.Box{
			Left: min(numbers[0], numbers[2]), Bottom: min(numbers[1], numbers[3]), Right: max(numbers[0], numbers[2]), Top: max(numbers[1], numbers[3])}})
		return nil
	}
	for _, kid := range kids {
		if r.upTo > 0 && len(r.pages) >= r.upTo {
			return nil
		}
		if err := r.read(kid, box, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// active tells whether anything in the file runs by itself or can change what
// it shows: scripts, automatic actions, programs, dynamic forms.
func active(f *pdf.File) (bool, error) {
	catalog, err := f.Catalog()
	if err != nil {
		return false, err
	}
	if names, err := f.Dict(catalog["Names"]); err != nil || names["JavaScript"] != nil {
		return true, err
	}
	if acro, err := f.Dict(catalog["AcroForm"]); err != nil || acro["XFA"] != nil {
		return true, err
	}
	found := runs(catalog, 0)
	err = f.Walk(func(_ int, v any) bool {
		found = found || runs(v, 0)
		return !found
	})
	return found, err
}

// runs looks at one object and what is directly in it.
func runs(v any, depth int) bool {
	switch v := v.(type) {
	case pdf.Dict:
		if v["AA"] != nil || v["JS"] != nil {
			return true
		}
		switch v["S"] {
		case pdf.Name("JavaScript"), pdf.Name("Launch"), pdf.Name("ImportData"), pdf.Name("SubmitForm"), pdf.Name("Rendition"):
			return v["Type"] == nil || v["Type"] == pdf.Name("Action")
		}
		switch v["Subtype"] {
		case pdf.Name("RichMedia"), pdf.Name("Screen"), pdf.Name("Movie"), pdf.Name("3D"):
			return true
		}
		for _, inner := range v {
			if depth < maxPageDepth && runs(inner, depth+1) {
				return true
			}
		}
	case pdf.Array:
		for _, inner := range v {
			if depth < maxPageDepth && runs(inner, depth+1) {
				return true
			}
		}
	case *pdf.Stream:
		return runs(v.Dict, depth+1)
	}
	return false
}

// encodeText writes words as a text string (ISO 32000-1, 7.9.2).
func encodeText(s string) pdf.String {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			out := pdf.String{0xfe, 0xff}
			for _, unit := range utf16.Encode([]rune(s)) {
				out = append(out, byte(unit>>8), byte(unit))
			}
			return out
		}
	}
	return pdf.String(s)
}

// decodeText reads a text string; what is not UTF-16 or UTF-8 is taken as Latin.
func decodeText(s pdf.String) string {
	switch {
	case bytes.HasPrefix(s, []byte{0xfe, 0xff}):
		var units []uint16
		for i := 2; i+1 < len(s); i += 2 {
			units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
		}
		return string(utf16.Decode(units))
	case bytes.HasPrefix(s, []byte{0xef, 0xbb, 0xbf}):
		return strings.ToValidUTF8(string(s[3:]), "�")
	}
	out := make([]rune, len(s))
	for i, c := range s {
		out[i] = rune(c)
	}
	return string(out)
}
