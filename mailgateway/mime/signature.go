package mime

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"hash"
	"io"
	"math"
	"path"
	"strings"
	"time"

	"github.com/smallstep/pkcs7"
)

// SignatureState says what a signature of S/MIME is worth.
type SignatureState string

// The states.
const (
	SignatureValid        SignatureState = "valid"         // what was signed came, by a certificate of a trusted root
	SignatureUnknownChain SignatureState = "unknown_chain" // what was signed came, by a certificate that nobody vouches for
	SignatureInvalid      SignatureState = "invalid"       // it is not what was signed, or the certificate had ended
	SignatureUnchecked    SignatureState = "unchecked"     // a form that is not known here, or the certificate is missing
)

// Signature is one signature of a message or of a part. It vouches for what
// stands at its path, and for nothing around it.
type Signature struct {
	Path   string // of what was signed: the multipart/signed or the signed object; empty for the whole message
	State  SignatureState
	Detail string // why it is not valid; for the operator
	Name   string // of the signer, by the certificate
	Email  string
	Issuer string
	Serial string
	Time   time.Time // when it was made, by the signer's own clock; zero when it does not say
	emails []string
}

// maxSigners bounds the signatures of one object.
const maxSigners = 16

// seal is a signature whose parts are gathered while the mail is read.
type seal struct {
	path   string
	hashes map[crypto.Hash]hash.Hash
	object []byte // the CMS object without its content
}

func newSeal(path string) *seal {
	s := &seal{path: path, hashes: map[crypto.Hash]hash.Hash{}}
	// What a mail says of its digest (micalg) is often wrong, and stands before
	// the signature: so all of them are taken.
	for _, h := range []crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		s.hashes[h] = h.New()
	}
	return s
}

func (s *seal) Write(b []byte) (int, error) {
	for _, h := range s.hashes {
		h.Write(b)
	}
	return len(b), nil
}

var errNoDigest = errors.New("a digest that is not known")

// Hash gives the library the digest of what went by; its argument is empty.
func (s *seal) Hash(h crypto.Hash, _ io.Reader) ([]byte, error) {
	if sum, ok := s.hashes[h]; ok {
		return sum.Sum(nil), nil
	}
	return nil, errNoDigest
}

// beginSigned prepares for the two parts of a multipart/signed (RFC 1847):
// the first is what was signed, byte for byte, the second the signature.
func (w *walker) beginSigned(s *source, n int, at *place, signed *seal) *seal {
	switch n {
	case 1:
		signed = newSeal(strings.TrimSuffix(strings.TrimSuffix(at.path, "1"), "."))
		s.tap().lines = signed
	case 2:
		at.seal = signed
	}
	return signed
}

func (w *walker) endSigned(s *source, n int, signed *seal) {
	switch {
	case n == 1:
		s.untap()
	case n == 2 && signed.object != nil:
		w.verify(signed)
	}
}

// planSigned opens a CMS object: what is signed is read as a part of the mail,
// what is encrypted stays, and a signature alone is none to open.
func (w *walker) planSigned(h *held, e *entity, at place) func(place) (bool, error) {
	o, err := openCMS(h.reader())
	switch {
	case err != nil && at.seal != nil:
		at.seal.object = []byte{} // no content is lost: only the signature is none
		e.part.Inline = true
		return nil
	case err != nil:
		w.warn(ContainerDamaged, at.path, "")
		return nil
	case o.kind.Equal(oidEnvelopedData), o.kind.Equal(oidEncryptedData), o.kind.Equal(oidAuthEnveloped):
		e.part.Encrypted = true
		w.warn(Encrypted, at.path, "")
		return nil
	case !o.kind.Equal(oidSignedData):
		w.warn(ContainerLimit, at.path, "a form that is not known")
		return nil
	case o.content == nil:
		w.detached(h, e, at)
		return nil
	}
	name := e.part.Name
	return func(inside place) (damaged bool, err error) {
		inside.path = sub(at.path, 1)
		signed := newSeal(at.path)
		content := &pieceReader{r: io.TeeReader(o.content, signed)}
		if err := w.signedContent(content, name, inside); err != nil {
			return content.damaged, err
		}
		if _, err := io.Copy(io.Discard, content); err != nil {
			return content.damaged, err
		}
		if content.damaged {
			return true, nil
		}
		var whole bool
		if signed.object, whole = o.seal(); whole {
			w.verify(signed)
		}
		return !whole, nil
	}
}

