package mime

import (
	"archive/zip"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"io"
	"math/big"
	"sync"
	"time"
	"unicode/utf16"

	"github.com/smallstep/pkcs7"
)

// Makers of what mails contain: winmail.dat, archives and S/MIME objects, in
// the forms that programs give them.

// winmail writes a winmail.dat the way Outlook does.
type winmail struct {
	class, subject, text string
	html                 []byte
	rtf                  []byte // compressed
	page                 uint32
	from                 [2]string
	to                   [][2]string
	files                []winmailPart
	noLongNames          bool // as old Exchange: the title is all there is
	brokenSum            bool
}

type winmailPart struct {
	name, kind, cid string
	data            []byte
	hidden          bool
	message         *winmail
}

func le16(v uint16) []byte { return binary.LittleEndian.AppendUint16(nil, v) }
func le32(v uint32) []byte { return binary.LittleEndian.AppendUint32(nil, v) }

func join(pieces ...[]byte) []byte { return bytes.Join(pieces, nil) }

func (m winmail) attribute(level byte, id uint32, data []byte) []byte {
	var sum uint16
	for _, b := range data {
		sum += uint16(b)
	}
	if m.brokenSum {
		sum++
	}
	return join([]byte{level}, le32(id), le32(uint32(len(data))), data, le16(sum))
}

func padTo4(b []byte) []byte { return append(b, make([]byte, (4-len(b)%4)%4)...) }

func prop(id uint16, text string) []byte {
	var raw []byte
	for _, u := range utf16.Encode([]rune(text + "\x00")) {
		raw = append(raw, le16(u)...)
	}
	return join(le16(0x1f), le16(id), le32(1), le32(uint32(len(raw))), padTo4(raw))
}

func propBytes(sort, id uint16, raw []byte) []byte {
	return join(le16(sort), le16(id), le32(1), le32(uint32(len(raw))), padTo4(bytes.Clone(raw)))
}

func propNumber(id uint16, v uint32) []byte { return join(le16(3), le16(id), le32(v)) }

func propTime(id uint16, t time.Time) []byte {
	return join(le16(0x40), le16(id), binary.LittleEndian.AppendUint64(nil, uint64(t.Unix()+11644473600)*1e7))
}

func props(list ...[]byte) []byte {
	var some [][]byte
	for _, p := range list {
		if p != nil {
			some = append(some, p)
		}
	}
	return join(append([][]byte{le32(uint32(len(some)))}, some...)...)
}

func (m winmail) bytes() []byte {
	page := m.page
	if page == 0 {
		page = 1258
	}
	out := join(le32(0x223e9f78), le16(1), m.attribute(1, 0x00089006, le32(0x10000)), m.attribute(1, 0x00069007, join(le32(page), le32(0))))
	class := m.class
	if class == "" {
		class = "IPM.Microsoft Mail.Note"
	}
	out = append(out, m.attribute(1, 0x00078008, []byte(class+"\x00"))...)
	named := join(le16(0x1f), le16(0x8001), make([]byte, 16), le32(1), le32(10), padTo4([]byte("n\x00a\x00m\x00e\x00\x00\x00")), le32(1), le32(4), []byte("x\x00\x00\x00"))
	numbers := join(le16(0x1003), le16(0x8002), make([]byte, 16), le32(0), le32(0x8501), le32(2), le32(1), le32(2))
	list := [][]byte{prop(0x0037, m.subject), named, numbers, propNumber(0x3fde, 65001), propTime(0x0039, time.Date(2026, 3, 4, 3, 0, 0, 0, time.UTC)), prop(0x1035, "<"+m.subject+"@exchange.example.test>")}
	if m.from != [2]string{} {
		list = append(list, prop(0x0c1a, m.from[0]), prop(0x0c1f, "/O=TINH/OU=SO/CN=RECIPIENTS/CN=A"), prop(0x5d01, m.from[1]))
	}
	if m.text != "" {
		list = append(list, prop(0x1000, m.text))
	}
	if m.html != nil {
		list = append(list, propBytes(0x0102, 0x1013, m.html))
	}
	if m.rtf != nil {
		list = append(list, propBytes(0x0102, 0x1009, m.rtf))
	}
	out = append(out, m.attribute(1, 0x00069003, props(list...))...)
	if m.to != nil {
		rows := le32(uint32(len(m.to)))
		for _, p := range m.to {
			rows = append(rows, props(propNumber(0x0c15, 1), prop(0x3001, p[0]), prop(0x39fe, p[1]))...)
		}
		out = append(out, m.attribute(1, 0x00069004, rows)...)
	}
	for _, f := range m.files {
		out = append(out, m.file(f)...)
	}
	return out
}

