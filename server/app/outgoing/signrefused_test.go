package outgoing_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"congvan/server/domain/document"
)

// withObjects is a PDF of one page with more in its catalog and more objects, from number 4.
func withObjects(catalog string, more ...string) []byte {
	var b, table bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	objects := append([]string{"<</Type/Catalog/Pages 2 0 R" + catalog + ">>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"}, more...)
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table.Bytes(), len(objects)+1, at)
	return b.Bytes()
}

// What cannot be signed is refused with its reason, in a batch where the rest goes on.
func TestC5_FilesThatCannotBeSignedAreRefusedWithTheirReason(t *testing.T) {
	t.Parallel()
	d := newSigningDesk(t)
	encrypted, err := os.ReadFile("../../provider/text/testdata/encrypted-256.pdf")
	if err != nil {
		t.Fatal(err)
	}
	whole := directive("1")
	files := map[string][]byte{
		"pdf_encrypted": encrypted,
		"pdf_damaged":   whole[:len(whole)/2],
		"pdf_active":    withObjects("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"),
		"pdf_certified": withObjects("/AcroForm<</Fields[4 0 R]>>", "<</FT/Sig/T(s)/V 5 0 R>>",
			"<</Type/Sig/Filter/Adobe.PPKLite/Reference[<</TransformMethod/DocMDP/TransformParams<</P 1>>>>]>>"),
	}
	for code, file := range files {
		bad, good := d.approvedPDF(t, file, d.anyone(t)), d.approvedPDF(t, directive("good "+code), d.anyone(t))
		items := d.order(t, d.sender.Leader, document.Sign, d.leaderCert.ID, bad, good)
		wantCode(t, items[0].Refused, code)
		d.work(t, items[1])
		if v, now := d.read(t, bad.DocumentID); v.State != document.Approved || now.Seen != bad.Seen {
			t.Errorf("%s: it is %s", code, v.State)
		}
		if v, _ := d.read(t, good.DocumentID); v.State != document.Signed {
			t.Errorf("beside %s: it is %s", code, v.State)
		}
	}
}
