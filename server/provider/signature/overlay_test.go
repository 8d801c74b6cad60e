package signature_test

import (
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/cms"
	"congvan/server/provider/signature/pdf"
)

// signRaw signs as somebody can who has a good certificate and writes the file
// as he likes: field gives the form that the field gets, with its value.
func signRaw(t testing.TB, file []byte, k signature.Key, field func(u *pdf.Update, get func(int) pdf.Dict, value pdf.Ref)) []byte {
	t.Helper()
	f, err := pdf.Open(file)
	require.NoError(t, err)
	u, err := pdf.NewUpdate(f)
	require.NoError(t, err)
	const room = 8000
	empty := []byte(fmt.Sprintf("<%0*d>", room, 0))
	value := u.Add(pdf.Dict{
		"Type": pdf.Name("Sig"), "Filter": pdf.Name("Adobe.PPKLite"), "SubFilter": pdf.Name("ETSI.CAdES.detached"),
		"ByteRange": pdf.Marked{Name: "range", Bytes: []byte(fmt.Sprintf("[0 %010d %010d %010d]", 0, 0, 0))},
		"Contents":  pdf.Marked{Name: "contents", Bytes: empty},
	})
	field(u, func(number int) pdf.Dict {
		d, err := u.Dict(ref(number))
		require.NoError(t, err)
		return d
	}, value)
	out, err := u.Bytes()
	require.NoError(t, err)
	from := u.Marks["contents"]
	to := from + len(empty)
	copy(out[u.Marks["range"]:], fmt.Sprintf("[0 %010d %010d %010d]", from, to, len(out)-to))
	p, err := signature.Resume(out, k.Certificate, k.Chain)
	require.NoError(t, err)
	signed, err := k.Signer.Sign(rand.Reader, p.Digest(), cms.Hash)
	require.NoError(t, err)
	out, err = p.Finish(signed, nil)
	require.NoError(t, err)
	return out
}

// addField puts a field of its own on the page.
func addField(d pdf.Dict) func(*pdf.Update, func(int) pdf.Dict, pdf.Ref) {
	return func(u *pdf.Update, get func(int) pdf.Dict, value pdf.Ref) {
		d["Type"], d["Subtype"], d["FT"], d["V"], d["T"] = pdf.Name("Annot"), pdf.Name("Widget"), pdf.Name("Sig"), value, pdf.String("them")
		d["AP"] = pdf.Dict{"N": u.Add(overlay())}
		field := u.Add(d)
		page, catalog := get(pageObject), get(catalogObject)
		list, _ := page["Annots"].(pdf.Array)
		page["Annots"] = append(append(pdf.Array{}, list...), field)
		form := pdf.Dict{"SigFlags": int64(3), "Fields": pdf.Array{}}
		if old, ok := catalog["AcroForm"].(pdf.Dict); ok {
			for key, v := range old {
				form[key] = v
			}
		}
		form["Fields"] = append(append(pdf.Array{}, form["Fields"].(pdf.Array)...), field)
		catalog["AcroForm"] = form
		u.Set(ref(pageObject), page)
		u.Set(ref(catalogObject), catalog)
	}
}

func box(numbers ...int64) (a pdf.Array) {
	for _, n := range numbers {
		a = append(a, n)
	}
	return a
}

// signCopy signs the reserved place of the copy, and does more to it.
func signCopy(more func(u *pdf.Update, d pdf.Dict)) func(*pdf.Update, func(int) pdf.Dict, pdf.Ref) {
	return func(u *pdf.Update, get func(int) pdf.Dict, value pdf.Ref) {
		d := get(copyField)
		d["V"], d["AP"] = value, pdf.Dict{"N": u.Add(overlay())}
		more(u, d)
		u.Set(ref(copyField), d)
	}
}

// Somebody with a good certificate signs after the leader, and uses the
// signature's look to paint over the page (as the attacks on certified
// documents do). His signature holds; the leader's must show the change.
func TestC4_ASignatureIsNoBrush(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	signed := o.sign(t, prepared(t))
	for name, c := range map[string]struct {
		field func(*pdf.Update, func(int) pdf.Dict, pdf.Ref)
		want  signature.Integrity
	}{
		"a visible field of its own":      {addField(pdf.Dict{"Rect": box(0, 0, 595, 842)}), signature.Changed},
		"a small field of its own":        {addField(pdf.Dict{"Rect": box(0, 0, 10, 10)}), signature.Changed},
		"a field without any extent":      {addField(pdf.Dict{"Rect": box(0, 0, 0, 0)}), signature.Whole},
		"a thin field":                    {addField(pdf.Dict{"Rect": box(0, 0, 595, 0)}), signature.Changed},
		"a reserved place, as it is":      {signCopy(func(*pdf.Update, pdf.Dict) {}), signature.Whole},
		"a reserved place, moved":         {signCopy(func(_ *pdf.Update, d pdf.Dict) { d["Rect"] = box(0, 0, 300, 100) }), signature.Changed},
		"a reserved place, for the mouse": {signCopy(func(u *pdf.Update, d pdf.Dict) { d["AP"] = pdf.Dict{"N": u.Add(overlay()), "R": u.Add(overlay())} }), signature.Changed},
		"a reserved place, with looks":    {signCopy(func(u *pdf.Update, d pdf.Dict) { d["AP"] = pdf.Dict{"N": pdf.Dict{"On": u.Add(overlay())}} }), signature.Changed},
		"a reserved place, with an action": {signCopy(func(_ *pdf.Update, d pdf.Dict) {
			d["A"] = pdf.Dict{"S": pdf.Name("URI"), "URI": pdf.String("http://x")}
		}), signature.Changed},
		"a reserved place, and the content": {signCopy(func(u *pdf.Update, _ pdf.Dict) { u.Set(ref(contentObject), words("BT ET")) }), signature.Changed},
		"a reserved place, hidden":          {signCopy(func(_ *pdf.Update, d pdf.Dict) { d["F"] = int64(2) }), signature.Changed},
	} {
		file := signRaw(t, signed, o.agency, c.field)
		leader := judged(t, o, file)
		assert.Equal(t, c.want, leader.Integrity, "%s: %+v", name, leader.Later)
		for _, s := range o.verify(t, file).Signatures {
			if s.Name == "Ủy ban nhân dân tỉnh" {
				assert.Equal(t, signature.Whole, s.Integrity, name)
			}
		}
	}
}

func TestC4_APlaceOverThePageIsNone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	large := tamper(t, prepared(t), func(u *pdf.Update, get func(int) pdf.Dict) {
		d := get(copyField)
		d["Rect"] = box(0, 0, 595, 842)
		u.Set(ref(copyField), d)
	})
	file := signRaw(t, o.sign(t, large), o.agency, signCopy(func(*pdf.Update, pdf.Dict) {}))
	leader := judged(t, o, file)
	assert.Equal(t, signature.Changed, leader.Integrity)
	assert.Equal(t, []signing.Change{signing.Altered}, kinds(leader.Later))
}
