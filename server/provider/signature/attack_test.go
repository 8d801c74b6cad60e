package signature_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/pdf"
)

// The numbers of the objects of a prepared draft.
const (
	catalogObject = iota + 1
	pagesObject
	pageObject
	contentObject
	fontObject
	initialField
	signatureField
	numberField
	dateField
	sealField
	copyField
)

// append writes a revision behind the file, as an attacker can.
func tamper(t testing.TB, file []byte, do func(u *pdf.Update, get func(number int) pdf.Dict)) []byte {
	t.Helper()
	f, err := pdf.Open(file)
	require.NoError(t, err)
	u, err := pdf.NewUpdate(f)
	require.NoError(t, err)
	do(u, func(number int) pdf.Dict {
		d, err := u.Dict(pdf.Ref{Number: number})
		require.NoError(t, err)
		return d
	})
	out, err := u.Bytes()
	require.NoError(t, err)
	return out
}

func ref(number int) pdf.Ref { return pdf.Ref{Number: number} }

func words(content string) *pdf.Stream { return &pdf.Stream{Dict: pdf.Dict{}, Raw: []byte(content)} }

// overlay is a form that paints over everything in its box.
func overlay() *pdf.Stream {
	return &pdf.Stream{Dict: pdf.Dict{
		"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": pdf.Array{int64(0), int64(0), int64(595), int64(842)},
	}, Raw: []byte("1 g 0 0 595 842 re f")}
}

type attack struct {
	name string
	do   func(u *pdf.Update, get func(number int) pdf.Dict)
}

func set(number int, change func(u *pdf.Update, d pdf.Dict)) func(*pdf.Update, func(int) pdf.Dict) {
	return func(u *pdf.Update, get func(int) pdf.Dict) {
		d := get(number)
		change(u, d)
		u.Set(ref(number), d)
	}
}

