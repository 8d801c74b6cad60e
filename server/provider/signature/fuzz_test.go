package signature_test

import (
	"bytes"
	"testing"

	"congvan/server/provider/signature"
)

// FuzzVerify looks for files that are taken for whole although they are not
// what was signed, and for those that make the judge fall over.
func FuzzVerify(f *testing.F) {
	o, err := theOffice()
	if err != nil {
		f.Fatal(err)
	}
	signed := o.sign(f, prepared(f))
	issued := o.issued(f)
	for _, file := range [][]byte{draft(), prepared(f), signed, issued} {
		f.Add(file)
	}
	from, to := signatureParts(f, signed)
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := signature.Verify(file, o.options())
		if err != nil {
			return
		}
		for _, s := range r.Signatures {
			if s.Kind != "signature" || !s.Valid() {
				continue
			}
			// Whatever came after: the signed bytes are those that were signed here.
			known := func(good []byte) bool {
				return len(file) >= len(signed) && bytes.Equal(file[:from], good[:from]) && bytes.Equal(file[to:len(signed)], good[to:len(signed)])
			}
			if !known(signed) && !known(issued) {
				t.Fatal("a signature of nobody is valid")
			}
		}
	})
}
