package signature

import (
	"bytes"
	"fmt"

	"congvan/server/provider/signature/pdf"
)

// signed is a field with a signature in it.
type signed struct {
	field
	number int // of the signature's object
	dict   pdf.Dict
}

const maxSignatures = 100

// signatures gives the signed fields of a revision. One that is not an object
// of its own is given with the number 0: it cannot hold.
func signatures(f *pdf.File) ([]signed, error) {
	fields, err := form(f)
	if err != nil {
		return nil, err
	}
	var found []signed
	for _, one := range fields {
		if one.kind != "Sig" || one.empty() {
			continue
		}
		d, err := f.Dict(one.value)
		if err != nil {
			return nil, err
		}
		s := signed{field: one, dict: d}
		if ref, ok := one.value.(pdf.Ref); ok {
			s.number = ref.Number
		}
		if found = append(found, s); len(found) > maxSignatures {
			return nil, pdf.ErrTooLarge.Because(fmt.Errorf("more than %d signatures", maxSignatures))
		}
	}
	return found, nil
}

// coverage is what a signature covers: all bytes up to its end, but for the gap
// of its own container.
type coverage struct{ from, to, end int }

// byteRange reads which bytes are covered, and refuses everything but the one
// honest form: from the first byte to the end of a revision, with a gap that is
// just the container of this signature and holds nothing but its digits. All
// known ways of wrapping a signature around other content need another form.
func (s signed) byteRange(f *pdf.File) (coverage, error) {
	wrong := func(why string) (coverage, error) {
		return coverage{}, fmt.Errorf("signature: the byte range %s", why)
	}
	spans, ok := f.Spans(s.number)
	if !ok || s.number == 0 {
		return wrong("is in no object of its own")
	}
	list, ok := s.dict["ByteRange"].(pdf.Array)
	if !ok || len(list) != 4 {
		return wrong("has not four numbers")
	}
	var n [4]int
	size := len(f.Bytes())
	for i, v := range list {
		number, ok := v.(int64)
		if !ok || number < 0 || number > int64(size) {
			return wrong("has a wrong number")
		}
		n[i] = int(number)
	}
	c := coverage{from: n[1], to: n[2], end: n[2] + n[3]}
	if n[0] != 0 || c.from >= c.to || c.end > size || c.end < c.to {
		return wrong("is not in order")
	}
	if span := spans["Contents"]; span != [2]int{c.from, c.to} {
		return wrong("leaves out something else than the container")
	}
	data := f.Bytes()
	if data[c.from] != '<' || data[c.to-1] != '>' || !onlyDigits(data[c.from+1:c.to-1]) {
		return wrong("leaves out more than digits")
	}
	return c, nil
}

func onlyDigits(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}

// revision opens what the signer had: the file up to the end of the coverage,
// in which the same signature must stand in the same field.
func (s signed) revision(f *pdf.File, c coverage) (*pdf.File, error) {
	then, err := f.At(c.end)
	if err != nil {
		return nil, err
	}
	if ends := then.Ends(); len(ends) == 0 || ends[len(ends)-1] != c.end {
		return nil, fmt.Errorf("signature: the coverage does not end with a revision")
	}
	found, err := signatures(then)
	if err != nil {
		return nil, err
	}
	for _, other := range found {
		if other.name != s.name {
			continue
		}
		own, err := other.byteRange(then)
		if err != nil {
			return nil, err
		}
		if other.number == s.number && own == c {
			return then, nil
		}
	}
	return nil, fmt.Errorf("signature: it is not in the revision that it covers")
}

// content gives what the signature covers, in its two parts.
func (c coverage) content(f *pdf.File) [2][]byte {
	data := f.Bytes()
	return [2][]byte{data[:c.from], data[c.to:c.end]}
}

func isEndOfLine(b []byte) bool { return len(bytes.Trim(b, "\r\n")) == 0 }