// attacks are revisions that must show as changes, whenever they come.
func attacks() []attack {
	return []attack{
		{"text laid over", set(pageObject, func(u *pdf.Update, d pdf.Dict) {
			d["Contents"] = pdf.Array{ref(contentObject), u.Add(words("BT (9.000.000.000) Tj ET"))}
		})},
		{"content replaced", func(u *pdf.Update, _ func(int) pdf.Dict) {
			u.Set(ref(contentObject), words("BT /F1 13 Tf 72 780 Td (So tien: 9.000.000.000 dong) Tj ET"))
		}},
		{"font replaced", set(fontObject, func(_ *pdf.Update, d pdf.Dict) { d["BaseFont"] = pdf.Name("Symbol") })},
		{"page added", func(u *pdf.Update, get func(int) pdf.Dict) {
			added := u.Add(pdf.Dict{"Type": pdf.Name("Page"), "Parent": ref(pagesObject), "MediaBox": pdf.Array{int64(0), int64(0), int64(595), int64(842)}})
			tree := get(pagesObject)
			tree["Kids"], tree["Count"] = pdf.Array{ref(pageObject), added}, int64(2)
			u.Set(ref(pagesObject), tree)
		}},
		{"page removed", set(pagesObject, func(_ *pdf.Update, d pdf.Dict) { d["Kids"], d["Count"] = pdf.Array{}, int64(0) })},
		{"page turned", set(pageObject, func(_ *pdf.Update, d pdf.Dict) { d["Rotate"] = int64(180) })},
		{"annotation added", set(pageObject, func(u *pdf.Update, d pdf.Dict) {
			note := u.Add(pdf.Dict{
				"Type": pdf.Name("Annot"), "Subtype": pdf.Name("FreeText"), "Rect": pdf.Array{int64(100), int64(100), int64(200), int64(200)},
				"Contents": pdf.String("9.000.000.000"), "DA": pdf.String("/TiRo 12 Tf"),
			})
			d["Annots"] = append(append(pdf.Array{}, d["Annots"].(pdf.Array)...), note)
		})},
		{"annotation taken away", set(pageObject, func(_ *pdf.Update, d pdf.Dict) { d["Annots"] = d["Annots"].(pdf.Array)[1:] })},
		{"signature's look replaced", set(signatureField, func(u *pdf.Update, d pdf.Dict) { d["AP"] = pdf.Dict{"N": u.Add(overlay())} })},
		{"signature moved", set(signatureField, func(_ *pdf.Update, d pdf.Dict) {
			d["Rect"] = pdf.Array{int64(0), int64(0), int64(300), int64(300)}
		})},
		{"signature taken away", set(signatureField, func(_ *pdf.Update, d pdf.Dict) { delete(d, "V"); delete(d, "AP") })},
		{"false copy seal", set(copyField, func(u *pdf.Update, d pdf.Dict) {
			d["V"] = u.Add(pdf.Dict{"Type": pdf.Name("Sig"), "Filter": pdf.Name("Adobe.PPKLite"), "SubFilter": pdf.Name("ETSI.CAdES.detached")})
			d["AP"] = pdf.Dict{"N": u.Add(overlay())}
		})},
		{"copy seal over the page", set(copyField, func(u *pdf.Update, d pdf.Dict) {
			d["Rect"] = pdf.Array{int64(0), int64(0), int64(595), int64(842)}
			d["AP"] = pdf.Dict{"N": u.Add(overlay())}
		})},
		{"look for the mouse", set(copyField, func(u *pdf.Update, d pdf.Dict) {
			d["AP"] = pdf.Dict{"N": u.Add(overlay()), "D": u.Add(overlay())}
		})},
		{"script on a field", set(copyField, func(_ *pdf.Update, d pdf.Dict) {
			d["AA"] = pdf.Dict{"E": pdf.Dict{"S": pdf.Name("JavaScript"), "JS": pdf.String("app.alert(1)")}}
		})},
		{"action on opening", set(catalogObject, func(_ *pdf.Update, d pdf.Dict) {
			d["OpenAction"] = pdf.Dict{"S": pdf.Name("JavaScript"), "JS": pdf.String("app.alert(1)")}
		})},
		{"layers", set(catalogObject, func(_ *pdf.Update, d pdf.Dict) { d["OCProperties"] = pdf.Dict{} })},
		{"another tree of pages", set(catalogObject, func(u *pdf.Update, d pdf.Dict) {
			d["Pages"] = u.Add(pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{}, "Count": int64(0)})
		})},
		{"fields drawn anew", set(catalogObject, func(_ *pdf.Update, d pdf.Dict) {
			form := d["AcroForm"].(pdf.Dict)
			d["AcroForm"] = pdf.Dict{"Fields": form["Fields"], "SigFlags": form["SigFlags"], "DR": form["DR"], "NeedAppearances": true}
		})},
		{"form of another kind", set(catalogObject, func(u *pdf.Update, d pdf.Dict) {
			form := d["AcroForm"].(pdf.Dict)
			d["AcroForm"] = pdf.Dict{"Fields": form["Fields"], "SigFlags": form["SigFlags"], "DR": form["DR"], "XFA": u.Add(words("<xdp/>"))}
		})},
		{"form without its fields", set(catalogObject, func(_ *pdf.Update, d pdf.Dict) {
			form := d["AcroForm"].(pdf.Dict)
			d["AcroForm"] = pdf.Dict{"Fields": form["Fields"].(pdf.Array)[:2], "SigFlags": form["SigFlags"], "DR": form["DR"]}
		})},
		{"visible field added", func(u *pdf.Update, get func(int) pdf.Dict) {
			field := u.Add(pdf.Dict{
				"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Tx"), "T": pdf.String("x"), "V": pdf.String("9"),
				"Rect": pdf.Array{int64(0), int64(0), int64(50), int64(50)}, "AP": pdf.Dict{"N": u.Add(overlay())},
			})
			page, catalog := get(pageObject), get(catalogObject)
			page["Annots"] = append(append(pdf.Array{}, page["Annots"].(pdf.Array)...), field)
			form := catalog["AcroForm"].(pdf.Dict)
			catalog["AcroForm"] = pdf.Dict{"Fields": append(append(pdf.Array{}, form["Fields"].(pdf.Array)...), field), "SigFlags": form["SigFlags"], "DR": form["DR"]}
			u.Set(ref(pageObject), page)
			u.Set(ref(catalogObject), catalog)
		}},
		{"page object made a number", func(u *pdf.Update, _ func(int) pdf.Dict) { u.Set(ref(contentObject), int64(1)) }},
	}
}

