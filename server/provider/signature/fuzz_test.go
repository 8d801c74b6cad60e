package signature_test

import (
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
			if len(file) < len(signed) || string(file[:from]) != string(signed[:from]) && string(file[:from]) != string(issued[:from]) || len(s.Later) == 0 && string(file[to:len(signed)]) != string(signed[to:]) && string(file[to:len(signed)]) != string(issued[to:len(signed)]) {
				t.Fatalf("a signature of nobody is valid")
			}
		}
	})
}