func (m winmail) file(f winmailPart) []byte {
	out := m.attribute(2, 0x00069002, join(le16(1), le32(0xffffffff), le16(0), le16(0), le32(0)))
	list := [][]byte{prop(0x3001, f.name)}
	if !m.noLongNames {
		list = append(list, prop(0x3707, f.name))
	}
	if f.kind != "" {
		list = append(list, prop(0x370e, f.kind))
	}
	if f.cid != "" {
		list = append(list, prop(0x3712, f.cid), propNumber(0x3714, 4))
	}
	if f.hidden {
		list = append(list, join(le16(0xb), le16(0x7ffe), le32(1)))
	}
	out = append(out, m.attribute(2, 0x00018010, append([]byte(cp1258(f.name)), 0))...)
	if f.message != nil {
		object := join([]byte{7, 3, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46}, f.message.bytes())
		list = append(list, propNumber(0x3705, 5), propBytes(0x000d, 0x3701, object))
	} else {
		out = append(out, m.attribute(2, 0x0006800f, f.data)...)
	}
	return append(out, m.attribute(2, 0x00069005, props(list...))...)
}

// zipped writes an archive; raw names are written without saying that they are UTF-8.
func zipped(entries ...[2]string) []byte { return archived(zip.Deflate, entries) }

// stored writes one that is not compressed: its bytes are the same for ever.
func stored(entries ...[2]string) []byte { return archived(zip.Store, entries) }

func archived(method uint16, entries [][2]string) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, e := range entries {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e[0], Method: method})
		if err == nil {
			_, err = io.WriteString(w, e[1])
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// locked is an archive with a password, as far as a reader sees it.
func locked(name, content string) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.CreateRaw(&zip.FileHeader{Name: name, Flags: 1, Method: zip.Store, CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(len(content))})
	if err == nil {
		_, err = io.WriteString(w, content)
	}
	if err != nil || z.Close() != nil {
		panic("zip")
	}
	return out.Bytes()
}

// signer is a person with a certificate, and the root that vouches for it.
type signer struct {
	cert, root *x509.Certificate
	key        *ecdsa.PrivateKey
}

var aSigner = sync.OnceValue(func() signer {
	rootKey, rootCert := newCert("Tổ chức cung cấp dịch vụ chứng thực", "", nil, nil)
	key, cert := newCert("Nguyễn Văn A", "vanthu.snv@example.test", rootKey, rootCert)
	return signer{cert, rootCert, key}
})

func newCert(name, email string, by *ecdsa.PrivateKey, root *x509.Certificate) (*ecdsa.PrivateKey, *x509.Certificate) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	made := &x509.Certificate{
		SerialNumber: big.NewInt(int64(len(name))), Subject: pkix.Name{CommonName: name, Country: []string{"VN"}},
		NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: time.Now().AddDate(1, 0, 0), BasicConstraintsValid: true, IsCA: root == nil,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if email != "" {
		made.EmailAddresses = []string{email}
	}
	if root == nil {
		by, root = key, made
	}
	der, err := x509.CreateCertificate(rand.Reader, made, root, &key.PublicKey, by)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return key, cert
}

// sign makes an opaque or a detached signature.
func (s signer) sign(content []byte, detached bool) []byte {
	data, err := pkcs7.NewSignedData(content)
	if err != nil {
		panic(err)
	}
	data.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	if err := data.AddSignerChain(s.cert, s.key, []*x509.Certificate{s.root}, pkcs7.SignerInfoConfig{}); err != nil {
		panic(err)
	}
	if detached {
		data.Detach()
	}
	der, err := data.Finish()
	if err != nil {
		panic(err)
	}
	return der
}

// signStreamed makes an opaque one as programs do that sign while they read:
// lengths left open, the content in pieces.
func (s signer) signStreamed(content []byte) []byte {
	o, err := openCMS(bytes.NewReader(s.sign(content, true)))
	if err != nil {
		panic(err)
	}
	sealed, whole := o.seal()
	if !whole {
		panic("a signature that is not whole")
	}
	var pieces bytes.Buffer
	pieces.Write([]byte{0xa0, 0x80, 0x24, 0x80})
	for _, piece := range chunks(content, 1000) {
		pieces.WriteByte(4)
		writeLength(&pieces, int64(len(piece)))
		pieces.Write(piece)
	}
	pieces.Write(make([]byte, 4))
	// The empty content "30 0b 06 09 … 07 01" gives way to an open one.
	empty := []byte{0x30, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01}
	open := join([]byte{0x30, 0x80}, empty[2:], pieces.Bytes(), []byte{0, 0})
	return bytes.Replace(sealed, empty, open, 1)
}

func chunks(b []byte, n int) (list [][]byte) {
	for len(b) > n {
		list, b = append(list, b[:n]), b[n:]
	}
	return append(list, b)
}

// enveloped makes an object that is encrypted for somebody else.
func enveloped(content []byte) []byte {
	der, err := pkcs7.Encrypt(content, []*x509.Certificate{somebodyElse()})
	if err != nil {
		panic(err)
	}
	return der
}

var somebodyElse = sync.OnceValue(func() *x509.Certificate {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	made := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Trần B"}, NotAfter: time.Now().AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, made, made, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return cert
})