// judged gives what became of the leader's signature.
func judged(t testing.TB, o *office, file []byte) signature.Signature {
	t.Helper()
	r, err := signature.Verify(file, o.options())
	if err != nil {
		return signature.Signature{Integrity: signature.Broken, Why: err.Error()}
	}
	for _, s := range r.Signatures {
		if s.Field == "congvan-signature-1" {
			return s
		}
	}
	return signature.Signature{Integrity: signature.Broken, Why: "no signature"}
}

func TestC4_EveryOtherChangeShows(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	signed := o.sign(t, prepared(t))
	issued := o.issued(t)
	for _, a := range attacks() {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			for state, file := range map[string][]byte{"signed": signed, "issued": issued} {
				s := judged(t, o, tamper(t, file, a.do))
				assert.NotEqual(t, signature.Whole, s.Integrity, "%s: %+v", state, s.Later)
				assert.False(t, s.Valid())
			}
		})
	}
}

func TestC4_AChangeThatIsTakenBackShows(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	signed := o.sign(t, prepared(t))
	f, err := pdf.Open(signed)
	require.NoError(t, err)
	was, err := f.Object(contentObject)
	require.NoError(t, err)
	file := tamper(t, signed, func(u *pdf.Update, _ func(int) pdf.Dict) { u.Set(ref(contentObject), words("BT ET")) })
	file = tamper(t, file, func(u *pdf.Update, _ func(int) pdf.Dict) { u.Set(ref(contentObject), was) })
	file = o.seal(t, number(t, file))
	s := judged(t, o, file)
	assert.Equal(t, signature.Changed, s.Integrity)
	assert.Equal(t, []signing.Change{signing.Altered, signing.Altered, signing.FilledNumber, signing.FilledDate, signing.AddedSeal}, kinds(s.Later))
	assert.Equal(t, 4, s.Later[0].Revision, "as written, prepared, signed, altered")
	report := o.verify(t, file)
	assert.Equal(t, signature.Whole, report.Signatures[1].Integrity, "the seal is over what it was put on")
}

func TestC4_NumberAndDateAreFilledOnceAndBeforeTheSeal(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	other := set(numberField, func(u *pdf.Update, d pdf.Dict) {
		d["V"], d["AP"] = pdf.String("99/CT-UBND"), pdf.Dict{"N": u.Add(overlay())}
	})
	numbered := number(t, o.sign(t, prepared(t)))
	s := judged(t, o, tamper(t, numbered, other))
	assert.Equal(t, signature.Changed, s.Integrity, "another number over the first")
	sealed := o.seal(t, o.sign(t, prepared(t)))
	s = judged(t, o, tamper(t, sealed, other))
	assert.Equal(t, signature.Whole, s.Integrity, "the leader's signature allows a number")
	for _, s := range o.verify(t, tamper(t, sealed, other)).Signatures {
		if s.Kind == signing.Seal {
			assert.Equal(t, signature.Changed, s.Integrity, "the seal allows none")
		}
	}
	_, err := signature.Fill(sealed, []signature.Value{{Place: first(signing.Number), Words: "05/CT-UBND"}})
	assert.ErrorIs(t, err, signature.ErrTooLate)
	_, err = signature.Fill(numbered, []signature.Value{{Place: first(signing.Number), Words: "06/CT-UBND"}})
	assert.ErrorIs(t, err, signature.ErrPlaceTaken)
}

func TestC4_AFlippedByteBreaks(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	signed := o.sign(t, prepared(t))
	from, to := signatureParts(t, signed)
	whole := judged(t, o, signed)
	rapid.Check(t, func(r *rapid.T) {
		file := bytes.Clone(signed)
		at := rapid.IntRange(0, len(file)-1).Draw(r, "at")
		bit := rapid.IntRange(0, 7).Draw(r, "bit")
		file[at] ^= 1 << bit
		s := judged(t, o, file)
		if s.Integrity != signature.Whole {
			return
		}
		if at < from || at >= to {
			r.Fatalf("byte %d, bit %d: still whole", at, bit)
		}
		// Certificates and time stamp stand beside what is signed. Damage there
		// takes trust or time away and adds nothing.
		if s.Signer != whole.Signer || !s.StampedAt.IsZero() && !s.StampedAt.Equal(whole.StampedAt) {
			r.Fatalf("byte %d, bit %d: says something else", at, bit)
		}
	})
}