// detached keeps a signature for what stands before it.
func (w *walker) detached(h *held, e *entity, at place) {
	e.part.DetectedType = typeSeal
	if at.seal == nil && e.kind != typeSeal && e.kind != "application/x-pkcs7-signature" && !strings.EqualFold(path.Ext(e.part.Name), ".p7s") {
		return
	}
	e.part.Inline = true
	if at.seal == nil {
		return
	}
	var object bytes.Buffer
	if _, err := newBER(h.reader()).whole(&object, 0); err == nil {
		at.seal.object = object.Bytes()
		return
	}
	at.seal.object = []byte{}
}

// signedContent reads what was signed: a part of a mail with its header, or
// just a file, as signing programs make them.
func (w *walker) signedContent(r io.Reader, name string, at place) error {
	s := newSource(r, math.MaxInt64)
	if !looksLikeMessage(s.peek(sniffBytes)) {
		if ext := path.Ext(name); strings.EqualFold(ext, ".p7m") || strings.EqualFold(ext, ".p7s") {
			name = strings.TrimSuffix(name, ext)
		}
		at.file = true
		_, err := w.child(s.r, entity{kind: octetStream, part: Part{
			Path: at.path, Name: SafeName(name), OriginalName: name, DeclaredType: octetStream,
		}}, at)
		return err
	}
	fields, err := w.readFields(s, at.path)
	if err != nil {
		return err
	}
	if err := w.entity(s, w.understand(fields, at), at); err != nil {
		return err
	}
	s.skip()
	return s.failed()
}

// pieceReader reads content until it breaks, and remembers that it did.
type pieceReader struct {
	r       io.Reader
	damaged bool
}

func (p *pieceReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if broken(err) {
		p.damaged, err = true, io.EOF
	}
	return n, err
}

// verify judges every signer of an object.
func (w *walker) verify(s *seal) {
	add := func(g Signature) {
		g.Path = s.path
		if g.State == SignatureInvalid {
			w.warn(SignatureBroken, s.path, "")
		}
		w.msg.Signatures = append(w.msg.Signatures, g)
	}
	p7, err := parseCMS(s.object)
	if err != nil || len(p7.Signers) == 0 {
		add(Signature{State: SignatureUnchecked, Detail: "no signer that can be read"})
		return
	}
	for i, signer := range p7.Signers[:min(len(p7.Signers), maxSigners)] {
		one := &pkcs7.PKCS7{Certificates: p7.Certificates, Signers: p7.Signers[i : i+1], Hasher: s}
		var at time.Time
		for _, a := range signer.AuthenticatedAttributes {
			if a.Type.Equal(pkcs7.OIDAttributeSigningTime) {
				if _, err := asn1.Unmarshal(a.Value.Bytes, &at); err != nil {
					at = time.Time{}
				}
			}
		}
		cert := one.GetOnlySigner()
		if cert == nil {
			add(Signature{State: SignatureUnchecked, Time: at, Detail: "the certificate is missing"})
			continue
		}
		g := signatureOf(cert, at)
		if len(signer.AuthenticatedAttributes) == 0 {
			g.State, g.Detail = SignatureUnchecked, "signed without attributes"
		} else {
			g.State, g.Detail = stateOf(verifyOne(one))
		}
		if g.State == SignatureValid {
			g.State, g.Detail = w.chain(cert, p7.Certificates, at)
		}
		add(g)
	}
}

