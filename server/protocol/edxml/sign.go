package edxml

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
)

type xmlAttr = xml.Attr

// Signer signs packages for an installation: RSA with SHA-256 over the whole
// package in exclusive canonical form, attachments included. It proves which
// system sent the package; the signature that the law means is in the document.
type Signer struct {
	Key         crypto.Signer // RSA
	Certificate *x509.Certificate
}

// seal is a signature of one package.
type seal struct{ Signature }

// seal goes over the package once, to sign what Write will write.
func (s *Signer) seal(p Package, files []Enclosure) (*seal, error) {
	if _, ok := s.Key.Public().(*rsa.PublicKey); !ok || s.Certificate == nil {
		return nil, because(ErrUnwritable, "signing needs an RSA key and its certificate")
	}
	digest := sha256.New()
	canonical := newCanon(digest, true, nil)
	if err := (&writing{Package: p, files: files, unseen: true, emitter: emitter{out: canonical}}).whole(); err != nil {
		return nil, err
	}
	canonical.flush()
	made := &seal{Signature{
		Canonicalization: c14nExclusive, Method: rsaSHA256,
		References: []SignedReference{{
			Transforms: []string{enveloped, c14nExclusive}, DigestMethod: digestSHA256,
			DigestValue: base64.StdEncoding.EncodeToString(digest.Sum(nil)),
		}},
		SubjectName: s.Certificate.Subject.String(),
		Certificate: base64.StdEncoding.EncodeToString(s.Certificate.Raw),
	}}
	info := sha256.New()
	canonical = newCanon(info, true, nil)
	e := &emitter{out: canonical, depth: signedInfoDepth}
	e.signedInfo(&made.Signature, attr(bare("xmlns"), dsigNamespace))
	canonical.flush()
	value, err := s.Key.Sign(rand.Reader, info.Sum(nil), crypto.SHA256)
	if err != nil {
		return nil, err
	}
	made.Value = base64.StdEncoding.EncodeToString(value)
	return made, e.err
}

// signedInfoDepth is where SignedInfo stands: edXML, edXMLEnvelope,
// edXMLHeader and Signature are around it, and the blanks between its lines are
// signed too.
const signedInfoDepth = 4