func TestC4_WhatIsPreparedToAppearLaterShows(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for name, c := range map[string]struct {
		page, object string
		appear       func(u *pdf.Update)
	}{
		"a missing object of the page": {"/Contents[4 0 R 90 0 R]", "", func(u *pdf.Update) { u.Set(ref(90), words("BT (9) Tj ET")) }},
		"a missing font":               {"/Contents 4 0 R/Extra 91 0 R", "", func(u *pdf.Update) { u.Set(ref(91), pdf.Dict{"x": int64(1)}) }},
		"the length of the content": {"/Contents 5 0 R", "<</Length 6 0 R>>\nstream\nBT ET                 \nendstream", func(u *pdf.Update) {
			u.Set(ref(6), int64(22))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			objects := []string{
				"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
				"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]" + c.page + ">>", stream("BT ET"),
			}
			if c.object != "" {
				objects = append(objects, c.object, "22")
			}
			file, err := signature.Prepare(writePDF(objects...), reserve)
			require.NoError(t, err)
			signed := o.sign(t, file)
			require.Equal(t, signature.Whole, judged(t, o, signed).Integrity)
			if c.object != "" {
				s := judged(t, o, tamper(t, signed, func(u *pdf.Update, _ func(int) pdf.Dict) { u.Set(ref(6), int64(21)) }))
				assert.NotEqual(t, signature.Whole, s.Integrity)
				return
			}
			s := judged(t, o, tamper(t, signed, func(u *pdf.Update, _ func(int) pdf.Dict) { c.appear(u) }))
			assert.Equal(t, signature.Changed, s.Integrity)
		})
	}
}

func TestC4_AListThatServesTwoEndsIsNotEvidence(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	file, err := signature.Prepare(writePDF(
		"<</Type/Catalog/Pages 2 0 R/DSS<</Certs 5 0 R>>>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R>>", stream("BT ET"), "[4 0 R]",
	), reserve)
	require.NoError(t, err)
	signed := o.sign(t, file)
	changed := tamper(t, signed, func(u *pdf.Update, _ func(int) pdf.Dict) {
		u.Set(ref(5), pdf.Array{ref(4), u.Add(words("BT (9) Tj ET"))})
	})
	assert.Equal(t, signature.Changed, judged(t, o, changed).Integrity)
}

func TestC4_DataBehindTheEndShows(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	signed := o.sign(t, prepared(t))
	assert.Equal(t, signature.Whole, judged(t, o, append(bytes.Clone(signed), '\r', '\n')).Integrity, "what mail adds")
	assert.Equal(t, signature.Changed, judged(t, o, append(bytes.Clone(signed), "9 0 obj <<>> endobj"...)).Integrity)
	assert.NotEqual(t, signature.Whole, judged(t, o, append(bytes.Clone(signed), "\nstartxref\n9\n%%EOF\n"...)).Integrity)
}

// signatureParts gives where the container of the only signature stands.
func signatureParts(t testing.TB, file []byte) (from, to int) {
	t.Helper()
	from = bytes.LastIndex(file, []byte("/Contents <")) + len("/Contents ")
	to = from + bytes.IndexByte(file[from:], '>') + 1
	require.Greater(t, to, from)
	return from, to
}

// ranged writes another byte range of the same length.
func ranged(file []byte, a, b, c, d int) []byte {
	at := bytes.LastIndex(file, []byte("/ByteRange [")) + len("/ByteRange ")
	end := at + bytes.IndexByte(file[at:], ']') + 1
	text := fmt.Sprintf("[%d %010d %010d %010d", a, b, c, d)
	return append(append(bytes.Clone(file[:at]), append(bytes.Repeat([]byte{' '}, max(0, end-at-len(text)-1)), []byte(text+"]")...)...), file[end:]...)
}