// parseCMS gives the library what was measured before: it goes into itself for
// every layer, and a defect of it is the signature's trouble, not the mail's.
func parseCMS(object []byte) (p7 *pkcs7.PKCS7, err error) {
	defer func() {
		if recover() != nil {
			p7, err = nil, errBER
		}
	}()
	return pkcs7.Parse(object)
}

func verifyOne(one *pkcs7.PKCS7) (err error) {
	defer func() {
		if recover() != nil {
			err = pkcs7.ErrUnsupportedAlgorithm
		}
	}()
	return one.Verify()
}

func stateOf(err error) (SignatureState, string) {
	var (
		digest *pkcs7.MessageDigestMismatchError
		ended  *pkcs7.SigningTimeNotValidError
		weak   x509.InsecureAlgorithmError
	)
	switch {
	case err == nil:
		return SignatureValid, ""
	case errors.As(err, &digest):
		return SignatureInvalid, "the content was changed"
	case errors.As(err, &ended):
		return SignatureInvalid, "signed outside the time of the certificate"
	case errors.Is(err, errNoDigest), errors.Is(err, pkcs7.ErrUnsupportedAlgorithm), errors.Is(err, x509.ErrUnsupportedAlgorithm),
		errors.As(err, &weak), strings.HasPrefix(err.Error(), "pkcs7: unsupported"):
		return SignatureUnchecked, "an algorithm that is not known or too weak"
	}
	return SignatureInvalid, "the signature does not fit its certificate"
}

// chain judges the certificate at the time of signing, or of the mail.
func (w *walker) chain(cert *x509.Certificate, with []*x509.Certificate, at time.Time) (SignatureState, string) {
	if w.roots == nil {
		return SignatureUnknownChain, "no roots to judge by"
	}
	if at.IsZero() {
		at = w.msg.Headers.Date
	}
	if at.IsZero() {
		at = cert.NotAfter
	}
	between := x509.NewCertPool()
	for _, c := range with {
		between.AddCert(c)
	}
	_, err := cert.Verify(x509.VerifyOptions{Roots: w.roots, Intermediates: between, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err != nil {
		return SignatureUnknownChain, "no trusted root vouches for the certificate"
	}
	return SignatureValid, ""
}

var oidEmail = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}

func signatureOf(cert *x509.Certificate, at time.Time) Signature {
	line := func(s string) string {
		return strings.TrimSpace(plain(cutRunes(strings.ToValidUTF8(s, "\uFFFD"), 500)))
	}
	g := Signature{Name: line(cert.Subject.CommonName), Issuer: line(cert.Issuer.CommonName), Serial: cert.SerialNumber.Text(16), Time: at}
	if g.Issuer == "" {
		g.Issuer = line(cert.Issuer.String())
	}
	for _, e := range cert.EmailAddresses {
		g.emails = append(g.emails, cleanAddress(line(e)))
	}
	for _, n := range cert.Subject.Names {
		if text, ok := n.Value.(string); ok && n.Type.Equal(oidEmail) {
			g.emails = append(g.emails, cleanAddress(line(text)))
		}
	}
	if len(g.emails) > 0 {
		g.Email = g.emails[0]
	}
	return g
}

// compareSigners warns where another than the sender signed (RFC 8551, 4.4 of
// certificate handling): a good signature of a stranger proves nothing.
func (w *walker) compareSigners() {
	for _, g := range w.msg.Signatures {
		if len(g.emails) == 0 {
			continue
		}
		from := w.msg.Headers.From
		for _, p := range w.msg.Parts {
			if p.Nested != nil && (g.Path == p.Path || strings.HasPrefix(g.Path, p.Path+".")) {
				from = p.Nested.Headers.From
			}
		}
		same := false
		for _, a := range from {
			for _, e := range g.emails {
				same = same || strings.EqualFold(a.Address, e)
			}
		}
		if !same && len(from) > 0 {
			w.warn(SignerOther, g.Path, "")
		}
	}
}
