package signature_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
	"github.com/stretchr/testify/require"

	"congvan/server/domain/signing"
	"congvan/server/provider/signature"
	"congvan/server/provider/signature/democa"
	"congvan/server/provider/signature/trust"
)

// hanoi is the zone of everything that is shown.
var hanoi = time.FixedZone("+07", 7*3600)

// now is when the tests sign.
var now = time.Now().In(hanoi).Truncate(time.Second)

// office is a province with its training authority.
type office struct {
	authority *democa.Authority
	leader    signature.Key
	agency    signature.Key
	stamper   signature.Key
	stranger  signature.Key // of another authority
}

// theOffice is made once: keys take long.
var theOffice = sync.OnceValues(func() (*office, error) {
	o := &office{}
	var err error
	if o.authority, err = democa.New("CA tập huấn tỉnh", now); err != nil {
		return nil, err
	}
	other, err := democa.New("CA lạ", now)
	if err != nil {
		return nil, err
	}
	subject := func(name string, stamping bool) democa.Subject {
		return democa.Subject{Name: name, Agency: "Ủy ban nhân dân tỉnh", From: now.Add(-time.Hour), Until: now.AddDate(3, 0, 0), Stamping: stamping}
	}
	for _, one := range []struct {
		key *signature.Key
		by  *democa.Authority
		s   democa.Subject
	}{
		{&o.leader, o.authority, subject("Nguyễn Thị Hường", false)},
		{&o.agency, o.authority, subject("Ủy ban nhân dân tỉnh", false)},
		{&o.stamper, o.authority, subject("Dấu thời gian tập huấn", true)},
		{&o.stranger, other, subject("Người lạ", false)},
	} {
		if *one.key, err = one.by.Issue(one.s); err != nil {
			return nil, err
		}
	}
	return o, nil
})

func newOffice(t testing.TB) *office {
	t.Helper()
	o, err := theOffice()
	require.NoError(t, err)
	return o
}

// options trust the office.
func (o *office) options() signature.Options {
	return signature.Options{Anchors: trust.NewAnchors(o.authority.Certificate), Now: now.Add(time.Minute)}
}

// stamp is a small time-stamping authority inside the tests; tsa's own tests
// ask openssl's.
func (o *office) stamp(_ context.Context, content []byte) ([]byte, error) {
	h := sha256.New()
	h.Write(content)
	token := timestamp.Timestamp{HashAlgorithm: crypto.SHA256, HashedMessage: h.Sum(nil), Time: now, AddTSACertificate: true, Policy: []int{1, 2, 3, 4}}
	answer, err := token.CreateResponseWithOpts(o.stamper.Certificate, o.stamper.Signer, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	parsed, err := timestamp.ParseResponse(answer)
	if err != nil {
		return nil, err
	}
	return parsed.RawToken, nil
}

// The boxes of NĐ 30 on an A4 page, roughly.
var (
	numberBox    = signing.Box{Left: 110, Bottom: 720, Right: 260, Top: 738}
	dateBox      = signing.Box{Left: 300, Bottom: 720, Right: 540, Top: 738}
	signatureBox = signing.Box{Left: 360, Bottom: 160, Right: 500, Top: 220}
	sealBox      = signing.SealOver(signatureBox, 36*signing.Millimetre)
	copyBox      = signing.UpperRight(signing.Box{Right: 595, Top: 842})
)

var (
	first   = func(k signing.PlaceKind) signing.Place { return signing.Place{Kind: k, Ordinal: 1} }
	reserve = []signature.Reservation{
		{Place: first(signing.Initial), Page: 1, Box: signing.Box{Left: 330, Bottom: 130, Right: 360, Top: 150}},
		{Place: first(signing.Signature), Page: 1, Box: signatureBox},
		{Place: first(signing.Number), Page: 1, Box: numberBox},
		{Place: first(signing.Date), Page: 1, Box: dateBox, Align: signature.Centre, Italic: true},
		{Place: first(signing.Seal), Page: 1, Box: sealBox},
		{Place: first(signing.Copy), Page: 1, Box: copyBox},
	}
)

// writePDF writes objects as a file with a plain table; the first is the catalog.
func writePDF(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, at)
	return b.Bytes()
}

func stream(content string) string {
	return fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content)
}

// draft is a one-page directive.
func draft() []byte {
	return writePDF(
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		stream("BT /F1 13 Tf 72 780 Td (UY BAN NHAN DAN TINH) Tj 0 -55 Td (So:) Tj 0 -200 Td (So tien: 1.000.000 dong) Tj ET"),
		"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
	)
}

func prepared(t testing.TB) []byte {
	t.Helper()
	file, err := signature.Prepare(draft(), reserve)
	require.NoError(t, err)
	return file
}

// handwriting is a blue stroke on nothing, seal a red ring.
func handwriting() []byte {
	m := image.NewNRGBA(image.Rect(0, 0, 140, 60))
	for x := range 140 {
		y := int(30 + 20*math.Sin(float64(x)/12))
		for d := range 3 {
			m.SetNRGBA(x, y+d, color.NRGBA{B: 170, A: 255})
		}
	}
	return encodePNG(m)
}

func seal() []byte {
	const size = 200
	m := image.NewNRGBA(image.Rect(0, 0, size, size))
	for x := range size {
		for y := range size {
			r := math.Hypot(float64(x)-size/2, float64(y)-size/2)
			if r > 90 && r < 98 || r > 60 && r < 63 {
				m.SetNRGBA(x, y, color.NRGBA{R: 220, A: 200})
			}
		}
	}
	return encodePNG(m)
}

func encodePNG(m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// sign puts the leader's signature into its place.
func (o *office) sign(t testing.TB, file []byte) []byte {
	t.Helper()
	out, err := o.leader.Sign(t.Context(), file, signature.Request{
		Place: first(signing.Signature), Name: "Nguyễn Thị Hường", Reason: "Ký duyệt", At: now, Appearance: signature.Appearance{Image: handwriting()},
	}, o.stamp, signature.StampRequired)
	require.NoError(t, err)
	return out.File
}

func number(t testing.TB, file []byte) []byte {
	t.Helper()
	out, err := signature.Fill(file, []signature.Value{
		{Place: first(signing.Number), Words: "05/CT-UBND"},
		{Place: first(signing.Date), Words: "Quảng Trị, ngày 05 tháng 01 năm 2026"},
	})
	require.NoError(t, err)
	return out
}

// seal puts the agency's seal into its place.
func (o *office) seal(t testing.TB, file []byte) []byte {
	t.Helper()
	out, err := o.agency.Sign(t.Context(), file, signature.Request{
		Place: first(signing.Seal), Name: "Ủy ban nhân dân tỉnh", At: now, Appearance: signature.Appearance{Image: seal()},
	}, o.stamp, signature.StampRequired)
	require.NoError(t, err)
	return out.File
}

// issued is a directive with everything that it needs.
func (o *office) issued(t testing.TB) []byte {
	t.Helper()
	return o.seal(t, number(t, o.sign(t, prepared(t))))
}

func (o *office) verify(t testing.TB, file []byte) signature.Report {
	t.Helper()
	r, err := signature.Verify(file, o.options())
	require.NoError(t, err)
	return r
}

// save writes a file for programs outside.
func save(t testing.TB, file []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "van-ban.pdf")
	require.NoError(t, os.WriteFile(path, file, 0o600))
	return path
}

// run runs a program and gives what it says.
func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	require.NoError(t, err, "%s %s\n%s", name, strings.Join(args, " "), out)
	return string(out)
}

func privateKey(t testing.TB, key crypto.Signer) []byte {
	t.Helper()
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return raw
}