func TestC4_WrappedSignaturesBreak(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	signed := o.sign(t, prepared(t))
	from, to := signatureParts(t, signed)
	size := len(signed)
	evil := []byte("\n4 0 obj\n<</Length 5>>\nstream\nBT ET\nendstream\nendobj\n")
	for name, file := range map[string][]byte{
		"the range does not begin at 0":   ranged(signed, 1, from, to, size-to),
		"the range ends before the end":   ranged(signed, 0, from, to, size-to-1),
		"the range ends behind the end":   ranged(signed, 0, from, to, size-to+1),
		"the gap is too wide":             ranged(signed, 0, from-1, to+1, size-to-1),
		"the gap is too narrow":           ranged(signed, 0, from+1, to-1, size-to+1),
		"the parts overlap":               ranged(signed, 0, to, from, size-from),
		"the first part is all":           ranged(signed, 0, size, size, 0),
		"nothing is covered":              ranged(signed, 0, 0, 0, 0),
		"no byte range":                   bytes.Replace(signed, []byte("/ByteRange ["), []byte("/ByteRonge ["), 1),
		"two byte ranges":                 bytes.Replace(signed, []byte("/Filter /Adobe.PPKLite"), []byte("/ByteRange [0 1 2 3]  "), 1),
		"a negative range":                bytes.Replace(signed, []byte("/ByteRange [0 0"), []byte("/ByteRange [0 -"), 1),
		"objects in the gap":              append(append(bytes.Clone(signed[:to-1-len(evil)]), evil...), signed[to-1:]...),
		"no container":                    append(append(bytes.Clone(signed[:from+1]), bytes.Repeat([]byte{'0'}, to-from-2)...), signed[to-1:]...),
		"a container with something more": flip(signed, to-2),
	} {
		s := judged(t, o, file)
		assert.NotEqual(t, signature.Whole, s.Integrity, name)
		assert.NotEqual(t, signature.Changed, s.Integrity, "%s: the signature itself is no longer one", name)
	}
	// The signed end is moved away, and other content stands where it was: the
	// classic wrapping.
	tail := signed[to:]
	wrapped := append(append(bytes.Clone(signed[:to]), evil...), tail...)
	assert.NotEqual(t, signature.Whole, judged(t, o, ranged(wrapped, 0, from, to+len(evil), len(tail))).Integrity)
	wrapped = append(append(bytes.Clone(signed[:to-1]), " /X ("...), append(bytes.Clone(evil), append([]byte(") "), signed[to-1:]...)...)...)
	assert.NotEqual(t, signature.Whole, judged(t, o, ranged(wrapped, 0, from, len(wrapped)-len(tail), len(tail))).Integrity)
}

func flip(file []byte, at int) []byte {
	file = bytes.Clone(file)
	file[at] = '1'
	return file
}

func TestC4_ASignatureOfAnotherFileBreaks(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	signed := o.sign(t, prepared(t))
	from, to := signatureParts(t, signed)
	other, err := signature.Begin(prepared(t), signature.Request{Place: first(signing.Signature), Certificate: o.leader.Certificate, Chain: o.leader.Chain, Name: "Khác", At: now})
	require.NoError(t, err)
	container, err := hex.DecodeString(string(signed[from+1 : to-1]))
	require.NoError(t, err)
	file, err := other.Embed(bytes.TrimRight(container, "\x00"))
	require.NoError(t, err)
	assert.Equal(t, signature.Broken, judged(t, o, file).Integrity)
}

func TestC4_EarlierRevisionsCannotBeBroughtBack(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	signed := o.sign(t, prepared(t))
	issued := o.seal(t, number(t, signed))
	// A last revision that follows the first signature directly, as if number
	// and seal had never been.
	f, err := pdf.Open(signed)
	require.NoError(t, err)
	u, err := pdf.NewUpdate(f)
	require.NoError(t, err)
	u.Add(pdf.Dict{})
	tail, err := u.Bytes()
	require.NoError(t, err)
	file := append(bytes.Clone(issued), tail[len(signed):]...)
	shift := len(issued) - len(signed)
	at := bytes.LastIndex(tail, []byte("startxref\n")) + len("startxref\n")
	var start int
	_, err = fmt.Sscanf(string(tail[at:]), "%d", &start)
	require.NoError(t, err)
	file = append(file[:bytes.LastIndex(file, []byte("startxref"))], fmt.Sprintf("startxref\n%d\n%%%%EOF\n", start+shift)...)
	r, err := signature.Verify(file, o.options())
	if err != nil {
		return // refused as a whole is as good
	}
	for _, s := range r.Signatures {
		assert.NotEqual(t, signature.Whole, s.Integrity, s.Field)
	}
}
